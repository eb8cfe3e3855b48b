/*
 * vectors - the vector table in use, and all that it leads to
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/exception_name.h"
#include "check/begin/begin_priv.h"

#define TABLES_MAX 4u

// The stack is where the table that the processor starts with says, and where
// one in use does: a program that starts another one takes it from there.
static void add_first(struct analysis *a, const struct vector_table *tables,
        size_t count) {
    struct vector_table first;
    const char *how;
    uint32_t top;
    for (size_t i = 0; i < count; i++) {
        if (model_word(&a->model, tables[i].addr, &top)) {
            model_add_stack(&a->model, top);
        }
    }
    a->first_table = (struct vector_table){0};
    if (!table_by_default(a, &first, &how)) {
        return;
    }
    a->first_table = first;
    if (model_word(&a->model, first.addr, &top)) {
        model_add_stack(&a->model, top);
    }
}

bool vectors_check(struct analysis *a) {
    struct vector_table tables[TABLES_MAX];
    const char *how = "--vectors";
    size_t count;
    if (a->options->vectors) {
        if (!table_by_option(a, &tables[0])) {
            return false;
        }
        count = 1;
    } else {
        how = "VTOR is set to it";
        count = table_by_vtor(a, tables, TABLES_MAX);
        count = count ? count : table_by_default(a, &tables[0], &how);
    }
    if (!count) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .addr = elf_image_entry(a->model.images[0])},
                NO_NODE, "no vector table was found; name it with --vectors");
        return true;
    }
    a->report->vectors =
            keep_text(a, "%s at 0x%08x, %u entries (%s)", tables[0].name,
                    (unsigned)tables[0].addr, (unsigned)tables[0].count, how);
    for (size_t i = 0; i < count; i++) {
        table_check(a, &tables[i]);
    }
    a->table = tables[0];
    add_first(a, tables, count);
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
