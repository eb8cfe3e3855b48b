/*
 * elf_inline - inlined copies of functions, by DWARF
 *
 * SPDX-License-Identifier: MIT
 *
 * DWARF 5, 3.3.8: each copy is a DW_TAG_inlined_subroutine with its ranges, the
 * call's file and line, and a DW_AT_abstract_origin to the function, which may
 * be in another unit (link-time optimisation) and refer to a third.
 */
#include <dwarf.h>
#include <stdlib.h>

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

static const char *name_of(Dwarf_Die *die) {
    static const unsigned kinds[] = {
            DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        Dwarf_Attribute attr;
        const char *name =
                dwarf_formstring(dwarf_attr_integrate(die, kinds[i], &attr));
        if (name) {
            return name;
        }
    }
    return NULL;
}

static int number_of(Dwarf_Die *die, unsigned kind) {
    Dwarf_Attribute attr;
    Dwarf_Word value;
    if (!dwarf_attr(die, kind, &attr) || dwarf_formudata(&attr, &value) ||
            value > INT32_MAX) {
        return 0;
    }
    return (int)value;
}

static bool is_external(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    bool external;
    return dwarf_attr_integrate(die, DW_AT_external, &attr) &&
            !dwarf_formflag(&attr, &external) && external;
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
            copy.name = name_of(die);
            copy.external = is_external(die);
            copy.decl_file = dwarf_decl_file(die);
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

// A function that the linker discarded.
static bool dropped(const struct search *search, Dwarf_Die *die) {
    Dwarf_Addr low;
    return dwarf_lowpc(die, &low) == 0 && elf_dropped_(search->image, low);
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
                (tag == DW_TAG_subprogram && !dropped(search, &die));
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
