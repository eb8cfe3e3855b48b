/*
 * core_pages - one table of pages: data accesses, and records of code
 *
 * SPDX-License-Identifier: MIT
 *
 * A page of 1 KB is memory, the bus, or nothing. Memory that holds code has a
 * record for each halfword, decoded when it is first executed; a write to
 * bytes of a record drops it. Two records behind the last one stay undecoded
 * and lead to the next page.
 */
#include <stdlib.h>

#include "sim/cpu/core_priv.h"

/// The table ///

static struct core_page *make_page(struct sim_cpu *cpu, uint32_t addr) {
    struct core_page **leaf = &cpu->leaf[addr >> 20];
    if (!*leaf) {
        *leaf = calloc(CORE_LEAF_PAGES, sizeof **leaf);
    }
    return *leaf ? &(*leaf)[addr >> 10 & (CORE_LEAF_PAGES - 1)] : NULL;
}

static bool fits(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    if (!size || (base | size) & (CORE_PAGE_BYTES - 1) ||
            (uint64_t)base + size > 1ull << 32) {
        return false;
    }
    for (uint32_t off = 0; off < size; off += CORE_PAGE_BYTES) {
        const struct core_page *page = make_page(cpu, base + off);
        if (!page || page->host || page->bus) {
            return false;
        }
    }
    return true;
}

static bool overlap(const struct core_region *a, const struct core_region *b) {
    return a->host < b->host + b->size && b->host < a->host + a->size;
}

static void find_aliases(struct sim_cpu *cpu) {
    cpu->ram_aliased = false;
    for (size_t i = 0; i < cpu->region_count; i++) {
        for (size_t j = 0; j < i; j++) {
            cpu->ram_aliased |= cpu->region[i].kind == SIM_MEM_RAM &&
                    overlap(&cpu->region[i], &cpu->region[j]);
        }
    }
}

bool core_map_(struct sim_cpu *cpu, const struct core_region *region) {
    if (cpu->region_count == CORE_MAX_REGIONS ||
            !fits(cpu, region->base, region->size)) {
        return false;
    }
    for (uint32_t off = 0; off < region->size; off += CORE_PAGE_BYTES) {
        uint8_t *host = region->host + off;
        *core_page_(cpu, region->base + off) = (struct core_page){
                .host = host,
                .read = region->kind == SIM_MEM_WINDOW ? NULL : host,
                .write = region->kind == SIM_MEM_RAM ? host : NULL,
                .window = region->kind == SIM_MEM_WINDOW,
                .ram = region->kind == SIM_MEM_RAM,
        };
    }
    cpu->region[cpu->region_count++] = *region;
    find_aliases(cpu);
    return true;
}

bool core_map_bus_(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    if (!fits(cpu, base, size)) {
        return false;
    }
    for (uint32_t off = 0; off < size; off += CORE_PAGE_BYTES) {
        core_page_(cpu, base + off)->bus = true;
    }
    return true;
}

void core_unmap_(struct sim_cpu *cpu, size_t region) {
    const struct core_region old = cpu->region[region];
    core_forget_(cpu, old.base, old.size);
    for (uint32_t off = 0; off < old.size; off += CORE_PAGE_BYTES) {
        struct core_page *page = core_page_(cpu, old.base + off);
        free(page->code);
        *page = (struct core_page){.host = NULL};
    }
    cpu->region[region] = cpu->region[--cpu->region_count];
    find_aliases(cpu);
}

void core_free_pages_(struct sim_cpu *cpu) {
    for (size_t i = 0; i < CORE_LEAVES; i++) {
        for (size_t j = 0; cpu->leaf[i] && j < CORE_LEAF_PAGES; j++) {
            free(cpu->leaf[i][j].code);
        }
        free(cpu->leaf[i]);
    }
}

/// Records ///

static const struct core_region *region_of(const struct sim_cpu *cpu,
        uint32_t addr) {
    for (size_t i = 0; i < cpu->region_count; i++) {
        if (addr - cpu->region[i].base < cpu->region[i].size) {
            return &cpu->region[i];
        }
    }
    return NULL;
}

