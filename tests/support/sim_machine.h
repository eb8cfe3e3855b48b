/*
 * sim_machine - a bare machine for the tests of the simulator core
 *
 * SPDX-License-Identifier: MIT
 *
 * Flash at 08000000 (shown at 0 too), RAM at 20000000, the window at 90000000
 * and one peripheral, the lab, at 40000000:
 *   00 LOG     a write is remembered with its time
 *   04 WINDOW  write 1: open, 0: close
 *   08 IRQ     write line | level << 8
 *   0C ERROR   answers with a bus error while lab.errors is not 0
 *   10 NOW     reads the time in ns
 *   14 EVENT   write ns: raises line 5 that much later
 *   18 STALL   a read takes 1 us longer
 *   1C DONE    ends sim_run
 *   20 MEND    a read takes 1 from lab.errors
 *   24 HCLK    write Hz
 *   28 PATCH   write a halfword: goes to lab.patch_addr, behind the CPU's back
 *   2C ALIAS   write the address to show at 0
 * Programs are Thumb code made with arm-none-eabi-as; the assembly is beside.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

// cmocka.h needs these before it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

#define FLASH 0x08000000u
#define CODE 0x08000200u
#define RAM 0x20000000u
#define WINDOW 0x90000000u
#define FLASH_BYTES 0x10000u
#define RAM_BYTES 0x10000u
#define WINDOW_BYTES 0x100000u
#define STACK 0x20008000u
#define HCLK 80000000u
#define MAX_LOG 2048

struct machine {
    struct sim *sim;
    uint8_t *flash, *ram, *window;
    struct sim_window_timing timing;
    struct {
        uint32_t value[MAX_LOG];
        sim_time time[MAX_LOG];
        size_t count;
        uint32_t errors, patch_addr;
        struct sim_event event;
    } lab;
    struct {
        struct sim_trace entry[MAX_LOG];
        size_t count;
    } trace;
    char note[512];
    unsigned notes;
};

static inline void lab_fire(void *ctx) {
    struct machine *m = ctx;
    sim_irq(m->sim, 5, true);
}

static inline uint32_t lab_read(void *ctx, uint32_t off, unsigned size) {
    struct machine *m = ctx;
    (void)size;
    switch (off) {
    case 0x0C:
        if (m->lab.errors) {
            sim_bus_error(m->sim);
        }
        return 0xBAD;
    case 0x10:
        return (uint32_t)(sim_now(m->sim) / SIM_NS);
    case 0x18:
        sim_stall(m->sim, SIM_US);
        return 0;
    case 0x20:
        m->lab.errors--;
        return 0;
    default:
        return 0;
    }
}

static inline void lab_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    struct machine *m = ctx;
    (void)size;
    switch (off) {
    case 0x00:
        if (m->lab.count < MAX_LOG) {
            m->lab.time[m->lab.count] = sim_now(m->sim);
            m->lab.value[m->lab.count++] = value;
        }
        break;
    case 0x04:
        if (value) {
            sim_window_open(m->sim, &m->timing);
        } else {
            sim_window_close(m->sim, "the lab has closed it");
        }
        break;
    case 0x08:
        sim_irq(m->sim, value & 0xFF, value >> 8);
        break;
    case 0x0C:
        if (m->lab.errors) {
            sim_bus_error(m->sim);
        }
        break;
    case 0x14:
        sim_schedule(m->sim, &m->lab.event, sim_now(m->sim) + value * SIM_NS);
        break;
    case 0x1C:
        sim_request_stop(m->sim);
        break;
    case 0x24:
        sim_set_hclk(m->sim, value);
        break;
    case 0x28:
        memcpy(sim_memory(m->sim, m->lab.patch_addr, 2), &value, 2);
        sim_memory_changed(m->sim, m->lab.patch_addr, 2);
        break;
    case 0x2C:
        sim_set_alias(m->sim, 0, 0x1000, value);
        break;
    default:
        break;
    }
}

static inline void machine_trace(void *ctx, const struct sim_trace *entry) {
    struct machine *m = ctx;
    if (m->trace.count < MAX_LOG) {
        m->trace.entry[m->trace.count++] = *entry;
    }
}

static inline void machine_note(void *ctx, const char *line) {
    struct machine *m = ctx;
    m->notes++;
    snprintf(m->note, sizeof m->note, "%s", line);
}

static inline struct machine *machine_with(const struct sim_options *options) {
    struct machine *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->flash = aligned_alloc(4096, FLASH_BYTES);
    m->ram = aligned_alloc(4096, RAM_BYTES);
    m->window = aligned_alloc(4096, WINDOW_BYTES);
    memset(m->flash, 0xFF, FLASH_BYTES);
    memset(m->window, 0xFF, WINDOW_BYTES);
    m->sim = sim_new(options);
    assert_non_null(m->sim);
    sim_add_memory(m->sim, "flash", SIM_MEM_FLASH, FLASH, FLASH_BYTES,
            m->flash);
    sim_add_memory(m->sim, "ram", SIM_MEM_RAM, RAM, RAM_BYTES, m->ram);
    sim_add_memory(m->sim, "window", SIM_MEM_WINDOW, WINDOW, WINDOW_BYTES,
            m->window);
    sim_set_alias(m->sim, 0, FLASH_BYTES, FLASH);
    sim_add_periph(m->sim,
            &(struct sim_periph){
                    .name = "lab",
                    .base = 0x40000000,
                    .size = 0x30,
                    .slow_bytes = 0x30,
                    .read = lab_read,
                    .write = lab_write,
                    .ctx = m,
            });
    sim_set_hclk(m->sim, HCLK);
    m->lab.event = (struct sim_event){
            .fire = lab_fire,
            .ctx = m,
            .at = SIM_NEVER,
    };
    sim_add_trace(m->sim, machine_trace, m);
    sim_set_note(m->sim, machine_note, m);
    return m;
}

static inline struct machine *machine_new(void) {
    return machine_with(&(struct sim_options){.time_limit = SIM_S});
}

static inline void machine_free(struct machine *m) {
    sim_free(m->sim);
    free(m->flash);
    free(m->ram);
    free(m->window);
    free(m);
}

static inline void put_word(struct machine *m, uint32_t addr, uint32_t value) {
    memcpy(sim_memory(m->sim, addr, 4), &value, 4);
}

// Of the system control space, behind the CPU's back.
#define put_register(m, addr, value) \
    sim_ppb_write_((m)->sim, addr, value, sizeof(uint32_t))

static inline uint32_t get_word(struct machine *m, uint32_t addr) {
    uint32_t value;
    memcpy(&value, sim_memory(m->sim, addr, 4), 4);
    return value;
}

// addr even; the Thumb bit is added.
static inline void put_vector(struct machine *m, unsigned number,
        uint32_t addr) {
    put_word(m, FLASH + 4 * number, addr | 1);
}

static inline void load_at(struct machine *m, uint32_t addr,
        const uint16_t *code, size_t bytes) {
    memcpy(sim_memory(m->sim, addr, (uint32_t)bytes), code, bytes);
    sim_memory_changed(m->sim, addr, (uint32_t)bytes);
}

// The program at CODE, started by the reset vector.
#define start_program(m, program) start_program_(m, program, sizeof(program))
static inline void start_program_(struct machine *m, const uint16_t *code,
        size_t bytes) {
    put_word(m, FLASH, STACK);
    put_vector(m, 1, CODE);
    load_at(m, CODE, code, bytes);
    sim_power_on(m->sim);
}

#define assert_log(m, ...) \
    do { \
        const uint32_t expected_[] = {__VA_ARGS__}; \
        assert_log_(m, expected_, sizeof expected_ / sizeof *expected_, \
                __FILE__, __LINE__); \
    } while (0)
static inline void assert_log_(const struct machine *m,
        const uint32_t *expected, size_t count, const char *file, int line) {
    bool same = m->lab.count == count;
    for (size_t i = 0; i < count && same; i++) {
        same = m->lab.value[i] == expected[i];
    }
    if (same) {
        return;
    }
    for (size_t i = 0; i < count || i < m->lab.count; i++) {
        print_error("log %zu: 0x%08x, expected 0x%08x\n", i,
                i < m->lab.count ? (unsigned)m->lab.value[i] : 0,
                i < count ? (unsigned)expected[i] : 0);
    }
    print_error("%zu entries, expected %zu\n", m->lab.count, count);
    _fail(file, line);
}

// The nth trace entry of a kind, or NULL.
static inline const struct sim_trace *trace_of(const struct machine *m,
        enum sim_trace_kind kind, size_t n) {
    for (size_t i = 0; i < m->trace.count; i++) {
        if (m->trace.entry[i].kind == kind && n-- == 0) {
            return &m->trace.entry[i];
        }
    }
    return NULL;
}

#endif
