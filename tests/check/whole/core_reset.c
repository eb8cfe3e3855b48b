/*
 * core_reset - a reset of the core alone, by a constant from elsewhere
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O0 gcc,m4 O2 gcc,m7 Os gcc
// safe-build: OK
// safe-build: OK_GROUP
// safe-build: OK_HANDED
// unsafe-build: BAD_HANDED core-reset
// unsafe-build: BAD_KEPT core-reset
// unsafe-build: BAD_CHOSEN core-reset
// unsafe-build: BAD_MADE core-reset
// unsafe-build: BAD_INDEX core-reset
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data
#define AIRCR REG(0xe000ed0cu)
#define KEY 0x05fa0000u

volatile uint32_t kept = KEY | 1u;
const uint32_t choice[2] = {KEY | 4u, KEY | 1u};

#if defined OK_HANDED || defined BAD_HANDED
RAM __attribute__((noinline)) void writes(volatile uint32_t *at,
        uint32_t value) {
    *at = value;
}
#endif

RAM void outage(uint32_t value) {
    QSPI_CR = 1;
#if defined OK
    // As CMSIS does: the priority group stays.
    AIRCR = KEY | (AIRCR & 0x700u) | 4u;
#elif defined OK_GROUP
    AIRCR = (AIRCR & ~(0xffff0000u | 0x700u)) | KEY | 0x300u;
#elif defined OK_HANDED
    writes(&AIRCR, KEY | 4u);
    writes(&QSPI_CR, 1);
#elif defined BAD_HANDED
    writes(&AIRCR, KEY | 1u);
#elif defined BAD_KEPT
    AIRCR = kept;
#elif defined BAD_MADE
    AIRCR = KEY | value;
#elif defined BAD_INDEX
    for (unsigned i = 0; i < 2; i++) {
        (&AIRCR)[i] = value;
    }
#else
    AIRCR = value;
#endif
    QSPI_CR = 2;
}

int main(void) {
#if defined BAD_CHOSEN
    outage(choice[DEVICE & 1]);
#elif defined BAD_INDEX
    outage(KEY | 1u);
#else
    outage(1);
#endif
    return 0;
}
