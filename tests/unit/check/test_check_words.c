/*
 * test_check_words - cause and fix of findings in words
 *
 * SPDX-License-Identifier: MIT
 *
 * That the cures are cures is tests/check/fixes.sh.
 */
// sources: host/base/match.c host/check/check_rules.c
// sources: host/check/report/explain.c host/check/report/explain_*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/report/report.h"

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
    const char *rule, *target, *alias, *object, *section;
    const char *cause, *fix;
} words[] = {
        {"call", "__aeabi_uldivmod", NULL, "libgcc.a(_aeabi_uldivmod.o)",
                ".text", "64-bit division",
                "*libgcc.a:_aeabi_uldivmod.o(.text .text*)"},
        {"call", "__aeabi_uldivmod", NULL, NULL, NULL, "64-bit",
                "*libgcc.a:*(.text .text*)"},
        {"call", "__muldf3", "__aeabi_dmul", NULL, NULL, "double",
                "-Wdouble-promotion"},
        {"call", "__aeabi_fmul", NULL, NULL, NULL, "in software", "-mfpu="},
        {"call", "__aeabi_memcpy4", NULL, "/x/libc_nano.a(aeabi.o)", NULL,
                "memcpy", "*libc_nano.a:aeabi.o(.text"},
        {"call", "sqrtf", NULL, NULL, NULL, "errno", "-fno-math-errno"},
        {"call", "__gnu_thumb1_case_uqi", NULL, NULL, NULL, "switch",
                "-fno-jump-tables"},
        {"call", "__stack_chk_fail", NULL, NULL, NULL, "-fstack-protector",
                "no_stack_protector"},
        {"call", "HAL_QSPI_Command", NULL, "stm32l4xx_hal_qspi.o", ".text",
                "vendor", "*stm32l4xx_hal_qspi.o(.text"},
        {"call", "HAL_GetTick", NULL, NULL, NULL, "stands still", "CYCCNT"},
        {"tail-call", "mine", NULL, "src/mine.c", ".text", "mine lies in flash",
                "*mine.*(.text .text*)"},
        {"call", "mine", "other", NULL, NULL, "asks for other",
                "define your own other"},
        {"load", "CSWTCH.3", NULL, NULL, ".rodata", "switch",
                "-fno-tree-switch-conversion"},
        {"load", NULL, NULL, NULL, ".rodata.str1.4", "string literal",
                "section(\".data.ro_text\")"},
        {"load", "crc_tab", NULL, "crc.o", ".rodata", "crc_tab lies in flash",
                "section(\".data.ro_crc_tab\")"},
        {"orphan", NULL, NULL, NULL, ".ram_code", ".ram_code",
                "*(.ram_code .ram_code.*)"},
        {"inlined", "fast", NULL, NULL, NULL, "fast", "noinline"},
        {"vector-table", "vectors", NULL, NULL, NULL, "NMI", "SCB->VTOR"},
        {"vector-even", "isr", NULL, NULL, NULL, "INVSTATE", ".thumb_func"},
        {"address", "lut", NULL, NULL, ".rodata", "cannot be told",
                "allow address send lut: "},
        {"U1", NULL, NULL, NULL, NULL, "pointer",
                "targets send+0x14 FUNCTION...: "},
        {"U2", "ops", NULL, NULL, NULL, "may change", "const ops: "},
        {"U8", NULL, NULL, NULL, NULL, "run time", "vectors send N="},
};

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
    report_explain(f);
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
        struct check_finding f = {
                .rule = "call", .target = "mine", .target_object = objects[i]};
        report_explain(&f);
        has(f.fix, "noinline");
        has_not(f.fix, "EXCLUDE_FILE");
        free(f.cause);
        free(f.fix);
    }
}

static void test_every_rule_has_words(void **state) {
    (void)state;
    for (size_t i = 0; i < check_rule_count; i++) {
        // Nothing but the rule is known.
        struct check_finding f = {.rule = check_rules[i].name};
        report_explain(&f);
        assert_true(strlen(f.cause) > 20);
        assert_true(strlen(f.fix) > 20);
        has_not(f.cause, "(null)");
        has_not(f.fix, "(null)");
        // A second time replaces, and does not leak.
        report_explain(&f);
        free(f.cause);
        free(f.fix);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_words),
            cmocka_unit_test(test_no_lines_for_passing_names),
            cmocka_unit_test(test_every_rule_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
