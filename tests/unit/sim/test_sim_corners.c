/*
 * test_sim_corners - what the core does where firmware seldom goes
 *
 * SPDX-License-Identifier: MIT
 *
 * Each program shows one rule of the Armv7-M ARM, B1.5, that tests/mutations
 * takes out.
 */
// sources: host/thumb/*.c
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/core/*.c host/sim/cpu/*.c host/sim/cpu/unicorn/*.c
// libs: unicorn
#include "support/sim_machine.h"

static unsigned irq_vector(unsigned irq) {
    return 16 + irq;
}

static const uint16_t faultmask[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D0D,         // ldr r5, [pc, #52]
        0x2106,         // movs r1, #6
        0x6029,         // str r1, [r5, #0]
        0x4E0D,         // ldr r6, [pc, #52]
        0xB671,         // cpsid f
        0x2101,         // movs r1, #1
        0x6031,         // str r1, [r6, #0]
        0xBF00,         // nop
        0x2144,         // movs r1, #68
        0x6021,         // str r1, [r4, #0]
        0xB661,         // cpsie f
        0xBF00,         // nop
        0x2122,         // movs r1, #34
        0x6021,         // str r1, [r4, #0]
        0xDF00,         // svc 0
        0xF3EF, 0x8113, // mrs r1, FAULTMASK
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800022a <start+0x2a>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x4770,         // bx lr
        // svcall:
        0xB671,         // cpsid f
        0x2333,         // movs r3, #51
        0x6023,         // str r3, [r4, #0]
        0x4770,         // bx lr
        0xE100, 0xE000, // .word 0xe000e100
        0xEF00, 0xE000, // .word 0xe000ef00
};
enum {
    faultmask_handler = 0x2C,
    faultmask_svcall = 0x34,
};

static void test_faultmask(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(1), CODE + faultmask_handler);
    put_vector(m, 11, CODE + faultmask_svcall);
    start_program(m, faultmask);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x44, 17, 0x22, 0x33, 0);
    machine_free(m);
}

static const uint16_t nmi[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF7F0, 0xA000, // udf.w #0
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800020a <start+0xa>
        // hard:
        0x2111,         // movs r1, #17
        0x6021,         // str r1, [r4, #0]
        0x4807,         // ldr r0, [pc, #28]
        0xF04F, 0x4100, // mov.w r1, #2147483648
        0x6001,         // str r1, [r0, #0]
        0xBF00,         // nop
        0x2112,         // movs r1, #18
        0x6021,         // str r1, [r4, #0]
        0x9A06,         // ldr r2, [sp, #24]
        0x3204,         // adds r2, #4
        0x9206,         // str r2, [sp, #24]
        0x4770,         // bx lr
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED04, 0xE000, // .word 0xe000ed04
};
enum {
    nmi_hard = 0xC,
    nmi_handler = 0x26,
};

static void test_nmi_goes_above_a_hard_fault(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 2, CODE + nmi_handler);
    put_vector(m, 3, CODE + nmi_hard);
    start_program(m, nmi);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x11, 2, 0x12);
    machine_free(m);
}

static const uint16_t badstack[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4806,         // ldr r0, [pc, #24]
        0xF380, 0x8808, // msr MSP, r0
        0xDF00,         // svc 0
        0xE7FE,         // b.n 800020c <start+0xc>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x4803,         // ldr r0, [pc, #12]
        0x6803,         // ldr r3, [r0, #0]
        0x6023,         // str r3, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021c <handler+0xe>
        0x0000,         // .short 0x0000
        0x1000, 0x0800, // .word 0x08001000
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    badstack_handler = 0xE,
};

static void test_a_stack_in_flash(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 3, CODE + badstack_handler);
    put_vector(m, 11, CODE + badstack_handler);
    start_program(m, badstack);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 3, 1u << 12);
    machine_free(m);
}

static const uint16_t badtable[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4802,         // ldr r0, [pc, #8]
        0xF04F, 0x41C0, // mov.w r1, #1610612736
        0x6001,         // str r1, [r0, #0]
        0xDF00,         // svc 0
        0xE7FE,         // b.n 800020e <start+0xe>
        0xED08, 0xE000, // .word 0xe000ed08
};

static void test_no_vector_table(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, badtable);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    assert_non_null(strstr(sim_violation_of(m->sim)->why, "HFSR 0x00000002"));
    machine_free(m);
}

static const uint16_t inactive[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D12,         // ldr r5, [pc, #72]
        0xF44F, 0x2080, // mov.w r0, #262144
        0x6028,         // str r0, [r5, #0]
        0x4E11,         // ldr r6, [pc, #68]
        0x2002,         // movs r0, #2
        0x6030,         // str r0, [r6, #0]
        0x4A11,         // ldr r2, [pc, #68]
        0xF44F, 0x4080, // mov.w r0, #16384
        0x6010,         // str r0, [r2, #0]
        0x4A10,         // ldr r2, [pc, #64]
        0x2001,         // movs r0, #1
        0x6010,         // str r0, [r2, #0]
        0xBF00,         // nop
        0x6027,         // str r7, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000226 <start+0x26>
        // handler:
        0xDF00, // svc 0
        0x6027, // str r7, [r4, #0]
        0x61E4, // str r4, [r4, #28]
        0xE7FE, // b.n 800022e <handler+0x6>
        // svcall:
        0x6828,         // ldr r0, [r5, #0]
        0xF020, 0x0080, // bic.w r0, r0, #128
        0x6028,         // str r0, [r5, #0]
        0x9A07,         // ldr r2, [sp, #28]
        0xF022, 0x02FF, // bic.w r2, r2, #255
        0x9207,         // str r2, [sp, #28]
        0xF06F, 0x0006, // mvn.w r0, #6
        0x4700,         // bx r0
        // usage:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800024c <usage+0x6>
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
        0xE100, 0xE000, // .word 0xe000e100
        0xE400, 0xE000, // .word 0xe000e400
        0xEF00, 0xE000, // .word 0xe000ef00
};
enum {
    inactive_handler = 0x28,
    inactive_svcall = 0x30,
    inactive_usage = 0x46,
};

static void test_return_from_what_is_not_active(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + inactive_svcall);
    put_vector(m, 6, CODE + inactive_usage);
    put_vector(m, irq_vector(1), CODE + inactive_handler);
    start_program(m, inactive);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 18);
    machine_free(m);
}

static const uint16_t tohandler[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D09,         // ldr r5, [pc, #36]
        0xF44F, 0x2080, // mov.w r0, #262144
        0x6028,         // str r0, [r5, #0]
        0xDF00,         // svc 0
        0x6027,         // str r7, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000212 <start+0x12>
        // svcall:
        0x9A07,         // ldr r2, [sp, #28]
        0xF042, 0x0211, // orr.w r2, r2, #17
        0x9207,         // str r2, [sp, #28]
        0xF06F, 0x000E, // mvn.w r0, #14
        0x4700,         // bx r0
        // usage:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000228 <usage+0x6>
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    tohandler_svcall = 0x14,
    tohandler_usage = 0x22,
};

static void test_return_to_a_handler_that_is_none(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + tohandler_svcall);
    put_vector(m, 6, CODE + tohandler_usage);
    start_program(m, tohandler);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 18);
    machine_free(m);
}

static const uint16_t tothread[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D10,         // ldr r5, [pc, #64]
        0xF44F, 0x2080, // mov.w r0, #262144
        0x6028,         // str r0, [r5, #0]
        0x4E0F,         // ldr r6, [pc, #60]
        0x2002,         // movs r0, #2
        0x6030,         // str r0, [r6, #0]
        0x4A0F,         // ldr r2, [pc, #60]
        0xF44F, 0x4080, // mov.w r0, #16384
        0x6010,         // str r0, [r2, #0]
        0x4A0E,         // ldr r2, [pc, #56]
        0x2001,         // movs r0, #1
        0x6010,         // str r0, [r2, #0]
        0xBF00,         // nop
        0x6027,         // str r7, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000226 <start+0x26>
        // handler:
        0xDF00, // svc 0
        0x6027, // str r7, [r4, #0]
        0x61E4, // str r4, [r4, #28]
        0xE7FE, // b.n 800022e <handler+0x6>
        // svcall:
        0x9A07,         // ldr r2, [sp, #28]
        0xF022, 0x02FF, // bic.w r2, r2, #255
        0x9207,         // str r2, [sp, #28]
        0xF06F, 0x0006, // mvn.w r0, #6
        0x4700,         // bx r0
        // usage:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000244 <usage+0x6>
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
        0xE100, 0xE000, // .word 0xe000e100
        0xE400, 0xE000, // .word 0xe000e400
        0xEF00, 0xE000, // .word 0xe000ef00
};
enum {
    tothread_handler = 0x28,
    tothread_svcall = 0x30,
    tothread_usage = 0x3E,
};

static void test_return_to_a_thread_past_a_handler(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + tothread_svcall);
    put_vector(m, 6, CODE + tothread_usage);
    put_vector(m, irq_vector(1), CODE + tothread_handler);
    start_program(m, tothread);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 18);
    machine_free(m);
}

static const uint16_t lostframe[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xDF00,         // svc 0
        0xE7FE,         // b.n 8000206 <start+0x6>
        // svcall:
        0xF04F, 0x40C0, // mov.w r0, #1610612736
        0xF380, 0x8808, // msr MSP, r0
        0x4770,         // bx lr
        // hard:
        0x4802,         // ldr r0, [pc, #8]
        0x6803,         // ldr r3, [r0, #0]
        0x6023,         // str r3, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021a <hard+0x8>
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    lostframe_svcall = 0x8,
    lostframe_hard = 0x12,
};

static void test_a_frame_that_cannot_be_read(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + lostframe_svcall);
    put_vector(m, 3, CODE + lostframe_hard);
    start_program(m, lostframe);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 11);
    machine_free(m);
}

static const uint16_t masked[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D06,         // ldr r5, [pc, #24]
        0xF44F, 0x2080, // mov.w r0, #262144
        0x6028,         // str r0, [r5, #0]
        0xB672,         // cpsid i
        0xF7F0, 0xA000, // udf.w #0
        0xE7FE,         // b.n 8000212 <start+0x12>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021c <handler+0x8>
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    masked_handler = 0x14,
};

static void test_a_masked_fault_escalates(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 6, CODE + masked_handler);
    put_vector(m, 3, CODE + masked_handler);
    start_program(m, masked);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 3);
    machine_free(m);
}

static const uint16_t order[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D11,         // ldr r5, [pc, #68]
        0x2006,         // movs r0, #6
        0x6028,         // str r0, [r5, #0]
        0x4E11,         // ldr r6, [pc, #68]
        0x2700,         // movs r7, #0
        0xB672,         // cpsid i
        0x2002,         // movs r0, #2
        0x6030,         // str r0, [r6, #0]
        0x2001,         // movs r0, #1
        0x6030,         // str r0, [r6, #0]
        0xB662,         // cpsie i
        0xBF00,         // nop
        0x4A0D,         // ldr r2, [pc, #52]
        0x480E,         // ldr r0, [pc, #56]
        0x6010,         // str r0, [r2, #0]
        0x4A0E,         // ldr r2, [pc, #56]
        0xF44F, 0x1082, // mov.w r0, #1064960
        0x6010,         // str r0, [r2, #0]
        0x2701,         // movs r7, #1
        0x6037,         // str r7, [r6, #0]
        0xBF00,         // nop
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000232 <start+0x32>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x2B11,         // cmp r3, #17
        0xD105,         // bne.n 800024a <handler+0x16>
        0xB127,         // cbz r7, 800024a <handler+0x16>
        0x2102,         // movs r1, #2
        0x6031,         // str r1, [r6, #0]
        0xBF00,         // nop
        0x2155,         // movs r1, #85
        0x6021,         // str r1, [r4, #0]
        0x4770,         // bx lr
        0xE100, 0xE000, // .word 0xe000e100
        0xEF00, 0xE000, // .word 0xe000ef00
        0xED0C, 0xE000, // .word 0xe000ed0c
        0x0700, 0x05FA, // .word 0x05fa0700
        0xE400, 0xE000, // .word 0xe000e400
};
enum {
    order_handler = 0x34,
};

static void test_equal_priorities_and_groups(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(1), CODE + order_handler);
    put_vector(m, irq_vector(2), CODE + order_handler);
    start_program(m, order);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 17, 18, 17, 0x55, 18);
    machine_free(m);
}

static const uint16_t edge[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D08,         // ldr r5, [pc, #32]
        0x2020,         // movs r0, #32
        0x6028,         // str r0, [r5, #0]
        0x2700,         // movs r7, #0
        0xF240, 0x1105, // movw r1, #261
        0x60A1,         // str r1, [r4, #8]
        0xBF00,         // nop
        0x6027,         // str r7, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000218 <start+0x18>
        // handler:
        0x3701,         // adds r7, #1
        0xF240, 0x1105, // movw r1, #261
        0x60A1,         // str r1, [r4, #8]
        0x2105,         // movs r1, #5
        0x60A1,         // str r1, [r4, #8]
        0x4770,         // bx lr
        0xE100, 0xE000, // .word 0xe000e100
};
enum {
    edge_handler = 0x1A,
};

static void test_a_high_line_has_no_edge(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(5), CODE + edge_handler);
    start_program(m, edge);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1);
    machine_free(m);
}

static const uint16_t ignored[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF7F0, 0xA000, // udf.w #0
        0xE7FE,         // b.n 8000208 <start+0x8>
        // hard:
        0x4806,         // ldr r0, [pc, #24]
        0x6801,         // ldr r1, [r0, #0]
        0xF441, 0x7180, // orr.w r1, r1, #256
        0x6001,         // str r1, [r0, #0]
        0xF04F, 0x40C0, // mov.w r0, #1610612736
        0x6801,         // ldr r1, [r0, #0]
        0x4803,         // ldr r0, [pc, #12]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000222 <hard+0x18>
        0xED14, 0xE000, // .word 0xe000ed14
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    ignored_hard = 0xA,
};

static void test_ignored_bus_faults(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 3, CODE + ignored_hard);
    start_program(m, ignored);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 16 | 0x8200);
    machine_free(m);
}

static const uint16_t wfe[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4805,         // ldr r0, [pc, #20]
        0x2110,         // movs r1, #16
        0x6001,         // str r1, [r0, #0]
        0x4905,         // ldr r1, [pc, #20]
        0x6161,         // str r1, [r4, #20]
        0xBF40,         // sev
        0xBF20,         // wfe
        0xBF20,         // wfe
        0x2177,         // movs r1, #119
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021a <start+0x1a>
        0xED10, 0xE000, // .word 0xe000ed10
        0x4B40, 0x004C, // .word 0x004c4b40
};

static void test_wfe_waits_for_a_pending_interrupt(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, wfe);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x77);
    machine_free(m);
}

static const uint16_t hole[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4803,         // ldr r0, [pc, #12]
        0x6801,         // ldr r1, [r0, #0]
        0xE7FE,         // b.n 8000208 <start+0x8>
        // hard:
        0x4803,         // ldr r0, [pc, #12]
        0x6803,         // ldr r3, [r0, #0]
        0x6023,         // str r3, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000212 <hard+0x8>
        0x0200, 0x4000, // .word 0x40000200
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    hole_hard = 0xA,
};

static void test_nothing_beside_a_peripheral(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 3, CODE + hole_hard);
    start_program(m, hole);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x8200);
    machine_free(m);
}

static const uint16_t bitband[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4804,         // ldr r0, [pc, #16]
        0x2100,         // movs r1, #0
        0x6001,         // str r1, [r0, #0]
        0x4A04,         // ldr r2, [pc, #16]
        0x2101,         // movs r1, #1
        0x6011,         // str r1, [r2, #0]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000216 <start+0x16>
        0x1000, 0x2000, // .word 0x20001000
        0x001C, 0x2202, // .word 0x2202001c
};

static void test_highest_bit_of_a_band(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, bitband);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x80);
    machine_free(m);
}

static const uint16_t patched[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4806,         // ldr r0, [pc, #24]
        0x4907,         // ldr r1, [pc, #28]
        0x6001,         // str r1, [r0, #0]
        0x3001,         // adds r0, #1
        0x4780,         // blx r0
        0x6021,         // str r1, [r4, #0]
        0xF242, 0x1102, // movw r1, #8450
        0x62A1,         // str r1, [r4, #40]
        0x4780,         // blx r0
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021c <start+0x1c>
        0x0000,         // .short 0x0000
        0x1000, 0x2000, // .word 0x20001000
        0x2101, 0x4770, // .word 0x47702101
};

static void test_patched_ram_is_executed(void **state) {
    (void)state;
    struct machine *m = machine_new();
    m->lab.patch_addr = 0x20001000;
    start_program(m, patched);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1, 2);
    machine_free(m);
}

/// Without a program of their own ///

static void test_a_reset_closes_the_window(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, wfe);
    sim_window_open(m->sim, &m->timing);
    sim_request_reset(m->sim, SIM_RESET_SOFTWARE);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_false(sim_window_is_open(m->sim));
    machine_free(m);
}

static void test_nothing_at_address_0(void **state) {
    (void)state;
    struct machine *m = machine_new();
    sim_set_alias(m->sim, 0, 0x1000, 0x60000000);
    start_program(m, wfe);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    assert_non_null(strstr(sim_violation_of(m->sim)->why, "reset vectors"));
    machine_free(m);
}

static void test_each_violation_is_noted(void **state) {
    (void)state;
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .on_violation = SIM_FAULT,
    });
    start_program(m, wfe);
    const struct sim_violation v = {
            .rule = SIM_RULE_CLOCK_RANGE, .what = "set it too high"};
    sim_violate(m->sim, &v);
    sim_violate(m->sim, &v);
    assert_int_equal(m->notes, 2);
    assert_non_null(strstr(m->note, "clock-range: set it too high"));
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_faultmask),
            cmocka_unit_test(test_nmi_goes_above_a_hard_fault),
            cmocka_unit_test(test_a_stack_in_flash),
            cmocka_unit_test(test_no_vector_table),
            cmocka_unit_test(test_return_from_what_is_not_active),
            cmocka_unit_test(test_return_to_a_handler_that_is_none),
            cmocka_unit_test(test_return_to_a_thread_past_a_handler),
            cmocka_unit_test(test_a_frame_that_cannot_be_read),
            cmocka_unit_test(test_a_masked_fault_escalates),
            cmocka_unit_test(test_equal_priorities_and_groups),
            cmocka_unit_test(test_a_high_line_has_no_edge),
            cmocka_unit_test(test_ignored_bus_faults),
            cmocka_unit_test(test_wfe_waits_for_a_pending_interrupt),
            cmocka_unit_test(test_nothing_beside_a_peripheral),
            cmocka_unit_test(test_highest_bit_of_a_band),
            cmocka_unit_test(test_patched_ram_is_executed),
            cmocka_unit_test(test_a_reset_closes_the_window),
            cmocka_unit_test(test_nothing_at_address_0),
            cmocka_unit_test(test_each_violation_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
