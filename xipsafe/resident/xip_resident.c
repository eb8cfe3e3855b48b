/*
 * xip_resident - one outage: the code that runs while the flash cannot be read
 *
 * SPDX-License-Identifier: MIT
 *
 * No flash reads, no libc, no indirect calls, no switch, no struct copy, no
 * constant that does not fit an instruction or the function's own literal
 * pool. Only xip_resident_run() is called from outside.
 */
#include "xip_resident.h"

#include "xip_cpu.h"
#include "xip_err.h"
#include "xip_port.h"

#define SR_WIP 0x01u
#define SR_WEL 0x02u

// No status poll takes fewer core cycles than this (a status read is 16 flash
// clocks). Backs the deadline when something stops the cycle counter.
#define POLL_CYCLES_SHIFT 5u
#define NEVER UINT32_MAX

XIP_RESIDENT _Noreturn void xip_fatal_(void) {
    xip_cpu_reset();
}

XIP_RESIDENT static void send(uint32_t cmd) {
    xip_port_transfer_(cmd, 0, (uint8_t *)0, 0);
}

XIP_RESIDENT static uint32_t read_register(uint32_t cmd) {
    uint8_t value;
    xip_port_transfer_(cmd, 0, &value, 1);
    return value;
}

// Stores no more often than the interval, which counts on through suspensions.
XIP_RESIDENT static void feed_watchdog(struct xip_resident *r, uint32_t now) {
    if (r->watchdog.interval_us != 0u &&
            now - r->kicked_cycles >= r->watchdog.interval_us) {
        r->kicked_cycles = now;
        *r->watchdog.reg = r->watchdog.value;
    }
}

enum { IDLE, LATE, WAITED_FOR };

// Poll until the chip is idle (not asked before `skip` cycles are over),
// until at least `slice` cycles are over and an interrupt waits (or need not),
// or until it is late: still busy in a status read begun after
// `cycles`.
XIP_RESIDENT static int poll(struct xip_resident *r, uint32_t cycles,
        uint32_t slice, uint32_t skip) {
    const uint32_t start = xip_cpu_cycles();
    uint32_t polls = cycles >> POLL_CYCLES_SHIFT;

    for (;;) {
        const uint32_t now = xip_cpu_cycles();
        const uint32_t ran = now - start;
        r->spent_cycles = ran;
        const bool waits = xip_cpu_interrupt_waits();
        if (!waits) {
            r->quiet_cycles = now;
        }
        feed_watchdog(r, now);
        if (ran >= skip && (read_register(r->cmd_status) & SR_WIP) == 0u) {
            return IDLE;
        }
        if (ran >= cycles || polls-- == 0u) {
            return LATE;
        }
        if (ran >= slice && (waits || r->always_suspend != 0u)) {
            return WAITED_FOR;
        }
    }
}

XIP_RESIDENT static void idle_or_fatal(struct xip_resident *r,
        uint32_t cycles) {
    if (poll(r, cycles, NEVER, 0) != IDLE) {
        xip_fatal_();
    }
}

// Get a chip that does not become idle back by software reset, and put its
// volatile registers back to what the mapped read needs. The window is opened
// by the caller only if this returns: reading a busy flash would fault far
// from the cause.
XIP_RESIDENT static void recover(struct xip_resident *r) {
    send(r->cmd_reset_enable);
    send(r->cmd_reset);
    // Status is not defined while the part resets: let the time pass first.
    (void)poll(r, r->reset_cycles, NEVER, r->reset_cycles);
    idle_or_fatal(r, r->reset_cycles);
    for (struct xip_replay *p = r->replay; p->cmd != 0u; p++) {
        send(p->cmd_enable);
        xip_port_transfer_(p->cmd, 0, p->data, p->len_bytes);
        idle_or_fatal(r, r->replay_cycles);
    }
    uint32_t id = 0;
    xip_port_transfer_(r->cmd_id, 0, (uint8_t *)&id, 3);
    if (id != r->id) {
        xip_fatal_();
    }
    r->recoveries++;
}

// Wait for the operation that runs now, and suspend it for an interrupt that
// waits once the slice, which guarantees progress, is over. gap 0: it was not
// resumed.
XIP_RESIDENT static int finish(struct xip_resident *r, const struct xip_op *op,
        uint32_t spent, uint32_t gap) {
    for (;;) {
        const int how =
                poll(r, op->timeout_cycles - spent, op->slice_cycles, gap);
        spent += r->spent_cycles;
        if (how == WAITED_FOR) {
            send(op->cmd_suspend);
            gap = r->gap_cycles;
            if (poll(r, op->latency_cycles, NEVER, 0) != IDLE) {
                continue; // ignored or slow: see after another slice
            }
        }
        // It stands still. Ended, or suspended? A suspend that comes as the
        // operation ends is ignored, a resume may not have been taken.
        r->spent_cycles = spent;
        if (how != LATE &&
                (gap == 0u ||
                        (read_register(op->cmd_flag) & op->flag_mask) == 0u)) {
            return 0;
        }
        if (how == LATE || spent >= op->timeout_cycles) {
            recover(r); // which polls, too
            r->spent_cycles = spent;
            return XIP_ERR_TIMEOUT;
        }
        r->suspended = 1;
        return XIP_RUN_SUSPENDED;
    }
}

XIP_RESIDENT static int operate(struct xip_resident *r,
        const struct xip_op *op) {
    uint32_t gap = 0;
    uint32_t spent = 0;
    int refused = 0;

    if (r->suspended != 0u) {
        r->suspended = 0;
        spent = r->spent_cycles;
        gap = r->gap_cycles;
        send(op->cmd_resume);
    } else {
        if ((op->flags & XIP_OP_WREN) != 0u) {
            send(r->cmd_wren);
            if ((read_register(r->cmd_status) & SR_WEL) == 0u) {
                refused = XIP_ERR_PROTECT;
            }
        }
        if (refused == 0) {
            xip_port_transfer_(op->cmd, op->addr, op->data, op->len_bytes);
        }
    }
    const int err = finish(r, op, spent, gap);
    if (err == 0 && (op->flags & XIP_OP_FAIL) != 0u &&
            (read_register(r->cmd_fail) & r->fail_mask) != 0u) {
        send(r->cmd_fail_clear);
        refused = XIP_ERR_PROTECT;
    }
    return err != 0 ? err : refused;
}

XIP_RESIDENT int xip_resident_run(struct xip_resident *r,
        const struct xip_op *op) {
    const uint32_t mask = xip_cpu_mask(r->ceiling);
    const uint32_t start = xip_cpu_cycles();
    r->quiet_cycles = start;
    r->breadcrumb->off = op->addr;
    r->breadcrumb->state = XIP_BREADCRUMB_OPEN | op->kind;
    xip_cpu_barrier();

    xip_port_unmap_();
    if (r->cmd_mode_exit != 0u) {
        send(r->cmd_mode_exit);
    }
    const int err = operate(r, op);
    // The port maps only after a command without an address phase.
    (void)read_register(r->cmd_status);
    xip_port_map_(r);
    xip_cpu_barrier();

    if (err != XIP_RUN_SUSPENDED) {
        r->breadcrumb->state = 0;
    }
    const uint32_t end = xip_cpu_cycles();
    r->outage_cycles = end - start;
    r->wait_cycles = end - r->quiet_cycles;
    xip_cpu_unmask(r->ceiling, mask);
    return err;
}
