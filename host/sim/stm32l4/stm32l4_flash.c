/*
 * stm32l4_flash - internal flash of an STM32L476: its registers, erase,
 * programming
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 3.3 and 3.7.
 */
#include <stdio.h>
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

#define ACR 0x00u
#define PDKEYR 0x04u
#define KEYR 0x08u
#define OPTKEYR 0x0Cu
#define SR 0x10u
#define CR 0x14u
#define ECCR 0x18u
#define OPTR 0x20u
#define OPTION_END 0x54u

#define ACR_LATENCY 0x7u
#define ACR_PRFTEN (1u << 8)
#define ACR_ICEN (1u << 9)
#define ACR_DCEN (1u << 10)
#define ACR_ICRST (1u << 11)
#define ACR_DCRST (1u << 12)
#define SR_EOP 0x1u
#define SR_OPTVERR (1u << 15)
#define SR_BSY (1u << 16)
#define CR_PER 0x2u
#define CR_MER1 0x4u
#define CR_BKER (1u << 11)
#define CR_MER2 (1u << 15)
#define CR_STRT (1u << 16)
#define CR_OPTSTRT (1u << 17)
#define CR_FSTPG (1u << 18)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_RDERRIE (1u << 26)
// Of one of these sequences, bits of the others have to be 0.
#define CR_MASS (CR_MER1 | CR_MER2)
#define CR_PROGRAMS (L4_CR_PG | CR_FSTPG)
#define OTP_BYTES 1024u // RM0351 3.3.1, at STM32L4_SYSTEM_ADDR
#define CR_OBL_LAUNCH (1u << 27)
#define CR_OPTLOCK (1u << 30)
#define CR_LOCK (1u << 31)

#define PAGE_BYTES 2048u
#define PROGRAM_TIME (90 * SIM_US) // the same table: 81.7 typical, 90.8 most
#define ERASE_TIME (24 * SIM_MS) // DS10198 table "flash memory characteristics"

// RM0351 3.7.5: with ERRIE an error sets OPERR, too.
static void follow_errors(struct l4_flash *f) {
    const uint32_t errors = f->sr & L4_SR_ERRORS & ~L4_SR_OPERR;
    if ((errors & ~f->told) != 0 && (f->cr & CR_ERRIE) != 0) {
        f->sr |= L4_SR_OPERR;
    }
    f->told = errors;
}

void l4_flash_irq(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    follow_errors(f);
    sim_irq(m->sim, L4_IRQ_FLASH,
            ((f->sr & SR_EOP) != 0 && (f->cr & CR_EOPIE) != 0) ||
                    ((f->sr & L4_SR_ERRORS) != 0 && (f->cr & CR_ERRIE) != 0) ||
                    ((f->sr & L4_SR_RDERR) != 0 && (f->cr & CR_RDERRIE) != 0) ||
                    l4_ecc_interrupts(m));
    l4_nmi(m);
}

static void tell(struct stm32l4 *m, enum sim_chip phase) {
    const struct l4_flash *f = &m->flash;
    if (f->option_programs) {
        return; // not of the array
    }
    sim_trace(m->sim, SIM_TRACE_INTERNAL, f->erase_bytes != 0 ? 'E' : 'P',
            f->erase_bytes != 0 ? f->erase_off : f->program_off, phase);
}

int l4_flash_bank_of_pc(const struct stm32l4 *m) {
    uint32_t pc = sim_pc(m->sim);
    pc = pc >= L4_INTERNAL_ADDR ? pc - L4_INTERNAL_ADDR : pc; // alias at 0
    return pc < m->internal.bytes ? (int)(pc / (m->internal.bytes / 2)) : -1;
}

void l4_flash_busy(struct stm32l4 *m, sim_time time) {
    m->flash.sr |= SR_BSY;
    sim_schedule(m->sim, &m->flash.done, sim_now(m->sim) + time);
    tell(m, SIM_CHIP_BEGUN);
}

