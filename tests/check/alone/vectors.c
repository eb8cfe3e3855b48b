/*
 * vectors - where the vector table ends, and by which addresses it and VTOR are
 * reached
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe-build: BAD_SPLIT vector
// unsafe-build: BAD_SPLIT_LABEL vector
// unsafe-build: BAD_SPLIT_UNNAMED vector
// unsafe-build: BAD_SPLIT_SECTION vector
// unsafe-build: BAD_SPLIT_MIXED vector
// unsafe-build: BAD_SPLIT_BEHIND vector-runtime
// unsafe-build: BAD_END_KEPT vector-runtime|vector
// unsafe-build: BAD_END_DATA vector-runtime|vector
// unsafe-build: BAD_VTOR_KEPT vector-runtime
// unsafe-build: BAD_VTOR_GAP vector-runtime
// unsafe-build: BAD_VTOR_MASKED vector-runtime
// unsafe-build: BAD_VTOR_SHIFTED vector-runtime
// unsafe-build: BAD_VTOR_OR vector-runtime
// unsafe-build: BAD_VTOR_RETURNED vector-runtime
// unsafe-build: BAD_VTOR_HANDED vector-runtime
// unsafe-build: BAD_VTOR_READ vector-runtime
// unsafe-build: BAD_SCS_ARG vector-runtime
// unsafe-build: BAD_SCS_CONST vector-runtime
// unsafe-build: BAD_SCS_LONG vector-runtime
// unsafe-build: BAD_SCS_TAIL vector-runtime
// unsafe-build: BAD_SCB_RETURNED vector-runtime
// unsafe-build: BAD_SCB_FRAME vector-runtime
// safe-build: OK_SPLIT
// safe-build: OK_SPLIT_DATA
// safe-build: OK_END_ARG
// safe-build: OK_VTOR_COMPARED
// safe-build: OK_SCB_ARG
// safe-build: OK_MPU_ARG
// safe-build: OK_LEFT_OVER
// builds: m4 O2 gcc,m0plus O0 gcc,m33 Os clang
#include "harness.h"

extern harness_handler *const flash_vectors[];
volatile uint32_t vi;

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
}

RAM void own(void) {
    QSPI_CR = 7;
}

#define WORD(n) ".word " #n "\n"
#define CORE \
    WORD(stack_top_) \
    WORD(Default_Handler) \
    WORD(NMI_Handler) \
    WORD(HardFault_Handler) \
    WORD(MemManage_Handler) \
    WORD(BusFault_Handler) \
    WORD(UsageFault_Handler) \
    WORD(0) \
    WORD(0) \
    WORD(0) \
    WORD(0) \
    WORD(SVC_Handler) \
    WORD(DebugMon_Handler) \
    WORD(0) \
    WORD(PendSV_Handler) \
    WORD(SysTick_Handler)
#define OBJECT(name) ".global " #name "\n.type " #name ", %object\n" #name ":\n"
#define SIZE(name) ".size " #name ", . - " #name "\n"
#define TABLE(words) \
    __asm__(".section .data.vectors, \"aw\", %progbits\n" \
            ".balign 256\n" words ".text\n")

#if defined BAD_SPLIT
TABLE(OBJECT(ram_vectors) CORE SIZE(ram_vectors) OBJECT(irq_vectors) WORD(own)
                WORD(flash_tick) SIZE(irq_vectors));
#elif defined BAD_SPLIT_LABEL
TABLE(OBJECT(ram_vectors) CORE OBJECT(irq_vectors) WORD(own) WORD(flash_tick));
#elif defined BAD_SPLIT_UNNAMED
TABLE(OBJECT(ram_vectors) CORE SIZE(ram_vectors) WORD(own) WORD(flash_tick)
                WORD(3));
#elif defined BAD_SPLIT_SECTION
// More than those of the core in the first one, and nothing else is there.
__asm__(".section .vectors, \"aw\", %progbits\n"
        ".balign 256\n" OBJECT(ram_vectors) CORE WORD(own) WORD(own)
                SIZE(ram_vectors) OBJECT(irq_vectors) WORD(flash_tick)
                        SIZE(irq_vectors) ".text\n");
#elif defined OK_SPLIT
TABLE(OBJECT(ram_vectors) CORE SIZE(ram_vectors) OBJECT(irq_vectors) WORD(own)
                WORD(own) SIZE(irq_vectors));
#elif defined OK_SPLIT_DATA
// What follows is no vector.
TABLE(OBJECT(ram_vectors) CORE WORD(own) SIZE(ram_vectors) OBJECT(hooks)
                WORD(flash_tick) WORD(5) SIZE(hooks));
#elif defined BAD_SPLIT_MIXED
// Something else is behind them, in the same object.
TABLE(OBJECT(ram_vectors) CORE SIZE(ram_vectors) OBJECT(irqs) WORD(own) WORD(0)
                WORD(flash_tick) WORD(5) SIZE(irqs));
#elif defined BAD_SPLIT_BEHIND
// Those of the interrupts are two objects, and other data is behind them.
TABLE(OBJECT(ram_vectors) CORE WORD(own) WORD(own) SIZE(ram_vectors)
                OBJECT(irqs) WORD(own) WORD(flash_tick) SIZE(irqs) OBJECT(hooks)
                        WORD(5) SIZE(hooks));
#elif defined BAD_END_KEPT || defined BAD_END_DATA
// One past the end is not the address of another object.
TABLE(OBJECT(ram_vectors) CORE WORD(own) WORD(own) SIZE(ram_vectors) WORD(5));
#endif

#if defined BAD_END_KEPT || defined BAD_END_DATA
#ifdef BAD_END_KEPT
static harness_handler **volatile end;
FLASH void save(void) {
    end = ram_vectors + 18;
}
#else
static harness_handler **volatile end = ram_vectors + 18;
FLASH void save(void) {
    vi = 1;
}
#endif
int main(void) {
    save();
    end[-3] = flash_tick;
    return 0;
}
#elif defined BAD_END_ARG || defined OK_END_ARG
FLASH void set_before(harness_handler **at, uint32_t n, harness_handler *to) {
    at[-(int)n] = to;
}
int main(void) {
#ifdef BAD_END_ARG
    set_before(ram_vectors + HARNESS_VECTORS, vi & 7u, flash_tick);
#else
    set_before(ram_vectors + HARNESS_VECTORS, 9, own);
#endif
    vi = 2;
    return 0;
}
#elif defined BAD_VTOR_KEPT || defined BAD_VTOR_GAP
// VTOR is reached from the register behind it, or from where none is.
#ifdef BAD_VTOR_KEPT
#define FROM 0xe000ed0cu
#else
#define FROM 0xe000ecf8u
#endif
static volatile uint32_t *volatile near_vtor;
FLASH void save(void) {
    near_vtor = (volatile uint32_t *)FROM;
}
int main(void) {
    save();
    near_vtor[(int)(0xe000ed08u - FROM) / 4] = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_VTOR_MASKED || defined BAD_VTOR_SHIFTED || \
        defined BAD_VTOR_OR || defined BAD_VTOR_RETURNED || \
        defined BAD_VTOR_HANDED || defined BAD_VTOR_READ
// The table is reached by what VTOR holds, without its lowest bits.
FLASH uint32_t table(void) {
    return REG(0xe000ed08u) & 0x3fffff80u;
}
FLASH uint32_t read(volatile uint32_t *at) {
    return *at;
}
FLASH void put(uint32_t at, harness_handler *to) {
    REG(at + 60u) = (uint32_t)to;
}
FLASH void set_vector(uint32_t n, harness_handler *to) {
#if defined BAD_VTOR_MASKED
    ((volatile uint32_t *)(REG(0xe000ed08u) & 0xffffff80u))[n] = (uint32_t)to;
#elif defined BAD_VTOR_SHIFTED
    ((volatile uint32_t *)(REG(0xe000ed08u) >> 7 << 7))[n] = (uint32_t)to;
#elif defined BAD_VTOR_READ
    ((volatile uint32_t *)read(&REG(0xe000ed08u)))[n] = (uint32_t)to;
#elif defined BAD_VTOR_OR
    REG(REG(0xe000ed08u) | n << 2) = (uint32_t)to;
#elif defined BAD_VTOR_HANDED
    put(REG(0xe000ed08u) & ~0x7fu, to);
    vi = n;
#else
    ((volatile uint32_t *)table())[n] = (uint32_t)to;
#endif
}
int main(void) {
    set_vector(15, flash_tick);
    return 0;
}
#elif defined OK_VTOR_COMPARED
int main(void) {
    if ((REG(0xe000ed08u) & 0xffffff80u) != (uint32_t)ram_vectors) {
        __asm__ volatile("wfi");
    }
    return 0;
}
#elif defined BAD_SCS_CONST
// A constant without a name, as assembly has it.
__asm__(".section .rodata.scs, \"a\", %progbits\n"
        ".balign 4\n"
        ".global scs\n"
        "scs:\n"
        ".word 0xe000e000\n"
        ".text\n");
extern volatile uint32_t *volatile scs;
int main(void) {
    scs[0xd08 / 4] = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_SCS_ARG
FLASH void set(volatile uint32_t *scs, const void *t) {
    scs[0xd08 / 4] = (uint32_t)t;
}
int main(void) {
    set((volatile uint32_t *)0xe000e000u, flash_vectors);
    return 0;
}
#elif defined BAD_SCB_RETURNED
FLASH volatile uint32_t *which(void) {
    return (volatile uint32_t *)0xe000ed00u;
}
int main(void) {
    which()[2] = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_SCB_FRAME
// It lies in the frame, which a callee may write to.
FLASH void note(uint32_t *count) {
    ++*count;
}
int main(void) {
    uint32_t count = 0;
    volatile uint32_t *volatile scb = (volatile uint32_t *)0xe000ed00u;
    note(&count);
    scb[2] = (uint32_t)flash_vectors + 0 * count;
    return 0;
}
#elif defined BAD_SCS_TAIL
FLASH void set(volatile uint32_t *scs) {
    scs[0xd08 / 4] = (uint32_t)flash_vectors;
}
FLASH void set_other(volatile uint32_t *scs) {
    vi = 4;
    set(scs + vi);
}
int main(void) {
    set_other((volatile uint32_t *)0xe000ed00u);
    return 0;
}
#elif defined BAD_SCS_LONG
// It is used after more instructions than are looked at.
#define FOUR \
    vi = vi + 1; \
    vi = vi * 3; \
    vi = vi + 5; \
    vi = vi * 7;
FLASH void set(volatile uint32_t *scb) {
    FOUR FOUR FOUR FOUR FOUR FOUR scb[2] = (uint32_t)flash_vectors;
}
int main(void) {
    set((volatile uint32_t *)0xe000ed00u);
    return 0;
}
#elif defined OK_SCB_ARG
FLASH void set(volatile uint32_t *scb, uint32_t value) {
    scb[4] = value;
}
int main(void) {
    set((volatile uint32_t *)0xe000ed00u, 0);
    vi = 2;
    return 0;
}
#elif defined OK_MPU_ARG
// As CMSIS copies regions.
FLASH void copy(volatile uint32_t *to, const uint32_t *from, uint32_t n) {
    while (n--) {
        *to++ = *from++;
    }
}
uint32_t regions[4];
int main(void) {
    copy((volatile uint32_t *)0xe000ed9cu, regions, vi & 3u);
    vi = 2;
    return 0;
}
#elif defined OK_LEFT_OVER
// The register by which VTOR was set is no argument of what is called then.
FLASH void start(void) {
    for (uint32_t i = 0; i < 40; i++) {
        vi = vi * 3 + i;
    }
}
int main(void) {
    REG(0xe000ed08u) = (uint32_t)ram_vectors;
    start();
    return 0;
}
#else
int main(void) {
    return 0;
}
#endif
