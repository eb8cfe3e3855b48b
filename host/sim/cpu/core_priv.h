/*
 * core_priv - what the files of the core of our own share
 *
 * SPDX-License-Identifier: MIT
 *
 * core_own.c    sim_cpu.h: life, registers, run loop
 * core_pages.c  the table of pages: data accesses, records of code
 * core_decode.c an instruction of host/thumb to a record
 * core_alu.c, core_dsp.c, core_memory.c, core_system.c, core_fp.c,
 * core_double.c what each kind of instruction does
 * core_timing.c what each instruction costs, and each read of internal flash
 * core_debug.c  breakpoints and watchpoints
 *
 * Each instruction is decoded once, into a record that holds the function that
 * executes it. The function returns what comes next; it changes no register
 * before it is certain that the instruction does not fault.
 */
#ifndef CORE_PRIV_H
#define CORE_PRIV_H

#include <string.h>

#include "sim/cpu/sim_cpu.h"
#include "thumb/thumb.h"

#define CORE_PAGE_BYTES 1024u
#define CORE_PAGE_RECORDS (CORE_PAGE_BYTES / 2)
#define CORE_LEAF_PAGES 1024u // a leaf of the table is 1 MB
#define CORE_LEAVES 4096u
#define CORE_MAX_REGIONS 16
#define CORE_NO_BURST UINT32_MAX
#define CORE_WAYS 256u
#define CORE_NO_TAG UINT32_MAX  // of no access: it is not aligned
#define CORE_NO_UNIT UINT32_MAX // 8 bytes of flash; and no line of a cache
#define CORE_UNIT_BYTES 8u
#define CORE_SP 13
#define CORE_LR 14
#define CORE_PC 15
#define CORE_CONTROL_NPRIV 1u
#define CORE_CONTROL_SPSEL 2u
#define CORE_CONTROL_FPCA 4u
#define CORE_CONTROL_SFPA 8u // Armv8-M, with FPCA

enum core_next {
    CORE_NEXT,   // the instruction behind it
    CORE_JUMP,   // the one at cpu->target
    CORE_STOP,   // the run ends: cpu->exit says why
    CORE_SLOW,   // of `quick` only: nothing was done, fn has to
    CORE_STEADY, // of `quick` only: as CORE_NEXT, cpu->steady was read again
};

struct core_insn;
typedef enum core_next core_fn(struct sim_cpu *cpu, const struct core_insn *in);

// What fields mean depends on fn. A register that the instruction does not
// have is 0.
struct core_insn {
    core_fn *fn;
    // The same without the clock, which is behind while it runs; NULL: only fn.
    core_fn *quick;
    uint32_t imm; // operand, offset with its sign, or absolute target
    uint32_t encoding;
    uint8_t rd, rn, rm;
    uint8_t extra;
    uint8_t size; // bytes; 0: not decoded
    uint8_t cost;
    uint8_t shift;    // enum thumb_shift
    bool keeps_flags; // in an IT block
    bool continues;   // may begin with EPSR.ICI set
    bool breaks;      // see core_breaks_
    uint8_t step;     // bytes to the record of what is behind it
    // Its fetch from internal flash waits for nothing, and is from that line of
    // the cache, while cpu->calm_now is this; or this - 1, if something is
    // prefetched behind it.
    uint8_t line;
    uint32_t calm_in; // 0: never
};

struct core_page {
    uint8_t *host; // NULL: no memory
    struct core_insn *code;
    bool bus, window, ram;
    bool weak;    // see sim_cpu_weak
    bool watched; // records of its bytes exist
};

// A page whose aligned accesses need nothing but a copy: its address, or
// CORE_NO_TAG.
struct core_way {
    uint32_t read, write, fetch;
    uint8_t *host;
};

// Of internal flash. A line is 32 bytes, read 8 at a time.
#define CORE_CACHE_HINTS 64u
struct core_cache {
    uint32_t line[SIM_FLASH_CODE_LINES]; // its address / 32
    uint64_t used[SIM_FLASH_CODE_LINES]; // last, at this cycle
    uint8_t holds[SIM_FLASH_CODE_LINES]; // a bit for each 8 bytes
    uint8_t hint[CORE_CACHE_HINTS];      // where a line is most likely
};

// A unit of code that is in the cache, so that its fetch waits for nothing; and
// what is prefetched behind it, since it is not there. CORE_NO_UNIT: nothing.
#define CORE_CALM_UNITS 32u
struct core_calm {
    uint32_t unit, line, ahead;
};