// Whether the operation is in the bank of that offset.
static bool works_in_bank_of(const struct stm32l4 *m, uint32_t off) {
    const struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;
    const bool erases = f->erase_bytes != 0;
    const uint32_t first = erases ? f->erase_off : f->program_off;
    const uint32_t last = first + (erases ? f->erase_bytes : 8) - 1;
    return off / bank_bytes >= first / bank_bytes &&
            off / bank_bytes <= last / bank_bytes;
}

// What reads the bank under operation waits for it (RM0351 3.3.5). Code that
// runs from it does so at once, so the store that starts the operation takes
// that long; of other code, its reads are watched.
static void busy(struct stm32l4 *m, sim_time time) {
    struct l4_flash *f = &m->flash;
    const int bank = l4_flash_bank_of_pc(m);
    const uint32_t bank_bytes = m->internal.bytes / 2;
    if (bank >= 0 && works_in_bank_of(m, (uint32_t)bank * bank_bytes)) {
        sim_stall(m->sim, time);
    } else {
        for (unsigned i = 0; i < 2; i++) {
            if (!f->reads_watched[i] && works_in_bank_of(m, i * bank_bytes)) {
                f->reads_watched[i] = true;
                sim_weak_memory(m->sim, m->internal.addr + i * bank_bytes,
                        bank_bytes);
            }
        }
    }
    l4_flash_busy(m, time);
}

static void erased(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;
    memset(m->internal.host + f->erase_off, 0xFF, f->erase_bytes);
    sim_memory_changed(m->sim, L4_INTERNAL_ADDR + f->erase_off, f->erase_bytes);
    l4_ecc_unmark(m, f->erase_off, f->erase_bytes);
    f->bank_erased[0] |= f->erase_off == 0 && f->erase_bytes >= bank_bytes;
    f->bank_erased[1] |= f->erase_off + f->erase_bytes == m->internal.bytes &&
            f->erase_bytes >= bank_bytes;
}

void l4_flash_commit(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    memcpy(m->internal.host + f->program_off, f->word, 8);
    sim_memory_changed(m->sim, L4_INTERNAL_ADDR + f->program_off, 8);
    l4_ecc_unmark(m, f->program_off, 8);
    if (l4_ecc_erased(m, f->program_off)) { // so it seems
        l4_ecc_mark(m, f->program_off, 8, L4_MARK_FULL);
    }
    f->programs = false;
}

void l4_flash_ready(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    tell(m, SIM_CHIP_ENDED);
    f->erase_bytes = 0;
    f->option_programs = false;
    f->sr &= ~SR_BSY;
    f->cr &= ~(CR_STRT | CR_OPTSTRT);
    if ((f->cr & CR_EOPIE) != 0 && (f->sr & L4_SR_ERRORS) == 0) {
        f->sr |= SR_EOP;
    }
}

static void done(void *ctx) {
    struct stm32l4 *m = ctx;
    struct l4_flash *f = &m->flash;
    if (f->fast.active) {
        l4_fast_done(m);
        return;
    }
    if (f->erase_bytes != 0) {
        erased(m);
    }
    if (f->programs) {
        l4_flash_commit(m);
    }
    if (f->option_programs) {
        l4_option_program(m);
    }
    l4_flash_ready(m);
    l4_flash_irq(m);
}

static void refuse_erase(struct stm32l4 *m, uint32_t error, const char *why) {
    struct l4_flash *f = &m->flash;
    f->sr |= error;
    f->cr &= ~CR_STRT;
    f->erase_bytes = 0;
    stm32_note_once(&m->soc, &f->noted_erase,
            "an erase of internal flash at pc 0x%08x does nothing: %s",
            (unsigned)sim_pc(m->sim), why);
}

// RM0351 3.3.9, PGSERR.
static bool mixes_sequences(uint32_t cr) {
    return ((cr & CR_PER) != 0 && (cr & (CR_MASS | CR_PROGRAMS)) != 0) ||
            ((cr & CR_MASS) != 0 && (cr & CR_PROGRAMS) != 0);
}

