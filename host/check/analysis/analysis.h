/*
 * analysis - the graph of calls that an outage reaches
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/analysis: what the judges share: the graph, findings,
 * annotations.
 *
 * check_run.c owns an analysis. reach.c makes the graph and walks it; it knows
 * no rule and no finding. The judges above it are in judge_priv.h.
 */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "check/check.h"
#include "base/index.h"
#include "check/analysis/constants.h"
#include "check/flow/flow.h"
#include "check/model/model.h"
#include "check/settled/settled.h"

#define NO_NODE UINT32_MAX

struct call_edge {
    uint32_t callee; // node; NO_NODE: unknown, or not followed
    uint32_t addr;   // of the instruction
    const char *via;
    int32_t sp_bytes; // stack in use there, -1 unknown
    bool tail;
    bool has_args;
    struct value args[VALUE_ARGUMENTS];
};

// A flash address that an instruction computed.
struct new_address {
    uint32_t addr, value;
    bool accounted_for;
};

// An access of a function that is unknown by itself.
struct unknown_access {
    uint32_t addr; // of the instruction
    uint16_t bits; // through arguments, as args_read; 0: through anything
    // Those that were added to each other, of which one is an address; and
    // those that were added more than once, which are none.
    uint16_t added, repeated;
    bool deep; // VALUE_DEEP
    unsigned count;
    bool good; // by contexts.c: it never goes to the window
};

// A store of a word, for annotations that say what is read through arguments.
struct noted_store {
    uint32_t addr; // of the instruction
    struct value to, data;
};

struct node {
    uint32_t addr;
    struct function_extent extent;
    struct elf_image *image;
    const char *name;
    uint32_t parent; // node that led here first, or NO_NODE
    const char *via; // how
    uint32_t via_addr;
    const char *why_root; // NULL: not a root
    bool walked;
    bool calls_unknown; // it has a call with an unknown target
    bool writes_device; // it may write to a register
    struct flow_result flow;
    // By bit, VALUE_ARGUMENT() and VALUE_BEHIND(): used as addresses, written
    // through, stored somewhere, called.
    uint16_t args_read, args_written, args_stored, args_called;
    uint16_t args_handed; // passed to a function that is not known
    // By callers.c: may be an address in the window; may be a number, which is
    // no address but the index of another one; may be more than a number.
    uint16_t args_bad, args_number, args_address;
    uint16_t args_harm; // the same, but for numbers of devices
    bool callers_known; // all functions that call it
    bool undecided;     // has an unknown access or call
    bool is_handler;    // of an exception: its frame is above its stack pointer
    // Stores into the stack: the farthest one above the stack pointer of the
    // entry, behind its last byte; and the first one of an unknown place, or 0.
    int32_t above_end;
    uint32_t above_addr, somewhere_addr;
    uint8_t *seen;  // by bit: halfwords of the extent where it walked an
                    // instruction; NULL: none
    uint8_t *off;   // by halfword: not 0 where the flash may be off, or
                    // ANALYSIS_BEFORE; NULL: it may be off everywhere
    bool asked;     // --root names it
    bool enters_on; // off rests on it: the flash is on where it is entered
    struct unknown_access *accesses;
    size_t access_count, access_room;
    struct noted_store *stores; // where there are such annotations
    size_t store_count, store_room;
    struct call_edge *edges;
    size_t edge_count, edge_room;
    struct new_address *new_addresses;
    size_t new_address_count, new_address_room;
    // Stack of it and its callees; by stack.c.
    uint32_t stack_bytes;
    uint8_t stack_state;
    const char *stack_why; // why it is not bounded, or NULL
};

// All that callers pass as argument k of a function.
struct known_argument {
    uint32_t function; // its address
    unsigned k;
    unsigned count;
    uint32_t values[VALUE_CONSTS]; // ascending
};

// Code that is no node of the graph, or runs in no outage, and calls one.
struct known_caller {
    uint32_t callee; // node
    uint32_t function;
    uint32_t addr; // of the instruction
};

// All targets of a call through a pointer that one function does not show.
struct known_call {
    uint32_t function; // its address
    uint32_t addr;     // of the instruction
    struct value targets;
};

// What an instruction of a node does in some run of the whole program.
enum crossing_kind {
    CROSSING_ACCESS,  // to the window
    CROSSING_RENEWED, // through what an outage has stored
    CROSSING_JUMP,    // a call, jump or return to target
    CROSSING_RETURN,  // of what it calls, to target
    CROSSING_TABLE,   // an exception may come; target: which enum whole_tables
};
struct crossing {
    uint32_t node;
    uint32_t addr; // of the instruction
    enum crossing_kind kind;
    uint32_t target;
};

// Registers that code of an outage writes to.
struct device_write {
    uint32_t block;
    const char *function; // one that does
};

