/*
 * test_core_decode - what cores execute, against llvm-mc
 *
 * SPDX-License-Identifier: MIT
 *
 * Unlike objdump, LLVM knows what each core has. What it does not know is
 * undefined here, and what host/thumb knows and the core refuses is not known
 * there. (What host/thumb refuses is unit_thumb_objdump's subject.) One process
 * for all encodings; skipped without llvm-mc. XIPSAFE_CASES and XIPSAFE_SEED
 * change how many 32-bit encodings are drawn, and which.
 */
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cpu/core_priv.h"

enum { CASES = 150000, SIXTEEN = 0xE800 };

enum verdict { VALID, UNPREDICTABLE, UNDEFINED, NO_COPROCESSOR };

static uint64_t random_state;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

// An IT block would change how LLVM reads what follows.
static bool is_it(uint32_t h) {
    return (h & 0xFF00) == 0xBF00 && (h & 0xF);
}

static size_t draw(uint32_t *encodings, size_t cases) {
    size_t count = 0;
    for (uint32_t h = 0; h < SIXTEEN; h++) {
        if (!is_it(h)) {
            encodings[count++] = h;
        }
    }
    random_state = from_environment("XIPSAFE_SEED", 88172645463325252ull);
    encodings[count++] = 0xEC380A00; // VLLDM: rare, and was valid once
    for (size_t i = 1; i < cases; i++) {
        const uint32_t first = SIXTEEN + next_random() % (0x10000 - SIXTEEN);
        uint32_t w = first << 16 | (next_random() & 0xFFFF);
        // FP and coprocessors: half of them with the number of the FPU.
        if ((w & 0xEC000000u) == 0xEC000000u && next_random() & 1) {
            w = (w & 0xFFFFF0FFu) | (next_random() & 1 ? 0xA00 : 0xB00);
        }
        encodings[count++] = w;
    }
    return count;
}

// *known: host/thumb has a name for it.
static enum verdict own_verdict(const struct sim_profile *profile,
        uint32_t encoding, bool *known) {
    const bool wide = encoding >> 16;
    const uint16_t halves[2] = {
            (uint16_t)(wide ? encoding >> 16 : encoding), (uint16_t)encoding};
    struct thumb_insn insn;
    struct core_insn record = {.encoding = encoding};
    assert_true(thumb_decode(&insn, 0x08000000, (const uint8_t *)halves,
            wide ? 4 : 2));
    core_decode_(&record, profile, &insn, false);
    *known = insn.op != THUMB_UNDEFINED && insn.op != THUMB_UDF;
    if (record.fn == core_nocp_) {
        return NO_COPROCESSOR;
    }
    return record.fn == core_undefined_ || record.fn == core_fp_undefined_
            ? UNDEFINED
            : VALID;
}

static bool ask_llvm(const char *cpu, const uint32_t *encodings, size_t count,
        enum verdict *verdicts) {
    char directory[] = "/tmp/core_decode.XXXXXX", path[64], command[256];
    if (!mkdtemp(directory)) {
        return false;
    }
    snprintf(path, sizeof path, "%s/in", directory);
    FILE *file = fopen(path, "w");
    for (size_t i = 0; i < count; i++) {
        const uint32_t w = encodings[i];
        const uint32_t first = w >> 16 ? w >> 16 : w;
        fprintf(file, "[0x%02x 0x%02x", (unsigned)(first & 0xFF),
                (unsigned)(first >> 8));
        if (w >> 16) {
            fprintf(file, " 0x%02x 0x%02x", (unsigned)(w & 0xFF),
                    (unsigned)(w >> 8 & 0xFF));
        }
        fputs("]\n", file);
    }
    fclose(file);
    snprintf(command, sizeof command,
            "llvm-mc -disassemble -triple=thumb-none-eabi -mcpu=%s "
            "%s/in >%s/out 2>%s/err",
            cpu, directory, directory, directory);
    // It ends with 1 if anything is undefined; the shell with 127 without it.
    const int status = system(command); // NOLINT: a constant command
    const bool ran = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
    snprintf(path, sizeof path, "%s/err", directory);
    file = fopen(path, "r");
    char line[512];
    while (file && fgets(line, sizeof line, file)) {
        const char *at = strstr(line, "/in:");
        char *end = line;
        const size_t number = at ? strtoul(at + 4, &end, 10) : 0;
        if (at && !strncmp(end, ":2:", 3) && number && number <= count) {
            verdicts[number - 1] =
                    strstr(line, "potentially") ? UNPREDICTABLE : UNDEFINED;
        }
    }
    if (file) {
        fclose(file);
    }
    static const char *const names[] = {"in", "out", "err"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        remove(path);
    }
    rmdir(directory);
    return ran;
}