static void start_erase(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;

    if ((f->sr & L4_SR_ERRORS) != 0) {
        refuse_erase(m, L4_SR_PGSERR,
                "PGSERR, since SR has an old error: write 1 to it first");
        return;
    }
    if (mixes_sequences(f->cr)) {
        refuse_erase(m, L4_SR_PGSERR,
                "PGSERR, since CR has bits of two operations: of PER, MER1 "
                "with MER2, PG and FSTPG all but one have to be 0");
        return;
    }
    if ((f->cr & CR_PER) != 0) {
        f->erase_off = ((f->cr & CR_BKER) != 0 ? bank_bytes : 0) +
                ((f->cr >> 3) & 0xFFu) * PAGE_BYTES;
        f->erase_bytes = PAGE_BYTES;
    } else if ((f->cr & CR_MASS) != 0) {
        f->erase_off = (f->cr & CR_MER1) != 0 ? 0 : bank_bytes;
        f->erase_bytes = (f->cr & CR_MER1) != 0 && (f->cr & CR_MER2) != 0
                ? m->internal.bytes
                : bank_bytes;
    } else {
        f->cr &= ~CR_STRT;
        return;
    }
    if (l4_option_protects(m, f->erase_off, f->erase_bytes)) {
        refuse_erase(m, L4_SR_WRPERR,
                "WRPERR, since a page of it is write-protected");
        return;
    }
    busy(m, ERASE_TIME);
}

/// Programming ///

// The core waits for what runs.
static void finish(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    if ((f->sr & SR_BSY) != 0) {
        sim_stall(m->sim,
                f->done.at > sim_now(m->sim) ? f->done.at - sim_now(m->sim)
                                             : 0);
        sim_cancel(m->sim, &f->done);
        done(m);
    }
}

void l4_flash_read(struct stm32l4 *m, uint32_t addr) {
    const struct l4_flash *f = &m->flash;
    const uint32_t off = addr - m->internal.addr;
    if ((f->sr & SR_BSY) != 0 && off < m->internal.bytes && !f->fast.active &&
            !f->option_programs && !m->soc.master(m->soc.ctx, NULL, 0) &&
            works_in_bank_of(m, off)) {
        finish(m);
    }
}

// What is wrong with this store; 0: nothing.
static uint32_t error_of(const struct stm32l4 *m, uint32_t off, uint32_t value,
        unsigned size) {
    const struct l4_flash *f = &m->flash;
    if ((f->cr & L4_CR_PG) == 0 || mixes_sequences(f->cr) ||
            (f->sr & L4_SR_ERRORS) != 0) {
        return L4_SR_PGSERR;
    }
    if (size != 4) {
        return L4_SR_SIZERR;
    }
    if (f->has_word ? off != f->program_off + 4 : off % 8 != 0) {
        return L4_SR_PGAERR;
    }
    if (l4_option_protects(m, off, 1)) {
        return L4_SR_WRPERR;
    }
    if (!f->has_word) {
        return 0;
    }
    // The ECC of a double word is written with it, so only all zeros may follow
    // on something.
    const bool zeros = value == 0 && f->word[0] == 0;
    return zeros || l4_ecc_erased(m, f->program_off) ? 0 : L4_SR_PROGERR;
}

static const char *error_text(uint32_t error) {
    return (error & L4_SR_PGSERR) != 0
            ? "PGSERR: CR.PG or CR.FSTPG is 0, PER, MER1 or MER2 is still 1, "
              "SR has an old error, or a fast program without a mass erase of "
              "the bank before it"
            : (error & L4_SR_SIZERR) != 0
            ? "SIZERR: only words can be programmed"
            : (error & L4_SR_PGAERR) != 0
            ? "PGAERR: not the next word of an aligned double word, or of the "
              "row"
            : (error & L4_SR_WRPERR) != 0
            ? "WRPERR: the page is write-protected"
            : "PROGERR: the double word is not erased";
}

// Returns the bits of SR that the store has set.
static uint32_t program(struct stm32l4 *m, uint32_t off, uint32_t value,
        unsigned size) {
    struct l4_flash *f = &m->flash;
    finish(m);
    const uint32_t error = error_of(m, off, value, size);
    if (error != 0) {
        f->sr |= error;
        f->has_word = false;
    } else if (!f->has_word) {
        f->has_word = true;
        f->program_off = off;
        f->word[0] = value;
    } else {
        f->has_word = false;
        f->word[1] = value;
        f->programs = true;
        busy(m, PROGRAM_TIME);
    }
    return error;
}

