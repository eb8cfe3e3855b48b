/*
 * core_timing - cycles of each instruction, and of reads of internal flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M4 TRM (Arm 100166, DDI 0439) 3.3 and 7.2.3, zero wait states; what
 * code over the system bus costs from the TRM of the Cortex-M3 (DDI 0337) 12.5,
 * whose bus is the same; a Cortex-M0+ has a table of its own below. What
 * depends on a pair (pipelined loads, an address that was just computed) is
 * charged to its first instruction, so that a branch to the second one pays its
 * full price. The pipeline refill of a taken branch comes on top, see
 * refill_cycles in profile.h. Where the TRM gives a range: divisions 6 of 2 to
 * 12, MSR and MRS 2, CPS and barriers with nothing to wait for 1.
 */
#include "sim/cpu/core_priv.h"

#define UNITS_PER_LINE 4u // of a cache of internal flash

enum { DIVISION = 6, FP_MULTIPLY_ADD = 3, FP_DIVISION = 14 };

static bool has_pc(const struct thumb_insn *insn) {
    return insn->writes >> CORE_PC & 1;
}

static unsigned load(const struct thumb_insn *insn) {
    const unsigned words = (insn->access_bytes + 3u) / 4;
    // To the PC: with the refill of a branch, five.
    return 1 + words + (has_pc(insn) ? 1 : 0);
}

// STR to base and immediate is done while the next instruction runs.
static unsigned store(const struct thumb_insn *insn) {
    const bool buffered = insn->immediate && !insn->writeback &&
            !insn->floating && insn->access_bytes <= 4 &&
            insn->rd2 == THUMB_NONE;
    return buffered ? 1 : 1 + (insn->access_bytes + 3u) / 4;
}

static unsigned fp(uint32_t w) {
    if ((w & 0x0F000010u) != 0x0E000000u) {
        return (w >> 21 & 0x7F) == 0x62 ? 2 : 1; // VMOV of two registers
    }
    switch (w >> 20 & 0xB) {
    case 0x0: // VMLA, VMLS, VNMLA, VNMLS
    case 0x1:
    case 0x9: // VFMA and its sisters
    case 0xA:
        return FP_MULTIPLY_ADD;
    case 0x8:
        return FP_DIVISION;
    case 0xB:
        return (w & 0x000F00C0u) == 0x000100C0u ? FP_DIVISION : 1; // VSQRT
    default:
        return 1;
    }
}

static unsigned other(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    if (insn->size_bytes == 2) {
        return 1;
    }
    if ((w & 0xEC000000u) == 0xEC000000u) {
        return fp(w);
    }
    if ((w & 0xFFD000F0u) == 0xFB9000F0u) {
        return DIVISION;
    }
    if ((w & 0xFFF000E0u) == 0xFB000000u && (w >> 12 & 15) != 15) {
        return 2; // MLA, MLS
    }
    if ((w & 0xFFE0D000u) == 0xF3808000u || (w & 0xFFE0D000u) == 0xF3E08000u) {
        return 2; // MSR, MRS
    }
    if ((w & 0xFFFFFFF0u) == 0xF3BF8F60u) {
        return 1 + SIM_BRANCH_CYCLES; // ISB
    }
    return 1;
}

static unsigned alone(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_LOAD_MULTIPLE:
        return load(insn);
    case THUMB_STORE:
        return store(insn);
    case THUMB_STORE_MULTIPLE:
        return 1 + (insn->access_bytes + 3u) / 4;
    case THUMB_TABLE:
        return 4; // six with the refill
    default:
        return other(insn);
    }
}

static bool is_access(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
    case THUMB_TABLE:
        return true;
    default:
        return false;
    }
}

static uint32_t bit(uint8_t reg) {
    return reg == THUMB_NONE ? 0 : 1u << reg;
}

// Of the address.
static uint32_t registers_of(const struct thumb_insn *insn) {
    return bit(insn->rn) | (insn->immediate ? 0 : bit(insn->rm));
}

// LDR of one word or less to a register.
static bool is_single_load(const struct thumb_insn *insn) {
    return insn->op == THUMB_LOAD && !insn->writeback && !insn->floating &&
            !has_pc(insn) && insn->rd2 == THUMB_NONE && insn->access_bytes <= 4;
}

static bool is_pipelined_store(const struct thumb_insn *insn) {
    return insn->op == THUMB_STORE && !insn->immediate && !insn->floating;
}

// Cortex-M0+ TRM (DDI 0484C) table 3.1, with the fast multiplier.
static unsigned armv6(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
        return 2;
    case THUMB_LOAD_MULTIPLE:
        // To the PC: with the refill of a branch, 3 + n.
        return 1 + insn->access_bytes / 4u + (has_pc(insn) ? 1 : 0);
    case THUMB_STORE_MULTIPLE:
        return 1 + insn->access_bytes / 4u;
    case THUMB_BL:
        return 2; // three with the refill
    default:
        return insn->size_bytes == 4 ? 3 : 1; // MRS, MSR, barriers
    }
}

