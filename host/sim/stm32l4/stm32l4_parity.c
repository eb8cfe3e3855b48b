/*
 * stm32l4_parity - SRAM2 and its parity check
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 2.4.2 and 9.2.8. Each byte has a parity bit, which is written with it
 * and compared at a read while OPTR.SRAM2_PE is 0. After power-on data and
 * parity are random; here the parity of a byte that was not written is wrong
 * until it is, so that a program meets the error each time and not now and
 * then. Only bytes that are read are compared.
 */
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

static bool is_written(const struct l4_parity *p, uint32_t off) {
    return (p->written[off / 8] >> off % 8 & 1) != 0;
}

static void mark(struct l4_parity *p, uint32_t off) {
    p->written[off / 8] |= (uint8_t)(1u << off % 8);
}

void l4_parity_power_on(struct stm32l4 *m) {
    memset(m->parity.written, 0, sizeof m->parity.written);
}

// Parity is written while it is not checked, too. Of writes until now is known
// what they left: a byte of the value at power-on counts as not written.
void l4_parity_load(struct stm32l4 *m) {
    struct l4_parity *p = &m->parity;
    const uint8_t *at = sim_memory(m->sim, L4_SRAM2_ADDR, L4_SRAM2_BYTES);
    if (p->watched || !at || !l4_option_checks_sram2(m)) {
        return;
    }
    p->watched = true;
    sim_weak_memory(m->sim, L4_SRAM2_ADDR, L4_SRAM2_BYTES);
    for (uint32_t off = 0; off < L4_SRAM2_BYTES; off++) {
        if (at[off] != SIM_RAM_FILL) {
            mark(p, off);
        }
    }
}

static void fail(struct stm32l4 *m, uint32_t addr, bool fetch) {
    stm32_note_once(&m->soc, &m->parity.noted,
            "0x%08x in SRAM2 is read at pc 0x%08x, and was not written since "
            "power-on: with the option SRAM2_PE its parity is random. "
            "SYSCFG_CFGR2.SPF is set and raises an NMI, which comes again "
            "until its handler writes 1 to SPF (RM0351 2.4.2). Write all of "
            "SRAM2 first, or erase it by SYSCFG_SCSR.SRAM2ER",
            (unsigned)addr, (unsigned)(fetch ? addr : sim_pc(m->sim)));
    stm32_syscfg_parity(&m->syscfg);
}

void l4_parity_access(struct stm32l4 *m, uint32_t addr, uint32_t len,
        enum sim_access access) {
    struct l4_parity *p = &m->parity;
    const uint32_t first = addr - L4_SRAM2_ADDR;
    if (!p->watched || first >= L4_SRAM2_BYTES) {
        return;
    }
    for (uint32_t off = first; off < first + len && off < L4_SRAM2_BYTES;
            off++) {
        if (access == SIM_ACCESS_WRITE) {
            mark(p, off);
        } else if (!is_written(p, off) && l4_option_checks_sram2(m)) {
            fail(m, L4_SRAM2_ADDR + off, access == SIM_ACCESS_FETCH);
            return;
        }
    }
}

void l4_parity_erase(void *ctx) {
    struct stm32l4 *m = ctx;
    uint8_t *at = sim_memory(m->sim, L4_SRAM2_ADDR, L4_SRAM2_BYTES);
    if (at) { // a board may have less
        memset(at, 0, L4_SRAM2_BYTES);
        sim_memory_changed(m->sim, L4_SRAM2_ADDR, L4_SRAM2_BYTES);
    }
}

void l4_parity_changed(void *ctx) {
    l4_nmi(ctx);
}
