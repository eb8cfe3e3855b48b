/*
 * test_check_report - what a check report says, in text, JSON and SARIF
 *
 * SPDX-License-Identifier: MIT
 *
 * The report is made by hand, so that names, paths and annotations are what no
 * compiler would give.
 */
// sources: host/base/*.c
// sources: host/check/check_rules.c host/check/assumptions.c
// sources: host/check/explain/explain.c host/check/explain/explain_*.c
// sources: host/check/report/report_*.c
// libs: jansson stdc++
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "check/assumptions.h"
#include "check/explain/explain.h"
#include "check/report/report.h"

/// A report ///

enum { MEMCPY, WEAK, TABLE, POINTER, WARNING, FINDINGS };

static struct check_step way[] = {
        {"DMA1_IRQHandler", "vector 27", 0x20000044},
        {"wait", "call", 0x20000050},
        {"send", "tail call", 0x20000104},
};
static const char *const candidates[] = {"done", "failed", NULL};

static struct check_finding findings[FINDINGS];
static struct check_finding annotated[1];
static struct check_root roots[] = {
        {"app.elf", "send", 0x20000120, "section .RamFunc", true, 96, NULL},
        {"app.elf", "small", 0x20000220, "section .RamFunc", true, 8, NULL},
        {"app.elf", "notify", 0x20000320, "--root", false, 40, "recursion"},
};
static char *note_targets[] = {NULL};
static struct check_note notes[2];
static const char *const paths[] = {"app.elf", "boot.elf"};
static struct check_options options;
static struct check_report report;

static const struct check_finding template[FINDINGS] = {
        [MEMCPY] = {.id = "XC-1",
                .class = CHECK_VIOLATION,
                .rule = CHECK_RULE_CALL,
                .image = "app.elf",
                .function = "send",
                .function_addr = 0x20000120,
                .addr = 0x20000134,
                .instruction = (char *)"bl 0x20000160",
                .target = "memcpy",
                .target_addr = 0x90000b08,
                .target_known = true,
                .file = "src/a b.c",
                .line = 44,
                .object = "send.o",
                .target_object = "libc_nano.a(lib_a-memcpy.o)",
                .target_section = ".text",
                .through_veneer = true,
                .count = 3,
                .path = way,
                .path_count = 3,
                .detail = (char *)"calls memcpy in flash"},
        [WEAK] = {.id = "XC-2",
                .class = CHECK_VIOLATION,
                .rule = CHECK_RULE_TAIL_CALL,
                .image = "app.elf",
                .function = "send",
                .function_addr = 0x20000120,
                .addr = 0x20000144,
                .target = "default_hook",
                .alias = "hook",
                .target_addr = 0x90000c08,
                .target_known = true,
                .count = 1,
                .path = way,
                .path_count = 3},
        [TABLE] = {.id = "XC-3",
                .class = CHECK_UNKNOWN,
                .rule = CHECK_RULE_ADDRESS,
                .image = "app.elf",
                .function = "aaa_first_by_address",
                .function_addr = 0x20000020,
                .addr = 0x20000034,
                .target = "table",
                .target_addr = 0x90001000,
                .target_known = true,
                .target_section = ".rodata",
                .count = 1},
        [POINTER] = {.id = "XC-4",
                .class = CHECK_UNKNOWN,
                .rule = CHECK_RULE_CALL_UNKNOWN,
                .image = "app.elf",
                .function = "notify",
                .function_addr = 0x20000320,
                .addr = 0x20000334,
                .candidates = candidates,
                .count = 1},
        [WARNING] = {.id = "XC-5",
                .class = CHECK_WARNING,
                .rule = CHECK_RULE_NO_DEBUG,
                .image = "app.elf",
                .function = "bad\x1b[2J\xff\xc3name",
                .function_addr = 0x20000420,
                .addr = 0x20000420,
                .file = "/elsewhere/x.c",
                .line = 7,
                .count = 1},
};

