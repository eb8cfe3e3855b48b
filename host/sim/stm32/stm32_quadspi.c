/*
 * stm32_quadspi - QUADSPI of STM32L4, its registers
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 17 with the errata of ES0250. The half that moves bytes is in
 * stm32_quadspi_bus.c, memory-mapped mode in stm32_quadspi_map.c.
 *
 * What starts a command: the last register write that supplies something it
 * needs. CCR if it has no address and nothing to send, AR if it has an address
 * and nothing to send, the first DR write if it has data to send.
 *
 * Dual-flash mode, DMA and the mapped mode's time-out counter do not exist
 * here; the last is a violation, since ES0250 forbids it.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

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

#define CR_DMAEN 0x4u
#define CR_WRITABLE 0xFFDF0F1Du  // L476: no dual-flash bits, FTHRES 4 bits
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

bool stm32_qspi_busy(const struct stm32 *m) {
    return m->qspi.phase != QSPI_IDLE;
}

// RM0351 17.5.3. For indirect write it is set as soon as CCR says so, before
// any transfer: drivers wait for it before their first DR write.
bool stm32_qspi_ftf(const struct stm32 *m) {
    const struct stm32_qspi *q = &m->qspi;
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

static uint32_t status(const struct stm32 *m) {
    const struct stm32_qspi *q = &m->qspi;
    const bool indirect = fmode(q) < 2;
    return q->flags | (stm32_qspi_ftf(m) ? QSPI_SR_FTF : 0) |
            (stm32_qspi_busy(m) ? QSPI_SR_BUSY : 0) |
            (indirect ? q->level << 8 : 0);
}

/// Writes ///

// RM0351 17.5: most registers are ignored while BUSY. A driver that runs into
// that goes on with the old setting and fails somewhere else.
static void busy_write(struct stm32 *m, const char *name) {
    const struct stm32_qspi *q = &m->qspi;
    if (q->phase == QSPI_MAPPED) {
        stm32_violate(m, "quadspi-busy-write", false, 0,
                "in memory-mapped mode the prefetch keeps BUSY set, and while "
                "BUSY the controller ignores the write (RM0351 17.5)",
                "set CR.ABORT, wait until ABORT and BUSY are 0, then write",
                "wrote QUADSPI_%s in memory-mapped mode", name);
    } else if (q->phase == QSPI_ABORT) {
        stm32_violate(m, "quadspi-busy-write", false, 0,
                "the abort has not finished, and while BUSY the controller "
                "ignores the write (RM0351 17.5)",
                "wait until CR.ABORT and SR.BUSY are 0",
                "wrote QUADSPI_%s during an abort", name);
    } else {
        stm32_violate(m, "quadspi-busy-write", false, 0,
                "a transfer is running or its data was not read, and while "
                "BUSY the controller ignores the write (RM0351 17.5)",
                "wait until SR.BUSY is 0 (after a read: empty the FIFO, "
                "or abort)",
                "wrote QUADSPI_%s while SR.BUSY is 1", name);
    }
}

static void write_cr(struct stm32 *m, uint32_t want) {
    struct stm32_qspi *q = &m->qspi;
    const uint32_t old = q->cr;

    if (stm32_qspi_busy(m) && ((want ^ old) & CR_IDLE_ONLY) != 0) {
        busy_write(m, "CR (prescaler, sample shift or polling mode)");
        want = (want & ~CR_IDLE_ONLY) | (old & CR_IDLE_ONLY);
    }
    if ((want & CR_DMAEN) != 0) {
        stm32_note_once(m, &q->noted_dma,
                "QUADSPI_CR.DMAEN is set: DMA is not "
                "modelled, no requests are raised");
    }
    q->cr = want & CR_WRITABLE;
    if ((old & QSPI_CR_EN) != 0 && (want & QSPI_CR_EN) == 0) {
        stm32_qspi_stop(m);
    } else if ((want & QSPI_CR_ABORT) != 0 && (want & QSPI_CR_EN) != 0 &&
            q->phase != QSPI_ABORT) {
        stm32_qspi_abort(m);
    }
}

static void disabled(struct stm32 *m, const char *name) {
    stm32_note_once(m, &m->qspi.noted_disabled,
            "QUADSPI_%s is written while "
            "CR.EN is 0: nothing is sent",
            name);
}

static void write_ccr(struct stm32 *m, uint32_t want) {
    struct stm32_qspi *q = &m->qspi;
    q->ccr = want & CCR_WRITABLE;
    q->ccr_armed = true;
    q->poll_ftf = false;
    if ((q->cr & QSPI_CR_EN) == 0) {
        disabled(m, "CCR");
    } else if (fmode(q) == 3) {
        stm32_qspi_map(m);
    } else if (admode(q) == 0 && (fmode(q) != 0 || dmode(q) == 0) &&
            (q->ccr & 0x0300C300u) != 0) { // IMODE, ABMODE or DMODE
        stm32_qspi_start(m);
    }
}

static void write_ar(struct stm32 *m, uint32_t want) {
    struct stm32_qspi *q = &m->qspi;
    if (stm32_qspi_busy(m) || fmode(q) == 3) {
        // ST's HAL_QSPI_Receive writes AR in any case, also after a CCR that
        // has no address and started the read: ignored, and harmless.
        if (admode(q) != 0 && fmode(q) != 3) {
            busy_write(m, "AR");
        }
        return;
    }
    q->ar = want;
    if (admode(q) == 0 || (fmode(q) == 0 && dmode(q) != 0)) {
        return;
    }
    if ((q->cr & QSPI_CR_EN) == 0) {
        disabled(m, "AR");
    } else {
        stm32_qspi_start(m);
    }
}

static void write_dr(struct stm32 *m, uint32_t value, uint32_t mask) {
    struct stm32_qspi *q = &m->qspi;
    if (fmode(q) != 0 || dmode(q) == 0 || (q->cr & QSPI_CR_EN) == 0 ||
            q->phase == QSPI_ABORT || q->phase == QSPI_COMMAND) {
        stm32_note_once(m, &q->noted_dr,
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
        stm32_qspi_start(m);
    }
    if (q->phase == QSPI_WRITE) {
        stm32_qspi_push(m, data, len);
    }
}

static void write_plain(struct stm32 *m, uint32_t *reg, const char *name,
        uint32_t value, uint32_t mask, uint32_t writable) {
    if (stm32_qspi_busy(m)) {
        busy_write(m, name);
        return;
    }
    *reg = stm32_merge(*reg, value, mask) & writable;
}

static void clear_flags(struct stm32 *m, uint32_t value) {
    struct stm32_qspi *q = &m->qspi;
    q->flags &= ~(value & 0x1Bu);
    // Polling without automatic stop goes on after a match.
    if (q->phase == QSPI_POLL && (value & QSPI_SR_SMF) != 0 &&
            q->t_next == SIM_NEVER) {
        const sim_time now = sim_now(m->sim);
        const sim_time since = now - q->poll_start;
        q->poll_start += (since / q->poll_period + 1) * q->poll_period;
        q->t_next = q->poll_start + q->poll_period;
    }
}

bool stm32_qspi_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    struct stm32_qspi *q = &m->qspi;
    stm32_qspi_advance(m, sim_now(m->sim));
    switch (off) {
    case CR:
        write_cr(m, stm32_merge(q->cr, value, mask));
        break;
    case DCR:
        write_plain(m, &q->dcr, "DCR", value, mask, 0x001F0701u);
        break;
    case SR:
        break;
    case FCR:
        clear_flags(m, value & mask);
        break;
    case DLR:
        write_plain(m, &q->dlr, "DLR", value, mask, 0xFFFFFFFFu);
        break;
    case CCR:
        if (stm32_qspi_busy(m)) {
            busy_write(m, "CCR");
        } else {
            write_ccr(m, stm32_merge(q->ccr, value, mask));
        }
        break;
    case AR:
        write_ar(m, stm32_merge(q->ar, value, mask));
        break;
    case ABR:
        write_plain(m, &q->abr, "ABR", value, mask, 0xFFFFFFFFu);
        break;
    case DR:
        write_dr(m, value, mask);
        break;
    case PSMKR:
        write_plain(m, &q->psmkr, "PSMKR", value, mask, 0xFFFFFFFFu);
        break;
    case PSMAR:
        write_plain(m, &q->psmar, "PSMAR", value, mask, 0xFFFFFFFFu);
        break;
    case PIR:
        write_plain(m, &q->pir, "PIR", value, mask, 0xFFFFu);
        break;
    case LPTR:
        write_plain(m, &q->lptr, "LPTR", value, mask, 0xFFFFu);
        break;
    default:
        return false;
    }
    stm32_qspi_settle(m);
    return true;
}

/// Reads ///

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

static uint32_t read_dr(struct stm32 *m, uint32_t mask) {
    struct stm32_qspi *q = &m->qspi;
    q->poll_ftf = false;
    if (fmode(q) != 1 || (q->phase != QSPI_READ && q->level == 0)) {
        stm32_note_once(m, &q->noted_dr,
                "QUADSPI_DR is read, but no indirect "
                "read is running and the FIFO is empty: it gives 0");
        return 0;
    }
    return stm32_qspi_pop(m, bytes_of(mask)) << (8 * first_byte(mask));
}

bool stm32_qspi_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    struct stm32_qspi *q = &m->qspi;
    stm32_qspi_advance(m, sim_now(m->sim));
    switch (off) {
    case CR:
        *value = q->cr | (q->phase == QSPI_ABORT ? QSPI_CR_ABORT : 0);
        break;
    case DCR:
        *value = q->dcr;
        break;
    case SR:
        *value = status(m);
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
        *value = read_dr(m, mask);
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
    stm32_qspi_settle(m);
    return true;
}

/// Life ///

void stm32_qspi_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    struct stm32_qspi *q = &m->qspi;
    stm32_qspi_stop(m);
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
    q->ar_dirty = false;
    sim_window_close(m->sim, "QUADSPI is not in memory-mapped mode");
    stm32_qspi_settle(m);
}
