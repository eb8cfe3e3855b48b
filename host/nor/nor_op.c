/*
 * nor_op - the running and the suspended operation, in time
 *
 * SPDX-License-Identifier: MIT
 *
 * Nothing happens by itself: each call that carries a time first brings the
 * chip up to it. An operation that ended meanwhile ends at its own time, not
 * at the time of the call.
 */
#include "nor/nor_priv.h"

static uint64_t later(uint64_t a, uint64_t b) {
    return b > NOR_NEVER - a ? NOR_NEVER : a + b;
}

const char *nor_doing_(const struct operation *op) {
    switch (op->kind) {
    case 'E':
        return "erases";
    case 'P':
        return "programs";
    default:
        return "writes a register";
    }
}

bool nor_status_busy_(const struct nor *nor) {
    return nor->run.active && nor->now_ps >= nor->gap_ps;
}

static void tell(struct nor *nor, const struct operation *op, uint64_t time_ps,
        bool begun) {
    if (nor->opt.operation) {
        nor->opt.operation(nor->opt.ctx, op->kind, op->touch_off, op->touch_len,
                time_ps, begun);
    }
}

static void tell_suspension(struct nor *nor, const struct operation *op,
        bool suspended) {
    if (nor->opt.suspension) {
        nor->opt.suspension(nor->opt.ctx, op->kind, op->touch_off, nor->now_ps,
                suspended);
    }
}

static void finish(struct nor *nor) {
    struct operation *op = &nor->run;
    op->active = false;
    nor->wel = false;
    nor->counters.busy_ps += op->end_ps - op->start_ps;
    if (nor->part->family == NOR_MACRONIX && op->kind != 'S') {
        // MX25L51245G data sheet, security register: a fail bit stays set until
        // the next operation of its kind succeeds.
        nor->flags &= (uint8_t) ~(op->kind == 'E' ? FSR_ERASE : FSR_PROGRAM);
    }
    if (op->no_effect) {
        if (op->kind == 'E') {
            nor_garble_(nor, op); // once more: as before
            nor_changed_(nor, op->off, op->len);
        }
    } else if (op->kind == 'E') {
        memset(nor->array + op->off, 0xFF, op->len);
        nor_settle_(nor, op->off, op->len);
        nor_changed_(nor, op->off, op->len);
    } else if (op->kind == 'P') {
        for (uint32_t i = 0; i < op->len; i++) {
            nor->array[op->off + i] &= nor->page[i];
        }
        nor_changed_(nor, op->touch_off, op->touch_len);
    } else if (op->security) {
        nor_security_done_(nor, op, false);
    } else {
        nor->nv = nor->pending;
        // A changed NVCR takes effect at the next power-on; the copy in live is
        // unused.
        nor->live = nor->pending_live;
    }
    if (op->disturbs) {
        const uint32_t off = (op->off + op->len) % nor->part->size_bytes;
        nor->array[off] ^= (uint8_t)(1u << op->key % 8);
        nor_changed_(nor, off, 1);
    }
    tell(nor, op, op->end_ps, false);
}

// Work done by this run until time_ps.
static uint64_t progress(const struct operation *op, uint64_t time_ps) {
    const uint64_t ran = time_ps - op->start_ps;
    const uint64_t done = ran > op->loss_ps ? ran - op->loss_ps : 0;
    return done < op->left_ps ? done : op->left_ps;
}

static uint64_t interval_ps(const struct nor *nor, const struct operation *op) {
    return (op->kind == 'E' ? nor->part->erase_interval_us
                            : nor->part->program_interval_us) *
            NOR_US;
}

static uint64_t least_ps(const struct nor *nor, const struct operation *op) {
    const uint32_t us = op->kind == 'E' ? nor->part->erase_least_us
                                        : nor->part->program_least_us;
    return us ? us * NOR_US : interval_ps(nor, op);
}

static void hold(struct nor *nor) {
    struct operation *op = &nor->run;
    // Work between the suspend command and the end of its latency does not
    // count, and a run below the guaranteed interval makes no progress:
    // stricter than silicon, where it may make a little.
    const uint64_t asked =
            nor->suspend_ps - nor->part->suspend_latency_us * NOR_US;
    if (!op->resumed || asked - op->start_ps >= interval_ps(nor, op)) {
        op->left_ps -= progress(op, asked);
    } else {
        nor->counters.short_runs++;
    }
    nor->counters.busy_ps += nor->suspend_ps - op->start_ps;
    nor->held = *op;
    nor->held_ps = nor->suspend_ps;
    op->active = false;
    nor->suspend_ps = NOR_NEVER;
    nor->wel = false;
    if (nor->held.kind == 'P') {
        nor_part_program_(nor, &nor->held);
    }
    nor_shake_(nor);
    tell_suspension(nor, &nor->held, true);
}

void nor_advance_(struct nor *nor, uint64_t time_ps) {
    if (time_ps < nor->now_ps) {
        time_ps = nor->now_ps;
    }
    if (nor->run.active) {
        if (nor->suspend_ps <= time_ps) {
            nor->now_ps = nor->suspend_ps;
            hold(nor);
        } else if (nor->run.end_ps <= time_ps) {
            nor->now_ps = nor->run.end_ps;
            finish(nor);
        }
    }
    nor->now_ps = time_ps;
}

