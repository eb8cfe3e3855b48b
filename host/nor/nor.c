/*
 * nor - life of the chip model, power, queries
 *
 * SPDX-License-Identifier: MIT
 */
#include "nor/nor_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// The supply is good now, or was before.
static void power_up_times(struct nor *nor) {
    const struct nor_part *part = nor->part;
    const uint32_t head_us = nor->opt.head_start_us;
    const uint32_t ready_us = part->power_up_us;
    const uint32_t write_us = part->power_up_write_us;
    nor->ready_ps = nor->now_ps +
            (ready_us > head_us ? ready_us - head_us : 0) * NOR_US;
    nor->ready_cause = NOR_CAUSE_POWER_UP;
    nor->write_ready_ps = nor->ready_ps;
    if (nor->opt.cold && write_us > ready_us && write_us > head_us) {
        nor->write_ready_ps = nor->now_ps + (write_us - head_us) * NOR_US;
    }
}

struct nor *nor_new(const struct nor_part *part, uint8_t *array,
        const struct nor_options *options) {
    struct nor *nor = calloc(1, sizeof *nor);
    if (!nor) {
        return NULL;
    }
    nor->part = part;
    if (options) {
        nor->opt = *options;
    }
    nor->own_array = array == NULL;
    nor->array = array ? array : nor_pages_new(part->size_bytes, true);
    nor->weak = nor_pages_new(part->size_bytes, false); // until a power cut
    nor->wear = calloc(part->size_bytes / NOR_WEAR_BYTES, sizeof *nor->wear);
    nor->locked = calloc(part->size_bytes / NOR_WEAR_BYTES, 1);
    if (!nor->array || !nor->weak || !nor->wear || !nor->locked) {
        nor_free(nor);
        return NULL;
    }
    if (nor->own_array) {
        memset(nor->array, 0xFF, part->size_bytes);
    }
    if (part->qe_factory) {
        nor->nv.sr[0] = part->qe == NOR_QE_SR1_BIT6 ? SR1_QE : 0;
        nor->nv.sr[1] = part->qe == NOR_QE_SR2_BIT1 ? SR2_QE : 0;
    }
    nor->nv.nvcr = 0xFFFF;
    nor_commands_(nor->command, part);
    nor_sfdp_build_(nor->sfdp, part);
    nor->powered = true;
    nor->suspend_ps = NOR_NEVER;
    memset(nor->security, 0xFF, sizeof nor->security);
    nor->nv.driver = 0xE0; // as delivered
    nor_new_driver(nor);
    nor_defaults_(nor);
    if (nor->opt.cold) {
        power_up_times(nor);
    }
    return nor;
}

void nor_state(struct nor *nor,
        void (*add)(void *ctx, void *at, size_t bytes, bool pages), void *ctx) {
    const size_t bytes = nor->part->size_bytes;
    add(ctx, nor, sizeof *nor, false);
    add(ctx, nor->wear, bytes / NOR_WEAR_BYTES * sizeof *nor->wear, false);
    add(ctx, nor->locked, bytes / NOR_WEAR_BYTES, false);
    add(ctx, nor->array, bytes, true);
    add(ctx, nor->weak, bytes, true);
}

void nor_free(struct nor *nor) {
    if (!nor) {
        return;
    }
    if (nor->own_array) {
        nor_pages_free(nor->array, nor->part->size_bytes);
    }
    nor_pages_free(nor->weak, nor->part->size_bytes);
    free(nor->wear);
    free(nor->locked);
    free(nor);
}

void nor_set_faults(struct nor *nor, const struct nor_options *faults) {
    nor->opt.stuck_busy = faults->stuck_busy;
    nor->opt.ignore_wren = faults->ignore_wren;
    nor->opt.silent = faults->silent;
}

void nor_fault_next(struct nor *nor, enum nor_fault fault) {
    nor->fault = fault;
}

void nor_set_tear(struct nor *nor, uint64_t tear) {
    nor->tear = nor_mix_(tear) & (tear ? ~0ull : 0);
}

