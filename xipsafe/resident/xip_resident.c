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
#include "xip_port_opcode.h"

#define OP_WREN 0x06u
#define OP_READ_STATUS 0x05u
#define OP_READ_ID 0x9Fu
#define OP_RESET_ENABLE 0x66u
#define OP_RESET 0x99u
#define OP_MODE_EXIT 0xFFu

#define SR_WIP 0x01u
#define SR_WEL 0x02u

// No status poll takes fewer core cycles than this (a status read is 16 flash
// clocks). Backs the deadline when something stops the cycle counter.
#define POLL_CYCLES_SHIFT 5u
// Between two polls less time passes than this many bits of cycles hold, or a
// handler above the ceiling has written to the counter.
#define STEP_CYCLES_SHIFT 24u
#define NEVER UINT32_MAX

XIP_RESIDENT void xip_fatal_(void) {
    xip_cpu_reset();
}

XIP_RESIDENT static void send(uint32_t opcode) {
    xip_port_transfer_(xip_port_opcode(opcode), 0, (uint8_t *)0, 0);
}

// Up to four bytes of a register or the id; the first in the low byte.
XIP_RESIDENT static uint32_t read(uint32_t opcode, uint32_t len_bytes) {
    uint32_t value = 0;
    xip_port_transfer_(xip_port_opcode_in(opcode), 0, (uint8_t *)&value,
            len_bytes);
    return value;
}

XIP_RESIDENT static uint32_t read_register(uint32_t opcode) {
    return read(opcode, 1);
}

// The interval goes on through suspensions.
XIP_ALWAYS_INLINE void feed_watchdog(struct xip_resident *r, uint32_t now) {
    if (now - r->last_kick_cycles >= r->kick_cycles) {
        r->last_kick_cycles = now;
        *r->kick_reg = r->kick_value;
    }
}

// Not 0 if an interrupt waits. If none does, none has waited until `now`.
XIP_RESIDENT static uint32_t one_waits(struct xip_resident *r, uint32_t now) {
    const uint32_t waits = xip_cpu_interrupt_waits();
    r->waits = waits;
    if (waits == 0u) {
        r->wait_cycles = now;
    }
    return waits;
}

enum { IDLE, LATE, WAITED_FOR };

// Poll until the chip is idle (the first `skip` cycles without a status read);
// until `slice` cycles are over and an interrupt waits, or none has to; or
// until the chip is late: still busy in a status read begun after `cycles`.
XIP_RESIDENT static int poll(struct xip_resident *r, uint32_t cycles,
        uint32_t slice, uint32_t skip) {
    uint32_t start = xip_cpu_cycles();
    uint32_t polls = cycles >> POLL_CYCLES_SHIFT;
    uint32_t ran = 0;

    for (;;) {
        const uint32_t now = xip_cpu_cycles();
        if ((now - start - ran) >> STEP_CYCLES_SHIFT != 0u) {
            start = now - ran; // the step is none
        }
        ran = now - start;
        r->spent_cycles = ran;
        const uint32_t waits = one_waits(r, now);
        feed_watchdog(r, now);
        if (ran >= skip && (read_register(OP_READ_STATUS) & SR_WIP) == 0u) {
            return IDLE;
        }
        if (ran >= cycles || polls-- == 0u) {
            return LATE;
        }
        if (ran >= slice && (waits | r->always_suspend) != 0u) {
            return WAITED_FOR;
        }
    }
}

// Let time pass without a status read: the chip would not answer.
XIP_RESIDENT static void pause(struct xip_resident *r, uint32_t cycles) {
    (void)poll(r, cycles, NEVER, NEVER);
}

XIP_RESIDENT static int wait_idle(struct xip_resident *r, uint32_t cycles) {
    return poll(r, cycles, NEVER, 0);
}

// Idle, and the chip that it was.
XIP_RESIDENT static void idle_or_fatal(struct xip_resident *r) {
    if (wait_idle(r, r->idle_max_cycles) != IDLE ||
            read(OP_READ_ID, 3) != r->id) {
        xip_fatal_();
    }
}

// Get a chip that does not become idle back by software reset, and put its
// volatile registers back to what the mapped read needs. The window is opened
// by the caller only if this returns: reading a busy flash would fault far
// from the cause.
XIP_RESIDENT static void recover(struct xip_resident *r) {
    send(OP_RESET_ENABLE);
    send(OP_RESET);
    // Status is not defined while the part resets.
    pause(r, r->reset_cycles);
    idle_or_fatal(r);
    send(OP_WREN); // Micron asks for it
    send(r->replay_mode_opcode);
    if (r->replay_opcode != 0u) {
        send(r->replay_enable_opcode);
        xip_port_transfer_(xip_port_opcode(r->replay_opcode) | XIP_PORT_OUT, 0,
                r->replay_data, r->replay_bytes);
    }
    idle_or_fatal(r);
}

