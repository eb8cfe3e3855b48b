/*
 * stm32l4 - the modelled STM32L476 as a whole: life, resets, reports
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/stm32/sim_stm32.h"

void stm32_init(struct stm32 *m) {
    sim_set_irqs(m->sim, &stm32l476_irqs);
    stm32_rcc_init(m);
    stm32_flash_init(m);
    stm32_usart_init(m);
    stm32_dma_init(m);
    stm32_qspi_init(m);
    stm32_iwdg_init(m);
    stm32_tim_init(m);
    m->powered = true;
}

void stm32_free(struct stm32 *m) {
    stm32_bus_free(m);
}

// RM0351 6.1. The controller comes first: a window that a system reset closes
// must not look like one whose pins or clock were taken away while open.
void stm32_reset(struct stm32 *m, enum sim_reset kind) {
    if (kind == SIM_RESET_POWER_ON) {
        stm32_usart_power(m, false); // what was on the line is lost
        stm32_usart_power(m, true);
        m->qspi.in_frame = false;
        m->qspi.phase = QSPI_IDLE;
        m->powered = true;
    }
    stm32_qspi_stop(m);
    for (size_t i = 0; i < stm32l476_block_count; i++) {
        const struct stm32_block *b = &stm32l476_blocks[i];
        if (b->reset) {
            b->reset(m, b);
        }
    }
    stm32_flash_reset(m, kind);
    if (kind == SIM_RESET_POWER_ON) {
        memset(m->pwr.backup, 0, sizeof m->pwr.backup);
        stm32_dbgmcu_power_on(m);
    }
    stm32_rcc_reset(m, kind);
}

void stm32_power(struct stm32 *m, bool on) {
    if (on == m->powered) {
        return;
    }
    m->powered = on;
    stm32_usart_power(m, on);
    stm32_qspi_power(m, on);
    if (!on) {
        stm32_dma_power_off(m);
        sim_cancel(m->sim, &m->rcc.event);
        sim_cancel(m->sim, &m->flash.done);
        sim_cancel(m->sim, &m->iwdg.event);
        for (unsigned i = 0; i < STM32_TIMERS; i++) {
            sim_cancel(m->sim, &m->tim[i].event);
        }
    }
}

void stm32_violate(struct stm32 *m, const char *rule, bool has_addr,
        uint32_t addr, const char *why, const char *fix, const char *what,
        ...) {
    struct sim_violation v;
    memset(&v, 0, sizeof v);
    v.rule = rule;
    v.has_addr = has_addr;
    v.addr = addr;

    va_list args;
    va_start(args, what);
    vsnprintf(v.what, sizeof v.what, what, args);
    va_end(args);
    snprintf(v.why, sizeof v.why, "%s", why);
    snprintf(v.fix, sizeof v.fix, "%s", fix);
    sim_violate(m->sim, &v);
}

void stm32_note_once(struct stm32 *m, bool *noted, const char *format, ...) {
    if (*noted) {
        return;
    }
    *noted = true;

    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    sim_note(m->sim, "%s", line);
}
