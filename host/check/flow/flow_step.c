/*
 * flow_step - what one instruction does to registers and flags
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/flow/flow_priv.h"

/// Flags ///

static bool is_coprocessor(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xEC000000u) == 0xEC000000u &&
            (insn->encoding >> 8 & 15) < 8;
}

// Coprocessors 8 to 15 (Armv8.1-M ARM C2.4.4): floating point and vectors.
bool flow_is_float_(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xEC000000u) == 0xEC000000u &&
            (insn->encoding >> 8 & 15) >= 8;
}

bool flow_is_custom_(const struct thumb_insn *insn) {
    return is_coprocessor(insn) &&
            (insn->encoding & 0x03000000u) == 0x02000000u;
}

bool flow_is_opaque_(const struct thumb_insn *insn) {
    return is_coprocessor(insn) &&
            (insn->op == THUMB_LOAD || insn->op == THUMB_STORE);
}

// Armv8-M ARM C2.4, CX1 to CX3: the destination is in bits 15 to 12, of CX3 in
// 3 to 0, and the next register, too, if bit 6 is set.
uint32_t flow_changes_(const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    if (e == 0xF3AF801Du || e == 0xF3AF800Du) {
        return 1u << 12; // PAC, PACBTI (Armv8-M ARM C2.4): else a hint
    }
    if (!flow_is_custom_(insn)) {
        return insn->writes;
    }
    const uint32_t pair = e & 0x40 ? 3 : 1;
    return (insn->writes | pair << (e >> 12 & 15) | pair << (e & 15)) & 0x7FFF;
}

// Of wide instructions bit 20 says so (Armv7-M ARM A5.3.1, A5.3.11); VMRS to
// APSR and MSR (B5.2.3) do, and what has the flags for its destination.
static bool wide_sets_flags(const struct thumb_insn *insn) {
    if (flow_is_custom_(insn)) {
        return true;
    }
    if ((insn->encoding & 0xFFF0F000u) == 0xF3808000u) {
        return true;
    }
    return (insn->encoding & 0xEC000000u) == 0xEC000000u // a coprocessor's
            ? insn->encoding == 0xEEF1FA10u
            : insn->encoding >> 20 & 1;
}

// Of narrow ones: shifts, additions, immediates, data processing (A5.2.1,
// A5.2.2) and CMP of high registers (A5.2.3).
bool flow_sets_flags_(const struct thumb_insn *insn) {
    if (insn->op > THUMB_OTHER || insn->op == THUMB_UNDEFINED) {
        return insn->op == THUMB_UNDEFINED;
    }
    return insn->size_bytes == 2
            ? insn->encoding < 0x4400u || insn->encoding >> 8 == 0x45u
            : wide_sets_flags(insn);
}

bool flow_it_sets_flags_(const struct thumb_insn *insn) {
    return insn->op == THUMB_UNDEFINED ||
            (insn->op <= THUMB_OTHER &&
                    (insn->size_bytes == 2 ? insn->rd == THUMB_NONE
                                           : wide_sets_flags(insn)));
}

/// What is not modelled ///

void flow_clobber_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value lost = value_top();
    const bool floating = flow_is_float_(insn);
    for (unsigned r = 0; r < PC; r++) {
        uint32_t addr;
        // Into a register that is not followed, or mixed with something.
        if (!(insn->reads >> r & 1)) {
            continue;
        }
        flow_escape_(state, &state->reg[r]);
        flow_emit_gone_(flow, insn, &state->reg[r], FLOW_GONE_OTHER);
        if (!lost.tainted &&
                value_forbidden(&flow->model->world, &state->reg[r], &addr)) {
            const struct value others = lost;
            lost = value_lost(&flow->model->world, &state->reg[r], NULL);
            value_remember(&lost, &others);
        }
        value_remember(floating ? &state->floats : &lost, &state->reg[r]);
        if (is_coprocessor(insn)) {
            flow_give_unseen_(flow, state, insn, &state->reg[r]);
        }
    }
    if (floating) {
        value_remember(&lost, &state->floats);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (flow_changes_(insn) >> r & 1) {
            flow_set_(flow, state, r, lost);
        }
    }
}

// Whatever it does, it may do it to all that is known.
static enum flow_end_ opaque(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    flow_unknown_(flow, insn->addr, CHECK_RULE_UNDECODABLE,
            "the checker does not know this instruction");
    state->escaped = state->arguments_changed = true;
    state->flags_known = 0;
    flow_float_forget_(state, FLOW_SINGLES);
    for (unsigned r = 0; r < PC; r++) {
        state->reg[r] = value_top();
    }
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        state->slot[i] = value_top();
    }
    return FLOW_FALL;
}

// Armv7-M ARM B5.1.1, Armv8-M ARM D1.2: SYSm of MRS and MSR.
enum { MSP = 8, PSP = 9, PRIMASK = 16, BASEPRI = 17, FAULTMASK = 19 };
enum { CONTROL = 20, NON_SECURE = 0x80 };

static bool is_msr(const struct thumb_insn *insn) {
    return (insn->encoding & 0xFFF0F000u) == 0xF3808000u &&
            insn->size_bytes == 4;
}

static bool is_mrs(const struct thumb_insn *insn) {
    return (insn->encoding & 0xFFFFF000u) == 0xF3EF8000u &&
            insn->size_bytes == 4;
}

static void write_special(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned which = insn->encoding & 0x7Fu;
    const struct value value =
            flow_get_(state, insn, insn->encoding >> 16 & 15);
    switch (which) {
    case MSP:
    case PSP:
    case CONTROL:
        if (which != CONTROL && flow->emit && flow->events->formed &&
                value.kind == VALUE_CONST) {
            flow->events->formed(flow->events->ctx, insn, SP, &value);
        }
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                which == CONTROL ? "writes CONTROL, which selects the stack"
                                 : "sets a stack pointer, so that what follows "
                                   "returns somewhere else");
        if (which != PSP) {
            flow_set_(flow, state, SP, value_some_stack(true));
        }
        break;
    case PRIMASK:
    case FAULTMASK:
        if (value_is_const(&value) && value.v[0] & 1) {
            return; // masks
        }
        // fallthrough
    case BASEPRI:
        flow_unknown_(flow, insn->addr, CHECK_RULE_MASK_CHANGED,
                "writes an interrupt mask, which may let interrupts in");
        break;
    default:
        break;
    }
}

static void special(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned which = insn->encoding & 0x7Fu;
    const uint32_t cps = insn->encoding & 0xFFF0u;
    if (is_msr(insn)) {
        const struct value value =
                flow_get_(state, insn, insn->encoding >> 16 & 15);
        flow_lose_(flow, insn, &value);
        if (which != MSP && which != PSP) { // exceptions can read it
            flow_give_unseen_(flow, state, insn, &value);
        }
        write_special(flow, state, insn);
    } else if (is_mrs(insn) && (which == MSP || which == PSP)) {
        flow_set_(flow, state, insn->encoding >> 8 & 15,
                value_some_stack(true));
    } else if (insn->size_bytes == 2 && cps == 0xB660u) { // CPSIE
        flow_unknown_(flow, insn->addr, CHECK_RULE_MASK_CHANGED,
                "clears an interrupt mask and lets interrupts in");
    }
}

static void other(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value before[16];
    if (flow_bits_(flow, state, insn)) {
        return;
    }
    memcpy(before, state->reg, sizeof before);
    if (!is_msr(insn)) {
        flow_clobber_(flow, state, insn);
    }
    special(flow, state, insn);
    flow_float_(flow, state, insn, before);
}

// Arithmetic and loads do not: flow_arithmetic_() says what they set.
static bool loses_flags(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_UNDEFINED:
    case THUMB_BL:
    case THUMB_BLX:
    case THUMB_SVC:
    case THUMB_BKPT:
        return true;
    case THUMB_OTHER:
        return insn->encoding != 0xBF00u &&
                insn->encoding != 0xF3AF8000u; // NOP
    default:
        return false;
    }
}

enum flow_end_ flow_step_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    if (insn->op == THUMB_OTHER && flow_carry_(flow, state, insn)) {
        return FLOW_FALL;
    }
    if (loses_flags(insn)) {
        state->flags_known = 0;
    }
    if (flow_is_opaque_(insn)) {
        return opaque(flow, state, insn);
    }
    switch (insn->op) {
    case THUMB_UNDEFINED:
        return opaque(flow, state, insn);
    case THUMB_OTHER:
        other(flow, state, insn);
        return FLOW_FALL;
    case THUMB_LOAD:
        return flow_load_(flow, state, insn);
    case THUMB_STORE:
        return flow_store_(flow, state, insn);
    case THUMB_LOAD_MULTIPLE:
        return flow_load_block_(flow, state, insn);
    case THUMB_STORE_MULTIPLE:
        return flow_store_block_(flow, state, insn);
    case THUMB_PRELOAD: {
        const struct value addr = flow_address_(flow, state, insn, &after);
        flow_emit_access_(flow, insn, FLOW_PRELOAD, &addr, 1, NULL);
        return FLOW_FALL;
    }
    default:
        return insn->op < THUMB_OTHER ? flow_arithmetic_(flow, state, insn)
                                      : flow_control_(flow, state, insn);
    }
}
