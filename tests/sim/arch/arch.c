/*
 * arch - what the architecture leaves no choice about, on each M profile
 *
 * SPDX-License-Identifier: MIT
 *
 * Prints one line for each check, "name value"; another machine has to print
 * the same. Needs RAM, a flash for code and one UART, nothing else: exceptions
 * are software-pended interrupts and faults. No value depends on time.
 */
#include "arch.h"

#if __ARM_ARCH_ISA_THUMB == 1
#define ARMV6M
#endif
#define ICSR R32(0xE000ED04)
#define AIRCR R32(0xE000ED0C)
#define HFSR R32(0xE000ED2C)
#define BFAR R32(0xE000ED38)
#define PRIORITIES(n) R32(0xE000E400 + ((n) & ~3u)) // no bytes in an Armv6-M
#define ENABLE R32(0xE000E100)
#define PEND R32(0xE000E200)
#define UNPEND R32(0xE000E280)

/// Output ///

void put_char(char c) {
    uart_put(c);
}

void put(const char *text) {
    while (*text) {
        put_char(*text++);
    }
}

void put_word(const char *text) {
    while (*text && *text != ' ') {
        put_char(*text++);
    }
}

void hex(uint32_t value, int digits) {
    for (int i = 4 * digits - 4; i >= 0; i -= 4) {
        put_char("0123456789abcdef"[value >> i & 15]);
    }
}

void say(const char *name, uint32_t value) {
    put(name);
    put_char(' ');
    hex(value, 8);
    put("\r\n");
}

// One check of several of a kind.
static void say2(const char *name, uint32_t of, uint32_t value) {
    put(name);
    put_char('_');
    hex(of, 4);
    put_char(' ');
    hex(value, 8);
    put("\r\n");
}

/// Faults ///

struct seen {
    volatile uint32_t count, cfsr, hfsr, pc, xpsr, exc_return, number, lr;
};
static struct seen seen;

uint32_t *volatile escape;

// Steps over the instruction, or returns to LR if there is none.
void on_fault_c(uint32_t *frame, uint32_t exc_return) {
    seen.count++;
    seen.cfsr = CFSR;
    seen.hfsr = HFSR;
    seen.pc = frame[6];
    seen.lr = frame[5];
    seen.xpsr = frame[7];
    seen.exc_return = exc_return;
    seen.number = ICSR & 0x1FF;
    CFSR = seen.cfsr;
    HFSR = seen.hfsr;
    if (escape) {
#ifdef __ARM_ARCH_8M_MAIN__
        lazy_seen[0] = FPCCR;
        ASM("vmov.f32 s0, s0" ::: "s0");
        lazy_seen[1] = FPCCR;
#endif
        ASM("msr psp, %0" ::"r"(escape));
        escape = 0;
        return;
    }
    // INVSTATE, IACCVIOL, IBUSERR: go back. An Armv6-M has no CFSR.
    if (seen.cfsr & 0x00020101 || !(seen.xpsr >> 24 & 1) ||
            seen.pc >> 28 == 0xE) {
        frame[6] = frame[5] & ~1u;
        frame[7] |= 1u << 24;
    } else {
        const uint32_t op = *(const uint16_t *)frame[6];
        frame[6] += op >> 11 >= 0x1D ? 4 : 2;
    }
    frame[7] &= ~0x0600FC00u; // no IT block goes on
}

// Calls to(frame, EXC_RETURN).
#define WITH_FRAME(to) \
    ASM("movs r0, #4\n mov r1, lr\n tst r0, r1\n mrs r0, msp\n beq 1f\n" \
        "mrs r0, psp\n 1: ldr r2, =" to "\n bx r2\n .ltorg")

__attribute__((naked)) static void on_fault(void) {
    WITH_FRAME("on_fault_c");
}

void fault(const char *name) {
    put(name);
    put_char(' ');
    hex(seen.count, 1);
    put_char(' ');
    hex(seen.number, 2);
    put_char(' ');
    hex(seen.cfsr, 8);
    put_char(' ');
    hex(seen.hfsr, 8);
    put("\r\n");
    seen.count = seen.number = seen.cfsr = seen.hfsr = 0;
}

/// Interrupts ///

static volatile uint32_t order, depth, deepest;
static volatile uint32_t chained; // what the handler of interrupt 0 pends

