/*
 * core_debug - breakpoints and watchpoints of the core of our own
 *
 * SPDX-License-Identifier: MIT
 *
 * A breakpoint is part of the record of its instruction, and so is a range of
 * fetches to be told of; they cost nothing elsewhere. A page with a watched
 * byte loses its fast way: each access to it is looked at.
 */
#include <stdlib.h>

#include "sim/cpu/core_priv.h"

/// Breakpoints ///

static size_t find_break(const struct sim_cpu *cpu, uint32_t addr) {
    size_t i = 0;
    while (i < cpu->points.break_count && cpu->points.breaks[i] != addr) {
        i++;
    }
    return i;
}

bool core_breaks_(const struct sim_cpu *cpu, uint32_t pc) {
    return find_break(cpu, pc) < cpu->points.break_count ||
            pc - cpu->watch_addr < cpu->watch_len;
}

bool core_stops_before_(struct sim_cpu *cpu, uint32_t pc,
        uint64_t instructions) {
    if (pc - cpu->watch_addr < cpu->watch_len) {
        cpu->watch_len = 0; // once
        core_range_changed_(cpu);
        cpu->exit.why = SIM_CPU_WATCHED;
        return true;
    }
    if (find_break(cpu, pc) == cpu->points.break_count ||
            (instructions == cpu->pass_at && pc == cpu->pass_pc)) {
        return false;
    }
    cpu->exit.why = SIM_CPU_BREAK;
    return true;
}

void core_range_changed_(struct sim_cpu *cpu) {
    struct core_points *p = &cpu->points;
    if (p->fetch_addr != cpu->watch_addr || p->fetch_len != cpu->watch_len) {
        core_forget_(cpu, p->fetch_addr, p->fetch_len);
        core_forget_(cpu, cpu->watch_addr, cpu->watch_len);
        p->fetch_addr = cpu->watch_addr;
        p->fetch_len = cpu->watch_len;
    }
}

// One more of `size` bytes. false: no memory is left.
static bool grow(void **at, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return true;
    }
    const size_t wanted = *room ? *room * 2 : 16;
    void *more = realloc(*at, wanted * size);
    if (!more) {
        return false;
    }
    *at = more;
    *room = wanted;
    return true;
}

bool sim_cpu_break(struct sim_cpu *cpu, uint32_t addr, bool set) {
    struct core_points *p = &cpu->points;
    addr &= ~1u;
    const size_t at = find_break(cpu, addr);
    if (set && at == p->break_count) {
        void *breaks = p->breaks;
        if (!grow(&breaks, p->break_count, &p->break_room, sizeof addr)) {
            return false;
        }
        p->breaks = breaks;
        p->breaks[p->break_count++] = addr;
    } else if (!set && at < p->break_count) {
        p->breaks[at] = p->breaks[--p->break_count];
    }
    core_forget_(cpu, addr, 2);
    return true;
}

void sim_cpu_pass(struct sim_cpu *cpu, uint64_t instructions, uint32_t pc) {
    cpu->pass_at = instructions;
    cpu->pass_pc = pc;
}

/// Watchpoints ///

static bool same(const struct sim_watch *a, const struct sim_watch *b) {
    return a->addr == b->addr && a->len == b->len && a->read == b->read &&
            a->write == b->write;
}

bool sim_cpu_watch(struct sim_cpu *cpu, const struct sim_watch *watch,
        bool set) {
    struct core_points *p = &cpu->points;
    core_forget_ways_(cpu);
    for (size_t i = 0; !set && i < p->watch_count; i++) {
        if (same(&p->watches[i], watch)) {
            p->watches[i] = p->watches[--p->watch_count];
            return true;
        }
    }
    void *watches = p->watches;
    if (!set || !watch->len ||
            !grow(&watches, p->watch_count, &p->watch_room, sizeof *watch)) {
        return !set;
    }
    p->watches = watches;
    p->watches[p->watch_count++] = *watch;
    return true;
}

bool sim_cpu_watches(const struct sim_cpu *cpu) {
    return cpu->points.watch_count;
}

static bool overlap(const struct sim_watch *watch, uint32_t addr,
        uint32_t len) {
    return addr - watch->addr < watch->len || watch->addr - addr < len;
}

void core_watches_(const struct sim_cpu *cpu, uint32_t base, bool *read,
        bool *write) {
    *read = *write = false;
    for (size_t i = 0; i < cpu->points.watch_count; i++) {
        const struct sim_watch *watch = &cpu->points.watches[i];
        if (overlap(watch, base, CORE_PAGE_BYTES)) {
            *read |= watch->read;
            *write |= watch->write;
        }
    }
}

void sim_cpu_touch(struct sim_cpu *cpu, uint32_t addr, uint32_t len,
        bool write) {
    for (size_t i = 0; i < cpu->points.watch_count && !cpu->touched; i++) {
        const struct sim_watch *watch = &cpu->points.watches[i];
        if ((write ? watch->write : watch->read) && overlap(watch, addr, len)) {
            cpu->touched = true;
            cpu->touch = (struct sim_touch){
                    .watch = *watch,
                    .write = write,
                    .by_cpu = cpu->running,
                    .pc = cpu->clock.pc,
            };
        }
    }
}

bool sim_cpu_touched(struct sim_cpu *cpu, struct sim_touch *touch) {
    if (!cpu->touched) {
        return false;
    }
    *touch = cpu->touch;
    cpu->touched = false;
    return true;
}

/// Registers ///

void sim_cpu_get_fp_rest(struct sim_cpu *cpu, uint32_t s[16]) {
    memcpy(s, cpu->s + 16, 16 * sizeof s[0]);
}

void sim_cpu_set_fp_rest(struct sim_cpu *cpu, const uint32_t s[16]) {
    memcpy(cpu->s + 16, s, 16 * sizeof s[0]);
}
