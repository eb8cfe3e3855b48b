/*
 * snapshot - registered state, its pages, saving and restoring
 *
 * SPDX-License-Identifier: MIT
 *
 * Memory is cut into groups of 64 pages. The machine has a current group for
 * each place, with the contents as they were last saved or restored; a snapshot
 * holds references to groups. RAM is compared with the current group, other
 * memory is looked at only where it is marked dirty. So nothing that writes RAM
 * has to tell.
 */
#include "sim/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/sim_core.h"

#define PAGE 4096u
#define GROUP_PAGES 64u
#define GROUP (PAGE * GROUP_PAGES)
#define MAX_AREAS 64
#define FNV_BASIS 0xCBF29CE484222325ull
#define FNV_PRIME 0x100000001B3ull

struct page {
    unsigned references;
    uint64_t hash;
    uint8_t bytes[PAGE];
};

struct group {
    unsigned references;
    uint64_t hash;
    struct page *page[GROUP_PAGES]; // NULL: behind the end
};

struct area {
    uint8_t *at;
    size_t bytes;
    bool compared; // RAM
    size_t groups; // 0: a struct
    struct group **current;
    uint64_t *dirty; // by group, a bit a page
};

struct snapshots {
    struct area area[MAX_AREAS];
    size_t count;
    bool full; // an area did not fit: no snapshots
    uint64_t told_traces, told_notes;
};

struct sim_snapshot {
    const struct sim *sim;
    size_t bytes;
    bool counted; // in held_bytes
    struct stray *strays;
    struct group **groups; // of all areas in turn
    size_t group_count;
    uint8_t structs[];
};

/// Pages ///

static size_t held_bytes;

static uint64_t hash_of(const uint8_t *bytes) {
    uint64_t hash = FNV_BASIS;
    for (size_t i = 0; i < PAGE; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        hash = (hash ^ word) * FNV_PRIME;
        hash ^= hash >> 29;
    }
    return hash;
}

static void drop_page(struct page *page) {
    if (page && --page->references == 0) {
        held_bytes -= sizeof *page;
        free(page);
    }
}

static void drop_group(struct group *group) {
    if (group && --group->references == 0) {
        for (size_t i = 0; i < GROUP_PAGES; i++) {
            drop_page(group->page[i]);
        }
        held_bytes -= sizeof *group;
        free(group);
    }
}

// `like`, if it is not NULL, is a page that this one may be equal to.
static struct page *page_of(const uint8_t *bytes, struct page *like) {
    if (like && memcmp(like->bytes, bytes, PAGE) == 0) {
        like->references++;
        return like;
    }
    struct page *page = malloc(sizeof *page);
    if (page) {
        held_bytes += sizeof *page;
        page->references = 1;
        page->hash = hash_of(bytes);
        memcpy(page->bytes, bytes, PAGE);
    }
    return page;
}

static void hash_group(struct group *group) {
    group->hash = FNV_BASIS;
    for (size_t i = 0; i < GROUP_PAGES && group->page[i]; i++) {
        group->hash = (group->hash ^ group->page[i]->hash) * FNV_PRIME;
    }
}

/// Areas ///

static size_t pages_in(const struct area *area, size_t group) {
    const size_t rest = (area->bytes - group * GROUP) / PAGE;
    return rest < GROUP_PAGES ? rest : GROUP_PAGES;
}

static bool differs(const struct area *area, size_t g, size_t i) {
    if (!area->current[g]) {
        return true;
    }
    return area->compared ? memcmp(area->current[g]->page[i]->bytes,
                                    area->at + g * GROUP + i * PAGE, PAGE) != 0
                          : area->dirty[g] >> i & 1;
}

