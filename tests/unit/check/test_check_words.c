/*
 * test_check_words - cause and fix of findings in words
 *
 * SPDX-License-Identifier: MIT
 *
 * That the cures are cures is tests/check/fixes.sh.
 */
// sources: host/base/*.c host/check/check_rules.c host/check/assumptions.c
// sources: host/check/explain/explain.c host/check/explain/explain_*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/explain/explain.h"

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

static const struct {
    enum check_rule_id rule;
    const char *target, *alias, *object, *section;
    const char *cause, *fix;
} words[] = {
        {CHECK_RULE_CALL, "__aeabi_uldivmod", NULL,
                "libgcc.a(_aeabi_uldivmod.o)", ".text", "64-bit division",
                "*libgcc.a:_aeabi_uldivmod.o(.text .text*)"},
        {CHECK_RULE_CALL, "__aeabi_uldivmod", NULL, NULL, NULL, "64-bit",
                "*libgcc.a:*(.text .text*)"},
        {CHECK_RULE_CALL, "__muldf3", "__aeabi_dmul", NULL, NULL, "double",
                "-Wdouble-promotion"},
        {CHECK_RULE_CALL, "__aeabi_fmul", NULL, NULL, NULL, "in software",
                "-mfpu="},
        {CHECK_RULE_CALL, "__aeabi_memcpy4", NULL, "/x/libc_nano.a(aeabi.o)",
                NULL, "memcpy", "*libc_nano.a:aeabi.o(.text"},
        {CHECK_RULE_CALL, "memcpy", NULL, "lib_a-memcpy.o", NULL, "memcpy",
                "*lib[cg][._]*:*mem*(.text .text*)"},
        {CHECK_RULE_CALL, "memcpy", NULL, "src/string.c", NULL, "memcpy",
                "*string.*(.text .text*)"},
        {CHECK_RULE_CALL, "memcpy", NULL, "libmine.a(string.o)", NULL, "memcpy",
                "mark its definition"},
        {CHECK_RULE_CALL, "printf", NULL, "/x/libg_nano.a(lib_a-printf.o)",
                NULL, "C library", "print it afterwards"},
        {CHECK_RULE_CALL, "printf", NULL, NULL, NULL, "C library",
                "*lib[cg][._]*:*(.text .text*)"},
        {CHECK_RULE_CALL, "printf", NULL, "../newlib/libc/stdio/printf.c", NULL,
                "C library", "print it afterwards"},
        {CHECK_RULE_CALL, "log_printf", NULL, NULL, NULL,
                "log_printf lies in flash", "mark its definition"},
        {CHECK_RULE_CALL, "printf", NULL, "src/console.c", NULL,
                "printf lies in flash (src/console.c)",
                "*console.*(.text .text*)"},
        {CHECK_RULE_CALL, "log", NULL, "libmine.a(log.o)", NULL,
                "log lies in flash", "*libmine.a:log.o(.text .text*)"},
        {CHECK_RULE_CALL, "abort", NULL, "fault.c", NULL, "abort lies in flash",
                "mark its definition"},
        {CHECK_RULE_CALL, "tx_done", NULL, NULL, NULL, "tx_done lies in flash",
                "mark its definition"},
        {CHECK_RULE_CALL, "sqrtf", NULL, NULL, NULL, "errno",
                "-fno-math-errno"},
        {CHECK_RULE_CALL, "__gnu_thumb1_case_uqi", NULL, NULL, NULL, "switch",
                "-fno-jump-tables"},
        {CHECK_RULE_CALL, "__stack_chk_fail", NULL, NULL, NULL,
                "-fstack-protector", "no_stack_protector"},
        {CHECK_RULE_CALL, "HAL_QSPI_Command", NULL, "stm32l4xx_hal_qspi.o",
                ".text", "vendor", "*stm32l4xx_hal_qspi.o(.text"},
        {CHECK_RULE_CALL, "HAL_GetTick", NULL, NULL, NULL, "stands still",
                "CYCCNT"},
        {CHECK_RULE_TAIL_CALL, "mine", NULL, "src/mine.c", ".text",
                "mine lies in flash", "*mine.*(.text .text*)"},
        {CHECK_RULE_CALL, "mine", "other", NULL, NULL, "asks for other",
                "define your own other"},
        {CHECK_RULE_LOAD, "CSWTCH.3", NULL, NULL, ".rodata", "switch",
                "-fno-tree-switch-conversion"},
        {CHECK_RULE_LOAD, NULL, NULL, NULL, ".rodata.str1.4", "string literal",
                "section(\".data.ro_text\")"},
        {CHECK_RULE_LOAD, "crc_tab", NULL, "crc.o", ".rodata",
                "crc_tab lies in flash", "section(\".data.ro_crc_tab\")"},
        {CHECK_RULE_ORPHAN, NULL, NULL, NULL, ".ram_code", ".ram_code",
                "*(.ram_code .ram_code.*)"},
        {CHECK_RULE_INLINED, "fast", NULL, NULL, NULL, "fast", "noinline"},
        {CHECK_RULE_VECTOR_TABLE, "vectors", NULL, NULL, NULL, "NMI",
                "SCB->VTOR"},
        {CHECK_RULE_VECTOR_EVEN, "isr", NULL, NULL, NULL, "INVSTATE",
                ".thumb_func"},
        {CHECK_RULE_ADDRESS, "lut", NULL, NULL, ".rodata", "is not known",
                "allow address send lut: "},
        {CHECK_RULE_CALL_UNKNOWN, NULL, NULL, NULL, NULL, "pointer",
                "targets send+0x14 FUNCTION...: "},
        {CHECK_RULE_CALL_MUTABLE, "ops", NULL, NULL, NULL, "may change",
                "const ops: "},
        {CHECK_RULE_VECTOR_RUNTIME, NULL, NULL, NULL, NULL, "when it comes",
                "allow vector-runtime send: "},
};

