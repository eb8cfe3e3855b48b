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
// unsafe-build: BAD_SHARED split-outage
// safe-build: WHOLE
// safe-build: TWO_OUTAGES
// safe-build: SHARED_WHOLE
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

#ifndef SHARED_WHOLE
RAM void command(struct driver *d, uint32_t off) {
    d->regs->ccr = 0x2503u;
    d->regs->ar = off;
    while (!(d->regs->sr & 2u)) {
    }
}
#endif

#if !defined OTHER_REGISTERS && !defined SHARED_WHOLE
RAM void stop(struct driver *d) {
    d->regs->cr |= 2;
    while (d->regs->sr & 0x20u) {
    }
}

RAM void map(struct driver *d) {
    d->regs->ccr = 0x0d002503u;
    d->state = 2;
}
#endif

#ifdef OTHER_REGISTERS
// Each has a controller of its own.
RAM void send(struct driver *d) {
    d->regs->ar = 'x';
    while (!(d->regs->sr & 0x80u)) {
    }
}
#endif

#if defined BAD_SHARED || defined SHARED_WHOLE
// One function has the stores of all commands, as ST's QSPI_Config().
RAM void configure(struct driver *d, uint32_t mode) {
    while (d->regs->sr & 0x20u) {
    }
    d->regs->dlr = 3;
    d->regs->ccr = 0x2503u | mode;
}
#endif

#ifdef BAD_SHARED
RAM void send(struct driver *d) {
    configure(d, 0);
    d->regs->fcr = 2;
}
RAM void map_shared(struct driver *d) {
    configure(d, 0x0d000000u);
    d->state = 2;
}
#endif

#ifdef SHARED_WHOLE
RAM void erase_shared(struct driver *d) {
    configure(d, 0);
    configure(d, 0x0d000000u);
}
RAM void program_shared(struct driver *d) {
    configure(d, 4);
    configure(d, 0x0d000000u);
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
#elif defined BAD_SHARED
    send(&qspi);
    map_shared(&qspi);
#elif defined SHARED_WHOLE
    erase_shared(&qspi);
    program_shared(&qspi);
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