struct vector_table {
    uint32_t addr;
    uint32_t count; // entries, the stack pointer included
    const char *name;
    uint32_t section_addr; // where it begins
    // The processor may start with another one, which is readable.
    bool one_of_several;
    // Code sets VTOR to another address, too, which is not known, or where no
    // image has anything.
    bool maybe_other;
    bool empty; // no image has anything there
};

#define VECTOR_TABLES_MAX 4u

struct late_vector {
    uint32_t addr, word; // in the table
};

struct analysis {
    struct model model;
    struct whole *whole;           // of whole.h; NULL: was not run
    struct constants *constants;   // that functions form
    struct start_code *start_code; // NULL: was not asked for yet
    const struct settled *settled; // NULL: the images were not scanned yet
    // What to look for in them: words of RAM that decide.
    struct settled_range *wanted;
    size_t wanted_count, wanted_room;
    struct index wanted_index; // key: address
    // Arguments that are called: by the run before, and by this one.
    struct known_argument *arguments, *arguments_found;
    size_t argument_count, argument_found_count, argument_found_room;
    // By contexts.c, in the same way.
    struct known_call *calls, *calls_found;
    size_t call_count, call_found_count, call_found_room;
    uint32_t context_steps;
    struct device_write *device_writes;
    size_t device_write_count, device_write_room;
    // What is held against the walks, and whether their searches decide, since
    // the run of the whole program does not know.
    struct crossing *crossings;
    size_t crossing_count, crossing_room;
    bool searched;
    bool refuted;      // a note was, by this run
    bool switches;     // by that run: tasks
    struct ends *ends; // of begin_priv.h
    uint32_t *entered; // functions that call a begin, and may run in an outage
    size_t entered_count, entered_room;
    struct known_caller *callers;
    size_t caller_count, caller_room;
    struct check_options *options;
    struct check_report *report;
    struct node *nodes;
    size_t node_count, node_room;
    uint32_t *reached; // objects whose address code passes on
    size_t reached_count, reached_room;
    struct index node_index, reached_index; // key: address
    struct index finding_index, annotated_index;
    struct index told_index;  // key: address of what there is a finding of
    struct index noted_index; // key: a call that a note names the targets of
    uint32_t stack_top;       // by the vector table; 0: unknown
    // In use; the first has count 0: none was found.
    struct vector_table tables[VECTOR_TABLES_MAX];
    size_t table_count;
    // What code stores into vectors of exceptions that only an instruction of
    // an outage can lead to.
    struct late_vector *late_vectors;
    size_t late_vector_count, late_vector_room;
    // One of them the processor starts with.
    struct vector_table first_tables[VECTOR_TABLES_MAX];
    size_t first_count;
    bool scb_told; // a finding says where the address of VTOR's block goes
    bool calls_supervisor;                    // an SVC was reached
    bool calls_monitor;                       // a BKPT was reached
    bool entered_supervisor, entered_monitor; // and their vectors were judged
    bool failed;                              // out of memory
    uint32_t current;                         // node being walked
    char *error;
    size_t error_size;
};

/// analysis.c ///

