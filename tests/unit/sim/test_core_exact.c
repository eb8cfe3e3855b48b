/*
 * test_core_exact - traps, MPU and lazy FP of the core of our own
 *
 * SPDX-License-Identifier: MIT
 *
 * Expected values are from the Armv7-M ARM (DDI 0403E), whose clause each test
 * names: Unicorn and QEMU are no judges here. Programs are Thumb code made with
 * arm-none-eabi-as; the assembly is beside.
 */
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/core.c host/sim/core/bus.c host/sim/core/events.c
// sources: host/sim/core/exceptions.c host/sim/core/exc_frame.c
// sources: host/sim/core/scs.c
// sources: host/sim/core/systick.c host/sim/core/store.c host/sim/core/report.c
// sources: host/sim/core/snapshot.c host/sim/core/debug.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include "sim/cpu/mpu.h"
#include "sim/snapshot.h"
#include "support/sim_machine.h"

static const uint16_t regions[] = {
        // start:
        0x4819,         // ldr r0, [pc, #100]
        0xF44F, 0x21E0, // mov.w r1, #458752
        0x6001,         // str r1, [r0, #0]
        0x4E18,         // ldr r6, [pc, #96]
        0x4D19,         // ldr r5, [pc, #100]
        0xF105, 0x0112, // add.w r1, r5, #18
        0x60B1,         // str r1, [r6, #8]
        0xF240, 0x2115, // movw r1, #533
        0x60F1,         // str r1, [r6, #12]
        0x4916,         // ldr r1, [pc, #88]
        0x60B1,         // str r1, [r6, #8]
        0x4916,         // ldr r1, [pc, #88]
        0x60F1,         // str r1, [r6, #12]
        0x2105,         // movs r1, #5
        0x6031,         // str r1, [r6, #0]
        0xF3BF, 0x8F4F, // dsb sy
        0xF3BF, 0x8F6F, // isb sy
        0xF8D5, 0x0100, // ldr.w r0, [r5, #256]
        // no_read:
        0xF8D5, 0x0200, // ldr.w r0, [r5, #512]
        // no_write:
        0xF8C5, 0x00FC, // str.w r0, [r5, #252]
        // edge:
        0xF8B5, 0x00FF, // ldrh.w r0, [r5, #255]
        0x4C0F,         // ldr r4, [pc, #60]
        0x6020,         // str r0, [r4, #0]
        0xF854, 0x0E00, // ldrt r0, [r4]
        // user_write:
        0xF844, 0x0E04, // strt r0, [r4, #4]
        // user_none:
        0xF854, 0x0E20, // ldrt r0, [r4, #32]
        0xB671,         // cpsid f
        0xF8D5, 0x0200, // ldr.w r0, [r5, #512]
        0xB661,         // cpsie f
        // negative:
        0xF8D5, 0x0200, // ldr.w r0, [r5, #512]
        0x2301,         // movs r3, #1
        0xF383, 0x8814, // msr CONTROL, r3
        0xF3BF, 0x8F6F, // isb sy
        // unprivileged:
        0x6820, // ldr r0, [r4, #0]
        0xBF00, // nop
        // done:
        0xE7FE,         // b.n done
        0xED24, 0xE000, // .word 0xe000ed24
        0xED94, 0xE000, // .word 0xe000ed94
        0x4000, 0x2000, // .word 0x20004000
        0x5013, 0x2000, // .word 0x20005013
        0x0009, 0x0200, // .word 0x02000009
        0x5000, 0x2000, // .word 0x20005000
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6013,         // str r3, [r2, #0]
        0x490D,         // ldr r1, [pc, #52]
        0x680B,         // ldr r3, [r1, #0]
        0x6013,         // str r3, [r2, #0]
        0x600B,         // str r3, [r1, #0]
        0x07D8,         // lsls r0, r3, #31
        0xBF48,         // it mi
        0x61D3,         // strmi r3, [r2, #28]
        0x68CB,         // ldr r3, [r1, #12]
        0x6013,         // str r3, [r2, #0]
        0xF01E, 0x0F04, // tst.w lr, #4
        0xBF0C,         // ite eq
        0xF3EF, 0x8008, // mrseq r0, MSP
        0xF3EF, 0x8009, // mrsne r0, PSP
        0x6983,         // ldr r3, [r0, #24]
        0x6013,         // str r3, [r2, #0]
        0x8819,         // ldrh r1, [r3, #0]
        0x0AC9,         // lsrs r1, r1, #11
        0x291D,         // cmp r1, #29
        0xBF2C,         // ite cs
        0x3304,         // addcs r3, #4
        0x3302,         // addcc r3, #2
        0x6183,         // str r3, [r0, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    regions_no_read = 0x30,
    regions_no_write = 0x34,
    regions_edge = 0x38,
    regions_user_write = 0x44,
    regions_user_none = 0x48,
    regions_negative = 0x54,
    regions_unprivileged = 0x62,
    regions_done = 0x66,
    regions_handler = 0x80,
};

