/*
 * stm32_usart - USART2, and the line to its peer
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 40. The L476 has no FIFO: a second word that arrives before the first
 * was read is lost, which is what overruns of real firmware come from. The
 * peer's bytes travel at the peer's pace whether the USART listens or not. Not
 * modelled: flow control, LIN, smartcard, receiver time-out.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

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

// Of one bit as BRR and the kernel clock give it; 0: no clock, or BRR below
// the 16 that RM0351 40.8.4 demands.
static sim_time bit_ps(const struct stm32 *m) {
    const struct stm32_usart *u = &m->usart;
    const uint64_t hz = stm32_usart2_hz(m);
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

static sim_time frame_ps(const struct stm32 *m) {
    static const uint8_t half_stops[4] = {2, 1, 4, 3};
    const struct stm32_usart *u = &m->usart;
    unsigned half_bits = 2 * 9 + half_stops[u->cr2 >> 12 & 3u];
    if ((u->cr1 & CR1_M1) != 0) {
        half_bits -= 2;
    } else if ((u->cr1 & CR1_M0) != 0) {
        half_bits += 2;
    }
    return bit_ps(m) * half_bits / 2;
}

static sim_time peer_bit_ps(const struct stm32 *m) {
    return SIM_S / (m->peer.baud != 0 ? m->peer.baud : PEER_BAUD);
}

// A receiver samples the stop bit 9.5 bits after the start edge: at about 5 %
// it samples the wrong bit. DS10198 leaves some 4 % for OVER8=0.
static bool baud_matches(struct stm32 *m) {
    const sim_time mine = bit_ps(m);
    const sim_time peer = peer_bit_ps(m);
    const sim_time diff = mine > peer ? mine - peer : peer - mine;
    if (mine != 0 && diff * 25 <= peer) {
        return true;
    }
    stm32_note_once(m, &m->usart.noted_baud,
            "USART2 runs at %u baud, its peer "
            "at %u: bytes arrive garbled. Check USART2_BRR against the kernel "
            "clock (now %u Hz)",
            mine == 0 ? 0u : (unsigned)(SIM_S / mine), (unsigned)(SIM_S / peer),
            (unsigned)stm32_usart2_hz(m));
    return false;
}

/// Interrupt line, DMA requests ///

static void irq_update(struct stm32 *m) {
    const struct stm32_usart *u = &m->usart;
    // TXE, TC, RXNE and IDLE have their enables at the flags' own places in
    // CR1; an overrun also counts for RXNEIE (RM0351 40.5).
    uint32_t on = u->isr & u->cr1 & (ISR_IDLE | ISR_RXNE | ISR_TC | ISR_TXE);
    on |= (u->cr1 & ISR_RXNE) != 0 ? u->isr & ISR_ORE : 0;
    on |= (u->cr3 & CR3_EIE) != 0 ? u->isr & (ISR_ORE | ISR_FE | ISR_NE) : 0;
    on |= (u->cr1 & 0x100u) != 0 ? u->isr & ISR_PE : 0;
    on |= (u->cr1 & CR1_CMIE) != 0 ? u->isr & ISR_CMF : 0;
    sim_irq(m->sim, STM32_IRQ_USART2, (u->cr1 & CR1_UE) != 0 && on != 0);
    stm32_dma_kick(m); // every change of a flag comes through here
}

bool stm32_usart_request(const struct stm32 *m, bool receive) {
    const struct stm32_usart *u = &m->usart;
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

static void tx_begin(struct stm32 *m) {
    struct stm32_usart *u = &m->usart;
    const sim_time frame = frame_ps(m);
    if (frame == 0) {
        return; // no bit clock: the byte waits for ever
    }
    u->shift = u->tdr;
    u->tdr_full = false;
    u->isr |= ISR_TXE;
    u->sending = true;
    sim_schedule(m->sim, &u->tx, sim_now(m->sim) + frame);
}

static void byte_out(struct stm32 *m) {
    struct stm32_usart *u = &m->usart;
    uint8_t byte = (uint8_t)u->shift;
    char name[8];
    if (!stm32_pin_is(m, &m->wiring->uart_tx)) {
        stm32_note_once(m, &u->noted_tx_pin,
                "USART2 sends, but its TX pin %s "
                "is not set to AF%u: nothing reaches the line",
                stm32_pin_name(&m->wiring->uart_tx, name),
                (unsigned)m->wiring->uart_tx.af);
        return;
    }
    u->tx_count++;
    sim_trace(m->sim, SIM_TRACE_UART_TX, byte, 0, 0);
    if (!m->peer.tx) {
        return;
    }
    if (!baud_matches(m)) {
        byte = (uint8_t)(byte << 1 | 0x81u); // some wrong byte, always the same
    }
    m->peer.tx(m->peer.ctx, byte);
}

static void tx_fire(void *ctx) {
    struct stm32 *m = ctx;
    struct stm32_usart *u = &m->usart;
    const bool preamble = u->preamble;
    u->sending = false;
    u->preamble = false;
    if (!preamble) {
        byte_out(m);
    }
    if (u->tdr_full) {
        tx_begin(m);
    } else if (!preamble) {
        u->isr |= ISR_TC;
    }
    irq_update(m);
}

static void write_tdr(struct stm32 *m, uint32_t value) {
    struct stm32_usart *u = &m->usart;
    if (!enabled(u, CR1_TE)) {
        return;
    }
    u->tdr = value & 0x1FFu;
    u->tdr_full = true; // written over an unsent word, that one is lost
    u->isr &= ~(ISR_TXE | ISR_TC);
    if (!u->sending) {
        tx_begin(m);
    }
}

/// Receiver and line ///

static void deliver(struct stm32 *m, uint8_t byte) {
    struct stm32_usart *u = &m->usart;
    uint32_t flags = ISR_RXNE;
    u->rx_count++;
    if (!baud_matches(m)) {
        byte = (uint8_t)(byte << 1 | 0x81u);
        flags |= ISR_FE;
    }
    const bool lost = (u->isr & ISR_RXNE) != 0;
    if (lost) {
        u->overruns++;
    }
    sim_trace(m->sim, SIM_TRACE_UART_RX, byte, lost, 0);
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

static void arrive(struct stm32 *m, uint8_t byte) {
    struct stm32_usart *u = &m->usart;
    char name[8];
    if (!enabled(u, CR1_RE)) {
        stm32_note_once(m, &u->noted_off,
                "a byte arrives while USART2 does "
                "not receive (UE or RE is 0): it is lost");
    } else if (!stm32_pin_is(m, &m->wiring->uart_rx)) {
        stm32_note_once(m, &u->noted_rx_pin,
                "a byte arrives, but USART2's RX "
                "pin %s is not set to AF%u: it is lost",
                stm32_pin_name(&m->wiring->uart_rx, name),
                (unsigned)m->wiring->uart_rx.af);
    } else {
        deliver(m, byte);
        sim_schedule(m->sim, &u->idle, sim_now(m->sim) + frame_ps(m));
    }
}

// Ask the peer for a byte and put it on the line. `from` is when the line got
// free: bytes follow each other without a gap.
static void line_next(struct stm32 *m, sim_time from) {
    struct stm32_usart *u = &m->usart;
    const int byte =
            m->peer.next && m->powered ? m->peer.next(m->peer.ctx) : -1;
    if (byte < 0) {
        return;
    }
    sim_cancel(m->sim, &u->idle);
    u->line_busy = true;
    u->line_byte = (uint8_t)byte;
    u->line_from = from;
    sim_schedule(m->sim, &u->line, from + PEER_BITS * peer_bit_ps(m));
}

static void line_fire(void *ctx) {
    struct stm32 *m = ctx;
    struct stm32_usart *u = &m->usart;
    const sim_time end = u->line_from + PEER_BITS * peer_bit_ps(m);
    u->line_busy = false;
    arrive(m, u->line_byte);
    line_next(m, end);
    irq_update(m);
}

// The kick may come from within the peer's tx(): ask from the event loop, not
// from here, so that the peer never sees itself called twice.
static void kick_fire(void *ctx) {
    struct stm32 *m = ctx;
    if (!m->usart.line_busy) {
        line_next(m, sim_now(m->sim));
    }
}

void stm32_usart_kick(struct stm32 *m) {
    if (m->powered && !m->usart.line_busy) {
        sim_schedule(m->sim, &m->usart.kick, sim_now(m->sim));
    }
}

static void idle_fire(void *ctx) {
    struct stm32 *m = ctx;
    if (enabled(&m->usart, CR1_RE)) {
        m->usart.isr |= ISR_IDLE;
        irq_update(m);
    }
}

/// Registers ///

static void stop(struct stm32 *m) {
    struct stm32_usart *u = &m->usart;
    sim_cancel(m->sim, &u->tx);
    sim_cancel(m->sim, &u->idle);
    u->sending = false;
    u->preamble = false;
    u->tdr_full = false;
    u->isr = ISR_RESET;
}

static void check_frame(struct stm32 *m) {
    struct stm32_usart *u = &m->usart;
    if ((u->cr1 & (CR1_M0 | CR1_M1 | CR1_PCE)) != 0 ||
            (u->cr2 & 0x3000u) != 0) {
        stm32_note_once(m, &u->noted_frame,
                "USART2 is not set to 8N1, its "
                "peer is: frame errors and parity are not modelled");
    }
}

static void locked(struct stm32 *m, const char *what) {
    stm32_note_once(m, &m->usart.noted_locked,
            "USART2_%s is written while UE=1, when hardware keeps it as it is "
            "(RM0351 40.8): the write is lost",
            what);
}

static void write_cr1(struct stm32 *m, uint32_t want) {
    struct stm32_usart *u = &m->usart;
    const uint32_t old = u->cr1;
    if ((old & CR1_UE) != 0 && (want & CR1_UE) != 0 &&
            ((want ^ old) & CR1_LOCKED) != 0) {
        locked(m, "CR1 (word length, parity, oversampling)");
        want = (want & ~CR1_LOCKED) | (old & CR1_LOCKED);
    }
    const bool was_on = enabled(u, CR1_TE);
    u->cr1 = want & 0x1FFFFFFFu;
    if ((old & CR1_UE) != 0 && (want & CR1_UE) == 0) {
        stop(m);
    }
    if (enabled(u, CR1_TE) && !was_on && !u->sending && frame_ps(m) != 0) {
        u->sending = true;
        u->preamble = true;
        sim_schedule(m->sim, &u->tx, sim_now(m->sim) + frame_ps(m));
    }
    if ((old & CR1_UE) == 0 && (want & CR1_UE) != 0) {
        check_frame(m);
    }
}

static void write_request(struct stm32 *m, uint32_t value) {
    if ((value & 8u) != 0) {
        m->usart.isr &= ~ISR_RXNE;
    }
}

bool stm32_usart_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    struct stm32_usart *u = &m->usart;
    const bool on = (u->cr1 & CR1_UE) != 0;
    value &= mask;
    switch (off) {
    case CR1:
        write_cr1(m, stm32_merge(u->cr1, value, mask));
        break;
    case CR2:
        u->cr2 = stm32_merge(u->cr2, value, mask);
        break;
    case CR3: {
        const uint32_t want = stm32_merge(u->cr3, value, mask);
        if (on && ((want ^ u->cr3) & CR3_OVRDIS) != 0) {
            locked(m, "CR3.OVRDIS");
            u->cr3 = (want & ~CR3_OVRDIS) | (u->cr3 & CR3_OVRDIS);
        } else {
            u->cr3 = want;
        }
        break;
    }
    case BRR:
        if (on) {
            locked(m, "BRR");
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
        write_request(m, value);
        break;
    case ISR:
    case RDR:
        break;
    case ICR: // RXNE and TXE have no clear bit
        u->isr &= ~(value & 0x00121B5Fu);
        break;
    case TDR:
        write_tdr(m, value);
        break;
    default:
        return false;
    }
    irq_update(m);
    return true;
}

static uint32_t read_isr(const struct stm32_usart *u) {
    uint32_t isr = u->isr;
    isr |= enabled(u, CR1_TE) ? ISR_TEACK : 0;
    isr |= enabled(u, CR1_RE) ? ISR_REACK : 0;
    isr |= enabled(u, CR1_RE) && u->line_busy ? ISR_BUSY : 0;
    return isr;
}

bool stm32_usart_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value) {
    (void)b;
    struct stm32_usart *u = &m->usart;
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
        return true;
    case RQR:
    case ICR:
        *value = 0;
        return true;
    case RDR:
        *value = u->rdr;
        if ((mask & 0xFFu) != 0) {
            u->isr &= ~ISR_RXNE;
            irq_update(m);
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

void stm32_usart_init(struct stm32 *m) {
    struct stm32_usart *u = &m->usart;
    u->isr = ISR_RESET;
    u->tx = (struct sim_event){.fire = tx_fire, .ctx = m, .at = SIM_NEVER};
    u->line = (struct sim_event){.fire = line_fire, .ctx = m, .at = SIM_NEVER};
    u->idle = (struct sim_event){.fire = idle_fire, .ctx = m, .at = SIM_NEVER};
    u->kick = (struct sim_event){.fire = kick_fire, .ctx = m, .at = SIM_NEVER};
}

// The peer has its own power: a byte on the line goes on over a reset.
void stm32_usart_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    struct stm32_usart *u = &m->usart;
    stop(m);
    u->cr1 = 0;
    u->cr2 = 0;
    u->cr3 = 0;
    u->brr = 0;
    u->gtpr = 0;
    u->rtor = 0;
    u->rdr = 0;
    u->tdr = 0;
    irq_update(m);
}

void stm32_usart_power(struct stm32 *m, bool on) {
    struct stm32_usart *u = &m->usart;
    if (!on) {
        stop(m);
        sim_cancel(m->sim, &u->line);
        sim_cancel(m->sim, &u->kick);
        u->line_busy = false;
    } else {
        stm32_usart_kick(m);
    }
}
