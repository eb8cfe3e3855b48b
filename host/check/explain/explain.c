/*
 * explain - cause and fix of a finding in words
 *
 * SPDX-License-Identifier: MIT
 *
 * A cause is what a reader of the source cannot see; a fix is something to
 * type. Each rule's are in explain_window.c, explain_image.c or
 * explain_unknown.c. explain_known.c knows compilers and libraries,
 * explain_linker.c the linker.
 */
#include <stdlib.h>

#include "check/explain/explain_priv.h"

const char *explain_or_else_(const char *name, const char *otherwise) {
    return name && *name ? name : otherwise;
}

void explain_put_place_(FILE *out, const struct check_finding *f) {
    fputs(explain_or_else_(f->function, "FUNCTION"), out);
    if (f->addr > f->function_addr && f->function) {
        fprintf(out, "+0x%x", (unsigned)(f->addr - f->function_addr));
    }
}

void explain_put_allow_(FILE *out, const struct check_finding *f,
        const char *why) {
    fputs("\n    allow ", out);
    const bool by_id = // its rule wants a target
            check_rules[f->rule].class == CHECK_VIOLATION && !f->target;
    const unsigned count = f->to_allow && !by_id ? f->to_allow : f->count;
    if (count > 1) {
        fprintf(out, "%u ", count);
    }
    if (by_id) {
        fprintf(out, "%s: %s", f->id, why);
        return;
    }
    fprintf(out, "%s %s%s%s: %s", check_rules[f->rule].name,
            explain_or_else_(f->function, "FUNCTION"), f->target ? " " : "",
            explain_or_else_(f->target, ""), why);
}

void explain_finding(struct check_finding *finding) {
    const enum check_rule_id rule = finding->rule;
    size_t size[2];
    free(finding->cause);
    free(finding->fix);
    finding->cause = finding->fix = NULL;
    FILE *cause = open_memstream(&finding->cause, &size[0]);
    FILE *fix = open_memstream(&finding->fix, &size[1]);
    if (cause && fix) {
        const struct explain_words_ w = {finding, cause, fix};
        explain_fn_ *const explain = explain_window_[rule]
                ? explain_window_[rule]
                : explain_image_[rule] ? explain_image_[rule]
                                       : explain_unknown_[rule];
        explain(&w);
    }
    if (cause) {
        fclose(cause);
    }
    if (fix) {
        fclose(fix);
    }
}

void explain_all(struct check_report *report) {
    for (size_t i = 0; i < report->finding_count; i++) {
        explain_finding(&report->findings[i]);
    }
    for (size_t i = 0; i < report->annotated_count; i++) {
        explain_finding(&report->annotated[i]);
    }
}