static const uint16_t stack[] = {
        // start:
        0x480D,         // ldr r0, [pc, #52]
        0xF44F, 0x21E0, // mov.w r1, #458752
        0x6001,         // str r1, [r0, #0]
        0x4E0C,         // ldr r6, [pc, #48]
        0x2110,         // movs r1, #16
        0x60B1,         // str r1, [r6, #8]
        0x490C,         // ldr r1, [pc, #48]
        0x60F1,         // str r1, [r6, #12]
        0x490C,         // ldr r1, [pc, #48]
        0x60B1,         // str r1, [r6, #8]
        0x490C,         // ldr r1, [pc, #48]
        0x60F1,         // str r1, [r6, #12]
        0x2101,         // movs r1, #1
        0x6031,         // str r1, [r6, #0]
        0x4D0B,         // ldr r5, [pc, #44]
        0x490B,         // ldr r1, [pc, #44]
        0xF381, 0x8809, // msr PSP, r1
        0x2103,         // movs r1, #3
        0xF381, 0x8814, // msr CONTROL, r1
        0xF3BF, 0x8F6F, // isb sy
        0xDF00,         // svc 0
        // again:
        0x46AD, // mov sp, r5
        0xDF01, // svc 1
        // done:
        0xE7FE,         // b.n done
        0xED24, 0xE000, // .word 0xe000ed24
        0xED94, 0xE000, // .word 0xe000ed94
        0x003F, 0x0300, // .word 0x0300003f
        0x4011, 0x2000, // .word 0x20004011
        0x0013, 0x0100, // .word 0x01000013
        0x4100, 0x2000, // .word 0x20004100
        0x3000, 0x2000, // .word 0x20003000
        // svcall:
        0xF3EF, 0x8709, // mrs r7, PSP
        0xF385, 0x8809, // msr PSP, r5
        0x4770,         // bx lr
        // memory:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0xF8C2, 0xE000, // str.w lr, [r2]
        0x4906,         // ldr r1, [pc, #24]
        0x680B,         // ldr r3, [r1, #0]
        0x6013,         // str r3, [r2, #0]
        0x600B,         // str r3, [r1, #0]
        0x06D8,         // lsls r0, r3, #27
        0xBF48,         // it mi
        0x61D3,         // strmi r3, [r2, #28]
        0xF387, 0x8809, // msr PSP, r7
        0xF06F, 0x0E02, // mvn.w lr, #2
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    stack_again = 0x32,
    stack_done = 0x36,
    stack_svcall = 0x54,
    stack_memory = 0x5E,
};

