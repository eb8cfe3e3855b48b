/*
 * stm32l4_option - option bytes of an STM32L476
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 3.4, 3.5 and 3.7. The registers from OPTR on are written first,
 * OPTSTRT programs all of them, and OBL_LAUNCH or a power-on loads what is
 * programmed, which only then acts. Of the options IWDG_SW, WWDG_SW, SRAM2_PE,
 * SRAM2_RST, PCROP, the write protection and the read protection's levels do.
 */
#include <stdio.h>
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

#define PAGE_BYTES 2048u
#define OPTR 0u // indices of 32-bit registers
#define PCROP1SR 1u
#define PCROP1ER 2u
#define WRP1AR 3u
#define PCROP2SR 9u
#define PCROP2ER 10u
#define WRP2AR 11u
#define RDP 0xFFu
#define BOR_LEV 0x700u
#define IWDG_SW (1u << 16)
#define WWDG_SW (1u << 19)
#define SRAM2_PE (1u << 24)
#define SRAM2_RST (1u << 25)
#define BFB2 (1u << 20)
#define PCROP_RDP (1u << 31) // of PCROP1ER
#define WRP_FACTORY 0xFF00FF00u
// Where the words of bank 1, each with its complement, can be read.
#define SHOWN (0x1FFF7800u - STM32L4_SYSTEM_ADDR)
#define SHOWN_WORDS 5u
// Of bank 2: behind the place of an OPTR.
#define SHOWN2 8u
#define SHOWN2_WORDS 4u

static const uint32_t factory[L4_OPTIONS] = {
        [OPTR] = 0xFFEFF8AA,
        [PCROP1SR] = 0xFFFFFFFF,
        [WRP1AR] = WRP_FACTORY,
        [WRP1AR + 1] = WRP_FACTORY,
        [PCROP2SR] = 0xFFFFFFFF,
        [WRP2AR] = WRP_FACTORY,
        [WRP2AR + 1] = WRP_FACTORY,
};

// What a mismatch of a word and its complement loads (RM0351 3.4.2): ones but
// for the lowest BOR level, RDP level 1, no write protection, and PCROP of
// everything, which this model leaves out.
static const uint32_t mismatch[L4_OPTIONS] = {
        [OPTR] = 0xFFFFFFFFu & ~BOR_LEV,
        [PCROP1ER] = 0xFFFFFFFF,
        [WRP1AR] = WRP_FACTORY,
        [WRP1AR + 1] = WRP_FACTORY,
        [PCROP2ER] = 0xFFFFFFFF,
        [WRP2AR] = WRP_FACTORY,
        [WRP2AR + 1] = WRP_FACTORY,
};

static void show_words(const struct stm32l4 *m, unsigned first, unsigned count,
        uint8_t *at) {
    const uint32_t broken = m->flash.options_torn ? 0xFFFFFFFFu : 0;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t word = m->flash.stored[first + i];
        const uint32_t complement = ~word ^ broken;
        memcpy(at + 8 * i, &word, 4);
        memcpy(at + 8 * i + 4, &complement, 4);
    }
}

static void show(struct stm32l4 *m) {
    show_words(m, OPTR, SHOWN_WORDS, m->system + SHOWN);
    show_words(m, PCROP2SR, SHOWN2_WORDS, m->options2 + SHOWN2);
}

static void changed(struct stm32l4 *m) {
    show(m);
    sim_memory_changed(m->sim, STM32L4_SYSTEM_ADDR + SHOWN, 8 * SHOWN_WORDS);
    sim_memory_changed(m->sim, L4_OPTIONS2_ADDR + SHOWN2, 8 * SHOWN2_WORDS);
}

void l4_option_init(struct stm32l4 *m) {
    memcpy(m->flash.stored, factory, sizeof factory);
    show(m);
    l4_option_load(m);
}

/// PCROP ///

// From start to the end, in bytes of the array; false: there is none (RM0351
// 3.5.2: the first and the last double word of it).
static bool pcrop_area(const struct stm32l4 *m, unsigned bank, uint32_t *start,
        uint32_t *end) {
    const uint32_t *area = m->flash.loaded + (bank == 0 ? PCROP1SR : PCROP2SR);
    const uint32_t first = area[0] & 0xFFFFu;
    const uint32_t last = area[1] & 0xFFFFu;
    if (first > last || (area[0] == 0 && area[1] == 0xFFFFFFFFu)) {
        return false;
    }
    *start = bank * (m->internal.bytes / 2) + first * 8;
    *end = bank * (m->internal.bytes / 2) + (last + 1) * 8;
    return true;
}

