/*
 * vtor_base - VTOR that is read through the address of its block
 *
 * SPDX-License-Identifier: MIT
 *
 * The table in use is named, and a vector in it set by what VTOR holds. In the
 * OK ones other registers of that block are read.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc,m33 Os clang
// check: --vectors ram_vectors
// unsafe-build: BAD_BLOCK vector-runtime
// unsafe-build: BAD_OFFSET vector-runtime
// unsafe-build: BAD_SPACE vector-runtime
// unsafe-build: BAD_INDEX vector-runtime
// unsafe-build: BAD_OUT vector-runtime
// unsafe-build: BAD_RETURNED vector-runtime
// unsafe-build: BAD_HELD vector-runtime
// unsafe-build: BAD_KEPT vector-runtime
// unsafe-build: BAD_POINTER vector-runtime
// unsafe-build: BAD_HALVES vector-runtime
// unsafe-build: BAD_FRAME vector-runtime
// unsafe-build: BAD_OTHER_STATE vector-runtime
// safe-build: OK_BLOCK
// safe-build: OK_OTHER_BLOCK
#include "harness.h"

struct scb {
    volatile uint32_t cpuid, icsr, vtor, aircr;
};
#define SCB ((struct scb *)0xe000ed00u)
#define OTHER_SCB ((struct scb *)0xe002ed00u)
volatile uint32_t vi;

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
}

FLASH uint32_t vtor_of(const struct scb *scb) {
    return scb->vtor;
}
FLASH uint32_t aircr_of(const struct scb *scb) {
    return scb->aircr;
}
FLASH uint32_t read(uint32_t base, uint32_t offset) {
    return REG(base + offset);
}
FLASH uint32_t read_core(uint32_t offset) {
    return REG(0xe000e000u + offset);
}
FLASH void read_to(const struct scb *scb, uint32_t *out) {
    *out = scb->vtor;
}
FLASH struct scb *which(void) {
    return SCB;
}
FLASH void note(uint32_t *count) {
    ++*count;
}
#ifdef BAD_HELD
struct {
    struct scb *scb;
    uint32_t count;
} core = {SCB, 1};
#endif
#ifdef BAD_KEPT
struct scb *kept;
FLASH void keep(void) {
    kept = SCB;
}
#endif
typedef uint32_t reader(const struct scb *);
reader *volatile by = vtor_of;

FLASH uint32_t table(void) {
#if defined BAD_BLOCK
    return vtor_of(SCB);
#elif defined BAD_OTHER_STATE
    return vtor_of(OTHER_SCB);
#elif defined BAD_OFFSET
    return read(0xe000ed00u, 8);
#elif defined BAD_SPACE
    return read(0xe000e000u, vi);
#elif defined BAD_INDEX
    return read_core(vi);
#elif defined BAD_OUT
    uint32_t out;
    read_to(SCB, &out);
    return out;
#elif defined BAD_RETURNED
    return which()->vtor;
#elif defined BAD_HELD
    return core.scb->vtor;
#elif defined BAD_KEPT
    keep();
    return kept->vtor;
#elif defined BAD_POINTER
    return by(SCB);
#elif defined BAD_HALVES
    const volatile uint16_t *half = (const volatile uint16_t *)&SCB->vtor;
    return half[0] | (uint32_t)half[1] << 16;
#elif defined BAD_FRAME
    uint32_t count = 0;
    struct scb *volatile scb = SCB;
    note(&count);
    vi = count;
    return scb->vtor;
#elif defined OK_OTHER_BLOCK
    return read(0xe000e100u, vi) ? 0x20001000u : 0x20001100u;
#else
    return aircr_of(SCB) ? 0x20001000u : 0x20001100u;
#endif
}

int main(void) {
    ((volatile uint32_t *)table())[15] = (uint32_t)flash_tick;
    return 0;
}
