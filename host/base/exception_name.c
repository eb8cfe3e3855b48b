/*
 * exception_name - names of the system exceptions, both ways
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/exception_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const names[EXCEPTION_IRQ0] = {
        [1] = "Reset",
        [2] = "NMI",
        [3] = "HardFault",
        [4] = "MemManage",
        [5] = "BusFault",
        [6] = "UsageFault",
        [7] = "SecureFault",
        [11] = "SVCall",
        [12] = "DebugMonitor",
        [14] = "PendSV",
        [15] = "SysTick",
};

const char *exception_name(unsigned number) {
    return number < EXCEPTION_IRQ0 ? names[number] : NULL;
}

static bool is(const char *name, size_t length, const char *wanted) {
    return strlen(wanted) == length && !strncasecmp(wanted, name, length);
}

unsigned exception_number(const char *name, size_t length) {
    for (unsigned i = 0; i < EXCEPTION_IRQ0; i++) {
        if (names[i] && is(name, length, names[i])) {
            return i;
        }
    }
    return is(name, length, "SVC") ? 11 : is(name, length, "DebugMon") ? 12 : 0;
}
