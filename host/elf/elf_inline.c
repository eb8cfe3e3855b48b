/*
 * elf_inline - inlined copies of functions, by DWARF
 *
 * SPDX-License-Identifier: MIT
 *
 * DWARF 5, 3.3.8: each copy is a DW_TAG_inlined_subroutine with its ranges, the
 * call's file and line, and a DW_AT_abstract_origin to the function, which may
 * be in another unit (link-time optimisation) and refer to a third. What is
 * left of the function refers to the same (3.3.8.2). A function of a header is
 * described in each unit: there its declaration is the same, or its name if it
 * is not static. Names of symbols count only where a symbol has no definition.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/match.h"
#include "elf/elf_priv.h"

// Deeper than compilers nest scopes; damaged data may nest without end.
#define DEPTH_MAX 200

struct search {
    struct elf_image *image;
    bool (*found)(void *ctx, const struct elf_inline *copy);
    void *ctx;
    Dwarf_Files *files; // of the unit, NULL until needed
    bool files_tried;
};

static int number_of(Dwarf_Die *die, unsigned kind) {
    Dwarf_Attribute attr;
    Dwarf_Word value;
    if (!dwarf_attr(die, kind, &attr) || dwarf_formudata(&attr, &value) ||
            value > INT32_MAX) {
        return 0;
    }
    return (int)value;
}

static const char *call_file(struct search *search, Dwarf_Die *die) {
    Dwarf_Die unit;
    size_t count;
    if (!search->files_tried) {
        search->files_tried = true;
        if (!dwarf_diecu(die, &unit, NULL, NULL) ||
                dwarf_getsrcfiles(&unit, &search->files, &count)) {
            search->files = NULL;
        }
    }
    const int file = number_of(die, DW_AT_call_file);
    return search->files && dwarf_hasattr(die, DW_AT_call_file)
            ? dwarf_filesrc(search->files, (size_t)file, NULL, NULL)
            : NULL;
}

// False: stop.
static bool tell(struct search *search, Dwarf_Die *die) {
    struct elf_inline copy = {0};
    Dwarf_Addr base, low, high;
    bool known = false;
    for (ptrdiff_t off = 0;
            (off = dwarf_ranges(die, off, &base, &low, &high)) > 0;) {
        if (low >= high || high > UINT32_MAX ||
                !elf_image_holds(search->image, (uint32_t)low)) {
            continue;
        }
        if (!known) {
            known = true;
            const struct elf_names_ names = elf_names_(die);
            copy.name = names.linkage ? names.linkage : names.plain;
            copy.plain = names.plain;
            copy.external = elf_external_(die);
            copy.image = search->image;
            copy.origin = elf_origin_(die);
            copy.decl_file = elf_declared_(die);
            if (!copy.decl_file || dwarf_decl_line(die, &copy.decl_line)) {
                copy.decl_line = 0;
            }
            copy.call_file = call_file(search, die);
            copy.call_line = number_of(die, DW_AT_call_line);
        }
        copy.low_addr = (uint32_t)low;
        copy.high_addr = (uint32_t)high;
        if (copy.name && !search->found(search->ctx, &copy)) {
            return false;
        }
    }
    return true;
}

static bool walk(struct search *search, Dwarf_Die *parent, unsigned depth) {
    Dwarf_Die die;
    if (depth > DEPTH_MAX || dwarf_child(parent, &die)) {
        return true;
    }
    for (;;) {
        const int tag = dwarf_tag(&die);
        const bool scope = tag == DW_TAG_inlined_subroutine ||
                tag == DW_TAG_lexical_block || tag == DW_TAG_namespace ||
                tag == DW_TAG_try_block || tag == DW_TAG_catch_block ||
                (tag == DW_TAG_subprogram &&
                        !elf_discarded_(search->image, &die));
        if ((tag == DW_TAG_inlined_subroutine && !tell(search, &die)) ||
                (scope && !walk(search, &die, depth + 1))) {
            return false;
        }
        // In damaged data a sibling may lie before its predecessor.
        const Dwarf_Off before = dwarf_dieoffset(&die);
        if (dwarf_siblingof(&die, &die) || dwarf_dieoffset(&die) <= before) {
            return true;
        }
    }
}

bool elf_image_inlines(struct elf_image *image,
        bool (*found)(void *ctx, const struct elf_inline *copy), void *ctx) {
    Dwarf *dwarf = elf_dwarf_(image);
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    bool any = false, more = true;
    while (dwarf && more &&
            dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        if (dwarf_tag(&die) == DW_TAG_compile_unit) {
            any = true;
            struct search search = {.image = image, .found = found, .ctx = ctx};
            more = walk(&search, &die, 0);
        }
    }
    return any;
}

/// The function of a copy ///

static bool same_names(const struct elf_inline *copy, Dwarf_Die *die) {
    const struct elf_names_ names = elf_names_(die);
    const bool has_linkage = copy->name != copy->plain;
    if (names.plain && copy->plain && strcmp(names.plain, copy->plain) != 0) {
        return false;
    }
    return !names.linkage || !has_linkage ||
            elf_same_linkage_(names.linkage, copy->name, strlen(copy->name));
}

// Of a lambda debug information has no declaration, but that of the class that
// the compiler makes for it.
static const char *declared_around(Dwarf *dwarf, Dwarf_Off origin, int *line) {
    Dwarf_Die die, *scopes;
    const char *file = NULL;
    const int count = dwarf_offdie(dwarf, origin, &die)
            ? dwarf_getscopes_die(&die, &scopes)
            : 0;
    if (count > 1 && !dwarf_decl_line(&scopes[1], line)) {
        file = elf_declared_(&scopes[1]);
    }
    if (count > 0) {
        free(scopes);
    }
    return file;
}

static bool of_one_unit(Dwarf *dwarf, Dwarf_Off a, Dwarf_Off b) {
    Dwarf_Die x, y, unit_x, unit_y;
    return dwarf_offdie(dwarf, a, &x) && dwarf_offdie(dwarf, b, &y) &&
            dwarf_diecu(&x, &unit_x, NULL, NULL) &&
            dwarf_diecu(&y, &unit_y, NULL, NULL) &&
            dwarf_dieoffset(&unit_x) == dwarf_dieoffset(&unit_y);
}

// By what is around them; none has a declaration, and the names are the same.
static bool may_be_same(const struct elf_image *image, Dwarf_Off origin,
        const struct elf_inline *copy) {
    int line = 0, its_line = 0;
    if (image != copy->image) {
        return true;
    }
    if (of_one_unit(image->dwarf, origin, copy->origin)) {
        return false; // or they had the same origin
    }
    const char *file = declared_around(image->dwarf, origin, &line);
    const char *its_file =
            declared_around(image->dwarf, copy->origin, &its_line);
    return !file || !its_file ||
            (line == its_line && match_files(file, its_file));
}

// Line tables only (clang's -g1): that it is static and where it is declared is
// left out, as is its linkage name.
static bool is_bare(const struct elf_inline *copy) {
    int line;
    return !copy->decl_file && !copy->external && copy->name == copy->plain &&
            !declared_around(copy->image->dwarf, copy->origin, &line);
}

static enum elf_copy is_copy(const struct elf_image *image,
        const struct elf_function_ *function, const struct elf_inline *copy) {
    Dwarf_Die die;
    int line = 0;
    if (!dwarf_offdie(image->dwarf, function->off, &die)) {
        return ELF_COPY_NO;
    }
    if (image == copy->image && elf_origin_(&die) == copy->origin) {
        return ELF_COPY_YES;
    }
    if (!same_names(copy, &die)) {
        return ELF_COPY_NO;
    }
    const bool external = elf_external_(&die);
    if (image == copy->image && external && copy->external) {
        return ELF_COPY_YES;
    }
    const char *file = elf_declared_(&die);
    if (file && copy->decl_file) {
        return !dwarf_decl_line(&die, &line) && line == copy->decl_line &&
                        match_files(file, copy->decl_file)
                ? ELF_COPY_YES
                : ELF_COPY_NO;
    }
    return (external == copy->external || is_bare(copy)) &&
                    (file || copy->decl_file ||
                            may_be_same(image, elf_origin_(&die), copy))
            ? ELF_COPY_BY_NAME
            : ELF_COPY_NO;
}

/// Symbols without a definition ///

static bool is_defined(const struct elf_image *image,
        const struct elf_function_ *at, size_t count, const char *symbol) {
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        Dwarf_Die die;
        bool variant;
        if (dwarf_offdie(image->dwarf, at[i].off, &die)) {
            const struct elf_names_ names = elf_names_(&die);
            found = elf_is_name_of_(&names, symbol, &variant);
        }
    }
    return found;
}

// folded: it is another name of a function that has a definition, as of two
// with the same code; lines are those of that one.
static bool by_name(struct elf_image *image, const struct elf_symbol *s,
        const struct elf_inline *copy, bool folded) {
    const struct elf_names_ names = {
            copy->plain, copy->name == copy->plain ? NULL : copy->name};
    bool variant;
    if (!elf_is_name_of_(&names, s->name, &variant)) {
        return false;
    }
    if (!copy->decl_file) {
        return true;
    }
    // Another file may have a function of that name: one of both is static.
    if (s->bind != ELF_LOCAL || folded) {
        return variant || copy->external == (s->bind != ELF_LOCAL);
    }
    const char *file = elf_image_place(image, s->addr).file;
    file = file ? file : s->file;
    return !file || match_files(copy->decl_file, file);
}

/// Search for the function ///

// FNV-1a.
static uint32_t hash(const char *name) {
    uint32_t h = 2166136261u;
    while (*name) {
        h = (h ^ (uint8_t)*name++) * 16777619u;
    }
    return h;
}

static int by_hash(const void *a, const void *b) {
    const struct elf_named_ *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    return (x->function > y->function) - (x->function < y->function);
}

static void find_strays(struct elf_image *image) {
    size_t room = 0;
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)); i++) {
        size_t count;
        if (!s->function || !*s->name ||
                (strncmp(s->name, "_Z", 2) != 0 && !strchr(s->name + 1, '.'))) {
            continue;
        }
        const struct elf_function_ *at =
                elf_functions_at_(image, s->addr, &count);
        if (is_defined(image, at, count, s->name)) {
            continue;
        }
        const struct elf_symbol **grown = array_more(image->strays,
                image->stray_count, &room, sizeof(struct elf_symbol *));
        if (!grown) {
            break;
        }
        image->strays = grown;
        image->strays[image->stray_count++] = s;
    }
}

static void read_named(struct elf_image *image) {
    size_t room = 0;
    image->named_tried = true;
    (void)elf_functions_at_(image, 0, &room);
    image->named = calloc(image->function_count + 1, sizeof *image->named);
    for (size_t i = 0; image->named && i < image->function_count; i++) {
        Dwarf_Die die;
        if (!dwarf_offdie(image->dwarf, image->functions[i].off, &die)) {
            continue;
        }
        const char *name = elf_names_(&die).plain;
        image->named[image->named_count++] = (struct elf_named_){
                name ? hash(name) : 0, (uint32_t)i, elf_origin_(&die)};
    }
    if (image->named_count) {
        qsort(image->named, image->named_count, sizeof *image->named, by_hash);
    }
    find_strays(image);
}

static size_t first_named(const struct elf_image *image, uint32_t key) {
    size_t low = 0, high = image->named_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->named[middle].hash < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// First what refers to the same description.
static bool find_defined(struct elf_image *image, const struct elf_inline *copy,
        bool (*wanted)(void *ctx, uint32_t addr), void *ctx, uint32_t *addr) {
    const uint32_t key = copy->plain ? hash(copy->plain) : 0;
    const size_t first = first_named(image, key);
    for (unsigned other = 0; other < 2; other++) {
        for (size_t i = first;
                i < image->named_count && image->named[i].hash == key; i++) {
            const struct elf_named_ *n = &image->named[i];
            const struct elf_function_ *f = &image->functions[n->function];
            if ((!other && n->origin != copy->origin) ||
                    (wanted && !wanted(ctx, f->addr)) ||
                    is_copy(image, f, copy) == ELF_COPY_NO) {
                continue;
            }
            *addr = f->addr;
            return true;
        }
    }
    return false;
}

/// Interface ///

enum elf_copy elf_image_copy_at(struct elf_image *image, uint32_t addr,
        const struct elf_inline *copy) {
    size_t count;
    const struct elf_function_ *at = elf_functions_at_(image, addr, &count);
    enum elf_copy is = ELF_COPY_NO;
    for (size_t i = 0; i < count && is != ELF_COPY_YES; i++) {
        const enum elf_copy this = is_copy(image, &at[i], copy);
        is = this > is ? this : is;
    }
    const struct elf_symbol *s;
    for (size_t i = elf_image_symbol_from(image, addr); is == ELF_COPY_NO &&
            (s = elf_image_symbol_index(image, i)) && s->addr == addr;
            i++) {
        if (s->code && by_name(image, s, copy, count > 0) &&
                !is_defined(image, at, count, s->name)) {
            is = ELF_COPY_BY_NAME;
        }
    }
    return is;
}

bool elf_image_copied(struct elf_image *image, const struct elf_inline *copy,
        bool (*wanted)(void *ctx, uint32_t addr), void *ctx, uint32_t *addr) {
    if (!image->named_tried) {
        read_named(image);
    }
    if (find_defined(image, copy, wanted, ctx, addr)) {
        return true;
    }
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_named(image, copy->name, &i));) {
        if (s->function && (!wanted || wanted(ctx, s->addr)) &&
                elf_image_copy_at(image, s->addr, copy) != ELF_COPY_NO) {
            *addr = s->addr;
            return true;
        }
    }
    for (size_t i = 0; i < image->stray_count; i++) {
        s = image->strays[i];
        if ((!wanted || wanted(ctx, s->addr)) &&
                elf_image_copy_at(image, s->addr, copy) != ELF_COPY_NO) {
            *addr = s->addr;
            return true;
        }
    }
    return false;
}
