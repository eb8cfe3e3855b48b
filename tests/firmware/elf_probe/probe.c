/*
 * probe - a known call chain for tests/unit/test_elf.c
 *
 * SPDX-License-Identifier: MIT
 *
 * Reset_Handler calls probe_start, that probe_outer, that probe_ram (which runs
 * from RAM), that probe_inner, that probe_leaf. The test runs it up to the
 * store in there and unwinds. probe_asm is never called.
 */
#include <stdint.h>

extern const uint32_t ram_load_[];
extern uint32_t ram_start_[], ram_end_[], stack_top_[];

volatile uint32_t probe_sink;

uint32_t probe_leaf(uint32_t x);
uint32_t probe_inner(uint32_t x);
uint32_t probe_ram(uint32_t x);
_Noreturn void probe_outer(void);
_Noreturn void probe_start(void);
_Noreturn void Reset_Handler(void);

__attribute__((noinline)) uint32_t probe_leaf(uint32_t x) {
    probe_sink = x; // probe: stop here
    return x * 3u;
}

__attribute__((noinline)) uint32_t probe_inner(uint32_t x) {
    volatile uint32_t spill[40];
    for (uint32_t i = 0; i < 40u; i++) {
        spill[i] = x + i;
    }
    return probe_leaf(spill[7]) + spill[x & 31u];
}

__attribute__((section(".RamFunc.probe"), noinline)) uint32_t probe_ram(uint32_t
                x) {
    // Through a pointer: RAM and flash are too far apart for BL.
    uint32_t (*volatile inner)(uint32_t) = probe_inner;
    return inner(x) + 1u;
}

_Noreturn __attribute__((noinline)) void probe_outer(void) {
    for (;;) {
        probe_sink = probe_ram(probe_sink + 5u);
    }
}

// The call is its last instruction: the return address lies behind it.
_Noreturn __attribute__((noinline)) void probe_start(void) {
    probe_outer();
}

_Noreturn void Reset_Handler(void) {
    const uint32_t *from = ram_load_;
    for (uint32_t *to = ram_start_; to < ram_end_; to++, from++) {
        *to = *from;
    }
    probe_start();
}

// No .size and no .type object: what hand-written assembler often looks like.
__asm(".pushsection .text.probe_asm, \"ax\", %progbits\n"
      ".thumb\n.global probe_asm\n.thumb_func\nprobe_asm:\n"
      "    nop\n    nop\n    bx lr\n"
      ".popsection\n");

extern void probe_asm(void);

__attribute__((section(".vectors"), used)) static const struct {
    const void *stack;
    void (*handlers[3])(void);
} vectors = {stack_top_, {Reset_Handler, probe_asm, probe_asm}};
