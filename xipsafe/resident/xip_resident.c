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

// Poll until idle. A part that is still busy in a status read begun after the
// deadline is late; one that became idle meanwhile is not.
//
// With idle_first false, only the deadline ends it: a wait with the watchdog
// kept alive.
XIP_RESIDENT static int wait_idle(struct xip_resident *r, uint32_t cycles,
        bool idle_first) {
    const uint32_t start = xip_cpu_cycles();
    uint32_t kicked = start;
    uint32_t polls = cycles >> POLL_CYCLES_SHIFT;

    for (;;) {
        const uint32_t now = xip_cpu_cycles();
        const uint32_t status = read_register(r->cmd_status);
        if (idle_first && (status & SR_WIP) == 0u) {
            r->busy_cycles = now - start;
            return 0;
        }
        if (now - start >= cycles || polls-- == 0u) {
            return XIP_ERR_TIMEOUT;
        }
        if (r->watchdog.interval_us != 0u &&
                now - kicked >= r->watchdog.interval_us) {
            *r->watchdog.reg = r->watchdog.value;
            kicked = now;
        }
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
    (void)wait_idle(r, r->reset_cycles, false);
    if (wait_idle(r, r->reset_cycles, true) != 0) {
        xip_fatal_();
    }
    for (unsigned i = 0; i < sizeof(r->replay) / sizeof(r->replay[0]); i++) {
        struct xip_replay *const p = &r->replay[i];
        if (p->cmd != 0u) {
            send((p->flags & XIP_OP_SR_WREN) != 0u ? r->cmd_sr_wren
                                                   : r->cmd_wren);
            xip_port_transfer_(p->cmd, 0, p->data, p->len_bytes);
            if (wait_idle(r, r->replay_cycles, true) != 0) {
                xip_fatal_();
            }
        }
    }
    uint8_t id[3];
    xip_port_transfer_(r->cmd_id, 0, id, sizeof(id));
    if (id[0] != r->id[0] || id[1] != r->id[1] || id[2] != r->id[2]) {
        xip_fatal_();
    }
    r->recoveries++;
}

XIP_RESIDENT static int operate(struct xip_resident *r,
        const struct xip_op *op) {
    int err = 0;

    if ((op->flags & XIP_OP_SR_WREN) != 0u) {
        send(r->cmd_sr_wren);
    }
    if ((op->flags & XIP_OP_WREN) != 0u) {
        send(r->cmd_wren);
        if ((read_register(r->cmd_status) & SR_WEL) == 0u) {
            err = XIP_ERR_PROTECT;
        }
    }
    if (err == 0) {
        xip_port_transfer_(op->cmd, op->addr, op->data, op->len_bytes);
    }
    if (wait_idle(r, op->timeout_cycles, true) != 0) {
        recover(r);
        return XIP_ERR_TIMEOUT;
    }
    if ((op->flags & XIP_OP_FAIL) != 0u && err == 0 &&
            (read_register(r->cmd_fail) & r->fail_mask) != 0u) {
        send(r->cmd_fail_clear);
        err = XIP_ERR_PROTECT;
    }
    return err;
}

XIP_RESIDENT int xip_resident_run(struct xip_resident *r,
        const struct xip_op *op) {
    const uint32_t mask = xip_cpu_mask(r->ceiling);
    r->breadcrumb->off = op->addr;
    r->breadcrumb->state = XIP_BREADCRUMB_OPEN | op->kind;
    xip_cpu_counter_start();
    r->start_cycles = xip_cpu_cycles();
    r->systick_start = xip_cpu_systick();
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

    r->breadcrumb->state = 0;
    const uint32_t cycles = xip_cpu_cycles() - r->start_cycles;
    r->last_cycles = cycles;
    r->masked_cycles += cycles;
    if (cycles > r->masked_max_cycles) {
        r->masked_max_cycles = cycles;
    }
    r->outages++;
    xip_cpu_unmask(r->ceiling, mask);
    return err;
}
