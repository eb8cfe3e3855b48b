/*
 * startup - what an application may change of its own start
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STARTUP_H
#define STARTUP_H

#include <stdbool.h>

int main(void);

// Called on the way to main() before anything was copied or cleared: variables
// hold garbage and resident code does not exist. Empty unless you define it.
void startup_early(void);

// Choose the vector table: the copy in RAM, which start-up has chosen before
// main(), or the original in the flash, which an outage takes away.
void startup_use_vectors(bool in_ram);

#endif