// Makes the current group what memory holds. false: no memory is left.
static bool update_group(struct area *area, size_t g) {
    const size_t pages = pages_in(area, g);
    struct group *const old = area->current[g];
    bool same = old != NULL;
    for (size_t i = 0; i < pages && same; i++) {
        same = !differs(area, g, i);
    }
    if (same) {
        return true;
    }
    struct group *group = calloc(1, sizeof *group);
    bool good = group != NULL;
    held_bytes += good ? sizeof *group : 0;
    for (size_t i = 0; i < pages && good; i++) {
        const uint8_t *bytes = area->at + g * GROUP + i * PAGE;
        if (old && !differs(area, g, i)) {
            group->page[i] = old->page[i];
            group->page[i]->references++;
        } else {
            // Large memory is mostly blank: alike its neighbour.
            group->page[i] = page_of(bytes,
                    old         ? old->page[i]
                            : i ? group->page[i - 1]
                            : g ? area->current[g - 1]->page[0]
                                : NULL);
            good = group->page[i] != NULL;
        }
    }
    if (!good) {
        if (group) {
            group->references = 1;
            drop_group(group);
        }
        return false;
    }
    group->references = 1;
    hash_group(group);
    drop_group(old);
    area->current[g] = group;
    area->dirty[g] = 0;
    return true;
}

static struct area *new_area(struct sim *sim, void *at, size_t bytes) {
    struct snapshots *s = sim->snapshots;
    if (s->count == MAX_AREAS) {
        s->full = true;
        return NULL;
    }
    struct area *area = &s->area[s->count++];
    *area = (struct area){.at = at, .bytes = bytes};
    return area;
}

static bool is_known(const struct snapshots *s, const uint8_t *at,
        size_t bytes) {
    for (size_t i = 0; i < s->count; i++) {
        const struct area *area = &s->area[i];
        if (at >= area->at && at + bytes <= area->at + area->bytes) {
            return true;
        }
    }
    return false;
}

static void add_pages(struct sim *sim, uint8_t *at, size_t bytes,
        bool compared) {
    if (is_known(sim->snapshots, at, bytes)) {
        return;
    }
    struct area *area = new_area(sim, at, bytes / PAGE * PAGE);
    if (!area) {
        return;
    }
    area->compared = compared;
    area->groups = (bytes + GROUP - 1) / GROUP;
    area->current = calloc(area->groups, sizeof(struct group *));
    area->dirty = calloc(area->groups, sizeof *area->dirty);
    if (!area->current || !area->dirty) {
        sim->snapshots->full = true;
    }
    if (bytes % PAGE) { // a rest is a struct
        new_area(sim, at + bytes / PAGE * PAGE, bytes % PAGE);
    }
}

void sim_add_state(struct sim *sim, void *at, size_t bytes) {
    new_area(sim, at, bytes);
}

void sim_add_state_pages(struct sim *sim, uint8_t *at, size_t bytes) {
    add_pages(sim, at, bytes, false);
}

void sim_snapshots_memory_(struct sim *sim, const struct memory *memory) {
    add_pages(sim, memory->host, memory->size, memory->kind == SIM_MEM_RAM);
}

void sim_state_changed(struct sim *sim, const uint8_t *at, size_t bytes) {
    struct snapshots *s = sim->snapshots;
    for (size_t i = 0; i < s->count && bytes; i++) {
        const struct area *area = &s->area[i];
        if (!area->groups || area->compared || at < area->at ||
                at >= area->at + area->bytes) {
            continue;
        }
        const size_t first = (size_t)(at - area->at) / PAGE;
        const size_t last = (size_t)(at - area->at + bytes - 1) / PAGE;
        for (size_t page = first; page <= last && page < area->bytes / PAGE;
                page++) {
            area->dirty[page / GROUP_PAGES] |= 1ull << page % GROUP_PAGES;
        }
    }
}

void sim_snapshots_dirty_(struct sim *sim, const uint8_t *host, uint32_t len) {
    sim_state_changed(sim, host, len);
}

/// Saving ///

// The structs: those registered, the machine's own, the CPU's.
static size_t struct_bytes(struct sim *sim) {
    size_t bytes = sizeof *sim, cpu = 0;
    for (size_t i = 0; i < sim->snapshots->count; i++) {
        const struct area *area = &sim->snapshots->area[i];
        bytes += area->groups ? 0 : area->bytes;
    }
    sim_cpu_state(sim->cpu, &cpu);
    return bytes + cpu;
}

static uint8_t *put(uint8_t *to, const void *from, size_t bytes) {
    memcpy(to, from, bytes);
    return to + bytes;
}

