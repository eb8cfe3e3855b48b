/*
 * outside - notes that a function never runs in an outage, and calls of it
 *
 * SPDX-License-Identifier: MIT
 *
 * `setup` needs the flash. Where code that may run in an outage calls it on
 * each of its paths, the note is not true, and `setup` is judged; a call that
 * may be left out is covered, but not if it is one into the window.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// note: outside setup: runs before the window is mapped
// note: outside begin: as setup, which it calls
// note: outside in_window: as setup, and it lies in the flash
// safe-build: OK_NONE
// safe-build: OK_CALLER
// safe-build: OK_FLAG
// safe-build: OK_RETURN
// safe-build: OK_ENDLESS
// safe-build: OK_LOOP
// safe-build: OK_TAIL
// safe-build: OK_POINTER
// unsafe-build: BAD_CALL call
// unsafe-build: BAD_FIRST call
// unsafe-build: BAD_WAITS call
// unsafe-build: BAD_BEHIND call
// unsafe-build: BAD_TAIL call
// unsafe-build: BAD_POINTER call
// unsafe-build: BAD_HANDLER call
// unsafe-build: BAD_WINDOW call
// unsafe-build: BAD_WINDOW_SOMETIMES call
#include "harness.h"

#define FLAG REG(0x40004424u) // a UART's data

static volatile uint32_t sum;
static void (*volatile hook)(void);

FLASH void in_window(void) {
    sum = 9;
}

RAM void setup(void) {
    in_window();
    sum++;
}

RAM void nothing(void) {
}

RAM void begin(void) {
    setup();
    sum++;
}

RAM void SysTick_Handler(void) {
#if defined BAD_HANDLER
    setup();
#endif
    sum++;
}

RAM void outage(void) {
#if defined BAD_FIRST
    setup();
#endif
    QSPI_CR = 1;
#if defined BAD_CALL
    setup();
#elif defined BAD_WINDOW
    in_window();
#elif defined BAD_WINDOW_SOMETIMES
    if (FLAG) {
        in_window();
    }
#elif defined OK_FLAG
    if (FLAG) {
        setup();
    }
#elif defined OK_RETURN
    if (FLAG) {
        return;
    }
    setup();
#elif defined OK_ENDLESS
    if (FLAG) {
        for (;;) {
        }
    }
    setup();
#elif defined OK_LOOP
    while (FLAG) {
        setup();
    }
#elif defined BAD_WAITS
    while (FLAG) {
    }
    setup();
#elif defined BAD_BEHIND
    if (FLAG) {
        sum = 2;
    } else {
        nothing();
    }
    setup();
#elif defined OK_POINTER || defined BAD_POINTER
    hook();
#endif
    QSPI_CR = 2;
#if defined OK_TAIL
    if (FLAG) {
        setup();
    }
#elif defined BAD_TAIL
    setup();
#endif
}

int main(void) {
    hook = setup;
#if defined OK_POINTER
    if (FLAG) {
        hook = nothing;
    }
#elif defined OK_CALLER
    begin();
#endif
    REG(0xe000e010u) = 7; // SysTick
    outage();
    return 0;
}