bool l4_flash_store(void *ctx, uint32_t addr, uint32_t value, unsigned size) {
    struct stm32l4 *m = ctx;
    struct l4_flash *f = &m->flash;
    const uint32_t off = addr - m->internal.addr;
    if (addr - STM32L4_SYSTEM_ADDR < OTP_BYTES && (f->cr & CR_LOCK) == 0) {
        stm32_note_once(&m->soc, &f->noted_otp,
                "a store to the OTP area at 0x%08x is not modelled: nothing is "
                "programmed, and on a chip it can never be undone",
                (unsigned)addr);
        return true;
    }
    if (off >= m->internal.bytes || (f->cr & CR_LOCK) != 0) {
        return false; // most likely a wild pointer
    }
    const uint32_t error = (f->cr & CR_FSTPG) != 0
            ? l4_fast_store(m, off, value, size)
            : program(m, off, value, size);
    if (error != 0) {
        stm32_note_once(&m->soc, &f->noted_program,
                "a store to internal flash at 0x%08x does nothing: %s",
                (unsigned)addr, error_text(error));
    }
    l4_flash_irq(m);
    return true;
}

static void start_options(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    if ((f->cr & CR_OPTLOCK) != 0) {
        f->cr &= ~(CR_OPTSTRT | CR_OBL_LAUNCH);
        stm32_note_once(&m->soc, &f->noted_optlock,
                "FLASH_CR.OPTSTRT or OBL_LAUNCH is written while OPTLOCK is "
                "1: nothing happens. Write both keys to FLASH_OPTKEYR first");
        return;
    }
    if ((f->cr & CR_OBL_LAUNCH) != 0) {
        f->launched = true;
        sim_request_reset(m->sim, SIM_RESET_SOFTWARE);
    } else if (l4_option_refused(m)) {
        f->cr &= ~CR_OPTSTRT;
    } else if ((f->sr & L4_SR_ERRORS) != 0) {
        f->sr |= L4_SR_PGSERR;
        f->cr &= ~CR_OPTSTRT;
    } else {
        f->option_programs = true;
        l4_flash_busy(m, ERASE_TIME);
    }
}

static void write_cr(struct stm32l4 *m, uint32_t want) {
    struct l4_flash *f = &m->flash;
    if ((f->cr & CR_LOCK) != 0) {
        stm32_note_once(&m->soc, &f->noted_locked,
                "FLASH_CR is written while it is locked: the write is lost. "
                "Write both keys to FLASH_KEYR first");
        return;
    }
    if (!f->fast.active) {
        finish(m);
    }
    // OPTLOCK can be set by software, cleared only by its keys.
    f->cr = (want & 0x8F07FFFFu) | ((want | f->cr) & CR_OPTLOCK);
    if ((f->cr & (CR_OPTSTRT | CR_OBL_LAUNCH)) != 0) {
        start_options(m);
    }
    if ((f->cr & L4_CR_PG) == 0) {
        f->has_word = false;
    }
    if ((f->cr & CR_STRT) != 0) {
        start_erase(m);
    }
}

// RM0351 3.3.5.
static void refuse_key(struct stm32l4 *m) {
    sim_refuse(m->sim,
            "FLASH_KEYR takes its two keys in order and once, while CR.LOCK "
            "is 1: anything else is a bus error and locks FLASH_CR until the "
            "next reset (RM0351 3.3.5)",
            "write 45670123h and then CDEF89ABh, only if CR.LOCK is 1; after "
            "a wrong key only a reset helps");
}

static void unlock(struct stm32l4 *m, uint32_t key) {
    struct l4_flash *f = &m->flash;
    static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB};
    if (f->dead || (f->cr & CR_LOCK) == 0 || key != keys[f->key_step]) {
        f->dead = f->dead || (f->cr & CR_LOCK) != 0;
        f->cr |= CR_LOCK;
        f->key_step = 0;
        refuse_key(m);
        return;
    }
    if (++f->key_step == 2) {
        f->key_step = 0;
        f->cr &= ~CR_LOCK;
    }
}

