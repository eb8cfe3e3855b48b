/*
 * board_nor - turns reports of the chip model into violations and traces
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "sim/machine/sim_board.h"

static enum sim_rule rule_of(const struct nor_report *report) {
    static const struct {
        enum nor_report_kind kind;
        enum nor_cause cause; // OTHER: any that is not named before
        enum sim_rule rule;
    } rules[] = {
            {NOR_READ_BUSY, NOR_CAUSE_SUSPENDING, SIM_RULE_NOR_READ_SUSPENDING},
            {NOR_READ_BUSY, NOR_CAUSE_SUSPENDED, SIM_RULE_NOR_READ_SUSPENDED},
            {NOR_READ_BUSY, NOR_CAUSE_OTHER, SIM_RULE_NOR_READ_BUSY},
            {NOR_COMMAND_BUSY, NOR_CAUSE_SUSPENDING,
                    SIM_RULE_NOR_COMMAND_SUSPENDING},
            {NOR_COMMAND_BUSY, NOR_CAUSE_SUSPENDED,
                    SIM_RULE_NOR_COMMAND_SUSPENDED},
            {NOR_COMMAND_BUSY, NOR_CAUSE_OTHER, SIM_RULE_NOR_COMMAND_BUSY},
            {NOR_BAD_FRAME, NOR_CAUSE_QUAD_ENABLE, SIM_RULE_NOR_QUAD_ENABLE},
            {NOR_BAD_FRAME, NOR_CAUSE_DUMMY_CLOCKS, SIM_RULE_NOR_DUMMY_CLOCKS},
            {NOR_BAD_FRAME, NOR_CAUSE_CONTINUOUS, SIM_RULE_NOR_CONTINUOUS},
            {NOR_BAD_FRAME, NOR_CAUSE_OTHER, SIM_RULE_NOR_BAD_FRAME},
            {NOR_TOO_FAST, NOR_CAUSE_WAKE, SIM_RULE_NOR_TOO_FAST_WAKE},
            {NOR_TOO_FAST, NOR_CAUSE_RESET, SIM_RULE_NOR_TOO_FAST_RESET},
            {NOR_TOO_FAST, NOR_CAUSE_OTHER, SIM_RULE_NOR_TOO_FAST},
            {NOR_NOT_BLANK, NOR_CAUSE_OTHER, SIM_RULE_NOR_NOT_BLANK},
            {NOR_NO_WEL, NOR_CAUSE_OTHER, SIM_RULE_NOR_NO_WEL},
            {NOR_UNKNOWN_OPCODE, NOR_CAUSE_OTHER, SIM_RULE_NOR_UNKNOWN_OPCODE},
            {NOR_PROTECTED, NOR_CAUSE_OTHER, SIM_RULE_NOR_PROTECTED},
            {NOR_SUSPEND_EARLY, NOR_CAUSE_OTHER, SIM_RULE_NOR_SUSPEND_EARLY},
            {NOR_PAGE_WRAP, NOR_CAUSE_OTHER, SIM_RULE_NOR_PAGE_WRAP},
            {NOR_ASLEEP, NOR_CAUSE_OTHER, SIM_RULE_NOR_ASLEEP},
            {NOR_ERASE_UNALIGNED, NOR_CAUSE_OTHER,
                    SIM_RULE_NOR_ERASE_UNALIGNED},
            {NOR_ERASE_UNIT, NOR_CAUSE_OTHER, SIM_RULE_NOR_ERASE_UNIT},
            {NOR_STATUS_WRITE, NOR_CAUSE_OTHER, SIM_RULE_NOR_STATUS_WRITE},
            {NOR_RESET_BUSY, NOR_CAUSE_OTHER, SIM_RULE_NOR_RESET_BUSY},
            {NOR_CLOCK, NOR_CAUSE_OTHER, SIM_RULE_NOR_CLOCK},
            {NOR_SELECT_HIGH, NOR_CAUSE_OTHER, SIM_RULE_NOR_SELECT_HIGH},
            {NOR_DDR, NOR_CAUSE_OTHER, SIM_RULE_NOR_DDR},
            {NOR_MODE_BITS, NOR_CAUSE_OTHER, SIM_RULE_NOR_MODE_BITS},
    };
    size_t i = 0;
    while (rules[i].kind != report->kind ||
            (rules[i].cause != NOR_CAUSE_OTHER &&
                    rules[i].cause != report->cause)) {
        i++; // every kind has a row
    }
    return rules[i].rule;
}

// Once for each kind and opcode: polls come by the thousand.
static void note(struct sim_board_nor *to, const struct nor_report *report) {
    uint32_t *noted = &to->noted[report->kind - NOR_NOTES][report->opcode / 32];
    const uint32_t bit = 1u << report->opcode % 32;
    if (!(*noted & bit)) {
        *noted |= bit;
        sim_note(to->sim, "flash chip, pc 0x%08x: %s",
                (unsigned)sim_pc(to->sim), report->text);
    }
}

void sim_board_nor_report(void *ctx, const struct nor_report *report) {
    struct sim_board_nor *to = ctx;
    if (report->kind >= NOR_NOTES) {
        note(to, report);
        return;
    }
    struct sim_violation v = {.rule = rule_of(report)};
    snprintf(v.what, sizeof v.what, "made the flash chip complain: %s",
            report->text);
    sim_violate(to->sim, &v);
}

void sim_board_nor_changed(void *ctx, uint32_t off, uint32_t len_bytes) {
    const struct sim_board_nor *to = ctx;
    sim_memory_changed(to->sim, to->window_addr + off, len_bytes);
}

void sim_board_nor_operation(void *ctx, char kind, uint32_t off,
        uint32_t len_bytes, uint64_t time_ps, bool begun) {
    const struct sim_board_nor *to = ctx;
    (void)len_bytes;
    sim_trace_at(to->sim, time_ps, SIM_TRACE_CHIP,
            (uint32_t)(unsigned char)kind, off,
            begun ? SIM_CHIP_BEGUN : SIM_CHIP_ENDED);
}

void sim_board_nor_suspension(void *ctx, char kind, uint32_t off,
        uint64_t time_ps, bool suspended) {
    const struct sim_board_nor *to = ctx;
    sim_trace_at(to->sim, time_ps, SIM_TRACE_CHIP,
            (uint32_t)(unsigned char)kind, off,
            suspended ? SIM_CHIP_SUSPENDED : SIM_CHIP_RESUMED);
}