// Addresses of 8 bytes are divided by 8.
#define CORE_NEVER_CALM (UINT32_MAX - 1)
struct core_flash {
    struct sim_flash_timing timing;
    uint32_t code, data; // read last
    uint32_t ahead;      // prefetched,
    uint64_t ahead_at;   // and there at this cycle
    uint64_t free_at;    // when the array can begin to read
    struct core_cache code_cache, data_cache;
    struct core_calm calm[CORE_CALM_UNITS]; // until the code cache changes
};

struct core_region {
    enum sim_mem_kind kind;
    uint32_t base, size;
    uint8_t *host;
};

struct sim_cpu {
    struct sim_cpu_clock clock;

    uint32_t r[16];      // SP is the current one; PC reads as pc + 4
    uint32_t n, z, c, v; // N, V: bit 31; Z: the word is 0; C: 0 or 1
    uint32_t q, ge;
    uint32_t other_sp;    // the one of MSP, PSP that r[13] is not
    uint32_t limit_of[2]; // MSPLIM, PSPLIM
    uint32_t sp_limit;    // the one of r[13], if it counts
    uint32_t ipsr, primask, faultmask, basepri;
    uint32_t control; // SPSEL as written; in handler mode it reads as 0
    uint32_t s[32], fpscr;
    uint32_t pc; // between runs
    uint32_t target;
    bool thumb;
    uint8_t it;     // ITSTATE of the next instruction
    uint8_t it_now; // and of the running one
    uint8_t resume; // register with which a multiple goes on; 0: the first
    bool exclusive; // the local monitor
    bool irq_waiting;
    bool running, bus_failed;
    bool as_user; // LDRT, STRT
    bool mpu_applies;
    uint8_t rights_of; // privilege and mpu_applies that the ways were made for
    struct sim_cpu_config config;
    struct sim_cpu_exit exit;

    // Window: last word fetched in sequence, or the address behind the last
    // read; and what accesses cost.
    bool open, window_read; // since it was opened or closed
    uint32_t limit;         // bytes of it that can be read; 0: all
    uint32_t burst_word, read_end;
    uint32_t first_cycles, next_cycles;
    uint32_t hole_addr, hole_len;
    uint32_t watch_addr, watch_len; // see sim_cpu_watch_fetch

    struct core_flash flash;

    // What is above is the state of a snapshot; the rest follows from it.

    // The register of a peripheral that was read last, if it reads the same
    // until the bus is used again or the run ends: see sim_cpu_steady.
    struct core_steady {
        uint32_t addr, size; // 0 bytes: none
        uint32_t value;
        uint32_t cycles;      // of the bus
        uint64_t reads, last; // again; at this cycle
        bool told;            // by the access that runs
    } steady;

    // The page of the code that runs.
    struct core_insn *code;
    uint32_t code_base, code_bytes; // 0 bytes: look for the page
    bool in_window, in_flash;       // the latter: with wait states

    uint32_t calm_now; // an even number, another when the code cache changes
    const struct sim_profile *profile;
    uint32_t refill;       // its refill_cycles
    uint32_t shared_bytes; // from 20000000h; see shared_bus of the profile
    struct sim_cpu_bus bus;
    struct core_region region[CORE_MAX_REGIONS];
    size_t region_count;
    bool ram_aliased; // two regions show the same RAM
    struct core_way way[CORE_WAYS];
    struct core_page *leaf[CORE_LEAVES];
    struct core_page *bus_leaf; // of all that are bus from end to end
    struct core_insn *single;   // a page without records but one

    // The debugger's.
    struct core_points {
        uint32_t *breaks;
        size_t break_count, break_room;
        uint32_t fetch_addr, fetch_len; // watch_addr, as records know it
        struct sim_watch *watches;
        size_t watch_count, watch_room;
    } points;
    uint64_t pass_at;
    uint32_t pass_pc;
    bool touched;
    struct sim_touch touch;
};

// core_own.c
enum core_next core_stop_(struct sim_cpu *cpu, enum sim_cpu_stop why,
        uint32_t addr);
uint32_t core_xpsr_(const struct sim_cpu *cpu);
bool core_privileged_(const struct sim_cpu *cpu);
// Takes effect on r[13], too.
void core_set_control_(struct sim_cpu *cpu, uint32_t control);
// Privilege, priority, the stack or the MPU may have changed.
void core_rights_changed_(struct sim_cpu *cpu);

// core_pages.c
bool core_map_(struct sim_cpu *cpu, const struct core_region *region);
bool core_map_bus_(struct sim_cpu *cpu, uint32_t base, uint32_t size);
void core_unmap_(struct sim_cpu *cpu, size_t region);
void core_forget_(struct sim_cpu *cpu, uint32_t addr, uint32_t len);
void core_weaken_(struct sim_cpu *cpu, uint32_t addr, uint32_t len);
// The record at pc, decoded. NULL: nothing to fetch there.
const struct core_insn *core_find_(struct sim_cpu *cpu, uint32_t pc);
// A halfword can be fetched at pc; else exit.denied says whether the MPU
// forbids it.
bool core_fetchable_(struct sim_cpu *cpu, uint32_t pc);
bool core_read_slow_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value);
bool core_write_slow_(struct sim_cpu *cpu, uint32_t addr, uint32_t value,
        unsigned size);