static int set_up(void **state) {
    (void)state;
    memcpy(findings, template, sizeof findings);
    annotated[0] = template[TABLE];
    annotated[0].reason = "a number for the controller";
    options = (struct check_options){
            .xip = {{0x90000000u, 0x10000000u}},
            .xip_count = 1,
            .interrupts_all = true,
            .notes = notes,
            .note_count = 2,
            .image_paths = paths,
            .image_count = 1,
    };
    notes[0] = (struct check_note){.kind = CHECK_NOTE_ALLOW,
            .words = "address send",
            .file = "my.notes",
            .line = 3,
            .place = "send",
            .rule = "address",
            .targets = note_targets,
            .reason = "the reason",
            .used = 1};
    notes[1] = (struct check_note){.kind = CHECK_NOTE_CONST,
            .words = "gone",
            .missing = "gone",
            .file = "my.notes",
            .line = 9,
            .place = "gone",
            .targets = note_targets,
            .reason = "r"};
    report = (struct check_report){.verdict = CHECK_VIOLATED,
            .findings = findings,
            .finding_count = FINDINGS,
            .annotated = annotated,
            .annotated_count = 1,
            .roots = roots,
            .root_count = 3,
            .function_count = 12,
            .instruction_count = 345,
            .unknown_loads = 6,
            .unknown_functions = 1,
            .assumed = 1u << ASSUME_ROOTS | 1u << ASSUME_RUNTIME_DATA,
            .vectors = "ram_vectors at 0x20000000"};
    for (size_t i = 0; i < FINDINGS; i++) {
        explain_finding(&findings[i]);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (size_t i = 0; i < FINDINGS; i++) {
        free(findings[i].cause);
        free(findings[i].fix);
    }
    return 0;
}

static char *text_of(bool colour, bool verbose) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_text(out, &report, &options, colour, verbose);
    fclose(out);
    return text;
}

typedef int print_fn(FILE *out, const struct check_report *r,
        const struct check_options *o);

static json_t *parsed(print_fn *print) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(print(out, &report, &options), 0);
    fclose(out);
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json) {
        fail_msg("line %d: %s", error.line, error.text);
    }
    free(text);
    return json;
}

static void has(const char *text, const char *part) {
    if (!text || !strstr(text, part)) {
        fail_msg("no '%s' in: %s", part, text ? text : "(null)");
    }
}

static void has_not(const char *text, const char *part) {
    if (strstr(text, part)) {
        fail_msg("'%s' in: %s", part, text);
    }
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++) {
        count++;
    }
    return count;
}

/// Text ///

static void test_first_line_is_the_verdict(void **state) {
    (void)state;
    char *text = text_of(false, false);
    const char *line =
            "VIOLATED, assuming A7 (6 accesses in 1 function), with 1 "
            "annotation covering 1 finding  app.elf: 2 violations, 2 "
            "unknowns, 1 warning\n";
    assert_memory_equal(text, line, strlen(line));
    has(text, "window 0x90000000 to 0x9fffffff");
    has(text, "12 functions, 345 instructions");
    has(text, "ram_vectors at 0x20000000");
    has(text, "\n  assumes A1 roots, A7 runtime-data\n");
    free(text);
}

static void test_text_is_grouped_worst_first(void **state) {
    (void)state;
    char *text = text_of(false, false);
    assert_int_equal(count_of(text, "\nsend  send.o\n"), 1);
    // Violations before unknowns, though at a higher address.
    const char *send = strstr(text, "\nsend  ");
    const char *other = strstr(text, "\naaa_first_by_address");
    assert_non_null(send);
    assert_non_null(other);
    assert_true(send < other);
    has(text,
            "    at    0x20000134  src/a b.c:44  and 2 more places\n"
            "    code  0x20000134  bl 0x20000160\n");
    assert_int_equal(count_of(text, "    code  "), 1);
    has(text, "DMA1_IRQHandler (vector 27) > wait > send (tail call)\n");
    // Both findings of send have the same way: said once.
    assert_int_equal(count_of(text, "DMA1_IRQHandler"), 1);
    has(text, "default_hook (in the source: hook)");
    has(text, "done, failed");
    has(text, "  unknown call-unknown (U1)  XC-4\n");
    free(text);
}