static void unlock_options(struct stm32l4 *m, uint32_t key) {
    struct l4_flash *f = &m->flash;
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    if ((f->cr & CR_LOCK) != 0) {
        stm32_note_once(&m->soc, &f->noted_optlock,
                "FLASH_OPTKEYR is written while FLASH_CR.LOCK is 1: it has no "
                "effect. Write both keys to FLASH_KEYR first");
        return;
    }
    if (key != keys[f->optkey_step]) {
        f->optkey_step = 0;
        sim_refuse(m->sim,
                "FLASH_OPTKEYR takes its two keys in order, while CR.LOCK is "
                "0 and CR.OPTLOCK is 1: anything else is a bus error (RM0351 "
                "3.4.2)",
                "write 08192A3Bh and then 4C5D6E7Fh, only if CR.OPTLOCK is 1");
        return;
    }
    if (++f->optkey_step == 2) {
        f->optkey_step = 0;
        f->cr &= ~CR_OPTLOCK;
    }
}

static void tell_timing(struct stm32l4 *m) {
    const uint32_t acr = m->flash.acr;
    const struct sim_flash_timing timing = {
            .wait_states = acr & ACR_LATENCY,
            .prefetch = (acr & ACR_PRFTEN) != 0,
            .code_cache = (acr & ACR_ICEN) != 0,
            .data_cache = (acr & ACR_DCEN) != 0,
    };
    sim_flash_timing(m->sim, &timing);
}

// RM0351 3.7.1: a cache can be emptied only while it is off.
static void write_acr(struct stm32l4 *m, uint32_t want) {
    struct l4_flash *f = &m->flash;
    const bool code = (want & ACR_ICRST) != 0 && (f->acr & ACR_ICEN) == 0;
    const bool data = (want & ACR_DCRST) != 0 && (f->acr & ACR_DCEN) == 0;
    want &= ~((code ? 0 : ACR_ICRST) | (data ? 0 : ACR_DCRST));
    f->acr = want;
    tell_timing(m);
    sim_flash_forget(m->sim, code, data);
    l4_clock_check(m);
}

static bool flash_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32l4 *m = device;
    struct l4_flash *f = &m->flash;
    switch (off) {
    case ACR:
        write_acr(m, stm32_merge(f->acr, value, mask) & 0x7F07u);
        break;
    case PDKEYR:
        break;
    case KEYR:
        unlock(m, value);
        break;
    case OPTKEYR:
        unlock_options(m, value);
        break;
    case SR:
        f->sr &= ~(value & mask & 0xC3FBu);
        break;
    case CR:
        write_cr(m, stm32_merge(f->cr, value, mask));
        break;
    case ECCR:
        l4_ecc_write(m, value, mask);
        break;
    default:
        if (off < OPTR || off >= OPTION_END) {
            return false;
        }
        if ((f->cr & CR_OPTLOCK) != 0) {
            stm32_note_once(&m->soc, &f->noted_optlock,
                    "an option register is written while FLASH_CR.OPTLOCK is "
                    "1: the write is lost. Write both keys to FLASH_OPTKEYR "
                    "first");
        } else {
            uint32_t *r = &f->option[(off - OPTR) / 4];
            *r = stm32_merge(*r, value, mask);
        }
        break;
    }
    l4_flash_irq(m);
    return true;
}

static bool flash_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32l4 *m = device;
    (void)mask;
    const struct l4_flash *f = &m->flash;
    switch (off) {
    case ACR:
        *value = f->acr;
        return true;
    case PDKEYR:
    case KEYR:
    case OPTKEYR:
        *value = 0;
        return true;
    case SR:
        *value = f->sr;
        return true;
    case CR:
        *value = f->cr;
        return true;
    case ECCR:
        *value = f->eccr;
        return true;
    default:
        if (off < OPTR || off >= OPTION_END) {
            return false;
        }
        *value = f->option[(off - OPTR) / 4];
        return true;
    }
}

/// Life ///

unsigned l4_flash_latency(const struct stm32l4 *m) {
    return m->flash.acr & 7u;
}

