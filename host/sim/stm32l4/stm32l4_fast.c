/*
 * stm32l4_fast - fast programming of internal flash, row by row
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 3.3.8. A row of 32 double words is programmed under one high voltage.
 * One more double word can wait while one is programmed; if none does at its
 * end, the row is given up (MISERR). Each takes 20 us by the manual's text; the
 * rest of the data sheet's time for a row is taken to come before the first.
 */
#include "sim/stm32l4/stm32l4_priv.h"

#define ROW_BYTES 256u
#define ROW_TIME (1910 * SIM_US) // DS10198, one row, fast programming
#define WORD_TIME (20 * SIM_US)
#define SETUP_TIME (ROW_TIME - ROW_BYTES / 8 * WORD_TIME)

static void end(struct stm32l4 *m) {
    struct l4_fast *r = &m->flash.fast;
    sim_cancel(m->sim, &m->flash.done);
    r->active = r->has_next = r->has_first = false;
    l4_flash_ready(m);
}

static void next_at(struct stm32l4 *m, sim_time at) {
    sim_schedule(m->sim, &m->flash.done, at);
}

// The double word under the high voltage is done. at: when.
static void step(struct stm32l4 *m, sim_time at) {
    struct l4_flash *f = &m->flash;
    struct l4_fast *r = &f->fast;
    l4_flash_commit(m);
    r->count++;
    if (r->count == ROW_BYTES / 8) {
        end(m);
        return;
    }
    if (!r->has_next) {
        f->sr |= L4_SR_MISERR | L4_SR_FASTERR;
        stm32_note_once(&m->soc, &f->noted_fast,
                "fast programming of the row at 0x%08x is given up behind "
                "%u of 32 double words: the next one came later than 20 us "
                "(MISERR, RM0351 3.3.8). Write the row in one loop from RAM or "
                "from the other bank, with interrupts masked",
                (unsigned)(m->internal.addr + r->begun_off),
                (unsigned)r->count);
        end(m);
        return;
    }
    f->program_off += 8;
    f->word[0] = r->next[0];
    f->word[1] = r->next[1];
    f->programs = true;
    r->has_next = false;
    next_at(m, at + WORD_TIME);
}

void l4_fast_done(struct stm32l4 *m) {
    step(m, sim_now(m->sim));
    l4_flash_irq(m);
}

static uint32_t error_of(const struct stm32l4 *m, uint32_t off, unsigned size) {
    const struct l4_flash *f = &m->flash;
    const struct l4_fast *r = &f->fast;
    const unsigned bank = off >= m->internal.bytes / 2;
    if ((f->cr & (L4_CR_PG | L4_CR_ERASES)) != 0 ||
            (f->sr & L4_SR_ERRORS) != 0 || !f->bank_erased[bank]) {
        return L4_SR_PGSERR;
    }
    if (size != 4) {
        return L4_SR_SIZERR | L4_SR_FASTERR;
    }
    // The first double word is also the first of its row.
    const uint32_t want =
            r->active || r->has_first ? r->want_off : off & ~(ROW_BYTES - 1u);
    if (off != want) {
        return L4_SR_PGAERR | L4_SR_FASTERR;
    }
    return l4_option_protects(m, off, 1) ? L4_SR_WRPERR | L4_SR_FASTERR : 0;
}

static bool reads_its_bank(const struct stm32l4 *m, uint32_t off) {
    return l4_flash_bank_of_pc(m) == (off >= m->internal.bytes / 2);
}

static void give_up(struct stm32l4 *m) {
    struct l4_fast *r = &m->flash.fast;
    if (r->active) { // what is under the high voltage is finished
        l4_flash_commit(m);
        end(m);
    }
    r->has_first = false;
}

static void begin(struct stm32l4 *m, uint32_t off, uint32_t value) {
    struct l4_flash *f = &m->flash;
    struct l4_fast *r = &f->fast;
    f->program_off = r->begun_off = off;
    f->word[0] = r->first;
    f->word[1] = value;
    f->programs = r->active = true;
    r->count = 0;
    l4_flash_busy(m, SETUP_TIME + WORD_TIME);
}

// A whole double word: it is begun, or waits.
static void take(struct stm32l4 *m, uint32_t off, uint32_t value) {
    struct l4_flash *f = &m->flash;
    struct l4_fast *r = &f->fast;
    if (!r->active) {
        begin(m, off, value);
        return;
    }
    if (r->has_next) { // the store waits
        const sim_time at = f->done.at;
        const sim_time now = sim_now(m->sim);
        sim_stall(m->sim, at > now ? at - now : 0);
        step(m, at);
    }
    r->next[0] = r->first;
    r->next[1] = value;
    r->has_next = true;
}

uint32_t l4_fast_store(struct stm32l4 *m, uint32_t off, uint32_t value,
        unsigned size) {
    struct l4_flash *f = &m->flash;
    struct l4_fast *r = &f->fast;
    if (reads_its_bank(m, off)) {
        give_up(m);
        stm32_note_once(&m->soc, &f->noted_fast,
                "fast programming at 0x%08x is aborted without an error: code "
                "runs from the bank that is programmed (RM0351 3.3.8)",
                (unsigned)(m->internal.addr + off));
        return 0;
    }
    const uint32_t error = error_of(m, off, size);
    if (error != 0) {
        f->sr |= error;
        give_up(m);
        return error;
    }
    r->want_off = off + 4;
    if (!r->has_first) {
        r->first = value;
        r->has_first = true;
    } else {
        r->has_first = false;
        take(m, off - 4, value);
    }
    return 0;
}
