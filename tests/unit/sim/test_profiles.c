/*
 * test_profiles - what other cores than the Cortex-M4 have and have not
 *
 * SPDX-License-Identifier: MIT
 *
 * Expected values are from the Armv6-M ARM (DDI 0419) B1, B3, the Cortex-M0+
 * TRM (DDI 0484C) 4.2, 5.2 and the Armv8-M ARM, which comments name. Programs
 * are Thumb code made with arm-none-eabi-as; the assembly is beside.
 */
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include "sim/core/sim_core.h"
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

static const uint16_t double_program[] = {
        0x2601,         // movs r6, #1
        0x07B6,         // lsls r6, r6, #30
        0xEEB7, 0x0B08, // vmov.f64 d0, #1.5
        0xEE30, 0x0B00, // vadd.f64 d0, d0, d0
        0xEE10, 0x0A90, // vmov r0, s1
        0x6030,         // str r0, [r6, #0]
        0x2101,         // movs r1, #1
        0x61F1,         // str r1, [r6, #28]
        // handler:
        0xF3EF, 0x8005, // mrs r0, IPSR
        0x6030,         // str r0, [r6, #0]
        0x2101,         // movs r1, #1
        0x61F1,         // str r1, [r6, #28]
};

// Undefined without double precision: a HardFault.
static void test_doubles(void **state) {
    (void)state;
    static const struct {
        const char *core;
        uint32_t logged;
    } rows[] = {{"cortex-m7", 0x40080000}, {"cortex-m4", 3}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine *m = machine_of(rows[i].core);
        put_vector(m, 3, CODE + 0x16);
        start_program(m, double_program);
        put_register(m, 0xE000ED88, 0xFu << 20); // CPACR
        assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
        assert_log(m, rows[i].logged);
        machine_free(m);
    }
}

static const uint16_t m33_program[] = {
        // start:
        0xF04F, 0x4680, // mov.w r6, #1073741824
        0x4F1B,         // ldr r7, [pc, #108]
        0x6978,         // ldr r0, [r7, #20]
        0x2101,         // movs r1, #1
        0x0289,         // lsls r1, r1, #10
        0x4308,         // orrs r0, r1
        0x6178,         // str r0, [r7, #20]
        0x6978,         // ldr r0, [r7, #20]
        0x6030,         // str r0, [r6, #0]
        0x2210,         // movs r2, #16
        0x4714,         // bxns r2
        0xBF00,         // nop
        0x210F,         // movs r1, #15
        0x0509,         // lsls r1, r1, #20
        0xF8C7, 0x1088, // str.w r1, [r7, #136]
        0x4A15,         // ldr r2, [pc, #84]
        0x6811,         // ldr r1, [r2, #0]
        0x6031,         // str r1, [r6, #0]
        0xF04F, 0x5080, // mov.w r0, #268435456
        0x4301,         // orrs r1, r0
        0x6011,         // str r1, [r2, #0]
        0xF3BF, 0x8F4F, // dsb sy
        0xF3BF, 0x8F6F, // isb sy
        0xDF00,         // svc 0
        0xEE10, 0x0A10, // vmov r0, s0
        0x6030,         // str r0, [r6, #0]
        0xDE00,         // udf #0
        0xBF00,         // nop
        0xF3EF, 0x8088, // mrs r0, MSP_NS
        0xBF00,         // nop
        0x2101,         // movs r1, #1
        0x61F1,         // str r1, [r6, #28]
        0xE7FE,         // b.n .
        // hard:
        0x6AB8,         // ldr r0, [r7, #40]
        0x6030,         // str r0, [r6, #0]
        0x62B8,         // str r0, [r7, #40]
        0x466B,         // mov r3, sp
        0xF383, 0x880A, // msr MSPLIM, r3
        0xB403,         // push {r0, r1}
        0xBC03,         // pop {r0, r1}
        0x2300,         // movs r3, #0
        0xF383, 0x880A, // msr MSPLIM, r3
        0x9A06,         // ldr r2, [sp, #24]
        0x3204,         // adds r2, #4
        0x9206,         // str r2, [sp, #24]
        0x4770,         // bx lr
        // svcall:
        0xEEB0, 0x0A00, // vmov.f32 s0, #2.0
        0x4770,         // bx lr
        0xED00, 0xE000, // .word 0xe000ed00
        0xEF34, 0xE000, // .word 0xe000ef34
};

// Armv8-M ARM (DDI 0553) B3.21 (limits), D1.2 (FPCCR, CCR). What is about the
// Non-secure state is a fault with a note.
static void test_m33(void **state) {
    (void)state;
    struct machine *m = machine_of("cortex-m33");
    put_vector(m, 3, CODE + 0x50);
    put_vector(m, 11, CODE + 0x6e);
    start_program(m, m33_program);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m,
            0x601,      // CCR: STKOFHFNMIGN, STKALIGN, NONBASETHRDENA
            1u << 16,   // BXNS; the handler pushes below MSPLIM
            0xC0000004, // FPCCR
            0,          // CLRONRET: S0 of a handler
            1u << 16,   // UDF
            1u << 16);  // MRS of MSP_NS
    assert_int_equal(m->notes, 2);
    assert_non_null(strstr(m->note, "the Non-secure state is not modelled"));
    machine_free(m);
}

