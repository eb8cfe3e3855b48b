/*
 * board_nor - turns reports of the chip model into violations and traces
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "sim/machine/sim_board.h"

struct advice {
    const char *rule, *why, *fix;
};

static const struct advice *advice_of(enum nor_report_kind kind) {
    static const struct advice table[] = {
            [NOR_READ_BUSY] = {"nor-read-busy",
                    "while it erases or programs, the chip answers array, id "
                    "and SFDP reads with garbage",
                    "poll the status register until WIP is 0, or suspend the "
                    "operation, before anything is read"},
            [NOR_NOT_BLANK] = {"nor-not-blank",
                    "programming only turns ones into zeros: bits that "
                    "should be 1 stay 0",
                    "erase the range first, and keep record of what was "
                    "programmed since"},
            [NOR_NO_WEL] = {"nor-no-wel",
                    "the chip ignores an erase, program or status write unless "
                    "its write enable latch is set; each one clears it",
                    "send 06h (50h for a volatile status write) right before, "
                    "and check WEL in the status register"},
            [NOR_COMMAND_BUSY] = {"nor-command-busy",
                    "while busy, the chip takes status reads, suspend "
                    "and reset only",
                    "poll the status register until WIP is 0 before the "
                    "next command"},
            [NOR_UNKNOWN_OPCODE] = {"nor-unknown-opcode",
                    "this part has no such command and ignores it; another "
                    "revision of it may use it for something else",
                    "take opcodes from the part's data sheet or its SFDP table"},
            [NOR_BAD_FRAME] = {"nor-bad-frame",
                    "controller and chip disagree on lanes, address bytes, "
                    "mode bits or dummy clocks, so bits land in the "
                    "wrong place",
                    "compare CCR (and the chip's 4-byte, quad and dummy "
                    "settings) with the command's timing diagram"},
            [NOR_PROTECTED] = {"nor-protected",
                    "the block protection bits of the status register cover "
                    "the range; nothing was changed",
                    "clear the protection bits for this range, or choose "
                    "another range"},
            [NOR_SUSPEND_EARLY] = {"nor-suspend-early",
                    "the part needs a minimum time between resume and the next "
                    "suspend, or the operation never makes progress",
                    "let an operation run for the part's resume-to-suspend "
                    "interval (SFDP DW12) before it is suspended again"},
            [NOR_PAGE_WRAP] = {"nor-page-wrap",
                    "the address wraps inside the page, so later bytes replace "
                    "earlier ones",
                    "split programs at page boundaries"},
            [NOR_ASLEEP] = {"nor-asleep",
                    "in deep power-down the chip hears ABh only",
                    "send ABh and wait its release time first"},
            [NOR_TOO_FAST] = {"nor-too-fast",
                    "after power-up or reset the chip does not answer "
                    "for some time",
                    "wait the part's tPUW or tRST before the first command"},
    };
    return (size_t)kind < sizeof table / sizeof table[0]
            ? &table[kind]
            : &table[NOR_BAD_FRAME];
}

void sim_board_nor_report(void *ctx, const struct nor_report *report) {
    const struct sim_board_nor *to = ctx;
    const struct advice *advice = advice_of(report->kind);
    struct sim_violation v;
    memset(&v, 0, sizeof v);
    v.rule = advice->rule;
    snprintf(v.what, sizeof v.what, "made the flash chip complain: %s",
            report->text);
    snprintf(v.why, sizeof v.why, "%s", advice->why);
    snprintf(v.fix, sizeof v.fix, "%s", advice->fix);
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
