/*
 * elf_units - which source file was compiled into an address
 *
 * SPDX-License-Identifier: MIT
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/elf_priv.h"

bool elf_dropped_(const struct elf_image *image, uint64_t low_addr) {
    return low_addr == 0 && !elf_function_begins_(image, 0);
}

struct reader {
    struct elf_image *image;
    size_t unit_room, extent_room;
    const char *name;
};

// False, here and below: out of memory.
static bool add_extent(struct reader *r, uint64_t low, uint64_t high) {
    struct elf_image *image = r->image;
    if (low >= high || high - 1 > UINT32_MAX || elf_dropped_(image, low) ||
            !elf_image_holds(image, (uint32_t)low)) {
        return true;
    }
    struct elf_extent_ *grown = array_more(image->extents, image->extent_count,
            &r->extent_room, sizeof *grown);
    if (!grown) {
        return false;
    }
    image->extents = grown;
    image->extents[image->extent_count++] = (struct elf_extent_){
            .low_addr = (uint32_t)low,
            .high_addr = (uint32_t)(high - 1),
            .unit = (uint32_t)(image->unit_count - 1),
            .name = r->name,
    };
    return true;
}

static bool add_ranges(struct reader *r, Dwarf_Die *die) {
    Dwarf_Addr base, low, high;
    for (ptrdiff_t off = 0;
            (off = dwarf_ranges(die, off, &base, &low, &high)) > 0;) {
        if (!add_extent(r, low, high)) {
            return false;
        }
    }
    return true;
}

// Link-time optimisation compiles the program as a few units "<artificial>";
// its functions refer to the units of their source files.
static const char *origin_unit(Dwarf_Die *function) {
    Dwarf_Attribute attr;
    Dwarf_Die origin, unit;
    if (dwarf_tag(function) != DW_TAG_subprogram ||
            !dwarf_attr(function, DW_AT_abstract_origin, &attr) ||
            !dwarf_formref_die(&attr, &origin) ||
            !dwarf_diecu(&origin, &unit, NULL, NULL)) {
        return NULL;
    }
    return dwarf_diename(&unit);
}

static bool add_functions(struct reader *r, Dwarf_Die *unit) {
    Dwarf_Die die;
    if (dwarf_child(unit, &die)) {
        return true;
    }
    for (;;) {
        r->name = origin_unit(&die);
        if (r->name && !add_ranges(r, &die)) {
            return false;
        }
        // In damaged data a sibling may lie before its predecessor.
        const Dwarf_Off before = dwarf_dieoffset(&die);
        if (dwarf_siblingof(&die, &die) || dwarf_dieoffset(&die) <= before) {
            return true;
        }
    }
}

static bool add_unit(struct reader *r, Dwarf_Die *die) {
    struct elf_image *image = r->image;
    struct elf_unit_ *grown = array_more(image->units, image->unit_count,
            &r->unit_room, sizeof *grown);
    if (!grown) {
        return false;
    }
    image->units = grown;
    Dwarf_Addr low;
    image->units[image->unit_count++] = (struct elf_unit_){
            .die = *die,
            .placed = dwarf_hasattr(die, DW_AT_ranges) ||
                    dwarf_highpc(die, &low) == 0,
    };
    r->name = dwarf_diename(die);
    return add_ranges(r, die) &&
            (!r->name || strcmp(r->name, "<artificial>") != 0 ||
                    add_functions(r, die));
}

static int compare(const void *a, const void *b) {
    const struct elf_extent_ *x = a, *y = b;
    if (x->low_addr != y->low_addr) {
        return x->low_addr < y->low_addr ? -1 : 1;
    }
    // The narrower one last.
    if (x->high_addr != y->high_addr) {
        return x->high_addr > y->high_addr ? -1 : 1;
    }
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static void read_units(struct elf_image *image) {
    Dwarf *dwarf = elf_dwarf_(image);
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    struct reader r = {.image = image};
    image->units_tried = true;
    while (dwarf &&
            dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        if (dwarf_tag(&die) == DW_TAG_compile_unit && !add_unit(&r, &die)) {
            break;
        }
    }
    const size_t count = image->extent_count;
    if (!count || !elf_cover_init_(&image->extent_cover, count)) {
        return;
    }
    qsort(image->extents, count, sizeof *image->extents, compare);
    for (size_t i = 0; i < count; i++) {
        elf_cover_add_(&image->extent_cover, image->extents[i].low_addr,
                (uint64_t)image->extents[i].high_addr + 1);
    }
    elf_cover_finish_(&image->extent_cover);
}

/// Interface ///

const struct elf_extent_ *elf_extent_at_(struct elf_image *image,
        uint32_t addr) {
    if (!image->units_tried) {
        read_units(image);
    }
    const uint32_t i = elf_cover_find_(&image->extent_cover, addr);
    return i == ELF_NONE_ ? NULL : &image->extents[i];
}

const char *elf_image_unit(struct elf_image *image, uint32_t addr) {
    const struct elf_extent_ *extent = elf_extent_at_(image, addr);
    return extent ? extent->name : NULL;
}