unsigned core_cost_(const struct sim_profile *profile,
        const struct thumb_insn *insn, const struct thumb_insn *next) {
    if (profile->arch == SIM_ARM_V6M) {
        return armv6(insn);
    }
    const unsigned cycles = alone(insn);
    if (!next || !is_access(next)) {
        return cycles;
    }
    if (is_single_load(insn)) {
        const bool pipelined =
                (is_single_load(next) || is_pipelined_store(next)) &&
                !(registers_of(next) & bit(insn->rd));
        return pipelined ? cycles - 1 : cycles;
    }
    const bool data = !is_access(insn) && !has_pc(insn) &&
            insn->op >= THUMB_MOV && insn->op <= THUMB_OTHER;
    return data && (insn->writes & registers_of(next)) ? cycles + 1 : cycles;
}

/// Code and data over one bus ///

// A fetch of four bytes takes two cycles there, and data comes first. An
// estimate: each instruction takes its time or that of the bus, whichever is
// longer, and its data are on that bus, too.
unsigned core_shared_cost_(const struct thumb_insn *insn, unsigned cycles) {
    const unsigned fetch = insn->size_bytes / 2;
    const unsigned data = is_access(insn) ? (insn->access_bytes + 3u) / 4 : 0;
    return fetch + data > cycles ? fetch + data : cycles;
}

/// Internal flash ///

// After STM32's accelerator, RM0351 3.3.4: the array gives 8 bytes a read; they
// stay in a buffer, one for code and one for data. The prefetch reads the next
// 8 bytes of code meanwhile. What is found neither there nor in the cache waits
// for the array and goes into the cache, in place of the line that was not used
// for the longest time.
//
// The manual does not say, and this is assumed: a line of a cache is allocated
// whole and filled 8 bytes at a time; a prefetch that comes too late is a miss;
// none begins for what the cache has; and none is broken off.

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

// After four thousand million changes nothing is calm any more.
void core_forget_calm_(struct sim_cpu *cpu) {
    cpu->calm_now += cpu->calm_now == CORE_NEVER_CALM ? 0 : 2;
}

static void forget_calm(struct sim_cpu *cpu) {
    for (unsigned i = 0; i < CORE_CALM_UNITS; i++) {
        cpu->flash.calm[i].unit = CORE_NO_UNIT;
    }
    core_forget_calm_(cpu);
}

static void clear(struct core_cache *cache) {
    *cache = (struct core_cache){.used = {0}};
    for (unsigned i = 0; i < SIM_FLASH_CODE_LINES; i++) {
        cache->line[i] = CORE_NO_UNIT;
    }
}

static unsigned code_lines(const struct core_flash *f) {
    return f->timing.code_cache ? SIM_FLASH_CODE_LINES : 0;
}

static void prefetch(struct core_flash *f, uint32_t unit, uint64_t now) {
    if (f->timing.prefetch && !has(&f->code_cache, code_lines(f), unit)) {
        f->ahead = unit;
        f->ahead_at = core_flash_array_(f, now);
    }
}

// It was found in the cache.
static void remember_calm(struct core_flash *f, uint32_t unit) {
    const bool prefetches =
            f->timing.prefetch && !has(&f->code_cache, code_lines(f), unit + 1);
    f->calm[unit % CORE_CALM_UNITS] = (struct core_calm){
            .unit = unit,
            .line = find(&f->code_cache, code_lines(f), unit / UNITS_PER_LINE),
            .ahead = prefetches ? unit + 1 : CORE_NO_UNIT,
    };
}

static uint64_t fetch_unit(struct sim_cpu *cpu, uint32_t unit, uint64_t now) {
    struct core_flash *f = &cpu->flash;
    uint64_t there = now;
    if (unit == f->ahead) {
        there = f->ahead_at > now ? f->ahead_at : now;
    } else if (!hits(&f->code_cache, code_lines(f), unit, now)) {
        there = core_flash_array_(f, now);
    } else {
        remember_calm(f, unit);
    }
    if (there > now && f->timing.code_cache) {
        put(&f->code_cache, SIM_FLASH_CODE_LINES, unit, now);
        forget_calm(cpu);
    }
    f->code = unit;
    f->ahead = CORE_NO_UNIT;
    prefetch(f, unit + 1, there);
    return there - now;
}

uint64_t core_flash_fetch_(struct sim_cpu *cpu, uint32_t pc, uint32_t last,
        uint64_t now) {
    const struct core_flash *f = &cpu->flash;
    uint64_t wait = 0;
    if (pc / CORE_UNIT_BYTES !=
            f->code) { // not that of the instruction before it
        wait = fetch_unit(cpu, pc / CORE_UNIT_BYTES, now);
    }
    if (last != f->code) {
        wait += fetch_unit(cpu, last, now + wait);
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
    return core_flash_array_(f, now) - now;
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

void sim_cpu_flash(struct sim_cpu *cpu, const struct sim_flash_timing *timing) {
    cpu->flash.timing = *timing;
    forget_calm(cpu);
    core_forget_ways_(cpu); // reads may be quick now, or no longer
    cpu->clock.deadline = 0;
}

void sim_cpu_flash_forget(struct sim_cpu *cpu, bool code, bool data) {
    struct core_flash *f = &cpu->flash;
    if (code) {
        f->code = f->ahead = CORE_NO_UNIT;
        clear(&f->code_cache);
        forget_calm(cpu);
    }
    if (data) {
        f->data = CORE_NO_UNIT;
        clear(&f->data_cache);
    }
}

void core_flash_init_(struct sim_cpu *cpu) {
    sim_cpu_flash_forget(cpu, true, true);
}
