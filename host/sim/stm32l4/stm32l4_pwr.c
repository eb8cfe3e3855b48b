/*
 * stm32l4_pwr - power control and backup registers of an STM32L476
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 5.4 and 38.6. Low-power modes are not modelled: sleep is the core's
 * business, Stop and Standby do not happen. The RTC does not count; its backup
 * registers work, since boot programs keep state there.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

#define CR1 0x00u
#define CR3 0x08u
#define SR1 0x10u
#define SR2 0x14u
#define SCR 0x18u
#define CR1_DBP (1u << 8)
#define CR1_VOS 0x600u
#define SR2_VOSF (1u << 10)

// Time from range 2 to range 1, DS10198 6.3.7: 20 us typical.
#define VOS_US 20u

bool stm32_pwr_backup_writable(const struct stm32 *m) {
    return (m->pwr.reg[CR1 / 4] & CR1_DBP) != 0;
}

unsigned stm32_pwr_range(const struct stm32 *m) {
    return (m->pwr.reg[CR1 / 4] & CR1_VOS) == 0x400u ? 2 : 1;
}

void stm32_pwr_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    memset(m->pwr.reg, 0, sizeof m->pwr.reg);
    m->pwr.reg[CR1 / 4] = 0x200;
    m->pwr.reg[CR3 / 4] = 0x8000;
    m->pwr.vos_ready = 0;
}

bool stm32_pwr_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    if (off >= 0x60) {
        return false;
    }
    *value = m->pwr.reg[off / 4];
    if (off == SR2) {
        *value = 0x100u | (sim_now(m->sim) < m->pwr.vos_ready ? SR2_VOSF : 0);
    } else if (off == SCR || off == SR1) {
        *value = 0;
    }
    return true;
}

bool stm32_pwr_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask) {
    (void)b;
    if (off >= 0x60) {
        return false;
    }
    uint32_t *r = &m->pwr.reg[off / 4];
    uint32_t want = stm32_merge(*r, value, mask);
    if (off == CR1) {
        const uint32_t vos = want & CR1_VOS;
        want &= 0x4707u;
        if (vos == 0 || vos == CR1_VOS) { // RM0351 5.4.1: not taken over
            want = (want & ~CR1_VOS) | (*r & CR1_VOS);
        }
        if ((want & CR1_VOS) == 0x200u && (*r & CR1_VOS) == 0x400u) {
            m->pwr.vos_ready = sim_now(m->sim) + VOS_US * SIM_US;
        }
        *r = want;
        stm32_clock_check(m);
    } else if (off != SR1 && off != SR2 && off != SCR) {
        *r = want;
    }
    return true;
}

/// RTC: backup registers ///

#define BACKUP 0x50u
#define BACKUP_END 0xD0u

bool stm32_rtc_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    if (off < BACKUP || off >= BACKUP_END) {
        return false;
    }
    *value = m->pwr.backup[(off - BACKUP) / 4];
    return true;
}

bool stm32_rtc_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask) {
    (void)b;
    if (!stm32_pwr_backup_writable(m)) {
        stm32_note_once(m, &m->pwr.rtc_noted,
                "the RTC or a backup register "
                "is written while PWR_CR1.DBP is 0: the write is lost");
        return true;
    }
    if (off < BACKUP || off >= BACKUP_END) {
        return false;
    }
    uint32_t *r = &m->pwr.backup[(off - BACKUP) / 4];
    *r = stm32_merge(*r, value, mask);
    return true;
}
