/*
 * fake_sim - a machine without a CPU, for tests of peripherals
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/fake_sim.h"
#include "sim/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fake_memory {
    uint32_t base, size;
    uint8_t *host;
};

struct sim {
    sim_time now;
    struct sim_store store;
    uint32_t hclk;
    struct sim_event *events;
    uint64_t order;
    struct sim_periph periph[16];
    size_t periphs;
    struct fake_memory memory[16];
    size_t memories;
    const struct sim_irqs *irqs;
    bool irq[FAKE_IRQS];
    bool nmi;
    struct sim_violation violation;
    bool violated;
    char *notes[FAKE_NOTES];
    size_t note_count;
    unsigned unmodelled, exception;
    struct {
        uint32_t addr, value;
        bool reported;
    } reg[1024];
    size_t regs;
    bool bus_error;
    bool window, window_read;
    uint32_t window_limit;
    const char *window_reason, *window_cure;
    struct sim_window_timing window_timing;
    struct sim_flash_timing flash_timing;
    unsigned code_forgotten, data_forgotten;
    bool sleep_clock;
    uint32_t alias, suspended, suspended_bytes;
    struct {
        sim_busy_fn *fn;
        void *ctx;
    } busy[4];
    size_t busy_count;
    int reset_request;
    sim_time stall, stalled;
    uint64_t changed;
    struct sim_trace trace[FAKE_TRACES];
    size_t traces;
    uint32_t pc;
};

/// For tests ///

struct sim *fake_sim_new(void) {
    struct sim *sim = calloc(1, sizeof *sim);
    assert_non_null(sim);
    sim->hclk = 1000000;
    sim->reset_request = -1;
    sim->pc = 0x20000000;
    return sim;
}

void fake_sim_free(struct sim *sim) {
    for (size_t i = 0; i < sim->note_count; i++) {
        free(sim->notes[i]);
    }
    free(sim);
}

static const struct sim_periph *periph_at(struct sim *sim, uint32_t addr) {
    for (size_t i = 0; i < sim->periphs; i++) {
        if (addr - sim->periph[i].base < sim->periph[i].size) {
            return &sim->periph[i];
        }
    }
    fail_msg("nothing answers at 0x%08x", (unsigned)addr);
    return NULL;
}

// A stalled access ends with its stall.
static void end_access(struct sim *sim) {
    const sim_time stall = sim->stall;
    sim->stall = 0;
    sim->stalled += stall;
    fake_run(sim, stall);
}

uint32_t fake_read(struct sim *sim, uint32_t addr, unsigned size) {
    const struct sim_periph *p = periph_at(sim, addr);
    const uint32_t value = p->read(p->ctx, addr - p->base, size);
    end_access(sim);
    return value;
}

void fake_write(struct sim *sim, uint32_t addr, uint32_t value, unsigned size) {
    const struct sim_periph *p = periph_at(sim, addr);
    p->write(p->ctx, addr - p->base, value, size);
    end_access(sim);
}

uint32_t fake_r32(struct sim *sim, uint32_t addr) {
    return fake_read(sim, addr, 4);
}

void fake_w32(struct sim *sim, uint32_t addr, uint32_t value) {
    fake_write(sim, addr, value, 4);
}

void fake_or32(struct sim *sim, uint32_t addr, uint32_t bits) {
    fake_w32(sim, addr, fake_r32(sim, addr) | bits);
}

void fake_run_until(struct sim *sim, sim_time to) {
    while (sim->events && sim->events->at <= to) {
        struct sim_event *event = sim->events;
        sim->now = event->at > sim->now ? event->at : sim->now;
        sim_cancel(sim, event);
        event->fire(event->ctx);
    }
    sim->now = to > sim->now ? to : sim->now;
}

void fake_run(struct sim *sim, sim_time ps) {
    fake_run_until(sim, sim->now + ps);
}

void fake_reset(struct sim *sim, enum sim_reset kind) {
    for (size_t i = 0; i < sim->regs; i++) {
        sim->reg[i].value = 0;
    }
    for (size_t i = 0; i < sim->periphs; i++) {
        if (sim->periph[i].reset) {
            sim->periph[i].reset(sim->periph[i].ctx, kind);
        }
    }
}

bool fake_wait(struct sim *sim, uint32_t addr, uint32_t mask, uint32_t want,
        sim_time limit) {
    const sim_time until = sim->now + limit;
    while ((fake_r32(sim, addr) & mask) != want) {
        if (sim->now >= until) {
            return false;
        }
        fake_run(sim, 100 * SIM_NS);
    }
    return true;
}

bool fake_nmi(const struct sim *sim) {
    return sim->nmi;
}

bool fake_irq(const struct sim *sim, unsigned irq) {
    return sim->irq[irq];
}

uint32_t fake_hclk(const struct sim *sim) {
    return sim->hclk;
}

const char *fake_rule(const struct sim *sim) {
    return sim->violated ? sim_rules[sim->violation.rule].name : NULL;
}

const struct sim_violation *fake_violation(const struct sim *sim) {
    return &sim->violation;
}

void fake_forget(struct sim *sim) {
    sim->violated = false;
}

unsigned fake_notes(const struct sim *sim, const char *text) {
    unsigned n = 0;
    for (size_t i = 0; i < sim->note_count; i++) {
        n += strstr(sim->notes[i], text) != NULL;
    }
    return n;
}

unsigned fake_unmodelled(const struct sim *sim) {
    return sim->unmodelled;
}

bool fake_bus_error(struct sim *sim) {
    const bool error = sim->bus_error;
    sim->bus_error = false;
    return error;
}

const char *fake_window_reason(const struct sim *sim) {
    return sim->window_reason;
}

const char *fake_window_cure(const struct sim *sim) {
    return sim->window_cure;
}

struct sim_window_timing fake_window_timing(const struct sim *sim) {
    return sim->window_timing;
}

bool fake_sleep_clock(const struct sim *sim) {
    return sim->sleep_clock;
}

struct sim_flash_timing fake_flash_timing(const struct sim *sim) {
    return sim->flash_timing;
}

unsigned fake_flash_forgotten(struct sim *sim) {
    const unsigned forgotten = sim->code_forgotten + 16 * sim->data_forgotten;
    sim->code_forgotten = sim->data_forgotten = 0;
    return forgotten;
}

uint32_t fake_alias(const struct sim *sim) {
    return sim->alias;
}

int fake_reset_request(struct sim *sim) {
    const int kind = sim->reset_request;
    sim->reset_request = -1;
    return kind;
}

sim_time fake_stalled(struct sim *sim) {
    const sim_time ps = sim->stalled;
    sim->stalled = 0;
    return ps;
}

uint64_t fake_changed(struct sim *sim) {
    const uint64_t bytes = sim->changed;
    sim->changed = 0;
    return bytes;
}

const struct sim_trace *fake_trace(const struct sim *sim,
        enum sim_trace_kind kind, size_t i) {
    for (size_t k = 0; k < sim->traces; k++) {
        if (sim->trace[k].kind == kind && i-- == 0) {
            return &sim->trace[k];
        }
    }
    return NULL;
}

void fake_set_pc(struct sim *sim, uint32_t pc) {
    sim->pc = pc;
}

/// For peripherals ///

void sim_add_memory(struct sim *sim, const char *name, enum sim_mem_kind kind,
        uint32_t base, uint32_t size, uint8_t *host) {
    (void)kind;
    assert_non_null(name);
    assert_int_equal(base % 1024, 0);
    assert_int_equal(size % 1024, 0);
    assert_true(sim->memories < 16);
    sim->memory[sim->memories++] = (struct fake_memory){base, size, host};
}

void sim_set_store(struct sim *sim, const struct sim_store *store) {
    sim->store = *store;
}

bool fake_store(struct sim *sim, uint32_t addr, uint32_t value, unsigned size) {
    const bool good = sim->store.store(sim->store.ctx, addr, value, size);
    end_access(sim);
    return good;
}

void sim_set_alias(struct sim *sim, uint32_t base, uint32_t size,
        uint32_t target) {
    assert_int_equal(base, 0);
    assert_int_not_equal(size, 0);
    sim->alias = target;
}

uint8_t *sim_memory(struct sim *sim, uint32_t addr, uint32_t len) {
    for (size_t i = 0; i < sim->memories; i++) {
        const struct fake_memory *m = &sim->memory[i];
        if (addr - m->base < m->size && len <= m->size - (addr - m->base)) {
            return m->host + (addr - m->base);
        }
    }
    return NULL;
}

void sim_memory_changed(struct sim *sim, uint32_t addr, uint32_t len) {
    assert_non_null(sim_memory(sim, addr, len));
    sim->changed += len;
}

// Snapshots are not faked.
void sim_add_state(struct sim *sim, void *at, size_t bytes) {
    (void)sim;
    (void)at;
    (void)bytes;
}

void sim_add_periph(struct sim *sim, const struct sim_periph *periph) {
    assert_true(sim->periphs < 16);
    sim->periph[sim->periphs++] = *periph;
}

static size_t register_at(struct sim *sim, uint32_t addr) {
    size_t i = 0;
    while (i < sim->regs && sim->reg[i].addr != (addr & ~3u)) {
        i++;
    }
    if (i == sim->regs) {
        assert_true(i < sizeof sim->reg / sizeof sim->reg[0]);
        sim->reg[sim->regs++].addr = addr & ~3u;
    }
    return i;
}

uint32_t *sim_register(struct sim *sim, uint32_t addr) {
    return &sim->reg[register_at(sim, addr)].value;
}

void sim_unmodelled(struct sim *sim, const char *periph, uint32_t addr,
        bool write) {
    (void)write;
    assert_non_null(periph);
    const size_t i = register_at(sim, addr);
    sim->unmodelled += !sim->reg[i].reported;
    sim->reg[i].reported = true;
}

// Counted by registers here, too.
void sim_unmodelled_block(struct sim *sim, const char *periph, uint32_t base,
        uint32_t addr, bool write) {
    (void)base;
    sim_unmodelled(sim, periph ? periph : "unknown", addr, write);
}

void sim_bus_error(struct sim *sim) {
    sim->bus_error = true;
}

void sim_refuse(struct sim *sim, const char *why, const char *fix) {
    (void)why;
    (void)fix;
    sim_bus_error(sim);
}

void sim_flash_timing(struct sim *sim, const struct sim_flash_timing *timing) {
    sim->flash_timing = *timing;
}

void sim_flash_forget(struct sim *sim, bool code, bool data) {
    sim->code_forgotten += code;
    sim->data_forgotten += data;
}

void sim_sleep_clock(struct sim *sim, bool runs) {
    sim->sleep_clock = runs;
}

void sim_steady(struct sim *sim) {
    (void)sim;
}

void sim_stall(struct sim *sim, sim_time ps) {
    sim->stall += ps;
}

sim_time sim_now(const struct sim *sim) {
    return sim->now;
}

void sim_set_hclk(struct sim *sim, uint32_t hz) {
    sim->hclk = hz;
}

void sim_cancel(struct sim *sim, struct sim_event *event) {
    for (struct sim_event **p = &sim->events; *p; p = &(*p)->next) {
        if (*p == event) {
            *p = event->next;
            break;
        }
    }
    event->next = NULL;
    event->at = SIM_NEVER;
}

void sim_schedule(struct sim *sim, struct sim_event *event, sim_time at) {
    sim_cancel(sim, event);
    event->at = at;
    event->order = sim->order++;
    struct sim_event **p = &sim->events;
    while (*p && (*p)->at <= at) {
        p = &(*p)->next;
    }
    event->next = *p;
    *p = event;
}

void sim_set_irqs(struct sim *sim, const struct sim_irqs *irqs) {
    assert_true(irqs->count <= FAKE_IRQS);
    sim->irqs = irqs;
}

void sim_nmi(struct sim *sim, bool level) {
    sim->nmi = level;
}

void sim_weak_memory(struct sim *sim, uint32_t addr, uint32_t len) {
    (void)sim;
    (void)addr;
    (void)len;
}

bool sim_weak_read(struct sim *sim, uint32_t addr, unsigned size) {
    return !sim->store.weak ||
            sim->store.weak(sim->store.ctx, addr, size, SIM_ACCESS_READ);
}

void sim_irq(struct sim *sim, unsigned irq, bool level) {
    assert_non_null(sim->irqs);
    assert_true(irq < sim->irqs->count);
    sim->irq[irq] = level;
}

void sim_request_reset(struct sim *sim, enum sim_reset kind) {
    sim->reset_request = (int)kind;
}

void sim_window_open(struct sim *sim, const struct sim_window_timing *timing) {
    sim->window_read &= sim->window;
    sim->window = true;
    sim->window_limit = 0;
    sim->window_timing = *timing;
}

void sim_window_close(struct sim *sim, const char *reason) {
    sim->window = sim->window_read = false;
    sim->window_reason = reason;
    sim->window_cure = NULL;
}

void sim_window_limit(struct sim *sim, uint32_t bytes) {
    sim->window_limit = bytes;
}

bool sim_window_is_behind(struct sim *sim, uint32_t addr, unsigned size) {
    return sim->window_limit && addr - 0x90000000u + size > sim->window_limit;
}

void sim_window_cure(struct sim *sim, const char *cure) {
    sim->window_cure = cure;
}

void sim_window_suspended(struct sim *sim, const char *state, uint32_t addr,
        uint32_t len_bytes) {
    (void)state;
    sim->suspended = addr;
    sim->suspended_bytes = len_bytes;
}

bool sim_window_spoils(struct sim *sim, uint32_t addr) {
    return addr - sim->suspended < sim->suspended_bytes;
}

bool sim_window_was_read(const struct sim *sim) {
    return sim->window_read;
}

void sim_window_forget_read(struct sim *sim) {
    sim->window_read = false;
}

void sim_window_tell_read(struct sim *sim) {
    sim->window_read = true;
}

bool sim_window_is_open(const struct sim *sim) {
    return sim->window;
}

// An empty text means the text of the rule.
static void complete(char *text, size_t size, const char *rule_text) {
    if (!text[0]) {
        snprintf(text, size, "%s", rule_text);
    }
}

void sim_violate(struct sim *sim, const struct sim_violation *violation) {
    struct sim_violation complete_one = *violation;
    const struct sim_violation *entry = &complete_one;
    complete(complete_one.why, sizeof complete_one.why,
            sim_rules[entry->rule].why);
    complete(complete_one.fix, sizeof complete_one.fix,
            sim_rules[entry->rule].cure);
    // Every one must be fit to be shown: no text cut off or missing.
    assert_true(strlen(entry->what) > 10);
    assert_true(strlen(entry->what) < sizeof entry->what - 1);
    assert_true(strlen(entry->why) > 10);
    assert_true(strlen(entry->why) < sizeof entry->why - 1);
    assert_true(strlen(entry->fix) > 10);
    assert_true(strlen(entry->fix) < sizeof entry->fix - 1);
    if (!sim->violated) {
        sim->violation = *entry;
        sim->violated = true;
    }
}

unsigned sim_exception(const struct sim *sim) {
    return sim->exception;
}

void fake_exception(struct sim *sim, unsigned number) {
    sim->exception = number;
}

uint32_t sim_pc(const struct sim *sim) {
    return sim->pc;
}

void sim_trace(struct sim *sim, enum sim_trace_kind kind, uint32_t a,
        uint32_t b, uint32_t c) {
    assert_true(sim->traces < FAKE_TRACES);
    sim->trace[sim->traces++] = (struct sim_trace){sim->now, kind, a, b, c};
}

void sim_trace_at(struct sim *sim, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c) {
    sim_trace(sim, kind, a, b, c);
    sim->trace[sim->traces - 1].time = at;
}

void sim_add_busy(struct sim *sim, sim_busy_fn *fn, void *ctx) {
    assert_true(sim->busy_count < 4);
    sim->busy[sim->busy_count].fn = fn;
    sim->busy[sim->busy_count++].ctx = ctx;
}

const char *fake_busy(struct sim *sim) {
    static char text[200];
    for (size_t i = 0; i < sim->busy_count; i++) {
        if (sim->busy[i].fn(sim->busy[i].ctx, text, sizeof text)) {
            return text;
        }
    }
    return NULL;
}

void sim_note(struct sim *sim, const char *format, ...) {
    char line[1024];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert_true(n > 0 && n < 400); // stm32_note_once truncates there
    assert_true(sim->note_count < FAKE_NOTES);
    sim->notes[sim->note_count++] = strdup(line);
}
