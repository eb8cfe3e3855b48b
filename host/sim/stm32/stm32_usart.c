/*
 * stm32_usart - a USART without FIFO, and the line to its peer
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 40. There is no FIFO: a second word that arrives before the first
 * was read is lost, which is where the overruns of real firmware come from. The
 * peer's bytes travel at the peer's pace whether the USART listens or not. Not
 * modelled: flow control, LIN, smartcard, receiver time-out.
 */
#include "sim/stm32/stm32_usart.h"

#include <string.h>

#define CR1 0x00u
#define CR2 0x04u
#define CR3 0x08u
#define BRR 0x0Cu
#define GTPR 0x10u
#define RTOR 0x14u
#define RQR 0x18u
#define ISR 0x1Cu
#define ICR 0x20u
#define RDR 0x24u
#define TDR 0x28u

#define CR1_UE 0x1u
#define CR1_RE 0x4u
#define CR1_TE 0x8u
#define CR1_PCE (1u << 10)
#define CR1_M0 (1u << 12)
#define CR1_CMIE (1u << 14)
#define CR1_OVER8 (1u << 15)
#define CR1_M1 (1u << 28)
// RM0351 40.8.1: writable only while UE=0: M, PCE, PS, WAKE, OVER8, DEAT, DEDT.
#define CR1_LOCKED 0x13FF9E00u
#define CR3_EIE 0x1u
#define CR3_DMAR 0x40u
#define CR3_DMAT 0x80u
#define CR3_OVRDIS (1u << 12)
#define CR3_DDRE (1u << 13)

#define ISR_PE 0x1u
#define ISR_FE 0x2u
#define ISR_NE 0x4u
#define ISR_ORE 0x8u
#define ISR_IDLE 0x10u
#define ISR_RXNE 0x20u
#define ISR_TC 0x40u
#define ISR_TXE 0x80u
#define ISR_BUSY (1u << 16)
#define ISR_CMF (1u << 17)
#define ISR_TEACK (1u << 21)
#define ISR_REACK (1u << 22)
#define ISR_RESET (ISR_TC | ISR_TXE)

#define PEER_BAUD 115200u // when the peer names none
#define PEER_BITS 10u     // 8N1

static bool enabled(const struct stm32_usart *u, uint32_t bit) {
    return (u->cr1 & CR1_UE) != 0 && (u->cr1 & bit) != 0;
}

/// Times ///

static uint32_t kernel_hz(const struct stm32_usart *u) {
    return u->soc->clock_hz(u->soc->ctx, u->o.clock);
}

// The length of one bit by BRR and the kernel clock. 0: there is no clock, or
// BRR is below the 16 that RM0351 40.8.4 demands.
static sim_time bit_ps(const struct stm32_usart *u) {
    const uint64_t hz = kernel_hz(u);
    uint64_t div = u->brr & 0xFFFFu;
    const bool over8 = (u->cr1 & CR1_OVER8) != 0;
    if (over8) {
        div = (div & 0xFFF0u) | (div & 7u) << 1;
    }
    if (hz == 0 || div < 16) {
        return 0;
    }
    return div * SIM_S / (over8 ? 2 * hz : hz);
}

static sim_time frame_ps(const struct stm32_usart *u) {
    static const uint8_t half_stops[4] = {2, 1, 4, 3};
    unsigned half_bits = 2 * 9 + half_stops[u->cr2 >> 12 & 3u];
    if ((u->cr1 & CR1_M1) != 0) {
        half_bits -= 2;
    } else if ((u->cr1 & CR1_M0) != 0) {
        half_bits += 2;
    }
    return bit_ps(u) * half_bits / 2;
}

static sim_time peer_bit_ps(const struct stm32_usart *u) {
    return SIM_S / (u->o.peer.baud != 0 ? u->o.peer.baud : PEER_BAUD);
}

// A receiver samples the stop bit 9.5 bits after the start edge: at about 5 %
// it samples the wrong bit. DS10198 leaves some 4 % for OVER8=0.
static bool baud_matches(struct stm32_usart *u) {
    const sim_time mine = bit_ps(u);
    const sim_time peer = peer_bit_ps(u);
    const sim_time diff = mine > peer ? mine - peer : peer - mine;
    if (mine != 0 && diff * 25 <= peer) {
        return true;
    }
    stm32_note_once(u->soc, &u->noted_baud,
            "%s runs at %u baud, its peer at %u: bytes arrive garbled. Check "
            "%s_BRR against the kernel clock (now %u Hz)",
            u->o.name, mine == 0 ? 0u : (unsigned)(SIM_S / mine),
            (unsigned)(SIM_S / peer), u->o.name, (unsigned)kernel_hz(u));
    return false;
}

/// Interrupt line, DMA requests ///

