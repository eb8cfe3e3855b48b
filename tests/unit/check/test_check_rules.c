/*
 * test_check_rules - the table of rules is whole, and docs/CHECK.md has it
 *
 * SPDX-License-Identifier: MIT
 *
 * That each rule has a case is asserted by tests/check/defects.sh, that each
 * has an explainer by test_check_words.c.
 */
// sources: host/base/*.c host/check/check_rules.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check_rules.h"

static enum check_rule_id rule_at(int i) {
    return (enum check_rule_id)i;
}

static void test_every_row_is_filled(void **state) {
    (void)state;
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        const struct check_rule *r = &check_rules[i];
        if (!r->name || !r->what || !r->why || !r->cure) {
            fail_msg("rule %d has no name, what, why or cure", i);
        }
        // `what` is part of a line, the others are sentences.
        assert_true(strlen(r->what) < 60);
        assert_true(r->what[strlen(r->what) - 1] != '.');
        assert_true(r->why[strlen(r->why) - 1] == '.');
        assert_true(r->cure[strlen(r->cure) - 1] == '.');
    }
}

static void test_names_are_names_of_one_rule(void **state) {
    (void)state;
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        int by_name = 0, by_key = 0;
        for (int k = 0; k < CHECK_RULE_COUNT; k++) {
            by_name += check_rule_matches(rule_at(k), check_rules[i].name);
            by_key +=
                    check_rule_matches(rule_at(k), check_rule_key(rule_at(i)));
        }
        assert_int_equal(by_name, 1);
        assert_int_equal(by_key, 1);
    }
}

static void test_unknowns_keep_their_numbers(void **state) {
    (void)state;
    static const char *const names[] = {"call-unknown", "call-mutable",
            "call-null", "undecodable", "no-symbols", "unread-literal",
            "jump-unknown", "vector-runtime", "load-unknown"};
    for (int i = 0; i < 9; i++) {
        char key[3] = {'U', (char)('1' + i), '\0'}, label[40], wanted[40];
        const enum check_rule_id rule = rule_at(CHECK_RULE_CALL_UNKNOWN + i);
        assert_string_equal(check_rule_key(rule), key);
        assert_string_equal(check_rules[rule].name, names[i]);
        snprintf(wanted, sizeof wanted, "%s (%s)", names[i], key);
        check_rule_label(rule, label, sizeof label);
        assert_string_equal(label, wanted);
        assert_true(check_rule_matches(rule, key));
        assert_true(check_rule_matches(rule, "U?"));
    }
    char label[40];
    check_rule_label(CHECK_RULE_TAIL_CALL, label, sizeof label);
    assert_string_equal(label, "tail-call");
    assert_string_equal(check_rule_key(CHECK_RULE_TAIL_CALL), "tail-call");
    assert_false(check_rule_matches(CHECK_RULE_TAIL_CALL, "U?"));
}

// The rows of the table in docs/CHECK.md, as `xipsafe check --rules` has them.
static void test_the_manual_lists_them(void **state) {
    (void)state;
    static const char *const classes[] = {"violation", "unknown", "warning"};
    FILE *file = fopen("docs/CHECK.md", "r");
    assert_non_null(file);
    static char text[1u << 17];
    const size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_true(size < sizeof text - 1);
    const char *at = text;
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        const struct check_rule *r = &check_rules[i];
        char row[400];
        snprintf(row, sizeof row, "\n| `%s`%s%s%s | %s | %s |\n", r->name,
                r->alias ? ", `" : "", r->alias ? r->alias : "",
                r->alias ? "`" : "", classes[r->class], r->what);
        const char *found = strstr(at, row);
        if (!found) {
            fail_msg("docs/CHECK.md has no such row, or not in this place:%s",
                    row);
        }
        at = found + 1;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_every_row_is_filled),
            cmocka_unit_test(test_names_are_names_of_one_rule),
            cmocka_unit_test(test_unknowns_keep_their_numbers),
            cmocka_unit_test(test_the_manual_lists_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