static void handler(void) {
    const uint32_t number = (ICSR & 0x1FF) - 16;
    order = order << 4 | number;
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (number == 0 && chained) {
        PEND = chained;
        BARRIER();
    }
    order = order << 4 | (number + 8);
    depth--;
}

static void pend(uint32_t mask) {
    order = depth = deepest = 0;
    PEND = mask;
    BARRIER();
}

static uint32_t svc_frame[9];
void on_svc_c(uint32_t *frame, uint32_t exc_return) {
    for (int i = 0; i < 8; i++) {
        svc_frame[i] = frame[i];
    }
    svc_frame[8] = exc_return;
    uint32_t control; // the caller is privileged again
    ASM("mrs %0, control" : "=r"(control));
    ASM("msr control, %0" ::"r"(control & ~1u));
}

__attribute__((naked)) static void on_svc(void) {
    WITH_FRAME("on_svc_c");
}

static void set_priority(unsigned n, uint32_t value) {
    const unsigned shift = 8 * (n & 3);
    PRIORITIES(n) = (PRIORITIES(n) & ~(0xFFu << shift)) | value << shift;
}

static void priorities(void) {
    static const uint8_t level[4] = {0x00, 0x40, 0x80, 0xC0};
    ENABLE = 0x7F;
    chained = 2;
    for (unsigned a = 0; a < 4; a++) {
        for (unsigned b = 0; b < 4; b++) {
            set_priority(0, level[a]);
            set_priority(1, level[b]);
            pend(1);
            say2("preempts", a << 8 | b, order);
        }
    }
    chained = 0;
    for (unsigned i = 0; i < 7; i++) {
        set_priority(i, 0x80);
    }
    pend(0x7A);
    say("equal_order", order);
    set_priority(5, 0x40);
    pend(0x7A);
    say("urgent_first", order);
    ASM("cpsid i");
    pend(4);
    const uint32_t masked = order;
    const uint32_t icsr = ICSR & 0x7FFFFF;
    ASM("cpsie i\n isb");
    say("primask_holds", masked);
    say("primask_icsr", icsr);
    say("primask_ends", order);
    set_priority(2, 0xFF);
    say("priority_bits", PRIORITIES(2) >> 16 & 0xFF);
    set_priority(2, 0x80);
}

#ifndef ARMV6M
static void groups(void) {
    chained = 2;
    for (uint32_t group = 0; group < 8; group++) {
        AIRCR = 0x05FA0000 | group << 8;
        set_priority(0, 0xA0);
        for (uint32_t sub = 0; sub < 4; sub++) {
            set_priority(1, 0x60 + 0x10 * sub + (sub == 3 ? 0x20 : 0));
            pend(1);
            say2("group", group << 8 | sub, order);
        }
    }
    AIRCR = 0x05FA0000;
    set_priority(0, 0x80);
    set_priority(1, 0x80);
    chained = 0;
}

static void masks(void) {
    static const uint8_t level[4] = {0x00, 0x40, 0x80, 0xC0};
    for (uint32_t base = 0; base < 0x100; base += 0x20) {
        for (unsigned a = 0; a < 4; a++) {
            set_priority(2, level[a]);
            ASM("msr basepri, %0" ::"r"(base));
            pend(4);
            const uint32_t taken = order;
            const uint32_t waits = ICSR >> 12 & 0x1FF;
            UNPEND = 4;
            ASM("msr basepri, %0" ::"r"(0));
            say2("basepri", base << 4 | a, taken);
            say2("vectpending", base << 4 | a, waits);
        }
    }
    ASM("cpsid f");
    pend(4);
    const uint32_t held = order;
    ASM("cpsie f\n isb");
    say("faultmask", held << 16 | order);
    static const uint8_t most[5][2] = {
            {0, 0x40}, {0x40, 0x80}, {0x80, 0x40}, {0x40, 0}, {0, 0}};
    for (unsigned i = 0; i < 5; i++) {
        uint32_t value;
        ASM("msr basepri, %1\n msr basepri_max, %2\n mrs %0, basepri"
                : "=r"(value)
                : "r"(most[i][0]), "r"(most[i][1]));
        ASM("msr basepri, %0" ::"r"(0));
        say2("basepri_max", i, value);
    }
}
#endif

