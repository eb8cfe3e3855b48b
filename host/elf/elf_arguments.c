/*
 * elf_arguments - how many arguments a function has, and where it is declared,
 * by DWARF
 *
 * SPDX-License-Identifier: MIT
 *
 * DWARF 5, 3.3.1 and 4.1: a function of C with a prototype has its parameters
 * as children, in their order. One that a compiler made of another one, as
 * `f.isra.0`, has those of the other.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/elf_priv.h"

#define WORD_BYTES 4u

// Of the type that the attribute refers to; 0: there is none, -1: unknown.
static int type_bytes(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    Dwarf_Die type, plain;
    Dwarf_Word bytes;
    if (!dwarf_attr_integrate(die, DW_AT_type, &attr)) {
        return 0;
    }
    return dwarf_formref_die(&attr, &type) && !dwarf_peel_type(&type, &plain) &&
                    !dwarf_aggregate_size(&plain, &bytes) && bytes <= WORD_BYTES
            ? (int)bytes
            : -1;
}

static int count(Dwarf_Die *function) {
    Dwarf_Die die;
    int arguments = 0;
    // A large result is written where a hidden first argument leads.
    if (type_bytes(function) < 0) {
        return -1;
    }
    if (dwarf_child(function, &die)) {
        return 0;
    }
    for (;;) {
        const int tag = dwarf_tag(&die);
        if (tag == DW_TAG_unspecified_parameters ||
                (tag == DW_TAG_formal_parameter && type_bytes(&die) <= 0)) {
            return -1;
        }
        arguments += tag == DW_TAG_formal_parameter;
        const Dwarf_Off before = dwarf_dieoffset(&die);
        if (dwarf_siblingof(&die, &die) || dwarf_dieoffset(&die) <= before) {
            return arguments;
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

static void read_functions(struct elf_unit_ *unit) {
    Dwarf_Die die;
    Dwarf_Off before = 0;
    size_t room = 0;
    unit->functions_tried = true;
    if (dwarf_child(&unit->die, &die)) {
        return;
    }
    // In damaged data a sibling may lie before its predecessor.
    while (dwarf_dieoffset(&die) > before) {
        Dwarf_Addr low;
        before = dwarf_dieoffset(&die);
        if (dwarf_tag(&die) == DW_TAG_subprogram && !dwarf_lowpc(&die, &low)) {
            struct elf_function_ *grown = array_more(unit->functions,
                    unit->function_count, &room, sizeof *grown);
            if (!grown) {
                break;
            }
            unit->functions = grown;
            unit->functions[unit->function_count++] =
                    (struct elf_function_){(uint32_t)low, before};
        }
        if (dwarf_siblingof(&die, &die)) {
            break;
        }
    }
    if (unit->functions) {
        qsort(unit->functions, unit->function_count, sizeof *unit->functions,
                compare);
    }
}

// The definition of the function that begins at addr.
static bool function_at(struct elf_image *image, uint32_t addr,
        Dwarf_Die *die) {
    const struct elf_extent_ *extent = elf_extent_at_(image, addr);
    struct elf_unit_ *unit = extent ? &image->units[extent->unit] : NULL;
    if (unit && !unit->functions_tried) {
        read_functions(unit);
    }
    size_t low = 0, high = unit ? unit->function_count : 0;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (unit->functions[middle].addr < addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return unit && low < unit->function_count &&
            unit->functions[low].addr == addr &&
            dwarf_offdie(image->dwarf, unit->functions[low].off, die);
}

static bool has_prototype(Dwarf_Die *function) {
    Dwarf_Attribute attr;
    bool prototyped = false;
    return dwarf_attr_integrate(function, DW_AT_prototyped, &attr) &&
            !dwarf_formflag(&attr, &prototyped) && prototyped;
}

bool elf_image_takes_scalars(struct elf_image *image, uint32_t addr) {
    Dwarf_Die die;
    return function_at(image, addr, &die) && has_prototype(&die) &&
            count(&die) >= 0;
}

bool elf_image_returns_nothing(struct elf_image *image, uint32_t addr) {
    Dwarf_Attribute attr;
    Dwarf_Die die;
    return function_at(image, addr, &die) && has_prototype(&die) &&
            !dwarf_attr_integrate(&die, DW_AT_type, &attr);
}

int elf_image_arguments(struct elf_image *image, uint32_t addr) {
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    Dwarf_Die die;
    if (!symbol || symbol->addr != addr || strchr(symbol->name, '.') ||
            !function_at(image, addr, &die)) {
        return -1;
    }
    return has_prototype(&die) ? count(&die) : -1;
}

const char *elf_image_declared(struct elf_image *image, uint32_t addr,
        int *line) {
    Dwarf_Die die;
    return function_at(image, addr, &die) && !dwarf_decl_line(&die, line)
            ? dwarf_decl_file(&die)
            : NULL;
}
