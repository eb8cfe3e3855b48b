/*
 * loader_probe - a board with a debug probe that calls functions in RAM
 *
 * SPDX-License-Identifier: MIT
 */
#include "loader/loader_probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"

#define PROBE_ADDR 0x60000000u // no member of the family has anything there
#define VECTORS 114u           // 16 and the interrupts of the MCU, or more
#define CODE_OFF 0x200u
#define FAULT_OFF 0x2Eu // in code[]
#define GUARD_BYTES 4096u
#define PAINT 0xA5u
#define SETTLE_MS 50u // after power-on: all parts take writes then

// Registers of the probe: go, r0 to r3, sp, r9, function; then results: r0, r1,
// sp, fault.
enum { GO, R0, SP = 5, R9, FUNCTION, ARGS, RESULT = 8, FAULT = 11 };

static const uint16_t code[] = {
        // start:
        0xF04F, 0x45C0, // mov.w r5, #1610612736
        0xB672,         // cpsid i
        // again:
        0x6828, // ldr r0, [r5, #0]
        0x2800, // cmp r0, #0
        0xD0FC, // beq.n again
        0x68A9, // ldr r1, [r5, #8]
        0x68EA, // ldr r2, [r5, #12]
        0x692B, // ldr r3, [r5, #16]
        0x696E, // ldr r6, [r5, #20]
        0x46B5, // mov sp, r6
        0x69AE, // ldr r6, [r5, #24]
        0x46B1, // mov r9, r6
        0x69EE, // ldr r6, [r5, #28]
        0x6868, // ldr r0, [r5, #4]
        0x47B0, // blx r6
        // The function may have used any register.
        0xF04F, 0x45C0, // mov.w r5, #1610612736
        0x6269,         // str r1, [r5, #36]
        0x4669,         // mov r1, sp
        0x62A9,         // str r1, [r5, #40]
        0x6228,         // str r0, [r5, #32]
        0xE7E8,         // b.n start
        // fault:
        0xF04F, 0x45C0, // mov.w r5, #1610612736
        0x62ED,         // str r5, [r5, #44]
        0xE7FB,         // b.n fault
};

/// The probe ///

static uint32_t on_read(void *ctx, uint32_t off, unsigned size) {
    const struct loader_probe *p = ctx;
    (void)size;
    return off / 4 < ARGS ? p->args[off / 4] : 0;
}

static void on_write(void *ctx, uint32_t off, uint32_t value, unsigned size) {
    struct loader_probe *p = ctx;
    (void)size;
    const uint32_t i = off / 4;
    if (i < RESULT || i > FAULT) {
        return;
    }
    p->result[i - RESULT] = value;
    if (i == RESULT || i == FAULT) {
        p->done = i == RESULT;
        p->faulted |= i == FAULT;
        p->args[GO] = 0;
        sim_request_stop(p->sim);
    }
}

static void on_fault(void *ctx, const struct sim_fault *fault) {
    struct loader_probe *p = ctx;
    if (!p->faulted) {
        p->fault = *fault;
        p->faulted = true;
    }
    sim_request_stop(p->sim);
}

static void on_reset(void *ctx, enum sim_reset kind) {
    struct loader_probe *p = ctx;
    (void)kind;
    p->was_reset = true;
    sim_request_stop(p->sim);
}

static void on_alarm(void *ctx) {
    struct loader_probe *p = ctx;
    p->late = true;
    sim_request_stop(p->sim);
}

/// The board ///

uint8_t loader_fill(uint32_t off) {
    return (uint8_t)(off * 2654435761u >> 24);
}

static bool allocate(struct loader_probe *p, const struct loader_board *b) {
    p->internal =
            aligned_alloc(4096, (b->board->internal.bytes + 4095u) & ~4095u);
    p->chip = nor_pages_new(b->part->size_bytes, true);
    return p->internal && p->chip;
}

static void put_word(uint8_t *to, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

static void fill(struct loader_probe *p, const struct loader_board *b) {
    const struct board *board = b->board;
    const uint32_t at = board->internal.addr + CODE_OFF;
    memset(p->internal, 0xFF, board->internal.bytes);
    for (uint32_t i = 0; i < VECTORS; i++) {
        put_word(p->internal + 4 * i, (at + FAULT_OFF) | 1);
    }
    put_word(p->internal, board->ram[0].addr + board->ram[0].bytes);
    put_word(p->internal + 4, at | 1);
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        p->internal[CODE_OFF + 2 * i] = (uint8_t)code[i];
        p->internal[CODE_OFF + 2 * i + 1] = (uint8_t)(code[i] >> 8);
    }
    for (uint32_t i = 0; i < b->part->size_bytes; i++) {
        p->chip[i] = loader_fill(i);
    }
}

static bool make(struct loader_probe *p, const struct loader_board *b) {
    const struct sim_options options = {.seed = 1, .time_limit = SIM_NEVER};
    const struct chip_options chip = {
            .part = b->part,
            .array = p->chip,
            .window_addr = b->board->window.addr,
            .seed = 1,
    };
    p->sim = sim_new(&options);
    if (!p->sim || !chip_open(&p->model, p->sim, &chip)) {
        return false;
    }
    const struct sim_board_options board = {
            .board = b->board,
            .internal = p->internal,
            .nor = p->model.nor,
    };
    p->board = sim_board_new(p->sim, &board);
    if (!p->board) {
        return false;
    }
    const struct sim_periph probe = {
            .name = "probe",
            .base = PROBE_ADDR,
            .size = 0x400,
            .read = on_read,
            .write = on_write,
            .ctx = p,
    };
    const struct sim_observer observer = {
            .fault = on_fault, .reset = on_reset, .ctx = p};
    sim_add_periph(p->sim, &probe);
    sim_observe(p->sim, &observer);
    return true;
}

