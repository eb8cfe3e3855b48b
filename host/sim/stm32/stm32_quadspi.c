/*
 * stm32_quadspi - QUADSPI, its registers
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 17 with the errata of ES0250. The half that moves bytes is in
 * stm32_quadspi_bus.c, memory-mapped mode in stm32_quadspi_map.c.
 *
 * A command starts with the last register write that supplies something it
 * needs: CCR if it has no address and nothing to send, AR if it has an address
 * and nothing to send, the first DR write if it has data to send.
 *
 * Dual-flash mode does not exist here. The time-out counter of the mapped mode
 * is a violation, since the errata sheet forbids it; it counts from the moment
 * of mapping.
 */
#include <string.h>

#include "sim/stm32/stm32_quadspi_priv.h"

#define CR 0x00u
#define DCR 0x04u
#define SR 0x08u
#define FCR 0x0Cu
#define DLR 0x10u
#define CCR 0x14u
#define AR 0x18u
#define ABR 0x1Cu
#define DR 0x20u
#define PSMKR 0x24u
#define PSMAR 0x28u
#define PIR 0x2Cu
#define LPTR 0x30u

#define CR_WRITABLE 0xFFDF0F1Du  // no dual-flash bits, FTHRES 4 bits
#define CR_IDLE_ONLY 0xFFC00018u // PRESCALER, PMM, APMS, SSHIFT, TCEN
#define CCR_WRITABLE 0x9FFFFFFFu

static unsigned fmode(const struct stm32_qspi *q) {
    return q->ccr >> 26 & 3u;
}
static unsigned admode(const struct stm32_qspi *q) {
    return q->ccr >> 10 & 3u;
}
static unsigned dmode(const struct stm32_qspi *q) {
    return q->ccr >> 24 & 3u;
}

// In memory-mapped mode BUSY goes high with the first access (RM0351 17.3.6);
// what is prefetched then keeps it, until a time-out.
bool qspi_busy_(const struct stm32_qspi *q) {
    return q->phase == QSPI_MAPPED ? sim_window_was_read(q->soc->sim)
                                   : q->phase != QSPI_IDLE;
}

// RM0351 17.5.3. For indirect write it is set as soon as CCR says so, before
// any transfer: drivers wait for it before their first DR write.
bool qspi_ftf_(const struct stm32_qspi *q) {
    const unsigned threshold = (q->cr >> 8 & 15u) + 1u;
    if ((q->cr & QSPI_CR_EN) == 0 || !q->ccr_armed || q->phase == QSPI_ABORT) {
        return false;
    }
    switch (fmode(q)) {
    case 0:
        return dmode(q) != 0 && QSPI_FIFO_BYTES - q->level >= threshold;
    case 1:
        return q->level >= threshold || (q->level != 0 && q->remaining == 0);
    case 2:
        return q->poll_ftf;
    default:
        return false;
    }
}

static uint32_t status(const struct stm32_qspi *q) {
    const bool indirect = fmode(q) < 2;
    return q->flags | (qspi_ftf_(q) ? QSPI_SR_FTF : 0) |
            (qspi_busy_(q) ? QSPI_SR_BUSY : 0) | (indirect ? q->level << 8 : 0);
}

/// Writes ///

// RM0351 17.5: most registers are ignored while BUSY. A driver that runs into
// that goes on with the old setting and fails somewhere else.
static void busy_write(struct stm32_qspi *q, const char *name) {
    struct stm32_violation v = {
            .rule = SIM_RULE_QUADSPI_BUSY_TRANSFER,
            .source = q->o.registers,
    };
    if (q->phase == QSPI_MAPPED || q->phase == QSPI_ABORT) {
        const bool mapped = q->phase == QSPI_MAPPED;
        v.rule = mapped ? SIM_RULE_QUADSPI_BUSY_MAPPED
                        : SIM_RULE_QUADSPI_BUSY_ABORT;
        stm32_violate(q->soc, &v, "wrote QUADSPI_%s %s", name,
                mapped ? "in memory-mapped mode" : "during an abort");
        return;
    }
    const unsigned now = sim_exception(q->soc->sim);
    if (now != 0 && now != q->start_exception && now != 16 + q->o.irq) {
        v.rule = SIM_RULE_QUADSPI_BUSY_INTERRUPT;
    }
    stm32_violate(q->soc, &v,
            "wrote QUADSPI_%s while SR.BUSY is 1: the command %02Xh goes on, "
            "which the write at pc 0x%08x began",
            name, (unsigned)q->ccr & 0xFFu, (unsigned)q->start_pc);
}

