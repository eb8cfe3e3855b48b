/*
 * test_check_notes - annotations, patterns and the command line of check
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/check/command/check_args.c host/board/*.c host/nor/nor_parts.c
// sources: host/check/command/check_notes.c
// sources: host/check/check_rules.c host/check/assumptions.c host/base/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/match.h"
#include "check/command/check_args.h"
#include "check/command/check_notes.h"

static char notes_path[] = "/tmp/test_check_notes.XXXXXX";

static void write_notes(const char *text, size_t length) {
    FILE *file = fopen(notes_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static bool read_notes(const char *text, struct check_options *options,
        char *error, size_t size) {
    write_notes(text, strlen(text));
    error[0] = '\0';
    return check_notes_read(notes_path, options, error, size);
}

/// Annotations ///

static void test_good_notes(void **state) {
    (void)state;
    struct check_options o = {0};
    char error[300];
    assert_true(read_notes("\xEF\xBB\xBF# first\n"
                           "\n"
                           "targets send+0x1c done f*: set in main: once\r\n"
                           "  allow 12 address q_* lut:\tsee issue #4\n"
                           "allow U1 main: three words\n"
                           "const ops: r\n"
                           "vectors tab 3=hard SysTick=tick irq37=uart "
                           "NMI=nmi: r\n"
                           "outside boot_only: r\n"
                           "allow call-unknown main: the word of U1\n"
                           "allow XC-4abdfec2: by its id\n"
                           "allow call main memcpy: a violation\n"
                           "allow call-unknown 0x2000: by its address\n"
                           "vectors tab copy g_pfnVectors: r\n"
                           "outside 2 hal_*: r",
            &o, error, sizeof error));
    assert_string_equal(error, "");
    assert_int_equal(o.note_count, 12);
    const struct check_note *n = o.notes;
    assert_int_equal(n[0].kind, CHECK_NOTE_TARGETS);
    assert_int_equal(n[0].line, 3);
    assert_string_equal(n[0].file, notes_path);
    assert_string_equal(n[0].place, "send+0x1c");
    assert_string_equal(n[0].targets[1], "f*");
    assert_null(n[0].targets[2]);
    assert_string_equal(n[0].reason, "set in main: once");
    assert_int_equal(n[1].kind, CHECK_NOTE_ALLOW);
    assert_string_equal(n[1].rule, "address");
    assert_string_equal(n[1].place, "q_*");
    assert_string_equal(n[1].targets[0], "lut");
    assert_string_equal(n[1].reason, "see issue #4");
    assert_int_equal(n[0].number, 1);
    assert_int_equal(n[1].number, 12);
    assert_string_equal(n[2].rule, "U1");
    assert_null(n[2].targets[0]);
    assert_int_equal(n[3].kind, CHECK_NOTE_CONST);
    assert_null(n[3].rule);
    assert_string_equal(n[4].targets[0], "3=hard");
    assert_string_equal(n[4].targets[1], "15=tick");
    assert_string_equal(n[4].targets[2], "53=uart");
    assert_string_equal(n[4].targets[3], "2=nmi");
    assert_int_equal(n[5].kind, CHECK_NOTE_OUTSIDE);
    assert_int_equal(n[5].line, 8);
    assert_string_equal(n[6].rule, "call-unknown");
    assert_null(n[7].rule);
    assert_string_equal(n[7].place, "XC-4abdfec2");
    assert_string_equal(n[8].targets[0], "memcpy");
    assert_string_equal(n[9].place, "0x2000");
    assert_string_equal(n[10].targets[0], "*=g_pfnVectors");
    assert_null(n[10].targets[1]);
    assert_int_equal(n[11].number, 2);
    check_notes_free(&o);
    assert_int_equal(o.note_count, 0);
    assert_null(o.notes);
}

static const struct {
    const char *line, *says;
} bad_notes[] = {
        {"target a b: r", "'target' is no annotation; there are: targets, "},
        {"allow call a", "no reason; write `allow RULE"},
        {"allow call a:", "no reason; write `"},
        {"allow call a:   ", "no reason"},
        {"allow call a:b", "no reason"},
        {"allow calls a: r",
                "there is no rule 'calls'; `xipsafe check --rules`"},
        {"allow * *: r", "'*': an annotation names one rule, no pattern"},
        {"allow 3 U? main: r", "'U?': an annotation names one rule"},
        {"allow call a: r", "'call' is a violation: name the one by its id"},
        {"allow call a* b: r", "'call' is a violation"},
        {"allow call a ?: r", "'call' is a violation"},
        {"allow XC-4ABDFEC2: r", "too few words for 'allow'"},
        {"allow address f* lut: r",
                "'f*' is a pattern: say how many it covers, as `allow 3 RULE"},
        {"allow address f l*: r", "'l*' is a pattern"},
        {"outside hal_*: r", "'hal_*' is a pattern"},
        {"const *: r", "'*' is a pattern"},
        {"targets f* a: r", "'f*' is a pattern"},
        {"allow 0 address f*: r", "there is no rule '0'"},
        {"vectors t copy: r", "'copy' is not N=SYMBOL"},
        {"allow call: r", "too few words for 'allow'; write `allow RULE"},
        {"allow call a b c: r", "too many words for 'allow'"},
        {"const a b: r", "too many words for 'const'; write `const OBJECT: "},
        {"targets a: r", "too few words for 'targets'"},
        {"targets a+ b: r", "'a+': write FUNCTION or FUNCTION+0x12"},
        {"targets a+0xg b: r", "write FUNCTION or FUNCTION+0x12"},
        {"targets +4 b: r", "write FUNCTION or FUNCTION+0x12"},
        {"vectors t isr: r", "'isr' is not N=SYMBOL; write `15="},
        {"vectors t 5=: r", "is not N=SYMBOL"},
        {"vectors t 0=a: r", "'0' is no exception"},
        {"vectors t 512=a: r", "'512' is no exception"},
        {"vectors t irq496=a: r", "no exception"},
        {"vectors t Sys=a: r", "'Sys' is no exception"},
        {": r", "nothing before the colon"},
};

static void test_bad_notes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_notes / sizeof bad_notes[0]; i++) {
        struct check_options o = {0};
        char text[200], error[300], place[80];
        snprintf(text, sizeof text, "# x\nconst ok: r\n%s\nconst more: r\n",
                bad_notes[i].line);
        if (read_notes(text, &o, error, sizeof error)) {
            fail_msg("taken: %s", bad_notes[i].line);
        }
        snprintf(place, sizeof place, "%s:3: ", notes_path);
        if (strncmp(error, place, strlen(place)) != 0 ||
                !strstr(error, bad_notes[i].says) || strchr(error, '\n')) {
            fail_msg("'%s' says: %s", bad_notes[i].line, error);
        }
        check_notes_free(&o);
    }
}

static void test_unreadable_notes(void **state) {
    (void)state;
    struct check_options o = {0};
    char error[300] = "";
    assert_false(check_notes_read("/no/such", &o, error, sizeof error));
    assert_non_null(strstr(error, "'/no/such'"));
    assert_false(check_notes_read("/", &o, error, sizeof error));
    assert_non_null(strstr(error, "'/'"));

    // Binary, and longer than a line may be.
    char long_line[9000];
    memset(long_line, 'a', sizeof long_line);
    write_notes(long_line, sizeof long_line);
    assert_false(check_notes_read(notes_path, &o, error, sizeof error));
    assert_non_null(strstr(error, ":1: longer than"));
    static const char binary[] = "const a\0b: r\n";
    write_notes(binary, sizeof binary - 1);
    assert_false(check_notes_read(notes_path, &o, error, sizeof error));
    check_notes_free(&o);
}

// Whatever stands in a file: an answer, and no access out of bounds.
static void test_random_notes(void **state) {
    (void)state;
    static const char *const pieces[] = {"targets ", "allow ", "vectors ",
            "const ", ": ", ":", "+0x", "=", "*", "\n", " a", "\t", "U1 ",
            "\xff", "15=", "irq", "#", "+"};
    uint32_t seed = 1;
    for (int i = 0; i < 300; i++) {
        char text[400] = "", error[64];
        for (int k = 0; k < 20; k++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text,
                    pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        struct check_options o = {0};
        const bool good = read_notes(text, &o, error, sizeof error);
        assert_true(good == !error[0]);
        check_notes_free(&o);
    }
}

/// Patterns ///

static void test_match(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool match;
    } cases[] = {
            {"", "", true},
            {"", "a", false},
            {"a", "", false},
            {"a", "a", true},
            {"a", "ab", false},
            {"*", "", true},
            {"*", "anything", true},
            {"a*", "abc", true},
            {"*c", "abc", true},
            {"*b", "abc", false},
            {"a*c*e", "abcde", true},
            {"a*c*e", "abcd", false},
            {"?", "", false},
            {"?b?", "abc", true},
            {"a**b", "ab", true},
            {"*aab", "aaaab", true},
            {"[a]", "a", false},
            {"[a]", "[a]", true},
            {".RamFunc*", ".RamFunc.xipsafe", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (match_name(cases[i].pattern, cases[i].name) != cases[i].match) {
            fail_msg("'%s' '%s'", cases[i].pattern, cases[i].name);
        }
    }
    // The usual trap: exponential for a naive matcher.
    char name[5001];
    memset(name, 'a', 5000);
    name[5000] = '\0';
    assert_false(match_name("*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

static void test_copies_of_a_function(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool match;
    } cases[] = {
            {"erase", "erase", true},
            {"erase", "erase.constprop.0", true},
            {"erase", "erase.part.0.constprop.1", true},
            {"erase", "erase.isra.0.lto_priv.2", true},
            {"er*", "erase.llvm.1234", true},
            {"erase.constprop.0", "erase.constprop.0", true},
            {"erase.constprop.0", "erase.constprop.1", false},
            {"erase", "erases.constprop.0", false},
            {"erase", "erase.other", false},
            {"erase", "erase_constprop.0", false},
            {"", ".constprop.0", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (match_copies(cases[i].pattern, cases[i].name) != cases[i].match) {
            fail_msg("'%s' '%s'", cases[i].pattern, cases[i].name);
        }
    }
}

/// Command line ///

static void test_regions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint32_t addr, size;
    } cases[] = {
            {"0x90000000:16M", true, 0x90000000u, 0x1000000u},
            {"0x90000000:256m", true, 0x90000000u, 0x10000000u},
            {"0:64K", true, 0, 0x10000u}, {"4096:0x100", true, 4096, 0x100},
            {"0xffffffff:1", true, 0xffffffffu, 1},
            {"0xffffffff:2", false, 0, 0}, {"0x100000000:1", false, 0, 0},
            {"0x90000000", false, 0, 0}, {"0x90000000:", false, 0, 0},
            {":1", false, 0, 0}, {"0x90000000:0", false, 0, 0},
            {"0x90000000:4096M", false, 0, 0}, {"0x90000000:16MB", false, 0, 0},
            {"0x90000000:-1", false, 0, 0}, {"-1:1", false, 0, 0},
            {"0x90000000:16M ", false, 0, 0},
            {"010:010", true, 10, 10}, // never octal
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct check_region r = {0};
        if (check_args_region(cases[i].text, &r) != cases[i].good ||
                (cases[i].good &&
                        (r.addr != cases[i].addr ||
                                r.size_bytes != cases[i].size))) {
            fail_msg("'%s': 0x%x 0x%x", cases[i].text, r.addr, r.size_bytes);
        }
    }
}

static void test_interrupts(void **state) {
    (void)state;
    struct check_options o = {0};
    const char *bad = NULL;
    assert_true(check_args_interrupts("37,40-42,SysTick,pendsv", &o, &bad));
    assert_false(o.interrupts_all);
    for (unsigned i = 0; i < 512; i++) {
        const bool on = i == 53 || (i >= 56 && i <= 58) || i == 15 || i == 14;
        assert_int_equal(o.interrupts_on[i], on);
    }
    assert_true(check_args_interrupts("all", &o, &bad));
    assert_true(o.interrupts_all);
    assert_true(check_args_interrupts("none", &o, &bad));
    assert_false(o.interrupts_all);
    assert_true(check_args_interrupts("495", &o, &bad));
    struct check_options irqs = {0};
    assert_true(check_args_interrupts("irq15,IRQ20-irq22,irq30-31", &irqs,
            &bad));
    for (unsigned i = 0; i < 512; i++) {
        const bool on = i == 31 || (i >= 36 && i <= 38) || i == 46 || i == 47;
        assert_int_equal(irqs.interrupts_on[i], on);
    }
    static const char *const wrong[][2] = {{"1,x", "x"}, {"", ""}, {"1,", ""},
            {"496", "496"}, {"3-2", "3-2"}, {"3-", "3-"}, {"1 ,2", "1 ,2"},
            {"all,1", "all,1"}, {"1,-2", "-2"}, {"irq", "irq"},
            {"1,irq496", "irq496"}, {"irq15x", "irq15x"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (check_args_interrupts(wrong[i][0], &o, &bad)) {
            fail_msg("taken: '%s'", wrong[i][0]);
        }
        assert_string_equal(bad, wrong[i][1]);
    }
}

#define ARGS(...) \
    char *argv[] = {(char *)"check", __VA_ARGS__, NULL}; \
    const int argc = (int)(sizeof argv / sizeof *argv) - 1; \
    struct check_args args; \
    const int status = check_args_read(&args, argc, argv)

static void test_maps_belong_to_the_elf_before(void **state) {
    (void)state;
    ARGS((char *)"--with", (char *)"boot.elf", (char *)"--map",
            (char *)"boot.map", (char *)"app.elf", (char *)"--xip",
            (char *)"0x90000000:1M", (char *)"--root", (char *)".a",
            (char *)"--root=b*", (char *)"--json");
    assert_int_equal(status, -1);
    assert_int_equal(args.image_count, 2);
    assert_string_equal(args.images[0], "app.elf");
    assert_string_equal(args.images[1], "boot.elf");
    assert_null(args.maps[0]);
    assert_string_equal(args.maps[1], "boot.map");
    assert_int_equal(args.options.root_count, 2);
    assert_string_equal(args.options.roots[1], "b*");
    assert_true(args.options.interrupts_all);
    assert_true(args.json.wanted);
    assert_null(args.json.path);
    assert_false(args.sarif.wanted);
    check_args_free(&args);
}

static void test_map_after_the_program(void **state) {
    (void)state;
    ARGS((char *)"app.elf", (char *)"--map", (char *)"app.map",
            (char *)"--with", (char *)"boot.elf", (char *)"--board",
            (char *)"stm32l476g-disco", (char *)"--interrupts=none",
            (char *)"--colour", (char *)"always");
    assert_int_equal(status, -1);
    assert_string_equal(args.maps[0], "app.map");
    assert_null(args.maps[1]);
    assert_int_equal(args.options.xip[0].addr, 0x90000000u);
    assert_false(args.options.interrupts_all);
    assert_true(args.colour);
    check_args_free(&args);
}

static void test_map_last_goes_to_the_program(void **state) {
    (void)state;
    ARGS((char *)"--with", (char *)"boot.elf", (char *)"app.elf",
            (char *)"--map", (char *)"app.map", (char *)"--xip",
            (char *)"0:1M");
    assert_int_equal(status, -1);
    assert_string_equal(args.maps[0], "app.map");
    assert_null(args.maps[1]);
    check_args_free(&args);
}

static int make_file(void **state) {
    (void)state;
    const int fd = mkstemp(notes_path);
    if (fd < 0) {
        return -1;
    }
    return close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(notes_path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_good_notes),
            cmocka_unit_test(test_bad_notes),
            cmocka_unit_test(test_unreadable_notes),
            cmocka_unit_test(test_random_notes),
            cmocka_unit_test(test_match),
            cmocka_unit_test(test_copies_of_a_function),
            cmocka_unit_test(test_regions),
            cmocka_unit_test(test_interrupts),
            cmocka_unit_test(test_maps_belong_to_the_elf_before),
            cmocka_unit_test(test_map_after_the_program),
            cmocka_unit_test(test_map_last_goes_to_the_program),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
