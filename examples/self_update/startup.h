/*
 * startup - the parts of its start that an application may change
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STARTUP_H
#define STARTUP_H

#include <stdbool.h>

int main(void);

// Called on the way to main() before anything was copied or cleared: variables
// hold garbage and resident code is not in RAM yet. Empty unless you define it.
void startup_early(void);

// Choose the vector table: the copy in RAM, which start-up has chosen before
// main(), or the original in the flash, which cannot be read in an outage.
void startup_use_vectors(bool in_ram);

#endif
