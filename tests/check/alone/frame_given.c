/*
 * frame_given - devices that have an address in a frame
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage calls through a pointer in its own frame, which DMA or a debugger
 * may have written to. In the OK ones they have another object, or none.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc,m4 Os clang,m33 O2 clang
// check: --root ram_erase --interrupts none
// unsafe-build: BAD_DIRECT call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_STORED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HANDED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HANDED_ON call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FIFTH call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_DESCRIPTOR call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_DESCRIPTOR_BELOW call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_COPIED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_BYTES call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HALVES call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_CALLER call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_DEBUGGER call-unknown|indirect-call|load-unknown
// safe-build: OK_OTHER
// safe-build: OK_FILLED
// safe-build: OK_READ
// safe-build: OK_ALIGNED
#include "harness.h"

#define DMA_ADDRESS REG(0x40020014u)
#define DMA_BUSY (REG(0x40020000u) & 1u)

RAM void near_one(void) {
    QSPI_AR = 7;
}

typedef void hook(void);
struct message {
    uint32_t words[4];
    hook *volatile done;
};
struct message other = {{0}, near_one};
struct descriptor {
    void *to;
    uint32_t bytes;
};
struct descriptor ring[2];

RAM void start(void *to) {
    DMA_ADDRESS = (uint32_t)(uintptr_t)to;
}

RAM void start_later(uint32_t flags, void *to) {
    QSPI_CR = flags;
    start(to);
}

RAM void start_fifth(uint32_t a, uint32_t b, uint32_t c, uint32_t d, void *to) {
    QSPI_CR = a + b + c + d;
    start(to);
}

RAM void start_by(const struct descriptor *by) {
    DMA_ADDRESS = (uint32_t)(uintptr_t)by->to;
}

RAM void start_below(void *to) {
    volatile struct descriptor by = {to, sizeof(struct message)};
    __asm__ volatile("" : : "r"(&by) : "memory");
    DMA_ADDRESS = (uint32_t)(uintptr_t)&by;
    __asm__ volatile("" : : "r"(&by) : "memory");
}

RAM void copy_to(struct descriptor *to, const struct descriptor *from) {
    to->to = from->to;
    to->bytes = from->bytes;
}

RAM void fill(struct message *m) {
    m->words[0] = QSPI_SR;
    m->done = near_one;
}

RAM uint32_t sum(const struct message *m) {
    return m->words[0] + m->words[1];
}

RAM void deliver(const struct message *m) {
    while (DMA_BUSY) {
    }
    m->done();
}

RAM void ram_erase(uint32_t addr) {
    struct message m = {{addr, 1, 2, 3}, near_one};
#if defined BAD_DIRECT
    DMA_ADDRESS = (uint32_t)(uintptr_t)&m;
#elif defined BAD_STORED
    ring[0].to = &m;
#elif defined BAD_HANDED || defined BAD_CALLER
    start(&m);
    m.done = near_one;
#elif defined BAD_HANDED_ON
    start_later(1, &m);
    m.done = near_one;
#elif defined BAD_FIFTH
    start_fifth(1, 2, 3, 4, &m);
    m.done = near_one;
#elif defined BAD_DESCRIPTOR
    const struct descriptor by = {&m, sizeof m};
    start_by(&by);
    m.done = near_one;
#elif defined BAD_DESCRIPTOR_BELOW
    start_below(&m);
    m.done = near_one;
#elif defined BAD_COPIED
    const struct descriptor by = {&m, sizeof m};
    copy_to(&ring[1], &by);
    m.done = near_one;
#elif defined BAD_BYTES
    const uintptr_t at = (uintptr_t)&m;
    for (uint32_t i = 0; i < 4; i++) {
        ((volatile uint8_t *)ring)[i] = (uint8_t)(at >> 8 * i);
    }
    m.done = near_one;
#elif defined BAD_HALVES
    const uintptr_t at = (uintptr_t)&m;
    ((volatile uint16_t *)ring)[0] = (uint16_t)at;
    ((volatile uint16_t *)ring)[1] = (uint16_t)(at >> 16);
    m.done = near_one;
#elif defined OK_ALIGNED
    ring[0].bytes = (uintptr_t)m.words & 7u;
    m.done = near_one;
#elif defined BAD_DEBUGGER
    struct {
        uint32_t handle;
        void *to;
        uint32_t bytes;
    } asked = {1, &m, sizeof m};
    register uint32_t what __asm__("r0") = 6; // SYS_READ
    register void *block __asm__("r1") = &asked;
    __asm__ volatile("bkpt 0xab" : "+r"(what) : "r"(block) : "memory");
#elif defined OK_OTHER
    start(&other);
    m.words[3] = DMA_BUSY;
#elif defined OK_FILLED
    fill(&m);
    m.done = near_one;
#elif defined OK_READ
    QSPI_AR = sum(&m);
    m.done = near_one;
#endif
#ifdef BAD_CALLER
    deliver(&m);
#else
    while (DMA_BUSY) {
    }
    m.done();
#endif
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