static void frames(void) {
    for (uint32_t shift = 0; shift < 8; shift += 4) {
        ASM("mov r4, sp\n subs r5, r4, %0\n mov sp, r5\n movs r0, #10\n"
            "movs r1, #11\n movs r2, #12\n movs r3, #13\n mov r12, r4\n"
            "cmp r0, r0\n svc 0\n mov sp, r4" ::"l"(shift + 8)
                : "r0", "r1", "r2", "r3", "r4", "r5", "r12", "memory", "cc");
        say2("frame_r0", shift, svc_frame[0]);
        say2("frame_r3", shift, svc_frame[3]);
        say2("frame_xpsr", shift, svc_frame[7]);
        say2("frame_return", shift, svc_frame[8]);
    }
    static uint32_t other[64] __attribute__((aligned(8)));
    ASM("msr psp, %0\n mrs r4, control\n movs r5, #2\n msr control, r5\n isb\n"
        "svc 0\n msr control, r4\n isb" ::"r"(other + 64)
            : "r4", "r5", "memory");
    say("frame_psp", svc_frame[8]);
    uint32_t before, after;
    ASM("mov %0, sp\n svc 0\n mov %1, sp"
            : "=&r"(before), "=r"(after)::"memory");
    say("frame_sp_again", after - before);
}

/// Instructions ///

#ifdef ARMV6M
#define IF(name) "b" name " 1f\n b 2f\n 1: movs %0, #1\n 2:"
#else
#define IF(name) "it " name "\n mov" name " %0, #1"
#endif
#define CONDITION(name) \
    do { \
        uint32_t taken = 0; \
        for (uint32_t flags = 0; flags < 16; flags++) { \
            uint32_t yes = 0; \
            ASM("msr apsr_nzcvq, %1\n " IF(name) \
                    : "+l"(yes) \
                    : "r"(flags << 28) \
                    : "cc"); \
            taken |= yes << flags; \
        } \
        say("if_" name, taken); \
    } while (0)

#ifdef ARMV6M // of two registers, one is the destination
#define OPERANDS " %0, %3"
#else
#define OPERANDS " %0, %2, %3"
#endif
#define OP2(name, a, b) \
    do { \
        uint32_t result, flags; \
        ASM("mov %0, %2\n msr apsr_nzcvq, %4\n " name OPERANDS \
            "\n mrs %1, apsr" \
                : "=&l"(result), "=r"(flags) \
                : "l"(a), "l"(b), "r"(0) \
                : "cc"); \
        put_word(name); \
        put_char(' '); \
        hex(result, 8); \
        put_char(' '); \
        hex(flags, 8); \
        put("\r\n"); \
    } while (0)

static void instructions(void) {
    CONDITION("eq");
    CONDITION("ne");
    CONDITION("cs");
    CONDITION("cc");
    CONDITION("mi");
    CONDITION("pl");
    CONDITION("vs");
    CONDITION("vc");
    CONDITION("hi");
    CONDITION("ls");
    CONDITION("ge");
    CONDITION("lt");
    CONDITION("gt");
    CONDITION("le");
    static const uint32_t pair[4][2] = {{0x7FFFFFFF, 1},
            {0x80000000, 0xFFFFFFFF}, {0x12345678, 0x9ABCDEF0},
            {0xFF8000FF, 0x00000021}};
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t a = pair[i][0];
        const uint32_t b = pair[i][1];
        OP2("adds", a, b);
        OP2("subs", a, b);
        OP2("adcs", a, b);
        OP2("sbcs", a, b);
        OP2("lsls", a, b);
        OP2("lsrs", a, b);
        OP2("asrs", a, b);
        OP2("rors", a, b);
#ifdef ARMV6M
        OP2("muls", a, b);
        OP2("ands", a, b);
        OP2("orrs", a, b);
        OP2("eors", a, b);
        OP2("bics", a, b);
        OP2("mvns", a, b);
        OP2("tst", a, b);
        OP2("cmp", a, b);
        OP2("cmn", a, b);
        OP2("rsbs %0, %3, #0 @", a, b);
        OP2("add", a, b);
        OP2("sxtb", a, b);
        OP2("sxth", a, b);
        OP2("uxtb", a, b);
        OP2("uxth", a, b);
        OP2("rev", a, b);
        OP2("rev16", a, b);
        OP2("revsh", a, b);
#else
        OP2("mul", a, b);
        OP2("udiv", a, b);
        OP2("sdiv", a, b);
        OP2("qadd", a, b);
        OP2("qsub", a, b);
        OP2("qdadd", a, b);
        OP2("sadd16", a, b);
        OP2("usub8", a, b);
        OP2("uqadd8", a, b);
        OP2("shadd16", a, b);
        OP2("smuad", a, b);
        OP2("smusdx", a, b);
        OP2("smulbt", a, b);
        OP2("smulwb", a, b);
        OP2("smmulr", a, b);
        OP2("usad8", a, b);
        OP2("uxtab16", a, b);
        OP2("sxtah", a, b);
#endif
    }
}