static void copy_structs(struct sim *sim, uint8_t *to) {
    size_t bytes;
    const void *cpu = sim_cpu_state(sim->cpu, &bytes);
    to = put(to, sim, sizeof *sim);
    to = put(to, cpu, bytes);
    for (size_t i = 0; i < sim->snapshots->count; i++) {
        const struct area *area = &sim->snapshots->area[i];
        if (!area->groups) {
            to = put(to, area->at, area->bytes);
        }
    }
}

static size_t all_groups(const struct snapshots *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        count += s->area[i].groups;
    }
    return count;
}

static bool save_groups(struct snapshots *s, struct sim_snapshot *snapshot) {
    for (size_t i = 0; i < s->count; i++) {
        for (size_t g = 0; g < s->area[i].groups; g++) {
            if (!update_group(&s->area[i], g)) {
                return false;
            }
            struct group *group = s->area[i].current[g];
            group->references++;
            snapshot->groups[snapshot->group_count++] = group;
        }
    }
    return true;
}

struct sim_snapshot *sim_save(struct sim *sim) {
    struct snapshots *s = sim->snapshots;
    size_t cpu;
    if (!sim_cpu_state(sim->cpu, &cpu) || s->full) {
        return NULL;
    }
    const size_t structs = struct_bytes(sim), groups = all_groups(s);
    struct sim_snapshot *snapshot = malloc(sizeof *snapshot + structs);
    if (!snapshot) {
        return NULL;
    }
    const size_t strays = sim->strays.room * sizeof *sim->strays.at;
    *snapshot = (struct sim_snapshot){
            .sim = sim,
            .bytes = sizeof *snapshot + structs + strays +
                    groups * sizeof(struct group *),
            .strays = malloc(strays + 1),
            .groups = malloc(groups * sizeof(struct group *) + 1),
    };
    if (!snapshot->strays || !snapshot->groups || !save_groups(s, snapshot)) {
        sim_snapshot_free(snapshot);
        return NULL;
    }
    if (strays) {
        memcpy(snapshot->strays, sim->strays.at, strays);
    }
    copy_structs(sim, snapshot->structs);
    held_bytes += snapshot->bytes;
    snapshot->counted = true;
    return snapshot;
}

void sim_snapshot_free(struct sim_snapshot *snapshot) {
    if (!snapshot) {
        return;
    }
    for (size_t i = 0; i < snapshot->group_count; i++) {
        drop_group(snapshot->groups[i]);
    }
    held_bytes -= snapshot->counted ? snapshot->bytes : 0;
    free(snapshot->groups);
    free(snapshot->strays);
    free(snapshot);
}

size_t sim_snapshots_bytes(void) {
    return held_bytes;
}

size_t sim_snapshot_bytes(const struct sim_snapshot *snapshot) {
    return snapshot->bytes;
}

uint64_t sim_snapshot_hash(const struct sim_snapshot *snapshot) {
    uint64_t hash = FNV_BASIS;
    for (size_t i = 0; i < snapshot->group_count; i++) {
        hash = (hash ^ snapshot->groups[i]->hash) * FNV_PRIME;
    }
    return hash;
}

uint64_t sim_snapshot_flash_hash(const struct sim_snapshot *snapshot) {
    const struct snapshots *s = snapshot->sim->snapshots;
    uint64_t hash = FNV_BASIS;
    size_t group = 0;
    for (size_t i = 0; i < s->count; i++) {
        for (size_t g = 0; g < s->area[i].groups; g++, group++) {
            if (!s->area[i].compared) {
                hash = (hash ^ snapshot->groups[group]->hash) * FNV_PRIME;
            }
        }
    }
    return hash;
}

/// Restoring ///

// The bytes at host have changed, under whatever addresses they are mapped.
static void forget_code(struct sim *sim, const uint8_t *host, size_t len) {
    for (size_t i = 0; i < sim->memory_count; i++) {
        const struct memory *memory = &sim->memory[i];
        if (host < memory->host + memory->size && host + len > memory->host) {
            const size_t off =
                    host > memory->host ? (size_t)(host - memory->host) : 0;
            sim_cpu_invalidate(sim->cpu, memory->base + (uint32_t)off,
                    (uint32_t)len);
        }
    }
}

