/*
 * split_handle - the functions of a vendor's driver lie in RAM and get their
 * registers with a handle
 *
 * SPDX-License-Identifier: MIT
 *
 * What calls one after the other lies in flash, where that is the defect.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// unsafe-build: BAD_SPLIT split-outage
// unsafe-build: BAD_TWO_STEPS split-outage
// safe-build: WHOLE
// safe-build: TWO_OUTAGES
// safe-build: OTHER_REGISTERS
#include "harness.h"

struct registers {
    volatile uint32_t cr, dcr, sr, fcr, dlr, ccr, ar;
};
struct driver {
    struct registers *regs;
    uint32_t state;
};
struct driver qspi;
struct driver uart;
uint32_t erased;

FLASH void init(struct driver *d, uint32_t base) {
    d->regs = (struct registers *)base;
    d->state = 1;
}

RAM void command(struct driver *d, uint32_t off) {
    d->regs->ccr = 0x2503u;
    d->regs->ar = off;
    while (!(d->regs->sr & 2u)) {
    }
}

#ifndef OTHER_REGISTERS
RAM void stop(struct driver *d) {
    d->regs->cr |= 2;
    while (d->regs->sr & 0x20u) {
    }
}

RAM void map(struct driver *d) {
    d->regs->ccr = 0x0d002503u;
    d->state = 2;
}
#else
// Each has a controller of its own.
RAM void send(struct driver *d) {
    d->regs->ar = 'x';
    while (!(d->regs->sr & 0x80u)) {
    }
}
#endif

#if defined WHOLE || defined TWO_OUTAGES
RAM void erase(struct driver *d, uint32_t off) {
    stop(d);
    command(d, off);
    map(d);
}
#endif

int main(void) {
    init(&qspi, QSPI_BASE);
    init(&uart, QSPI_BASE + 0x3000u);
#if defined BAD_SPLIT
    stop(&qspi);
    command(&qspi, 0x1000);
    map(&qspi);
#elif defined BAD_TWO_STEPS
    stop(&qspi);
    map(&qspi);
#elif defined WHOLE
    erase(&qspi, 0x1000);
#elif defined TWO_OUTAGES
    erase(&qspi, 0x1000);
    erase(&qspi, 0x2000);
#elif defined OTHER_REGISTERS
    command(&qspi, 0x1000);
    send(&uart);
#endif
    erased++;
    return 0;
}