static void test_text_says_a_fix_once(void **state) {
    (void)state;
    free(findings[WEAK].fix);
    findings[WEAK].fix = strdup(findings[MEMCPY].fix);
    char *text = text_of(false, false);
    assert_int_equal(count_of(text, "as for XC-1 above"), 1);
    assert_int_equal(count_of(text, "EXCLUDE_FILE(*libc_nano.a:lib_a-"), 1);
    free(text);
}

static void test_text_has_no_foreign_escapes(void **state) {
    (void)state;
    char *text = text_of(false, true);
    has(text, "bad?[2J??name");
    has_not(text, "\033");
    free(text);
    text = text_of(true, true);
    has(text, "\033[1;31mVIOLATED\033[0m");
    has_not(text, "\033[2J");
    free(text);
}

static void test_text_annotations_and_stale_ones(void **state) {
    (void)state;
    char *text = text_of(false, false);
    has(text, "  my.notes:3: allow address send: the reason\n");
    has(text, "my.notes:9: const gone; no image has gone\n");
    assert_int_equal(count_of(text, "my.notes:3"), 1);
    assert_int_equal(count_of(text, "my.notes:9"), 1);
    has_not(text, "a number for the controller");
    free(text);
    text = text_of(false, true);
    has(text,
            "0x20000034 address aaa_first_by_address -> table: a number for "
            "the controller\n");
    free(text);
}

static void test_text_stack(void **state) {
    (void)state;
    char *text = text_of(false, false);
    has(text, "at most      96 bytes  send");
    has(text, "at least     40 bytes  notify  (--root): recursion");
    has_not(text, "small");
    free(text);
    text = text_of(false, true);
    has(text, "at most       8 bytes  small");
    free(text);
}

static void test_text_of_a_proof(void **state) {
    (void)state;
    report.verdict = CHECK_PROVED;
    report.finding_count = 0;
    report.assumed = 1u << ASSUME_ROOTS;
    char *text = text_of(false, false);
    assert_memory_equal(text, "PROVED, with 1 annotation covering", 34);
    has(text, "docs/CHECK.md");
    has(text, "as far as what is assumed is true");
    free(text);
}

/// JSON ///

static const char *string(const json_t *o, const char *key) {
    const char *value = json_string_value(json_object_get(o, key));
    if (!value) {
        fail_msg("no string '%s'", key);
    }
    return value;
}

