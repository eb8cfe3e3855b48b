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

#define LEAF_BYTES (CORE_LEAF_PAGES * CORE_PAGE_BYTES)

static struct core_page *make_page(struct sim_cpu *cpu, uint32_t addr) {
    struct core_page **leaf = &cpu->leaf[addr >> 20];
    if (!*leaf) {
        *leaf = calloc(CORE_LEAF_PAGES, sizeof **leaf);
    }
    return *leaf ? &(*leaf)[addr >> 10 & (CORE_LEAF_PAGES - 1)] : NULL;
}

static bool is_range(uint32_t base, uint32_t size) {
    return size && !((base | size) & (CORE_PAGE_BYTES - 1)) &&
            (uint64_t)base + size <= 1ull << 32;
}

static bool is_free(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    for (uint64_t at = base; at < (uint64_t)base + size;) {
        const struct core_page *page = core_page_(cpu, (uint32_t)at);
        if (page && (page->host || page->bus)) {
            return false;
        }
        at += page ? CORE_PAGE_BYTES : LEAF_BYTES - at % LEAF_BYTES;
    }
    return true;
}

static bool fits(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    if (!is_range(base, size) || !is_free(cpu, base, size)) {
        return false;
    }
    for (uint32_t off = 0; off < size; off += CORE_PAGE_BYTES) {
        if (!make_page(cpu, base + off)) {
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

// The page of another region that shows the same bytes, or NULL.
static struct core_page *page_in(struct sim_cpu *cpu,
        const struct core_region *other, const uint8_t *host) {
    return host >= other->host && host < other->host + other->size
            ? core_page_(cpu, other->base + (uint32_t)(host - other->host))
            : NULL;
}

static bool is_weak(struct sim_cpu *cpu, const uint8_t *host) {
    bool weak = false;
    for (size_t i = 0; i < cpu->region_count; i++) {
        const struct core_page *page = page_in(cpu, &cpu->region[i], host);
        weak |= page && page->weak;
    }
    return weak;
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
                .window = region->kind == SIM_MEM_WINDOW,
                .ram = region->kind == SIM_MEM_RAM,
                .weak = is_weak(cpu, host),
        };
    }
    cpu->region[cpu->region_count++] = *region;
    find_aliases(cpu);
    return true;
}

// Half a gigabyte of devices is one leaf, seen many times.
static struct core_page *bus_leaf(struct sim_cpu *cpu) {
    if (!cpu->bus_leaf) {
        cpu->bus_leaf = calloc(CORE_LEAF_PAGES, sizeof *cpu->bus_leaf);
        for (size_t i = 0; cpu->bus_leaf && i < CORE_LEAF_PAGES; i++) {
            cpu->bus_leaf[i].bus = true;
        }
    }
    return cpu->bus_leaf;
}

bool core_map_bus_(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    if (!bus_leaf(cpu) || !is_range(base, size) || !is_free(cpu, base, size)) {
        return false;
    }
    for (uint32_t off = 0; off < size;) {
        struct core_page **leaf = &cpu->leaf[(base + off) / LEAF_BYTES];
        if (!*leaf && (base + off) % LEAF_BYTES == 0 &&
                size - off >= LEAF_BYTES) {
            *leaf = cpu->bus_leaf;
            off += LEAF_BYTES;
            continue;
        }
        struct core_page *page = make_page(cpu, base + off);
        if (!page) {
            return false;
        }
        page->bus = true;
        off += CORE_PAGE_BYTES;
    }
    return true;
}

void core_unmap_(struct sim_cpu *cpu, size_t region) {
    const struct core_region old = cpu->region[region];
    core_forget_(cpu, old.base, old.size);
    core_forget_ways_(cpu);
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
        if (cpu->leaf[i] == cpu->bus_leaf) {
            continue;
        }
        for (size_t j = 0; cpu->leaf[i] && j < CORE_LEAF_PAGES; j++) {
            free(cpu->leaf[i][j].code);
        }
        free(cpu->leaf[i]);
    }
    free(cpu->bus_leaf);
    free(cpu->single);
}

/// Ways: what needs no look at the page ///

void core_forget_ways_(struct sim_cpu *cpu) {
    for (size_t i = 0; i < CORE_WAYS; i++) {
        cpu->way[i].read = cpu->way[i].write = cpu->way[i].fetch = CORE_NO_TAG;
    }
    cpu->code_bytes = 0;
    core_forget_steady_(cpu);
}

void core_forget_steady_(struct sim_cpu *cpu) {
    struct core_steady *s = &cpu->steady;
    if (s->reads) {
        cpu->bus.again(cpu->bus.ctx, s->reads, s->last);
    }
    *s = (struct core_steady){.size = 0};
}