static void run(struct nor *nor, uint64_t loss_ps) {
    struct operation *op = &nor->run;
    op->active = true;
    op->start_ps = nor->now_ps;
    op->loss_ps = loss_ps;
    op->end_ps = nor->opt.stuck_busy || op->end_ps == NOR_NEVER
            ? NOR_NEVER
            : later(nor->now_ps, later(loss_ps, op->left_ps));
}

static void count(struct nor *nor, const struct operation *op) {
    if (op->kind == 'P') {
        nor->counters.programs++;
    } else if (op->kind == 'S') {
        nor->counters.status_writes++;
    } else {
        nor->counters.erases++;
        for (uint32_t i = 0; i < op->len; i += NOR_WEAR_BYTES) {
            nor->wear[(op->off + i) / NOR_WEAR_BYTES]++;
        }
    }
}

void nor_start_(struct nor *nor, const struct operation *op) {
    nor_shake_(nor);
    nor->seen_busy = false;
    nor->seen_idle = false;
    nor->run = *op;
    nor->run.key = nor_key_(nor);
    nor->run.no_effect = nor->fault == NOR_FAULT_NO_EFFECT;
    nor->run.disturbs = nor->fault == NOR_FAULT_NEIGHBOUR;
    nor->fault = NOR_FAULT_NONE;
    nor->run.left_ps = op->total_ps;
    nor->run.end_ps = 0;
    nor->run.resumed = false;
    nor->gap_ps = 0;
    run(nor, 0);
    count(nor, &nor->run);
    if (op->kind == 'E') {
        nor_garble_(nor, &nor->run);
        nor_changed_(nor, op->off, op->len);
    }
    tell(nor, &nor->run, nor->now_ps, true);
}

void nor_suspend_(struct nor *nor) {
    struct operation *op = &nor->run;
    // Ignored, as the data sheets say, and nothing is lost. That the operation
    // has just ended is no mistake: the driver cannot know it.
    if (!op->active && nor->seen_idle) {
        nor_say_(nor, NOR_IDLE, 0,
                "%02Xh is ignored: %s, so nothing runs that could be suspended",
                nor->frame.opcode,
                nor->held.active ? "an operation is suspended already"
                                 : "the chip is idle");
    }
    if (!op->active || nor->suspend_ps != NOR_NEVER) {
        return;
    }
    if (op->chip_erase || op->kind == 'S' || nor->held.active) {
        nor_say_(nor, NOR_COMMAND_BUSY, op->off,
                "suspend (%02Xh) is ignored %s", nor->frame.opcode,
                nor->held.active ? "while another operation is suspended"
                        : op->chip_erase ? "during a chip erase"
                                         : "during a register write");
        return;
    }
    const uint64_t ran = nor->now_ps - op->start_ps;
    const uint64_t least = least_ps(nor, op);
    if (op->resumed && ran < least) {
        nor_say_(nor, NOR_SUSPEND_EARLY, op->off,
                "suspend %llu ns after the resume of an operation at 0x%06X; "
                "%s %llu us",
                (unsigned long long)(ran / 1000), (unsigned)op->off,
                least < interval_ps(nor, op) ? "the part allows it after"
                                             : "it makes progress after",
                (unsigned long long)(least / NOR_US));
    }
    if (nor->now_ps < nor->gap_ps || op->end_ps == NOR_NEVER) {
        return; // BUSY still reads 0, so the part ignores it; or stuck
    }
    const uint64_t at = nor->now_ps + nor->part->suspend_latency_us * NOR_US;
    if (at < op->end_ps) {
        nor->suspend_ps = at;
    }
}

void nor_resume_(struct nor *nor) {
    if (!nor->held.active) {
        if (!nor->bringing_up) {
            nor_say_(nor, NOR_IDLE, 0, "%02Xh is ignored: nothing is suspended",
                    nor->frame.opcode);
        }
        return;
    }
    nor->seen_idle = false;
    nor_shake_(nor);
    nor->run = nor->held;
    nor->held.active = false;
    nor->run.resumed = true;
    const uint64_t percent = nor->opt.resume_loss_percent;
    run(nor,
            nor->part->resume_loss_us * (percent ? percent : 100) * NOR_US /
                    100);
    nor->gap_ps = nor->now_ps + nor->part->resume_gap_ns * 1000ull;
    tell_suspension(nor, &nor->run, false);
}

static void tear(struct nor *nor, struct operation *op, uint64_t left_ps) {
    const uint64_t unit = op->total_ps / 256 ? op->total_ps / 256 : 1;
    uint64_t f = (op->total_ps - left_ps) / unit;
    f = f > 255 ? 255 : f;
    op->active = false;
    if (op->kind == 'E') {
        nor_tear_erase_(nor, op, (unsigned)f);
    } else if (op->kind == 'P') {
        nor_tear_program_(nor, op, (unsigned)f);
    } else if (op->security) {
        nor_security_done_(nor, op, true);
    } else {
        nor_tear_registers_(nor, op);
    }
    tell(nor, op, nor->now_ps, false);
}

void nor_abort_(struct nor *nor) {
    if (nor->run.active) {
        nor->counters.busy_ps += nor->now_ps - nor->run.start_ps;
        tear(nor, &nor->run,
                nor->run.left_ps - progress(&nor->run, nor->now_ps));
    }
    if (nor->held.active) {
        tear(nor, &nor->held, nor->held.left_ps);
    }
    nor->suspend_ps = NOR_NEVER;
}