// Text that lives as long as the report. "?" if memory ran out.
const char *keep_text(struct analysis *a, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
// NULL if no symbol covers addr.
const char *symbol_name(const struct analysis *a, uint32_t addr);
// The function or object that a report names for addr: no label of a linker
// script. NULL: nothing is known to lie there.
const struct elf_symbol *symbol_shown(const struct elf_image *image,
        uint32_t addr);
// Its name; else "a constant in SECTION", "the load image of SECTION", or NULL.
const char *shown_name(struct analysis *a, uint32_t addr);
// Walks the functions of an image that `mentions` picks, in an outage or not;
// both get the ctx of the events.
void analysis_scan(struct analysis *a, const struct elf_image *image,
        const struct flow_events *events,
        bool (*mentions)(void *ctx, const struct elf_symbol *symbol,
                const struct function_extent *extent));

// Walks follow what is made from the addresses that kept() names, and lengths;
// NULL: what was loaded from RAM, as the graph's walk does.
void analysis_follow(struct analysis *a,
        bool (*kept)(const void *ctx, uint32_t addr), const void *ctx);
// The constants that a function can form.
struct formed analysis_formed(struct analysis *a,
        const struct function_extent *extent);

// What the words of the object at addr hold decides, or (size_bytes) what is
// stored to a table there.
void analysis_want(struct analysis *a, uint32_t addr, uint32_t size_bytes);
// So do words that the value was made from.
void analysis_want_of(struct analysis *a, const struct value *value);
// Marks the nodes that those call that are marked, by number.
void analysis_mark_called(const struct analysis *a, bool *marked);
// A call looks at what the function leaves in r0, or (high) in r1.
bool result_used(const struct analysis *a, uint32_t function, bool high);
// Calls found() with the word at each byte of an image's contents, aligned or
// not; its section goes on at `section_bytes`.
void analysis_scan_words(const struct elf_image *image,
        void (*found)(void *ctx, const struct elf_section *section,
                const uint8_t *section_bytes, uint32_t at, uint32_t word),
        void *ctx);

// Two small numbers beside each other read like the address of the memory's
// beginning: the word is one only in an object whose size only packed members
// give.
bool analysis_by_chance(const struct analysis *a, uint32_t addr, uint32_t word);

/// start_code.c ///

// The function that begins at addr runs before main() and not later.
bool start_code_has(struct analysis *a, uint32_t addr);
// Nothing but start code forms an address from addr to end_addr.
bool start_code_reads(struct analysis *a, uint32_t addr, uint32_t end_addr);
void start_code_free(struct start_code *start_code);

/// start_copies.c ///

// The function is start code, and copies what lies at `from`, or the words
// inside of that, to the place that it was linked for, which is `to`.
bool start_code_copies(struct analysis *a, uint32_t function,
        const struct value *to, const struct value *from);
// So does memcpy(), called with the whole of a section; the argument is the
// place, or the length.
bool start_code_copies_all(const struct analysis *a, const struct value *target,
        const struct value *regs, unsigned argument);
// Or what start code calls with place and load image, and does not keep the
// place.
bool start_code_copies_by(struct analysis *a, uint32_t function,
        const struct value *target, const struct value *regs,
        unsigned argument);
// The word at byte `at` of a section and one beside it are where sections begin
// or end, or where start code copies from: a list, which only start code reads,
// of what that copies or clears.
bool start_code_lists(struct analysis *a, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at);

/// section_use.c ///

// False: it is code, and no function of an outage is in it or forms an address
// there.
bool section_is_used(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section);

/// stack.c ///

// The most that each root and its callees use.
void stack_check(struct analysis *a);
// All of a function's instructions were executed that lower the stack pointer,
// or (call) the call there: the compiler may have put them behind a condition.
// What is in an IT block may have been passed by. ctx is the analysis.
bool stack_is_taken(const struct analysis *a, const struct node *node,
        uint32_t call, bool (*executed)(const void *ctx, uint32_t addr));

/// reach.c ///

// Called by the walk, in this order: enter(), events, leave().
struct reach_judges {
    const struct flow_events *events; // ctx is the analysis
    // The walk enters the function analysis_here(). Its extent is empty if no
    // image holds code there; then nothing follows.
    void (*enter)(struct analysis *a);
    void (*leave)(struct analysis *a); // the whole function was walked
};
// Walks every node, also those that the judges add meanwhile.
void reach_walk(struct analysis *a, const struct reach_judges *judges);

// Node of the function entered at addr (Thumb bit removed); made if new.
uint32_t analysis_node(struct analysis *a, uint32_t addr, uint32_t parent,
        const char *via, uint32_t via_addr);
uint32_t analysis_root(struct analysis *a, uint32_t addr, const char *why);
// The symbol is a linker veneer: local, by its name, and by its instructions.
bool analysis_is_veneer(const struct analysis *a,
        const struct elf_symbol *symbol);
// The target of a call or entry, past the linker's veneers.
uint32_t analysis_past_veneers(const struct analysis *a, uint32_t addr,
        bool *veneer);
// Each direct branch and call of the function, in the order of their addresses.
void analysis_branches(const struct analysis *a,
        const struct function_extent *extent,
        void (*found)(void *ctx, const struct thumb_insn *insn), void *ctx);

// Where the word at addr, of a table of offsets, leads: i 0, if they count from
// the word itself; 1, from the beginning of the table. 0: it is no such word.
#define ANALYSIS_OFFSETS 2u
uint32_t analysis_offset(const struct analysis *a, uint32_t addr, uint32_t word,
        unsigned i);

// Node of the function entered at addr, or NO_NODE.
uint32_t analysis_known_node(const struct analysis *a, uint32_t addr);

// The function that is being walked. A new node invalidates the pointer.
struct node *analysis_here(struct analysis *a);
#define ANALYSIS_BEFORE 0x80u // in node.off: before an outage only
// The instruction of that function runs in no outage: only behind the end of
// one, or before one begins.
bool analysis_is_over(const struct analysis *a, uint32_t addr);
bool analysis_node_is_over(const struct node *node, uint32_t addr);
// The latter: what it leaves behind is there in the outage.
bool analysis_is_before(const struct analysis *a, uint32_t addr);
// The use of a flash address that the function computes was judged.
void analysis_account_for(const struct analysis *a, struct node *node,
        uint32_t value);
// Code passes on the address of an object: the receiver can follow what the
// object points to.
void analysis_reach(struct analysis *a, const struct value *value);

#endif