void nor_defaults_(struct nor *nor) {
    nor->live = nor->nv;
    nor->wel = false;
    nor->volatile_wren = false;
    nor->reset_enabled = false;
    nor->continuous = 0;
    nor->four_byte = false;
    nor->qpi = false;
    nor->wrap_bytes = 0;
    nor->qpi_param = 0;
    nor->ear = 0;
    nor->otp_mode = false;
    nor->unlocked_off = NOR_NOWHERE;
    nor_lock_defaults_(nor);
    nor->flags = 0;
    if (nor->part->volatile_config) {
        // N25Q data sheet, nonvolatile configuration register: bits 15:12
        // dummy clocks, 11:9 XIP at power-on, 8:6 driver, 4 hold, 3 quad, 2
        // dual protocol (0: on).
        static const uint8_t xip[8] = {0x0B, 0x3B, 0xBB, 0x6B, 0xEB, 0, 0, 0};
        const uint16_t nvcr = nor->nv.nvcr;
        nor->vcr = (uint8_t)((nvcr >> 12) << 4 | VCR_NO_XIP | 0x03);
        nor->evcr = (uint8_t)((nvcr & 0x08) << 4 | (nvcr & 0x04) << 4 |
                (nvcr & 0x10) | 0x08 | (nvcr >> 6 & 7));
        nor->continuous = xip[nvcr >> 9 & 7];
        if (nor->continuous) {
            nor->vcr &= (uint8_t)~VCR_NO_XIP;
        }
    }
}

void nor_power_off(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    if (!nor->powered) {
        return;
    }
    nor->frame.open = false;
    nor_abort_(nor);
    nor->powered = false;
    nor->asleep = false;
}

void nor_power_on(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    if (nor->powered) {
        return;
    }
    nor->powered = true;
    power_up_times(nor);
    nor->frame_end_ps = 0;
    nor_new_driver(nor);
    nor_defaults_(nor);
    nor_shake_(nor);
}

void nor_new_driver(struct nor *nor) {
    nor->seen_busy = true;
    nor->seen_idle = true;
    nor->bringing_up = true;
    nor->driver_ps = nor->now_ps;
}

bool nor_busy(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    return nor->run.active;
}

uint64_t nor_busy_until(const struct nor *nor) {
    if (!nor->run.active) {
        return NOR_NEVER;
    }
    return nor->suspend_ps < nor->run.end_ps ? nor->suspend_ps
                                             : nor->run.end_ps;
}

bool nor_operation(const struct nor *nor, uint32_t *off, uint32_t *len_bytes) {
    const struct operation *op = nor->run.active ? &nor->run : &nor->held;
    if (!op->active || op->kind == 'S') {
        return false;
    }
    *off = op->off;
    *len_bytes = op->len;
    return true;
}

static char kind_of(const struct operation *op, uint32_t *off,
        uint32_t *len_bytes) {
    if (!op->active) {
        return 0;
    }
    *off = op->off;
    *len_bytes = op->len;
    return op->kind;
}

char nor_running(const struct nor *nor, uint32_t *off, uint32_t *len_bytes) {
    return kind_of(&nor->run, off, len_bytes);
}

uint8_t nor_stored_status(const struct nor *nor, unsigned number) {
    return nor->nv.sr[number - 1];
}

char nor_suspended(const struct nor *nor, uint32_t *off, uint32_t *len_bytes) {
    return kind_of(&nor->held, off, len_bytes);
}

uint64_t nor_suspended_since_ps(const struct nor *nor) {
    return nor->held_ps;
}

const uint8_t *nor_array(const struct nor *nor) {
    return nor->array;
}

const struct nor_part *nor_part_of(const struct nor *nor) {
    return nor->part;
}

bool nor_unstable(const struct nor *nor, uint32_t off, uint32_t len_bytes) {
    for (unsigned i = 0; i < nor->weak_count; i++) {
        const struct weak_range *range = &nor->weak_range[i];
        for (uint32_t k = 0; k < range->len; k++) {
            if (range->off + k - off < len_bytes && nor->weak[range->off + k]) {
                return true;
            }
        }
    }
    return false;
}

static uint64_t add_to_hash(uint64_t hash, const void *data, size_t bytes) {
    const uint8_t *p = data;
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ p[i]) * 0x100000001B3ull;
    }
    return hash;
}

uint64_t nor_registers_hash(const struct nor *nor) {
    uint64_t hash = 0xCBF29CE484222325ull;
    hash = add_to_hash(hash, nor->nv.sr, sizeof nor->nv.sr);
    hash = add_to_hash(hash, &nor->nv.sec, sizeof nor->nv.sec);
    hash = add_to_hash(hash, &nor->nv.nvcr, sizeof nor->nv.nvcr);
    return add_to_hash(hash, nor->security, sizeof nor->security);
}

