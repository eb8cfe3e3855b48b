/*
 * cpu_unicorn - declarations that the files of the Unicorn core share
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/cpu/unicorn: the same over libunicorn.
 */
#ifndef CPU_UNICORN_H
#define CPU_UNICORN_H

#include <unicorn/unicorn.h>

#include "sim/cpu/sim_cpu.h"

#define FNV_PRIME 0x100000001B3ull
#define MAX_REGIONS 16
#define MAX_BUS_RANGES 128
#define NO_BURST UINT32_MAX
#define XPSR_T (1u << 24)

struct region {
    enum sim_mem_kind kind;
    uint32_t base, size;
    uint8_t *host;
    uc_hook reads; // of a window
};

struct bus_range {
    struct sim_cpu *cpu;
    uint32_t base;
};

struct sim_cpu {
    struct sim_cpu_clock clock;

    // The region of the running code.
    uint32_t code_base, code_size;
    const uint8_t *code;
    bool code_ram, code_window;
    uint32_t watch; // SIM_OP_ flags that matter

    // Window: last word fetched in sequence, or the address behind the last
    // read; and what accesses cost.
    uint32_t burst_word, read_end;
    uint32_t first_cycles, next_cycles;
    uint32_t hole_addr, hole_len;
    uint32_t limit; // bytes of the window that can be read; 0: all
    bool open, window_read;

    uint8_t it;     // ITSTATE of the next instruction
    uint8_t it_now; // and of the running one
    bool irq_waiting;
    bool exclusive; // a LDREX without its STREX
    bool running;
    bool internal; // our own code runs: its time does not count
    bool fetch_fault;
    bool skipped;

    // State between runs; Unicorn's own PC is not kept.
    uint32_t pc;
    bool thumb;

    struct sim_cpu_exit exit;
    struct {
        enum sim_cpu_stop why; // SIM_CPU_BOUNDARY: none
        uint32_t addr, size;
    } deferred;
    struct sim_cpu_state before; // the deferred fault

    struct sim_cpu_bus bus;
    struct region region[MAX_REGIONS];
    size_t region_count;
    struct bus_range bus_range[MAX_BUS_RANGES];
    size_t bus_count;
    uc_engine *uc;
    uc_context *pristine;
    uint8_t *scratch;
    uint16_t table[65536];
};

static inline uint32_t sim_cpu_reg_(struct sim_cpu *cpu, int reg) {
    uint32_t value = 0;
    uc_reg_read(cpu->uc, reg, &value);
    return value;
}

void sim_cpu_step_over_(struct sim_cpu *cpu, uint32_t pc);
void sim_cpu_on_code_(uc_engine *uc, uint64_t address, uint32_t size,
        void *user);
void sim_cpu_on_interrupt_(uc_engine *uc, uint32_t number, void *user);
void sim_cpu_on_window_read_(uc_engine *uc, uc_mem_type type, uint64_t address,
        int size, int64_t value, void *user);
bool sim_cpu_on_invalid_(uc_engine *uc, void *user);
bool sim_cpu_on_invalid_memory_(uc_engine *uc, uc_mem_type type,
        uint64_t address, int size, int64_t value, void *user);

#endif