static void irq_update(struct stm32_usart *u) {
    // TXE, TC, RXNE and IDLE have their enables at the flags' own places in
    // CR1; an overrun also counts for RXNEIE (RM0351 40.5).
    uint32_t on = u->isr & u->cr1 & (ISR_IDLE | ISR_RXNE | ISR_TC | ISR_TXE);
    on |= (u->cr1 & ISR_RXNE) != 0 ? u->isr & ISR_ORE : 0;
    on |= (u->cr3 & CR3_EIE) != 0 ? u->isr & (ISR_ORE | ISR_FE | ISR_NE) : 0;
    on |= (u->cr1 & 0x100u) != 0 ? u->isr & ISR_PE : 0;
    on |= (u->cr1 & CR1_CMIE) != 0 ? u->isr & ISR_CMF : 0;
    sim_irq(u->soc->sim, u->o.irq, (u->cr1 & CR1_UE) != 0 && on != 0);
    // Every change of a flag comes through here.
    u->soc->requests_changed(u->soc->ctx);
}

bool stm32_usart_request(const struct stm32_usart *u, bool receive) {
    if (!receive) {
        return enabled(u, CR1_TE) && (u->cr3 & CR3_DMAT) != 0 &&
                (u->isr & ISR_TXE) != 0;
    }
    // DDRE: no requests after an error until its flag is cleared.
    const uint32_t errors = ISR_ORE | ISR_FE | ISR_NE | ISR_PE;
    const bool held = (u->cr3 & CR3_DDRE) != 0 && (u->isr & errors) != 0;
    return (u->cr1 & CR1_UE) != 0 && (u->cr3 & CR3_DMAR) != 0 &&
            (u->isr & ISR_RXNE) != 0 && !held;
}

/// Transmitter ///

static void tx_begin(struct stm32_usart *u) {
    const sim_time frame = frame_ps(u);
    if (frame == 0) {
        stm32_note_once(u->soc, &u->noted_clock,
                "%s has no bit clock (BRR is below 16, or the oscillator that "
                "RCC_CCIPR selects is off): what is written at pc 0x%08x is "
                "never sent",
                u->o.name, (unsigned)sim_pc(u->soc->sim));
        return;
    }
    u->shift = u->tdr;
    u->tdr_full = false;
    u->isr |= ISR_TXE;
    u->sending = true;
    sim_schedule(u->soc->sim, &u->tx, sim_now(u->soc->sim) + frame);
}

static void byte_out(struct stm32_usart *u) {
    uint8_t byte = (uint8_t)u->shift;
    char name[8];
    if (!u->soc->pin_is(u->soc->ctx, &u->o.tx_pin)) {
        stm32_note_once(u->soc, &u->noted_tx_pin,
                "%s sends, but its TX pin %s is not set to AF%u: nothing "
                "reaches the line",
                u->o.name, stm32_pin_name(&u->o.tx_pin, name),
                (unsigned)u->o.tx_pin.af);
        return;
    }
    u->tx_count++;
    sim_trace(u->soc->sim, SIM_TRACE_UART_TX, byte, 0, 0);
    if (!u->o.peer.tx) {
        return;
    }
    if (!baud_matches(u)) {
        byte = (uint8_t)(byte << 1 | 0x81u); // some wrong byte, always the same
    }
    u->o.peer.tx(u->o.peer.ctx, byte);
}

static void tx_fire(void *ctx) {
    struct stm32_usart *u = ctx;
    const bool preamble = u->preamble;
    u->sending = false;
    u->preamble = false;
    if (!preamble) {
        byte_out(u);
    }
    if (u->tdr_full) {
        tx_begin(u);
    } else if (!preamble) {
        u->isr |= ISR_TC;
    }
    irq_update(u);
}

static void write_tdr(struct stm32_usart *u, uint32_t value) {
    if (!enabled(u, CR1_TE)) {
        stm32_note_once(u->soc, &u->noted_silent,
                "%s_TDR is written at pc 0x%08x while CR1.UE or TE is 0: "
                "nothing is sent",
                u->o.name, (unsigned)sim_pc(u->soc->sim));
        return;
    }
    if (u->tdr_full) {
        stm32_note_once(u->soc, &u->noted_lost,
                "%s_TDR is written at pc 0x%08x while ISR.TXE is 0: the word "
                "that was in it is never sent. Wait for TXE first",
                u->o.name, (unsigned)sim_pc(u->soc->sim));
    }
    u->tdr = value & 0x1FFu;
    u->tdr_full = true;
    u->isr &= ~(ISR_TXE | ISR_TC);
    if (!u->sending) {
        tx_begin(u);
    }
}

/// Receiver and line ///