// Writes to the page at addr, by whatever address, have to look for records.
static void watch(struct sim_cpu *cpu, uint32_t addr) {
    struct core_page *page = core_page_(cpu, addr);
    if (!page || !page->host || page->watched) {
        return;
    }
    page->watched = true;
    for (size_t i = 0; i < cpu->region_count; i++) {
        const struct core_region *other = &cpu->region[i];
        if (page->host >= other->host &&
                page->host < other->host + other->size) {
            core_page_(cpu, other->base + (uint32_t)(page->host - other->host))
                    ->watched = true;
        }
    }
}

static bool decode(struct sim_cpu *cpu, struct core_insn *record,
        const struct core_page *page, uint32_t pc) {
    const struct core_region *region = region_of(cpu, pc);
    const uint32_t off = pc - region->base;
    struct thumb_insn insn;
    if (!thumb_decode(&insn, pc, region->host + off, region->size - off)) {
        return false;
    }
    const uint32_t first =
            insn.size_bytes == 4 ? insn.encoding >> 16 : insn.encoding;
    *record = (struct core_insn){.encoding = insn.encoding};
    core_decode_(record, &insn, page->ram);
    uint32_t cost = cpu->table[first] & 0xFF;
    if ((first & 0xFE40) == 0xE800) { // LDM, STM: the rest of 1 + n
        cost += (uint32_t)__builtin_popcount(insn.encoding & 0xFFFF);
    }
    record->cost = (uint8_t)cost;
    record->size = insn.size_bytes;
    watch(cpu, pc);
    watch(cpu, pc + insn.size_bytes - 1);
    return true;
}

const struct core_insn *core_find_(struct sim_cpu *cpu, uint32_t pc) {
    struct core_page *page = core_page_(cpu, pc);
    if (!page || !page->host || (page->window && !cpu->open)) {
        return NULL;
    }
    if (!page->code) {
        page->code = calloc(CORE_PAGE_RECORDS + 2, sizeof *page->code);
        if (!page->code) {
            abort();
        }
    }
    cpu->code = page->code;
    cpu->code_base = pc & ~(CORE_PAGE_BYTES - 1);
    cpu->in_window = page->window;
    struct core_insn *record = &page->code[(pc - cpu->code_base) / 2];
    return record->size || decode(cpu, record, page, pc) ? record : NULL;
}

// The record before the first byte may be of four bytes.
static void forget_at(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    uint64_t at = addr & ~1u;
    const uint64_t end = (uint64_t)addr + len;
    at -= at >= 2 ? 2 : 0;
    while (at < end) {
        const struct core_page *page = core_page_(cpu, (uint32_t)at);
        const uint64_t page_end =
                (at & ~(uint64_t)(CORE_PAGE_BYTES - 1)) + CORE_PAGE_BYTES;
        const uint64_t until = end < page_end ? end : page_end;
        if (page && page->code) {
            struct core_insn *record =
                    &page->code[(at & (CORE_PAGE_BYTES - 1)) / 2];
            for (; at < until; at += 2) {
                (record++)->size = 0;
            }
        }
        at = until;
    }
}

void core_forget_(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    if (len) {
        forget_at(cpu, addr, len);
    }
}

void core_wrote_(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    if (!cpu->ram_aliased) {
        forget_at(cpu, addr, len);
        return;
    }
    const uint8_t *host =
            core_page_(cpu, addr)->host + (addr & (CORE_PAGE_BYTES - 1));
    for (size_t i = 0; i < cpu->region_count; i++) {
        const struct core_region *region = &cpu->region[i];
        if (host >= region->host && host < region->host + region->size) {
            forget_at(cpu, region->base + (uint32_t)(host - region->host), len);
        }
    }
}

/// Data ///

