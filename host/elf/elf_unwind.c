/*
 * elf_unwind - from a frame to its caller
 *
 * SPDX-License-Identifier: MIT
 *
 * Follows .debug_frame (DWARF 5, section 6.4) and, through a return to an
 * EXC_RETURN value, the frame that exception entry stacks (ARMv7-M ARM,
 * B1.5.6 and B1.5.8).
 */
#include <dwarf.h>
#include <stdlib.h>

#include "elf/elf_priv.h"

#define SP 13
#define LR 14
#define PC 15
#define STACK_DEPTH 16

struct target {
    uint32_t regs[16]; // of the inner frame
    uint32_t cfa;
    bool (*read)(void *ctx, uint32_t addr, uint32_t *word);
    void *ctx;
};

/// DWARF expressions, as far as compilers use them in frame rules ///

struct stack {
    uint32_t values[STACK_DEPTH];
    size_t depth;
};

static bool push(struct stack *s, uint32_t value) {
    if (s->depth == STACK_DEPTH) {
        return false;
    }
    s->values[s->depth++] = value;
    return true;
}

static bool push_register(struct stack *s, const struct target *t,
        Dwarf_Word number, Dwarf_Word offset) {
    return number < 16 && push(s, t->regs[number] + (uint32_t)offset);
}

static bool binary(struct stack *s, unsigned atom) {
    if (s->depth < 2) {
        return false;
    }
    const uint32_t b = s->values[--s->depth];
    uint32_t *a = &s->values[s->depth - 1];
    switch (atom) {
    case DW_OP_plus:
        *a += b;
        return true;
    case DW_OP_minus:
        *a -= b;
        return true;
    case DW_OP_and:
        *a &= b;
        return true;
    default:
        return false;
    }
}

static bool step(struct stack *s, const struct target *t, const Dwarf_Op *op) {
    if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
        return push_register(s, t, op->atom - DW_OP_breg0, op->number);
    }
    if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
        return push(s, op->atom - DW_OP_lit0);
    }
    switch (op->atom) {
    case DW_OP_bregx:
        return push_register(s, t, op->number, op->number2);
    case DW_OP_call_frame_cfa:
        return push(s, t->cfa);
    case DW_OP_const1u:
    case DW_OP_const1s:
    case DW_OP_const2u:
    case DW_OP_const2s:
    case DW_OP_const4u:
    case DW_OP_const4s:
    case DW_OP_constu:
    case DW_OP_consts:
        return push(s, (uint32_t)op->number);
    case DW_OP_plus_uconst:
        if (s->depth) {
            s->values[s->depth - 1] += (uint32_t)op->number;
        }
        return s->depth != 0;
    case DW_OP_deref:
        return s->depth &&
                t->read(t->ctx, s->values[s->depth - 1],
                        &s->values[s->depth - 1]);
    default:
        return binary(s, op->atom);
    }
}

// *value: the result. *is_value: it is the value itself, not where it lies.
static bool evaluate(const struct target *t, const Dwarf_Op *ops, size_t count,
        uint32_t *value, bool *is_value) {
    struct stack s = {.depth = 0};
    *is_value = false;
    for (size_t i = 0; i < count; i++) {
        const unsigned atom = ops[i].atom;
        if (atom == DW_OP_stack_value && i + 1 == count) {
            *is_value = true;
        } else if (atom >= DW_OP_reg0 && atom < DW_OP_reg0 + 16) {
            // "The value is in that register": only as the whole expression.
            *value = t->regs[atom - DW_OP_reg0];
            *is_value = true;
            return count == 1;
        } else if (!step(&s, t, &ops[i])) {
            return false;
        }
    }
    if (!s.depth) {
        return false;
    }
    *value = s.values[s.depth - 1];
    return true;
}

/// Frames ///

// The caller's value of one register. False: unknown.
static bool caller_register(const struct target *t, Dwarf_Frame *frame,
        int number, uint32_t *value) {
    Dwarf_Op memory[3];
    Dwarf_Op *ops;
    size_t count;
    if (dwarf_frame_register(frame, number, memory, &ops, &count)) {
        return false;
    }
    if (count == 0) {
        *value = t->regs[number];
        return ops == NULL; // NULL: same value; else undefined
    }
    bool is_value;
    return evaluate(t, ops, count, value, &is_value) &&
            (is_value || t->read(t->ctx, *value, value));
}