static void write_cr(struct stm32_qspi *q, uint32_t want) {
    const uint32_t old = q->cr;

    if (qspi_busy_(q) && ((want ^ old) & CR_IDLE_ONLY) != 0) {
        busy_write(q, "CR (prescaler, sample shift or polling mode)");
        want = (want & ~CR_IDLE_ONLY) | (old & CR_IDLE_ONLY);
    }
    q->cr = want & CR_WRITABLE;
    if (q->phase == QSPI_MAPPED && ((q->cr ^ old) & CR_IDLE_ONLY) != 0) {
        qspi_map_(q); // not read yet: it takes the new setting
    }
    if ((old & QSPI_CR_EN) != 0 && (want & QSPI_CR_EN) == 0) {
        qspi_disable_(q, "CR.EN=0");
    } else if ((want & QSPI_CR_ABORT) != 0 && (want & QSPI_CR_EN) != 0 &&
            q->phase != QSPI_ABORT) {
        qspi_abort_(q);
    }
}

static void disabled(struct stm32_qspi *q, const char *name) {
    stm32_note_once(q->soc, &q->noted_disabled,
            "QUADSPI_%s is written while CR.EN is 0: nothing is sent", name);
}

static void write_ccr(struct stm32_qspi *q, uint32_t want) {
    if (q->phase == QSPI_MAPPED && (want >> 26 & 3u) != 3) {
        qspi_unmap_(q, "QUADSPI is in command mode");
    }
    q->ccr = want & CCR_WRITABLE;
    q->ccr_armed = true;
    q->waits_since = SIM_NEVER;
    q->poll_ftf = false;
    if ((q->cr & QSPI_CR_EN) == 0) {
        if ((q->ccr & 0x0300CF00u) != 0) {
            disabled(q, "CCR");
        }
    } else if (fmode(q) == 3) {
        qspi_map_(q);
    } else if (admode(q) == 0 && (fmode(q) != 0 || dmode(q) == 0) &&
            (q->ccr & 0x0300C300u) != 0) { // IMODE, ABMODE or DMODE
        qspi_start_(q);
    } else if ((q->ccr & 0x0300CF00u) != 0) { // or ADMODE
        q->waits_since = qspi_now_(q);
        q->looks = 0;
    }
}

// The read that runs is asked for once more before anything of it was taken:
// the write is ignored, and what the driver reads is what it asked for.
static bool repeats(const struct stm32_qspi *q, uint32_t old, uint32_t want) {
    return q->phase == QSPI_READ && !q->popped && want == old;
}

static void write_ar(struct stm32_qspi *q, uint32_t want) {
    if (qspi_busy_(q) || fmode(q) == 3) {
        // ST's HAL_QSPI_Receive writes AR in any case, also after a CCR that
        // has no address and started the read: ignored, and harmless.
        if (admode(q) != 0 && fmode(q) != 3 && !repeats(q, q->ar, want)) {
            busy_write(q, "AR");
        }
        return;
    }
    q->ar = want;
    if (admode(q) == 0 || (fmode(q) == 0 && dmode(q) != 0)) {
        return;
    }
    if ((q->cr & QSPI_CR_EN) == 0) {
        disabled(q, "AR");
    } else {
        qspi_start_(q);
    }
}

static void write_dr(struct stm32_qspi *q, uint32_t value, uint32_t mask) {
    if (fmode(q) != 0 || dmode(q) == 0 || (q->cr & QSPI_CR_EN) == 0 ||
            q->phase == QSPI_ABORT || q->phase == QSPI_COMMAND) {
        stm32_note_once(q->soc, &q->noted_dr,
                "QUADSPI_DR is written, but CCR is "
                "not set to an indirect write with data: the write is lost");
        return;
    }
    uint8_t data[4];
    unsigned len = 0;
    for (unsigned i = 0; i < 4; i++) {
        if ((mask >> (8 * i) & 0xFFu) != 0) {
            data[len++] = (uint8_t)(value >> (8 * i));
        }
    }
    if (q->phase == QSPI_IDLE) {
        qspi_start_(q);
    }
    if (q->phase == QSPI_WRITE) {
        qspi_push_(q, data, len);
    }
}