static void compare(const char *core) {
    const struct sim_profile *profile = sim_profile_find(core);
    assert_non_null(profile);
    const size_t cases = from_environment("XIPSAFE_CASES", CASES);
    uint32_t *encodings = calloc(SIXTEEN + cases, sizeof *encodings);
    enum verdict *llvm = calloc(SIXTEEN + cases, sizeof *llvm);
    const size_t count = draw(encodings, cases);
    if (!ask_llvm(core, encodings, count, llvm)) {
        print_message("there is no llvm-mc\n");
        skip();
    }
    uint64_t undefined = 0, refused = 0;
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t w = encodings[i];
        bool known;
        const enum verdict own = own_verdict(profile, w, &known);
        undefined += own == UNDEFINED;
        refused += own == UNDEFINED && known;
        // Armv6-M ARM B4.2.1: bit 0 of CPS, the one of FAULTMASK, is 0.
        if (profile->arch == SIM_ARM_V6M && (w & 0xFFE1) == 0xB661) {
            assert_int_equal(own, UNDEFINED);
            continue;
        }
        // What is unpredictable may be either, as may what belongs to a
        // coprocessor that is not there.
        if (own == llvm[i] || llvm[i] == UNPREDICTABLE ||
                own == NO_COPROCESSOR || (own == UNDEFINED && !known)) {
            continue;
        }
        if (bad++ < from_environment("XIPSAFE_SHOW", 20)) {
            char text[100];
            const uint16_t halves[2] = {
                    (uint16_t)(w >> 16 ? w >> 16 : w), (uint16_t)w};
            thumb_print_bytes(0x08000000, (const uint8_t *)halves,
                    w >> 16 ? 4 : 2, text, sizeof text);
            fprintf(stderr, "%08x: LLVM %s, own %s\n", (unsigned)w,
                    llvm[i] == VALID ? "knows it" : "undefined", text);
        }
    }
    free(encodings);
    free(llvm);
    print_message("%" PRIu64 " undefined, %" PRIu64 " of them by the core\n",
            undefined, refused);
    assert_in_range(undefined, 1000, count - 1000);
    assert_true(refused > 100);
    assert_int_equal(bad, 0);
}

static void test_cortex_m4(void **state) {
    (void)state;
    compare("cortex-m4");
}

static void test_cortex_m7(void **state) {
    (void)state;
    compare("cortex-m7");
}

static void test_cortex_m33(void **state) {
    (void)state;
    compare("cortex-m33");
}

static void test_cortex_m0plus(void **state) {
    (void)state;
    bool known; // IT is not drawn
    assert_int_equal(own_verdict(sim_profile_at(0), 0xBF08, &known), VALID);
    assert_int_equal(own_verdict(sim_profile_find("cortex-m0plus"), 0xBF08,
                             &known),
            UNDEFINED);
    compare("cortex-m0plus");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_cortex_m4),
            cmocka_unit_test(test_cortex_m7),
            cmocka_unit_test(test_cortex_m33),
            cmocka_unit_test(test_cortex_m0plus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