/// Traps ///

#ifdef ARMV6M
static void traps(void) {
    static uint32_t space[4];
    const uint32_t odd = (uint32_t)(uintptr_t)space + 1;
    uint32_t value = 5;
    ASM("udf #3");
    fault("udf");
    ASM(".hword 0xF7F0, 0xA003");
    fault("udf_w");
    // What an Armv7-M has and an Armv6-M has not: CBZ, IT, MOVW, UDIV, LDR.W,
    // STREX, CLREX, TBB, VMOV, CPSID F, MRS of BASEPRI, MSR to FAULTMASK.
    ASM(".hword 0xB100\n nop");
    fault("cbz");
    ASM(".hword 0xBF08\n nop");
    fault("it");
    ASM(".hword 0xF240, 0x0001");
    fault("movw");
    ASM(".hword 0xFBB0, 0xF0F1");
    fault("udiv");
    ASM(".hword 0xF8DD, 0x0000");
    fault("ldr_w");
    ASM(".hword 0xE85D, 0x0F00");
    fault("ldrex");
    ASM(".hword 0xF3BF, 0x8F2F");
    fault("clrex");
    ASM(".hword 0xE8DF, 0xF000");
    fault("tbb");
    ASM(".hword 0xEE00, 0x0A10");
    fault("vmov");
    ASM(".hword 0xEE1F, 0x0F10");
    fault("mrc");
    ASM(".hword 0xF000, 0xB800"); // B.W
    fault("b_w");
    ASM(".hword 0xB671\n .hword 0xB661");
    fault("cpsid_f");
    ASM(".hword 0xF3EF, 0x8011" ::: "r0");
    fault("mrs_basepri");
    ASM("movs r0, #0\n .hword 0xF380, 0x8813" ::: "r0");
    fault("msr_faultmask");
    ASM("ldr %0, [%1]" : "=l"(value) : "l"(odd));
    fault("ldr_unaligned");
    ASM("ldrh %0, [%1]" : "=l"(value) : "l"(odd));
    fault("ldrh_unaligned");
    ASM("str %0, [%1]" ::"l"(value), "l"(odd) : "memory");
    fault("str_unaligned");
    ASM("strh %0, [%1]" ::"l"(value), "l"(odd) : "memory");
    fault("strh_unaligned");
    ASM("mov r4, %0\n ldm r4!, {r2, r3}" ::"l"(odd) : "r2", "r3", "r4");
    fault("ldm_unaligned");
    ASM("bkpt #1");
    fault("bkpt");
    ASM("ldr %0, [%1]" : "=l"(value) : "l"(0x70000000));
    fault("read_nothing");
    ASM("blx %0" ::"r"((uint32_t)(uintptr_t)space) : "lr", "memory");
    fault("blx_even");
    ASM("blx %0" ::"r"(0xE0000001) : "lr", "memory");
    fault("execute_device");
    ASM("mov %0, pc\n cpsid i\n svc 1\n nop\n nop\n cpsie i"
            : "=r"(value)::"memory");
    say("svc_masked_pc", seen.pc - value);
    fault("svc_masked");
    // Words of registers that an Armv6-M has not: CFSR, CPACR, FPCCR, STIR.
    SHCSR = 7u << 16;
    say("no_shcsr", SHCSR);
    CPACR = 0xFu << 20;
    say("no_cpacr", CPACR);
    CCR = 0;
    say("ccr", CCR);
    ASM("mrs r4, control\n movs r5, #1\n msr control, r5\n isb\n"
        "cpsid i\n mrs %0, primask\n ldr r2, [%1]\n cpsie i\n svc 2"
            : "=&r"(value)
            : "l"(0xE000ED08)
            : "r2", "r4", "r5", "memory");
    say("unprivileged_primask", value);
    fault("unprivileged_read");
}
#else
static void traps(void) {
    static uint32_t space[4];
    const uint32_t odd = (uint32_t)(uintptr_t)space + 1;
    SHCSR |= 7u << 16;
    ASM("udf #3");
    fault("udf");
    ASM("udf.w #3");
    fault("udf_w");
    uint32_t value = 5;
    ASM("udiv %0, %1, %2" : "=r"(value) : "r"(7), "r"(0));
    say("divide_by_0", value);
    fault("divide_by_0_fault");
    CCR |= 0x10;
    BARRIER();
    ASM("udiv %0, %1, %2" : "=r"(value) : "r"(7), "r"(0));
    fault("udiv_trap");
    ASM("sdiv %0, %1, %2" : "=r"(value) : "r"(7), "r"(0));
    fault("sdiv_trap");
    CCR &= ~0x10u;
    ASM("ldr %0, [%1]" : "=r"(value) : "r"(odd));
    fault("ldr_unaligned");
    ASM("ldrd r2, r3, [%0]" ::"r"(odd) : "r2", "r3");
    fault("ldrd_unaligned");
    ASM("ldm %0, {r2, r3}" ::"r"(odd) : "r2", "r3");
    fault("ldm_unaligned");
    ASM("stm %0, {r2, r3}" ::"r"(odd) : "memory");
    fault("stm_unaligned");
    ASM("ldrex r2, [%0]" ::"r"(odd) : "r2");
    fault("ldrex_unaligned");
    CCR |= 8;
    BARRIER();
    ASM("ldr %0, [%1]" : "=r"(value) : "r"(odd));
    fault("ldr_trap");
    ASM("strh %0, [%1]" ::"r"(value), "r"(odd) : "memory");
    fault("strh_trap");
    CCR &= ~8u;
    BARRIER();
    CPACR = 0;
    BARRIER();
    ASM("vmov s0, %0" ::"r"(value));
    fault("fpu_off");
    CPACR = 0xFu << 20;
    BARRIER();
    ASM("mrc p15, 0, r2, c0, c0, 0" ::: "r2");
    fault("cp15");
    ASM("mrc p7, 0, r2, c0, c0, 0" ::: "r2");
    fault("cp7");
    ASM("ldr %0, [%1]" : "=r"(value) : "r"(0x70000000));
    say("bfar", BFAR);
    fault("read_nothing");
    ASM("blx %0" ::"r"((uint32_t)(uintptr_t)space) : "lr", "memory");
    fault("blx_even");
    ASM("blx %0" ::"r"(0xE0000001) : "lr", "memory");
    fault("execute_device");
    SHCSR &= ~(7u << 16);
    BARRIER();
    ASM("udf #4");
    fault("udf_escalates");
    ASM("ldr %0, [%1]" : "=r"(value) : "r"(0x70000000));
    fault("read_escalates");
    // The first instruction gives the address of the third.
    ASM("mov %0, pc\n cpsid i\n svc 1\n nop\n nop\n cpsie i"
            : "=r"(value)::"memory");
    say("svc_masked_pc", seen.pc - value);
    fault("svc_masked");
    SHCSR |= 7u << 16;
    ASM("mrs r4, control\n movs r5, #1\n msr control, r5\n isb\n"
        "cpsid i\n mrs %0, primask\n msr basepri, r5\n mrs r5, basepri\n"
        "ldr r2, [%1]\n svc 2"
            : "=&r"(value)
            : "r"(0xE000ED08)
            : "r2", "r4", "r5", "memory");
    say("unprivileged_primask", value);
    fault("unprivileged_read");
}

