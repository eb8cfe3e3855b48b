/*
 * flow - finds out what each instruction of a function can do
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/flow: what code can do: values, addresses and targets of
 * each instruction.
 *
 * Abstract interpretation: states of registers and stack slots are joined
 * where paths join until nothing changes, then every instruction is reported
 * once, with what its operands can be. Instructions in an IT block are walked
 * twice, for both outcomes, since compilers form an address in one of them
 * and use it in the next.
 */
#ifndef FLOW_H
#define FLOW_H

#include "base/index.h"
#include "check/model/model.h"
#include "thumb/thumb.h"

// What is read there is the address of the vector table, which is memory that
// can be written: VALUE_INITIAL with v[1] there, plus any offset.
#define FLOW_VTOR_ADDR 0xE000ED08u
#define FLOW_SCB_ADDR 0xE000ED00u // its block begins

enum flow_access {
    FLOW_LOAD,
    FLOW_STORE,
    FLOW_PRELOAD,
    FLOW_LITERAL, // addr is that of a constant in a pool
    FLOW_TABLE,   // of a switch
};

enum flow_call {
    FLOW_CALL, // the callee returns to the next instruction
    FLOW_TAIL, // the callee does not return here
};

enum flow_use {
    FLOW_USE_COMPARE, // compared, or subtracted from an address
    FLOW_USE_RETURN,  // still in r0 at a return
    // Not uses, but what the vector table is used for.
    FLOW_USE_SVC,
    FLOW_USE_BKPT,
};

enum flow_gone {
    FLOW_GONE_RETURN,      // may be the result, in r0; or just left there
    FLOW_GONE_RETURN_HIGH, // the same of r1
    FLOW_GONE_FRAME,       // in a frame that other code knows; insn is NULL
    FLOW_GONE_OTHER,       // an operand of an instruction that is not modelled
    // It is remembered no more: of what is asked about a callee.
    FLOW_GONE_UNSEEN,
};

enum flow_inlined {
    FLOW_INLINED_ENTER,
    FLOW_INLINED_LEAVE,
    FLOW_INLINED_NOT, // the call could not be walked into
};

// A callback that is NULL is not called.
struct flow_events {
    void *ctx;
    // target: where it leads. regs: r0..r15 before it, then the words at the
    // stack pointer that may be arguments (flow_argument()). sp_bytes: of stack
    // in use, -1 if unknown. direct: the instruction holds the target. One that
    // is THUMB_UNDEFINED is the last of its function, which goes on in the next
    // one; not `immediate`: only if a call returns of which no return is known.
    void (*call)(void *ctx, const struct thumb_insn *insn, enum flow_call how,
            const struct value *target, bool direct, const struct value *regs,
            int32_t sp_bytes);
    // The instruction may run. Before what else it does.
    void (*visit)(void *ctx, const struct thumb_insn *insn);
    // data: what a store writes, or NULL.
    void (*access)(void *ctx, const struct thumb_insn *insn,
            enum flow_access how, const struct value *addr, uint32_t bytes,
            const struct value *data);
    // The instruction computed a flash address that was in none of its
    // operands.
    void (*new_address)(void *ctx, const struct thumb_insn *insn,
            uint32_t value);
    void (*use)(void *ctx, const struct thumb_insn *insn, enum flow_use how,
            const struct value *value);
    // The instruction leaves these constants in register r; in SP, also where
    // it is the other stack pointer.
    void (*formed)(void *ctx, const struct thumb_insn *insn, unsigned r,
            const struct value *value);
    // The value goes where it is not followed: it is returned, goes into a
    // register of another kind, or is in a frame that other code knows.
    void (*gone)(void *ctx, const struct thumb_insn *insn,
            const struct value *value, enum flow_gone where);
    // rule: undecodable, no-symbols or jump-unknown; detail is one sentence.
    void (*unknown)(void *ctx, uint32_t addr, enum check_rule_id rule,
            const char *detail);
    // Calls are walked into, with what the caller knows: what follows happens
    // in the function at `callee`, called by insn, until it is left. Places of
    // the stack are those of the outermost function. Not NULL: do that.
    void (*inlined)(void *ctx, const struct thumb_insn *insn, uint32_t callee,
            enum flow_inlined how);
    // With inlined: which calls of target are walked into, by regs as call()
    // has them; NULL: all.
    bool (*walks_into)(void *ctx, uint32_t target, const struct value *regs);
    // With inlined: flags and floating-point registers are followed, and a loop
    // with a known count is walked as often as it runs.
    bool traces;
    // The result depends on the pointer in RAM at addr, of which the model
    // knows all values.
    void (*assumption)(void *ctx, const struct thumb_insn *insn, uint32_t addr);
};

// What walks find out of functions that are called, for the next ones. Of the
// model, until the model's images change.
struct flow_memo {
    struct index callees, reads, gives, results;
    struct index writes, endless, firsts;
    const struct flow_asking *asking; // those that are being walked
};
void flow_memo_free(struct flow_memo *memo);

struct flow_result {
    uint32_t instructions;
    int32_t stack_bytes;    // of its own frame, the most; -1: not a constant
    bool above_made;        // an address at or above the stack pointer at the
                            // entry was in a register
    bool frame_known;       // other code may know an address in the frame
    uint32_t inlined_steps; // instructions of calls that were walked into
};

// extent: of the function; entry_addr: where it is entered. False: out of
// memory.
bool flow_function(const struct model *model,
        const struct function_extent *extent, uint32_t entry_addr,
        const struct flow_events *events, struct flow_result *result);

// What an instruction that takes words apart makes of constants.
enum flow_bits {
    FLOW_BITS_NONE,   // nothing that is followed
    FLOW_BITS_NUMBER, // one too small for an address
    FLOW_BITS_WORD,
};
enum flow_bits flow_bits_kind(const struct thumb_insn *insn);

#define FLOW_CALL_VALUES (16u + VALUE_ARGUMENTS - VALUE_REGISTER_ARGUMENTS)

// Argument k of a call.
static inline const struct value *flow_argument(const struct value *regs,
        unsigned k) {
    return &regs[k < VALUE_REGISTER_ARGUMENTS
                    ? k
                    : 16 + k - VALUE_REGISTER_ARGUMENTS];
}

// The code at addr jumps to a constant, *target, with the Thumb bit, and
// changes no register but r12.
bool flow_veneer(const struct model *model, uint32_t addr, uint32_t *target);

// One of libgcc's helpers for a switch, which reads the table behind its call.
bool flow_is_switch_helper(const struct model *model, uint32_t addr);

// The code at addr certainly does not look at register r (r0 to r3, r12): on
// each path it is overwritten first. False where a path cannot be followed.
bool flow_ignores(const struct model *model, uint32_t addr, unsigned r);
// Of a call of target, argument k is none: a value left over in its register.
bool flow_left_over(const struct model *model, const struct value *target,
        unsigned k);
// A call of target may leave argument k in memory, outside of its frame.
bool flow_keeps(const struct model *model, const struct value *target,
        unsigned k);

#endif