static unsigned rights_at(const struct sim_cpu *cpu, uint32_t addr) {
    return sim_mpu_rights(&cpu->config.mpu, addr,
            core_privileged_(cpu) && !cpu->as_user);
}

// Of all bytes; records in exit that the MPU refuses.
static bool allowed(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        unsigned right) {
    if (!cpu->mpu_applies ||
            (rights_at(cpu, addr) & rights_at(cpu, addr + size - 1) & right)) {
        return true;
    }
    cpu->exit.denied = true;
    return false;
}

// Where it is refused: an access that is not aligned is split, and the fault
// has the address of the part (Armv7-M ARM B3.2.18). Regions are of 32 bytes.
static uint32_t refused_at(const struct sim_cpu *cpu, uint32_t addr,
        unsigned size, unsigned right) {
    return rights_at(cpu, addr) & right ? (addr + size - 1) & ~3u : addr;
}

// Further accesses of the page are fast, if all of it is alike.
static void make_way(struct sim_cpu *cpu, const struct core_page *page,
        uint32_t addr) {
    const uint32_t base = addr & ~(CORE_PAGE_BYTES - 1);
    struct core_way *way = &cpu->way[base / CORE_PAGE_BYTES & (CORE_WAYS - 1)];
    unsigned rights = SIM_MPU_READ | SIM_MPU_WRITE | SIM_MPU_EXECUTE;
    if (cpu->as_user) {
        return;
    }
    if (cpu->mpu_applies) {
        rights = sim_mpu_uniform(&cpu->config.mpu, base, CORE_PAGE_BYTES)
                ? rights_at(cpu, base)
                : 0;
    }
    bool read_watch = false, write_watch = false;
    if (cpu->points.watch_count) {
        core_watches_(cpu, base, &read_watch, &write_watch);
    }
    const bool read = (rights & SIM_MPU_READ) && !page->window && !page->weak &&
            !core_flash_waits_(cpu, page) && !read_watch;
    const bool write = (rights & SIM_MPU_WRITE) && page->ram && !page->weak &&
            !page->watched && !write_watch;
    *way = (struct core_way){
            .host = page->host,
            .read = read ? base : CORE_NO_TAG,
            .write = write ? base : CORE_NO_TAG,
            .fetch = rights & SIM_MPU_EXECUTE ? base : CORE_NO_TAG,
    };
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
    core_forget_ways_(cpu);
    for (size_t i = 0; i < cpu->region_count; i++) {
        struct core_page *same = page_in(cpu, &cpu->region[i], page->host);
        if (same) {
            same->watched = true;
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
    *record = (struct core_insn){.encoding = insn.encoding};
    core_decode_(record, cpu->profile, &insn, page->ram);
    const uint32_t behind = off + insn.size_bytes;
    struct thumb_insn next;
    const bool follows = thumb_decode(&next, pc + insn.size_bytes,
            region->host + behind, region->size - behind);
    unsigned cost = core_cost_(cpu->profile, &insn, follows ? &next : NULL);
    if (core_shares_bus_(cpu, pc)) {
        cost = core_shared_cost_(&insn, cost);
    }
    record->cost = (uint8_t)cost;
    record->size = insn.size_bytes;
    record->step = (uint8_t)(insn.size_bytes / 2 * sizeof *record);
    if ((cpu->points.break_count || cpu->watch_len) && core_breaks_(cpu, pc)) {
        record->breaks = true;
        record->quick = NULL;
    }
    watch(cpu, pc);
    watch(cpu, pc + insn.size_bytes + 3); // what follows counts for the cost
    return true;
}

static struct core_insn *records(struct core_insn **of) {
    if (!*of) {
        *of = calloc(CORE_PAGE_RECORDS + 2, sizeof **of);
        if (!*of) {
            abort();
        }
    }
    return *of;
}

// What fetches from the page cost.
static void set_kind(struct sim_cpu *cpu, const struct core_page *page) {
    cpu->in_window = page->window;
    cpu->window_read |= page->window;
    cpu->in_flash = core_flash_waits_(cpu, page);
}

// In a page where the MPU allows some bytes only: each instruction is looked up
// anew.
static const struct core_insn *find_single(struct sim_cpu *cpu,
        const struct core_page *page, uint32_t pc) {
    struct core_insn *record = records(&cpu->single);
    if (!decode(cpu, record, page, pc) ||
            !allowed(cpu, pc, record->size, SIM_MPU_EXECUTE)) {
        return NULL;
    }
    cpu->code_bytes = 0;
    set_kind(cpu, page);
    return record;
}

// The window and its alias begin at a multiple of 256 MB.
static bool behind_limit(const struct sim_cpu *cpu, uint32_t addr,
        uint32_t size) {
    return cpu->limit && (addr & 0x0FFFFFFF) + size > cpu->limit;
}

static bool is_there(const struct sim_cpu *cpu, const struct core_page *page,
        uint32_t pc) {
    return page && page->host &&
            !(page->window && (!cpu->open || behind_limit(cpu, pc, 2)));
}

bool core_fetchable_(struct sim_cpu *cpu, uint32_t pc) {
    return allowed(cpu, pc, 2, SIM_MPU_EXECUTE) &&
            is_there(cpu, core_page_(cpu, pc), pc);
}

const struct core_insn *core_find_(struct sim_cpu *cpu, uint32_t pc) {
    struct core_page *page = core_page_(cpu, pc);
    const uint32_t base = pc & ~(CORE_PAGE_BYTES - 1);
    if (!is_there(cpu, page, pc)) {
        allowed(cpu, pc, 2, SIM_MPU_EXECUTE); // the MPU comes first
        return NULL;
    }
    if (page->window && behind_limit(cpu, base, CORE_PAGE_BYTES)) {
        return find_single(cpu, page, pc);
    }
    if (page->weak) {
        const struct core_insn *record = find_single(cpu, page, pc);
        if (record) { // which may change what is fetched
            cpu->bus.weak(cpu->bus.ctx, pc, record->size, SIM_ACCESS_FETCH);
            record = find_single(cpu, page, pc);
        }
        return record;
    }
    struct core_way *way = &cpu->way[pc / CORE_PAGE_BYTES & (CORE_WAYS - 1)];
    if (cpu->mpu_applies && way->fetch != base) {
        make_way(cpu, page, pc);
        if (way->fetch != base) {
            return find_single(cpu, page, pc);
        }
    }
    struct core_insn *const code = records(&page->code);
    struct core_insn *record = &code[(pc - base) / 2];
    if (!record->size && !decode(cpu, record, page, pc)) {
        return NULL;
    }
    cpu->code = code;
    cpu->code_base = base;
    cpu->code_bytes = CORE_PAGE_BYTES;
    set_kind(cpu, page);
    // The second half may be in a page that must not be executed.
    if (cpu->mpu_applies && pc - base + record->size > CORE_PAGE_BYTES &&
            !allowed(cpu, pc, record->size, SIM_MPU_EXECUTE)) {
        return NULL;
    }
    return record;
}

// Records before the first byte may be of four bytes, or have a cost that
// depends on it.
static void forget_at(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    uint64_t at = addr & ~1u;
    const uint64_t end = (uint64_t)addr + len;
    at -= at >= 6 ? 6 : at;
    while (at < end) {
        const struct core_page *page = core_page_(cpu, (uint32_t)at);
        const uint64_t page_end =
                (at & ~(uint64_t)(CORE_PAGE_BYTES - 1)) + CORE_PAGE_BYTES;
        const uint64_t until = end < page_end ? end : page_end;
        if (page && page->code) {
            struct core_insn *record =
                    &page->code[(at & (CORE_PAGE_BYTES - 1)) / 2];
            for (; at < until; at += 2) {
                record->size = 0;
                (record++)->quick = NULL;
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

void core_weaken_(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    const uint64_t end = (uint64_t)addr + len;
    for (uint64_t at = addr & ~(CORE_PAGE_BYTES - 1); at < end;
            at += CORE_PAGE_BYTES) {
        const struct core_page *page = core_page_(cpu, (uint32_t)at);
        for (size_t i = 0; page && page->host && i < cpu->region_count; i++) {
            struct core_page *same = page_in(cpu, &cpu->region[i], page->host);
            if (same) {
                same->weak = true;
            }
        }
    }
    core_forget_ways_(cpu);
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
    cpu->window_read = true;
}

static bool read_bus(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    const unsigned skew = addr & (size - 1);
    if (!skew) {
        const uint64_t cost = cpu->clock.cost;
        core_forget_steady_(cpu);
        *value = cpu->bus.read(cpu->bus.ctx, addr, size);
        core_touch_(cpu, addr, size, false);
        if (cpu->steady.told && !cpu->as_user && !cpu->points.watch_count) {
            cpu->steady = (struct core_steady){
                    .addr = addr,
                    .size = size,
                    .value = *value,
                    .cycles = (uint32_t)(cpu->clock.cost - cost),
            };
        }
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

// A word or halfword that is not aligned takes two accesses, or three.
static void skew_cost(struct sim_cpu *cpu, uint32_t addr, unsigned size) {
    if (addr & (size - 1)) {
        cpu->clock.cost += size == 4 && (addr & 1) ? 2 : 1;
    }
}

static bool traps(struct sim_cpu *cpu, uint32_t addr, unsigned size) {
    if (!cpu->config.align_trap || !(addr & (size - 1))) {
        return false;
    }
    core_stop_(cpu, SIM_CPU_UNALIGNED, addr);
    return true;
}

bool core_read_slow_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    const struct core_page *page = core_page_(cpu, addr);
    const uint32_t off = addr & (CORE_PAGE_BYTES - 1);
    if (traps(cpu, addr, size)) {
        return false;
    }
    skew_cost(cpu, addr, size);
    if (!allowed(cpu, addr, size, SIM_MPU_READ)) {
        core_stop_(cpu, SIM_CPU_READ,
                refused_at(cpu, addr, size, SIM_MPU_READ));
        return false;
    }
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
    } else if (core_flash_waits_(cpu, page)) {
        cpu->clock.cost += core_flash_read_(cpu, addr, size,
                cpu->clock.cycles + cpu->clock.cost);
    }
    bool shown = true;
    if (page->weak) {
        shown = cpu->bus.weak(cpu->bus.ctx, addr, size, SIM_ACCESS_READ);
    } else if (!page->window && !core_flash_waits_(cpu, page)) {
        make_way(cpu, page, addr);
    }
    core_touch_(cpu, addr, size, false);
    uint32_t word = 0; // memory of one region is contiguous
    memcpy(&word, page->host + off, size);
    *value = shown ? word : 0;
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

// The bus has answered with an error. Writes are buffered, but for those to the
// private peripheral bus: the instruction is done, the fault comes later.
static bool write_failed(struct sim_cpu *cpu, uint32_t addr) {
    if (cpu->config.precise_writes ||
            (addr >= SIM_PPB_ADDR && addr < SIM_PPB_ADDR + 0x100000u)) {
        core_stop_(cpu, SIM_CPU_WRITE, addr);
        return false;
    }
    if (!cpu->exit.late) {
        cpu->exit.late = true;
        cpu->exit.late_addr = addr;
        cpu->exit.late_pc = cpu->clock.pc;
    }
    cpu->clock.deadline = 0;
    return true;
}

static bool write_bus(struct sim_cpu *cpu, uint32_t addr, uint32_t value,
        unsigned size) {
    if (addr & (size - 1)) {
        return write_bytes(cpu, addr, value, size);
    }
    core_forget_steady_(cpu);
    cpu->bus.write(cpu->bus.ctx, addr, value, size);
    if (cpu->bus_failed) {
        cpu->bus_failed = false;
        cpu->exit.why = SIM_CPU_BOUNDARY;
        return write_failed(cpu, addr);
    }
    core_touch_(cpu, addr, size, true);
    // Bit-band: a bit of RAM that may be code.
    const uint32_t byte = 0x20000000u + ((addr & 0x01FFFFFFu) >> 5);
    const struct core_page *ram = core_page_(cpu, byte);
    if ((addr & 0xFE000000u) == 0x22000000u && ram && ram->watched) {
        core_wrote_(cpu, byte, 1);
    }
    return true;
}

bool core_write_slow_(struct sim_cpu *cpu, uint32_t addr, uint32_t value,
        unsigned size) {
    const struct core_page *page = core_page_(cpu, addr);
    const uint32_t off = addr & (CORE_PAGE_BYTES - 1);
    if (traps(cpu, addr, size)) {
        return false;
    }
    skew_cost(cpu, addr, size);
    if (!allowed(cpu, addr, size, SIM_MPU_WRITE)) {
        core_stop_(cpu, SIM_CPU_WRITE,
                refused_at(cpu, addr, size, SIM_MPU_WRITE));
        return false;
    }
    if (page && page->bus) {
        return write_bus(cpu, addr, value, size);
    }
    if (!page || !page->ram) {
        return write_failed(cpu, addr);
    }
    if (off > CORE_PAGE_BYTES - size) {
        return write_bytes(cpu, addr, value, size);
    }
    make_way(cpu, page, addr);
    core_touch_(cpu, addr, size, true);
    memcpy(page->host + off, &value, size);
    if (page->weak) {
        cpu->bus.weak(cpu->bus.ctx, addr, size, SIM_ACCESS_WRITE);
    }
    if (page->watched) {
        core_wrote_(cpu, addr, size);
    }
    return true;
}
