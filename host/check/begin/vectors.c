/*
 * vectors - the vector table in use, and all that it leads to
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "base/exception_name.h"
#include "check/begin/begin_priv.h"
#include "check/model/reset_tables.h"

// Stacks are where the tables that the processor may start with say, and where
// those in use do: a program that starts another one takes it from there.
static void add_stacks(struct analysis *a, const struct vector_table *tables,
        size_t count) {
    uint32_t top;
    for (size_t i = 0; i < count; i++) {
        if (model_word(&a->model, tables[i].addr, &top)) {
            model_add_stack(&a->model, top);
        }
    }
}

// table: in RAM, or NULL.
static void not_first(struct analysis *a, const struct vector_table *table) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = table ? table->addr
                                  : elf_image_entry(a->model.images[0])},
            NO_NODE,
            table ? "nothing is seen to set VTOR to %s, which start code has "
                    "to write: the processor starts with another table; name "
                    "it with --vectors"
                  : "no vector table was found%s; name it with --vectors",
            table ? table->name : "");
}

static void too_many(struct analysis *a, const struct vector_table *last) {
    finding_add(a,
            &(struct check_finding){
                    .rule = CHECK_RULE_VECTOR_RUNTIME, .addr = last->addr},
            NO_NODE,
            "nothing sets VTOR, and %u tables or more may be the one that the "
            "processor starts with; name it with --vectors",
            VECTOR_TABLES_MAX);
}

static void name_tables(struct analysis *a, const struct vector_table *tables,
        size_t count, const char *how) {
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        text = keep_text(a, "%s%s%s at 0x%08x, %u entries", text, i ? "; " : "",
                tables[i].name, (unsigned)tables[i].addr,
                (unsigned)tables[i].count);
    }
    a->report->vectors = keep_text(a, "%s (%s)", text, how);
}

// To no table that an image has, or what to is not known.
static bool sets_vtor(struct analysis *a) {
    struct vtor vtor;
    vtor_find(a, &vtor);
    return vtor.count || vtor.unknown;
}

// Nothing is known to set VTOR: the processor uses a table it started with, or
// one in RAM that something sets in a way that is not seen.
static size_t without_vtor(struct analysis *a, struct vector_table *tables,
        const char **how) {
    memcpy(tables, a->first_tables, a->first_count * sizeof *tables);
    size_t count = a->first_count;
    const bool sets = sets_vtor(a);
    *how = sets ? "with a reset in it; VTOR is set to none that an image has"
                : "with a reset in it; nothing sets VTOR";
    if (count == VECTOR_TABLES_MAX) {
        too_many(a, &tables[count - 1]);
    }
    bool readable = false;
    for (size_t i = 0; i < count; i++) {
        readable |= !model_forbidden(&a->model, tables[i].addr);
    }
    for (size_t i = 0; i < count; i++) {
        tables[i].one_of_several = readable && count > 1;
    }
    if (!count) {
        *how = sets ? "by its name; VTOR is set to none that an image has"
                    : "by its name; nothing sets VTOR";
        count = table_by_name(a, tables, VECTOR_TABLES_MAX);
        not_first(a, count ? &tables[0] : NULL);
    }
    return count;
}

bool vectors_check(struct analysis *a) {
    const char *how = "--vectors";
    size_t count = 1;
    a->tables[0] = (struct vector_table){0};
    a->first_count = table_by_reset(a, a->first_tables, VECTOR_TABLES_MAX);
    if (a->options->vectors) {
        if (!table_by_option(a, &a->tables[0])) {
            return false;
        }
    } else {
        how = "VTOR is set to it";
        bool maybe_other;
        count = table_by_vtor(a, a->tables, VECTOR_TABLES_MAX, &maybe_other);
        if (!count) {
            count = without_vtor(a, a->tables, &how);
            how = maybe_other ? "with a reset in it; what VTOR is set to is "
                                "not known"
                              : how;
        }
        for (size_t i = 0; i < count; i++) {
            a->tables[i].maybe_other = maybe_other;
        }
    }
    a->table_count = count;
    if (!count) {
        return true;
    }
    name_tables(a, a->tables, count, how);
    for (size_t i = 0; i < count; i++) {
        table_check(a, &a->tables[i]);
    }
    add_stacks(a, a->tables, count);
    add_stacks(a, a->first_tables, a->first_count);
    return true;
}

// Masked, an SVC escalates to HardFault, as a BKPT does where the monitor is
// not enabled. HardFault is judged always.
static void entered(struct analysis *a, uint32_t n, const char *instruction) {
    for (size_t i = 0; !vector_is_judged(a, n) && i < a->table_count; i++) {
        const struct vector_table *table = &a->tables[i];
        if (vector_check_late(a, table, n)) {
            continue;
        }
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr + 4 * n,
                        .stored_in_table = true},
                NO_NODE,
                "code in an outage executes %s, and the vector of %s is not "
                "known",
                instruction, exception_name(n));
    }
}

bool vectors_reached(struct analysis *a) {
    const bool supervisor = a->calls_supervisor && !a->entered_supervisor;
    const bool monitor = a->calls_monitor && !a->entered_monitor &&
            !reset_tables_reserved(&a->model, DEBUG_MONITOR);
    if (supervisor) {
        entered(a, SVCALL, "SVC");
    }
    if (monitor) {
        entered(a, DEBUG_MONITOR, "BKPT");
    }
    a->entered_supervisor = a->calls_supervisor;
    a->entered_monitor = a->calls_monitor;
    return supervisor || monitor;
}