static void restore_group(struct sim *sim, struct area *area, size_t g,
        struct group *group) {
    struct group *const now = area->current[g];
    if (now == group && !area->compared && !area->dirty[g]) {
        return;
    }
    for (size_t i = 0; i < pages_in(area, g); i++) {
        uint8_t *at = area->at + g * GROUP + i * PAGE;
        const struct page *page = group->page[i];
        if (area->compared ? memcmp(at, page->bytes, PAGE) != 0
                           : page != now->page[i] || area->dirty[g] >> i & 1) {
            memcpy(at, page->bytes, PAGE);
            forget_code(sim, at, PAGE);
        }
    }
    group->references++;
    drop_group(now);
    area->current[g] = group;
    area->dirty[g] = 0;
}

static const struct memory *alias_of(const struct sim *sim) {
    for (size_t i = 0; i < sim->memory_count; i++) {
        if (sim->memory[i].alias) {
            return &sim->memory[i];
        }
    }
    return NULL;
}

static const uint8_t *take(void *to, const uint8_t *from, size_t bytes) {
    memcpy(to, from, bytes);
    return from + bytes;
}

// The machine and the CPU; what is allocated stays where it is.
static const uint8_t *restore_machine(struct sim *sim,
        const struct sim_snapshot *snapshot) {
    const struct sim *saved = (const void *)snapshot->structs;
    struct stray *at = sim->strays.at;
    const struct memory *was = alias_of(sim), *will = alias_of(saved);
    const bool other = (!was != !will) ||
            (was &&
                    (was->host != will->host || was->base != will->base ||
                            was->size != will->size));
    if (other && was) {
        sim_cpu_unmap(sim->cpu, was->base, was->size);
    }
    if (saved->strays.room != sim->strays.room) {
        at = realloc(at, (saved->strays.room + 1) * sizeof *at);
        if (!at) {
            abort();
        }
    }
    const uint8_t *from = take(sim, snapshot->structs, sizeof *sim);
    sim->strays.at = at;
    if (sim->strays.room) {
        memcpy(at, snapshot->strays, sim->strays.room * sizeof *at);
    }
    if (other && will) {
        will = alias_of(sim);
        sim_cpu_map(sim->cpu, will->kind, will->base, will->size, will->host);
    }
    size_t bytes;
    void *cpu = sim_cpu_state(sim->cpu, &bytes);
    return take(cpu, from, bytes);
}

void sim_restore(struct sim *sim, const struct sim_snapshot *snapshot,
        bool replay) {
    struct snapshots *s = sim->snapshots;
    size_t group = 0;
    for (size_t i = 0; i < s->count; i++) {
        for (size_t g = 0; g < s->area[i].groups; g++) {
            restore_group(sim, &s->area[i], g, snapshot->groups[group++]);
        }
    }
    const uint64_t stop_before = sim->stop_before;
    const struct debug debug = sim->debug;
    const uint8_t *from = restore_machine(sim, snapshot);
    sim->stop_before = stop_before;
    sim->debug = debug;
    for (size_t i = 0; i < s->count; i++) {
        if (!s->area[i].groups) {
            from = take(s->area[i].at, from, s->area[i].bytes);
        }
    }
    sim_cpu_restored(sim->cpu);
    if (!replay) {
        s->told_traces = sim->traces;
        s->told_notes = sim->notes;
    }
}

/// What was told already ///

static bool is_new(uint64_t number, uint64_t *told) {
    if (number <= *told) {
        return false;
    }
    *told = number;
    return true;
}

bool sim_snapshots_tell_trace_(struct sim *sim) {
    return !sim->debug.silent &&
            is_new(++sim->traces, &sim->snapshots->told_traces);
}

bool sim_snapshots_tell_note_(struct sim *sim) {
    return !sim->debug.silent &&
            is_new(++sim->notes, &sim->snapshots->told_notes);
}

/// Life ///

bool sim_snapshots_init_(struct sim *sim) {
    sim->snapshots = calloc(1, sizeof *sim->snapshots);
    return sim->snapshots != NULL;
}

void sim_snapshots_free_(struct sim *sim) {
    struct snapshots *s = sim->snapshots;
    for (size_t i = 0; i < s->count; i++) {
        for (size_t g = 0; g < s->area[i].groups && s->area[i].current; g++) {
            drop_group(s->area[i].current[g]);
        }
        free(s->area[i].current);
        free(s->area[i].dirty);
    }
    free(s);
}
