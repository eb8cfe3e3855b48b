/*
 * flow_priv - what flow.c (paths through a function) and flow_step.c (one
 * instruction) share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FLOW_PRIV_H
#define FLOW_PRIV_H

#include "check/flow/flow.h"

// Words below the stack pointer at entry that are followed; compilers keep
// locals there at -O0.
#define FLOW_SLOTS 48u
// Words above it that are followed in a call that is walked with what its
// caller knows: its arguments, and the caller's own frame.
#define FLOW_ABOVE 64u
#define FLOW_SINGLES 32u      // s0 to s31
#define FLOW_SINGLES_LOST 16u // by a call (AAPCS32 6.1.2.1)

struct flow_state_ {
    bool escaped;       // other code may know an address in the stack frame
    bool above_escaped; // or one above it
    // A device may have one, and then what is there is not known at any time.
    bool given, above_given;
    bool arguments_changed; // those on the stack were written to
    bool inlined;           // above[] holds something
    // Flags and single[] are followed: in a walk that goes into calls.
    bool exact;
    uint8_t flags, flags_known; // by bit: N, Z, C, V
    // value_remember() of what has gone into floating-point registers, or
    // others that are not followed.
    struct value floats;
    struct value reg[16];
    struct value slot[FLOW_SLOTS]; // slot[i]: at entry SP - 4 * (i + 1)
    // The last two, since walks that do not have them do not store them.
    struct value single[FLOW_SINGLES];
    struct value above[FLOW_ABOVE]; // above[i]: at entry SP + 4 * i
};

// What walks that are nested in each other share.
struct flow_inlining_ {
    uint32_t steps_left;
    bool failed; // out of memory
};

struct flow_ {
    const struct model *model;
    const struct flow_events *events;
    uint32_t entry_addr; // of the extent
    uint32_t end_addr;   // first byte after it
    uint32_t start_addr; // where it is entered
    bool emit;           // final walk: report
    bool restart;        // a path led into the middle of a straight run
    bool failed;         // out of memory
    bool nested;         // asked about by the walk of a caller
    bool alone;          // by flow_noreturn.c: its callees are not asked about
    struct value called; // by the last call
    bool maybe_called;   // the path goes on only since it may return
    const struct thumb_insn *insn;   // that is executed
    struct flow_inlining_ *inlining; // NULL: calls are not walked into
    const struct flow_ *outer;       // the walk of the caller
    unsigned depth;                  // of outer ones
    int32_t shift; // from a place in the stack to that of the outermost walk
    bool gave_up;  // what the caller's frame holds then is not known
    bool far;      // a store may go farther than above[]
    bool in_it;    // the instruction is in an IT block
    // As long as there is one way to go, the walk follows it and joins nothing
    // where loops begin; from walk_addr on it is as any other.
    bool tracing;
    unsigned ways;            // that the instruction reaches
    uint32_t way_addr;        // the last of them
    struct flow_state_ *way;  // with that
    uint32_t walk_addr;       // where the walk begins to join
    bool leaves;              // left is what it leaves behind
    struct flow_state_ *left; // of an inlined walk
    uint32_t state_bytes;     // of one of states
    uint32_t count;           // of halfwords
    struct thumb_insn *insns; // by halfword; op UNDEFINED, size 0: not decoded
    int32_t *state_of;        // by halfword: index into states, or -1
    uint8_t *marks;           // by halfword: FLOW_LEADER and so on
    uint16_t *writes;         // by halfword of a direct call: flow_writes_() of
                              // the callee, or 0: not yet found out
    uint8_t *states;
    uint32_t state_count;
    size_t state_room;
    uint32_t lowest; // no halfword below it is FLOW_QUEUED
    struct flow_result *result;
    bool stack_unknown;
};

enum {
    FLOW_LEADER = 1,
    FLOW_SEEN = 2,
    FLOW_QUEUED = 4,
    // Of a direct call, once it was found out.
    FLOW_RETURNS = 8,
    FLOW_NEVER_RETURNS = 16,
    FLOW_KEEPS = 32, // it returns its first argument
    FLOW_CHANGES = 64,
    FLOW_DATA = 128, // a pool or a table
};

enum flow_end_ {
    FLOW_FALL,       // goes on at the next instruction
    FLOW_STOP,       // ends
    FLOW_AFTER_CALL, // goes on if the callee returns
};

// Executes one instruction on the state. Jumps inside the function are handed
// to flow_reach_().
enum flow_end_ flow_step_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

// A path leads to addr with that state.
void flow_reach_(struct flow_ *flow, uint32_t addr,
        const struct flow_state_ *state);
bool flow_is_code_(const struct flow_ *flow, uint32_t addr);
void flow_unknown_(struct flow_ *flow, uint32_t addr, enum check_rule_id rule,
        const char *detail);

// It does nothing and aligns what follows.
bool flow_pads_(const struct thumb_insn *insn);

// The function at addr returns its first argument.
bool flow_returns_first_(const struct model *model, uint32_t addr);

/// flow_noreturn.c ///

bool flow_decode_(const struct model *model, uint32_t addr,
        struct thumb_insn *insn);
// BX lr, MOV pc, lr, or a pop of the PC.
bool flow_is_return_(const struct thumb_insn *insn);
// LR does not hold the return address, or what was pushed of it, any more: a
// return by it is a jump to something else.
bool flow_sets_lr_(const struct thumb_insn *insn);
// A pop of the PC, in the function at addr, may be a jump to another one.
bool flow_jumps_by_pop_(const struct model *model, uint32_t addr);

// The function at addr has no way out.
bool flow_never_returns_(const struct model *model, uint32_t addr);

// The registers, by bit, that the function at addr may write.
uint32_t flow_writes_(const struct model *model, uint32_t addr);

enum { SP = 13, LR = 14, PC = 15 };
#define KEPT 0xFF0u // AAPCS32 6.1.1: r4 to r11

/// flow_state.c ///

struct value flow_get_(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r);
void flow_set_(struct flow_ *flow, struct flow_state_ *state, unsigned r,
        struct value value);
// Its places are its own, and those above in an inlined call.
// NULL: the address is not that of a word of the frame that is tracked.
struct value *flow_slot_(struct flow_state_ *state, const struct value *addr);
// The word at a place of the stack: a slot, or an argument.
struct value flow_frame_word_(const struct flow_ *flow,
        const struct flow_state_ *state, const struct value *addr);
// Other code may know the value from now on.
void flow_escape_(struct flow_state_ *state, const struct value *value);
// A place in the stack gets lost in a value that is followed. False: that
// changes nothing.
bool flow_expose_(struct flow_state_ *state, const struct value *place);
// A device may have the value from now on.
void flow_give_(struct flow_ *flow, struct flow_state_ *state,
        const struct value *value);
// The same of a value that says no more what was computed from it, as where a
// branch looks at its bits.
void flow_give_unseen_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *value);
// Other code may know an address in the frame, or above it.
bool flow_known_(const struct flow_state_ *state);
// Other code may have written to the frame, but not to the return address that
// was saved at the entry, unless its place is known: only a broken program does
// that.
void flow_forget_frame_(struct flow_ *flow, struct flow_state_ *state);
void flow_emit_access_(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data);
void flow_emit_use_(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_use how, const struct value *value);
void flow_emit_call_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct);
// What a call in this state has in registers, and its arguments on the stack.
void flow_call_values_(const struct flow_ *flow,
        const struct flow_state_ *state, struct value *regs);
// Emits a flash address that was in none of the operands.
void flow_emit_new_address_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b,
        const struct value *result);
// The value, if it has addresses that are followed, is not followed any more.
void flow_lose_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *value);
// So do a and b (or NULL), but for what the result still says.
void flow_follow_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b, struct value *result);
void flow_emit_gone_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where);

/// flow_call.c ///

// A return.
enum flow_end_ flow_leave_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn);
bool flow_all_inside_(const struct flow_ *flow, const struct value *target);
// A jump to another function.
void flow_tail_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target, bool direct);
// A jump inside the function, or a tail call.
enum flow_end_ flow_jump_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target);
// MOV pc and ADD pc: followed only for constant targets.
enum flow_end_ flow_computed_jump_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *target);

// A way out whose target is not the return address.
enum flow_end_ flow_return_unknown_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const char *detail);
// BL, BX, branches, tables, SVC and the like.
enum flow_end_ flow_control_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

/// flow_step.c ///

// An operation of coprocessor 0 to 7, or one of a custom datapath extension
// (Armv8-M ARM, CDE) with the same encoding, which works on core registers.
bool flow_is_custom_(const struct thumb_insn *insn);
// LDC and STC, of a length that the coprocessor knows; or VCX1 to VCX3.
bool flow_is_opaque_(const struct thumb_insn *insn);
// It works on floating-point or vector registers.
bool flow_is_float_(const struct thumb_insn *insn);
// Core registers, by bit, that it may change.
uint32_t flow_changes_(const struct thumb_insn *insn);
// The instruction may change a condition flag: outside an IT block, and in one,
// where narrow instructions do so only if they compare (Armv7-M ARM A7.7.38).
bool flow_sets_flags_(const struct thumb_insn *insn);
bool flow_it_sets_flags_(const struct thumb_insn *insn);
// An instruction that is not modelled: what it writes may be anything, and what
// it reads goes where it is not followed.
void flow_clobber_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

/// flow_shape.c ///

// The function that a call of addr enters, past the linker's veneers.
uint32_t flow_past_veneers_(const struct model *model, uint32_t addr);

struct flow_switch_ {
    unsigned width; // of the table's entries, in bytes
    bool sign;
};

// One of libgcc's helpers for a switch is at addr.
bool flow_switch_helper_(const struct model *model, uint32_t addr,
        struct flow_switch_ *reads);

/// flow_exact.c: floating-point registers, where state->exact ///

// A move or other instruction that is neither load nor store. reg: the core
// registers before it.
void flow_float_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *reg);
// The registers of a load or store. False: they are not followed.
bool flow_float_block_(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned *first, unsigned *count);
// s0 and so on are unknown.
void flow_float_forget_(struct flow_state_ *state, unsigned count);

/// flow_exact.c: flags, where state->exact ///

enum flow_outcome_ { FLOW_EITHER, FLOW_HOLDS, FLOW_FAILS };

// The instruction sets flags: of a and b (after the shift), with rm before it.
void flow_flags_(struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *a, const struct value *b, const struct value *rm,
        const struct value *result);
// A sum with the carry that is known. False: it is none, or not known.
bool flow_carry_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);
enum flow_outcome_ flow_condition_(const struct flow_state_ *state,
        unsigned cond);
enum flow_outcome_ flow_is_zero_(const struct flow_state_ *state,
        const struct value *value);

/// flow_bits.c ///

// False: it is none of those that are known there.
bool flow_bits_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

/// flow.c ///

bool flow_join_(struct flow_ *flow, struct flow_state_ *into,
        const struct flow_state_ *from);
// A walk of a function with the state that `start` holds.
bool flow_walk_(struct flow_ *flow, const struct function_extent *extent,
        uint32_t entry_addr, const struct flow_state_ *start);

// A walk for flow_noreturn.c.
bool flow_walk_alone_(const struct model *model,
        const struct function_extent *extent, uint32_t entry_addr,
        const struct flow_events *events, struct flow_result *result);

/// flow_callee.c: by a walk ///

#define FLOW_ABOVE_ANY 0x1FFFFFFFu
struct flow_callee_ {
    // From its stack pointer at the entry on, it may write to so many, and read
    // so many.
    uint32_t above_bytes, reads_bytes;
    // Arguments, and what is behind them, that it stores outside of its frame,
    // as in a device's register: as VALUE_ARGUMENT() and VALUE_BEHIND().
    uint32_t gives;
    // Arguments that its result is or may be computed from: VALUE_ARGUMENT().
    uint32_t results;
    bool returns;   // as far as is known
    bool leaves;    // a return was seen
    bool pops_jump; // a pop of the PC may be a jump to another function
};
// Of all that the target may be.
struct flow_callee_ flow_callee_of_(const struct model *model,
        const struct value *target);

/// flow_inline.c ///

// Walks the function at target as it is called in this state, and changes the
// state to that behind the call. writes: registers that it may change. False:
// that was not possible, and the state is as it was.
bool flow_inline_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, uint32_t target, uint32_t writes);
// A call of these, or of anything, is not.
void flow_not_inlined_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *target);
// An inlined walk leaves in that state.
void flow_left_(struct flow_ *flow, const struct flow_state_ *state);
// A value as the outermost walk has it.
struct value flow_outermost_(const struct flow_ *flow,
        const struct value *value);

/// flow_arith.c ///

struct value flow_operand2_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn);
struct value flow_subtract_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b);
enum flow_end_ flow_arithmetic_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

/// flow_memory.c ///

// What the frame holds in the bytes from the place on is not known any more.
void flow_overwrite_(struct flow_ *flow, struct flow_state_ *state,
        const struct value *addr, uint32_t bytes);

// The result depends on what RAM holds at addr, of which the model knows all
// values.
void flow_emit_assumption_(struct flow_ *flow, const struct thumb_insn *insn,
        uint32_t addr);

// Address of an access, and the base register after it.
struct value flow_address_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, struct value *after);
enum flow_end_ flow_load_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);
enum flow_end_ flow_store_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);
enum flow_end_ flow_load_block_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);
enum flow_end_ flow_store_block_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn);

static inline bool flow_inside_(const struct flow_ *flow, uint32_t addr) {
    return addr >= flow->entry_addr && addr < flow->end_addr && !(addr & 1);
}

// flow_table.c: jumps by a table of offsets or addresses. Reaches every target
// inside the function; false if the table makes no sense.
bool flow_table_offsets_(struct flow_ *flow, const struct flow_state_ *state,
        uint32_t table_addr, unsigned width, bool sign, uint32_t base_addr);
bool flow_table_words_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, uint32_t table_addr, uint32_t base_addr);

#endif
