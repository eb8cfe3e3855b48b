/*
 * check - proves from a linked ELF that nothing an outage needs lies in flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check: the checker's question, answer and table of rules.
 *
 * This is the contract of the rooms below: the question (options and
 * annotations), the answer (a report), and the rules. command/ reads the
 * question, judge/ answers it with the help of flow/, report/ prints the
 * answer.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/check_rules.h"

struct check_region {
    uint32_t addr;
    uint32_t size_bytes; // addr + size_bytes is at most 2^32
};
#define CHECK_REGIONS_MAX 8u

// The memory at of is seen at addr too.
struct check_alias {
    uint32_t addr, size_bytes, of;
};
#define CHECK_IMAGES_MAX 8u

/// Annotations ///

enum check_note_kind {
    CHECK_NOTE_TARGETS,  // targets PLACE SYMBOL...: an indirect call or jump
    CHECK_NOTE_ALLOW,    // allow RULE PLACE [TARGET]: a finding is accepted
    CHECK_NOTE_CONST,    // const OBJECT: never changes once it is initialised
    CHECK_NOTE_VECTORS,  // vectors TABLE N=SYMBOL...: filled at run time
    CHECK_NOTE_OUTSIDE,  // outside FUNCTION: never runs in an outage
    CHECK_NOTE_POINTERS, // pointers FUNCTION r0 r0*...: never lead to the
                         // window
    CHECK_NOTE_BEGINS,   // begins FUNCTION: switches the flash off
    CHECK_NOTE_ENDS,     // ends FUNCTION: switches it on again
};

struct check_note {
    enum check_note_kind kind;
    const char *file; // file and line of the annotation
    int line;
    // Function, function+0x12, object, table or 0xADDR; a pattern. Of ALLOW the
    // id of a finding too, then there is no rule.
    const char *place;
    const char *words; // as written, from the place or the rule to the colon
    const char *rule;  // of ALLOW
    char **targets;    // symbols, patterns or 0xADDR; NULL-terminated
    const char *reason;
    unsigned number; // how many findings, calls or names it may cover, >= 1
    // By judge/: how often it was applied, how many it covers; and if those are
    // more than the number, that nothing is taken from it.
    unsigned used, covers;
    bool refused;
    const char *missing; // the first name in it that no image has, or NULL
    // What was seen that contradicts it, and where; NULL: nothing was. Nothing
    // is taken from it then, and all is judged without it.
    const char *refuted;
    uint32_t refuted_at;
};

/// Question ///

struct check_options {
    struct check_region xip[CHECK_REGIONS_MAX];
    size_t xip_count; // at least one
    struct check_region resident[CHECK_REGIONS_MAX];
    size_t resident_count; // 0: everything that is not XIP
    // Of the board: RAM, then registers and internal flash; other memory is
    // unknown. Without: what the images have, and the registers of the
    // architecture.
    struct check_region memory[3 * CHECK_REGIONS_MAX];
    size_t memory_count, ram_count;
    // Registers where the architecture has none.
    struct check_region devices[CHECK_REGIONS_MAX];
    size_t device_count;
    struct check_alias alias[CHECK_REGIONS_MAX];
    size_t alias_count;

    // Patterns (*, ?) of symbols, or ".section" names. None: every function
    // outside the XIP regions.
    const char *const *roots;
    size_t root_count;

    // Patterns of functions that switch the flash off and on again, so that an
    // outage is longer than a call of one function. Both or none.
    const char *const *begins, *const *ends;
    size_t begin_count, end_count;

    const char *vectors; // table in use: symbol or address; NULL: search
    // Exception numbers 16.. (interrupt + 16) and system exceptions that stay
    // enabled in an outage. NMI and fault handlers always count.
    bool interrupts_all;
    bool interrupts_on[512];

    struct check_note *notes;
    size_t note_count;
    bool assume_runtime_data; // A7: load-unknown is counted, not unknown
    bool assume_settled;      // A8

    // For the text only: at most that many findings; 0: all.
    size_t limit;
    // Paths of the ELFs, for the report only; may be none.
    const char *const *image_paths;
    size_t image_count;
};

/// Answer ///

// One step of the path from a root: a function, and how it is reached.
struct check_step {
    const char *function;
    const char *via; // "call", "tail call", "pointer"; of a root why it is one
    uint32_t addr;   // of the instruction that leads here; of a root its own
};

struct check_finding {
    char id[16]; // stable: depends on rule, function and target only
    enum check_class class;
    enum check_rule_id rule;
    const char *image; // path of the ELF it lies in
    const char *function;
    uint32_t function_addr;
    uint32_t addr;      // of the instruction, table entry, pointer or section
    char *instruction;  // the one at addr, "ldr r3, [r2, #4]"; or NULL
    const char *target; // symbol of the target, or NULL
    uint32_t target_addr;
    bool target_known;
    uint32_t target_offset; // into target
    const char *alias; // name of target in the source, if it differs, or NULL
    const char *file;  // or NULL
    int line;
    const char *object;         // of function, or NULL
    const char *target_object;  // of target, or NULL
    const char *target_section; // or NULL
    bool load_image;         // the target is what that section is copied from
    const char *target_file; // source of target, by its lines, or NULL
    bool target_is_data;     // by its symbol, or by mapping symbols
    bool target_mapped;      // target_object is what a linker map says
    bool through_veneer;
    bool stored_in_table; // a word of initialised data, not an instruction
    // load-unknown: the arguments that `pointers` may say something of; bit k:
    // rk; bit 8 + k: rk*.
    uint16_t by_arguments;
    // A function that calls what --end names first and what --begin names last,
    // if those look swapped for this finding; or NULL.
    const char *swapped;
    // vector-runtime: the table that may be copied there, or NULL.
    const char *copy_of;
    // code-changed: how far the words of a copy come from behind those that
    // belong there; 0: it is no shifted copy.
    int32_t shifted_bytes;
    bool certain;   // it is seen there: an annotation has to name the target
    unsigned count; // places in the function that it stands for, >= 1
    struct check_step *path; // from the root to function
    size_t path_count;
    unsigned to_allow; // places that an `allow` line of its rule, function and
                       // target covers, in all findings; 0: not counted
    const char *const *candidates; // of an indirect call: NULL-terminated
    bool guessed; // they are functions whose addresses are kept, and no more
    char *detail; // one sentence of facts ("loads word 3 of ops in .rodata")
    char *cause;  // in plain words, or NULL until report/ has explained it
    char *fix;    // flag, attribute or linker line; likewise
    const char *reason;      // of the annotation that covers it, or NULL
    struct check_note *note; // of kind ALLOW that covers it, or NULL
};

struct check_root {
    const char *image;
    const char *function;
    uint32_t addr;
    const char *why;       // "section .RamFunc", "vector 3 HardFault", "--root"
    bool stack_bounded;    // false: recursion, or a call that is unknown
    uint32_t stack_bytes;  // worst case of everything it calls; lower bound if
                           // not bounded
    const char *stack_why; // why not bounded, or NULL
};

// What of an image lies where, in bytes.
struct check_layout {
    const char *image;
    char build_id[65]; // hexadecimal; empty: the ELF has none
    bool stripped;     // no symbols: no violation is more than unknown
    uint64_t window_bytes, ram_bytes, other_bytes;
    // Not empty: nobody declared this memory, and it is taken for flash that
    // stays readable. The last address belongs to it.
    bool assumed;
    uint32_t assumed_addr, assumed_last;
};

// Code in the window that writes to registers by which an outage is made.
struct check_window_write {
    const char *function;
    uint32_t addr;    // of the instruction
    uint32_t what;    // the first address of the registers
    const char *name; // VTOR, MPU; NULL: a controller
    const char *like; // code of an outage that writes there, or NULL
};

// What an entry of the table in use leads to, for an exception that was judged.
struct check_handler {
    unsigned exception;
    const char *function;
};

enum check_verdict { CHECK_PROVED, CHECK_VIOLATED, CHECK_CANNOT_TELL };

struct check_report {
    enum check_verdict verdict;
    struct check_finding *findings; // violations, unknowns and warnings
    size_t finding_count;
    struct check_finding *annotated; // findings that an annotation covers
    size_t annotated_count;
    struct check_root *roots;
    size_t root_count;
    // Of the stack after a reset: what it has, 0 if that is not known; and what
    // the deepest root and the deepest handler on top of it use.
    uint32_t stack_room_bytes, stack_nested_bytes;
    size_t function_count, instruction_count; // that were walked
    size_t unknown_loads;     // accesses through unknown pointers
    size_t unknown_functions; // that they are in
    uint32_t assumed;         // by bit: enum assumption
    bool writes_device;       // what was walked may write to a register
    // Why the run of the whole program did not come to its end, or NULL.
    const char *not_followed;
    bool let_in; // a mask changes: all interrupts were judged, not the named
    struct check_window_write *window_writes;
    size_t window_write_count;
    struct check_layout layout[CHECK_IMAGES_MAX];
    size_t layout_count;
    const char *vectors;            // the table that was judged, in words
    struct check_handler *handlers; // in no order; each once
    size_t handler_count;
    char **texts; // hold the names that are in no image
    size_t text_count;
};

#endif