/// Floating point ///

static uint32_t fp2(char op, uint32_t a, uint32_t b, uint32_t mode,
        uint32_t *flags) {
    uint32_t result;
    ASM("vmsr fpscr, %0\n vmov s0, %1\n vmov s1, %2" ::"r"(mode), "r"(a), "r"(b)
            : "s0", "s1");
    switch (op) {
    case '+':
        ASM("vadd.f32 s0, s0, s1" ::: "s0");
        break;
    case '*':
        ASM("vmul.f32 s0, s0, s1" ::: "s0");
        break;
    case '/':
        ASM("vdiv.f32 s0, s0, s1" ::: "s0");
        break;
    case 'r':
        ASM("vsqrt.f32 s0, s0" ::: "s0");
        break;
    case 'i':
        ASM("vcvt.s32.f32 s0, s0" ::: "s0");
        break;
    case 'c':
        ASM("vcmp.f32 s0, s1" ::: "s0");
        break;
    default:
        ASM("vfma.f32 s0, s0, s1" ::: "s0");
    }
    ASM("vmov %0, s0\n vmrs %1, fpscr" : "=r"(result), "=r"(*flags));
    return result;
}

static void floats(void) {
    static const uint32_t value[6][2] = {{0x3F800000, 0x40400000},
            {0x7F7FFFFF, 0x7F7FFFFF}, {0x00000001, 0x3F000000},
            {0x7F800000, 0x80000000}, {0x7F800001, 0x3F800000},
            {0xC0490FDB, 0x00000000}};
    static const char ops[] = "+*/ricf";
    for (unsigned i = 0; i < 6; i++) {
        for (unsigned k = 0; ops[k]; k++) {
            uint32_t flags;
            const uint32_t result =
                    fp2(ops[k], value[i][0], value[i][1], 0, &flags);
            put("fp_");
            put_char(ops[k] == '+' ? 'a'
                            : ops[k] == '*' ? 'm'
                            : ops[k] == '/' ? 'd'
                                            : ops[k]);
            hex(i, 1);
            put_char(' ');
            hex(result, 8);
            put_char(' ');
            hex(flags, 8);
            put("\r\n");
        }
    }
    for (uint32_t mode = 0; mode < 4; mode++) {
        uint32_t flags;
        say2("fp_round", mode,
                fp2('/', 0x3F800000, 0x40400000, mode << 22, &flags));
    }
    uint32_t flags;
    say("fp_flush", fp2('+', 0x00000001, 0, 1u << 24, &flags));
    say("fp_flush_flags", flags);
    say("fp_default_nan", fp2('+', 0x7F812345, 0, 1u << 25, &flags));
    uint32_t live;
    ASM("vmsr fpscr, %1\n svc 3\n vmrs %0, fpscr"
            : "=r"(live)
            : "r"(0x60400000)
            : "memory");
    say("fp_over_svc", live);
    say("fp_frame_return", svc_frame[8]);
}

