/*
 * exception_name - names of the system exceptions, both ways
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/exception_name.h"

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
        [11] = "SVC",
        [12] = "DebugMon",
        [14] = "PendSV",
        [15] = "SysTick",
};

const char *exception_name(unsigned number) {
    return number < EXCEPTION_IRQ0 ? names[number] : NULL;
}

unsigned exception_number(const char *name, size_t length) {
    if (length == strlen("SVCall") && !strncasecmp(name, "SVCall", length)) {
        return 11;
    }
    for (unsigned i = 0; i < EXCEPTION_IRQ0; i++) {
        if (names[i] && strlen(names[i]) == length &&
                !strncasecmp(names[i], name, length)) {
            return i;
        }
    }
    return 0;
}
