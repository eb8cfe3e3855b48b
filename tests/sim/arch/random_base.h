/*
 * random_base - random programs for Armv6-M
 *
 * SPDX-License-Identifier: MIT
 *
 * Included once, by random.c. r7 is the address of the data.
 */
#ifndef RANDOM_BASE_H
#define RANDOM_BASE_H

#define BASE 7

// A low register that may change.
static uint32_t low(void) {
    return below(7);
}

static uint32_t any(void) {
    const uint32_t r = below(12);
    return r < BASE ? r : r + 1;
}

// Shift, ADD, SUB, MOV, CMP.
static void immediate(void) {
    const uint32_t op = below(8);
    half(op < 4 ? op << 11 | below(256) << 3 | low()
                : op << 11 | low() << 8 | below(256));
}

static void registers(void) {
    half(0x4000 | below(16) << 6 | below(8) << 3 | low());
}

static void high(void) {
    static const uint16_t op[] = {0x4400, 0x4500, 0x4600};
    const uint32_t kind = below(3);
    uint32_t d = any(), m = any();
    if (kind == 1 && d < 8 && m < 8) {
        m = 8 + below(5); // CMP of two low ones is another encoding
    }
    half(op[kind] | (d & 8) << 4 | m << 3 | (d & 7));
}

static void extend(void) {
    static const uint16_t op[] = {
            0xB200, 0xB240, 0xB280, 0xB2C0, 0xBA00, 0xBA40, 0xBAC0};
    half(op[below(7)] | below(8) << 3 | low());
}

// Of base and immediate, or of a multiple.
static void memory(void) {
    static const uint16_t op[] = {
            0x6000, 0x6800, 0x7000, 0x7800, 0x8000, 0x8800};
    if (below(3)) {
        half(op[below(6)] | below(32) << 6 | BASE << 3 | low());
        return;
    }
    const uint32_t loads = below(2);
    const uint32_t base = low(), list = 1 + below(0x7F);
    half(0x1C00 | BASE << 3 | base); // ADDS base, r7, #0
    // A base in the list of a store has to be the first.
    half(0xC000 | loads << 11 | base << 8 |
            (loads ? list : list & ~(1u << base)) | (list == 1u << base));
}

// By an offset that was just made.
static void indexed(void) {
    static const uint8_t align[] = {4, 2, 1, 1, 4, 2, 1, 2};
    const uint32_t op = below(8), m = low();
    half(0x2000 | m << 8 | below(252 / align[op]) * align[op]);
    half(0x5000 | op << 9 | m << 6 | BASE << 3 | low());
}

// A POP takes as many registers as the PUSH gave, others; LR is left behind.
// In between a word that an interrupt may not write over.
static void stack(void) {
    const uint32_t list = 1 + below(0x7F), turn = below(7), lr = below(2);
    const uint32_t word = below(2);
    half(0xB400 | lr << 8 | list);
    half(0xB082); // SUB SP, #8
    half(0x9000 | low() << 8 | word);
    half(0x9800 | low() << 8 | word);
    half(0xB002);
    half(0xBC00 | ((list << turn | list >> (7 - turn)) & 0x7F));
    if (lr) {
        half(0xB001);
    }
}

static void (*const kinds[])(void) = {
        immediate, registers, high, extend, memory, indexed, stack};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void make_program(void) {
    end = code;
    for (uint32_t i = 0; i < LENGTH; i++) {
        if (below(16) == 0) {
            half(0xDF00); // SVC
        } else {
            kinds[below(KINDS)]();
        }
    }
    half(0x4770);
}

#endif