static void exclusives(void) {
    static uint32_t word;
    uint32_t first, second, after;
    ASM("ldrex r2, [%3]\n strex %0, r2, [%3]\n strex %1, r2, [%3]\n"
        "ldrex r2, [%3]\n svc 0\n strex %2, r2, [%3]"
            : "=&r"(first), "=&r"(second), "=&r"(after)
            : "r"(&word)
            : "r2", "memory");
    say("strex", first);
    say("strex_again", second);
    say("strex_over_svc", after);
    ASM("ldrex r2, [%1]\n clrex\n strex %0, r2, [%1]"
            : "=&r"(first)
            : "r"(&word)
            : "r2", "memory");
    say("strex_clrex", first);
}

#endif

void start(void);
void start(void) {
    extern uint32_t bss_start[], bss_end[];
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    uart_open();
#ifndef ARMV6M
    CPACR = 0xFu << 20;
    BARRIER();
#endif
    ASM("msr control, %0\n isb" ::"r"(0)); // no FP context
    priorities();
#ifndef ARMV6M
    groups();
    masks();
    floats();
    exclusives();
#ifdef FPV5
    doubles();
#endif
#endif
    frames();
    instructions();
    traps();
#ifndef ARMV6M
    events();
#endif
#ifdef __ARM_ARCH_8M_MAIN__
    armv8();
#endif
    put("that was all\r\n");
    for (;;) {
    }
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[])(void) = {
        (void (*)(void))stack_top, start, on_fault, on_fault, on_fault,
        on_fault, on_fault, 0, 0, 0, 0, on_svc, on_fault, 0, on_fault, on_fault,
        [16 ... 47] = handler};
