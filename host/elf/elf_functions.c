/*
 * elf_functions - the definitions of functions by address, by DWARF
 *
 * SPDX-License-Identifier: MIT
 *
 * Linkers give a function that they discarded the address 0, where an ITCM has
 * code of its own, and functions that they folded one address. The symbols tell
 * which definitions count.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/elf_priv.h"

// Deeper than compilers nest scopes; damaged data may nest without end.
#define DEPTH_MAX 200
#define ORIGINS_MAX 8

/// Names ///

struct elf_names_ elf_names_(Dwarf_Die *function) {
    static const unsigned kinds[] = {
            DW_AT_linkage_name, DW_AT_MIPS_linkage_name};
    struct elf_names_ names = {NULL, NULL};
    Dwarf_Attribute attr;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !names.linkage;
            i++) {
        names.linkage = dwarf_formstring(dwarf_attr_integrate(function,
                kinds[i], &attr));
    }
    names.plain =
            dwarf_formstring(dwarf_attr_integrate(function, DW_AT_name, &attr));
    return names;
}

// Itanium C++ ABI, 5.1.4.3: C1 to C5, D0 to D5.
bool elf_same_linkage_(const char *a, const char *b, size_t length) {
    size_t i = 0;
    if (strlen(a) != length) {
        return false;
    }
    while (i < length && a[i] == b[i]) {
        i++;
    }
    return i == length ||
            (i > 2 && a[0] == '_' && a[1] == 'Z' &&
                    (a[i - 1] == 'C' || a[i - 1] == 'D') && a[i] >= '0' &&
                    a[i] <= '5' && b[i] >= '0' && b[i] <= '5' &&
                    !strncmp(a + i + 1, b + i + 1, length - i - 1));
}

// The name of a function in C++ that has no linkage name, since it is static,
// is a part of its symbol, behind its length.
static bool is_mangled(const char *symbol, const char *plain) {
    if (symbol[0] != '_' || symbol[1] != 'Z') {
        return false;
    }
    plain += *plain == '~';
    const size_t length = strcspn(plain, "<");
    if (!length || !strncmp(plain, "operator", 8)) {
        return true; // of a lambda, or with a code of its own
    }
    for (const char *at = symbol; *at; at++) {
        const char *digits = at;
        while (digits > symbol && digits[-1] >= '0' && digits[-1] <= '9') {
            digits--;
        }
        for (; !strncmp(at, plain, length) && digits < at; digits++) {
            char *end;
            if (strtoul(digits, &end, 10) == length && end == at) {
                return true;
            }
        }
    }
    return false;
}

bool elf_is_name_of_(const struct elf_names_ *names, const char *symbol,
        bool *variant) {
    const size_t whole = strlen(symbol);
    const size_t length =
            variant && whole ? 1 + strcspn(symbol + 1, ".") : whole;
    if (variant) {
        *variant = length < whole;
    }
    if (names->linkage) {
        return elf_same_linkage_(names->linkage, symbol, length);
    }
    return names->plain &&
            ((strlen(names->plain) == length &&
                     !strncmp(names->plain, symbol, length)) ||
                    is_mangled(symbol, names->plain));
}

/// Attributes ///

Dwarf_Off elf_origin_(Dwarf_Die *function) {
    static const unsigned kinds[] = {
            DW_AT_abstract_origin, DW_AT_specification};
    Dwarf_Die die = *function;
    for (unsigned n = 0; n < ORIGINS_MAX; n++) {
        Dwarf_Attribute attr;
        Dwarf_Die next;
        bool found = false;
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !found; i++) {
            found = dwarf_attr(&die, kinds[i], &attr) &&
                    dwarf_formref_die(&attr, &next);
        }
        if (!found) {
            break;
        }
        die = next;
    }
    return dwarf_dieoffset(&die);
}

bool elf_external_(Dwarf_Die *function) {
    Dwarf_Attribute attr;
    bool external;
    return dwarf_attr_integrate(function, DW_AT_external, &attr) &&
            !dwarf_formflag(&attr, &external) && external;
}

// libdw's own takes file 0 for none, as it was before DWARF 5 (6.2.4): there
// it is the primary source file.
const char *elf_declared_(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    Dwarf_Word number;
    Dwarf_Half version;
    Dwarf_Die unit;
    Dwarf_Files *files;
    size_t count;
    return dwarf_attr_integrate(die, DW_AT_decl_file, &attr) &&
                    !dwarf_formudata(&attr, &number) &&
                    dwarf_cu_die(attr.cu, &unit, &version, NULL, NULL, NULL,
                            NULL, NULL) &&
                    (number || version >= 5) &&
                    !dwarf_getsrcfiles(&unit, &files, &count) && number < count
            ? dwarf_filesrc(files, number, NULL, NULL)
            : NULL;
}

/// All of them ///

struct reader {
    struct elf_image *image;
    size_t room;
    bool failed;
};

static void add(struct reader *r, uint64_t low, uint64_t high, Dwarf_Off off) {
    struct elf_image *image = r->image;
    if (low > UINT32_MAX || high - low > UINT32_MAX ||
            elf_dropped_(image, low) ||
            !elf_image_holds(image, (uint32_t)low)) {
        return;
    }
    struct elf_function_ *grown = array_more(image->functions,
            image->function_count, &r->room, sizeof *grown);
    r->failed |= !grown;
    if (grown) {
        image->functions = grown;
        image->functions[image->function_count++] = (struct elf_function_){
                (uint32_t)low & ~1u, (uint32_t)(high - low), off};
    }
}

static void add_parts(struct reader *r, Dwarf_Die *die) {
    Dwarf_Addr base, low, high;
    const Dwarf_Off off = dwarf_dieoffset(die);
    bool any = false;
    for (ptrdiff_t at = 0;
            (at = dwarf_ranges(die, at, &base, &low, &high)) > 0;) {
        any = true;
        if (low <= high) {
            add(r, low, high, off);
        }
    }
    if (!any && !dwarf_lowpc(die, &low)) {
        add(r, low, low, off);
    }
}

static void walk(struct reader *r, Dwarf_Die *parent, unsigned depth) {
    Dwarf_Die die;
    Dwarf_Off before = 0;
    if (depth > DEPTH_MAX || dwarf_child(parent, &die)) {
        return;
    }
    // In damaged data a sibling may lie before its predecessor.
    while (dwarf_dieoffset(&die) > before && !r->failed) {
        before = dwarf_dieoffset(&die);
        switch (dwarf_tag(&die)) {
        case DW_TAG_subprogram:
            add_parts(r, &die);
            walk(r, &die, depth + 1);
            break;
        // In C++ a function may have a class of its own, with functions.
        case DW_TAG_namespace:
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_union_type:
        case DW_TAG_lexical_block:
        case DW_TAG_try_block:
        case DW_TAG_catch_block:
            walk(r, &die, depth + 1);
            break;
        default:
            break;
        }
        if (dwarf_siblingof(&die, &die)) {
            break;
        }
    }
}

static int compare(const void *a, const void *b) {
    const struct elf_function_ *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return (x->off > y->off) - (x->off < y->off);
}

/// Which count ///

// A symbol at its address has its name, or (by_size) its size.
static bool fits(const struct elf_image *image,
        const struct elf_function_ *function, bool by_size) {
    Dwarf_Die die;
    if (!dwarf_offdie(image->dwarf, function->off, &die)) {
        return false;
    }
    const struct elf_names_ names = elf_names_(&die);
    const struct elf_symbol *s;
    for (size_t i = elf_image_symbol_from(image, function->addr);
            (s = elf_image_symbol_index(image, i)) && s->addr == function->addr;
            i++) {
        bool variant;
        if (s->code &&
                (by_size ? s->size_bytes &&
                                        s->size_bytes == function->size_bytes
                         : elf_is_name_of_(&names, s->name, &variant))) {
            return true;
        }
    }
    return false;
}

// Of count definitions at one address, puts those that count to `to`, and
// returns how many they are.
static size_t choose(const struct elf_image *image, struct elf_function_ *to,
        const struct elf_function_ *from, size_t count) {
    for (unsigned by_size = 0; by_size < 2; by_size++) {
        size_t kept = 0;
        // What stays is no longer needed at its old place.
        for (size_t i = 0; (count > 1 || !from->addr) && i < count; i++) {
            if (fits(image, &from[i], by_size)) {
                struct elf_function_ f = from[i];
                to[kept++] = f;
            }
        }
        if (kept) {
            return kept;
        }
    }
    // Each may be discarded at 0; otherwise the symbols have other names.
    const size_t kept = from->addr ? count : 0;
    memmove(to, from, kept * sizeof *to);
    return kept;
}

static void read_functions(struct elf_image *image) {
    Dwarf *dwarf = elf_dwarf_(image);
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    struct reader r = {.image = image};
    image->functions_tried = true;
    while (dwarf && !r.failed &&
            dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        if (dwarf_tag(&die) == DW_TAG_compile_unit) {
            walk(&r, &die, 0);
        }
    }
    const size_t count = image->function_count;
    struct elf_function_ *all = image->functions;
    if (count) {
        qsort(all, count, sizeof *all, compare);
    }
    size_t kept = 0;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && all[next].addr == all[i].addr;) {
            next++;
        }
        kept += choose(image, &all[kept], &all[i], next - i);
    }
    image->function_count = kept;
}

const struct elf_function_ *elf_functions_at_(struct elf_image *image,
        uint32_t addr, size_t *count) {
    if (!image->functions_tried) {
        read_functions(image);
    }
    size_t low = 0, high = image->function_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->functions[middle].addr < addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t end = low;
    while (end < image->function_count && image->functions[end].addr == addr) {
        end++;
    }
    *count = end - low;
    return end > low ? &image->functions[low] : NULL;
}

bool elf_discarded_(struct elf_image *image, Dwarf_Die *function) {
    Dwarf_Addr base, low, high;
    size_t count = 0;
    if (dwarf_lowpc(function, &low) &&
            (!dwarf_hasattr(function, DW_AT_ranges) ||
                    dwarf_ranges(function, 0, &base, &low, &high) <= 0)) {
        return false;
    }
    if (low || elf_dropped_(image, low)) {
        return !low;
    }
    const struct elf_function_ *there = elf_functions_at_(image, 0, &count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = there[i].off == dwarf_dieoffset(function);
    }
    return !found;
}