static void write_plain(struct stm32_qspi *q, uint32_t *reg, const char *name,
        uint32_t value, uint32_t mask, uint32_t writable) {
    const uint32_t want = stm32_merge(*reg, value, mask) & writable;
    if (want == *reg) {
        return;
    }
    if (qspi_busy_(q)) {
        busy_write(q, name);
        return;
    }
    *reg = want;
    if (q->phase == QSPI_MAPPED) {
        qspi_map_(q);
    }
}

static void clear_flags(struct stm32_qspi *q, uint32_t value) {
    q->flags &= ~(value & 0x1Bu);
    // Polling without automatic stop goes on after a match.
    if (q->phase == QSPI_POLL && (value & QSPI_SR_SMF) != 0 &&
            q->t_next == SIM_NEVER) {
        const sim_time now = qspi_now_(q);
        const sim_time since = now - q->poll_start;
        q->poll_start += (since / q->poll_period + 1) * q->poll_period;
        q->t_next = q->poll_start + q->poll_period;
    }
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_qspi *q = device;
    qspi_advance_(q, qspi_now_(q));
    switch (off) {
    case CR:
        write_cr(q, stm32_merge(q->cr, value, mask));
        break;
    case DCR:
        write_plain(q, &q->dcr, "DCR", value, mask, 0x001F0701u);
        break;
    case SR:
        break;
    case FCR:
        clear_flags(q, value & mask);
        break;
    case DLR:
        write_plain(q, &q->dlr, "DLR", value, mask, 0xFFFFFFFFu);
        break;
    case CCR:
        value = stm32_merge(q->ccr, value, mask);
        if (!qspi_busy_(q)) {
            write_ccr(q, value);
        } else if (!repeats(q, q->ccr, value & CCR_WRITABLE)) {
            busy_write(q, "CCR");
        }
        break;
    case AR:
        write_ar(q, stm32_merge(q->ar, value, mask));
        break;
    case ABR:
        write_plain(q, &q->abr, "ABR", value, mask, 0xFFFFFFFFu);
        break;
    case DR:
        write_dr(q, value, mask);
        break;
    case PSMKR:
        write_plain(q, &q->psmkr, "PSMKR", value, mask, 0xFFFFFFFFu);
        break;
    case PSMAR:
        write_plain(q, &q->psmar, "PSMAR", value, mask, 0xFFFFFFFFu);
        break;
    case PIR:
        write_plain(q, &q->pir, "PIR", value, mask, 0xFFFFu);
        break;
    case LPTR:
        write_plain(q, &q->lptr, "LPTR", value, mask, 0xFFFFu);
        break;
    default:
        return false;
    }
    qspi_update_(q);
    return true;
}

/// Reads ///

bool stm32_qspi_request(const struct stm32_qspi *q) {
    return (q->cr & QSPI_CR_DMAEN) != 0 && qspi_ftf_(q);
}

// A driver that polls BUSY this often, for this long, while only DR could end
// it, will never see 0.
#define STUCK_LOOKS 1000u
#define STUCK_TIME SIM_MS