// Bytes that follow those of the last read come with their burst; anything else
// begins one, as does the fetch behind it.
static void read_cost(struct sim_cpu *cpu, uint32_t addr, uint32_t size) {
    const uint32_t last = (addr + size - 1) >> 2;
    if (addr == cpu->read_end) {
        cpu->clock.cost +=
                (uint64_t)(last - ((addr - 1) >> 2)) * cpu->next_cycles;
    } else {
        cpu->clock.cost += cpu->first_cycles +
                (uint64_t)(last - (addr >> 2)) * cpu->next_cycles;
    }
    cpu->read_end = addr + size;
    cpu->burst_word = CORE_NO_BURST;
}

static bool read_bus(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    const unsigned skew = addr & (size - 1);
    if (!skew) {
        *value = cpu->bus.read(cpu->bus.ctx, addr, size);
        return !cpu->bus_failed;
    }
    // Two aligned accesses, as the bus matrix makes of it.
    uint32_t low, high;
    if (!core_read_slow_(cpu, addr - skew, size, &low) ||
            !core_read_slow_(cpu, addr - skew + size, size, &high)) {
        return false;
    }
    const uint64_t both = low | (uint64_t)high << 8 * size;
    *value = (uint32_t)(both >> 8 * skew) &
            (size == 4 ? UINT32_MAX : (1u << 8 * size) - 1);
    return true;
}

static bool read_bytes(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    uint32_t all = 0;
    for (unsigned i = 0; i < size; i++) {
        uint32_t byte;
        if (!core_read_(cpu, addr + i, 1, &byte)) {
            return false;
        }
        all |= byte << 8 * i;
    }
    *value = all;
    return true;
}

// The window and its alias begin at a multiple of 256 MB.
static bool behind_limit(const struct sim_cpu *cpu, uint32_t addr,
        uint32_t size) {
    return cpu->limit && (addr & 0x0FFFFFFF) + size > cpu->limit;
}

bool core_read_slow_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    const struct core_page *page = core_page_(cpu, addr);
    const uint32_t off = addr & (CORE_PAGE_BYTES - 1);
    if (page && page->bus) {
        return read_bus(cpu, addr, size, value);
    }
    if (!page || !page->host ||
            (page->window && (!cpu->open || behind_limit(cpu, addr, size)))) {
        core_stop_(cpu, SIM_CPU_READ, addr);
        return false;
    }
    if (off > CORE_PAGE_BYTES - size) {
        const struct core_page *next = core_page_(cpu, addr + size - 1);
        if (!page->window || !next || !next->window) {
            return read_bytes(cpu, addr, size, value);
        }
    }
    if (page->window) {
        read_cost(cpu, addr, size);
        core_look_at_hole_(cpu, addr, false);
    }
    uint32_t word = 0; // memory of one region is contiguous
    memcpy(&word, page->host + off, size);
    *value = word;
    return true;
}

static bool write_bytes(struct sim_cpu *cpu, uint32_t addr, uint32_t value,
        unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        if (!core_write_(cpu, addr + i, value >> 8 * i & 0xFF, 1)) {
            return false;
        }
    }
    return true;
}

bool core_write_slow_(struct sim_cpu *cpu, uint32_t addr, uint32_t value,
        unsigned size) {
    const struct core_page *page = core_page_(cpu, addr);
    if (page && page->bus) {
        if (addr & (size - 1)) {
            return write_bytes(cpu, addr, value, size);
        }
        cpu->bus.write(cpu->bus.ctx, addr, value, size);
        // Bit-band: a bit of RAM that may be code.
        const uint32_t byte = 0x20000000u + ((addr & 0x01FFFFFFu) >> 5);
        const struct core_page *ram = core_page_(cpu, byte);
        if ((addr & 0xFE000000u) == 0x22000000u && ram && ram->watched) {
            core_wrote_(cpu, byte, 1);
        }
        return !cpu->bus_failed;
    }
    if (!page || !page->write) {
        core_stop_(cpu, SIM_CPU_WRITE, addr);
        return false;
    }
    return write_bytes(cpu, addr, value, size);
}
