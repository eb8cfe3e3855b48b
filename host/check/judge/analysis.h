/*
 * analysis - functions that an outage reaches, and what is found in them
 *
 * SPDX-License-Identifier: MIT
 *
 * check_run.c owns an analysis. roots.c and vectors.c say where it begins,
 * reach.c follows calls, judge_call.c and judge_access.c judge what every
 * instruction does, arguments.c what is
 * handed from function to function, placement.c where sections and copies
 * lie, stack.c adds up the stack, findings.c collects.
 */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "check/check.h"
#include "base/index.h"
#include "check/flow/flow.h"
#include "check/flow/model.h"
#include "check/flow/settled.h"

#define NO_NODE UINT32_MAX

struct call_edge {
    uint32_t callee; // node; NO_NODE: unknown, or not followed
    uint32_t addr;   // of the instruction
    const char *via;
    int32_t sp_bytes; // stack in use there, -1 unknown
    bool tail;
    bool has_args;
    struct value args[4];
};

struct formed {
    uint32_t addr, value;
    bool explained;
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
    bool calls_unknown; // a call in it leads nobody knows where
    struct flow_result flow;
    uint8_t reads;  // arguments that are used as addresses, by bit
    uint8_t keeps;  // arguments that are stored somewhere
    uint8_t calls;  // arguments that are called
    unsigned blind; // accesses through unknown pointers
    struct call_edge *edges;
    size_t edge_count, edge_room;
    struct formed *formed;
    size_t formed_count, formed_room;
    // Stack of it and its callees; by stack.c.
    uint32_t stack_bytes;
    uint8_t stack_state;
    const char *stack_why; // not bounded, because
};

struct analysis {
    struct model model;
    struct check_options *options;
    struct check_report *report;
    struct node *nodes;
    size_t node_count, node_room;
    uint32_t *reached; // objects whose address code hands on
    size_t reached_count, reached_room;
    struct index node_index, reached_index; // key: address
    struct index finding_index, annotated_index;
    bool failed;       // out of memory
    bool want_settled; // a pointer may be settled: worth the scan
    uint32_t current;  // node being walked
    char *error;
    size_t error_size;
};

/// reach.c ///

// Node of the function entered at addr (Thumb bit removed); made if new.
uint32_t analysis_node(struct analysis *a, uint32_t addr, uint32_t parent,
        const char *via, uint32_t via_addr);
uint32_t analysis_root(struct analysis *a, uint32_t addr, const char *why);
void analysis_walk_all(struct analysis *a);
// By its name, a bridge of the linker.
bool analysis_is_veneer(const struct elf_symbol *symbol);
// The target of a call or entry, past the linker's veneers.
uint32_t analysis_past_veneers(const struct analysis *a, uint32_t addr,
        bool *veneer);

// The function that is being walked. Making a node moves it.
struct node *analysis_here(struct analysis *a);
// A finding says what becomes of a flash address that the function forms.
void analysis_explain(const struct analysis *a, struct node *node,
        uint32_t value);
// Code hands on the address of an object: whoever has it can follow what the
// object points to.
void analysis_reach(struct analysis *a, const struct value *value);

/// judge_call.c, judge_access.c: events of the walk; ctx is the analysis ///

struct call_site {
    const struct thumb_insn *insn;
    enum flow_call how;
    const struct value *regs;
    int32_t sp_bytes;
};
void judge_call(void *ctx, const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct, const struct value *regs,
        int32_t sp_bytes);
// A call that leads nobody knows where, unless a note tells. pointer: name of
// what holds the target, or NULL.
void judge_unknown_call(struct analysis *a, const struct call_site *site,
        const char *rule, const char *pointer, const char *what);
void judge_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data);
void judge_rely(void *ctx, const struct thumb_insn *insn, uint32_t addr);
void judge_form(void *ctx, const struct thumb_insn *insn, uint32_t value);
void judge_use(void *ctx, const struct thumb_insn *insn, enum flow_use how,
        const struct value *value);

/// roots.c, vectors.c, arguments.c, placement.c, stack.c ///

// False: one line in error.
bool roots_find(struct analysis *a);
bool vectors_check(struct analysis *a);
void arguments_check(struct analysis *a);
void placement_check(struct analysis *a);
void stack_check(struct analysis *a);

/// findings.c ///

// Adds a finding; the fields that are not set are filled in: class by rule,
// path by node, lines and objects by address. node may be NO_NODE. An equal
// one (rule, function, target) is counted up instead. detail is a format.
void finding_add(struct analysis *a, const struct check_finding *finding,
        uint32_t node, const char *detail, ...)
        __attribute__((format(printf, 4, 5)));
void findings_clear(struct check_report *report);
void findings_finish(struct analysis *a);

// A note of that kind for a place; counts as used. NULL: none.
struct check_note *note_find(struct analysis *a, enum check_note_kind kind,
        const char *function, uint32_t offset);

// Text that lives as long as the report. "?" if memory ran out.
const char *keep_text(struct analysis *a, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
// NULL if no symbol covers addr.
const char *symbol_name(const struct analysis *a, uint32_t addr);

#endif
