/*
 * suite - what the architecture says, asked of a machine
 *
 * SPDX-License-Identifier: MIT
 *
 * The same program for an STM32L476 and, with -DQEMU, for the STM32F405 of
 * QEMU's netduinoplus2. Prints "ok NAME" or "bad NAME got X want Y". All that
 * is wanted follows from the Armv7-M ARM (DDI0403).
 */
#include <stdint.h>

#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define REG8(a) (*(volatile uint8_t *)(uintptr_t)(a))
#define ISER REG(0xE000E100)
#define ICER REG(0xE000E180)
#define ISPR REG(0xE000E200)
#define ICPR REG(0xE000E280)
#define IABR REG(0xE000E300)
#define IPR(n) REG8(0xE000E400 + (n))
#define CSR REG(0xE000E010)
#define RVR REG(0xE000E014)
#define CVR REG(0xE000E018)
#define ICSR REG(0xE000ED04)
#define VTOR REG(0xE000ED08)
#define AIRCR REG(0xE000ED0C)
#define SCR REG(0xE000ED10)
#define CCR REG(0xE000ED14)
#define SHPR(n) REG8(0xE000ED14 + (n)) // of exception n
#define SHCSR REG(0xE000ED24)
#define CFSR REG(0xE000ED28)
#define HFSR REG(0xE000ED2C)
#define BFAR REG(0xE000ED38)
#define CPACR REG(0xE000ED88)
#define STIR REG(0xE000EF00)
#define FPCCR REG(0xE000EF34)
#define BARRIER() __asm volatile("dsb\n\tisb" ::: "memory")
#define ASM __asm volatile

/// The line ///

static void put_char(char c) {
#ifdef QEMU
    REG(0x40011004) = (uint8_t)c;
#else
    while (!(REG(0x4000441C) & 0x80)) {
    }
    REG(0x40004428) = (uint8_t)c;
#endif
}

static void put(const char *s) {
    while (*s) {
        put_char(*s++);
    }
}

static void hex(uint32_t v) {
    for (int i = 28; i >= 0; i -= 4) {
        put_char("0123456789abcdef"[v >> i & 15]);
    }
}

static void check(const char *name, uint32_t got, uint32_t want) {
    put(got == want ? "ok " : "bad ");
    put(name);
    if (got != want) {
        put(" got ");
        hex(got);
        put(" want ");
        hex(want);
    }
    put("\r\n");
}

/// Handlers ///

void start(void);
static volatile uint32_t frame[8], exc_return, ipsr, faults, cfsr, hfsr, bfar;
static volatile uint32_t order, inside, ticks, again;

// Goes on behind the instruction, or where a jump came from.
__attribute__((used)) static void on_fault(uint32_t *f, uint32_t lr) {
    if (*(uint16_t *)(uintptr_t)f[6] == 0xDEFE) {
        AIRCR = 0x05FA0004; // QEMU: with -no-reboot it ends here
    }
    faults++;
    cfsr = CFSR;
    hfsr = HFSR;
    bfar = BFAR;
    CFSR = cfsr;
    HFSR = hfsr;
    exc_return = lr;
    ASM("mrs %0, ipsr" : "=r"(ipsr));
    if (!(f[7] & 1u << 24)) {
        f[7] |= 1u << 24;
        f[6] = f[5] & ~1u;
        return;
    }
    f[6] += *(uint16_t *)(uintptr_t)f[6] >= 0xE800 ? 4 : 2;
    f[7] &= ~0x0600FC00u;
}

__attribute__((used)) static void on_svc(uint32_t *f, uint32_t lr) {
    for (int i = 0; i < 8; i++) {
        frame[i] = f[i];
    }
    exc_return = lr;
    ASM("mrs %0, ipsr" : "=r"(ipsr));
}

