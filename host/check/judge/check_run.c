/*
 * check_run - runs the analysis
 *
 * SPDX-License-Identifier: MIT
 *
 * It runs at most twice: if pointers in RAM decide, a scan of the whole images
 * finds those that nothing changes, and the second run uses their initial
 * values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/begin/begin.h"
#include "check/follow/follow.h"
#include "check/judge/judge.h"
#include "check/judge/judge_priv.h"
#include "check/place/place.h"
#include "check/whole/whole.h"

static void free_nodes(struct analysis *a) {
    for (size_t i = 0; i < a->node_count; i++) {
        free(a->nodes[i].edges);
        free(a->nodes[i].new_addresses);
        free(a->nodes[i].accesses);
        free(a->nodes[i].stores);
        free(a->nodes[i].seen);
        free(a->nodes[i].off);
    }
    free(a->nodes);
    free(a->reached);
    ends_free(a);
    index_free(&a->node_index);
    index_free(&a->reached_index);
    index_free(&a->finding_index);
    index_free(&a->annotated_index);
    index_free(&a->noted_index);
    index_free(&a->told_index);
    a->nodes = NULL;
    a->reached = NULL;
    a->device_write_count = 0;
    a->crossing_count = 0;
    a->searched = false;
    a->node_count = a->node_room = 0;
    a->reached_count = a->reached_room = 0;
}

static void list_roots(struct analysis *a) {
    struct check_report *r = a->report;
    r->roots = calloc(a->node_count + 1, sizeof *r->roots);
    for (size_t i = 0; r->roots && i < a->node_count; i++) {
        const struct node *node = &a->nodes[i];
        if (!node->why_root) {
            continue;
        }
        r->roots[r->root_count++] = (struct check_root){
                .image = node->image ? elf_image_path(node->image) : NULL,
                .function = node->name,
                .addr = node->addr,
                .why = node->why_root,
                .stack_bounded = !node->stack_why,
                .stack_bytes = node->stack_bytes,
                .stack_why = node->stack_why,
        };
    }
    a->failed = a->failed || !r->roots;
}

static void reset(struct analysis *a) {
    free_nodes(a);
    findings_clear(a->report);
    notes_begin(a);
    a->calls_supervisor = a->calls_monitor = false;
    a->entered_supervisor = a->entered_monitor = false;
    a->late_vector_count = 0;
}

// False: it could not work, and error says why.
static bool run_once(struct analysis *a) {
    const struct flow_events events = {.ctx = a,
            .call = judge_call,
            .access = judge_access,
            .visit = crossed_visit,
            .new_address = judge_new_address,
            .use = judge_use,
            .unknown = judge_unknown,
            .assumption = judge_assumption};
    const struct reach_judges judges = {&events, judge_enter, judge_leave};
    if (!memory_place(a) || !roots_find(a) || !ends_check(a) ||
            !vectors_check(a)) {
        return false;
    }
    memory_stack(a, a->tables[0].count ? a->tables[0].addr : 0);
    followed_stack(a);
    memory_images(a);
    do {
        reach_walk(a, &judges);
    } while (!a->failed &&
            (vectors_reached(a) || first_tables_reached(a) ||
                    crossed_follow(a)));
    if (a->failed) {
        return true;
    }
    if (ends_entered(a)) {
        reset(a);
        return run_once(a);
    }
    arguments_check(a);
    frames_check(a);
    callers_check(a);
    placement_check(a);
    memory_code(a);
    code_stores_check(a);
    crossed_check(a);
    first_tables_check(a);
    no_outage_check(a);
    inlined_away_check(a);
    stack_check(a);
    stack_room_check(a);
    return true;
}

static bool is_unknown(const struct analysis *a) {
    bool unknown = false;
    for (size_t i = 0; i < a->report->finding_count; i++) {
        unknown |= a->report->findings[i].class == CHECK_UNKNOWN;
    }
    return unknown;
}

#define COPIES_DEEP 3u

// Looks for the values of the words of RAM that decide. False: nothing was
// found that the run before did not know.
static bool find_words(struct analysis *a, struct settled **settled,
        size_t *looked_for) {
    bool more = a->wanted_count > *looked_for;
    if (!more) {
        return false;
    }
    for (unsigned i = 0; i < COPIES_DEEP && more; i++) {
        uint32_t addr;
        settled_free(*settled);
        *looked_for = a->wanted_count;
        a->settled = *settled =
                settled_find(&a->model, a->wanted, a->wanted_count);
        if (!*settled) {
            a->failed = true;
            return false;
        }
        for (size_t k = 0; settled_source(*settled, &k, &addr);) {
            analysis_want(a, addr, 0);
        }
        more = a->wanted_count > *looked_for;
    }
    if (a->options->assume_settled) {
        a->model.settled = settled_values;
        a->model.settled_ctx = *settled;
    }
    return settled_tells(*settled);
}

// The run found what it began with.
static bool same_arguments(const struct analysis *a) {
    return a->argument_count == a->argument_found_count &&
            (!a->argument_count ||
                    !memcmp(a->arguments, a->arguments_found,
                            a->argument_count * sizeof *a->arguments));
}

// The next run begins with the arguments that this one found, or with none.
static void take_arguments(struct analysis *a, bool none) {
    free(a->arguments);
    a->arguments = a->arguments_found;
    a->argument_count = none ? 0 : a->argument_found_count;
    a->arguments_found = NULL;
    a->argument_found_count = a->argument_found_room = 0;
}

#define RUNS_MORE 4u

// Again, as long as something is unknown and more of what decides is known, or
// if what the run began with was not all.
static bool run_again(struct analysis *a, struct settled **settled) {
    bool good = true;
    size_t looked_for = 0;
    for (unsigned i = 0; good && !a->failed && i <= RUNS_MORE; i++) {
        const bool last = i == RUNS_MORE;
        const bool wrong = a->argument_count && !same_arguments(a);
        const bool unknown = !last && is_unknown(a);
        const bool words = unknown && find_words(a, settled, &looked_for);
        const bool followed = followed_run_again(a);
        const bool arguments = unknown && !same_arguments(a);
        const bool contexts = (unknown || a->call_count) && !contexts_same(a);
        // What rested on a note that is wrong is judged without it.
        const bool refuted = !last && a->refuted;
        a->refuted = false;
        if (a->failed ||
                (!words && !followed && !arguments && !wrong && !contexts &&
                        !refuted)) {
            break;
        }
        take_arguments(a, last || refuted);
        contexts_take(a, last || refuted);
        reset(a);
        if (refuted) { // it may have rested on that note, too
            followed_run(a);
        }
        good = run_once(a);
    }
    return good;
}

static bool judge_images(struct elf_image *const *images, size_t image_count,
        struct check_options *options, struct check_report *report, char *error,
        size_t error_size) {
    struct analysis a = {
            .options = options,
            .report = report,
            .error = error,
            .error_size = error_size,
    };
    struct settled *settled = NULL;
    struct flow_memo memo = {0};
    *report = (struct check_report){0};
    model_init(&a.model, images, image_count, options);
    analysis_follow(&a, NULL, NULL);
    a.model.memo = &memo;
    a.constants = constants_new(&a.model);
    a.failed = !a.constants;
    notes_reset(&a);
    notes_begin(&a);
    followed_run(&a);
    bool good = a.failed || run_once(&a);
    if (good) {
        good = run_again(&a, &settled);
    }
    if (good && !a.failed) {
        list_roots(&a);
        candidates_fill(&a);
        window_writes_check(&a);
        split_outage_check(&a);
        swapped_halves_check(&a);
        findings_finish(&a);
        followed_report(&a);
    }
    free_nodes(&a);
    settled_free(settled);
    whole_free(a.whole);
    flow_memo_free(&memo);
    constants_free(a.constants);
    start_code_free(a.start_code);
    free(a.wanted);
    index_free(&a.wanted_index);
    free(a.arguments);
    free(a.arguments_found);
    free(a.calls);
    free(a.calls_found);
    free(a.device_writes);
    free(a.callers);
    free(a.crossings);
    free(a.late_vectors);
    free(a.entered);
    if (good && a.failed) {
        snprintf(error, error_size, "out of memory; nothing was judged");
        good = false;
    }
    if (!good) {
        findings_clear(report);
    }
    return good;
}

// With more interrupts, whatever else is unknown stays so.
static bool masks_decide(const struct check_report *report) {
    bool masks = false;
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct check_finding *f = &report->findings[i];
        if (f->class == CHECK_WARNING) {
            continue;
        }
        if (f->rule != CHECK_RULE_MASK_CHANGED) {
            return false;
        }
        masks = true;
    }
    return masks;
}

// A mask that changes lets in no more than all interrupts: if it is PROVED with
// those, that is the answer. False: out of memory.
static bool judge_let_in(struct elf_image *const *images, size_t image_count,
        struct check_options *options, struct check_report *report, char *error,
        size_t error_size) {
    const size_t size = options->note_count * sizeof *options->notes;
    struct check_note *notes = malloc(size + 1);
    struct check_report all;
    if (!notes) {
        snprintf(error, error_size, "out of memory; nothing was judged");
        return false;
    }
    if (size) {
        memcpy(notes, options->notes, size);
    }
    options->interrupts_all = true;
    const bool good =
            judge_images(images, image_count, options, &all, error, error_size);
    if (good && all.verdict == CHECK_PROVED) {
        check_report_free(report);
        *report = all;
        report->let_in = true;
    } else {
        check_report_free(&all);
        options->interrupts_all = false;
        if (size) {
            memcpy(options->notes, notes, size); // how often each was used
        }
    }
    free(notes);
    return good;
}

bool check_run(struct elf_image *const *images, size_t image_count,
        struct check_options *options, struct check_report *report, char *error,
        size_t error_size) {
    bool good = judge_images(images, image_count, options, report, error,
            error_size);
    if (good && !options->interrupts_all && masks_decide(report)) {
        good = judge_let_in(images, image_count, options, report, error,
                error_size);
        if (!good) {
            check_report_free(report);
        }
    }
    return good;
}

void check_report_free(struct check_report *report) {
    findings_clear(report);
}
