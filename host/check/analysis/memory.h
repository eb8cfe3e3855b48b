/*
 * memory - what lies where, and which addresses stay readable
 *
 * SPDX-License-Identifier: MIT
 *
 * Readable is what --resident or the board names, what the images have as RAM,
 * and the registers of the architecture's memory map. Any other address may be
 * anything: an alias of the window, or memory behind its controller.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "check/analysis/analysis.h"

// What of the images lies where, into the report. False: something lies in
// neither the window nor memory that stays readable; one line in error.
bool memory_place(struct analysis *a);
bool memory_readable(const struct analysis *a, uint32_t addr);
// An access of the function that is walked, to memory that nothing names, or
// to RAM that another image has.
void memory_access(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr);
void memory_shared(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr);
// The stack that the vector table gives.
void memory_stack(struct analysis *a, uint32_t table);
void memory_images(struct analysis *a);
// Code of an outage in overlays, or linked for an alias; after the walk.
void memory_code(struct analysis *a);

#endif