static const uint16_t limit_program[] = {
        // start:
        0xF04F, 0x4680, // mov.w r6, #1073741824
        0x4F06,         // ldr r7, [pc, #24]
        0x466B,         // mov r3, sp
        0x3B10,         // subs r3, #16
        0xF383, 0x880A, // msr MSPLIM, r3
        0xDF00,         // svc 0
        // hard:
        0x6AB8,         // ldr r0, [r7, #40]
        0x6030,         // str r0, [r6, #0]
        0x4668,         // mov r0, sp
        0x1AC0,         // subs r0, r0, r3
        0x6030,         // str r0, [r6, #0]
        0x2101,         // movs r1, #1
        0x61F1,         // str r1, [r6, #28]
        0x0000,         // .short 0x0000
        0xED00, 0xE000, // .word 0xe000ed00
};

// B3.21: the frame of SVC does not fit; nothing is written, SP is the limit.
static void test_limit_at_entry(void **state) {
    (void)state;
    struct machine *m = machine_of("cortex-m33");
    put_vector(m, 3, CODE + 0x10);
    start_program(m, limit_program);
    put_word(m, STACK - 32, 0x12345678);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 20, 0); // STKOF
    assert_int_equal(get_word(m, STACK - 32), 0x12345678);
    machine_free(m);
}

static const uint16_t lazy_program[] = {
        // start:
        0xF04F, 0x4680, // mov.w r6, #1073741824
        0x4F11,         // ldr r7, [pc, #68]
        0xF44F, 0x0070, // mov.w r0, #15728640
        0xF8C7, 0x0088, // str.w r0, [r7, #136]
        0xF3BF, 0x8F6F, // isb
        0xEEB7, 0x0A00, // vmov.f32 s0, #1.0
        0x466B,         // mov r3, sp
        0x3B20,         // subs r3, #32
        0xF383, 0x880A, // msr MSPLIM, r3
        0xF240, 0x2401, // movw r4, #513
        0xDF00,         // svc 0
        // hard:
        0x6AB8,                 // ldr r0, [r7, #40]
        0x6030,                 // str r0, [r6, #0]
        0xF8D7, 0x0234,         // ldr.w r0, [r7, #564]
        0x4020,                 // ands r0, r4
        0x6030,                 // str r0, [r6, #0]
        0xEEF0, 0x0A40,         // vmov.f32 s1, s0
        0xF8D7, 0x0234,         // ldr.w r0, [r7, #564]
        0x4020,                 // ands r0, r4
        0x6030,                 // str r0, [r6, #0]
        0x4668,                 // mov r0, sp
        0x1AC0,                 // subs r0, r0, r3
        0x6030,                 // str r0, [r6, #0]
        0x4803,                 // ldr r0, [pc, #12]
        0x4700,                 // bx r0
        0x0000, 0x0000, 0x0000, // padding
        0xED00, 0xE000,         // .word 0xe000ed00
        0xFFFF, 0xFEFF,         // .word 0xfeffffff
};

// The same of a frame with FP registers (D1.2.95 FPCCR.SPLIMVIOL,
// PreserveFPState()): the FP instruction of the handler stores none of them.
// Then FNC_RETURN, which is about the Non-secure state.
static void test_limit_of_lazy_fp(void **state) {
    (void)state;
    struct machine *m = machine_of("cortex-m33");
    put_vector(m, 3, CODE + 0x24);
    start_program(m, lazy_program);
    for (uint32_t off = 4; off <= 104; off += 4) {
        put_word(m, STACK - off, 0x12345678);
    }
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    assert_log(m, 1u << 20, // STKOF
            0x201,          // SPLIMVIOL, LSPACT
            0x200,          // LSPACT is clear behind the FP instruction
            0);
    for (uint32_t off = 4; off <= 104; off += 4) {
        assert_int_equal(get_word(m, STACK - off), 0x12345678);
    }
    assert_non_null(strstr(m->note, "the Non-secure state is not modelled"));
    machine_free(m);
}