static const uint16_t unaligned[] = {
        // start:
        0x480B,         // ldr r0, [pc, #44]
        0xF44F, 0x21E0, // mov.w r1, #458752
        0x6001,         // str r1, [r0, #0]
        0x480A,         // ldr r0, [pc, #40]
        0xF44F, 0x7102, // mov.w r1, #520
        0x6001,         // str r1, [r0, #0]
        0x4D09,         // ldr r5, [pc, #36]
        0x7868,         // ldrb r0, [r5, #1]
        0x8868,         // ldrh r0, [r5, #2]
        // ldr_2:
        0xF8D5, 0x0002, // ldr.w r0, [r5, #2]
        // str_1:
        0xF8C5, 0x0001, // str.w r0, [r5, #1]
        // ldrh_1:
        0xF8B5, 0x0001, // ldrh.w r0, [r5, #1]
        // strh_3:
        0xF8A5, 0x0003, // strh.w r0, [r5, #3]
        0xF04F, 0x4080, // mov.w r0, #1073741824
        0x61C0,         // str r0, [r0, #28]
        // done:
        0xE7FE,         // b.n done
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
        0xED14, 0xE000, // .word 0xe000ed14
        0x4000, 0x2000, // .word 0x20004000
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6013,         // str r3, [r2, #0]
        0x490D,         // ldr r1, [pc, #52]
        0x680B,         // ldr r3, [r1, #0]
        0x6013,         // str r3, [r2, #0]
        0x600B,         // str r3, [r1, #0]
        0x07D8,         // lsls r0, r3, #31
        0xBF48,         // it mi
        0x61D3,         // strmi r3, [r2, #28]
        0x68CB,         // ldr r3, [r1, #12]
        0x6013,         // str r3, [r2, #0]
        0xF01E, 0x0F04, // tst.w lr, #4
        0xBF0C,         // ite eq
        0xF3EF, 0x8008, // mrseq r0, MSP
        0xF3EF, 0x8009, // mrsne r0, PSP
        0x6983,         // ldr r3, [r0, #24]
        0x6013,         // str r3, [r2, #0]
        0x8819,         // ldrh r1, [r3, #0]
        0x0AC9,         // lsrs r1, r1, #11
        0x291D,         // cmp r1, #29
        0xBF2C,         // ite cs
        0x3304,         // addcs r3, #4
        0x3302,         // addcc r3, #2
        0x6183,         // str r3, [r0, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    unaligned_ldr_2 = 0x16,
    unaligned_str_1 = 0x1A,
    unaligned_ldrh_1 = 0x1E,
    unaligned_strh_3 = 0x22,
    unaligned_done = 0x2C,
    unaligned_handler = 0x3C,
};

static const uint16_t late[] = {
        // start:
        0x480A,         // ldr r0, [pc, #40]
        0xF44F, 0x21E0, // mov.w r1, #458752
        0x6001,         // str r1, [r0, #0]
        0xF04F, 0x45C0, // mov.w r5, #1610612736
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2107,         // movs r1, #7
        0xF845, 0x1B04, // str.w r1, [r5], #4
        // next:
        0x6025,         // str r5, [r4, #0]
        0x4E05,         // ldr r6, [pc, #20]
        0x2202,         // movs r2, #2
        0x6032,         // str r2, [r6, #0]
        0xF3BF, 0x8F4F, // dsb sy
        // precise:
        0xF845, 0x1B04, // str.w r1, [r5], #4
        0x6025,         // str r5, [r4, #0]
        0x61E0,         // str r0, [r4, #28]
        // done:
        0xE7FE,         // b.n done
        0xED24, 0xE000, // .word 0xe000ed24
        0xE008, 0xE000, // .word 0xe000e008
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0x4907,         // ldr r1, [pc, #28]
        0x680B,         // ldr r3, [r1, #0]
        0x6013,         // str r3, [r2, #0]
        0x600B,         // str r3, [r1, #0]
        0xF8DD, 0xC018, // ldr.w ip, [sp, #24]
        0xF8C2, 0xC000, // str.w ip, [r2]
        0x059B,         // lsls r3, r3, #22
        0xBF48,         // it mi
        0xF10C, 0x0C04, // addmi.w ip, ip, #4
        0xF8CD, 0xC018, // str.w ip, [sp, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    late_next = 0x16,
    late_precise = 0x22,
    late_done = 0x2A,
    late_handler = 0x34,
};

