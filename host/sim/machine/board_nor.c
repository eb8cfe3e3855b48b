/*
 * board_nor - turns reports of the chip model into violations and traces
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "sim/machine/sim_board.h"

static enum sim_rule rule_of(enum nor_report_kind kind) {
    static const enum sim_rule rules[] = {
            [NOR_READ_BUSY] = SIM_RULE_NOR_READ_BUSY,
            [NOR_NOT_BLANK] = SIM_RULE_NOR_NOT_BLANK,
            [NOR_NO_WEL] = SIM_RULE_NOR_NO_WEL,
            [NOR_COMMAND_BUSY] = SIM_RULE_NOR_COMMAND_BUSY,
            [NOR_UNKNOWN_OPCODE] = SIM_RULE_NOR_UNKNOWN_OPCODE,
            [NOR_BAD_FRAME] = SIM_RULE_NOR_BAD_FRAME,
            [NOR_PROTECTED] = SIM_RULE_NOR_PROTECTED,
            [NOR_SUSPEND_EARLY] = SIM_RULE_NOR_SUSPEND_EARLY,
            [NOR_PAGE_WRAP] = SIM_RULE_NOR_PAGE_WRAP,
            [NOR_ASLEEP] = SIM_RULE_NOR_ASLEEP,
            [NOR_TOO_FAST] = SIM_RULE_NOR_TOO_FAST,
    };
    return rules[kind];
}

void sim_board_nor_report(void *ctx, const struct nor_report *report) {
    const struct sim_board_nor *to = ctx;
    struct sim_violation v = {.rule = rule_of(report->kind)};
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