static bool find_cfa(struct target *t, Dwarf_Frame *frame) {
    Dwarf_Op *ops;
    size_t count;
    bool is_value;
    return !dwarf_frame_cfa(frame, &ops, &count) &&
            evaluate(t, ops, count, &t->cfa, &is_value);
}

static bool unwind_frame(struct target *t, Dwarf_Frame *frame,
        uint32_t regs[16]) {
    if (!find_cfa(t, frame)) {
        return false;
    }
    uint32_t pc;
    if (!caller_register(t, frame, LR, &pc)) {
        return false; // marked as the outermost frame
    }
    for (int i = 0; i < SP; i++) {
        uint32_t value;
        // An unknown register keeps the inner frame's value: a caller that
        // needs its own has saved it.
        if (caller_register(t, frame, i, &value)) {
            regs[i] = value;
        }
    }
    regs[SP] = t->cfa;
    regs[LR] = pc;
    regs[PC] = pc;
    return true;
}

static bool is_exc_return(uint32_t pc) {
    return pc >= 0xFFFFFFE0u && (pc & 3) == 1;
}

// The handler ran on MSP, which SP holds; the frame of a thread on PSP cannot
// be found.
static bool unwind_exception(struct target *t, uint32_t regs[16]) {
    const uint32_t exc_return = t->regs[PC];
    uint32_t frame[8]; // r0 r1 r2 r3 r12 lr pc xpsr
    if (exc_return & 4) {
        return false;
    }
    for (uint32_t i = 0; i < 8; i++) {
        if (!t->read(t->ctx, t->regs[SP] + 4 * i, &frame[i])) {
            return false;
        }
    }
    for (int i = 0; i < 4; i++) {
        regs[i] = frame[i];
    }
    regs[12] = frame[4];
    regs[LR] = frame[5];
    regs[PC] = frame[6] & ~1u; // the interrupted instruction itself
    regs[SP] += 32;
    if (!(exc_return & 0x10)) {
        regs[SP] += 72; // S0 to S15, FPSCR, reserved
    }
    if (frame[7] & (1u << 9)) {
        regs[SP] += 4; // aligned to 8 at entry
    }
    return true;
}

static bool runnable(const struct elf_image *image, uint32_t pc) {
    return is_exc_return(pc) || elf_segment_at_(image, pc & ~1u);
}

bool elf_image_unwind(struct elf_image *image, uint32_t regs[16],
        bool (*read)(void *ctx, uint32_t addr, uint32_t *word), void *ctx) {
    struct target t = {.read = read, .ctx = ctx};
    uint32_t caller[16];
    for (int i = 0; i < 16; i++) {
        t.regs[i] = caller[i] = regs[i];
    }
    bool ok = false;
    if (is_exc_return(regs[PC])) {
        ok = unwind_exception(&t, caller);
    } else if (elf_segment_at_(image, regs[PC] & ~1u) && elf_dwarf_(image)) {
        if (!image->frames) {
            image->frames = dwarf_getcfi(image->dwarf);
        }
        // After a call that does not return, the return address may lie after
        // the function: use the call instead.
        const uint32_t at = regs[PC] & 1 ? regs[PC] - 2 : regs[PC];
        Dwarf_Frame *frame = NULL;
        if (image->frames && !dwarf_cfi_addrframe(image->frames, at, &frame)) {
            ok = unwind_frame(&t, frame, caller);
            free(frame);
        }
    }
    // The stack grows down, so a caller lies above, or just as high without
    // having been left: anything else is damaged and could loop forever.
    if (!ok || !runnable(image, caller[PC]) || caller[SP] < regs[SP] ||
            (caller[SP] == regs[SP] && caller[PC] == regs[PC])) {
        return false;
    }
    for (int i = 0; i < 16; i++) {
        regs[i] = caller[i];
    }
    return true;
}