static const uint16_t lazy[] = {
        // start:
        0x4819,         // ldr r0, [pc, #100]
        0xF44F, 0x0170, // mov.w r1, #15728640
        0x6001,         // str r1, [r0, #0]
        0xF3BF, 0x8F6F, // isb sy
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D16,         // ldr r5, [pc, #88]
        0xF04F, 0x7140, // mov.w r1, #50331648
        0x60A9,         // str r1, [r5, #8]
        0x4E15,         // ldr r6, [pc, #84]
        0x46B5,         // mov sp, r6
        0xF1A6, 0x0648, // sub.w r6, r6, #72
        0xF04F, 0x3055, // mov.w r0, #1431655765
        0x6030,         // str r0, [r6, #0]
        0xF44F, 0x0140, // mov.w r1, #12582912
        0xEEE1, 0x1A10, // vmsr fpscr, r1
        0xEEB7, 0x0A00, // vmov.f32 s0, #112
        0xDF00,         // svc 0
        0x6829,         // ldr r1, [r5, #0]
        0x6021,         // str r1, [r4, #0]
        0x6831,         // ldr r1, [r6, #0]
        0x6021,         // str r1, [r4, #0]
        0xF04F, 0x0100, // mov.w r1, #0
        0xDF01,         // svc 1
        0xEEF1, 0x1A10, // vmrs r1, fpscr
        0x6021,         // str r1, [r4, #0]
        0xEE10, 0x1A10, // vmov r1, s0
        0x6021,         // str r1, [r4, #0]
        0x6831,         // ldr r1, [r6, #0]
        0x6021,         // str r1, [r4, #0]
        0x2100,         // movs r1, #0
        0xF381, 0x8814, // msr CONTROL, r1
        0x6029,         // str r1, [r5, #0]
        0xEEB0, 0x0A00, // vmov.f32 s0, #0
        0xF3EF, 0x8114, // mrs r1, CONTROL
        0x6021,         // str r1, [r4, #0]
        0x61E1,         // str r1, [r4, #28]
        // done:
        0xE7FE,         // b.n done
        0xED88, 0xE000, // .word 0xe000ed88
        0xEF34, 0xE000, // .word 0xe000ef34
        0x7000, 0x2000, // .word 0x20007000
        // handler:
        0xF04F, 0x4C80, // mov.w ip, #1073741824
        0xF8CC, 0xE000, // str.w lr, [ip]
        0x480A,         // ldr r0, [pc, #40]
        0x6801,         // ldr r1, [r0, #0]
        0xF8CC, 0x1000, // str.w r1, [ip]
        0x6841,         // ldr r1, [r0, #4]
        0xF8CC, 0x1000, // str.w r1, [ip]
        0x9906,         // ldr r1, [sp, #24]
        0xF811, 0x1C02, // ldrb.w r1, [r1, #-2]
        0xB149,         // cbz r1, out
        0xEEF1, 0x1A10, // vmrs r1, fpscr
        0xF8CC, 0x1000, // str.w r1, [ip]
        0x6801,         // ldr r1, [r0, #0]
        0xF8CC, 0x1000, // str.w r1, [ip]
        0x2100,         // movs r1, #0
        0xEE00, 0x1A10, // vmov s0, r1
        // out:
        0x4770,         // bx lr
        0xEF34, 0xE000, // .word 0xe000ef34
};
enum {
    lazy_done = 0x66,
    lazy_handler = 0x74,
    lazy_out = 0xA6,
};

static const uint16_t ici[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x480A,         // ldr r0, [pc, #40]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0x480A,         // ldr r0, [pc, #40]
        0xF44F, 0x21E0, // mov.w r1, #458752
        0x6001,         // str r1, [r0, #0]
        0xF8DF, 0xC024, // ldr.w ip, [pc, #36]
        0x2196,         // movs r1, #150
        0x6161,         // str r1, [r4, #20]
        0xBF00,         // nop
        0xBF00,         // nop
        // multiple:
        0xE89C,
        0x0FEF, // ldmia.w ip, {r0, r1, r2, r3, r5, r6, r7, r8, r9, sl, fp}
        0x6020, // str r0, [r4, #0]
        0xF8C4, 0xB000, // str.w fp, [r4]
        0xDF00,         // svc 0
        // odd:
        0xBF00, // nop
        0x61E4, // str r4, [r4, #28]
        // done:
        0xE7FE,         // b.n done
        0xE100, 0xE000, // .word 0xe000e100
        0xED24, 0xE000, // .word 0xe000ed24
        0x4000, 0x2000, // .word 0x20004000
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0x9B07,         // ldr r3, [sp, #28]
        0x6013,         // str r3, [r2, #0]
        0x9B06,         // ldr r3, [sp, #24]
        0x6013,         // str r3, [r2, #0]
        0x6010,         // str r0, [r2, #0]
        0x2305,         // movs r3, #5
        0x6093,         // str r3, [r2, #8]
        0x4770,         // bx lr
        // svcall:
        0x9807,         // ldr r0, [sp, #28]
        0xF440, 0x40A0, // orr.w r0, r0, #20480
        0x9007,         // str r0, [sp, #28]
        0x4770,         // bx lr
        // usage:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0x4904,         // ldr r1, [pc, #16]
        0x680B,         // ldr r3, [r1, #0]
        0x6013,         // str r3, [r2, #0]
        0x9B07,         // ldr r3, [sp, #28]
        0x6013,         // str r3, [r2, #0]
        0xF423, 0x4370, // bic.w r3, r3, #61440
        0x9307,         // str r3, [sp, #28]
        0x4770,         // bx lr
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    ici_multiple = 0x1E,
    ici_odd = 0x2A,
    ici_done = 0x2E,
    ici_handler = 0x3C,
    ici_svcall = 0x50,
    ici_usage = 0x5A,
};

