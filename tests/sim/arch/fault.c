/*
 * fault - faults once, and prints the record after the reset, on machines of
 * QEMU and of the simulator with an Armv6-M, Armv7-M and Armv8-M core
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdint.h>

#include "xip_fault.h"

#define R32(a) (*(volatile uint32_t *)(uintptr_t)(a))

#ifdef MICROBIT // nRF51: UART of its reference manual, section 29
static void open_uart(void) {
    R32(0x40002500) = 4;
    R32(0x40002008) = 1;
}

static void put_char(void *ctx, char c) {
    (void)ctx;
    R32(0x4000211C) = 0;
    R32(0x4000251C) = (uint8_t)c;
    while (!R32(0x4000211C)) {
    }
}
#elif defined HERE // the simulator
#include "uart.h"

static void open_uart(void) {
    uart_open();
}

static void put_char(void *ctx, char c) {
    (void)ctx;
    uart_put(c);
}
#else // MPS2: UART of CMSDK
static void open_uart(void) {
    R32(UART + 0x10) = 16;
    R32(UART + 8) = 1;
}

static void put_char(void *ctx, char c) {
    (void)ctx;
    while (R32(UART + 4) & 1) {
    }
    R32(UART) = (uint8_t)c;
}
#endif

static void put(const char *text) {
    while (*text) {
        put_char(NULL, *text++);
    }
}

#ifdef LIMIT
static uint8_t stack[256] __attribute__((aligned(8)));

__attribute__((noipa)) static uint32_t deep(const volatile uint32_t *above) {
    volatile uint32_t local[8];
    local[0] = *above + 1u;
    return (local[0] < 1000u ? deep(local) : 0u) + local[0];
}

static void fault(void) {
    static volatile uint32_t zero;
    __asm volatile("msr psplim, %0\n"
                   "msr psp, %1\n"
                   "msr control, %2\n"
                   "isb\n"
                   :
                   : "r"(stack), "r"(stack + sizeof stack), "r"(2));
    deep(&zero);
}
#elif defined(OTHER_STATE)
// As exception entry leaves LR in a Secure handler when Non-secure code ran.
__attribute__((naked)) static void fault(void) {
    __asm volatile("ldr r0, =0xFFFFFFBD\n"
                   "mov lr, r0\n"
                   "b xip_fault_handler\n"
                   ".ltorg\n");
}
#else
// Aligned, or QEMU says UNALIGNED of the even address.
__attribute__((noipa, aligned(4))) static void harmless(void) {
}

#ifdef MERGED
// Sections with the same unwind entry, one after the other.
#define SAME(name) \
    __asm__(".pushsection .text." #name \
            ", \"ax\", %progbits\n\t.thumb_func\n\t" \
            ".type " #name ", %function\n" #name ":\n\t.fnstart\n\t" \
            ".save {r4, lr}\n\tpush {r4, lr}\n\tblx r0\n\tpop {r4, pc}\n\t" \
            ".fnend\n\t.size " #name ", . - " #name "\n\t.global " #name \
            "\n\t.popsection")
SAME(jumo);
SAME(jump);
void jumo(uint32_t to);
void jump(uint32_t to);
#else
__attribute__((noipa)) static void jump(uint32_t to) {
    ((void (*)(void))(uintptr_t)to)();
    harmless();
}
#endif

static void fault(void) {
    jump((uint32_t)(uintptr_t)harmless & ~1u);
}
#endif

void start(void);
__attribute__((used)) static void run(void) {
    extern uint32_t bss_start[], bss_end[];
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    open_uart();
    const struct xip_fault_record *const record = xip_fault_begin(0x12345678);
    if (record != NULL) {
        xip_fault_print(record, put_char, NULL);
        put("that was all\n");
    } else {
        put("begin\n");
        fault();
        put("no fault\n");
    }
    for (;;) {
    }
}

// The stack pointer of the vectors is that of every core.
__attribute__((naked)) void start(void) {
    __asm volatile("b run");
}

void HardFault_Handler(void);
#if __ARM_ARCH_ISA_THUMB == 2
void MemManage_Handler(void);
void BusFault_Handler(void);
void UsageFault_Handler(void);
#else
#define MemManage_Handler HardFault_Handler
#define BusFault_Handler HardFault_Handler
#define UsageFault_Handler HardFault_Handler
#endif

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start, HardFault_Handler, HardFault_Handler,
        MemManage_Handler, BusFault_Handler, UsageFault_Handler,
        HardFault_Handler};