// Wait for the operation that runs now. Suspend it if an interrupt waits once
// the slice, which guarantees progress, is over. Suspend it, too, when it is
// late: the window opens sooner than after a reset, and a reset would hit
// everything else in the chip. gap 0: it was not resumed.
XIP_RESIDENT static int finish(struct xip_resident *r, const struct xip_op *op,
        uint32_t gap) {
    uint32_t spent = r->spent_cycles;
    int how;
    int after;
    do {
        how = poll(r, op->timeout_cycles - spent, op->slice_cycles, gap);
        spent += r->spent_cycles;
        after = how;
        if (how != IDLE && op->suspend_opcode != 0u) {
            send(op->suspend_opcode);
            gap = r->gap_cycles;
            after = wait_idle(r, op->latency_cycles);
        }
        // The chip ignores the suspend or is slow: try again after a slice.
    } while (after != IDLE && how == WAITED_FOR);

    int result = XIP_ERR_TIMEOUT;
    if (after != IDLE) {
        recover(r); // which polls, too
    } else if (gap == 0u ||
            (read_register(op->flag_opcode) & op->flag_mask) == 0u) {
        // Ended, not suspended. A suspend that comes as the operation ends is
        // ignored, a resume may not have been taken.
        result = 0;
    } else {
        r->suspended = 1;
        if (how != LATE && spent < op->timeout_cycles) {
            result = XIP_RUN_SUSPENDED;
        }
    }
    r->spent_cycles = spent;
    return result;
}

// The chip falls asleep, and so does the core until an interrupt waits: WFI
// ends for a pending one that PRIMASK masks (Arm v7-M B1.5.19).
XIP_ALWAYS_INLINE void sleep(struct xip_resident *r, const struct xip_op *op) {
    pause(r, op->latency_cycles);
    while (one_waits(r, r->wait_cycles) == 0u) {
        xip_cpu_sleep();
        r->wait_cycles = xip_cpu_cycles(); // it may have run on
    }
}

XIP_RESIDENT static int operate(struct xip_resident *r,
        const struct xip_op *op) {
    const uint32_t flags = op->flags;
    uint32_t resumes = flags & XIP_OP_WAIT;
    uint32_t gap = 0;
    int refused = 0;

    if (r->suspended != 0u) {
        resumes = 1;
        r->suspended = 0;
    } else {
        if ((flags & XIP_OP_WREN) != 0u) {
            send(OP_WREN);
            if ((read_register(OP_READ_STATUS) & SR_WEL) == 0u) {
                refused = XIP_ERR_PROTECT;
            }
        }
        if (refused == 0) {
            xip_port_transfer_(op->cmd, op->addr, op->data, op->len_bytes);
        }
        if (resumes != 0u) {
            sleep(r, op);
        }
        r->spent_cycles = 0;
    }
    if (resumes != 0u) {
        send(op->resume_opcode);
        gap = r->gap_cycles;
    }
    const int err = finish(r, op, gap);
    if (err == 0 && (flags & XIP_OP_FAIL) != 0u &&
            (read_register(r->fail_opcode) & r->fail_mask) != 0u) {
        send(r->fail_clear_opcode);
        refused = XIP_ERR_PROTECT;
    }
    return err != 0 ? err : refused;
}

XIP_ALWAYS_INLINE int outage(struct xip_resident *r, struct xip_op *op,
        uint32_t start) {
    r->wait_cycles = start;
    r->breadcrumb->off = op->addr;
    r->breadcrumb->state = XIP_BREADCRUMB_OPEN | op->kind;
    xip_cpu_drain();
#if XIP_CFG_FENCE
    const uint32_t mpu_ctrl = xip_cpu_close_fence(r);
#endif

    xip_port_unmap_();
    if (r->mode_exit_opcode != 0u) {
        // Ten clocks of ones: an address of four bytes on four lines and the
        // mode bits. SFDP DW15 bits 13, 12.
        xip_port_transfer_(xip_port_opcode(OP_MODE_EXIT) | XIP_PORT_OUT_QUAD, 0,
                &r->mode_exit_opcode, 1);
    }
    int err;
    for (;;) {
        err = operate(r, op);
        if (err != 0 || op->repeat == 0u || r->waits != 0u) {
            break;
        }
        r->repeated_cycles += r->spent_cycles;
        op->repeat--;
        op->addr += op->len_bytes;
        op->data += op->len_bytes;
        r->breadcrumb->off = op->addr;
    }
    // The port maps only after a command without an address phase.
    (void)read_register(OP_READ_STATUS);
    xip_port_map_(r);
    xip_cpu_drain();
#if XIP_CFG_FENCE
    xip_cpu_open_fence(r, mpu_ctrl);
#endif

    if (r->suspended == 0u) {
        r->breadcrumb->state = 0;
    }
    const uint32_t end = xip_cpu_cycles();
    r->outage_cycles = end - start;
    r->end_cycles = end;
    r->wait_cycles = end - r->wait_cycles;
    return err;
}

// Interrupts ran between the caller's checks and the mask. What they rest on is
// compared here and not in ordinary code, which would fetch it from the flash
// with interrupts masked.
XIP_RESIDENT int xip_resident_run(struct xip_resident *r, struct xip_op *op,
        const struct xip_watch *watch) {
    const uint32_t mask = xip_cpu_mask(r->ceiling);
    const uint32_t start = xip_cpu_cycles();
    struct xip_watch w;
    do { // a copy of both words is one load
        w = *watch++;
    } while (w.reg != (const volatile uint32_t *)0 && *w.reg == w.value);
    const int err = w.reg != (const volatile uint32_t *)0
            ? XIP_RUN_HELD
            : outage(r, op, start);
    xip_cpu_unmask(r->ceiling, mask);
    return err;
}
