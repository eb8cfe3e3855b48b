/*
 * probe - what a debug probe does with an external loader
 *
 * SPDX-License-Identifier: MIT
 *
 * Reads the ELF file by section and symbol names as pyOCD and probe-rs do (or
 * by segments, as STM32CubeProgrammer does), puts it into SRAM1, and calls its
 * functions with registers set, a small stack, and the link register where the
 * probe would have its breakpoint.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stdint.h>

// The files, as built.
extern const uint8_t probe_flm_file[], probe_stldr_file[];

struct probe {
    const uint8_t *file;
    uint32_t base;        // where address 0 of the file is in RAM
    uint32_t static_base; // R9: start of PrgData
    uint32_t end;         // first byte behind the loader
    bool usable;
};

// A loader of position-independent code at `base`, from PrgCode and PrgData.
struct probe probe_load_flm(const uint8_t *file, uint32_t base);
// A loader of fixed place, from its segments.
struct probe probe_load_fixed(const uint8_t *file);

// Overwrite all of SRAM1 with instructions that fault.
void probe_wipe(void);

struct probe_result {
    uint32_t r0, r1;
};

// Call a function by name. What it must not change is looked at afterwards:
// probe_broken().
struct probe_result probe_call(const struct probe *p, const char *name,
        uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3);

// Calls so far that lost a callee-saved register or the stack pointer, or took
// more than `bytes` of the stack they were given.
uint32_t probe_broken(void);

// Bytes of the loader's own stack that no call has touched.
uint32_t probe_stack_left(const struct probe *p);

#endif
