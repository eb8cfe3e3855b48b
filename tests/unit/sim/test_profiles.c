/*
 * test_profiles - what other cores than the Cortex-M4 have and have not
 *
 * SPDX-License-Identifier: MIT
 *
 * Expected values are from the Armv6-M ARM (DDI 0419) B1, B3 and the
 * Cortex-M0+ TRM (DDI 0484C) 4.2, 5.2, which comments name. Programs are Thumb
 * code made with arm-none-eabi-as; the assembly is beside.
 */
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/*.c
// sources: host/sim/profile.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include "sim/profile.h"
#include "support/sim_machine.h"

static struct machine *machine_of(const char *core) {
    const struct sim_profile *profile = sim_profile_find(core);
    assert_non_null(profile);
    return machine_with(&(struct sim_options){
            .core = profile, .time_limit = SIM_S});
}

static const uint16_t m0plus_program[] = {
        // start:
        0x4E1E, // ldr r6, [pc, #120]
        0x4F1F, // ldr r7, [pc, #124]
        0x481F, // ldr r0, [pc, #124]
        0x60B8, // str r0, [r7, #8]
        0x68B9, // ldr r1, [r7, #8]
        0x6031, // str r1, [r6, #0]
        0x481E, // ldr r0, [pc, #120]
        0x2100, // movs r1, #0
        0x60B9, // str r1, [r7, #8]
        0x481E, // ldr r0, [pc, #120]
        0x491E, // ldr r1, [pc, #120]
        0x6008, // str r0, [r1, #0]
        0x680A, // ldr r2, [r1, #0]
        0x6032, // str r2, [r6, #0]
        0x61F8, // str r0, [r7, #28]
        0x69FA, // ldr r2, [r7, #28]
        0x6032, // str r2, [r6, #0]
        0x61B8, // str r0, [r7, #24]
        0x69BA, // ldr r2, [r7, #24]
        0x6032, // str r2, [r6, #0]
        0x491A, // ldr r1, [pc, #104]
        0x6008, // str r0, [r1, #0]
        0x6048, // str r0, [r1, #4]
        0x684A, // ldr r2, [r1, #4]
        0x6032, // str r2, [r6, #0]
        0x2201, // movs r2, #1
        0x0212, // lsls r2, r2, #8
        0x2328, // movs r3, #40
        0x4313, // orrs r3, r2
        0x60B3, // str r3, [r6, #8]
        0x2305, // movs r3, #5
        0x4313, // orrs r3, r2
        0x60B3, // str r3, [r6, #8]
        0x4915, // ldr r1, [pc, #84]
        0x680A, // ldr r2, [r1, #0]
        0x6032, // str r2, [r6, #0]
        0x4914, // ldr r1, [pc, #80]
        0x680A, // ldr r2, [r1, #0]
        0x4914, // ldr r1, [pc, #80]
        0x600A, // str r2, [r1, #0]
        0x2101, // movs r1, #1
        0x61F1, // str r1, [r6, #28]
        0xE7FE, // b.n .
        // handler:
        0xF3EF, 0x8005, // mrs r0, IPSR
        0x4908,         // ldr r1, [pc, #32]
        0x6008,         // str r0, [r1, #0]
        0x9A06,         // ldr r2, [sp, #24]
        0x600A,         // str r2, [r1, #0]
        0x4B10,         // ldr r3, [pc, #64]
        0x681B,         // ldr r3, [r3, #0]
        0x600B,         // str r3, [r1, #0]
        0x3202,         // adds r2, #2
        0x9206,         // str r2, [sp, #24]
        0x4770,         // bx lr
        // irq:
        0xF3EF, 0x8005, // mrs r0, IPSR
        0x4902,         // ldr r1, [pc, #8]
        0x6008,         // str r0, [r1, #0]
        0x2005,         // movs r0, #5
        0x6088,         // str r0, [r1, #8]
        0x4770,         // bx lr
        0x0000, 0x4000, // .word 0x40000000
        0xED00, 0xE000, // .word 0xe000ed00
        0x01C0, 0x2000, // .word 0x200001c0
        0x0100, 0x2000, // .word 0x20000100
        0xFFFF, 0xFFFF, // .word 0xffffffff
        0xE400, 0xE000, // .word 0xe000e400
        0xE100, 0xE000, // .word 0xe000e100
        0x1000, 0xE000, // .word 0xe0001000
        0x0000, 0x2200, // .word 0x22000000
        0x0000, 0x7000, // .word 0x70000000
        0xED28, 0xE000, // .word 0xe000ed28
};

static void test_m0plus(void **state) {
    (void)state;
    struct machine *m = machine_of("cortex-m0plus");
    put_vector(m, 3, CODE + 0x56);
    put_vector(m, 16 + 5, CODE + 0x6E);
    put_vector(m, 16 + 40, CODE + 0x6E);
    start_program(m, m0plus_program);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m,
            0x20000100, // VTOR holds bits 31..8
            0xC0C0C0C0, // two bits of each priority (B3.4.7)
            0xC0000000, // SHPR2: of SVCall
            0,          // SHPR1: there are no such exceptions
            0,          // ISER1: 32 interrupts at most, so 40 never comes
            16 + 5,
            0,                  // DWT: the debugger's alone
            3, CODE + 0x4A, 0,  // no bit-band; HardFault, and no CFSR
            3, CODE + 0x4E, 0); // a store to nothing is precise
    machine_free(m);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(sim_profile_at(0)->name, "cortex-m4");
    assert_null(sim_profile_find("cortex-m1"));
    const struct sim_profile *m4 = sim_profile_at(0);
    const struct sim_profile *m0 = sim_profile_find("cortex-m0plus");
    // Tag_CPU_arch: Armv6-M 11, Armv7 10, Armv7E-M 13.
    assert_true(sim_profile_executes(m0, 11));
    assert_false(sim_profile_executes(m0, 10));
    assert_false(sim_profile_executes(m0, 13));
    assert_true(sim_profile_executes(m4, 11));
    assert_true(sim_profile_executes(m4, 10));
    assert_true(sim_profile_executes(m4, 13));
    assert_false(sim_profile_executes(m4, 17));
    assert_false(sim_profile_executes(m4, 99));
    assert_null(sim_profile_arch_name(99));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_m0plus),
            cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