static void look_at_status(struct stm32_qspi *q) {
    const bool unread = q->phase == QSPI_READ &&
            (q->remaining == 0 || q->level >= QSPI_FIFO_BYTES);
    const bool starved = q->phase == QSPI_WRITE && q->level == 0;
    // With FTF a driver that sends goes on.
    const bool waits = q->phase == QSPI_IDLE && q->waits_since != SIM_NEVER &&
            q->flags == 0 && !qspi_ftf_(q);
    if (!unread && !starved && !waits) {
        q->looks = 0;
        return;
    }
    if (q->looks++ == 0) {
        q->looks_since = qspi_now_(q);
    }
    if (q->looks < STUCK_LOOKS || qspi_now_(q) - q->looks_since < STUCK_TIME) {
        return;
    }
    q->looks = 0;
    const struct stm32_violation v = {
            .rule = waits    ? SIM_RULE_QUADSPI_NOT_STARTED
                    : unread ? SIM_RULE_QUADSPI_STUCK_READ
                             : SIM_RULE_QUADSPI_STUCK_WRITE,
            .source = q->o.registers,
    };
    if (waits) {
        stm32_violate(q->soc, &v,
                "polls QUADSPI_SR, and the command %02Xh was never sent: the "
                "controller waits for %s, which was not written since CCR was",
                (unsigned)q->ccr & 0xFFu, qspi_missing_(q));
    } else if (unread) {
        stm32_violate(q->soc, &v,
                "polls QUADSPI_SR, and BUSY stays 1: %u byte(s) of the %u that "
                "DLR announces were not read%s",
                (unsigned)(q->level + q->remaining), (unsigned)q->dlr + 1u,
                q->remaining == 0 ? ""
                                  : ", and the FIFO is full, so that the "
                                    "controller waits, too");
    } else {
        stm32_violate(q->soc, &v,
                "polls QUADSPI_SR, and BUSY stays 1: %u byte(s) of the %u that "
                "DLR announces were not written",
                (unsigned)q->remaining, (unsigned)q->dlr + 1u);
    }
}

static unsigned bytes_of(uint32_t mask) {
    unsigned n = 0;
    for (; mask != 0; mask >>= 8) {
        n += mask & 1u;
    }
    return n;
}

static unsigned first_byte(uint32_t mask) {
    unsigned n = 0;
    while (mask != 0 && (mask & 0xFFu) == 0) {
        mask >>= 8;
        n++;
    }
    return n;
}

static uint32_t read_dr(struct stm32_qspi *q, uint32_t mask) {
    q->poll_ftf = false;
    q->looks = 0;
    if (fmode(q) == 2) { // RM0351 17.3.5: the status that was read last
        return q->poll_status & mask;
    }
    if (fmode(q) != 1 || (q->phase != QSPI_READ && q->level == 0)) {
        stm32_note_once(q->soc, &q->noted_dr,
                "QUADSPI_DR is read, but no indirect "
                "read is running and the FIFO is empty: it gives 0");
        return 0;
    }
    return qspi_pop_(q, bytes_of(mask)) << (8 * first_byte(mask));
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32_qspi *q = device;
    qspi_advance_(q, qspi_now_(q));
    switch (off) {
    case CR:
        *value = q->cr | (q->phase == QSPI_ABORT ? QSPI_CR_ABORT : 0);
        break;
    case DCR:
        *value = q->dcr;
        break;
    case SR:
        look_at_status(q);
        *value = status(q);
        break;
    case FCR:
        *value = 0;
        break;
    case DLR:
        *value = q->dlr;
        break;
    case CCR:
        *value = q->ccr;
        break;
    case AR:
        *value = q->ar;
        break;
    case ABR:
        *value = q->abr;
        break;
    case DR:
        *value = read_dr(q, mask);
        break;
    case PSMKR:
        *value = q->psmkr;
        break;
    case PSMAR:
        *value = q->psmar;
        break;
    case PIR:
        *value = q->pir;
        break;
    case LPTR:
        *value = q->lptr;
        break;
    default:
        return false;
    }
    qspi_update_(q);
    return true;
}

/// Life ///

static void reset(void *device) {
    struct stm32_qspi *q = device;
    stm32_qspi_stop(q);
    q->cr = 0;
    q->dcr = 0;
    q->flags = 0;
    q->dlr = 0;
    q->ccr = 0;
    q->ar = 0;
    q->abr = 0;
    q->psmkr = 0;
    q->psmar = 0;
    q->pir = 0;
    q->lptr = 0;
    q->ccr_armed = false;
    q->waits_since = SIM_NEVER;
    q->ar_dirty = false;
    q->poll_status = 0;
    nor_new_driver(q->o.nor);
    sim_window_close(q->soc->sim, "QUADSPI is not in memory-mapped mode");
    sim_window_cure(q->soc->sim,
            "set QUADSPI up and map the window before anything in it is read "
            "or called, after each reset");
    qspi_update_(q);
}

const struct stm32_ops stm32_qspi_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
        .unclocked = qspi_unclocked_,
};