static bool in_pcrop(const struct stm32l4 *m, uint32_t off, uint32_t bytes) {
    uint32_t start, end;
    for (unsigned bank = 0; bank < 2; bank++) {
        if (pcrop_area(m, bank, &start, &end) && off < end &&
                start < off + bytes) {
            return true;
        }
    }
    return false;
}

bool l4_option_read(struct stm32l4 *m, uint32_t addr, uint32_t len) {
    struct l4_flash *f = &m->flash;
    const uint32_t off = addr - m->internal.addr;
    if (off >= m->internal.bytes || !in_pcrop(m, off, len)) {
        return true;
    }
    f->sr |= L4_SR_RDERR;
    stm32_note_once(&m->soc, &f->noted_pcrop,
            "0x%08x is read as data at pc 0x%08x, in a PCROP area, which "
            "gives instructions only: FLASH_SR.RDERR is set, and the read "
            "gives 0 (RM0351 3.5.2). Literals count: compile what is in the "
            "area with -mpure-code",
            (unsigned)addr, (unsigned)sim_pc(m->sim));
    l4_flash_irq(m);
    return false;
}

static void watch_pcrop(struct stm32l4 *m) {
    uint32_t start, end;
    for (unsigned bank = 0; bank < 2; bank++) {
        if (pcrop_area(m, bank, &start, &end)) {
            sim_weak_memory(m->sim, m->internal.addr + start, end - start);
        }
    }
}

/// Loading ///

// The ROM loader takes bank 2 if its first word may be a stack pointer.
static void check_bank(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    uint32_t sp;
    memcpy(&sp, m->internal.host + m->internal.bytes / 2, sizeof sp);
    if ((f->loaded[OPTR] & BFB2) != 0 && sp >> 24 == 0x20u) {
        stm32_note_once(&m->soc, &f->noted_bank,
                "BFB2 is set, and bank 2 begins with a stack pointer (0x%08x): "
                "a chip boots from bank 2. This model boots from bank 1. There "
                "system memory stays at address 0 (AN4767 3.2), and an image "
                "that leaves VTOR at 0 takes its vectors from it",
                (unsigned)sp);
    }
}

void l4_option_load(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    const uint32_t *from = f->options_torn ? mismatch : f->stored;
    memcpy(f->loaded, from, sizeof f->loaded);
    memcpy(f->option, from, sizeof f->option);
    watch_pcrop(m);
    l4_parity_load(m);
    check_bank(m);
    if (f->options_torn) {
        stm32_note_once(&m->soc, &f->noted_optverr,
                "the option bytes do not fit their complements: SR.OPTVERR is "
                "set and safe values are loaded, read protection of level 1 "
                "among them (RM0351 3.4.2)");
    }
}

/// What acts ///

enum level { LEVEL_0, LEVEL_1, LEVEL_2 };

static enum level level_of(uint32_t optr) {
    return (optr & RDP) == 0xAAu    ? LEVEL_0
            : (optr & RDP) == 0xCCu ? LEVEL_2
                                    : LEVEL_1;
}

struct silent {
    unsigned reg;
    uint32_t bits;
    const char *name;
};
static const struct silent silent[] = {
        {OPTR, BOR_LEV, "BOR_LEV"},
        {OPTR, 7u << 12, "nRST_STOP, nRST_STDBY, nRST_SHDW"},
        {OPTR, 3u << 17, "IWDG_STOP, IWDG_STDBY"},
        {OPTR, 1u << 20, "BFB2 (it boots from bank 1)"},
        {OPTR, 1u << 21, "DUALBANK"},
        {OPTR, 1u << 23, "nBOOT1"},
};

static void tell_silent(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    char names[200] = "";
    const char *last = "";
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        const struct silent *o = &silent[i];
        if (((f->option[o->reg] ^ f->stored[o->reg]) & o->bits) == 0 ||
                strcmp(o->name, last) == 0) {
            continue;
        }
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                o->name);
        last = o->name;
    }
    if (names[0] != '\0') {
        stm32_note_once(&m->soc, &f->noted_options,
                "the option bytes are programmed (OPTR 0x%08x); what changes "
                "of them has no effect on this model: %s",
                (unsigned)f->option[OPTR], names);
    }
}

