/*
 * flow_flags - what instructions change besides the registers that they name
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/flow_priv.h"

static bool is_coprocessor(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xEC000000u) == 0xEC000000u &&
            (insn->encoding >> 8 & 15) < 8;
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