static void deliver(struct stm32_usart *u, uint8_t byte) {
    uint32_t flags = ISR_RXNE;
    u->rx_count++;
    if (!baud_matches(u)) {
        byte = (uint8_t)(byte << 1 | 0x81u);
        flags |= ISR_FE;
    }
    const bool lost = (u->isr & ISR_RXNE) != 0;
    if (lost) {
        u->overruns++;
    }
    sim_trace(u->soc->sim, SIM_TRACE_UART_RX, byte, lost, 0);
    if (lost && (u->cr3 & CR3_OVRDIS) == 0) {
        u->isr |= ISR_ORE; // RDR keeps the older word
        return;
    }
    u->rdr = byte;
    u->isr |= flags;
    if (byte == (u->cr2 >> 24 & 0xFFu)) {
        u->isr |= ISR_CMF;
    }
}

static void arrive(struct stm32_usart *u, uint8_t byte) {
    char name[8];
    if (!enabled(u, CR1_RE)) {
        stm32_note_once(u->soc, &u->noted_off,
                "a byte arrives while %s does not receive (UE or RE is 0): it "
                "is lost",
                u->o.name);
    } else if (!u->soc->pin_is(u->soc->ctx, &u->o.rx_pin)) {
        stm32_note_once(u->soc, &u->noted_rx_pin,
                "a byte arrives, but %s's RX pin %s is not set to AF%u: it is "
                "lost",
                u->o.name, stm32_pin_name(&u->o.rx_pin, name),
                (unsigned)u->o.rx_pin.af);
    } else {
        deliver(u, byte);
        sim_schedule(u->soc->sim, &u->idle, sim_now(u->soc->sim) + frame_ps(u));
    }
}

// Ask the peer for a byte and put it on the line. `from` is when the line got
// free: bytes follow each other without a gap.
static void line_next(struct stm32_usart *u, sim_time from) {
    const int byte =
            u->o.peer.next && u->powered ? u->o.peer.next(u->o.peer.ctx) : -1;
    if (byte < 0) {
        return;
    }
    sim_cancel(u->soc->sim, &u->idle);
    u->line_busy = true;
    u->line_byte = (uint8_t)byte;
    u->line_from = from;
    sim_schedule(u->soc->sim, &u->line, from + PEER_BITS * peer_bit_ps(u));
}

static void line_fire(void *ctx) {
    struct stm32_usart *u = ctx;
    const sim_time end = u->line_from + PEER_BITS * peer_bit_ps(u);
    u->line_busy = false;
    arrive(u, u->line_byte);
    line_next(u, end);
    irq_update(u);
}

// The kick may come from within the peer's tx(), so the peer is asked from the
// event loop: it is never called while it is being called.
static void kick_fire(void *ctx) {
    struct stm32_usart *u = ctx;
    if (!u->line_busy) {
        line_next(u, sim_now(u->soc->sim));
    }
}

void stm32_usart_kick(struct stm32_usart *u) {
    if (u->powered && !u->line_busy) {
        sim_schedule(u->soc->sim, &u->kick, sim_now(u->soc->sim));
    }
}

static void idle_fire(void *ctx) {
    struct stm32_usart *u = ctx;
    if (enabled(u, CR1_RE)) {
        u->isr |= ISR_IDLE;
        irq_update(u);
    }
}

/// Registers ///

static void stop(struct stm32_usart *u) {
    sim_cancel(u->soc->sim, &u->tx);
    sim_cancel(u->soc->sim, &u->idle);
    u->sending = false;
    u->preamble = false;
    u->tdr_full = false;
    u->isr = ISR_RESET;
}

static void check_frame(struct stm32_usart *u) {
    if ((u->cr1 & (CR1_M0 | CR1_M1 | CR1_PCE)) != 0 ||
            (u->cr2 & 0x3000u) != 0) {
        stm32_note_once(u->soc, &u->noted_frame,
                "%s is not set to 8N1, its peer is: frame errors and parity "
                "are not modelled",
                u->o.name);
    }
}

static void locked(struct stm32_usart *u, const char *what) {
    stm32_note_once(u->soc, &u->noted_locked,
            "%s_%s is written while UE=1, when hardware keeps it as it is "
            "(%s): the write is lost",
            u->o.name, what, u->o.registers);
}

static void write_cr1(struct stm32_usart *u, uint32_t want) {
    const uint32_t old = u->cr1;
    if ((old & CR1_UE) != 0 && (want & CR1_UE) != 0 &&
            ((want ^ old) & CR1_LOCKED) != 0) {
        locked(u, "CR1 (word length, parity, oversampling)");
        want = (want & ~CR1_LOCKED) | (old & CR1_LOCKED);
    }
    const bool was_on = enabled(u, CR1_TE);
    u->cr1 = want & 0x1FFFFFFFu;
    if ((old & CR1_UE) != 0 && (want & CR1_UE) == 0) {
        stop(u);
    }
    if (enabled(u, CR1_TE) && !was_on && !u->sending && frame_ps(u) != 0) {
        u->sending = true;
        u->preamble = true;
        sim_schedule(u->soc->sim, &u->tx, sim_now(u->soc->sim) + frame_ps(u));
    }
    if ((old & CR1_UE) == 0 && (want & CR1_UE) != 0) {
        check_frame(u);
    }
}

