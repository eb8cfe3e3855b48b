/*
 * elf_arguments - how many arguments a function has, and where it is declared,
 * by DWARF
 *
 * SPDX-License-Identifier: MIT
 *
 * DWARF 5, 3.3.1 and 4.1: a function of C with a prototype has its parameters
 * as children, in their order. One that a compiler made of another one, as
 * `f.isra.0`, has those of the other. LLVM changes those of static functions,
 * which keep their names (argument promotion), and older ones do not say so.
 */
#include <dwarf.h>
#include <string.h>

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

/// Which function it is ///

// By its name and its size it is certainly the function of the symbol.
static bool is_of(const struct elf_names_ *names,
        const struct elf_function_ *function, const struct elf_symbol *s) {
    return s->function && elf_is_name_of_(names, s->name, NULL) &&
            s->size_bytes == function->size_bytes;
}

static bool keeps_convention(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    Dwarf_Word convention;
    return !dwarf_attr_integrate(die, DW_AT_calling_convention, &attr) ||
            (!dwarf_formudata(&attr, &convention) &&
                    convention == DW_CC_normal);
}

// GCC names those after others whose arguments it changes.
static bool is_of_gcc(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    Dwarf_Die unit;
    const char *producer = dwarf_diecu(die, &unit, NULL, NULL)
            ? dwarf_formstring(dwarf_attr(&unit, DW_AT_producer, &attr))
            : NULL;
    return producer && !strncmp(producer, "GNU ", 4);
}

static bool is_prototyped(Dwarf_Die *die) {
    Dwarf_Attribute attr;
    bool prototyped = false;
    return dwarf_attr_integrate(die, DW_AT_prototyped, &attr) &&
            !dwarf_formflag(&attr, &prototyped) && prototyped;
}

// The definition is certainly that of the code, which has the type that it
// says; exact: also its arguments.
static bool certain(struct elf_image *image,
        const struct elf_function_ *function, bool exact, Dwarf_Die *die) {
    const struct elf_symbol *s;
    if (!dwarf_offdie(image->dwarf, function->off, die) ||
            !is_prototyped(die) || !keeps_convention(die)) {
        return false;
    }
    const struct elf_names_ names = elf_names_(die);
    const bool may_change = exact && !is_of_gcc(die);
    for (size_t i = elf_image_symbol_from(image, function->addr);
            (s = elf_image_symbol_index(image, i)) && s->addr == function->addr;
            i++) {
        if (is_of(&names, function, s) &&
                (!may_change || (s->bind != ELF_LOCAL && elf_external_(die)))) {
            return true;
        }
    }
    return false;
}

// Each function that begins there has its definition: one that was folded may
// have the same code and another type.
static bool all_defined(struct elf_image *image, const struct elf_function_ *at,
        size_t n) {
    const struct elf_symbol *s;
    bool good = n > 0;
    for (size_t i = n ? elf_image_symbol_from(image, at->addr) : 0; good &&
            (s = elf_image_symbol_index(image, i)) && s->addr == at->addr;
            i++) {
        bool found = !s->function;
        for (size_t k = 0; k < n && !found; k++) {
            Dwarf_Die die;
            if (dwarf_offdie(image->dwarf, at[k].off, &die)) {
                const struct elf_names_ names = elf_names_(&die);
                found = is_of(&names, &at[k], s);
            }
        }
        good = found;
    }
    return good;
}

/// Interface ///

bool elf_image_returns_nothing(struct elf_image *image, uint32_t addr) {
    size_t count;
    const struct elf_function_ *f = elf_functions_at_(image, addr, &count);
    bool nothing = all_defined(image, f, count);
    for (size_t i = 0; i < count && nothing; i++) {
        Dwarf_Attribute attr;
        Dwarf_Die die;
        nothing = certain(image, &f[i], false, &die) &&
                !dwarf_attr_integrate(&die, DW_AT_type, &attr);
    }
    return nothing;
}

bool elf_image_takes_scalars(struct elf_image *image, uint32_t addr) {
    size_t n;
    const struct elf_function_ *f = elf_functions_at_(image, addr, &n);
    bool scalars = n > 0;
    for (size_t i = 0; i < n && scalars; i++) {
        Dwarf_Die die;
        scalars = certain(image, &f[i], false, &die) && count(&die) >= 0;
    }
    return scalars;
}

int elf_image_arguments(struct elf_image *image, uint32_t addr) {
    size_t n;
    const struct elf_function_ *f = elf_functions_at_(image, addr, &n);
    int most = -1;
    for (size_t i = 0; all_defined(image, f, n) && i < n; i++) {
        Dwarf_Die die;
        const int words = certain(image, &f[i], true, &die) ? count(&die) : -1;
        if (words < 0) {
            return -1;
        }
        most = words > most ? words : most;
    }
    return most;
}

const char *elf_image_declared(struct elf_image *image, uint32_t addr,
        size_t i) {
    size_t count;
    const struct elf_function_ *f = elf_functions_at_(image, addr, &count);
    const char *file = NULL;
    for (; i < count && !file; i++) {
        Dwarf_Die die;
        file = dwarf_offdie(image->dwarf, f[i].off, &die) ? elf_declared_(&die)
                                                          : NULL;
    }
    return file;
}

bool elf_image_defined(struct elf_image *image, uint32_t addr) {
    size_t count;
    return elf_functions_at_(image, addr, &count) != NULL;
}
