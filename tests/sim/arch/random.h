/*
 * random - what programs of random instructions share: output, numbers
 *
 * SPDX-License-Identifier: MIT
 *
 * Included once, by random.c or single.c. arch.h says what put() and hex() are.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

#include "arch.h"

static uint64_t seed;

void put(const char *text) {
    while (*text) {
        uart_put(*text++);
    }
}

void hex(uint32_t value, int digits) {
    for (int i = 4 * digits - 4; i >= 0; i -= 4) {
        uart_put("0123456789abcdef"[value >> i & 15]);
    }
}

static uint32_t random_word(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static uint32_t below(uint32_t n) {
    return random_word() % n;
}

#endif
