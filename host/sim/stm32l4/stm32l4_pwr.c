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

#include "sim/stm32l4/stm32l4_priv.h"

#define CR1 0x00u
#define CR3 0x08u
#define SR1 0x10u
#define SR2 0x14u
#define SCR 0x18u
#define CR1_DBP (1u << 8)
#define CR1_VOS 0x600u
#define CR1_LPR (1u << 14)
#define SR2_VOSF (1u << 10)

// Time from range 2 to range 1, DS10198 6.3.7: 20 us typical.
#define VOS_US 20u

bool l4_backup_writable(const struct stm32l4 *m) {
    return (m->pwr.reg[CR1 / 4] & CR1_DBP) != 0;
}

unsigned l4_voltage_range(const struct stm32l4 *m) {
    return (m->pwr.reg[CR1 / 4] & CR1_VOS) == 0x400u ? 2 : 1;
}

bool l4_low_power_run(const struct stm32l4 *m) {
    return (m->pwr.reg[CR1 / 4] & CR1_LPR) != 0;
}

static void pwr_reset(void *device) {
    struct stm32l4 *m = device;
    memset(m->pwr.reg, 0, sizeof m->pwr.reg);
    m->pwr.reg[CR1 / 4] = 0x200;
    m->pwr.reg[CR3 / 4] = 0x8000;
    m->pwr.vos_ready = 0;
}

static bool pwr_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32l4 *m = device;
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

static bool pwr_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32l4 *m = device;
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
        l4_clock_check(m);
    } else if (off != SR1 && off != SR2 && off != SCR) {
        *r = want;
    }
    return true;
}

const struct stm32_ops l4_pwr_ops = {pwr_read, pwr_write, pwr_reset, NULL};

/// RTC: backup registers ///

#define BACKUP 0x50u
#define BACKUP_END 0xD0u

static bool rtc_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32l4 *m = device;
    (void)mask;
    if (off < BACKUP || off >= BACKUP_END) {
        return false;
    }
    *value = m->pwr.backup[(off - BACKUP) / 4];
    return true;
}

static bool rtc_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32l4 *m = device;
    if (!l4_backup_writable(m)) {
        stm32_note_once(&m->soc, &m->pwr.rtc_noted,
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

const struct stm32_ops l4_rtc_ops = {.read = rtc_read, .write = rtc_write};