static const uint16_t stops[] = {
        // start:
        0x480B, // ldr r0, [pc, #44]
        0x213C, // movs r1, #60
        0x6041, // str r1, [r0, #4]
        0x2107, // movs r1, #7
        0x6001, // str r1, [r0, #0]
        0x4F0A, // ldr r7, [pc, #40]
        // again:
        0x42AC,         // cmp r4, r5
        0xBF1F,         // itttt ne
        0x3401,         // addne r4, #1
        0x603C,         // strne r4, [r7, #0]
        0x683B,         // ldrne r3, [r7, #0]
        0x18F6,         // addne r6, r6, r3
        0xBF8B,         // itete hi
        0x4625,         // movhi r5, r4
        0x3503,         // addls r5, #3
        0x687A,         // ldrhi r2, [r7, #4]
        0x607A,         // strls r2, [r7, #4]
        0xE897, 0x000F, // ldmia.w r7, {r0, r1, r2, r3}
        0xE7F1,         // b.n again
        // handler:
        0x68B8,         // ldr r0, [r7, #8]
        0x3001,         // adds r0, #1
        0x60B8,         // str r0, [r7, #8]
        0x4770,         // bx lr
        0xE010, 0xE000, // .word 0xe000e010
        0x4000, 0x2000, // .word 0x20004000
};
enum {
    stops_again = 0x0C,
    stops_handler = 0x28,
};

static const uint16_t patched[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4E05,         // ldr r6, [pc, #20]
        0xF243, 0x2110, // movw r1, #12816
        0x2200,         // movs r2, #0
        0x47B0,         // blx r6
        0x6022,         // str r2, [r4, #0]
        0xF826, 0x1C01, // strh.w r1, [r6, #-1]
        0x47B0,         // blx r6
        0x6022,         // str r2, [r4, #0]
        0x61E2,         // str r2, [r4, #28]
        // done:
        0xE7FE,         // b.n done
        0x0101, 0x2000, // .word 0x20000101
};
enum {
    patched_done = 0x1A,
};

static const uint16_t eager[] = {
        // start:
        0x480A,         // ldr r0, [pc, #40]
        0xF44F, 0x0170, // mov.w r1, #15728640
        0x6001,         // str r1, [r0, #0]
        0xF3BF, 0x8F6F, // isb sy
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D07,         // ldr r5, [pc, #28]
        0xF04F, 0x4100, // mov.w r1, #2147483648
        0x6029,         // str r1, [r5, #0]
        0xEEB7, 0x0A00, // vmov.f32 s0, #112
        0xEEF0, 0x7A00, // vmov.f32 s15, #0
        0xDF00,         // svc 0
        0xEE10, 0x1A10, // vmov r1, s0
        0x6021,         // str r1, [r4, #0]
        0x61E1,         // str r1, [r4, #28]
        // done:
        0xE7FE,         // b.n done
        0xED88, 0xE000, // .word 0xe000ed88
        0xEF34, 0xE000, // .word 0xe000ef34
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0x9B08,         // ldr r3, [sp, #32]
        0x6013,         // str r3, [r2, #0]
        0x9B17,         // ldr r3, [sp, #92]
        0x6013,         // str r3, [r2, #0]
        0xEEB0, 0x0A08, // vmov.f32 s0, #8
        0x4770,         // bx lr
        0xBF00,         // nop
};
enum {
    eager_done = 0x2A,
    eager_handler = 0x34,
};

enum { MEM = 4, BUS = 5, USAGE = 6, SVCALL = 11, LINE_5 = 16 + 5 };

