/*
 * bus - memory map, peripherals and the window of the simulated machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Memory is mapped into the CPU, which accesses it without calling this file.
 * All other accesses arrive in sim_bus_read_ and sim_bus_write_; an address
 * that is in neither stays unmapped and is a bus fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/sim_core.h"

#define PAGE_BYTES 1024u
#define PPB_BYTES 0x00100000u

/// Memory ///

struct memory *sim_memory_at_(struct sim *sim, uint32_t addr) {
    for (size_t i = 0; i < sim->memory_count; i++) {
        if (addr - sim->memory[i].base < sim->memory[i].size) {
            return &sim->memory[i];
        }
    }
    return NULL;
}

static void map_memory(struct sim *sim, const struct memory *memory) {
    if (sim->memory_count == SIM_MAX_MEMORIES ||
            !sim_cpu_map(sim->cpu, memory->kind, memory->base, memory->size,
                    memory->host)) {
        sim_note(sim,
                "memory %s at 0x%08x does not fit into the map: it must "
                "start and end at a multiple of 1 KB and overlap nothing",
                memory->name, (unsigned)memory->base);
        return;
    }
    sim->memory[sim->memory_count++] = *memory;
    if (!memory->alias) {
        sim_snapshots_memory_(sim, memory);
    }
}

void sim_add_memory(struct sim *sim, const char *name, enum sim_mem_kind kind,
        uint32_t base, uint32_t size, uint8_t *host) {
    map_memory(sim,
            &(struct memory){
                    .name = name,
                    .kind = kind,
                    .base = base,
                    .size = size,
                    .host = host,
            });
}

static void apply_alias(struct sim *sim) {
    const struct alias_request wanted = sim->alias;
    sim->alias.wanted = false;
    struct memory *old = sim_memory_at_(sim, wanted.base);
    const struct memory *target = sim_memory_at_(sim, wanted.target);
    uint8_t *host =
            target ? target->host + (wanted.target - target->base) : NULL;
    if (old && old->alias && old->base == wanted.base) {
        if (old->host == host) {
            return;
        }
        // Translations of the old contents would remain.
        sim_cpu_invalidate(sim->cpu, old->base, old->size);
        sim_cpu_unmap(sim->cpu, old->base, old->size);
        *old = sim->memory[--sim->memory_count];
        target = sim_memory_at_(sim, wanted.target);
    }
    if (!target) {
        sim_note(sim, "no memory at 0x%08x that could be mapped to 0x%08x",
                (unsigned)wanted.target, (unsigned)wanted.base);
        return;
    }
    const uint32_t room = target->size - (wanted.target - target->base);
    map_memory(sim,
            &(struct memory){
                    .name = target->name,
                    .kind = target->kind,
                    .base = wanted.base,
                    .size = wanted.size < room ? wanted.size : room,
                    .host = host,
                    .alias = true,
            });
}

void sim_set_alias(struct sim *sim, uint32_t base, uint32_t size,
        uint32_t target) {
    sim->alias = (struct alias_request){true, base, size, target};
    if (sim->in_cpu) {
        sim->clock->deadline = 0;
    } else {
        apply_alias(sim);
    }
}

void sim_apply_memory_(struct sim *sim) {
    if (sim->alias.wanted) {
        apply_alias(sim);
    }
    const size_t count = sim->change_count;
    sim->change_count = 0;
    for (size_t i = 0; i < count; i++) {
        sim_memory_changed(sim, sim->change[i].addr, sim->change[i].len);
    }
}

uint8_t *sim_memory(struct sim *sim, uint32_t addr, uint32_t len) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    return memory && len <= memory->size - (addr - memory->base)
            ? memory->host + (addr - memory->base)
            : NULL;
}

uint32_t sim_without_alias_(const struct sim *sim, uint32_t addr) {
    const struct memory *at = NULL;
    for (size_t i = 0; i < sim->memory_count && !at; i++) {
        const struct memory *m = &sim->memory[i];
        at = m->alias && addr - m->base < m->size ? m : NULL;
    }
    for (size_t i = 0; at && i < sim->memory_count; i++) {
        const struct memory *m = &sim->memory[i];
        const uint8_t *host = at->host + (addr - at->base);
        if (!m->alias && host >= m->host && host < m->host + m->size) {
            return m->base + (uint32_t)(host - m->host);
        }
    }
    return addr;
}

static bool tell(struct sim *sim, uint32_t addr, uint32_t len,
        enum sim_access access) {
    return !sim->store.weak ||
            sim->store.weak(sim->store.ctx, sim_without_alias_(sim, addr), len,
                    access);
}

static void remember_change(struct sim *sim, uint32_t addr, uint32_t len) {
    if (sim->change_count < SIM_MAX_CHANGES) {
        sim->change[sim->change_count].addr = addr;
        sim->change[sim->change_count].len = len;
        sim->change_count++;
    } else { // grow the last one until it covers both
        const size_t last = SIM_MAX_CHANGES - 1;
        const uint32_t from = sim->change[last].addr;
        const uint32_t to = from + sim->change[last].len;
        sim->change[last].addr = addr < from ? addr : from;
        sim->change[last].len =
                (addr + len > to ? addr + len : to) - sim->change[last].addr;
    }
    sim->clock->deadline = 0;
}

void sim_memory_changed(struct sim *sim, uint32_t addr, uint32_t len) {
    sim_cpu_touch(sim->cpu, addr, len, true);
    tell(sim, addr, len, SIM_ACCESS_WRITE);
    const struct memory *seen = sim_memory_at_(sim, addr);
    if (seen) {
        sim_snapshots_dirty_(sim, seen->host + (addr - seen->base), len);
    }
    if (sim->in_cpu) { // not while its translation runs
        remember_change(sim, addr, len);
        return;
    }
    sim_cpu_invalidate(sim->cpu, addr, len);
    if (!seen) {
        return;
    }
    // The same bytes may be mapped elsewhere too: an alias, or its target.
    const uint8_t *from = seen->host + (addr - seen->base);
    for (size_t i = 0; i < sim->memory_count; i++) {
        const struct memory *other = &sim->memory[i];
        if (other != seen && from < other->host + other->size &&
                from + len > other->host) {
            const uint32_t start =
                    from > other->host ? (uint32_t)(from - other->host) : 0;
            const uint32_t rest = other->size - start;
            sim_cpu_invalidate(sim->cpu, other->base + start,
                    len < rest ? len : rest);
        }
    }
}

bool sim_in_closed_window_(struct sim *sim, uint32_t addr) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    return memory && memory->kind == SIM_MEM_WINDOW && !sim->window_open;
}

bool sim_window_is_behind(struct sim *sim, uint32_t addr, unsigned size) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    const uint32_t limit = sim->window_limit;
    return memory && memory->kind == SIM_MEM_WINDOW && sim->window_open &&
            limit && addr - memory->base + size > limit;
}

void sim_weak_memory(struct sim *sim, uint32_t addr, uint32_t len) {
    sim_cpu_weak(sim->cpu, addr, len);
}

bool sim_bus_weak_(void *ctx, uint32_t addr, unsigned size,
        enum sim_access access) {
    return tell(ctx, addr, size, access);
}

bool sim_weak_read(struct sim *sim, uint32_t addr, unsigned size) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    return !memory || memory->kind == SIM_MEM_WINDOW ||
            tell(sim, addr, size, SIM_ACCESS_READ);
}

bool sim_load_(struct sim *sim, uint32_t addr, uint32_t *value) {
    const uint8_t *at = sim_memory(sim, addr, 4);
    if (!at || sim_in_closed_window_(sim, addr) ||
            sim_window_is_behind(sim, addr, 4)) {
        return false;
    }
    *value = 0;
    if (sim_weak_read(sim, addr, 4)) {
        memcpy(value, at, 4);
    }
    return true;
}

// The MPU, on behalf of code in that state.
static bool refused(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t addr, unsigned right) {
    const bool privileged =
            (state->xpsr & 0x1FF) || !(state->control & CONTROL_NPRIV);
    return sim_cpu_is_exact() &&
            sim_mpu_applies(&sim->scs.mpu,
                    sim_exc_running_(sim, state, true) < 0) &&
            !(sim_mpu_rights(&sim->scs.mpu, addr, privileged) & right);
}

unsigned sim_push_(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t addr, uint32_t value) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    if (refused(sim, state, addr, SIM_MPU_WRITE)) {
        return EXC_MEM;
    }
    if (!memory || memory->kind != SIM_MEM_RAM ||
            memory->size - (addr - memory->base) < 4) {
        return EXC_BUS;
    }
    memcpy(memory->host + (addr - memory->base), &value, 4);
    tell(sim, addr, 4, SIM_ACCESS_WRITE);
    sim_cpu_touch(sim->cpu, addr, 4, true);
    if (sim_cpu_is_exact()) { // a stack may overwrite code
        sim_cpu_invalidate(sim->cpu, addr, 4);
    }
    return 0;
}

unsigned sim_pop_(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t addr, uint32_t *value) {
    if (refused(sim, state, addr, SIM_MPU_READ)) {
        return EXC_MEM;
    }
    return sim_load_(sim, addr, value) ? 0 : EXC_BUS;
}

void sim_flash_timing(struct sim *sim, const struct sim_flash_timing *timing) {
    sim_cpu_flash(sim->cpu, timing);
}

void sim_flash_forget(struct sim *sim, bool code, bool data) {
    sim_cpu_flash_forget(sim->cpu, code, data);
}

/// The window ///

void sim_window_costs_(struct sim *sim) {
    sim_cpu_window_cost(sim->cpu,
            (uint32_t)sim_cycles_in_(sim, sim->window_timing.first_ps),
            (uint32_t)sim_cycles_in_(sim, sim->window_timing.next_ps));
}

static void switch_window(struct sim *sim, bool open) {
    sim_cpu_window(sim->cpu, open);
    if (sim->window_open != open) {
        sim->window_open = open;
        sim->window_read = false;
        memset(sim->exc.armed_pc, 0, sizeof sim->exc.armed_pc);
        sim_trace(sim, SIM_TRACE_WINDOW, open, 0, 0);
    }
}

void sim_window_limit(struct sim *sim, uint32_t bytes) {
    sim->window_limit = bytes;
    sim_cpu_window_limit(sim->cpu, bytes);
}

void sim_window_open(struct sim *sim, const struct sim_window_timing *timing) {
    sim->window_timing = timing ? *timing : (struct sim_window_timing){0};
    sim->window_cure = NULL;
    sim_window_limit(sim, 0);
    sim_window_costs_(sim);
    switch_window(sim, true);
}

void sim_window_close(struct sim *sim, const char *reason) {
    sim->window_reason = reason;
    sim->window_cure = NULL;
    switch_window(sim, false);
}

void sim_window_cure(struct sim *sim, const char *cure) {
    sim->window_cure = cure;
}

bool sim_window_is_open(const struct sim *sim) {
    return sim->window_open;
}

bool sim_window_was_read(const struct sim *sim) {
    return sim->window_read || sim_cpu_window_was_read(sim->cpu);
}

void sim_window_forget_read(struct sim *sim) {
    sim->window_read = false;
    sim_cpu_window_forget_read(sim->cpu);
}

void sim_window_tell_read(struct sim *sim) {
    sim->window_read = true;
}

void sim_window_suspended(struct sim *sim, const char *state, uint32_t addr,
        uint32_t len_bytes) {
    sim->suspended.state = state;
    sim->suspended.addr = addr;
    sim->suspended.len = len_bytes;
    sim->suspended.reported = false;
    sim_cpu_window_hole(sim->cpu, addr, len_bytes);
}

bool sim_window_spoils(struct sim *sim, uint32_t addr) {
    if (sim->suspended.reported ||
            addr - sim->suspended.addr >= sim->suspended.len) {
        return false;
    }
    sim->suspended.reported = true;
    return true;
}

// The first access only: it is one mistake.
void sim_bus_hole_(void *ctx, uint32_t addr, bool fetch) {
    struct sim *sim = ctx;
    if (!sim_window_spoils(sim, addr)) {
        return;
    }
    char what[200], why[300];
    snprintf(what, sizeof what, "%s 0x%08x in the suspended unit at 0x%08x",
            fetch ? "fetched an instruction at" : "read", (unsigned)addr,
            (unsigned)sim->suspended.addr);
    snprintf(why, sizeof why,
            "the %u bytes at 0x%08x are %s: until the operation is resumed "
            "and done, the chip answers there with garbage",
            (unsigned)sim->suspended.len, (unsigned)sim->suspended.addr,
            sim->suspended.state);
    sim_violate_at_(sim, SIM_RULE_WINDOW_SUSPENDED, addr, what, why);
}

/// Peripherals ///

// End of the range that covers addr, or 0; *next is the start of the next one.
static uint64_t covered_until(const struct sim *sim, uint64_t addr,
        uint64_t *next) {
    uint64_t until = 0;
    for (size_t i = 0; i < sim->mapped_count; i++) {
        const uint64_t from = sim->mapped[i][0];
        const uint64_t to = from + sim->mapped[i][1];
        if (addr >= from && addr < to) {
            until = to;
        } else if (from > addr && from < *next) {
            *next = from;
        }
    }
    for (size_t i = 0; i < sim->memory_count; i++) {
        const uint64_t from = sim->memory[i].base;
        const uint64_t to = from + sim->memory[i].size;
        if (addr >= from && addr < to) {
            until = to;
        } else if (from > addr && from < *next) {
            *next = from;
        }
    }
    return until;
}

static void map_bus(struct sim *sim, uint32_t base, uint32_t size) {
    uint64_t at = base & ~(uint64_t)(PAGE_BYTES - 1);
    const uint64_t end = ((uint64_t)base + size + PAGE_BYTES - 1) &
            ~(uint64_t)(PAGE_BYTES - 1);
    while (at < end) {
        uint64_t next = end;
        const uint64_t until = covered_until(sim, at, &next);
        if (until) {
            at = until;
            continue;
        }
        if (sim->mapped_count == sizeof sim->mapped / sizeof sim->mapped[0] ||
                !sim_cpu_map_bus(sim->cpu, (uint32_t)at,
                        (uint32_t)(next - at))) {
            sim_note(sim, "the bus has no free entry for 0x%08x", (unsigned)at);
            return;
        }
        sim->mapped[sim->mapped_count][0] = (uint32_t)at;
        sim->mapped[sim->mapped_count][1] = (uint32_t)(next - at);
        sim->mapped_count++;
        at = next;
    }
}

void sim_add_periph(struct sim *sim, const struct sim_periph *periph) {
    if (sim->periph_count == SIM_MAX_PERIPHS) {
        sim_note(sim, "too many peripherals: %s is not on the bus",
                periph->name);
        return;
    }
    sim->periph[sim->periph_count++] = *periph;
    memset(sim->lookup, 0, sizeof sim->lookup);
    map_bus(sim, periph->base, periph->size);
}

// Peripherals may overlap: the smallest one that holds the address answers.
static const struct sim_periph *find_periph(struct sim *sim, uint32_t addr) {
    const uint32_t word = addr >> 2;
    const size_t slot = word & (SIM_LOOKUPS - 1);
    if (sim->lookup[slot].periph && sim->lookup[slot].word == word) {
        const struct sim_periph *known = sim->lookup[slot].periph;
        if (addr - known->base < known->size) {
            return known;
        }
    }
    const struct sim_periph *best = NULL;
    for (size_t i = 0; i < sim->periph_count; i++) {
        const struct sim_periph *periph = &sim->periph[i];
        if (addr - periph->base < periph->size &&
                (!best || periph->size < best->size)) {
            best = periph;
        }
    }
    sim->lookup[slot].word = word;
    sim->lookup[slot].periph = best;
    return best;
}

const char *sim_register_name(struct sim *sim, uint32_t addr,
        char text[SIM_REGISTER_BYTES]) {
    static const struct {
        uint32_t addr;
        const char *name;
    } own[] = {
            {0xE0001004, "DWT_CYCCNT"},
            {0xE000E010, "SYST_CSR"},
            {0xE000E018, "SYST_CVR"},
            {0xE000ED04, "ICSR"},
    };
    char name[SIM_REGISTER_BYTES - 16] = "";
    const struct sim_periph *periph = find_periph(sim, addr);
    if (periph && periph->register_name) {
        periph->register_name(periph->ctx, addr - periph->base, name,
                sizeof name);
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (own[i].addr == addr) {
            snprintf(name, sizeof name, "%s", own[i].name);
        }
    }
    snprintf(text, SIM_REGISTER_BYTES, name[0] ? "%s (0x%08x)" : "%s0x%08x",
            name, (unsigned)addr);
    return text;
}

// Cycles an access takes on top of the load or store: bridge and peripheral.
static uint32_t access_cycles(struct sim *sim, uint32_t addr) {
    if (addr >= SIM_PPB_ADDR) {
        return 0;
    }
    const struct sim_periph *periph = find_periph(sim, addr);
    return periph && addr - periph->base < periph->slow_bytes ? 4 : 1;
}

// Bit-banding (Armv7-M ARM, Cortex-M4 TRM 3.7): a word per bit. *base is that
// of the bit's word.
static bool bit_band(const struct sim *sim, uint32_t addr, uint32_t *base,
        unsigned *bit) {
    const uint32_t region = addr & 0xFE000000u;
    if (!sim->profile->bit_band ||
            (region != 0x22000000u && region != 0x42000000u)) {
        return false;
    }
    const uint32_t off = addr & 0x01FFFFFFu;
    *base = (region - 0x02000000u) + (off >> 7 << 2);
    *bit = off >> 2 & 31;
    return true;
}

static uint32_t read_any(struct sim *sim, uint32_t addr, unsigned size) {
    const struct sim_periph *periph = find_periph(sim, addr);
    uint32_t word;
    unsigned bit;
    if (bit_band(sim, addr, &word, &bit)) {
        const uint8_t *memory = sim_memory(sim, word, 4);
        if (memory) {
            return memory[bit / 8] >> bit % 8 & 1;
        }
        return read_any(sim, word, 4) >> bit & 1;
    }
    if (periph) {
        return periph->read(periph->ctx, addr - periph->base, size);
    }
    if (addr - SIM_PPB_ADDR < PPB_BYTES) {
        return sim_ppb_read_(sim, addr, size);
    }
    sim_bus_error(sim);
    return 0;
}

static void write_any(struct sim *sim, uint32_t addr, uint32_t value,
        unsigned size) {
    const struct sim_periph *periph = find_periph(sim, addr);
    uint32_t word;
    unsigned bit;
    if (bit_band(sim, addr, &word, &bit)) {
        uint8_t *memory = sim_memory(sim, word, 4);
        if (memory) {
            uint8_t *byte = memory + bit / 8;
            *byte = (uint8_t)((*byte & ~(1u << bit % 8)) |
                    (value & 1) << bit % 8);
            sim_memory_changed(sim, word + bit / 8, 1); // it may be code
        } else {
            const uint32_t old = read_any(sim, word, 4);
            write_any(sim, word, (old & ~(1u << bit)) | (value & 1) << bit, 4);
        }
    } else if (periph) {
        periph->write(periph->ctx, addr - periph->base, value, size);
    } else if (addr - SIM_PPB_ADDR < PPB_BYTES) {
        sim_ppb_write_(sim, addr, value, size);
    } else {
        sim_bus_error(sim);
    }
}

static void follow_poll(struct sim *sim, uint32_t addr, uint32_t value) {
    if (addr != sim->poll.addr || value != sim->poll.value) {
        sim->poll.addr = addr;
        sim->poll.value = value;
        sim->poll.count = 0;
        sim->poll.since = sim_now(sim);
    }
    sim->poll.count++;
    sim->poll.last = sim->clock->cycles;
}

uint32_t sim_bus_read_(void *ctx, uint32_t addr, unsigned size) {
    struct sim *sim = ctx;
    sim->in_access = true;
    sim->access_addr = addr;
    sim->access_write = false;
    sim->last_read = addr;
    sim->clock->cost += access_cycles(sim, addr);
    const uint32_t word = read_any(sim, addr, size);
    const uint32_t value = size == 4 ? word : word & ((1u << 8 * size) - 1);
    sim->in_access = false;
    follow_poll(sim, addr, value);
    return value;
}

void sim_bus_again_(void *ctx, uint64_t reads, uint64_t cycle) {
    struct sim *sim = ctx;
    sim->poll.count += reads;
    sim->poll.last = cycle;
}

void sim_steady(struct sim *sim) {
    if (sim->in_access) {
        sim_cpu_steady(sim->cpu);
    }
}

void sim_bus_write_(void *ctx, uint32_t addr, uint32_t value, unsigned size) {
    struct sim *sim = ctx;
    sim->in_access = true;
    sim->access_addr = addr;
    sim->access_write = true;
    sim->clock->cost += access_cycles(sim, addr);
    write_any(sim, addr, size == 4 ? value : value & ((1u << 8 * size) - 1),
            size);
    sim->in_access = false;
}

void sim_bus_error(struct sim *sim) {
    if (sim->in_access) {
        sim_cpu_bus_error(sim->cpu, sim->access_addr, sim->access_write);
    }
}

void sim_refuse(struct sim *sim, const char *why, const char *fix) {
    sim->refused.addr = sim->access_addr;
    sim->refused.why = why;
    sim->refused.fix = fix;
    sim_bus_error(sim);
}

bool sim_refused(const struct sim *sim, uint32_t addr, const char **why,
        const char **fix) {
    *why = sim->refused.why;
    *fix = sim->refused.fix;
    return *why && (addr & ~3u) == (sim->refused.addr & ~3u);
}

void sim_stall(struct sim *sim, sim_time ps) {
    sim->clock->cost += sim_cycles_in_(sim, ps);
}

/// Registers that are not modelled ///

static struct stray *slot_of(const struct strays *s, uint32_t addr) {
    size_t i = (size_t)(addr >> 2) * 2654435761u & (s->room - 1);
    while (s->at[i].used && s->at[i].addr != addr) {
        i = (i + 1) & (s->room - 1);
    }
    return &s->at[i];
}

static void grow(struct strays *s) {
    struct strays grown = {.used = s->used, .room = s->room ? 2 * s->room : 64};
    grown.at = calloc(grown.room, sizeof *grown.at);
    if (!grown.at) {
        abort();
    }
    for (size_t i = 0; i < s->room; i++) {
        if (s->at[i].used) {
            *slot_of(&grown, s->at[i].addr) = s->at[i];
        }
    }
    free(s->at);
    *s = grown;
}

static struct stray *find_stray(struct sim *sim, uint32_t addr) {
    struct strays *s = &sim->strays;
    if (s->used * 2 >= s->room) {
        grow(s);
    }
    struct stray *stray = slot_of(s, addr & ~3u);
    if (!stray->used) {
        *stray = (struct stray){.addr = addr & ~3u, .used = true};
        s->used++;
    }
    return stray;
}

void sim_strays_reset_(struct sim *sim) {
    for (size_t i = 0; i < sim->strays.room; i++) {
        sim->strays.at[i].value = 0;
    }
}

uint32_t *sim_register(struct sim *sim, uint32_t addr) {
    return &find_stray(sim, addr)->value;
}

static void stop_at_unmodelled(struct sim *sim, uint32_t addr, bool write) {
    if (sim_violate_at_(sim, SIM_RULE_NOT_MODELLED, addr,
                write ? "wrote a register that is not modelled"
                      : "read a register that is not modelled",
                NULL)) {
        sim->stop_violation = true;
    }
}

void sim_unmodelled(struct sim *sim, const char *periph, uint32_t addr,
        bool write) {
    struct stray *stray = find_stray(sim, addr);
    if (stray->reported) {
        return;
    }
    stray->reported = true;
    if (sim->options.strict) {
        stop_at_unmodelled(sim, addr, write);
        return;
    }
    sim_note(sim,
            "%s: register 0x%08x is not modelled and behaves as "
            "memory (first %s at pc 0x%08x)",
            periph, (unsigned)addr, write ? "written" : "read",
            (unsigned)sim_pc(sim));
}

void sim_unmodelled_block(struct sim *sim, const char *periph, uint32_t base,
        uint32_t addr, bool write) {
    struct stray *stray = find_stray(sim, base);
    if (sim->options.strict) {
        sim_unmodelled(sim, periph, addr, write);
        return;
    }
    if (stray->block_reported) {
        return;
    }
    stray->block_reported = true;
    sim_note(sim,
            "%s at 0x%08x is not modelled: its registers behave as memory (first "
            "0x%08x, %s at pc 0x%08x)",
            periph ? periph : "the peripheral", (unsigned)base, (unsigned)addr,
            write ? "written" : "read", (unsigned)sim_pc(sim));
}