// RM0351 3.5.1: pages of a PCROP area stay, and so does the area, unless
// PCROP_RDP is set.
static void erase_array(struct stm32l4 *m, bool all) {
    struct l4_flash *f = &m->flash;
    for (uint32_t off = 0; off < m->internal.bytes; off += PAGE_BYTES) {
        if (all || !in_pcrop(m, off, PAGE_BYTES)) {
            memset(m->internal.host + off, 0xFF, PAGE_BYTES);
            l4_ecc_unmark(m, off, PAGE_BYTES);
        }
    }
    sim_memory_changed(m->sim, m->internal.addr, m->internal.bytes);
    if (all) {
        f->option[PCROP1SR] = f->option[PCROP2SR] = 0xFFFFFFFF;
        f->option[PCROP1ER] = f->option[PCROP2ER] = 0;
    }
}

static void erase_all(struct stm32l4 *m, bool pcrop) {
    erase_array(m, pcrop);
    memset(m->pwr.backup, 0, sizeof m->pwr.backup);
    l4_parity_erase(m);
}

static void tell_level(struct stm32l4 *m, enum level from, enum level to) {
    if (from == LEVEL_1 && to == LEVEL_0) {
        const bool pcrop = (m->flash.loaded[PCROP1ER] & PCROP_RDP) != 0;
        const bool kept = !pcrop && in_pcrop(m, 0, m->internal.bytes);
        erase_all(m, pcrop);
        sim_note(m->sim,
                "RDP goes from level 1 to 0: internal flash%s, SRAM2 and "
                "backup registers are erased (RM0351 3.5.1)",
                kept ? " but for the pages of PCROP areas" : "");
    } else if (to == LEVEL_2 && from != to) {
        sim_note(m->sim,
                "RDP goes to level 2: a real chip can never be debugged "
                "again, nor its option bytes changed (RM0351 3.5.1)");
    } else if (to == LEVEL_1 && from != to) {
        sim_note(m->sim,
                "RDP goes to level 1: no debugger can read the internal flash, "
                "and going back to level 0 erases it (RM0351 3.5.1)");
    }
}

bool l4_option_refused(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    if (level_of(f->loaded[OPTR]) != LEVEL_2) {
        return false;
    }
    f->sr |= L4_SR_WRPERR;
    stm32_note_once(&m->soc, &f->noted_level,
            "FLASH_CR.OPTSTRT is written at RDP level 2: the option bytes can "
            "no longer be changed, which WRPERR says (RM0351 3.5.1)");
    return true;
}

void l4_option_program(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    tell_silent(m);
    tell_level(m, level_of(f->loaded[OPTR]), level_of(f->option[OPTR]));
    memcpy(f->stored, f->option, sizeof f->stored);
    f->options_torn = false;
    changed(m);
}

// Their page is erased before they are programmed.
void l4_option_tear(struct stm32l4 *m) {
    m->flash.options_torn = true;
    changed(m);
    sim_note(m->sim,
            "the reset tears the programming of the option bytes: they do not "
            "fit their complements, which shows when they are loaded");
}

bool l4_option_checks_sram2(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & SRAM2_PE) == 0;
}

bool l4_option_loses_sram2(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & SRAM2_RST) == 0;
}

bool l4_iwdg_hardware(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & IWDG_SW) == 0;
}

bool l4_wwdg_hardware(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & WWDG_SW) == 0;
}

// Pages of a WRP area: start in bits 7:0, end in 23:16 (RM0351 3.7.13).
// The reference manual's value as delivered names page 0, which no chip that
// is delivered protects.
static bool in_area(uint32_t area, uint32_t page) {
    return area != WRP_FACTORY && page >= (area & 0xFFu) &&
            page <= ((area >> 16) & 0xFFu);
}

bool l4_option_protects(const struct stm32l4 *m, uint32_t off, uint32_t bytes) {
    const struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;
    for (uint32_t at = off; at < off + bytes; at += PAGE_BYTES) {
        const uint32_t page = at % bank_bytes / PAGE_BYTES;
        const uint32_t *area = f->loaded + (at < bank_bytes ? WRP1AR : WRP2AR);
        if (in_area(area[0], page) || in_area(area[1], page) ||
                in_pcrop(m, at - at % PAGE_BYTES, PAGE_BYTES)) {
            return true;
        }
    }
    return false;
}
