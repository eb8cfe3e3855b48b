/*
 * xip_quadspi_resident - STM32 QUADSPI, the half that runs inside an outage
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_quadspi.h"
#include "xip_port.h"

// Longest legitimate wait in here: 16 FIFO bytes on one line at hclk/256, or
// the abort of one burst. Each turn takes 4 core cycles at least.
#define WAIT_TURNS 0x40000u

// The address in a register: a compiler that knows it loads that of each single
// register from a literal pool.
XIP_ALWAYS_INLINE struct quadspi *controller(void) {
    struct quadspi *q = QUADSPI;
    __asm("" : "+r"(q));
    return q;
}

XIP_RESIDENT static void wait_for(volatile uint32_t *reg, uint32_t mask,
        uint32_t value) {
    uint32_t turns = WAIT_TURNS;
    while ((*reg & mask) != value) {
        if (--turns == 0u) {
            xip_fatal_();
            return;
        }
    }
}

// Ends a burst and empties the FIFO. RM0351 17.3.13: BUSY and ABORT fall when
// it is done, TCF rises.
XIP_RESIDENT static void stop(void) {
    struct quadspi *const q = controller();
    q->cr |= QUADSPI_CR_ABORT;
    wait_for(&q->cr, QUADSPI_CR_ABORT, 0);
    wait_for(&q->sr, QUADSPI_SR_BUSY, 0);
    q->fcr = QUADSPI_FCR_ALL;
}

// After a mapped access the prefetch keeps nCS low and BUSY set for ever, and
// while BUSY every write below would be ignored.
XIP_RESIDENT void xip_port_unmap_(void) {
    stop();
    // ES0250, mapped mode with the timeout counter: reads can fail. FTHRES
    // means nothing in mapped mode.
    QUADSPI->cr = (QUADSPI->cr & ~(QUADSPI_CR_TCEN | QUADSPI_CR_FTHRES)) |
            QUADSPI_CR_FTHRES_WORDS;
}

// ES0250: the first mapped read is wrong if AR[1:0] is not 0 from the last
// command. Writing AR starts no transfer since the last CCR has no address
// phase; the abort makes the controller take it over.
XIP_RESIDENT void xip_port_map_(const struct xip_resident *r) {
    QUADSPI->ar = 0;
    stop();
    QUADSPI->abr = r->map[1];
    QUADSPI->ccr = r->map[0];
}

XIP_RESIDENT void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes) {
    const bool in = (cmd & QUADSPI_CCR_FMODE_READ) != 0u;
    struct quadspi *const q = controller();
    q->fcr = QUADSPI_FCR_ALL;
    q->dlr = len_bytes - 1u; // ignored without a data phase
    q->ccr = cmd;
    if ((cmd & QUADSPI_CCR_ADMODE) != 0u) {
        q->ar = addr;
    }
    uint32_t turns = WAIT_TURNS;
    while (len_bytes != 0u) {
        // A byte to read, or room for two words (FTHRES, set in unmap). Not
        // wait_for(), nor one word a turn: a quad page program outruns them.
        if ((q->sr & QUADSPI_SR_FTF) == 0u) {
            if (--turns == 0u) {
                xip_fatal_();
                return;
            }
        } else if (!in && len_bytes >= 8u) {
            const struct xip_word_any *const words =
                    (const struct xip_word_any *)data;
            q->dr = words[0].value;
            q->dr = words[1].value;
            data += 8;
            len_bytes -= 8u;
        } else {
            if (in) {
                *data = *(volatile uint8_t *)&q->dr;
            } else {
                *(volatile uint8_t *)&q->dr = *data;
            }
            data++;
            len_bytes--;
        }
    }
    if (in) {
        // ES0250: a read can leave a byte in the FIFO that the next one gets.
        stop();
    } else {
        wait_for(&q->sr, QUADSPI_SR_TCF | QUADSPI_SR_BUSY, QUADSPI_SR_TCF);
    }
}