static bool in_ram(const struct loader_board *b, uint32_t addr) {
    for (unsigned i = 0; i < b->board->ram_count; i++) {
        const struct board_region *ram = &b->board->ram[i];
        if (addr - ram->addr < ram->bytes) {
            return true;
        }
    }
    return false;
}

int loader_probe_open(struct loader_probe *p, const struct loader_board *b,
        const struct loader_file *file, uint32_t base, uint32_t stack_bytes) {
    memset(p, 0, sizeof *p);
    p->file = file;
    p->chip_bytes = b->part->size_bytes;
    p->base = base;
    p->alarm = (struct sim_event){.fire = on_alarm, .ctx = p, .at = SIM_NEVER};
    if (!allocate(p, b)) {
        return cli_no_memory();
    }
    fill(p, b);
    if (!make(p, b)) {
        return cli_no_memory();
    }
    sim_power_on(p->sim);
    sim_schedule(p->sim, &p->alarm, SETTLE_MS * SIM_MS);
    sim_run(p->sim);
    p->stack_addr =
            ((base + file->link_bytes + 7) & ~7u) + GUARD_BYTES + stack_bytes;
    p->buffer_addr = p->stack_addr;
    p->buffer_bytes = file->page_bytes + 8;
    const uint32_t bytes = p->buffer_addr + p->buffer_bytes - base;
    uint8_t *memory = in_ram(b, base) ? sim_memory(p->sim, base, bytes) : NULL;
    if (!memory) {
        return cli_fail(CLI_TROUBLE,
                "no RAM at 0x%08" PRIx32 " for %" PRIu32
                " bytes of program, stack and a page: give a board with more, "
                "by --board-file",
                base, bytes);
    }
    loader_file_load(file, memory);
    sim_memory_changed(p->sim, base, file->link_bytes);
    return -1;
}

void loader_probe_show(struct loader_probe *p) {
    const uint32_t bytes = (p->file->link_bytes + 4095u) & ~4095u;
    sim_set_alias(p->sim, p->file->link_addr, bytes, p->base);
}

void loader_probe_close(struct loader_probe *p) {
    if (p->board) {
        sim_board_free(p->board);
    }
    chip_close(&p->model);
    if (p->sim) {
        sim_free(p->sim);
    }
    nor_pages_free(p->chip, p->chip_bytes);
    free(p->internal);
}

uint8_t *loader_probe_buffer(struct loader_probe *p) {
    return sim_memory(p->sim, p->buffer_addr, p->buffer_bytes);
}

bool loader_probe_window_open(const struct loader_probe *p) {
    return sim_window_is_open(p->sim);
}

/// A call ///

static uint32_t low_addr(const struct loader_probe *p) {
    return (p->base + p->file->link_bytes + 7) & ~7u;
}

static uint32_t stack_used(struct loader_probe *p) {
    const uint32_t low = low_addr(p);
    const uint32_t bytes = p->stack_addr - low;
    const uint8_t *memory = sim_memory(p->sim, low, bytes);
    uint32_t i = 0;
    while (i < bytes && memory[i] == PAINT) {
        i++;
    }
    return bytes - i;
}

static void describe(const struct loader_probe *p, struct loader_outcome *out) {
    const struct sim_violation *v = sim_violation_of(p->sim);
    if (out->end == LOADER_VIOLATION && v) {
        snprintf(out->what, sizeof out->what, "%s: the firmware %s. %s",
                sim_rules[v->rule].name, v->what, v->why);
        out->pc = v->pc;
    } else if (out->end == LOADER_FAULT) {
        snprintf(out->what, sizeof out->what,
                "CFSR 0x%08" PRIx32 ", HFSR 0x%08" PRIx32 ", BFAR 0x%08" PRIx32
                ", LR 0x%08" PRIx32,
                p->fault.cfsr, p->fault.hfsr, p->fault.bfar, p->fault.regs[14]);
        out->pc = p->fault.regs[15];
    } else {
        out->pc = sim_pc(p->sim);
    }
    out->pc += p->file->link_addr - p->base;
}

void loader_probe_call(struct loader_probe *p, uint32_t function,
        const uint32_t args[4], sim_time limit, struct loader_outcome *out) {
    const sim_time from = sim_now(p->sim);
    memset(out, 0, sizeof *out);
    memset(sim_memory(p->sim, low_addr(p), p->stack_addr - low_addr(p)), PAINT,
            p->stack_addr - low_addr(p));
    memcpy(p->args + R0, args, 4 * sizeof args[0]);
    p->args[SP] = p->stack_addr;
    p->args[R9] = p->base + p->file->static_off;
    p->args[FUNCTION] = function + p->base - p->file->link_addr;
    p->args[GO] = 1;
    p->done = p->faulted = p->late = p->was_reset = false;
    sim_schedule(p->sim, &p->alarm, from + limit);
    const enum sim_stop stop = sim_run(p->sim);
    sim_cancel(p->sim, &p->alarm);
    out->took = sim_now(p->sim) - from;
    out->r0 = p->result[0];
    out->r1 = p->result[1];
    out->stack_bytes = stack_used(p);
    out->end = p->was_reset              ? LOADER_RESET
            : p->faulted                 ? LOADER_FAULT
            : stop == SIM_STOP_VIOLATION ? LOADER_VIOLATION
            : p->done                    ? LOADER_RETURNED
                                         : LOADER_LATE;
    describe(p, out);
}
