/*
 * core_flash - internal flash: wait states, prefetch, caches
 *
 * SPDX-License-Identifier: MIT
 *
 * After STM32's accelerator, RM0351 3.3.4: the array gives 8 bytes a read, which
 * stay in a buffer, one for code and one for data. The prefetch reads the next 8
 * bytes of code meanwhile. What is found neither there nor in the cache waits
 * for the array and goes into the cache, in place of the line that was not used
 * for the longest time.
 *
 * The manual does not say, and this is assumed: a line of a cache is allocated
 * whole and filled 8 bytes at a time; a prefetch that comes too late is a miss;
 * none begins for what the cache has; and none is broken off.
 */
#include "sim/cpu/core_priv.h"

#define UNITS_PER_LINE 4u

/// Caches ///

static uint8_t bit_of(uint32_t unit) {
    return (uint8_t)(1u << unit % UNITS_PER_LINE);
}

// Where the line is; `lines`: nowhere.
static unsigned find(struct core_cache *cache, unsigned lines, uint32_t line) {
    uint8_t *hint = &cache->hint[line % CORE_CACHE_HINTS];
    if (cache->line[*hint] == line && *hint < lines) {
        return *hint;
    }
    unsigned i = 0;
    while (i < lines && cache->line[i] != line) {
        i++;
    }
    if (i < lines) {
        *hint = (uint8_t)i;
    }
    return i;
}

static bool has(struct core_cache *cache, unsigned lines, uint32_t unit) {
    const unsigned i = find(cache, lines, unit / UNITS_PER_LINE);
    return i < lines && (cache->holds[i] & bit_of(unit));
}

// The same of one that is used.
static bool hits(struct core_cache *cache, unsigned lines, uint32_t unit,
        uint64_t now) {
    const unsigned i = find(cache, lines, unit / UNITS_PER_LINE);
    if (i == lines) {
        return false;
    }
    cache->used[i] = now;
    return cache->holds[i] & bit_of(unit);
}

static unsigned oldest(const struct core_cache *cache, unsigned lines) {
    unsigned found = 0;
    for (unsigned i = 1; i < lines; i++) {
        found = cache->used[i] < cache->used[found] ? i : found;
    }
    return found;
}

static void put(struct core_cache *cache, unsigned lines, uint32_t unit,
        uint64_t now) {
    unsigned i = find(cache, lines, unit / UNITS_PER_LINE);
    if (i == lines) {
        i = oldest(cache, lines);
        cache->line[i] = unit / UNITS_PER_LINE;
        cache->holds[i] = 0;
    }
    cache->holds[i] |= bit_of(unit);
    cache->used[i] = now;
}

static void clear(struct core_cache *cache) {
    *cache = (struct core_cache){.used = {0}};
    for (unsigned i = 0; i < SIM_FLASH_CODE_LINES; i++) {
        cache->line[i] = CORE_NO_UNIT;
    }
}

/// The array ///

// A read that can begin now. The cycle at which its bytes can be used.
static uint64_t read_array(struct core_flash *f, uint64_t now) {
    const uint64_t begin = now > f->free_at ? now : f->free_at;
    f->free_at = begin + f->timing.wait_states + 1;
    return begin + f->timing.wait_states;
}

static unsigned code_lines(const struct core_flash *f) {
    return f->timing.code_cache ? SIM_FLASH_CODE_LINES : 0;
}

static void prefetch(struct core_flash *f, uint32_t unit, uint64_t now) {
    if (f->timing.prefetch && !has(&f->code_cache, code_lines(f), unit)) {
        f->ahead = unit;
        f->ahead_at = read_array(f, now);
    }
}

static uint64_t fetch_unit(struct core_flash *f, uint32_t unit, uint64_t now) {
    uint64_t there = now;
    if (unit == f->ahead) {
        there = f->ahead_at > now ? f->ahead_at : now;
    } else if (!hits(&f->code_cache, code_lines(f), unit, now)) {
        there = read_array(f, now);
    }
    if (there > now && f->timing.code_cache) {
        put(&f->code_cache, SIM_FLASH_CODE_LINES, unit, now);
    }
    f->code = unit;
    f->ahead = CORE_NO_UNIT;
    prefetch(f, unit + 1, there);
    return there - now;
}

uint64_t core_flash_fetch_(struct sim_cpu *cpu, uint32_t pc, uint32_t last,
        uint64_t now) {
    struct core_flash *f = &cpu->flash;
    uint64_t wait = 0;
    if (pc / CORE_UNIT_BYTES !=
            f->code) { // not that of the instruction before it
        wait = fetch_unit(f, pc / CORE_UNIT_BYTES, now);
    }
    if (last != f->code) {
        wait += fetch_unit(f, last, now + wait);
    }
    return wait;
}

static uint64_t read_unit(struct core_flash *f, uint32_t unit, uint64_t now) {
    const unsigned lines = f->timing.data_cache ? SIM_FLASH_DATA_LINES : 0;
    if (unit == f->data || hits(&f->data_cache, lines, unit, now)) {
        f->data = unit;
        return 0;
    }
    f->data = unit;
    if (lines) {
        put(&f->data_cache, lines, unit, now);
    }
    return read_array(f, now) - now;
}

uint64_t core_flash_read_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint64_t now) {
    struct core_flash *f = &cpu->flash;
    const uint32_t last = (addr + size - 1) / CORE_UNIT_BYTES;
    const uint64_t wait = read_unit(f, addr / CORE_UNIT_BYTES, now);
    return last == addr / CORE_UNIT_BYTES
            ? wait
            : wait + read_unit(f, last, now + wait);
}

/// Life ///

void sim_cpu_flash(struct sim_cpu *cpu, const struct sim_flash_timing *timing) {
    cpu->flash.timing = *timing;
    core_forget_ways_(cpu); // reads may be quick now, or no longer
    cpu->clock.deadline = 0;
}

void sim_cpu_flash_forget(struct sim_cpu *cpu, bool code, bool data) {
    struct core_flash *f = &cpu->flash;
    if (code) {
        f->code = f->ahead = CORE_NO_UNIT;
        clear(&f->code_cache);
    }
    if (data) {
        f->data = CORE_NO_UNIT;
        clear(&f->data_cache);
    }
}

void core_flash_init_(struct sim_cpu *cpu) {
    sim_cpu_flash_forget(cpu, true, true);
}
