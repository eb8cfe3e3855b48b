/*
 * settled_priv - what settled.c (which words, and their values) and
 * settled_scan.c (what code does to them) share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SETTLED_PRIV_H
#define SETTLED_PRIV_H

#include "base/array.h"
#include "check/flow/flow.h"
#include "check/settled/settled.h"

struct span {
    uint32_t low, end; // the first byte behind
    bool changed;      // of what is wanted: how is not known
    bool stores;       // of what is wanted: as struct settled_range
};

struct spans { // ascending and disjoint once all are there
    struct span *all;
    size_t count, room;
};

struct numbers {
    uint32_t *all;
    size_t count, room;
};

struct exact_store {
    uint32_t addr, value;
};

// An address that a function leaves in r0 or r1.
struct left_result {
    uint32_t function, r, addr;
    bool offset;
};

// A call through words of RAM with an address in a register.
struct open_call {
    struct value target, value;
    unsigned r;
    bool escaped;
};

// Of the function that is walked: an address in a word of its frame; a call.
struct held {
    int32_t at; // from the stack pointer at the entry
    struct value value;
};
struct walked_call {
    uint32_t target; // 0: not known
    int32_t sp_bytes;
};

struct settled {
    const struct model *model;
    struct model walk; // the same, and addresses are followed
    struct spans wanted;
    struct spans memory; // sections in RAM
    struct spans near;   // what is wanted and what is within SETTLED_REACH
    uint32_t lowest, highest;
    struct spans indexed; // functions of which code reads words by an index
    struct spans cleared; // by start code
    uint32_t zeroed_from; // code writes zeros from here on
    struct numbers bounds;
    struct numbers lost;        // words of which not all stores are known
    struct numbers loaded;      // words of pools, of which the use is followed
    struct exact_store *stores; // by address once finished
    size_t store_count, store_room;
    struct exact_store *copies; // as stores; value: the address of the word
                                // that is stored
    size_t copy_count, copy_room;
    struct left_result *results;
    size_t result_count, result_room;
    struct open_call *open;
    size_t open_count, open_room;
    size_t left;  // of what is wanted and was not given up
    bool nothing; // is known
    bool failed;  // out of memory
    // Of the function that is walked.
    const struct elf_symbol *symbol;
    struct function_extent extent;
    bool bits;    // it mentions a bit-band region
    bool unclear; // not all of it was walked
    struct held *held;
    size_t held_count, held_room;
    struct walked_call *calls;
    size_t call_count, call_room;
};

/// settled.c ///

void settled_merge_(struct spans *s); // sorts them
bool settled_touches_(const struct spans *s, uint32_t low, uint32_t end);
void settled_add_(struct settled *s, struct numbers *to, uint32_t number);
void settled_add_span_(struct settled *s, struct spans *to, uint32_t low,
        uint32_t end);
// No value of the word at addr is known.
void settled_lose_(struct settled *s, uint32_t addr);
bool settled_in_(const struct numbers *n, uint32_t number); // sorted
// Of stores and lost words, before settled_values().
void settled_sort_(struct settled *s);
// The address is followed: in reach of what is wanted, or a linker's.
bool settled_kept_(const struct settled *s, uint32_t addr);
// Some address in [low, end) is.
bool settled_near_(const struct settled *s, uint32_t low, uint32_t end);
// Other code may know the address, or (offset) one at a distance from it that
// is not known.
void settled_escape_at_(struct settled *s, uint32_t addr, bool offset);
void settled_escape_(struct settled *s, const struct value *value);

/// settled_scan.c ///

void settled_scan_(struct settled *s);

#endif