// B3.5: regions, subregions, rights, the background, HFNMIENA.
static void test_mpu(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, MEM, CODE + regions_handler);
    start_program(m, regions);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // DACCVIOL with MMFAR: the precise address, the instruction.
    assert_log(m, MEM, 0x82, RAM + 0x4200, CODE + regions_no_read, //
            MEM, 0x82, RAM + 0x40FC, CODE + regions_no_write,      //
            MEM, 0x82, RAM + 0x40FF, CODE + regions_edge,          //
            MEM, 0x82, RAM + 0x5004, CODE + regions_user_write,    //
            MEM, 0x82, RAM + 0x5020, CODE + regions_user_none,     //
            MEM, 0x82, RAM + 0x4200, CODE + regions_negative,      //
            // IACCVIOL, and MSTKERR: all of memory is in no region.
            MEM, 0x11);
    machine_free(m);
}

// B1.5.6, B1.5.8: the rights are those of the interrupted code.
static void test_stack_without_rights(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, MEM, CODE + stack_memory);
    put_vector(m, SVCALL, CODE + stack_svcall);
    start_program(m, stack);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // MUNSTKERR, then MSTKERR, whose MemManage overtakes the SVCall.
    assert_log(m, 0xFFFFFFFD, 0x08, 0xFFFFFFFD, 0x10);
    machine_free(m);
}

// B3.2.8 CCR.UNALIGN_TRP, A3.2.1.
static void test_unaligned_traps(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, USAGE, CODE + unaligned_handler);
    start_program(m, unaligned);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, USAGE, 1 << 24, 0, CODE + unaligned_ldr_2, //
            USAGE, 1 << 24, 0, CODE + unaligned_str_1,       //
            USAGE, 1 << 24, 0, CODE + unaligned_ldrh_1,      //
            USAGE, 1 << 24, 0, CODE + unaligned_strh_3);
    machine_free(m);
}

// B1.5.14, and ACTLR.DISDEFWBUF of the Cortex-M4 TRM.
static void test_late_and_precise_writes(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, BUS, CODE + late_handler);
    start_program(m, late);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x400, CODE + late_next, 0x60000004, //
            0x8200, CODE + late_precise, 0x60000004);
    machine_free(m);
}

// B1.5.7 UpdateFPCCR(), PreserveFPState(); A2.5 ExecuteFPCheck(); B1.5.8.
static void test_lazy_fp(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, SVCALL, CODE + lazy_handler);
    start_program(m, lazy);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    const uint32_t s0 = RAM + 0x7000 - 0x48;
    assert_log(m,
            // LSPACT, THREAD, HFRDY; the frame has room, nothing is stored.
            0xFFFFFFE9, 0xC0000019, s0, 0xC0000018, 0x55555555,
            // Stored by the first FP instruction, whose modes are FPDSCR's.
            0xFFFFFFE9, 0xC0000019, s0, 0x03000000, 0xC0000018,
            // FPSCR and S0 from the frame.
            0x00C00000, 0x3F800000, 0x3F800000,
            // Without ASPEN no CONTROL.FPCA.
            0);
    machine_free(m);
}

// B1.5.7: without LSPEN the registers are in the frame at once.
static void test_eager_fp(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, SVCALL, CODE + eager_handler);
    start_program(m, eager);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x3F800000, 0x40000000, 0x3F800000);
    machine_free(m);
}

// B1.4.2, B1.5.10: EPSR.ICI.
static void test_interrupted_multiple(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, LINE_5, CODE + ici_handler);
    put_vector(m, SVCALL, CODE + ici_svcall);
    put_vector(m, USAGE, CODE + ici_usage);
    start_program(m, ici);
    for (uint32_t i = 0; i < 11; i++) {
        put_word(m, RAM + 0x4000 + 4 * i, 0x100 + i);
    }
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // R0 to R3 and R5 are loaded, R6 is next; after the return, the rest. ICI
    // with an instruction that has none is INVSTATE.
    assert_log(m, 0x01006000, CODE + ici_multiple, 0x100, 0x100, 0x10A, 1 << 17,
            0x01005000);
    machine_free(m);
}

