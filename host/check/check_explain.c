/*
 * check_explain - cause and fix of a finding in words
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"

void check_explain(struct check_finding *finding,
        const struct check_options *options) {
    (void)options;
    const struct check_rule *rule = check_rule_find(finding->rule);
    finding->cause = strdup(rule ? rule->text : finding->rule);
    finding->fix = strdup("");
}