void core_wrote_(struct sim_cpu *cpu, uint32_t addr, uint32_t len);
void core_free_pages_(struct sim_cpu *cpu);
void core_forget_ways_(struct sim_cpu *cpu);
void core_forget_steady_(struct sim_cpu *cpu);

// core_debug.c
// A breakpoint, or in the range of sim_cpu_watch_fetch: what a record knows.
bool core_breaks_(const struct sim_cpu *cpu, uint32_t pc);
// Before an instruction of such a record. true: the run ends, exit.why says
// why.
bool core_stops_before_(struct sim_cpu *cpu, uint32_t pc,
        uint64_t instructions);
void core_range_changed_(struct sim_cpu *cpu); // that of sim_cpu_watch_fetch
// A byte of the page at base is watched for reads, for writes.
void core_watches_(const struct sim_cpu *cpu, uint32_t base, bool *read,
        bool *write);
static inline void core_touch_(struct sim_cpu *cpu, uint32_t addr, unsigned len,
        bool write) {
    if (cpu->points.watch_count) {
        sim_cpu_touch(cpu, addr, len, write);
    }
}

// core_timing.c: cycles. next: the instruction behind it; NULL: unknown.
unsigned core_cost_(const struct sim_profile *profile,
        const struct thumb_insn *insn, const struct thumb_insn *next);
// Code in RAM comes over the system bus, as its data do.
static inline bool core_shares_bus_(const struct sim_cpu *cpu, uint32_t pc) {
    return pc - 0x20000000u < cpu->shared_bytes;
}
unsigned core_shared_cost_(const struct thumb_insn *insn, unsigned cycles);
// A branch that is taken fills the pipeline again. The fetch takes a cycle more
// over the system bus, where it is registered.
static inline unsigned core_refill_(const struct sim_cpu *cpu,
        uint32_t target) {
    return cpu->refill + core_shares_bus_(cpu, target);
}

// Cycles that an access to internal flash waits, at that cycle.
uint64_t core_flash_fetch_(struct sim_cpu *cpu, uint32_t pc, uint32_t last,
        uint64_t now);
uint64_t core_flash_read_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint64_t now);
void core_flash_init_(struct sim_cpu *cpu);
// What records know of the code cache is no longer so.
void core_forget_calm_(struct sim_cpu *cpu);
// A read of the array that can begin now. The cycle at which its bytes can be
// used.
static inline uint64_t core_flash_array_(struct core_flash *f, uint64_t now) {
    const uint64_t begin = now > f->free_at ? now : f->free_at;
    f->free_at = begin + f->timing.wait_states + 1;
    return begin + f->timing.wait_states;
}
static inline bool core_flash_waits_(const struct sim_cpu *cpu,
        const struct core_page *page) {
    return cpu->flash.timing.wait_states && !page->ram && !page->window;
}

// core_decode.c
void core_decode_(struct core_insn *record, const struct sim_profile *profile,
        const struct thumb_insn *insn, bool in_ram);
core_fn core_undefined_;
core_fn core_nocp_;
core_fn core_fp_undefined_;
core_fn core_security_; // what leaves the Secure state, or looks beyond it

// What the decoder asks: NULL is undefined. They set fields of the record.
core_fn *core_alu_(struct core_insn *record, const struct thumb_insn *insn);
core_fn *core_dsp_(struct core_insn *record, uint32_t w);
core_fn *core_memory_(struct core_insn *record, const struct thumb_insn *insn);
core_fn core_test_target_;
core_fn *core_system_(struct core_insn *record,
        const struct sim_profile *profile, const struct thumb_insn *insn,
        bool in_ram);
core_fn *core_fp_(struct core_insn *record, const struct sim_profile *profile,
        const struct thumb_insn *insn);

// core_fp.c
bool core_fp_access_(const struct sim_cpu *cpu);
// Before an FP instruction. false: it stops.
bool core_fp_ready_(struct sim_cpu *cpu);

// core_double.c: doubles, and what FPv5 has of singles.
core_fn *core_double_(struct core_insn *record,
        const struct sim_profile *profile);

// core_system.c
enum core_next core_exchange_(struct sim_cpu *cpu, uint32_t target);

/// What every instruction needs ///

