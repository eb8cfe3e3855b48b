/*
 * test_sim_cpu - what the CPU must not lose: FP status, IT state
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/core.c host/sim/core/bus.c host/sim/core/events.c
// sources: host/sim/core/exceptions.c host/sim/core/exc_frame.c
// sources: host/sim/core/scs.c
// sources: host/sim/core/systick.c host/sim/core/report.c host/sim/cpu/timing.c
// sources: host/sim/cpu/cpu_unicorn.c host/sim/cpu/cpu_hook.c
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

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_fp_status_is_kept),
            cmocka_unit_test(test_failed_conditions_are_stepped_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
