/*
 * cut_plan - the run without a cut, and the points at which to cut it
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cli.h"
#include "base/number.h"

// A run ends at the end of an instruction, and the frame of a command must not
// have ended then. So long is no instruction of a driver.
#define BEFORE_PS (200 * SIM_NS)

/// Operations ///

static void ended(struct cut_operations *list, const struct sim_trace *e,
        bool internal) {
    for (size_t i = list->count; i-- > 0;) {
        struct cut_operation *op = &list->at[i];
        if (op->internal == internal && op->kind == (char)e->a &&
                op->off == e->b && !op->to) {
            op->to = e->time;
            return;
        }
    }
}

void cut_operations_trace(void *ctx, const struct sim_trace *e) {
    struct cut_operations *list = ctx;
    const bool internal = e->kind == SIM_TRACE_INTERNAL;
    if (e->kind != SIM_TRACE_CHIP && !internal) {
        return;
    }
    if (e->c == SIM_CHIP_ENDED) {
        ended(list, e, internal);
        return;
    }
    if (e->c != SIM_CHIP_BEGUN) {
        return;
    }
    struct cut_operation *grown =
            array_more(list->at, list->count, &list->room, sizeof *grown);
    if (!grown) {
        list->failed = true;
        return;
    }
    list->at = grown;
    const sim_time now = sim_now(list->sim);
    const sim_time first = now < e->time ? now : e->time;
    grown[list->count++] = (struct cut_operation){
            .kind = (char)e->a,
            .internal = internal,
            .off = e->b,
            .before = first > BEFORE_PS ? first - BEFORE_PS : 0,
            .from = e->time,
    };
}

void cut_operations_free(struct cut_operations *list) {
    free(list->at);
}

/// Points ///

static bool add(struct cut_plan *plan, const struct cut_point *point) {
    struct cut_point *grown = plan->count < CUT_POINTS_MAX
            ? array_more(plan->points, plan->count, &plan->room, sizeof *grown)
            : NULL;
    if (!grown) {
        return false;
    }
    plan->points = grown;
    grown[plan->count++] = *point;
    return true;
}

static bool add_inside(struct cut_plan *plan, const struct cut_options *o,
        struct cut_point point) {
    const struct cut_operation *op = &plan->operations.at[point.operation];
    bool good = true;
    point.place = CUT_INSIDE;
    for (unsigned i = 0; i < o->percent_count && op->to > op->from; i++) {
        point.percent = o->percent[i];
        point.at = op->from + (op->to - op->from) / 100 * point.percent;
        for (point.tear = 0; point.tear < o->tears; point.tear++) {
            good &= add(plan, &point);
        }
    }
    return good;
}

static bool add_operation(struct cut_plan *plan, const struct cut_options *o,
        uint32_t i) {
    const struct cut_operation *op = &plan->operations.at[i];
    bool good = true;
    for (unsigned fault = 0; fault < CUT_FAULTS; fault++) {
        struct cut_point point = {
                .operation = i, .fault = (uint8_t)fault, .at = op->before};
        const bool cuts = fault == CUT_POWER || fault == CUT_WATCHDOG;
        if (!o->faults[fault] || (!cuts && op->internal)) {
            continue;
        }
        good &= add(plan, &point);
        if (!cuts || !op->to) {
            continue;
        }
        good &= add_inside(plan, o, point);
        point.place = CUT_AFTER;
        point.at = op->to;
        good &= add(plan, &point);
    }
    return good;
}

static uint64_t mix(uint64_t x) { // splitmix64, public domain
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
}

static bool add_random(struct cut_plan *plan, const struct cut_options *o) {
    bool good = true;
    for (uint64_t i = 0; i < o->random && good; i++) {
        const uint64_t r = mix(o->sim.machine.seed ^ mix(i));
        good = add(plan,
                &(struct cut_point){
                        .place = CUT_TIME,
                        .at = plan->end / 65536 * (r & 0xFFFF) +
                                plan->end / 65536 * (r >> 16 & 0xFFFF) / 65536,
                        .tear = (uint32_t)(r >> 32),
                });
    }
    return good;
}

static int by_time(const void *a, const void *b) {
    const struct cut_point *x = a, *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    if (x->instruction != y->instruction) {
        return x->instruction < y->instruction ? -1 : 1;
    }
    if (x->operation != y->operation) {
        return x->operation < y->operation ? -1 : 1;
    }
    return memcmp(&x->place, &y->place, 3) ? memcmp(&x->place, &y->place, 3)
            : x->tear < y->tear            ? -1
                                           : x->tear > y->tear;
}

static void sort(struct cut_plan *plan) {
    if (plan->count) {
        qsort(plan->points, plan->count, sizeof *plan->points, by_time);
    }
}

bool cut_plan_operations(struct cut_plan *plan, const struct cut_options *o,
        bool first_level) {
    const struct cut_range *only = &o->only_operations;
    bool good = !plan->operations.failed;
    for (size_t i = 0; i < plan->operations.count && good; i++) {
        if (!first_level || !only->to ||
                (i + 1 >= only->from && i < only->to)) {
            good = add_operation(plan, o, (uint32_t)i);
        }
    }
    sort(plan);
    return good;
}

/// Instructions ///

// One point for each instruction, while its address is in the range (bytes 0:
// all are).
static bool step(struct cut_plan *plan, struct cut_machine *m, uint64_t until,
        uint32_t addr, uint32_t bytes) {
    while (sim_instructions(m->sim) < until &&
            (!bytes || sim_pc(m->sim) - addr < bytes)) {
        const uint64_t number = sim_instructions(m->sim);
        if (!add(plan,
                    &(struct cut_point){
                            .place = CUT_INSTRUCTION,
                            .at = sim_now(m->sim),
                            .instruction = number,
                    })) {
            return false;
        }
        sim_stop_before(m->sim, number + 1);
        while (sim_instructions(m->sim) == number) {
            cut_machine_run(m);
        }
    }
    return true;
}

static void run_to(struct cut_machine *m, uint64_t instruction) {
    sim_stop_before(m->sim, instruction);
    while (sim_instructions(m->sim) < instruction) {
        cut_machine_run(m);
    }
}

static bool add_ranges(struct cut_plan *plan, struct cut_machine *m) {
    const struct cut_options *o = m->options;
    bool good = true;
    for (unsigned i = 0; i < o->instructions_count && good; i++) {
        const struct cut_range *r = &o->instructions[i];
        if (r->to >= plan->instructions || r->from < sim_instructions(m->sim)) {
            cli_fail(CLI_TROUBLE,
                    "--instructions: the run has %" PRIu64
                    " instructions; give ranges in it, by number, one behind "
                    "the other",
                    plan->instructions);
            return false;
        }
        run_to(m, r->from);
        good = step(plan, m, r->to + 1, 0, 0);
    }
    return good;
}

// The watch that finds decisions finds the range meanwhile.
static bool add_function(struct cut_plan *plan, struct cut_machine *m,
        uint32_t addr, uint32_t bytes) {
    const uint32_t decide_addr = m->decide_addr;
    const uint32_t decide_bytes = m->decide_bytes;
    bool good = true;
    m->decide_addr = addr;
    m->decide_bytes = bytes;
    sim_watch_fetch(m->sim, addr, bytes);
    while (good && sim_instructions(m->sim) < plan->instructions) {
        sim_stop_before(m->sim, plan->instructions);
        const enum cut_stop stop = cut_machine_run(m);
        if (stop == CUT_DECIDED) {
            good = step(plan, m, plan->instructions, addr, bytes);
            sim_watch_fetch(m->sim, addr, bytes);
        }
    }
    m->decide_addr = decide_addr;
    m->decide_bytes = decide_bytes;
    return good;
}

static bool find_range(const struct cut_machine *m, uint32_t *addr,
        uint32_t *bytes) {
    const char *text = m->options->pc;
    if (number_parse_region(text, addr, bytes)) {
        return true;
    }
    for (size_t i = 0; i < m->files.elfs.count; i++) {
        if (elf_image_symbol(m->files.elfs.at[i], text, addr, bytes)) {
            *bytes = *bytes ? *bytes : 2;
            return true;
        }
    }
    cli_fail(CLI_TROUBLE,
            "--pc '%s' is no function of the ELF files; give one, with its "
            "--symbols, or a range, as 0x90000200:0x80",
            text);
    return false;
}

// The same run again, instruction by instruction where it counts.
static bool add_instructions(struct cut_plan *plan, struct cut_machine *m,
        const struct sim_snapshot *start) {
    const struct cut_options *o = m->options;
    uint32_t addr, bytes;
    bool good = true;
    if (o->instructions_count) {
        sim_restore(m->sim, start, false);
        good = add_ranges(plan, m);
    }
    if (good && o->pc) {
        sim_restore(m->sim, start, false);
        good = find_range(m, &addr, &bytes) &&
                add_function(plan, m, addr, bytes);
    }
    sim_stop_before(m->sim, SIM_NEVER);
    return good;
}

/// The run without a cut ///

static int refuse(const struct cut_machine *m, enum cut_stop stop) {
    char why[300];
    const char *const failed = cut_line_failed(&m->line);
    if (failed) {
        return cli_fail(CLI_TROUBLE,
                "the run without a cut does not end as it should: the transfer "
                "of %s failed, %s; look at what the device says with xipsafe "
                "sim, and whether the image is for another slot",
                m->options->sim.send, failed);
    }
    cut_machine_why(m, stop, why, sizeof why);
    return cli_fail(CLI_TROUBLE,
            "the run without a cut does not end as it should: %s (%s); look "
            "at it with xipsafe sim, and at --until, --expect, --time-limit",
            why,
            stop == CUT_LATE && m->line.sending && !cut_line_sent(&m->line)
                    ? "the file was not sent"
                    : "there is nothing to compare with");
}

static int run_whole(struct cut_plan *plan, struct cut_machine *m) {
    enum cut_stop stop;
    plan->first = CUT_NO_IMAGE;
    plan->operations.sim = m->sim;
    m->told = cut_operations_trace;
    m->told_ctx = &plan->operations;
    cut_machine_limit(m, m->options->boot_limit);
    do {
        stop = cut_machine_run(m);
    } while (stop == CUT_TEXT);
    if (stop != CUT_DECIDED) {
        return refuse(m, stop);
    }
    plan->first = m->marks.running;
    plan->first_off = m->marks.running_off;
    if (plan->first == CUT_NO_IMAGE) {
        return cli_fail(CLI_TROUBLE,
                "without a cut the boot program starts 0x%08x, which is in no "
                "approved image: give the image by --load or --approve, and "
                "where a start begins by --decide",
                (unsigned)m->marks.decided_pc);
    }
    m->line.stops_failed = !m->options->untils;
    if (!cut_machine_update(m, m->options->time_limit, &stop)) {
        return refuse(m, stop);
    }
    m->line.stops_failed = false;
    m->told = NULL;
    plan->last = m->marks.running;
    plan->end = sim_now(m->sim);
    plan->instructions = sim_instructions(m->sim);
    return -1;
}

int cut_plan_make(struct cut_plan *plan, struct cut_machine *m) {
    const struct cut_options *o = m->options;
    memset(plan, 0, sizeof *plan);
    cut_machine_power_on(m);
    struct sim_snapshot *start = plan->start = sim_save(m->sim);
    if (!start) {
        return cli_no_memory();
    }
    int result = run_whole(plan, m);
    const bool again = o->pc || o->instructions_count;
    bool good = result < 0;
    if (good && again) {
        good = add_instructions(plan, m, start);
        result = good ? -1 : CLI_TROUBLE;
    }
    if (good && o->random) {
        good = add_random(plan, o);
    }
    if (good && o->operations) {
        good = cut_plan_operations(plan, o, true);
    }
    sort(plan);
    if (result < 0 && !good) {
        return cli_fail(CLI_TROUBLE,
                "more than %u points, or no memory for them: give smaller "
                "ranges, or less of --inside and --tears",
                CUT_POINTS_MAX);
    }
    return result;
}

void cut_plan_free(struct cut_plan *plan) {
    sim_snapshot_free(plan->start);
    cut_operations_free(&plan->operations);
    free(plan->points);
}

/// Names ///

void cut_point_name(const struct cut_point *p, char name[CUT_NAME_BYTES]) {
    char where[32] = "";
    char tear[16] = "";
    char fault[16] = "";
    if (p->place == CUT_INSTRUCTION) {
        snprintf(where, sizeof where, "i%" PRIu64, p->instruction);
    } else if (p->place == CUT_TIME) {
        snprintf(where, sizeof where, "t%" PRIu64, p->at);
    } else if (p->place == CUT_INSIDE) {
        snprintf(where, sizeof where, "op%u@%u", (unsigned)p->operation + 1,
                p->percent);
    } else {
        snprintf(where, sizeof where, "op%u@%s", (unsigned)p->operation + 1,
                p->place == CUT_BEFORE ? "before" : "after");
    }
    if (p->tear) {
        snprintf(tear, sizeof tear, "#%u", (unsigned)p->tear);
    }
    if (p->fault != CUT_POWER) {
        snprintf(fault, sizeof fault, ":%s", cut_fault_names[p->fault]);
    }
    snprintf(name, CUT_NAME_BYTES, "%s%s%s", where, tear, fault);
}

bool cut_plan_find(const struct cut_plan *plan, const char *name,
        size_t *index) {
    char text[CUT_NAME_BYTES];
    for (*index = 0; *index < plan->count; ++*index) {
        cut_point_name(&plan->points[*index], text);
        if (!strcmp(text, name)) {
            return true;
        }
    }
    return false;
}

void cut_point_what(const struct cut_plan *plan, const struct cut_point *p,
        char *text, size_t size) {
    static const char *const places[] = {"before the", "in the", "after the"};
    char time[NUMBER_TEXT_BYTES];
    number_format_time(time, p->at);
    if (p->place == CUT_INSTRUCTION) {
        snprintf(text, size, "before instruction %" PRIu64 ", at %s",
                p->instruction, time);
        return;
    }
    if (p->place == CUT_TIME) {
        snprintf(text, size, "at %s", time);
        return;
    }
    const struct cut_operation *op = &plan->operations.at[p->operation];
    snprintf(text, size, "%s %s of the %s at 0x%06" PRIx32 ", at %s",
            places[p->place],
            op->kind == 'E'           ? "erase"
                    : op->kind == 'P' ? "program"
                                      : "register write",
            op->internal ? "internal flash" : "chip", op->off, time);
}