struct nor_counters nor_counters(const struct nor *nor) {
    return nor->counters;
}

uint32_t nor_wear(const struct nor *nor, uint32_t off) {
    return nor->wear[off % nor->part->size_bytes / NOR_WEAR_BYTES];
}

const uint8_t *nor_sfdp(const struct nor *nor, size_t *len) {
    if (nor->part->sfdp_bytes) {
        *len = nor->part->sfdp_len;
        return nor->part->sfdp_bytes;
    }
    *len = sizeof nor->sfdp;
    return nor->sfdp;
}

// A reset of the MCU leaves the chip at its work. The time of it is that of the
// last command before, at which the operation may have begun.
static const char *working(const struct nor *nor) {
    const bool before = nor->run.start_ps <= nor->driver_ps;
    switch (nor->run.kind) {
    case 'E':
        return before ? "the chip is erasing since before the reset"
                      : "the chip is erasing";
    case 'P':
        return before ? "the chip is programming since before the reset"
                      : "the chip is programming";
    default:
        return "the chip is writing a register";
    }
}

bool nor_readable(struct nor *nor, uint64_t time_ps, const struct nor_frame *f,
        const char **why) {
    nor_advance_(nor, time_ps);
    const uint8_t opcode = f->has_opcode ? f->opcode : nor->continuous;
    const struct command *cmd = &nor->command[opcode];
    const char *text = NULL;
    if (!nor->powered) {
        text = "the chip has no supply";
    } else if (nor->now_ps < nor->ready_ps) {
        text = "the chip is starting up, waking up or resetting";
    } else if (nor->asleep) {
        text = "the chip is in deep power-down";
    } else if (nor->run.active && nor->suspend_ps != NOR_NEVER) {
        text = "the chip is being suspended, tSUS is not over";
    } else if (nor->run.active) {
        text = working(nor);
    } else if (nor->continuous && f->has_opcode) {
        text = "the chip is in continuous read and expects no opcode";
    } else if (!nor->continuous && !f->has_opcode) {
        text = "the chip is not in continuous read and needs an opcode";
    } else if (cmd->kind != CMD_READ) {
        text = "the opcode does not read the array";
    } else if (cmd->quad && !nor_quad_enabled_(nor)) {
        text = "quad enable is not set";
    } else if (nor_wrap_(nor, cmd, opcode)) {
        text = "reads wrap inside a burst (77h, C0h or VCR)";
    } else if (nor->otp_mode) {
        text = "the chip shows its secured OTP (B1h was sent)";
    } else if (nor->ear && f->addr_bytes == 3) {
        text = "the extended address register is not 0 (C5h was sent)";
    } else if (!f->data_lanes) {
        text = "wrong number of data lanes";
    } else {
        text = nor_shape_(nor, f, cmd);
    }
    if (why) {
        *why = text;
    }
    return text == NULL;
}

void nor_changed_(struct nor *nor, uint32_t off, uint32_t len) {
    if (nor->opt.changed) {
        nor->opt.changed(nor->opt.ctx, off, len);
    }
}

const char *nor_time_(char text[NOR_TIME_BYTES], uint64_t ps) {
    static const char *const units[] = {"ps", "ns", "us", "ms"};
    size_t i = 0;
    while (ps >= 10000 && i < sizeof units / sizeof *units - 1) {
        ps = (ps + 999) / 1000;
        i++;
    }
    snprintf(text, NOR_TIME_BYTES, "%llu %s", (unsigned long long)ps, units[i]);
    return text;
}

void nor_say_(struct nor *nor, enum nor_report_kind kind, uint32_t off,
        const char *format, ...) {
    if (nor->frame.reported & 1u << kind) {
        return;
    }
    nor->frame.reported |= 1u << kind;
    if (!nor->opt.report) {
        return;
    }
    struct nor_report report = {
            .kind = kind,
            .cause = nor->frame.cause,
            .time_ps = nor->now_ps,
            .opcode = nor->frame.opcode,
            .off = off,
    };
    va_list args;
    va_start(args, format);
    vsnprintf(report.text, sizeof report.text, format, args);
    va_end(args);
    nor->opt.report(nor->opt.ctx, &report);
}
