/*
 * vectors - the vector table in use, and all that it leads to
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "base/exception_name.h"
#include "check/begin/begin_priv.h"

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

static void not_found(struct analysis *a) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = elf_image_entry(a->model.images[0])},
            NO_NODE, "no vector table was found; name it with --vectors");
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
        text = keep_text(a, "%s%s%s at 0x%08x, %u entries", text,
                i ? "; " : "", tables[i].name, (unsigned)tables[i].addr,
                (unsigned)tables[i].count);
    }
    a->report->vectors = keep_text(a, "%s (%s)", text, how);
}

bool vectors_check(struct analysis *a) {
    struct vector_table tables[VECTOR_TABLES_MAX];
    const char *how = "--vectors", *first;
    size_t count = 1;
    a->first_count =
            table_by_default(a, a->first_tables, VECTOR_TABLES_MAX, &first);
    if (a->options->vectors) {
        if (!table_by_option(a, &tables[0])) {
            return false;
        }
    } else {
        how = "VTOR is set to it";
        count = table_by_vtor(a, tables, VECTOR_TABLES_MAX);
    }
    if (!count) {
        how = first;
        count = a->first_count;
        memcpy(tables, a->first_tables, count * sizeof *tables);
        if (count == VECTOR_TABLES_MAX) {
            too_many(a, &tables[count - 1]);
        }
    }
    if (!count) {
        not_found(a);
        return true;
    }
    name_tables(a, tables, count, how);
    for (size_t i = 0; i < count; i++) {
        table_check(a, &tables[i]);
    }
    a->table = tables[0];
    add_stacks(a, tables, count);
    add_stacks(a, a->first_tables, a->first_count);
    return true;
}

#define SVCALL 11u
#define DEBUG_MONITOR 12u

// Masked, an SVC escalates to HardFault, as a BKPT does where the monitor is
// not enabled. HardFault is judged always.
static void entered(struct analysis *a, uint32_t n, const char *instruction) {
    uint32_t word;
    if (vector_is_judged(a, n) || n >= a->table.count) {
        return;
    }
    if (model_word(&a->model, a->table.addr + 4 * n, &word) && word) {
        vector_check(a, &a->table, n, word);
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .function = a->table.name,
                    .function_addr = a->table.addr,
                    .addr = a->table.addr + 4 * n,
                    .stored_in_table = true},
            NO_NODE,
            "code in an outage executes %s, and the vector of %s is not known",
            instruction, exception_name(n));
}

void vectors_reached(struct analysis *a) {
    if (a->calls_supervisor) {
        entered(a, SVCALL, "SVC");
    }
    if (a->calls_monitor) {
        entered(a, DEBUG_MONITOR, "BKPT");
    }
}