#define ENTRY(name, to) \
    __attribute__((naked)) static void name(void) { \
        ASM("tst lr, #4\n\tite eq\n\tmrseq r0, msp\n\tmrsne r0, psp\n\t" \
            "mov r1, lr\n\tb " #to); \
    }
ENTRY(fault_entry, on_fault)
ENTRY(svc_entry, on_svc)

static void on_tick(void) {
    ticks++;
}

static void on_pendsv(void) {
    order = order << 4 | 14;
}

static void on_irq(void) {
    uint32_t number;
    ASM("mrs %0, ipsr" : "=r"(number));
    number -= 16;
    order = order << 4 | number;
    if (number == 1) {
        inside = ICSR;
        again = IABR;
    }
    if (number == 2) { // may 3 interrupt it?
        ISPR = 1u << 3;
        BARRIER();
        order = order << 4 | 15;
    }
}

static void on_fp_irq(void) {
    ASM("vmov.f32 s0, #2.0\n\tvcmp.f32 s0, #0.0\n\tvmsr fpscr, %0" ::"r"(0)
            : "s0");
}

__attribute__((section(".vectors"), used, aligned(512)))
const uintptr_t vectors[32] = {0x20010000, (uintptr_t)start,
        (uintptr_t)fault_entry, (uintptr_t)fault_entry, (uintptr_t)fault_entry,
        (uintptr_t)fault_entry, (uintptr_t)fault_entry,
        [11] = (uintptr_t)svc_entry, [14] = (uintptr_t)on_pendsv,
        (uintptr_t)on_tick, [16] = (uintptr_t)on_irq, (uintptr_t)on_irq,
        (uintptr_t)on_irq, (uintptr_t)on_irq, (uintptr_t)on_irq,
        (uintptr_t)on_irq, (uintptr_t)on_irq, (uintptr_t)on_fp_irq};

/// Exceptions ///

static void entry_and_return(void) {
    ASM("mov r0, #1\n\tmov r1, #2\n\tmov r2, #3\n\tmov r3, #4\n\t"
        "mov r12, #5\n\tsvc 0" ::
                    : "r0", "r1", "r2", "r3", "r12", "memory");
    check("frame r0", frame[0], 1);
    check("frame r1", frame[1], 2);
    check("frame r2", frame[2], 3);
    check("frame r3", frame[3], 4);
    check("frame r12", frame[4], 5);
    check("EXC_RETURN of a thread on MSP", exc_return, 0xFFFFFFF9);
    check("IPSR of SVC", ipsr, 11);
    ASM("mov r1, sp\n\tsub sp, #4\n\tsvc 0\n\tmov sp, r1" ::: "r1", "memory");
    check("STKALIGN sets bit 9", frame[7] >> 9 & 1, 1);
    static uint32_t stack[64] __attribute__((aligned(8)));
    ASM("msr psp, %0\n\tmov r0, #2\n\tmsr control, r0\n\tisb\n\tsvc 0\n\t"
        "mov r0, #0\n\tmsr control, r0\n\tisb" ::"r"(stack + 64)
            : "r0", "memory");
    check("EXC_RETURN of a thread on PSP", exc_return, 0xFFFFFFFD);
    ICSR = 1u << 28;
    BARRIER();
    check("PENDSVSET", order, 14);
    STIR = 5;
    BARRIER();
    ISER = 1u << 5;
    BARRIER();
    check("STIR pends", order, 0xE5);
}

static uint32_t irqs(uint32_t pend) {
    order = 0;
    ASM("cpsid i" ::: "memory");
    ISPR = pend;
    ASM("cpsie i" ::: "memory");
    BARRIER();
    return order;
}

static void priorities(void) {
    ISER = 0x7F;
    check("equal priorities: the lower number first", irqs(0x32), 0x145);
    IPR(5) = 0x10;
    IPR(1) = 0x30;
    IPR(4) = 0x20;
    check("the higher priority first", irqs(0x32), 0x541);
    check("ICSR.VECTACTIVE in the handler", inside & 0x1FF, 17);
    check("ICSR.RETTOBASE in the handler", inside >> 11 & 1, 1);
    check("IABR in the handler", again, 2);
    IPR(2) = 0x40;
    IPR(3) = 0x30;
    check("a higher priority preempts", irqs(4), 0x23F);
    IPR(3) = 0x40;
    check("an equal one does not", irqs(4), 0x2F3);
    AIRCR = 0x05FA0600; // two bits preempt, the rest only orders
    IPR(3) = 0x30;
    IPR(2) = 0x00;
    IPR(3) = 0x10;
    check("a subpriority does not preempt", irqs(4), 0x2F3);
    AIRCR = 0x05FA0000;
    IPR(2) = 0x40;
    IPR(3) = 0x50;
    order = 0;
    ASM("msr basepri, %0" ::"r"(0x40));
    ISPR = 0x24;
    BARRIER();
    check("BASEPRI masks its own level and below", order, 5);
    ASM("msr basepri, %0" ::"r"(0));
    BARRIER();
    check("and lets them come", order, 0x52F3);
    uint32_t value;
    ASM("msr basepri, %1\n\tmsr basepri_max, %2\n\tmrs %0, basepri\n\t"
            : "=&r"(value)
            : "r"(0x40), "r"(0x60));
    check("BASEPRI_MAX does not lower", value, 0x40);
    ASM("msr basepri_max, %1\n\tmrs %0, basepri\n\tmsr basepri, %2"
            : "=&r"(value)
            : "r"(0x20), "r"(0));
    check("BASEPRI_MAX raises", value, 0x20);
    IPR(6) = 0xFF;
    check("four bits of priority", IPR(6), 0xF0);
    ASM("cpsid i" ::: "memory");
    ISPR = 1u << 6;
    BARRIER();
    check("ICSR.VECTPENDING", ICSR >> 12 & 0x1FF, 22);
    check("ICSR.ISRPENDING", ICSR >> 22 & 1, 1);
    ICPR = 1u << 6;
    ASM("cpsie i" ::: "memory");
    check("ICPR takes it back", ISPR >> 6 & 1, 0);
}

/// Faults ///

static void fault(const char *name, uint32_t want_cfsr) {
    check(name, cfsr, want_cfsr);
    cfsr = 0;
}

static void all_faults(void) {
    SHCSR = 0x70000;
    CCR |= 0x10;
    BARRIER();
    ASM("mov r1, #0\n\tudiv r0, r0, r1" ::: "r0", "r1");
    fault("UDIV by 0", 1u << 25);
    ASM("mov r1, #0\n\tsdiv r0, r0, r1" ::: "r0", "r1");
    fault("SDIV by 0", 1u << 25);
    check("IPSR of UsageFault", ipsr, 6);
    CCR &= ~0x10u;
    BARRIER();
    uint32_t value = 1;
    ASM("mov r1, #0\n\tudiv %0, %0, r1" : "+r"(value)::"r1");
    check("without the trap the quotient is 0", value, 0);
    ASM(".hword 0xDE00" ::: "memory");
    fault("UDF", 1u << 16);
    ASM("ldmia %0, {r1, r2}" ::"r"(0x20000102) : "r1", "r2");
    fault("unaligned LDM", 1u << 24);
    ASM("ldrd r1, r2, [%0]" ::"r"(0x20000102) : "r1", "r2");
    fault("unaligned LDRD", 1u << 24);
    ASM("ldrex r1, [%0]" ::"r"(0x20000102) : "r1");
    fault("unaligned LDREX", 1u << 24);
    CCR |= 8;
    BARRIER();
    ASM("ldr r1, [%0]" ::"r"(0x20000102) : "r1");
    fault("UNALIGN_TRP of LDR", 1u << 24);
    CCR &= ~8u;
    BARRIER();
    ASM("ldr r1, [%0]" ::"r"(0x20000102) : "r1");
    fault("and LDR without it", 0);
    CPACR = 0;
    BARRIER();
    ASM(".inst.w 0xEEB00A40" ::: "memory"); // vmov.f32 s0, s0
    fault("FPU off", 1u << 19);
    CPACR = 0xF00000;
    BARRIER();
    ASM("mrc p15, #0, r1, c0, c0, #0" ::: "r1");
    fault("MRC p15", 1u << 19);
    ASM("blx %0" ::"r"(0x20000100) : "lr", "memory");
    fault("jump to an even address", 1u << 17);
    ASM("ldr r1, [%0]" ::"r"(0x60000000) : "r1");
    fault("read where nothing is", 1u << 9 | 1u << 15);
    check("BFAR", bfar, 0x60000000);
    SHCSR = 0;
    ASM(".hword 0xDE00" ::: "memory");
    fault("UsageFault off", 1u << 16);
    check("is a HardFault, forced", hfsr, 1u << 30);
    check("IPSR of HardFault", ipsr, 3);
    ASM("cpsid i\n\tsvc 0\n\tcpsie i" ::: "memory");
    check("SVC with PRIMASK is a HardFault", hfsr, 1u << 30);
}

/// IT, arithmetic ///

static void it_blocks(void) {
    uint32_t r;
    ASM("mov r1, #1\n\tcmp r1, #1\n\tite eq\n\tmoveq %0, #5\n\tmovne %0, #6"
            : "=r"(r)::"r1", "cc");
    check("ITE", r, 5);
    ASM("mov r1, #1\n\tcmp r1, #2\n\tittt eq\n\tmoveq r1, #9\n\tmoveq r1, "
        "#9\n\tmoveq r1, #9\n\tsvc 0\n\tmov %0, #7"
            : "=r"(r)::"r1", "cc", "memory");
    check("SVC behind a failed ITTT: no IT bits", frame[7] & 0x0600FC00, 0);
    check("and what follows runs", r, 7);
    ASM("cmp r0, r0\n\tit eq\n\tsvceq 0" ::: "cc", "memory");
    check("SVC at the end of a block: no IT bits", frame[7] & 0x0600FC00, 0);
}

static void arithmetic(void) {
    uint32_t r, s;
    ASM("sdiv %0, %1, %2" : "=r"(r) : "r"(0x80000000), "r"(-1));
    check("SDIV overflow", r, 0x80000000);
    ASM("msr apsr_nzcvq, %3\n\tssat %0, #8, %2\n\tmrs %1, apsr"
            : "=&r"(r), "=r"(s)
            : "r"(1000), "r"(0)
            : "cc");
    check("SSAT", r, 127);
    check("sets Q", s >> 27 & 1, 1);
    ASM("usat %0, #4, %1" : "=r"(r) : "r"(-5) : "cc");
    check("USAT", r, 0);
    ASM("lsl %0, %1, %2" : "=r"(r) : "r"(1), "r"(32));
    check("LSL by 32", r, 0);
    ASM("asr %0, %1, %2" : "=r"(r) : "r"(0x80000000), "r"(40));
    check("ASR by 40", r, 0xFFFFFFFF);
    ASM("ror %0, %1, %2" : "=r"(r) : "r"(0x12345678), "r"(36));
    check("ROR by 36", r, 0x81234567);
    ASM("clz %0, %1" : "=r"(r) : "r"(0));
    check("CLZ of 0", r, 32);
    ASM("rbit %0, %1" : "=r"(r) : "r"(0x12345678));
    check("RBIT", r, 0x1E6A2C48);
    ASM("smlad %0, %1, %2, %3"
            : "=r"(r)
            : "r"(0x00020003), "r"(0x00040005), "r"(7)
            : "cc");
    check("SMLAD", r, 30);
    ASM("qadd %0, %1, %2" : "=r"(r) : "r"(0x7FFFFFFF), "r"(1) : "cc");
    check("QADD", r, 0x7FFFFFFF);
    ASM("uadd8 %0, %1, %2\n\tsel %0, %1, %2"
            : "=&r"(r)
            : "r"(0xFF01FF01), "r"(0x01010101)
            : "cc");
    check("SEL by the carries of UADD8", r, 0xFF01FF01);
    ASM("umaal %0, %1, %2, %3"
            : "=r"(r), "=r"(s)
            : "r"(-1), "r"(-1), "0"(-1), "1"(-1));
    check("UMAAL", r & s, 0xFFFFFFFF);
    ASM("bfi %0, %1, #8, #4" : "=r"(r) : "r"(0xF), "0"(0));
    check("BFI", r, 0xF00);
}

static void exclusives(void) {
    static uint32_t word;
    uint32_t r;
    ASM("ldrex r1, [%1]\n\tstrex %0, r1, [%1]"
            : "=&r"(r)
            : "r"(&word)
            : "r1", "memory");
    check("STREX", r, 0);
    ASM("ldrex r1, [%1]\n\tclrex\n\tstrex %0, r1, [%1]"
            : "=&r"(r)
            : "r"(&word)
            : "r1", "memory");
    check("STREX behind CLREX", r, 1);
    ASM("ldrex r4, [%1]\n\tsvc 0\n\tstrex %0, r4, [%1]"
            : "=&r"(r)
            : "r"(&word)
            : "r0", "r1", "r2", "r3", "r4", "r12", "memory");
    check("STREX behind an exception", r, 1);
    volatile uint32_t *const bits =
            (volatile uint32_t *)0x22000000u + 0x8000u * 8u;
    REG(0x20008000) = 0;
    bits[3] = 1;
    check("bit-band write", REG(0x20008000), 8);
    check("bit-band read", bits[3] + bits[4], 1);
}

/// SysTick, FP ///

static void systick(void) {
    RVR = 9999;
    CVR = 5;
    CSR = 5;
    while (!(CSR & 0x10000)) {
    }
    check("COUNTFLAG is cleared by its read", CSR >> 16 & 1, 0);
    check("CVR stays below the reload", CVR <= 9999, 1);
    CSR = 7;
    while (ticks < 3) {
        ASM("wfi");
    }
    CSR = 0;
    check("no tick when it is off", ticks, 3);
    CVR = 77;
    check("any write clears CVR", CVR, 0);
}

static void floating(void) {
    uint32_t r;
    ASM("vmov.f32 s0, #1.0\n\tvmov.f32 s1, #1.0\n\tvcmp.f32 s0, s1\n\t"
        "svc 0\n\tvmrs %0, fpscr"
            : "=r"(r)::"s0", "s1", "r0", "r1", "r2", "r3", "r12", "memory");
    check("FPSCR flags over SVC", r >> 28, 6);
    check("EXC_RETURN with an FP frame", exc_return, 0xFFFFFFE9);
    check("FPCCR as after reset", FPCCR >> 30, 3);
    ISER = 1u << 7;
    ASM("vmsr fpscr, %1\n\tvmov.f32 s0, #3.0\n\tstr %2, [%3]\n\tdsb\n\tisb\n\t"
        "vmrs %0, fpscr"
            : "=&r"(r)
            : "r"(0x00C00000), "r"(1u << 7), "r"(0xE000E200)
            : "s0", "memory");
    check("rounding mode over an interrupt that changes it", r, 0x00C00000);
    ASM("vmov %0, s0" : "=r"(r));
    check("s0 over it", r, 0x40400000);
    ASM("vmsr fpscr, %0" ::"r"(0));
    ASM("mrs %0, control" : "=r"(r));
    check("CONTROL.FPCA", r >> 2 & 1, 1);
    ASM("vmov.f32 s0, #1.0\n\tvldr s1, 1f\n\tvdiv.f32 s0, s0, s1\n\t"
        "vmov %0, s0\n\tb 2f\n\t.align 2\n1: .word 0x40400000\n2:"
            : "=r"(r)::"s0", "s1");
    check("1/3 rounded to nearest", r, 0x3EAAAAAB);
}

static void unprivileged(void) {
    uint32_t r;
    SHCSR = 0x70000;
    ASM("mov r0, #1\n\tmsr control, r0\n\tisb" ::: "r0", "memory");
    ASM("msr basepri, %1\n\tmrs %0, basepri" : "=&r"(r) : "r"(0x40));
    check("MRS BASEPRI reads 0", r, 0);
    faults = 0;
    ASM("ldr r1, [%0]" ::"r"(0xE000ED00) : "r1", "memory");
    check("the system registers are a bus fault", faults, 1);
    ASM("mov r0, #0\n\tmsr control, r0\n\tisb\n\tmrs %0, control"
            : "=r"(r)::"r0", "memory");
    check("CONTROL cannot be written", r & 1, 1);
}

void start(void) {
#ifdef QEMU
    REG(0x4001100C) = 0x200C;
#else
    REG(0x40021058) |= 1u << 17;
    REG(0x4000440C) = 16; // 250,000 Bd
    REG(0x40004400) = 9;
#endif
    order = ticks = faults = 0;
    VTOR = (uint32_t)(uintptr_t)vectors;
    CPACR = 0xF00000;
    BARRIER();
    check("CPUID", REG(0xE000ED00), 0x410FC241);
    entry_and_return();
    priorities();
    it_blocks();
    arithmetic();
    exclusives();
    systick();
    floating();
    all_faults();
    unprivileged();
    put("done\r\n");
#ifdef QEMU
    ASM(".hword 0xDEFE" ::: "memory");
#endif
    for (;;) {
    }
}