static const uint16_t security_program[] = {
        // start:
        0xF04F, 0x4680, // mov.w r6, #1073741824
        0x4F16,         // ldr r7, [pc, #88]
        0xF44F, 0x0070, // mov.w r0, #15728640
        0xF8C7, 0x0088, // str.w r0, [r7, #136]
        0xF3BF, 0x8F4F, // dsb sy
        0xF3BF, 0x8F6F, // isb sy
        0xEEB7, 0x0A00, // vmov.f32 s0, #1.0
        0x466D,         // mov r5, sp
        0x3D80,         // subs r5, #128
        0x462C,         // mov r4, r5
        0xEC25, 0x0A00, // vlstm r5
        0xEC35, 0x0A00, // vlldm r5
        0x1B2D,         // subs r5, r5, r4
        0x6035,         // str r5, [r6, #0]
        0xEE10, 0x0A10, // vmov r0, s0
        0x6030,         // str r0, [r6, #0]
        0xF8D7, 0x00D0, // ldr.w r0, [r7, #208]
        0x6030,         // str r0, [r6, #0]
        0x2001,         // movs r0, #1
        0xF8C7, 0x00D0, // str.w r0, [r7, #208]
        0xF8D7, 0x00D4, // ldr.w r0, [r7, #212]
        0x6030,         // str r0, [r6, #0]
        0x4907,         // ldr r1, [pc, #28]
        0x6808,         // ldr r0, [r1, #0]
        0x6030,         // str r0, [r6, #0]
        0x2101,         // movs r1, #1
        0x61F1,         // str r1, [r6, #28]
        // done:
        0xE7FE, // b.n 4e <done>
        // handler:
        0x6AB8,         // ldr r0, [r7, #40]
        0x6030,         // str r0, [r6, #0]
        0x62B8,         // str r0, [r7, #40]
        0x9A06,         // ldr r2, [sp, #24]
        0x3204,         // adds r2, #4
        0x9206,         // str r2, [sp, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED00, 0xE000, // .word 0xe000ed00
        0xED00, 0xE002, // .word 0xe002ed00
};

// What is about the Non-secure state: VLSTM and VLLDM (Armv8-M ARM C2.4) are a
// fault with a note, and change nothing; the SAU (D1.2) and
// the alias of the SCB are registers that are not modelled.
static void test_no_other_state(void **state) {
    (void)state;
    struct machine *m = machine_of("cortex-m33");
    put_vector(m, 3, CODE + 0x50);
    start_program(m, security_program);
    put_word(m, STACK - 128, 0x12345678);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 16, 1u << 16, // UNDEFINSTR twice
            0,                        // the base
            0x3F800000,               // s0
            0, 0, 0);                 // SAU_TYPE, SAU_RNR, CPUID_NS
    assert_int_equal(get_word(m, STACK - 128), 0x12345678);
    assert_int_equal(m->notes, 5); // two instructions, three registers
    machine_free(m);
}

// Armv8-M ARM B9.3: regions by first and last address, which may not overlap.
static void test_regions8(void **state) {
    (void)state;
    enum { RW = SIM_MPU_READ | SIM_MPU_WRITE, ALL = RW | SIM_MPU_EXECUTE };
    const struct sim_mpu mpu = {
            .v8 = true,
            .ctrl = 5,
            .rbar = {0x1000 | 3 << 1, 0x1200 | 3 << 1, 0x1400, 0x1900 | 3},
            .rasr = {0x13E0 | 1, 0x12E0 | 1, 0x17E0 | 1, 0x19E0 | 1, 0x40},
    };
    assert_int_equal(sim_mpu_rights(&mpu, 0x1000, false),
            SIM_MPU_READ | SIM_MPU_EXECUTE);
    assert_int_equal(sim_mpu_rights(&mpu, 0x1200, true), 0); // two regions
    assert_int_equal(sim_mpu_rights(&mpu, 0x12FF, true), 0);
    assert_int_equal(sim_mpu_rights(&mpu, 0x1300, true) & SIM_MPU_READ,
            SIM_MPU_READ);
    assert_int_equal(sim_mpu_rights(&mpu, 0x17FF, true), ALL);
    assert_int_equal(sim_mpu_rights(&mpu, 0x17FF, false), 0);  // privileged
    assert_int_equal(sim_mpu_rights(&mpu, 0x1980, false), RW); // XN
    assert_int_equal(sim_mpu_rights(&mpu, 0x2000, true), ALL); // PRIVDEFENA
    assert_int_equal(sim_mpu_rights(&mpu, 0x2000, false), 0);
    assert_false(sim_mpu_uniform(&mpu, 0x1000, 1024)); // a part is in two
    assert_true(sim_mpu_uniform(&mpu, 0x1400, 1024));
    assert_false(sim_mpu_uniform(&mpu, 0x1800, 1024)); // in the middle
    assert_true(sim_mpu_uniform(&mpu, 0x2000, 1024));
    assert_int_equal(sim_mpu_region(&mpu, 0x1210), -1);
    assert_int_equal(sim_mpu_region(&mpu, 0x1400), 2);
    assert_int_equal(sim_mpu_region(&mpu, 0x2000), -1);
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
    assert_false(sim_profile_executes(m4, 17)); // Armv8-M
    const struct sim_profile *m33 = sim_profile_find("cortex-m33");
    assert_true(sim_profile_executes(m33, 17));
    assert_true(sim_profile_executes(m33, 13));
    assert_false(sim_profile_executes(m33, 21)); // Armv8.1-M
    assert_false(sim_profile_executes(m4, 99));
    assert_null(sim_profile_arch_name(99));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_m0plus),
            cmocka_unit_test(test_doubles),
            cmocka_unit_test(test_m33),
            cmocka_unit_test(test_limit_at_entry),
            cmocka_unit_test(test_limit_of_lazy_fp),
            cmocka_unit_test(test_no_other_state),
            cmocka_unit_test(test_regions8),
            cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