// What depends on where the finding is: in a table, in code of an outage, in
// other code; through an argument or not.
static void test_words_of_places(void **state) {
    (void)state;
    struct check_step step = {.function = "send"};
    struct check_finding places[] = {
            {.rule = CHECK_RULE_VECTOR_RUNTIME, .stored_in_table = true},
            {.rule = CHECK_RULE_VECTOR_RUNTIME, .path = &step, .path_count = 1},
            {.rule = CHECK_RULE_VECTOR_RUNTIME},
            {.rule = CHECK_RULE_LOAD_UNKNOWN, .by_arguments = 0x0202},
            {.rule = CHECK_RULE_LOAD_UNKNOWN},
    };
    static const char *const words_of[] = {"vectors send N=", "Set VTOR before",
            "(--vectors)", "pointers send r1 r1*: ", "const VARIABLE: "};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        places[i].function = "send";
        explain_finding(&places[i]);
        for (size_t k = 0; k < sizeof words_of / sizeof words_of[0]; k++) {
            (k == i ? has : has_not)(places[i].fix, words_of[k]);
        }
        free(places[i].cause);
        free(places[i].fix);
    }
}

// The same name and object: of a map, which knows archives, or not; of a header
// or not.
static void test_words_of_sources(void **state) {
    (void)state;
    struct check_finding f = {.rule = CHECK_RULE_CALL,
            .target = "puts",
            .target_object = "puts.o"};
    explain_finding(&f);
    has(f.cause, "C library");
    f.target_mapped = true;
    explain_finding(&f);
    has(f.cause, "puts lies in flash");
    has(f.fix, "*puts.o(.text .text*)");
    f.target = "LL_append";
    explain_finding(&f);
    has(f.cause, "vendor header");
    f.target_file = "src/ll_gpio.h";
    explain_finding(&f);
    has(f.cause, "vendor header");
    f.target_file = "src/list.c";
    explain_finding(&f);
    has(f.cause, "LL_append lies in flash");
    free(f.cause);
    free(f.fix);
}

static void explain_one(struct check_finding *f, size_t i) {
    *f = (struct check_finding){.rule = words[i].rule,
            .function = "send",
            .function_addr = 0x20000120,
            .addr = 0x20000134,
            .target = words[i].target,
            .alias = words[i].alias,
            .target_object = words[i].object,
            .target_section = words[i].section,
            .count = 1};
    explain_finding(f);
}

static void test_words(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct check_finding f;
        explain_one(&f, i);
        has(f.cause, words[i].cause);
        has(f.fix, words[i].fix);
        has_not(f.fix, "/tmp");
        free(f.cause);
        free(f.fix);
    }
}

// Names that change with each build are no linker lines.
static void test_no_lines_for_passing_names(void **state) {
    (void)state;
    static const char *const objects[] = {"/tmp/ccXy12Zb.o", "ccBoxxxx.o",
            "build/a.elf.ltrans0.ltrans.o", "a.c;x.o", "noext", NULL};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct check_finding f = {.rule = CHECK_RULE_CALL,
                .target = "mine",
                .target_object = objects[i]};
        explain_finding(&f);
        has(f.fix, "noinline");
        has_not(f.fix, "EXCLUDE_FILE");
        free(f.cause);
        free(f.fix);
    }
}

// A constant that the linker script puts behind the code is no function; and
// what is handed over may be read while the flash is on.
static void test_words_of_data(void **state) {
    (void)state;
    struct check_finding f = {.rule = CHECK_RULE_ADDRESS,
            .target = "table",
            .target_section = ".text",
            .target_is_data = true};
    explain_finding(&f);
    has(f.fix, "section(\".data.ro_table\")");
    has_not(f.fix, "noinline");
    has_not(f.fix, "--begin");
    f.stored_in_table = true;
    explain_finding(&f);
    has(f.fix, "--begin F --end G");
    f.target_is_data = false;
    explain_finding(&f);
    has(f.fix, "noinline");
    f = (struct check_finding){.rule = CHECK_RULE_CALL,
            .target = "memcpy",
            .cause = f.cause,
            .fix = f.fix};
    explain_finding(&f);
    assert_ptr_equal(strstr(f.fix, "Define the function yourself"), f.fix);
    free(f.cause);
    free(f.fix);
}

// A violation without a target is named by its id, with its number of places.
static void test_words_of_an_id(void **state) {
    (void)state;
    struct check_finding f = {.rule = CHECK_RULE_STACK_SMALL,
            .id = "XC-01234567",
            .count = 3,
            .to_allow = 5};
    explain_finding(&f);
    has(f.fix, "allow 3 XC-01234567: ");
    f.count = 1;
    explain_finding(&f);
    has(f.fix, "allow XC-01234567: ");
    free(f.cause);
    free(f.fix);
}

static void test_every_rule_has_words(void **state) {
    (void)state;
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        // Nothing but the rule is known.
        struct check_finding f = {.rule = (enum check_rule_id)i};
        explain_finding(&f);
        assert_true(strlen(f.cause) > 20);
        assert_true(strlen(f.fix) > 20);
        has_not(f.cause, "(null)");
        has_not(f.fix, "(null)");
        // A second time replaces, and does not leak.
        explain_finding(&f);
        free(f.cause);
        free(f.fix);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_words),
            cmocka_unit_test(test_words_of_sources),
            cmocka_unit_test(test_words_of_places),
            cmocka_unit_test(test_words_of_data),
            cmocka_unit_test(test_words_of_an_id),
            cmocka_unit_test(test_no_lines_for_passing_names),
            cmocka_unit_test(test_every_rule_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