static inline uint32_t core_control_bits_(const struct sim_profile *profile) {
    return CORE_CONTROL_NPRIV | CORE_CONTROL_SPSEL |
            (profile->fpu ? CORE_CONTROL_FPCA : 0) |
            (profile->fpu && sim_profile_is_v8(profile) ? CORE_CONTROL_SFPA
                                                        : 0);
}

// Before an instruction that gives SP this value. false: it stops. Not for
// `quick`, which cannot.
static inline bool core_sp_allowed_(struct sim_cpu *cpu, uint32_t value) {
    if (value >= cpu->sp_limit) {
        return true;
    }
    core_stop_(cpu, SIM_CPU_LIMIT, value);
    return false;
}

// The same of a base register that an instruction moves.
static inline bool core_base_allowed_(struct sim_cpu *cpu, unsigned base,
        uint32_t value) {
    return base != CORE_SP || core_sp_allowed_(cpu, value);
}

static inline struct core_page *core_page_(struct sim_cpu *cpu, uint32_t addr) {
    struct core_page *leaf = cpu->leaf[addr >> 20];
    return leaf ? &leaf[addr >> 10 & (CORE_LEAF_PAGES - 1)] : NULL;
}

// An aligned access to a page that needs nothing else.
static inline bool core_quick_read_(struct sim_cpu *cpu, uint32_t addr,
        unsigned size, uint32_t *value) {
    const struct core_way *way =
            &cpu->way[addr / CORE_PAGE_BYTES & (CORE_WAYS - 1)];
    const uint32_t off = addr & (CORE_PAGE_BYTES - 1);
    if (addr - off + (addr & (size - 1)) != way->read) {
        return false;
    }
    uint32_t word = 0;
    memcpy(&word, way->host + off, size);
    *value = word;
    return true;
}

// After that has failed.
static inline enum core_next core_steady_read_(const struct sim_cpu *cpu,
        uint32_t addr, unsigned size, uint32_t *value) {
    const struct core_steady *s = &cpu->steady;
    if (addr != s->addr || size != s->size) {
        return CORE_SLOW;
    }
    *value = s->value;
    return CORE_STEADY;
}

static inline bool core_quick_write_(struct sim_cpu *cpu, uint32_t addr,
        uint32_t value, unsigned size) {
    const struct core_way *way =
            &cpu->way[addr / CORE_PAGE_BYTES & (CORE_WAYS - 1)];
    const uint32_t off = addr & (CORE_PAGE_BYTES - 1);
    if (addr - off + (addr & (size - 1)) != way->write) {
        return false;
    }
    memcpy(way->host + off, &value, size);
    return true;
}

static inline bool core_read_(struct sim_cpu *cpu, uint32_t addr, unsigned size,
        uint32_t *value) {
    return core_quick_read_(cpu, addr, size, value) ||
            core_read_slow_(cpu, addr, size, value);
}

static inline bool core_write_(struct sim_cpu *cpu, uint32_t addr,
        uint32_t value, unsigned size) {
    return core_quick_write_(cpu, addr, value, size) ||
            core_write_slow_(cpu, addr, value, size);
}

static inline void core_look_at_hole_(struct sim_cpu *cpu, uint32_t addr,
        bool fetch) {
    if (addr - cpu->hole_addr < cpu->hole_len) {
        cpu->bus.hole(cpu->bus.ctx, addr, fetch);
    }
}

// Any register but the PC.
static inline void core_set_(struct sim_cpu *cpu, unsigned reg,
        uint32_t value) {
    cpu->r[reg] = reg == CORE_SP ? value & ~3u : value;
}

static inline void core_nz_(struct sim_cpu *cpu, uint32_t result) {
    cpu->n = result;
    cpu->z = result;
}

static inline uint32_t core_add_flags_(struct sim_cpu *cpu, uint32_t a,
        uint32_t b, uint32_t carry) {
    const uint64_t wide = (uint64_t)a + b + carry;
    const uint32_t result = (uint32_t)wide;
    core_nz_(cpu, result);
    cpu->c = (uint32_t)(wide >> 32);
    cpu->v = (a ^ result) & (b ^ result);
    return result;
}

static inline bool core_condition_(const struct sim_cpu *cpu, unsigned cond) {
    bool holds;
    switch (cond >> 1) {
    case 0:
        holds = cpu->z == 0;
        break;
    case 1:
        holds = cpu->c;
        break;
    case 2:
        holds = cpu->n >> 31;
        break;
    case 3:
        holds = cpu->v >> 31;
        break;
    case 4:
        holds = cpu->c && cpu->z != 0;
        break;
    case 5:
        holds = !((cpu->n ^ cpu->v) >> 31);
        break;
    case 6:
        holds = cpu->z != 0 && !((cpu->n ^ cpu->v) >> 31);
        break;
    default:
        return true;
    }
    return holds != (cond & 1);
}

#endif
