/*
 * elf_units - which source file was compiled into an address
 *
 * SPDX-License-Identifier: MIT
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "elf_priv.h"

bool elf_dropped_(const struct elf_image *image, uint64_t low_addr) {
    return low_addr == 0 && !elf_function_begins_(image, 0);
}

static bool add_range(struct elf_image *image, size_t *capacity, uint64_t low,
        uint64_t high, const char *name) {
    if (low >= high || high - 1 > UINT32_MAX || elf_dropped_(image, low) ||
            !elf_image_holds(image, (uint32_t)low)) {
        return true;
    }
    if (image->unit_count == *capacity) {
        *capacity = 2 * *capacity + 64;
        struct elf_unit_ *grown =
                realloc(image->units, *capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        image->units = grown;
    }
    image->units[image->unit_count++] = (struct elf_unit_){
            .low_addr = (uint32_t)low,
            .high_addr = (uint32_t)(high - 1),
            .name = name,
    };
    return true;
}

static bool add_ranges(struct elf_image *image, size_t *capacity,
        Dwarf_Die *die, const char *name) {
    Dwarf_Addr base, low, high;
    for (ptrdiff_t off = 0;
            (off = dwarf_ranges(die, off, &base, &low, &high)) > 0;) {
        if (!add_range(image, capacity, low, high, name)) {
            return false;
        }
    }
    return true;
}

// Link-time optimisation compiles the program as a few units "<artificial>";
// its functions come from units that say where they were written.
static const char *origin_unit(Dwarf_Die *function) {
    Dwarf_Attribute attr;
    Dwarf_Die origin, unit;
    if (!dwarf_attr(function, DW_AT_abstract_origin, &attr) ||
            !dwarf_formref_die(&attr, &origin) ||
            !dwarf_diecu(&origin, &unit, NULL, NULL)) {
        return NULL;
    }
    return dwarf_diename(&unit);
}

static bool add_functions(struct elf_image *image, size_t *capacity,
        Dwarf_Die *unit) {
    Dwarf_Die die;
    if (dwarf_child(unit, &die)) {
        return true;
    }
    for (;;) {
        const char *name =
                dwarf_tag(&die) == DW_TAG_subprogram ? origin_unit(&die) : NULL;
        if (name && !add_ranges(image, capacity, &die, name)) {
            return false;
        }
        const Dwarf_Off before = dwarf_dieoffset(&die);
        if (dwarf_siblingof(&die, &die) || dwarf_dieoffset(&die) <= before) {
            return true;
        }
    }
}

static int compare(const void *a, const void *b) {
    const struct elf_unit_ *x = a, *y = b;
    if (x->low_addr != y->low_addr) {
        return x->low_addr < y->low_addr ? -1 : 1;
    }
    // The narrower one last.
    if (x->high_addr != y->high_addr) {
        return x->high_addr > y->high_addr ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static void read_units(struct elf_image *image) {
    Dwarf *dwarf = elf_dwarf_(image);
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    size_t capacity = 0;
    bool ok = true;
    image->units_tried = true;
    while (ok && dwarf &&
            dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        const char *name = dwarf_tag(&die) == DW_TAG_compile_unit
                ? dwarf_diename(&die)
                : NULL;
        if (name && strcmp(name, "<artificial>") == 0) {
            ok = add_functions(image, &capacity, &die);
        } else if (name) {
            ok = add_ranges(image, &capacity, &die, name);
        }
    }
    if (!image->unit_count ||
            !elf_cover_init_(&image->unit_cover, image->unit_count)) {
        return;
    }
    qsort(image->units, image->unit_count, sizeof *image->units, compare);
    for (size_t i = 0; i < image->unit_count; i++) {
        elf_cover_set_(&image->unit_cover, i,
                (uint64_t)image->units[i].high_addr + 1);
    }
    elf_cover_finish_(&image->unit_cover);
}

const char *elf_image_unit(struct elf_image *image, uint32_t addr) {
    if (!image->units_tried) {
        read_units(image);
    }
    size_t low = 0, high = image->unit_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->units[middle].low_addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const uint32_t i = elf_cover_find_(&image->unit_cover, low, addr);
    return i == ELF_NONE_ ? NULL : image->units[i].name;
}
