/*
 * frame_disguised - a frame's address that is published in another form
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage calls through a pointer in its own frame, of which an exception can
 * make the address again: it was swapped, split, multiplied, looked at bit by
 * bit, put into a floating-point register, or a callee did that. In the OK ones
 * that is done to numbers, or nothing is stored.
 */
// builds: m4f O0 gcc,m4f Os gcc,m4f O2 clang,m7 O2 gcc,m4 Os clang
// check: --root ram_erase --interrupts none
// unsafe-build: BAD_SWAPPED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_REVERSED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FIELD call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_EXTRACTED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_PRODUCT call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_SATURATED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_SHIFTED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_INDEX call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_BITS call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_MASKS call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FLOAT call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FLOAT_LOADED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FLOAT_BACK call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_FLOAT_HANDED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_READ_BYTES call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_MASK_REGISTER call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HANDED call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HANDED_BITS call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_HANDED_FLOAT call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_RESULT call-unknown|indirect-call|load-unknown
// unsafe-build: BAD_RESULT_SWAPPED call-unknown|indirect-call|load-unknown
// safe-build: OK_NUMBERS
// safe-build: OK_LOOKED_AT
// safe-build: OK_FLOATS
// safe-build: OK_CALLEES
#include "harness.h"

RAM void near_one(void) {
    QSPI_AR = 7;
}

typedef void hook(void);
struct message {
    uint32_t words[4];
    hook *volatile done;
};
struct message other = {{0}, near_one};
volatile uint32_t cell, cells[4];
volatile uint64_t wide;
volatile struct { uint32_t flag : 3, place : 29; } field;
float number;
uint32_t nibbles[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

RAM void publish_swapped(uint32_t place) {
    cell = __builtin_bswap32(place);
}

RAM void publish_bits(uint32_t place) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 32; i++) {
        if (place >> i & 1) {
            bits |= 1u << i;
        }
    }
    cell = bits;
}

RAM void *itself(void *place, uint32_t word) {
    *(volatile uint32_t *)place = word;
    return place;
}

RAM uint32_t swap(uint32_t word) {
    return __builtin_bswap32(word);
}

RAM uint32_t swap_first(const struct message *m) {
    return __builtin_bswap32(m->words[0]);
}

#ifdef __ARM_FP
RAM void publish_float(uint32_t place) {
    __asm__ volatile("vmov s0, %0\n\tvstr s0, [%1]"
                     :
                     : "r"(place), "r"(&number)
                     : "s0", "memory");
}

RAM void keep_float(float value) {
    number = value;
}
#endif

#define REGISTERS(text) __asm__ volatile(text : "=&r"(t) : "r"(at))

// The same address and no other, whatever the compiler knows about it.
__attribute__((always_inline)) static inline uint32_t hidden(const void
                *place) {
    uint32_t at = (uint32_t)(uintptr_t)place;
    __asm__ volatile("" : "+r"(at) : : "memory");
    return at;
}

RAM void ram_erase(uint32_t addr) {
    struct message m = {{addr, 1, 2, 3}, near_one};
    uint32_t t = 0;
    const uint32_t at = hidden(&m);
    (void)t, (void)at;
#if defined BAD_SWAPPED
    cell = __builtin_bswap32(at);
#elif defined BAD_REVERSED
    REGISTERS("rbit %0, %1");
    cell = t;
#elif defined BAD_FIELD
    field.place = at >> 3;
#elif defined BAD_EXTRACTED
    REGISTERS("ubfx %0, %1, #2, #16");
    cell = t;
#elif defined BAD_PRODUCT
    wide = (uint64_t)at * 3;
#elif defined BAD_SATURATED
    REGISTERS("usat %0, #31, %1");
    cell = t;
#elif defined BAD_SHIFTED
    REGISTERS("lsr %0, %1, #12");
    cells[0] = t;
#elif defined BAD_INDEX
    cells[0] = nibbles[at >> 4 & 15];
    cells[1] = nibbles[at >> 8 & 15];
    cells[2] = nibbles[at >> 12 & 15];
#elif defined BAD_BITS
    for (uint32_t i = 0; i < 32; i++) {
        if (at >> i & 1) {
            t |= 1u << i;
        }
    }
    cell = t;
#elif defined BAD_MASKS
    for (uint32_t bit = 1; bit; bit <<= 1) {
        if (at & bit) {
            t |= bit;
        }
    }
    cell = t;
#elif defined BAD_FLOAT && defined __ARM_FP
    __asm__ volatile("vmov s0, %0\n\tvstr s0, [%1]"
                     :
                     : "r"(at), "r"(&number)
                     : "s0", "memory");
#elif defined BAD_FLOAT_LOADED && defined __ARM_FP
    const uint32_t *volatile kept = (const uint32_t *)(uintptr_t)at;
    __asm__ volatile("vldr s0, [%0]\n\tvstr s0, [%1]"
                     :
                     : "r"(&kept), "r"(&number)
                     : "s0", "memory");
#elif defined BAD_FLOAT_BACK && defined __ARM_FP
    __asm__ volatile("vmov s1, %1\n\tvmov s3, s1\n\tvmov %0, s3"
                     : "=r"(t)
                     : "r"(at)
                     : "s1", "s3");
    cell = t;
#elif defined BAD_FLOAT_HANDED && defined __ARM_FP
    union {
        uint32_t word;
        float value;
    } u = {at};
    keep_float(u.value);
#elif defined BAD_READ_BYTES
    const uint32_t *volatile kept = (const uint32_t *)(uintptr_t)at;
    for (uint32_t i = 0; i < 4; i++) {
        ((volatile uint8_t *)cells)[i] = ((const volatile uint8_t *)&kept)[i];
    }
#elif defined BAD_MASK_REGISTER
    __asm__ volatile("msr basepri_max, %0" : : "r"(at));
#elif defined BAD_HANDED
    publish_swapped(at);
#elif defined BAD_HANDED_BITS
    publish_bits(at);
#elif defined BAD_HANDED_FLOAT && defined __ARM_FP
    publish_float(at);
#elif defined BAD_RESULT
    cell = (uint32_t)(uintptr_t)itself(&m, 5);
#elif defined BAD_RESULT_SWAPPED
    cell = swap(at);
#elif defined OK_NUMBERS
    cell = __builtin_bswap32(QSPI_SR);
    wide = (uint64_t)QSPI_SR * addr;
    field.place = addr >> 3;
    REGISTERS("rbit %0, %0");
    cells[0] = nibbles[QSPI_SR >> 4 & 15];
#elif defined OK_LOOKED_AT
    if (at >> 28 == 2 && !(at & 7) && (at & 0xFF000000u) == 0x20000000u) {
        m.words[1] = (at >> 24) - 3;
        cell = at & 31;
    }
#elif defined OK_FLOATS && defined __ARM_FP
    number = (float)QSPI_SR * 0.5f;
    keep_float(number);
#elif defined OK_CALLEES
    cell = swap(addr) + swap_first(&m);
    publish_swapped(QSPI_SR);
    publish_bits(addr);
    (void)itself(&m, 5);
#elif !defined OK_FLOATS
    cell = at; // without such registers
#endif
    m.done = near_one;
    while (QSPI_SR & 1) {
    }
    m.done();
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
