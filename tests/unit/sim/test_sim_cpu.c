/*
 * test_sim_cpu - FP status, IT state and rare traps of the CPU
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

static const uint16_t kept[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4815,         // ldr r0, [pc, #84]
        0xF44F, 0x0170, // mov.w r1, #15728640
        0x6001,         // str r1, [r0, #0]
        0xF3BF, 0x8F6F, // isb sy
        0xF44F, 0x0040, // mov.w r0, #12582912
        0xEEE1, 0x0A10, // vmsr fpscr, r0
        0xEEB7, 0x0A00, // vmov.f32 s0, #112
        0xEEB4, 0x0A40, // vcmp.f32 s0, s0
        0xDF01,         // svc 1
        0xEEF1, 0x1A10, // vmrs r1, fpscr
        0x6021,         // str r1, [r4, #0]
        0xEEF0, 0x0A00, // vmov.f32 s1, #0
        0x20F0,         // movs r0, #240
        0xF380, 0x8811, // msr BASEPRI, r0
        0x208F,         // movs r0, #143
        0xF380, 0x8811, // msr BASEPRI, r0
        0xEEF1, 0x1A10, // vmrs r1, fpscr
        0x6021,         // str r1, [r4, #0]
        0xF3EF, 0x8114, // mrs r1, CONTROL
        0x6021,         // str r1, [r4, #0]
        0x61E0,         // str r0, [r4, #28]
        0xE7FE,         // b.n start+0x46
        // handler:
        0x4770, // bx lr
        // handler_fp:
        0x2000,         // movs r0, #0
        0xEE00, 0x0A90, // vmov s1, r0
        0xEEE1, 0x0A10, // vmsr fpscr, r0
        0xEEB4, 0x0A60, // vcmp.f32 s0, s1
        0x4770,         // bx lr
        0xBF00,         // nop
        // cpacr:
        0xED88, 0xE000, // .word 0xe000ed88
};
enum {
    kept_handler = 0x48,
    kept_handler_fp = 0x4A,
};

// An exception, with and without FP in its handler, and a rewrite of the state
// (MSR BASEPRI with bits that do not exist) leave FPSCR alone.
static void test_fp_status_is_kept(void **state) {
    (void)state;
    static const uint32_t handlers[] = {kept_handler, kept_handler_fp};
    for (size_t i = 0; i < 2; i++) {
        struct machine *m = machine_new();
        put_vector(m, 11, CODE + handlers[i]);
        start_program(m, kept);
        assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
        // Z and C, rounding towards zero; FPCA and nothing else in CONTROL.
        assert_log(m, 0x60C00000, 0x60C00000, 4);
        machine_free(m);
    }
}

static const uint16_t failed[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2000,         // movs r0, #0
        0x2107,         // movs r1, #7
        0x4280,         // cmp r0, r0
        0xBF0E,         // itee eq
        0x2501,         // moveq r5, #1
        0x196D,         // addne r5, r5, r5
        0xEB05, 0x0505, // addne.w r5, r5, r5
        0xDF01,         // svc 1
        0x2507,         // movs r5, #7
        0x6025,         // str r5, [r4, #0]
        0x4280,         // cmp r0, r0
        0xBF1E,         // ittt ne
        0x1892,         // addne r2, r2, r2
        0xEB02, 0x0202, // addne.w r2, r2, r2
        0x1892,         // addne r2, r2, r2
        0xBF00,         // nop
        0xE891, 0x000C, // ldmia.w r1, {r2, r3}
        0x6021,         // str r1, [r4, #0]
        0x4280,         // cmp r0, r0
        0xBF18,         // it ne
        0x1892,         // addne r2, r2, r2
        0xBF30,         // wfi
        0x61E0,         // str r0, [r4, #28]
        0xE7FE,         // b.n start+0x38
        // svcall:
        0x9B07, // ldr r3, [sp, #28]
        0x6023, // str r3, [r4, #0]
        0x4770, // bx lr
        // usage:
        0x9B07, // ldr r3, [sp, #28]
        0x6023, // str r3, [r4, #0]
        0x9B06, // ldr r3, [sp, #24]
        0x6023, // str r3, [r4, #0]
        0x3304, // adds r3, #4
        0x9306, // str r3, [sp, #24]
        0x2305, // movs r3, #5
        0x6023, // str r3, [r4, #0]
        0x4770, // bx lr
};
enum {
    failed_svcall = 0x3A,
    failed_fault = 0x40,
    failed_ldm = 0x28,
};

// Instructions whose condition fails are executed: they count, and behind
// their block its state is gone.
static void test_failed_conditions_are_stepped_over(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + failed_svcall);
    put_vector(m, 3, CODE + failed_fault);
    start_program(m, failed);
    // WFI behind a failed instruction waits: nothing will ever wake it.
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    assert_log(m, 0x61000000, 7,                  // xPSR without ITSTATE
            0x61000000, CODE + failed_ldm, 5, 7); // the unaligned LDM traps
    assert_int_equal(sim_instructions(m->sim), 35);
    machine_free(m);
}

static const uint16_t traps[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D17,         // ldr r5, [pc, #92]
        0xF44F, 0x0070, // mov.w r0, #15728640
        0xF8C5, 0x0088, // str.w r0, [r5, #136]
        0xF44F, 0x20E0, // mov.w r0, #458752
        0x6268,         // str r0, [r5, #36]
        0xF3BF, 0x8F6F, // isb sy
        0x4E13,         // ldr r6, [pc, #76]
        0xED96, 0x0A01, // vldr s0, [r6, #4]
        0xED86, 0x0A00, // vstr s0, [r6]
        0xEC96, 0x0A02, // vldmia r6, {s0-s1}
        0xE846, 0x1000, // strex r0, r1, [r6]
        0xE8C6, 0x1F50, // strexh r0, r1, [r6]
        0xEE10, 0x0F10, // mrc p15, 0, r0, cr0, cr0, {0}
        0xEE10, 0x0710, // mrc p7, 0, r0, cr0, cr0, {0}
        0xED96, 0x0500, // ldc p5, c0, [r6]
        0xEE30, 0x0B40, // vsub.f64 d0, d0, d0
        0xED95, 0x0A00, // vldr s0, [r5]
        0x42A4,         // cmp r4, r4
        0xBF18,         // it ne
        0xED96, 0x0A00, // vldrne s0, [r6]
        0xE844, 0x1000, // strex r0, r1, [r4]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n start+0x50
        // handler:
        0x6AAA, // ldr r2, [r5, #40]
        0x62AA, // str r2, [r5, #40]
        0x0C12, // lsrs r2, r2, #16
        0x6022, // str r2, [r4, #0]
        0x9A06, // ldr r2, [sp, #24]
        0x3204, // adds r2, #4
        0x9206, // str r2, [sp, #24]
        0x4770, // bx lr
        0xBF00, // nop
        // scb:
        0xED00, 0xE000, // .word 0xe000ed00
        // odd:
        0x0102, 0x2000, // .word 0x20000102
};
enum {
    traps_handler = 0x52,
};

static void test_rare_traps(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 6, CODE + traps_handler);
    start_program(m, traps);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x100, 0x100, 0x100, 0x100, // UNALIGNED
            8, 8, 8,                          // NOCP: p15, p7, p5
            1);                               // UNDEFINSTR: double precision
    machine_free(m);
}

static const uint16_t band[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D06,         // ldr r5, [pc, #24]
        0x4807,         // ldr r0, [pc, #28]
        0x6028,         // str r0, [r5, #0]
        0x1C6E,         // adds r6, r5, #1
        0x47B0,         // blx r6
        0x6020,         // str r0, [r4, #0]
        0x4F05,         // ldr r7, [pc, #20]
        0x2001,         // movs r0, #1
        0x6038,         // str r0, [r7, #0]
        0x47B0,         // blx r6
        0x6020,         // str r0, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n start+0x1c
        0xBF00,         // nop
        // ram:
        0x0100, 0x2000, // .word 0x20000100
        // code:
        0x2002, 0x4770, // .word 0x47702002
        // alias:
        0x2000, 0x2200, // .word 0x22002000
};

static void test_code_changed_by_bit_band(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, band);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 2, 3);
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_fp_status_is_kept),
            cmocka_unit_test(test_failed_conditions_are_stepped_over),
            cmocka_unit_test(test_rare_traps),
            cmocka_unit_test(test_code_changed_by_bit_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
