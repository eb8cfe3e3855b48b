/*
 * report_facts - the order of the findings, and which are of one fact
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "check/report/report_facts.h"

/// Order ///

int report_compare_(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "");
}

bool report_same_function_(const struct check_finding *a,
        const struct check_finding *b) {
    return a->function_addr == b->function_addr &&
            !report_compare_(a->function, b->function) &&
            !report_compare_(a->image, b->image);
}

static int by_function(const void *left, const void *right) {
    const struct check_finding *a = ((const struct report_entry_ *)left)->f;
    const struct check_finding *b = ((const struct report_entry_ *)right)->f;
    if (a->function_addr != b->function_addr) {
        return a->function_addr < b->function_addr ? -1 : 1;
    }
    const int name = report_compare_(a->function, b->function);
    return name ? name : report_compare_(a->image, b->image);
}

static int by_report(const void *left, const void *right) {
    const struct report_entry_ *a = left, *b = right;
    if (a->worst != b->worst) {
        return a->worst < b->worst ? -1 : 1;
    }
    const int function = by_function(left, right);
    if (function) {
        return function;
    }
    if (a->f->class != b->f->class) {
        return a->f->class < b->f->class ? -1 : 1;
    }
    if (a->f->rule != b->f->rule) {
        return a->f->rule < b->f->rule ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

static uint64_t hash(const char *text) {
    uint64_t value = 0xCBF29CE484222325u; // FNV-1a
    for (; text && *text; text++) {
        value = (value ^ (unsigned char)*text) * 0x100000001B3u;
    }
    return value;
}

// NULL if there are none, or no memory. The caller frees.
static struct report_entry_ *by_functions(const struct check_finding *findings,
        size_t count) {
    struct report_entry_ *all = calloc(count ? count : 1, sizeof *all);
    for (size_t i = 0; all && i < count; i++) {
        all[i] = (struct report_entry_){
                .f = &findings[i],
                .at = i,
                .cause_hash = hash(findings[i].cause),
                .fix_hash = hash(findings[i].fix),
        };
    }
    if (!all) {
        return NULL;
    }
    qsort(all, count, sizeof *all, by_function);
    for (size_t i = 0; i < count;) {
        enum check_class worst = CHECK_WARNING;
        size_t end = i;
        for (; end < count && report_same_function_(all[i].f, all[end].f);
                end++) {
            worst = all[end].f->class < worst ? all[end].f->class : worst;
        }
        for (; i < end; i++) {
            all[i].worst = worst;
        }
    }
    qsort(all, count, sizeof *all, by_report);
    return all;
}

/// Facts ///

// Several findings of one fact: a function that many call, a table with many
// vectors that lead into flash.
bool report_by_table_(const struct check_finding *f) {
    return f->rule == CHECK_RULE_VECTOR || f->rule == CHECK_RULE_VECTOR_EVEN ||
            f->rule == CHECK_RULE_VECTOR_RUNTIME;
}

// A driver that was not moved at all: its file.
static bool by_file(const struct check_finding *f) {
    return f->rule == CHECK_RULE_CODE && f->file;
}

static uint64_t fact_of(const struct check_finding *f) {
    const uint64_t what = by_file(f) ? hash(f->file)
            : report_by_table_(f)    ? f->function_addr
                                     : f->target_addr;
    return what << 16 ^ (uint64_t)f->rule << 4 ^ (uint64_t)f->class;
}

static bool same_fact(const struct check_finding *a,
        const struct check_finding *b) {
    return a->rule == b->rule && a->class == b->class &&
            fact_of(a) == fact_of(b) && by_file(a) == by_file(b) &&
            !(by_file(a) && report_compare_(a->file, b->file)) &&
            !report_compare_(a->image, b->image);
}

static void group(struct report_entry_ *all, size_t count) {
    struct index first = {0};
    for (size_t i = 0; i < count; i++) {
        const struct check_finding *f = all[i].f;
        all[i].next = REPORT_NO_ENTRY;
        if (!report_by_table_(f) && !by_file(f) && !f->target_known) {
            continue;
        }
        size_t at, from = 0;
        while ((at = index_next(&first, fact_of(f), &from)) != INDEX_NONE &&
                !same_fact(all[at].f, f)) {
        }
        if (at == INDEX_NONE) {
            (void)index_add(&first, fact_of(f), i);
            continue;
        }
        all[i].follows = true;
        all[i].next = all[at].next; // in reverse: put_also() counts them first
        all[at].next = i;
    }
    index_free(&first);
}

struct report_entry_ *report_sort_(const struct check_finding *findings,
        size_t count) {
    struct report_entry_ *all = by_functions(findings, count);
    if (all) {
        group(all, count);
    }
    return all;
}

/// Sums ///

static int by_count(const void *left, const void *right) {
    const struct report_sum_ *a = left, *b = right;
    if (a->f->class != b->f->class) {
        return a->f->class < b->f->class ? -1 : 1;
    }
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    const int target = report_compare_(a->f->target, b->f->target);
    return target ? target : (int)a->f->rule - (int)b->f->rule;
}

size_t report_add_up_(const struct check_report *r, struct report_sum_ *sums) {
    struct index known = {0};
    size_t count = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct check_finding *f = &r->findings[i];
        const uint64_t key =
                hash(f->target) * 64 + f->rule * 4u + (unsigned)f->class;
        size_t at, from = 0;
        while ((at = index_next(&known, key, &from)) != INDEX_NONE &&
                report_compare_(sums[at].f->target, f->target) != 0) {
        }
        if (at == INDEX_NONE) {
            (void)index_add(&known, key, count);
            at = count++;
            sums[at] = (struct report_sum_){f, 0};
        }
        sums[at].count++;
    }
    index_free(&known);
    qsort(sums, count, sizeof *sums, by_count);
    return count;
}
