/*
 * split_shapes - drivers in two halves by other shapes than a vendor's, and
 * drivers whose functions are whole outages
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O2 gcc,m33 Os gcc
// unsafe-build: BAD_SET_CLEAR split-outage
// unsafe-build: BAD_OBJECT split-outage
// unsafe-build: BAD_OPERATIONS split-outage|call|call-unknown|call-mutable
// safe-build: INIT
// safe-build: OTHER
#include "harness.h"

#define CRC_DR REG(0x40023000u)
#define CRC_CR REG(0x40023008u)
static volatile uint32_t n;

static inline __attribute__((always_inline)) void wait(void) {
    while (QSPI_SR & 1u) {
    }
}

#if defined BAD_SET_CLEAR
// A register that clears the bit, and one that sets it.
RAM void off(void) {
    QSPI_AR = 1;
    wait();
}
RAM void on(void) {
    QSPI_DR = 1;
}
#define WORK off(), n++, on()

#elif defined BAD_OBJECT
struct driver {
    uint32_t base_addr;
};
struct driver driver = {QSPI_BASE};
RAM void off(struct driver *d) {
    REG(d->base_addr) = 2;
    while (REG(d->base_addr + 8) & 1u) {
    }
}
RAM void on(struct driver *d) {
    REG(d->base_addr + 0x14) = 7;
}
#define WORK off(&driver), n++, on(&driver)

#elif defined BAD_OPERATIONS
RAM void off(void) {
    QSPI_CR |= 2;
    wait();
}
RAM void on(void) {
    QSPI_CCR = 7;
}
struct operations {
    void (*off)(void), (*on)(void);
};
const struct operations operations = {off, on};
#define WORK operations.off(), n++, operations.on()

#elif defined INIT
RAM void enter(void) {
    QSPI_CCR = 0x0d002503u;
}
RAM void leave(void) {
    QSPI_CR |= 2;
    wait();
}
RAM void init(void) {
    QSPI_CR = 1;
    leave();
    QSPI_CCR = 0x35;
    wait();
    enter();
}
RAM void erase(uint32_t addr) {
    leave();
    QSPI_CCR = 6;
    wait();
    QSPI_AR = addr;
    wait();
    enter();
}
#define WORK init(), erase(0x1000), erase(0x2000)

#else // another controller beside that of the flash
RAM uint32_t crc(uint32_t word) {
    CRC_CR = 1;
    CRC_DR = word;
    return CRC_DR;
}
RAM void erase(uint32_t addr) {
    QSPI_CR = 2;
    wait();
    QSPI_AR = addr;
    QSPI_CR = 0;
}
#define WORK n = crc(n), erase(0x1000)
#endif

int main(void) {
    WORK;
    return 0;
}
