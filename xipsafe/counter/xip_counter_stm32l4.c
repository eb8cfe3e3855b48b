/*
 * xip_counter_stm32l4 - pages of internal flash for the counter, RM0351
 * chapter 3
 *
 * SPDX-License-Identifier: MIT
 *
 * A double word that two or more wrong bits make unreadable sets ECCD and its
 * address in ECCR and raises the NMI, at once: xip_counter_nmi() then leaves a
 * note for the read that it has interrupted. It is resident, since an NMI can
 * come in an outage, too.
 */
#include <stddef.h>

#include "xip_compiler.h"
#include "xip_counter.h"
#include "xip_soc_family.h"

#ifdef XIP_CFG_SOC_STM32L4

#define FLASH_ADDR 0x08000000u
#define BANK_BYTES 0x80000u // of a device with 1 MB
#define PAGE_BYTES 0x800u
#define PAGES_BYTES (2u * PAGE_BYTES)

// RM0351 3.7.
struct flash_regs {
    uint32_t ACR, PDKEYR, KEYR, OPTKEYR, SR, CR, ECCR;
};
#define FLASH ((volatile struct flash_regs *)(uintptr_t)0x40022000u)
#define ACR_DCEN 0x00000400u
#define ACR_DCRST 0x00001000u
#define KEY_1 0x45670123u
#define KEY_2 0xCDEF89ABu
#define SR_BSY 0x00010000u
#define SR_ERRORS 0x0000C3FAu
#define SR_EOP 0x00000001u
#define CR_PG 0x00000001u
#define CR_PER 0x00000002u
#define CR_PNB_POS 3u
#define CR_BKER 0x00000800u
#define CR_START 0x00010000u
#define CR_LOCK 0x80000000u
#define ECCR_ADDR_MASK 0x0007FFFFu // in the bank
#define ECCR_BANK 0x00080000u
#define ECCR_SYSTEM 0x00100000u
#define ECCR_CORRECTED 0x40000000u
#define ECCR_DETECTED 0x80000000u

static uint32_t place_off;        // in the flash
static volatile uint32_t damaged; // the NMI sets it

static void complete_reads(void) {
    __asm volatile("dsb\n\tisb" ::: "memory");
}

XIP_RESIDENT bool xip_counter_nmi(void) {
    const uint32_t eccr = FLASH->ECCR;
    const uint32_t off = (eccr & ECCR_ADDR_MASK) +
            ((eccr & ECCR_BANK) != 0u ? BANK_BYTES : 0u);
    if ((eccr & ECCR_DETECTED) == 0u || (eccr & ECCR_SYSTEM) != 0u ||
            off - place_off >= PAGES_BYTES) {
        return false;
    }
    FLASH->ECCR = eccr & ~ECCR_CORRECTED; // writing 1 clears ECCD
    damaged = 1;
    return true;
}

static const volatile uint32_t *words_at(uint32_t off) {
    return (const volatile uint32_t *)(uintptr_t)(FLASH_ADDR + place_off + off);
}

// With ECCC set, from a read before, the hardware would not set ECCD.
static bool read(void *ctx, uint32_t off, uint32_t words[2]) {
    (void)ctx;
    FLASH->ECCR = (FLASH->ECCR & ~ECCR_DETECTED) | ECCR_CORRECTED;
    damaged = 0;
    words[0] = words_at(off)[0];
    words[1] = words_at(off)[1];
    complete_reads();
    return damaged == 0u;
}

static void unlock(void) {
    if ((FLASH->CR & CR_LOCK) != 0u) {
        FLASH->KEYR = KEY_1;
        FLASH->KEYR = KEY_2;
    }
    FLASH->SR = SR_ERRORS | SR_EOP;
}

// The data cache may hold what was there before.
static int finish(void) {
    while ((FLASH->SR & SR_BSY) != 0u) {
        // 91 us for a double word, 25 ms for a page
    }
    const uint32_t errors = FLASH->SR & SR_ERRORS;
    FLASH->CR = CR_LOCK;
    const uint32_t acr = FLASH->ACR;
    FLASH->ACR = acr & ~ACR_DCEN;
    FLASH->ACR = (acr & ~ACR_DCEN) | ACR_DCRST;
    FLASH->ACR = acr & ~ACR_DCRST;
    return errors == 0u ? 0 : XIP_ERR_VERIFY;
}

static int program(void *ctx, uint32_t off, const uint32_t words[2]) {
    (void)ctx;
    volatile uint32_t *const to =
            (volatile uint32_t *)(uintptr_t)(FLASH_ADDR + place_off + off);
    unlock();
    FLASH->CR = CR_PG;
    to[0] = words[0];
    complete_reads();
    to[1] = words[1];
    return finish();
}

static int erase(void *ctx, uint32_t off) {
    (void)ctx;
    const uint32_t at = place_off + off;
    const uint32_t cr = CR_PER | (at >= BANK_BYTES ? CR_BKER : 0u) |
            (at % BANK_BYTES / PAGE_BYTES) << CR_PNB_POS;
    unlock();
    FLASH->CR = cr;
    FLASH->CR = cr | CR_START;
    return finish();
}

void xip_counter_open(struct xip_counter_io *io, uint32_t addr) {
    place_off = addr - FLASH_ADDR;
    *io = (struct xip_counter_io){
            .read = read,
            .program = program,
            .erase = erase,
            .page_bytes = PAGE_BYTES,
    };
}

#endif