static long long integer(const json_t *o, const char *key) {
    const json_t *value = json_object_get(o, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void test_json_finding(void **state) {
    (void)state;
    json_t *json = parsed(report_json);
    const json_t *list = json_object_get(json, "findings");
    assert_int_equal(json_array_size(list), FINDINGS);
    const json_t *f = json_array_get(list, MEMCPY);
    assert_string_equal(string(f, "id"), "XC-1");
    assert_string_equal(string(f, "class"), "violation");
    assert_string_equal(string(f, "rule"), "call");
    assert_string_equal(string(f, "rule_name"), "call");
    assert_string_equal(string(f, "function"), "send");
    assert_string_equal(string(f, "target"), "memcpy");
    assert_string_equal(string(f, "address"), "0x20000134");
    assert_string_equal(string(f, "target_address"), "0x90000b08");
    assert_string_equal(string(f, "instruction"), "bl 0x20000160");
    assert_string_equal(string(f, "file"), "src/a b.c");
    assert_int_equal(integer(f, "line"), 44);
    assert_int_equal(integer(f, "count"), 3);
    assert_true(json_is_true(json_object_get(f, "through_veneer")));
    has(string(f, "fix"), "*libc_nano.a:lib_a-memcpy.o(.text .text*)");
    const json_t *path = json_object_get(f, "path");
    assert_int_equal(json_array_size(path), 3);
    assert_string_equal(json_string_value(json_array_get(path, 2)), "send");

    // What is not known is null, not left out and not an empty string.
    f = json_array_get(list, POINTER);
    assert_string_equal(string(f, "rule"), "U1");
    assert_string_equal(string(f, "rule_name"), "call-unknown");
    assert_string_equal(string(f, "class"), "unknown");
    assert_true(json_is_null(json_object_get(f, "target")));
    assert_true(json_is_null(json_object_get(f, "target_address")));
    assert_true(json_is_null(json_object_get(f, "instruction")));
    assert_true(json_is_null(json_object_get(f, "file")));
    assert_true(json_is_null(json_object_get(f, "line")));
    assert_int_equal(json_array_size(json_object_get(f, "candidates")), 2);
    assert_null(json_object_get(f, "reason"));

    f = json_array_get(list, WARNING);
    assert_string_equal(string(f, "class"), "warning");
    assert_string_equal(string(f, "function"), "bad?[2J??name");
    json_decref(json);
}

static void test_json_rest(void **state) {
    (void)state;
    options.interrupts_all = false;
    options.interrupts_on[15] = options.interrupts_on[53] = true;
    json_t *json = parsed(report_json);
    assert_string_equal(string(json, "verdict"), "violated");
    assert_string_equal(string(json, "format"), "xipsafe-check");
    assert_int_equal(integer(json, "version"), 1);
    const json_t *counters = json_object_get(json, "counters");
    assert_int_equal(integer(counters, "violations"), 2);
    assert_int_equal(integer(counters, "unknowns"), 2);
    assert_int_equal(integer(counters, "warnings"), 1);
    assert_int_equal(integer(counters, "instructions"), 345);
    assert_int_equal(integer(counters, "unknown_accesses"), 6);
    const json_t *one = json_array_get(json_object_get(json, "annotated"), 0);
    assert_string_equal(string(one, "reason"), "a number for the controller");
    one = json_array_get(json_object_get(json, "roots"), 2);
    assert_int_equal(integer(one, "stack_bytes"), 40);
    assert_true(json_is_false(json_object_get(one, "stack_bounded")));
    assert_string_equal(string(one, "stack_why"), "recursion");
    const json_t *said = json_object_get(json, "notes");
    assert_int_equal(json_array_size(said), 2);
    assert_int_equal(integer(json_array_get(said, 0), "used"), 1);
    assert_string_equal(string(json_array_get(said, 0), "rule"), "address");
    one = json_array_get(said, 1);
    assert_int_equal(integer(one, "line"), 9);
    assert_int_equal(integer(one, "used"), 0);
    assert_string_equal(string(one, "verb"), "const");
    assert_true(json_is_null(json_object_get(one, "rule")));
    one = json_array_get(json_object_get(json_object_get(json, "regions"),
                                 "xip"),
            0);
    assert_string_equal(string(one, "address"), "0x90000000");
    assert_int_equal(integer(one, "size_bytes"), 0x10000000);
    const json_t *on = json_object_get(json, "interrupts");
    assert_int_equal(json_array_size(on), 2);
    assert_int_equal(json_integer_value(json_array_get(on, 1)), 53);
    json_decref(json);

    report.verdict = CHECK_CANNOT_TELL;
    json = parsed(report_json);
    assert_string_equal(string(json, "verdict"), "unknown");
    json_decref(json);
}

/// SARIF ///

static const json_t *get(const json_t *o, const char *key) {
    const json_t *value = json_object_get(o, key);
    if (!value) {
        fail_msg("no '%s'", key);
    }
    return value;
}

static const json_t *run_of(const json_t *json) {
    return json_array_get(get(json, "runs"), 0);
}

// Everything in `text`, which is all that is required of a message (3.11).
static void check_message(const json_t *holder) {
    assert_true(strlen(string(get(holder, "message"), "text")) > 0);
}

static void check_location(const json_t *location) {
    const json_t *place = get(location, "physicalLocation");
    const char *uri = string(get(place, "artifactLocation"), "uri");
    has_not(uri, " ");
    assert_true(strlen(uri) > 0);
    const json_t *region = json_object_get(place, "region");
    if (region) {
        assert_true(integer(region, "startLine") >= 1);
    }
}

static void test_sarif_has_what_the_schema_requires(void **state) {
    (void)state;
    json_t *json = parsed(report_sarif);
    assert_string_equal(string(json, "version"), "2.1.0");
    const json_t *run = run_of(json);
    const json_t *driver = get(get(run, "tool"), "driver");
    assert_true(strlen(string(driver, "name")) > 0);
    const json_t *rules = get(driver, "rules");
    assert_int_equal(json_array_size(rules), CHECK_RULE_COUNT);
    const json_t *results = get(run, "results");
    assert_int_equal(json_array_size(results), FINDINGS + 1);
    size_t i;
    json_t *result;
    json_array_foreach(results, i, result) {
        check_message(result);
        const json_t *rule =
                json_array_get(rules, (size_t)integer(result, "ruleIndex"));
        assert_string_equal(string(rule, "id"), string(result, "ruleId"));
        assert_string_equal(string(rule, "name"),
                string(get(result, "properties"), "rule_name"));
        const char *level = string(result, "level");
        assert_true(!strcmp(level, "error") || !strcmp(level, "warning") ||
                !strcmp(level, "note"));
        check_location(json_array_get(get(result, "locations"), 0));
    }
    json_decref(json);
}

static const json_t *result_at(const json_t *json, size_t i) {
    return json_array_get(get(run_of(json), "results"), i);
}

static const char *uri_of(const json_t *result) {
    const json_t *location = json_array_get(get(result, "locations"), 0);
    return string(get(get(location, "physicalLocation"), "artifactLocation"),
            "uri");
}

static void test_sarif_places(void **state) {
    (void)state;
    json_t *json = parsed(report_sarif);
    assert_string_equal(uri_of(result_at(json, MEMCPY)), "src/a%20b.c");
    assert_string_equal(uri_of(result_at(json, WEAK)), "app.elf");
    assert_string_equal(uri_of(result_at(json, WARNING)),
            "file:///elsewhere/x.c");
    assert_string_equal(string(result_at(json, POINTER), "level"), "warning");
    assert_string_equal(string(result_at(json, POINTER), "ruleId"), "U1");
    const json_t *call = result_at(json, MEMCPY);
    assert_string_equal(string(get(call, "properties"), "instruction"),
            "bl 0x20000160");
    has(string(get(call, "message"), "text"),
            "send: calls memcpy in flash\n0x20000134  bl 0x20000160\n");
    assert_string_equal(string(result_at(json, WARNING), "level"), "note");

    const json_t *flow =
            json_array_get(get(result_at(json, MEMCPY), "codeFlows"), 0);
    const json_t *thread = json_array_get(get(flow, "threadFlows"), 0);
    const json_t *steps = get(thread, "locations");
    assert_int_equal(json_array_size(steps), 4); // the way, and the place
    size_t i;
    json_t *step;
    json_array_foreach(steps, i, step) {
        check_location(get(step, "location"));
        check_message(get(step, "location"));
    }
    const json_t *suppression =
            json_array_get(get(result_at(json, FINDINGS), "suppressions"), 0);
    assert_string_equal(string(suppression, "kind"), "external");
    assert_string_equal(string(suppression, "justification"),
            "a number for the controller");
    json_decref(json);
}

static void test_sarif_is_relative_to_here(void **state) {
    (void)state;
    char here[512], path[600];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/src/x:y.c", here);
    findings[MEMCPY].file = path;
    json_t *json = parsed(report_sarif);
    assert_string_equal(uri_of(result_at(json, MEMCPY)), "src/x%3Ay.c");
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup_teardown(test_first_line_is_the_verdict,
                    set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_text_is_grouped_worst_first,
                    set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_text_says_a_fix_once, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_text_has_no_foreign_escapes,
                    set_up, tear_down),
            cmocka_unit_test_setup_teardown(
                    test_text_annotations_and_stale_ones, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_text_stack, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_text_of_a_proof, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_json_finding, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_json_rest, set_up, tear_down),
            cmocka_unit_test_setup_teardown(
                    test_sarif_has_what_the_schema_requires, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_sarif_places, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_sarif_is_relative_to_here,
                    set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