static void write_request(struct stm32_usart *u, uint32_t value) {
    if ((value & 8u) != 0) {
        u->isr &= ~ISR_RXNE;
    }
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_usart *u = device;
    const bool on = (u->cr1 & CR1_UE) != 0;
    value &= mask;
    switch (off) {
    case CR1:
        write_cr1(u, stm32_merge(u->cr1, value, mask));
        break;
    case CR2:
        u->cr2 = stm32_merge(u->cr2, value, mask);
        break;
    case CR3: {
        const uint32_t want = stm32_merge(u->cr3, value, mask);
        if (on && ((want ^ u->cr3) & CR3_OVRDIS) != 0) {
            locked(u, "CR3.OVRDIS");
            u->cr3 = (want & ~CR3_OVRDIS) | (u->cr3 & CR3_OVRDIS);
        } else {
            u->cr3 = want;
        }
        break;
    }
    case BRR:
        if (on) {
            locked(u, "BRR");
        } else {
            u->brr = stm32_merge(u->brr, value, mask) & 0xFFFFu;
        }
        break;
    case GTPR:
        u->gtpr = stm32_merge(u->gtpr, value, mask);
        break;
    case RTOR:
        u->rtor = stm32_merge(u->rtor, value, mask);
        break;
    case RQR:
        write_request(u, value);
        break;
    case ISR:
    case RDR:
        break;
    case ICR: // RXNE and TXE have no clear bit
        u->isr &= ~(value & 0x00121B5Fu);
        break;
    case TDR:
        write_tdr(u, value);
        break;
    default:
        return false;
    }
    irq_update(u);
    return true;
}

static uint32_t read_isr(const struct stm32_usart *u) {
    uint32_t isr = u->isr;
    isr |= enabled(u, CR1_TE) ? ISR_TEACK : 0;
    isr |= enabled(u, CR1_RE) ? ISR_REACK : 0;
    isr |= enabled(u, CR1_RE) && u->line_busy ? ISR_BUSY : 0;
    return isr;
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32_usart *u = device;
    switch (off) {
    case CR1:
        *value = u->cr1;
        return true;
    case CR2:
        *value = u->cr2;
        return true;
    case CR3:
        *value = u->cr3;
        return true;
    case BRR:
        *value = u->brr;
        return true;
    case GTPR:
        *value = u->gtpr;
        return true;
    case RTOR:
        *value = u->rtor;
        return true;
    case ISR:
        *value = read_isr(u);
        sim_steady(u->soc->sim); // events change it, and registers
        return true;
    case RQR:
    case ICR:
        *value = 0;
        return true;
    case RDR:
        *value = u->rdr;
        if ((mask & 0xFFu) != 0) {
            u->isr &= ~ISR_RXNE;
            irq_update(u);
        }
        return true;
    case TDR:
        *value = u->tdr;
        return true;
    default:
        return false;
    }
}

/// Life ///

void stm32_usart_init(struct stm32_usart *u, const struct stm32_soc *soc,
        const struct stm32_usart_options *options) {
    memset(u, 0, sizeof *u);
    u->soc = soc;
    u->o = *options;
    u->powered = true;
    u->isr = ISR_RESET;
    u->tx = (struct sim_event){.fire = tx_fire, .ctx = u, .at = SIM_NEVER};
    u->line = (struct sim_event){.fire = line_fire, .ctx = u, .at = SIM_NEVER};
    u->idle = (struct sim_event){.fire = idle_fire, .ctx = u, .at = SIM_NEVER};
    u->kick = (struct sim_event){.fire = kick_fire, .ctx = u, .at = SIM_NEVER};
}

// The peer has its own power: a byte on the line goes on over a reset.
static void reset(void *device) {
    struct stm32_usart *u = device;
    stop(u);
    u->cr1 = 0;
    u->cr2 = 0;
    u->cr3 = 0;
    u->brr = 0;
    u->gtpr = 0;
    u->rtor = 0;
    u->rdr = 0;
    u->tdr = 0;
    irq_update(u);
}

void stm32_usart_power(struct stm32_usart *u, bool on) {
    u->powered = on;
    if (!on) {
        stop(u);
        sim_cancel(u->soc->sim, &u->line);
        sim_cancel(u->soc->sim, &u->kick);
        u->line_busy = false;
    } else {
        stm32_usart_kick(u);
    }
}

const struct stm32_ops stm32_usart_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
