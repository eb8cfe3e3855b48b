/*
 * startup - what start-up code and main of the boot program share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOOT_STARTUP_H
#define BOOT_STARTUP_H

#include <stdbool.h>

// Called once, with .data and .bss set up. Does not come back.
_Noreturn void boot_main(void);

// Set when the UART works: an exception before that resets without a word.
extern volatile bool boot_console_ready_;

#endif
