/*
 * start - start-up code of the firmwares of this directory
 *
 * SPDX-License-Identifier: MIT
 *
 * START_SKIP_RAMCODE, START_SKIP_DATA: does not copy .ramcode, .data.
 * START_KEEP_VTOR: leaves the vector table in the flash. START_FILL_VECTORS:
 * copies the flash's table into the one in RAM. START_NO_HANDLERS: who links
 * says what the handlers are.
 */
#include "harness.h"

#define SCB_VTOR REG(0xe000ed08u)

extern uint32_t data_start_[], data_end_[], data_load_[];
extern uint32_t ramcode_start_[], ramcode_end_[], ramcode_load_[];
extern uint32_t bss_start_[], bss_end_[];

RAM void Default_Handler(void) {
    for (;;) {
        __asm volatile("");
    }
}

#ifdef START_NO_HANDLERS
#define WEAK_HANDLER(name) extern harness_handler name
#else
#define WEAK_HANDLER(name) \
    void name(void) __attribute__((weak, alias("Default_Handler")))
#endif
WEAK_HANDLER(NMI_Handler);
WEAK_HANDLER(HardFault_Handler);
WEAK_HANDLER(MemManage_Handler);
WEAK_HANDLER(BusFault_Handler);
WEAK_HANDLER(UsageFault_Handler);
WEAK_HANDLER(SVC_Handler);
WEAK_HANDLER(DebugMon_Handler);
WEAK_HANDLER(PendSV_Handler);
WEAK_HANDLER(SysTick_Handler);
WEAK_HANDLER(IRQ0_Handler);
WEAK_HANDLER(IRQ1_Handler);

void Reset_Handler(void);

#define HANDLERS \
    (harness_handler *)stack_top_, Reset_Handler, NMI_Handler, \
            HardFault_Handler, MemManage_Handler, BusFault_Handler, \
            UsageFault_Handler, 0, 0, 0, 0, SVC_Handler, DebugMon_Handler, 0, \
            PendSV_Handler, SysTick_Handler, IRQ0_Handler, IRQ1_Handler, \
            Default_Handler, Default_Handler, Default_Handler, \
            Default_Handler, Default_Handler, Default_Handler

__attribute__((section(".isr_vector"), used))
harness_handler *const flash_vectors[HARNESS_VECTORS] = {HANDLERS};

#ifdef START_FILL_VECTORS
__attribute__((aligned(256), weak))
harness_handler *ram_vectors[HARNESS_VECTORS];
#else
__attribute__((section(".data.ram_vectors"), aligned(256), weak))
harness_handler *ram_vectors[HARNESS_VECTORS] = {HANDLERS};
#endif

static void copy(uint32_t *to, const uint32_t *end, const uint32_t *from) {
    while (to < end) {
        *to++ = *from++;
    }
}

void Reset_Handler(void) {
#ifndef START_ONE_STACK
    // The run of the whole program does not follow what bit 4 may mean, so
    // these firmwares are judged without it.
    __asm volatile("msr control, %0" : : "r"(16));
#endif
#ifndef START_SKIP_DATA
    copy(data_start_, data_end_, data_load_);
#endif
#ifndef START_SKIP_RAMCODE
    copy(ramcode_start_, ramcode_end_, ramcode_load_);
#endif
    for (uint32_t *word = bss_start_; word < bss_end_; word++) {
        *word = 0;
    }
#ifdef START_FILL_VECTORS
    for (unsigned i = 0; i < HARNESS_VECTORS; i++) {
        ram_vectors[i] = flash_vectors[i];
    }
#endif
#ifndef START_KEEP_VTOR
    SCB_VTOR = (uint32_t)(uintptr_t)ram_vectors;
#endif
    // As start code does for argc and argv. Assembly has no debug information
    // that says how many arguments main() has.
    __asm volatile(".syntax unified\n\tmovs r0, #0\n\tmovs r1, #0\n\t"
                   "movs r2, #0\n\tmovs r3, #0" ::
                           : "r0", "r1", "r2", "r3", "cc");
    (void)main();
    for (;;) {
        __asm volatile("");
    }
}
