/*
 * exception_name - names of the system exceptions, both ways
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M Architecture Reference Manual, table B1-4; SecureFault: Armv8-M
 * Architecture Reference Manual, B3.2. Interrupt n is exception 16 + n.
 */
#ifndef EXCEPTION_NAME_H
#define EXCEPTION_NAME_H

#include <stddef.h>

#define EXCEPTION_IRQ0 16u
#define EXCEPTION_IRQ_MAX 495u // the architecture's last interrupt

// "SysTick" for 15. NULL: reserved, or an interrupt.
const char *exception_name(unsigned number);
// 15 for "SysTick", in any case; 0: not a name. "SVC" and "DebugMon", the names
// of CMSIS, mean SVCall and DebugMonitor.
unsigned exception_number(const char *name, size_t length);

#endif
