/*
 * begin_priv - vectors and what is stored into them
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEGIN_PRIV_H
#define BEGIN_PRIV_H

#include "check/analysis/findings.h"
#include "check/begin/begin.h"

/// passing.c ///

#define PASSING_CALLS 16u

// Calls of the function that is walked which pass on an address that must be
// followed: they are walked into.
struct passing {
    uint32_t at[PASSING_CALLS]; // of the instruction
    bool walked[PASSING_CALLS];
    unsigned count;
    unsigned depth; // of the calls that the walk is in
};

// False: the call cannot be walked into.
bool passing_add(struct passing *passing, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target);
// The walk's inlined(). False: it is one of those and was not walked into.
bool passing_inlined(struct passing *passing, const struct thumb_insn *insn,
        enum flow_inlined how);
// The walk of the function has ended; true: *at was never walked into.
bool passing_end(struct passing *passing, uint32_t *at);

/// vtor.c ///

// What code sets VTOR to.
struct vtor {
    struct analysis *a;
    const struct elf_image *image; // whose code sets it
    uint32_t value[16];
    uint32_t at[16]; // by which instruction
    size_t count;
    const char *unknown; // a sentence, or NULL
    uint32_t unknown_addr;
    uint32_t non_secure; // what may set that of the other state, or 0
    // Of the function that is walked.
    struct passing passing;
};
void vtor_find(struct analysis *a, struct vtor *vtor);

// Code stores word into entry n.
void vector_stored(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word);
void vector_stores_check(struct analysis *a, const struct vector_table *table);

#endif