// Half erased: nothing happened yet, or bits of it are 1 already, or all but
// some of them. Without a number for it, neither FFh nor the old contents, so
// that a boot program can rely on neither.
static void tear_erase(uint8_t *p, uint32_t bytes, uint64_t tear) {
    uint64_t state = tear * 0x9E3779B97F4A7C15u;
    const uint32_t shape = (uint32_t)(tear % 3u);
    if (tear == 0) {
        memset(p, 0x5A, bytes);
        return;
    }
    for (uint32_t i = 0; i < bytes; i++) {
        const uint32_t r = l4_tear_random(&state);
        const uint8_t bits = (uint8_t)(shape == 1 ? r : r & r >> 8 & r >> 16);
        p[i] = shape == 2 ? (uint8_t)~bits : (uint8_t)(p[i] | bits);
    }
}

void l4_flash_tear(struct stm32l4 *m, uint64_t tear) {
    m->flash.tear = tear;
}

sim_time l4_flash_until(const struct stm32l4 *m) {
    return m->flash.done.at;
}

static void say_torn(struct stm32l4 *m, const char *what, uint32_t off) {
    const unsigned most = 4; // notes of a run
    const unsigned torn = ++m->flash.torn;
    if (torn <= most) {
        sim_note(m->sim, "the reset tears the %s internal flash at 0x%08x%s",
                what, (unsigned)(L4_INTERNAL_ADDR + off),
                torn == most ? "; further ones are counted only" : "");
    }
}

static enum sim_busy torn_text(void *ctx, char *text, size_t size) {
    const struct stm32l4 *m = ctx;
    if (m->flash.torn < 2) {
        return SIM_BUSY_NO;
    }
    snprintf(text, size,
            "resets have torn %u operations of internal flash: feed the "
            "watchdog in the waits for them, or do not reset before BSY is 0",
            m->flash.torn);
    return SIM_BUSY_LEFT;
}

void l4_flash_init(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    f->done = (struct sim_event){.fire = done, .ctx = m, .at = SIM_NEVER};
    l4_option_init(m);
    sim_add_busy(m->sim, torn_text, m);
}

void l4_flash_reset(struct stm32l4 *m, bool loads_options) {
    struct l4_flash *f = &m->flash;
    if (f->option_programs) {
        l4_option_tear(m);
    }
    if (loads_options) {
        l4_option_load(m);
    }
    if ((f->sr & SR_BSY) != 0) {
        tell(m, SIM_CHIP_ENDED);
    }
    if ((f->sr & SR_BSY) != 0 && f->erase_bytes != 0) {
        tear_erase(m->internal.host + f->erase_off, f->erase_bytes, f->tear);
        l4_ecc_mark(m, f->erase_off, f->erase_bytes, L4_MARK_ECCD);
        sim_memory_changed(m->sim, L4_INTERNAL_ADDR + f->erase_off,
                f->erase_bytes);
        char what[40];
        snprintf(what, sizeof what, "erase of %u bytes of",
                (unsigned)f->erase_bytes);
        say_torn(m, what, f->erase_off);
    }
    if ((f->sr & SR_BSY) != 0 && f->programs) {
        l4_tear_program(m, f->program_off, f->word, f->tear);
        sim_memory_changed(m->sim, L4_INTERNAL_ADDR + f->program_off, 8);
        say_torn(m, "double word of", f->program_off);
    }
    f->programs = f->has_word = f->option_programs = false;
    f->fast = (struct l4_fast){.active = false};
    f->bank_erased[0] = f->bank_erased[1] = false;
    sim_cancel(m->sim, &f->done);
    f->acr = ACR_ICEN | ACR_DCEN;
    tell_timing(m);
    sim_flash_forget(m->sim, true, true);
    f->sr = f->options_torn && loads_options ? SR_OPTVERR : 0;
    f->cr = CR_LOCK | CR_OPTLOCK;
    f->eccr = 0;
    f->key_step = 0;
    f->optkey_step = 0;
    f->dead = false;
    f->erase_bytes = 0;
    l4_flash_irq(m);
}

const struct stm32_ops l4_flash_ops = {
        .read = flash_read, .write = flash_write};