// Stopped before each instruction, in IT blocks too: the same run.
static void test_stops(void **state) {
    (void)state;
    uint64_t hash[2], ticks[2];
    for (int i = 0; i < 2; i++) {
        struct machine *m = machine_new();
        put_vector(m, 15, CODE + stops_handler);
        start_program(m, stops);
        put_word(m, RAM + 0x4008, 0);
        for (uint64_t n = i ? 1 : 20000; n <= 20000; n++) {
            sim_stop_before(m->sim, n);
            assert_int_equal(sim_run(m->sim), SIM_STOP_REACHED);
            assert_int_equal(sim_instructions(m->sim), n);
        }
        hash[i] = sim_trace_hash(m->sim);
        ticks[i] = get_word(m, RAM + 0x4008);
        machine_free(m);
    }
    assert_int_equal(hash[0], hash[1]);
    assert_int_equal(ticks[0], ticks[1]);
    assert_true(ticks[0] > 100);
}

// Code that was changed is the old one again.
static void test_restored_code(void **state) {
    (void)state;
    static const uint16_t code[] = {0x3201, 0x4770}; // adds r2, #1; bx lr
    struct machine *m = machine_new();
    start_program(m, patched);
    load_at(m, RAM + 0x100, code, sizeof code);
    sim_stop_before(m->sim, 3);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REACHED);
    struct sim_snapshot *snapshot = sim_save(m->sim);
    sim_stop_before(m->sim, SIM_NEVER);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    sim_restore(m->sim, snapshot, true);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1, 17, 1, 17);
    sim_snapshot_free(snapshot);
    machine_free(m);
}

/// The regions alone ///

static uint64_t random_state = 88172645463325252ull;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

// Byte by byte, as B3.5.3 says it.
static unsigned slow_rights(const struct sim_mpu *mpu, uint32_t addr,
        bool privileged) {
    static const char *const user[] = {"", "", "r", "rw", "", "", "r", "r"};
    static const char *const master[] = {
            "", "rw", "rw", "rw", "", "r", "r", "r"};
    unsigned rights = privileged && (mpu->ctrl & 4) ? 7 : 0;
    for (int i = 0; i < SIM_MPU_REGIONS; i++) {
        const uint32_t rasr = mpu->rasr[i];
        const uint64_t bytes = 2ull << (rasr >> 1 & 31);
        const uint64_t base = mpu->rbar[i] / bytes * bytes;
        if (!(rasr & 1) || bytes < 32 || addr < base || addr >= base + bytes) {
            continue;
        }
        const unsigned part = (unsigned)((addr - base) / (bytes / 8));
        if (bytes >= 256 && (rasr >> (8 + part) & 1)) {
            continue;
        }
        const char *text = (privileged ? master : user)[rasr >> 24 & 7];
        rights = (strchr(text, 'r') ? 1 : 0) | (strchr(text, 'w') ? 2 : 0);
        rights |= (rights & 1) && !(rasr >> 28 & 1) ? 4 : 0;
    }
    return rights;
}

static void test_regions(void **state) {
    (void)state;
    unsigned uniform = 0;
    for (int n = 0; n < 4000; n++) {
        struct sim_mpu mpu = {.ctrl = 1 | (next_random() & 4)};
        for (int i = 0; i < SIM_MPU_REGIONS; i++) {
            mpu.rbar[i] = RAM + (next_random() & 0xFFE0);
            mpu.rasr[i] =
                    (next_random() & 0x1700FF01) | (next_random() % 16) << 1;
            mpu.rasr[i] &= next_random() & 1 ? ~0xFF00u : ~0u;
        }
        const uint32_t base = RAM + (next_random() & 0xFC00);
        const bool privileged = next_random() & 1;
        const unsigned first = slow_rights(&mpu, base, privileged);
        const bool alike = sim_mpu_uniform(&mpu, base, 1024);
        uniform += alike;
        for (uint32_t off = 0; off < 1024; off += 4) {
            const unsigned expected = slow_rights(&mpu, base + off, privileged);
            assert_int_equal(sim_mpu_rights(&mpu, base + off, privileged),
                    expected);
            assert_true(!alike || expected == first);
        }
    }
    assert_in_range(uniform, 100, 3900);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_mpu),
            cmocka_unit_test(test_stack_without_rights),
            cmocka_unit_test(test_unaligned_traps),
            cmocka_unit_test(test_late_and_precise_writes),
            cmocka_unit_test(test_lazy_fp),
            cmocka_unit_test(test_eager_fp),
            cmocka_unit_test(test_interrupted_multiple),
            cmocka_unit_test(test_stops),
            cmocka_unit_test(test_restored_code),
            cmocka_unit_test(test_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
