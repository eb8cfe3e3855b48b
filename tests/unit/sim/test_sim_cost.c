/*
 * test_sim_cost - what fetches and reads through the window cost
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/thumb/*.c
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/core.c host/sim/core/bus.c host/sim/core/events.c
// sources: host/sim/core/exceptions.c host/sim/core/exc_frame.c
// sources: host/sim/core/scs.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/core/systick.c host/sim/core/report.c host/sim/cpu/timing.c
// sources: host/sim/core/store.c
// sources: host/sim/core/snapshot.c host/sim/core/debug.c
// sources: host/sim/cpu/mpu.c
// sources: host/sim/cpu/unicorn/cpu_unicorn.c host/sim/cpu/unicorn/cpu_hook.c
// libs: unicorn
#include "support/sim_machine.h"

static const uint16_t measure[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D09,         // ldr r5, [pc, #36]
        0xF04F, 0x7080, // mov.w r0, #16777216
        0x6028,         // str r0, [r5, #0]
        0x4D08,         // ldr r5, [pc, #32]
        0x2001,         // movs r0, #1
        0x6028,         // str r0, [r5, #0]
        0x6060,         // str r0, [r4, #4]
        0x4E07,         // ldr r6, [pc, #28]
        0x2704,         // movs r7, #4
        0x686A,         // ldr r2, [r5, #4]
        0x47B0,         // blx r6
        0x686B,         // ldr r3, [r5, #4]
        0x1A9B,         // subs r3, r3, r2
        0x6023,         // str r3, [r4, #0]
        0x3640,         // adds r6, #64
        0x3F01,         // subs r7, #1
        0xD1F7,         // bne.n 8000218 <start+0x18>
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800022a <start+0x2a>
        0xEDFC, 0xE000, // .word 0xe000edfc
        0x1000, 0xE000, // .word 0xe0001000
        0x0001, 0x9000, // .word 0x90000001
};

static const uint16_t timed[] = {
        // start:
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0x4770,         // bx lr
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        // branch:
        0xE001,         // b.n branch+0x6
        0xBF00,         // nop
        0xBF00,         // nop
        0xBF00,         // nop
        0x4770,         // bx lr
        0xBF00,         // nop
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        // literal:
        0x4801,         // ldr r0, [pc, #4]
        0xBF00,         // nop
        0x4770,         // bx lr
        0xBF00,         // nop
        0x5678, 0x1234, // .word 0x12345678
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        0xF3AF, 0x8000, // nop.w
        // wide:
        0xBF00,         // nop
        0xF3AF, 0x8000, // nop.w
        0x4770,         // bx lr
};
enum {
    timed_branch = 0x40,
    timed_literal = 0x80,
    timed_wide = 0xC0,
};

// In the window at 100h.
static const uint16_t pointed[] = {
        // start:
        0x4280, // cmp r0, r0
        0xBF18, // it ne
        0x1800, // addne r0, r0, r0
        0xBF00, // nop
        0x6C31, // ldr r1, [r6, #64]
        0x4770, // bx lr
};

static void measure_with(const uint16_t *code, size_t bytes,
        uint32_t first_cycles, uint32_t next_cycles, uint32_t *result,
        size_t count) {
    struct machine *m = machine_new();
    const sim_time cycle_ps = SIM_S / HCLK;
    m->timing = (struct sim_window_timing){
            first_cycles * cycle_ps,
            next_cycles * cycle_ps,
    };
    memcpy(m->window, timed, sizeof timed);
    memcpy(m->window + 0x100, pointed, sizeof pointed);
    start_program_(m, code, bytes);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_int_equal(m->lab.count, count);
    memcpy(result, m->lab.value, count * sizeof *result);
    machine_free(m);
}

static void test_fetches_cost_time(void **state) {
    (void)state;
    uint32_t base[4], first[4], next[4];
    measure_with(measure, sizeof measure, 0, 0, base, 4);
    measure_with(measure, sizeof measure, 50, 0, first, 4);
    measure_with(measure, sizeof measure, 0, 16, next, 4);
    // Seven NOPs and BX: one burst of four words.
    assert_int_equal(first[0] - base[0], 50);
    assert_int_equal(next[0] - base[0], 3 * 16);
    // A taken branch starts another; NOP and BX share its first word or not.
    assert_int_equal(first[1] - base[1], 2 * 50);
    assert_int_equal(next[1] - base[1], 16);
    // A literal is a burst of its own, and what follows starts another.
    assert_int_equal(first[2] - base[2], 3 * 50);
    assert_int_equal(next[2] - base[2], 16);
    // A 32-bit instruction over a word boundary.
    assert_int_equal(first[3] - base[3], 50);
    assert_int_equal(next[3] - base[3], 16);
}

static const uint16_t reads[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D16,         // ldr r5, [pc, #88]
        0xF04F, 0x7080, // mov.w r0, #16777216
        0x6028,         // str r0, [r5, #0]
        0x4D15,         // ldr r5, [pc, #84]
        0x2001,         // movs r0, #1
        0x6028,         // str r0, [r5, #0]
        0x6060,         // str r0, [r4, #4]
        0x4E14,         // ldr r6, [pc, #80]
        0xF206, 0x1801, // addw r8, r6, #257
        0x686F,         // ldr r7, [r5, #4]
        0x6830,         // ldr r0, [r6, #0]
        0x6871,         // ldr r1, [r6, #4]
        0x68B2,         // ldr r2, [r6, #8]
        0x686B,         // ldr r3, [r5, #4]
        0x1BDB,         // subs r3, r3, r7
        0x6023,         // str r3, [r4, #0]
        0x686F,         // ldr r7, [r5, #4]
        0x6C30,         // ldr r0, [r6, #64]
        0x6A31,         // ldr r1, [r6, #32]
        0x6A32,         // ldr r2, [r6, #32]
        0x686B,         // ldr r3, [r5, #4]
        0x1BDB,         // subs r3, r3, r7
        0x6023,         // str r3, [r4, #0]
        0x686F,         // ldr r7, [r5, #4]
        0xE896, 0x0007, // ldmia.w r6, {r0, r1, r2}
        0x686B,         // ldr r3, [r5, #4]
        0x1BDB,         // subs r3, r3, r7
        0x6023,         // str r3, [r4, #0]
        0x686F,         // ldr r7, [r5, #4]
        0x78B0,         // ldrb r0, [r6, #2]
        0x78F1,         // ldrb r1, [r6, #3]
        0x7932,         // ldrb r2, [r6, #4]
        0x686B,         // ldr r3, [r5, #4]
        0x1BDB,         // subs r3, r3, r7
        0x6023,         // str r3, [r4, #0]
        0x686F,         // ldr r7, [r5, #4]
        0x47C0,         // blx r8
        0x686B,         // ldr r3, [r5, #4]
        0x1BDB,         // subs r3, r3, r7
        0x6023,         // str r3, [r4, #0]
        0x61E0,         // str r0, [r4, #28]
        0xE7FE,         // b.n start+0x5c
        0xBF00,         // nop
        // demcr:
        0xEDFC, 0xE000, // .word 0xe000edfc
        // dwt:
        0x1000, 0xE000, // .word 0xe0001000
        // window:
        0x0000, 0x9000, // .word 0x90000000
};

static void test_reads_cost_time(void **state) {
    (void)state;
    uint32_t base[5], first[5], next[5];
    measure_with(reads, sizeof reads, 0, 0, base, 5);
    measure_with(reads, sizeof reads, 50, 0, first, 5);
    measure_with(reads, sizeof reads, 0, 16, next, 5);
    // Three words in sequence, by single loads or one LDM: one burst.
    assert_int_equal(first[0] - base[0], 50);
    assert_int_equal(next[0] - base[0], 2 * 16);
    assert_int_equal(first[2] - base[2], 50);
    assert_int_equal(next[2] - base[2], 2 * 16);
    // Elsewhere, and the same word again: a burst each.
    assert_int_equal(first[1] - base[1], 3 * 50);
    assert_int_equal(next[1] - base[1], 0);
    // The third byte is in the next word.
    assert_int_equal(first[3] - base[3], 50);
    assert_int_equal(next[3] - base[3], 16);
    // A load by code in the window breaks the burst of its fetches; an
    // instruction whose condition fails does not.
    assert_int_equal(first[4] - base[4], 3 * 50);
    assert_int_equal(next[4] - base[4], 2 * 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_fetches_cost_time),
            cmocka_unit_test(test_reads_cost_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
