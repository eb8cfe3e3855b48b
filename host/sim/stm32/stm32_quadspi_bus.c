/*
 * stm32_quadspi_bus - the QUADSPI's serial side: frames, FIFO, time
 *
 * SPDX-License-Identifier: MIT
 *
 * Bytes are moved late, but with the time at which the clock would have moved
 * them: each register access and each event first brings the transfer up to
 * date. Events are set only where no access would notice in time: at the end of
 * a frame, and at thresholds with an interrupt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/stm32/stm32_quadspi_priv.h"

#define CR_APMS (1u << 22)
#define CR_PMM (1u << 23)

// An abort ends the running clock cycle and raises nCS. RM0351 gives no
// figure; a driver must not count on it being done at once.
#define ABORT_CLOCKS 4u

// After this many status reads only the end of an operation can change what
// is read: the short interval in which a resumed part still reads idle is over.
#define REAL_POLLS 8u

static unsigned fmode(const struct stm32_qspi *q) {
    return q->ccr >> 26 & 3u;
}

static sim_time high_ps(const struct stm32_qspi *q) {
    return ((q->dcr >> 8 & 7u) + 1u) * q->clock_ps;
}

static uint64_t device_bytes(const struct stm32_qspi *q) {
    return 2ull << (q->dcr >> 16 & 31u);
}

/// Frames ///

static uint8_t lanes(uint32_t mode) {
    static const uint8_t n[4] = {0, 1, 2, 4};
    return n[mode & 3u];
}

void qspi_frame_(const struct stm32_qspi *q, struct nor_frame *f) {
    const uint32_t ccr = q->ccr;
    memset(f, 0, sizeof *f);
    f->opcode_lanes = lanes(ccr >> 8);
    f->has_opcode = f->opcode_lanes != 0;
    f->opcode = f->has_opcode ? (uint8_t)ccr : 0;
    f->addr_lanes = lanes(ccr >> 10);
    if (f->addr_lanes != 0) {
        f->addr_bytes = (uint8_t)((ccr >> 12 & 3u) + 1u);
        f->addr = fmode(q) == 3 ? 0 : q->ar;
    }
    f->alt_lanes = lanes(ccr >> 14);
    if (f->alt_lanes != 0) {
        f->alt_bytes = (uint8_t)((ccr >> 16 & 3u) + 1u);
        f->alt = (uint8_t)(q->abr >> (8 * (f->alt_bytes - 1)));
    }
    f->dummy_clocks = (uint8_t)(ccr >> 18 & 31u);
    f->data_lanes = lanes(ccr >> 24);
    f->ddr = (ccr & QSPI_CCR_DDRM) != 0;
    f->clock_ps = (uint32_t)qspi_clock_ps_(q);
}

uint64_t qspi_data_clocks_(const struct nor_frame *f, bool ddr,
        uint64_t bytes) {
    if (f->data_lanes == 0) {
        return 0;
    }
    return bytes * 8 / f->data_lanes / (ddr ? 2 : 1);
}

// The instruction is never sent on both edges (RM0351 17.3.3).
uint64_t qspi_header_clocks_(const struct nor_frame *f, bool ddr) {
    const unsigned edges = ddr ? 2 : 1;
    uint64_t clocks = f->dummy_clocks;
    if (f->has_opcode) {
        clocks += 8u / f->opcode_lanes;
    }
    if (f->addr_lanes != 0) {
        clocks += f->addr_bytes * 8u / f->addr_lanes / edges;
    }
    if (f->alt_lanes != 0) {
        clocks += f->alt_bytes * 8u / f->alt_lanes / edges;
    }
    return clocks;
}

// The chip's time never goes back, whatever stalls and events do to ours.
static sim_time chip_time(struct stm32_qspi *q, sim_time at) {
    q->nor_time = at > q->nor_time ? at : q->nor_time;
    return q->nor_time;
}

void qspi_begin_(struct stm32_qspi *q, sim_time at, const struct nor_frame *f) {
    q->in_frame = true;
    if (q->connected) {
        nor_begin(q->o.nor, chip_time(q, at), f);
    }
}

uint8_t qspi_in_(struct stm32_qspi *q, sim_time at) {
    return q->connected ? nor_in(q->o.nor, chip_time(q, at)) : 0xFF;
}

void qspi_out_(struct stm32_qspi *q, sim_time at, uint8_t byte) {
    if (q->connected) {
        nor_out(q->o.nor, chip_time(q, at), byte);
    }
}

void qspi_end_(struct stm32_qspi *q, sim_time at) {
    if (!q->in_frame) {
        return;
    }
    q->in_frame = false;
    q->free_at = at + high_ps(q);
    if (q->connected) {
        nor_end(q->o.nor, chip_time(q, at));
    }
}

// ABORT, EN=0, a reset: nCS rises at once. A chip ignores what is not a whole
// number of bytes; between two bytes CLK stands still for want of data only.
// how: what the program did, or NULL.
static void cut_frame(struct stm32_qspi *q, const char *how) {
    const sim_time now = qspi_now_(q);
    const bool sends = q->phase == QSPI_COMMAND || q->phase == QSPI_WRITE;
    if (!q->in_frame || !sends) {
        qspi_end_(q, now);
        return;
    }
    const bool whole = q->phase == QSPI_WRITE && q->level == 0;
    if (how) {
        stm32_note_once(q->soc, &q->noted_cut,
                "QUADSPI is stopped at pc 0x%08x (%s) before the command %02Xh "
                "is over: %s. Wait for SR.TCF first",
                (unsigned)sim_pc(q->soc->sim), how, (unsigned)q->ccr & 0xFFu,
                whole ? "the chip goes by the bytes that it has got"
                      : "the chip sees a part of it, and ignores it");
    }
    if (whole || !q->connected) {
        qspi_end_(q, now);
        return;
    }
    q->in_frame = false;
    q->free_at = now + high_ps(q);
    nor_cut(q->o.nor, chip_time(q, now));
}

/// Progress ///

// Errata, "extra data written in the FIFO at the end of a read transfer": quad
// data, DDR, CLK = HCLK/2, and a byte is read just as the FIFO gets full. The
// last is a race, which is always lost here. Without DDR there is none: drivers
// that wait for BUSY=0 after each read at this clock would hang, and do not
// (OpenOCD's loader).
static bool leaves_residue(const struct stm32_qspi *q) {
    if (q->o.residue) {
        return q->cr >> 24 <= 1;
    }
    return q->cr >> 24 == 1 && (q->ccr & QSPI_CCR_DDRM) != 0 &&
            (q->ccr >> 24 & 3u) == 3;
}

static void finish(struct stm32_qspi *q, sim_time at) {
    qspi_end_(q, at);
    q->flags |= QSPI_SR_TCF;
    if (q->phase != QSPI_READ) {
        q->phase = QSPI_IDLE;
        return;
    }
    if (leaves_residue(q)) {
        q->fifo[q->level] = (uint8_t)~q->fifo[q->level - 1];
        q->level++;
    }
}

static void advance_read(struct stm32_qspi *q, sim_time to) {
    while (q->remaining != 0 && q->level < QSPI_FIFO_BYTES && q->t_next <= to) {
        q->fifo[q->level++] = qspi_in_(q, q->t_next);
        q->remaining--;
        if (q->remaining == 0) {
            finish(q, q->t_next);
        }
        q->t_next += q->byte_ps;
    }
}

static void advance_write(struct stm32_qspi *q, sim_time to) {
    while (q->remaining != 0 && q->level != 0 && q->t_next <= to) {
        qspi_out_(q, q->t_next, q->fifo[0]);
        q->level--;
        memmove(q->fifo, q->fifo + 1, q->level);
        q->remaining--;
        if (q->remaining == 0) {
            finish(q, q->t_next);
        }
        q->t_next += q->byte_ps;
    }
}

static bool poll_matches(const struct stm32_qspi *q, uint32_t value) {
    const uint32_t equal = ~(value ^ q->psmar) & q->psmkr;
    return (q->cr & CR_PMM) != 0 ? equal != 0 : equal == q->psmkr;
}

// One real status read, from poll_start to t_next.
static uint32_t poll_once(struct stm32_qspi *q) {
    struct nor_frame f;
    qspi_frame_(q, &f);
    const unsigned bytes = (q->dlr & 3u) + 1u;
    uint32_t value = 0;
    qspi_begin_(q, q->poll_start, &f);
    for (unsigned i = 0; i < bytes; i++) {
        const uint32_t in =
                qspi_in_(q, q->t_next - (bytes - 1 - i) * q->byte_ps);
        value |= in << (8 * i);
    }
    qspi_end_(q, q->t_next);
    q->polls++;
    q->poll_status = value;
    return value;
}

static uint64_t chip_busy_until(const struct stm32_qspi *q) {
    return q->connected ? nor_busy_until(q->o.nor) : NOR_NEVER;
}

static void advance_poll(struct stm32_qspi *q, sim_time to) {
    while (q->phase == QSPI_POLL && q->t_next <= to) {
        const bool was_idle = chip_busy_until(q) == NOR_NEVER;
        const uint32_t value = poll_once(q);
        if (poll_matches(q, value)) {
            q->flags |= QSPI_SR_SMF;
            q->poll_ftf = true;
            if ((q->cr & CR_APMS) != 0) {
                q->phase = QSPI_IDLE;
            } else {
                q->t_next = SIM_NEVER; // until SMF is cleared
            }
            return;
        }
        uint64_t skip = 1;
        if (q->polls >= REAL_POLLS) {
            // The reads in between cannot differ from the last one. In the
            // middle of one of several bytes the chip may have got ready.
            const uint64_t until = chip_busy_until(q);
            if (until == NOR_NEVER && was_idle) {
                q->t_next = SIM_NEVER;
                return;
            }
            if (until != NOR_NEVER && until > q->t_next) {
                skip = (until - q->t_next + q->poll_period - 1) /
                        q->poll_period;
            }
        }
        q->poll_start += skip * q->poll_period;
        q->t_next += skip * q->poll_period;
    }
}

static void abort_done(struct stm32_qspi *q) {
    q->phase = QSPI_IDLE;
    q->level = 0;
    q->remaining = 0;
    q->flags |= QSPI_SR_TCF; // RM0351 17.3.13
    if ((q->ar & 3u) == 0) {
        q->ar_dirty = false;
    }
}

void qspi_advance_(struct stm32_qspi *q, sim_time to) {
    switch (q->phase) {
    case QSPI_COMMAND:
        if (q->t_next <= to) {
            finish(q, q->t_next);
        }
        break;
    case QSPI_WRITE:
        advance_write(q, to);
        break;
    case QSPI_READ:
        advance_read(q, to);
        break;
    case QSPI_POLL:
        advance_poll(q, to);
        break;
    case QSPI_ABORT:
        if (q->t_next <= to) {
            abort_done(q);
        }
        break;
    case QSPI_MAPPED:
        if (q->timeout_at <= to) {
            q->timeout_at = SIM_NEVER;
            q->flags |= QSPI_SR_TOF;
            sim_window_forget_read(q->soc->sim); // nothing is prefetched
        }
        if (q->window_wanted && qspi_map_event_(q) <= to) {
            qspi_map_check_(q);
        }
        break;
    case QSPI_IDLE:
        break;
    }
}

/// Next event and interrupt ///

static sim_time after(const struct stm32_qspi *q, uint64_t bytes) {
    return q->t_next + (bytes - 1) * q->byte_ps;
}

static sim_time next_event(const struct stm32_qspi *q) {
    const bool wants = (q->cr >> 18 & 1u) != 0 || (q->cr & QSPI_CR_DMAEN) != 0;
    const bool ftie = wants && !qspi_ftf_(q);
    const bool tcie = (q->cr >> 17 & 1u) != 0;
    const unsigned threshold = (q->cr >> 8 & 15u) + 1u;
    sim_time next = SIM_NEVER;
    switch (q->phase) {
    case QSPI_COMMAND:
    case QSPI_POLL:
        return q->t_next;
    case QSPI_ABORT:
        return tcie ? q->t_next : SIM_NEVER;
    case QSPI_READ:
        // The end of a read starts nothing in the chip: without an interrupt
        // it does not matter when it is noticed.
        if ((tcie || ftie) && q->remaining != 0 &&
                q->remaining + q->level <= QSPI_FIFO_BYTES) {
            next = after(q, q->remaining);
        }
        if (ftie && q->level < threshold &&
                q->remaining > threshold - q->level) {
            next = after(q, threshold - q->level);
        }
        return next;
    case QSPI_WRITE:
        if (q->remaining != 0 && q->level >= q->remaining) {
            next = after(q, q->remaining);
        }
        if (ftie) {
            next = after(q, q->level - (QSPI_FIFO_BYTES - threshold));
        }
        return next;
    case QSPI_MAPPED:
        next = qspi_map_event_(q);
        return q->timeout_at < next ? q->timeout_at : next;
    default:
        return SIM_NEVER;
    }
}

void qspi_update_(struct stm32_qspi *q) {
    const sim_time next = next_event(q);
    if (next == SIM_NEVER) {
        sim_cancel(q->soc->sim, &q->event);
    } else if (q->event.at != next) {
        sim_schedule(q->soc->sim, &q->event, next);
    }
    // TEIE, TCIE, FTIE, SMIE and TOIE are in the order of the flags.
    const uint32_t flags = q->flags | (qspi_ftf_(q) ? QSPI_SR_FTF : 0);
    sim_irq(q->soc->sim, q->o.irq, (flags & (q->cr >> 16 & 0x1Fu)) != 0);
    if ((q->cr & QSPI_CR_DMAEN) != 0) {
        q->soc->requests_changed(q->soc->ctx);
    }
}

static void fire(void *ctx) {
    struct stm32_qspi *q = ctx;
    q->event.at = SIM_NEVER;
    qspi_advance_(q, qspi_now_(q));
    qspi_update_(q);
}

#define LEFT_WAITING (100 * SIM_MS)

// What a driver that waits for BUSY=0, or for TCF, waits for.
static enum sim_busy busy_text(void *ctx, char *text, size_t size) {
    const struct stm32_qspi *q = ctx;
    const unsigned long long bytes = q->dlr + 1ull;
    switch (q->phase) {
    case QSPI_READ:
        snprintf(text, size,
                "QUADSPI is BUSY in an indirect read: of %llu bytes (DLR + 1), "
                "%" PRIu64 " were not read from DR",
                bytes, q->remaining + q->level);
        return SIM_BUSY_WAITS;
    case QSPI_WRITE:
        snprintf(text, size,
                "QUADSPI is BUSY in an indirect write: of %llu bytes (DLR + "
                "1), %llu were not sent",
                bytes, (unsigned long long)q->remaining);
        return SIM_BUSY_WAITS;
    case QSPI_POLL:
        snprintf(text, size,
                "QUADSPI is BUSY: it polls, and the status masked by 0x%08X "
                "is not 0x%08X",
                (unsigned)q->psmkr, (unsigned)q->psmar);
        return SIM_BUSY_WAITS;
    default:
        break;
    }
    if (q->waits_since == SIM_NEVER ||
            qspi_now_(q) - q->waits_since < LEFT_WAITING) {
        return SIM_BUSY_NO;
    }
    snprintf(text, size,
            "QUADSPI has not sent the command %02Xh: it waits for %s, which "
            "was not written since CCR was, %u ms ago",
            (unsigned)q->ccr & 0xFFu, qspi_missing_(q),
            (unsigned)((qspi_now_(q) - q->waits_since) / SIM_MS));
    return SIM_BUSY_LEFT;
}

void stm32_qspi_init(struct stm32_qspi *q, const struct stm32_soc *soc,
        const struct stm32_qspi_options *options) {
    memset(q, 0, sizeof *q);
    q->soc = soc;
    q->o = *options;
    q->timeout_at = SIM_NEVER;
    q->waits_since = SIM_NEVER;
    q->event = (struct sim_event){.fire = fire, .ctx = q, .at = SIM_NEVER};
    sim_add_busy(soc->sim, busy_text, q);
}

/// Start and stop ///

// RM0351 17.3.4, 17.5.3: an address outside of the device is refused.
static bool outside(const struct stm32_qspi *q, const struct nor_frame *f) {
    if (f->addr_lanes == 0 || fmode(q) >= 2) {
        return false;
    }
    uint64_t last = q->ar;
    if (f->data_lanes != 0 && q->dlr != 0xFFFFFFFFu) {
        last += q->dlr;
    }
    return last >= device_bytes(q);
}

static void refuse(struct stm32_qspi *q, const struct nor_frame *f) {
    q->flags |= QSPI_SR_TEF;
    const struct stm32_violation v = {
            .rule = SIM_RULE_QUADSPI_NOT_SENT, .source = q->o.registers};
    stm32_violate(q->soc, &v,
            "gave the command %02Xh at 0x%08X, which was never sent: DCR.FSIZE "
            "says %llu bytes",
            f->opcode, (unsigned)q->ar, (unsigned long long)device_bytes(q));
}

static uint64_t data_bytes(const struct stm32_qspi *q) {
    if (q->dlr != 0xFFFFFFFFu) {
        return (uint64_t)q->dlr + 1;
    }
    return device_bytes(q) - q->ar; // to the end of the device
}

static void connect(struct stm32_qspi *q) {
    char text[80];
    q->connected = qspi_pins_ok_(q, q->ccr, text, sizeof text);
    if (!q->connected) {
        stm32_note_once(q->soc, &q->noted_pins,
                "QUADSPI sends, but %s: the flash "
                "does not see it and reads give FFh",
                text);
    }
}

static void start_poll(struct stm32_qspi *q, sim_time at, sim_time header) {
    const sim_time length = header + ((q->dlr & 3u) + 1u) * q->byte_ps;
    if (q->dlr > 3) {
        stm32_note_once(q->soc, &q->noted_poll,
                "QUADSPI polls a status with DLR=%u, left from another "
                "command: it has to be 3 or less (%s), or a chip may compare "
                "other bytes",
                (unsigned)q->dlr, q->o.registers);
    }
    q->phase = QSPI_POLL;
    q->polls = 0;
    q->poll_start = at;
    q->poll_period = length + high_ps(q) + q->pir * q->clock_ps;
    q->t_next = at + length;
}

void qspi_start_(struct stm32_qspi *q) {
    struct nor_frame f;
    qspi_frame_(q, &f);
    q->looks = 0;
    q->waits_since = SIM_NEVER;
    q->start_pc = sim_pc(q->soc->sim);
    q->start_exception = sim_exception(q->soc->sim);
    q->popped = false;
    if (outside(q, &f)) {
        refuse(q, &f);
        return;
    }
    connect(q);
    const bool ddr = (q->ccr & QSPI_CCR_DDRM) != 0;
    q->clock_ps = qspi_clock_ps_(q);
    q->byte_ps = qspi_data_clocks_(&f, ddr, 1) * q->clock_ps;
    const sim_time header = qspi_header_clocks_(&f, ddr) * q->clock_ps;
    const sim_time now = qspi_now_(q);
    const sim_time at = q->free_at > now ? q->free_at : now;
    if (f.addr_lanes != 0) {
        q->ar_dirty = (q->ar & 3u) != 0;
    }
    if (fmode(q) == 2) {
        start_poll(q, at, header);
        return;
    }
    qspi_begin_(q, at, &f);
    if (f.data_lanes == 0) {
        q->phase = QSPI_COMMAND;
        q->t_next = at + header;
        return;
    }
    q->phase = fmode(q) == 0 ? QSPI_WRITE : QSPI_READ;
    q->remaining = data_bytes(q);
    q->t_next = at + header + q->byte_ps;
}

void qspi_abort_(struct stm32_qspi *q) {
    const sim_time now = qspi_now_(q);
    if (q->phase == QSPI_MAPPED) {
        qspi_unmap_(q, "QUADSPI is in command mode");
    }
    q->waits_since = SIM_NEVER;
    cut_frame(q, "CR.ABORT");
    if (q->clock_ps == 0) {
        q->clock_ps = qspi_clock_ps_(q);
    }
    q->phase = QSPI_ABORT;
    q->t_next = now + ABORT_CLOCKS * q->clock_ps;
}

static void stop(struct stm32_qspi *q, const char *how) {
    qspi_advance_(q, qspi_now_(q)); // what has crossed has crossed
    if (q->phase == QSPI_MAPPED) {
        qspi_unmap_(q, "QUADSPI is switched off");
    }
    cut_frame(q, how);
    q->phase = QSPI_IDLE;
    q->waits_since = SIM_NEVER;
    q->level = 0;
    q->remaining = 0;
    sim_cancel(q->soc->sim, &q->event);
    sim_irq(q->soc->sim, q->o.irq, false);
}

void qspi_disable_(struct stm32_qspi *q, const char *how) {
    stop(q, how);
}

void stm32_qspi_stop(struct stm32_qspi *q) {
    stop(q, NULL);
}

/// FIFO ///

// Lets the bus wait until `bytes` more have crossed, and returns that time.
static sim_time wait_bytes(struct stm32_qspi *q, uint64_t bytes) {
    const sim_time now = qspi_now_(q);
    const sim_time then = after(q, bytes);
    if (then <= now) {
        return now;
    }
    sim_stall(q->soc->sim, then - now);
    qspi_advance_(q, then);
    return then;
}

uint32_t qspi_pop_(struct stm32_qspi *q, unsigned len) {
    sim_time now = qspi_now_(q);
    q->popped = true;
    if (q->level < len && q->remaining != 0) {
        const unsigned missing = len - q->level;
        now = wait_bytes(q, q->remaining < missing ? q->remaining : missing);
    }
    const bool was_full = q->level >= QSPI_FIFO_BYTES;
    const unsigned n = q->level < len ? q->level : len;
    uint32_t value = 0;
    for (unsigned i = 0; i < n; i++) {
        value |= (uint32_t)q->fifo[i] << (8 * i);
    }
    q->level -= n;
    memmove(q->fifo, q->fifo + n, q->level);
    if (was_full && q->t_next < now + q->byte_ps) {
        q->t_next = now + q->byte_ps; // CLK had stopped
    }
    // RM0351 17.5.3, BUSY: until the operation is over and the FIFO is empty.
    if (q->phase == QSPI_READ && q->remaining == 0 && q->level == 0) {
        q->phase = QSPI_IDLE;
    }
    return value;
}

void qspi_push_(struct stm32_qspi *q, const uint8_t *data, unsigned len) {
    sim_time now = qspi_now_(q);
    if (q->level + len > QSPI_FIFO_BYTES) {
        now = wait_bytes(q, q->level + len - QSPI_FIFO_BYTES);
    }
    if (q->level == 0 && q->t_next < now + q->byte_ps) {
        q->t_next = now + q->byte_ps; // CLK had stopped
    }
    for (unsigned i = 0; i < len; i++) {
        if (q->level >= q->remaining) {
            stm32_note_once(q->soc, &q->noted_dr,
                    "more bytes are written to "
                    "QUADSPI_DR than DLR announces: the rest is lost");
            return;
        }
        q->fifo[q->level++] = data[i];
    }
}
