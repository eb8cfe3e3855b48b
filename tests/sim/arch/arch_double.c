/*
 * arch_double - double precision and FPv5
 *
 * SPDX-License-Identifier: MIT
 */
#include "arch.h"

#ifdef FPV5
static void say_double(const char *name, unsigned i, uint64_t value) {
    uint32_t flags;
    ASM("vmrs %0, fpscr" : "=r"(flags));
    for (; *name; name++) {
        if (*name != ' ') {
            put_char(*name);
        }
    }
    put_char('_');
    hex(i, 2);
    put_char(' ');
    hex((uint32_t)(value >> 32), 8);
    hex((uint32_t)value, 8);
    put_char(' ');
    hex(flags, 8);
    put("\r\n");
}

// Of d0 and d1; the result is in d0.
#define DOUBLE(instruction, i, a, b, mode) \
    do { \
        uint32_t low_, high_; \
        ASM("vmsr fpscr, %2\n vmov d0, %Q3, %R3\n vmov d1, %Q4, %R4\n" \
            "cmp r0, r0\n" instruction "\n vmov %0, %1, d0" \
                : "=&r"(low_), "=&r"(high_) \
                : "r"(mode), "r"(a), "r"(b) \
                : "s0", "s1", "s2", "s3", "cc"); \
        say_double(instruction, i, low_ | (uint64_t)high_ << 32); \
    } while (0)

void doubles(void) {
    static const uint64_t value[][2] = {
            {0x3FF0000000000000, 0x4008000000000000},
            {0x7FEFFFFFFFFFFFFF, 0x7FEFFFFFFFFFFFFF},
            {0x0000000000000001, 0x3FE0000000000000},
            {0x7FF0000000000000, 0x8000000000000000},
            {0x7FF0000000000001, 0x3FF0000000000000},
            {0xC00921FB54442D18, 0x0000000000000000},
            {0x41DFFFFFFFE00000, 0xC1E0000000200000},
            {0x7FF8000000000000, 0x36A0000000000000}};
    for (unsigned i = 0; i < 32; i++) {
        const uint32_t mode = (i & 3) << 22 | (i & 16 ? 3u << 24 : 0);
        const uint64_t a = value[i & 7][0], b = value[i >> 3 | (i & 4)][1];
        DOUBLE("vrinta.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintn.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintp.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintm.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintx.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintz.f32 s0, s1", i, a, b, mode);
        DOUBLE("vrintr.f32 s0, s1", i, a, b, mode);
        DOUBLE("vcvta.s32.f32 s0, s1", i, a, b, mode);
        DOUBLE("vcvtn.u32.f32 s0, s1", i, a, b, mode);
        DOUBLE("vcvtp.s32.f32 s0, s1", i, a, b, mode);
        DOUBLE("vcvtm.u32.f32 s0, s1", i, a, b, mode);
        DOUBLE("vmaxnm.f32 s0, s0, s1", i, a, b, mode);
        DOUBLE("vminnm.f32 s0, s1, s3", i, a, b, mode);
        DOUBLE("vselgt.f32 s0, s0, s1", i, a, b, mode);
        DOUBLE("vselge.f32 s0, s1, s3", i, a, b, mode);
        DOUBLE("vselvs.f32 s0, s1, s3", i, a, b, mode);
#if __ARM_FP & 8
        DOUBLE("vadd.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vsub.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vmul.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vnmul.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vdiv.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vmla.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vnmls.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vfma.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vfnms.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vsqrt.f64 d0, d0", i, a, b, mode);
        DOUBLE("vneg.f64 d0, d0", i, a, b, mode);
        DOUBLE("vabs.f64 d0, d1", i, a, b, mode);
        DOUBLE("vcmpe.f64 d0, d1", i, a, b, mode);
        DOUBLE("vcmp.f64 d0, #0", i, a, b, mode);
        DOUBLE("vcvt.s32.f64 s0, d0", i, a, b, mode);
        DOUBLE("vcvtr.u32.f64 s0, d0", i, a, b, mode);
        DOUBLE("vcvta.s32.f64 s0, d0", i, a, b, mode);
        DOUBLE("vcvtm.u32.f64 s0, d1", i, a, b, mode);
        DOUBLE("vcvt.f64.s32 d0, s0", i, a, b, mode);
        DOUBLE("vcvt.f64.u32 d0, s1", i, a, b, mode);
        DOUBLE("vcvt.f32.f64 s0, d0", i, a, b, mode);
        DOUBLE("vcvt.f64.f32 d0, s1", i, a, b, mode);
        DOUBLE("vcvt.s16.f64 d0, d0, #3", i, a, b, mode);
        DOUBLE("vcvt.f64.u32 d0, d0, #31", i, a, b, mode);
        DOUBLE("vcvtb.f16.f64 s1, d0", i, a, b, mode);
        DOUBLE("vcvtt.f64.f16 d0, s1", i, a, b, mode);
        DOUBLE("vrinta.f64 d0, d0", i, a, b, mode);
        DOUBLE("vrintp.f64 d0, d0", i, a, b, mode);
        DOUBLE("vrintx.f64 d0, d0", i, a, b, mode);
        DOUBLE("vrintz.f64 d0, d0", i, a, b, mode);
        DOUBLE("vmaxnm.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vminnm.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vseleq.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vselvs.f64 d0, d0, d1", i, a, b, mode);
        DOUBLE("vmov.f64 d0, #-1.5", i, a, b, mode);
#endif
    }
}
#endif
