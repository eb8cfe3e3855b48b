/*
 * passing - calls that pass on an address which must be followed
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/begin/begin_priv.h"

static unsigned place_of(const struct passing *passing, uint32_t at) {
    unsigned i = 0;
    while (i < passing->count && passing->at[i] != at) {
        i++;
    }
    return i;
}

bool passing_add(struct passing *passing, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target) {
    const unsigned i = place_of(passing, insn->addr);
    if (how != FLOW_CALL || !value_is_const(target) || i == PASSING_CALLS) {
        return false;
    }
    if (i == passing->count) {
        passing->at[i] = insn->addr;
        passing->walked[i] = false;
        passing->count++;
    }
    return true;
}

bool passing_inlined(struct passing *passing, const struct thumb_insn *insn,
        enum flow_inlined how) {
    passing->depth += how == FLOW_INLINED_ENTER;
    passing->depth -= how == FLOW_INLINED_LEAVE;
    const unsigned i = place_of(passing, insn->addr);
    const bool passes = i < passing->count;
    if (passes) {
        passing->walked[i] = true;
    }
    return !passes || how != FLOW_INLINED_NOT;
}

bool passing_end(struct passing *passing, uint32_t *at) {
    unsigned i = 0;
    while (i < passing->count && passing->walked[i]) {
        i++;
    }
    const bool left = i < passing->count;
    *at = left ? passing->at[i] : 0;
    passing->count = 0;
    return left;
}
