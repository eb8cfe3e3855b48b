/*
 * begin_priv - vector tables and what is stored into them
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

// The value may be an address by which VTOR is reached: of its block, or of the
// system control space of either state.
bool vtor_leads_to_scb(const struct value *v);
// It is where the space or that block begins, or VTOR's own: what is kept of
// another register's address leads to that one (A4).
bool vtor_is_base(const struct value *v);

// What code sets VTOR to.
struct vtor {
    struct analysis *a;
    const struct elf_image *image; // whose code sets it
    uint32_t value[16];
    uint32_t at[16]; // by which instruction
    size_t count;
    bool sets_unknown;   // something sets VTOR to what is not known
    const char *unknown; // a sentence, or NULL
    bool unknown_scb;    // it is that the block's address goes somewhere
    uint32_t unknown_addr;
    uint32_t non_secure; // what may set that of the other state, or 0
    uint32_t function;   // that is walked
    struct passing passing;
};
void vtor_find(struct analysis *a, struct vtor *vtor);

/// tables.c ///

#define CORE_VECTORS 16u // before those of the interrupts
#define VECTORS_MAX 512u

// The number of the last exception that --interrupts names, and one; 0: it
// names none, or all, and how many there are is not known.
uint32_t vectors_asked(const struct analysis *a);
// Where what begins at addr, by a label, ends: at the next symbol of an object
// or a function, or with its section.
uint32_t table_label_end(const struct elf_image *image, uint32_t addr);
// How many words up to end are vectors, or zero; the last is a vector.
uint32_t table_vectors_at(const struct analysis *a, uint32_t addr,
        uint32_t end);
// That of --vectors. False: one line in error.
bool table_by_option(struct analysis *a, struct vector_table *table);
// All that code sets VTOR to, at most `most`; if one is resident, those only:
// start code may point VTOR at flash before. *maybe_other: it may be another
// one.
size_t table_by_vtor(struct analysis *a, struct vector_table *tables,
        size_t most, bool *maybe_other);
// Those, at most `most`, that the processor may start with: by what they hold,
// and by their names. One that start code writes is none.
size_t table_by_reset(struct analysis *a, struct vector_table *tables,
        size_t most);
// The name of the one of those that start code may copy to the table, first one
// of its image; NULL: none is known.
const char *table_copied(const struct analysis *a,
        const struct vector_table *table);
// Those that start code writes, by their names.
size_t table_by_name(struct analysis *a, struct vector_table *tables,
        size_t most);

/// entries.c ///

bool vector_is_judged(const struct analysis *a, uint32_t n);
// Entry n of the table holds word.
void vector_check(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word);
enum { SVCALL = 11, DEBUG_MONITOR = 12 };
// Entry n, which an instruction of an outage leads to though --interrupts
// leaves it out. False: what it holds is not known.
bool vector_check_late(struct analysis *a, const struct vector_table *table,
        uint32_t n);
// Code stores word into entry n.
void vector_stored(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word);
void table_check(struct analysis *a, const struct vector_table *table);

/// ends.c, paths.c ///

struct opener { // returns with the flash switched off
    uint32_t addr;
    const char *name;
    bool named; // by --begin; else it calls one that is
    bool may;   // or it meets an end on its way
};

struct copy { // of an opener, inlined into a resident function
    uint32_t addr;
    size_t opener;
};

// Some functions, resident ones that call them, and their callers.
struct ends_callers {
    struct analysis *a;
    uint32_t *function;
    size_t count, room;
    bool kept; // an address of one, so that anything may call it
};

struct ends {
    struct analysis *a;
    struct opener *openers;
    size_t opener_count, opener_room;
    uint32_t *closers; // named by --end
    size_t closer_count, closer_room;
    struct copy *copies;
    size_t copy_count, copy_room;
    struct check_region *end_copies; // ranges of what ends one, inlined
    size_t end_copy_count, end_copy_room;
    struct ends_callers around; // of openers
    struct ends_callers direct; // resident functions that call one themselves
    bool nested;                // an outage may begin in another one
    struct index walked; // what paths_may_return() said, by address and depth
};

bool ends_around(const struct ends *e, uint32_t addr);
// The function of the node calls what begins an outage, and nothing that is
// known now enters it in one.
bool ends_enters_on(const struct ends *e, const struct node *node);
// A path leads from the instruction at addr, behind the call at begun_by or
// (0) where a function begins, out of its function and meets no end; depth: of
// calls. *may_end: another one does, or may.
bool paths_may_return(struct ends *e, uint32_t addr, uint32_t begun_by,
        unsigned depth, bool *may_end);

/// behind.c ///

void behind_check(struct analysis *a, const struct vector_table *table);

/// vector_stores.c ///

void vector_stores_check(struct analysis *a, const struct vector_table *table);

#endif
