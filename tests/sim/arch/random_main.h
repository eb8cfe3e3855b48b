/*
 * random_main - random programs for cores of the Main profiles, Armv7E-M and
 * Armv8-M
 *
 * SPDX-License-Identifier: MIT
 *
 * Included once, by random.c. r11 is the address of the data.
 */
#ifndef RANDOM_MAIN_H
#define RANDOM_MAIN_H

#define BASE 11

static void word(uint32_t first, uint32_t second) {
    half(first);
    half(second);
}

static uint32_t reg(void) {
    const uint32_t r = below(12);
    return r == 11 ? 12 : r;
}

static void narrow(void) {
    static const uint16_t rev[] = {0xBA00, 0xBA40, 0xBAC0};
    switch (below(4)) {
    case 0:
        half(below(0x4000));
        break;
    case 1:
        half(0x4000 | below(0x400));
        break;
    case 2:
        half(0xB200 | below(0x100));
        break;
    default:
        half(rev[below(3)] | below(64));
        break;
    }
}

static void shifted(void) {
    static const uint8_t ops[] = {0, 1, 2, 3, 4, 8, 10, 11, 13, 14};
    word(0xEA00 | (uint32_t)ops[below(10)] << 5 | below(2) << 4 | reg(),
            (random_word() & 0x70F0) | reg() << 8 | reg());
}

static void immediate(void) {
    static const uint8_t ops[] = {0, 1, 2, 3, 4, 8, 10, 11, 13, 14};
    word(0xF000 | below(2) << 10 | (uint32_t)ops[below(10)] << 5 |
                    below(2) << 4 | reg(),
            (random_word() & 0x70FF) | 1 | reg() << 8);
}

static void plain_immediate(void) {
    static const uint16_t wide[] = {0xF200, 0xF2A0, 0xF240, 0xF2C0};
    const uint32_t lsb = below(32), bits = 1 + below(32 - lsb);
    const uint32_t split = (lsb & 0x1C) << 10 | (lsb & 3) << 6 | reg() << 8;
    switch (below(5)) {
    case 0:
        word(wide[below(2)] | below(2) << 10 | reg(),
                (random_word() & 0x70FF) | reg() << 8);
        break;
    case 1:
        word(wide[2 + below(2)] | below(2) << 10 | below(11),
                (random_word() & 0x70FF) | reg() << 8);
        break;
    case 2:
        word(0xF360 | reg(), split | (lsb + bits - 1)); // BFI
        break;
    case 3:
        word((below(2) ? 0xF340 : 0xF3C0) | reg(), split | (bits - 1));
        break;
    default: // SSAT, USAT; a shift by 0 to the right is another instruction
        word((below(2) ? 0xF300 : 0xF380) | (lsb && below(2)) << 5 | reg(),
                split | below(32));
        break;
    }
}

static void registers(void) {
    static const uint8_t parallel[] = {0, 1, 2, 4, 5, 6};
    const uint32_t m = reg(), d = reg() << 8;
    switch (below(5)) {
    case 0:
        word(0xFA00 | below(8) << 4 | reg(), 0xF000 | d | m);
        break;
    case 1:
        word(0xFA00 | below(6) << 4 | (below(2) ? 15 : reg()),
                0xF080 | d | below(4) << 4 | m);
        break;
    case 2:
        word(0xFA80 | (uint32_t)parallel[below(6)] << 4 | reg(),
                0xF000 | d | below(2) << 6 | below(3) << 4 | m);
        break;
    case 3:
        word(0xFA80 | reg(), 0xF080 | d | below(4) << 4 | m);
        break;
    default:
        if (below(3)) {
            word(0xFA90 | m, 0xF080 | d | below(4) << 4 | m);
        } else {
            word((below(2) ? 0xFAA0 | reg() : 0xFAB0 | m), 0xF080 | d | m);
        }
        break;
    }
}

static void multiply(void) {
    const uint32_t m = reg(), d = reg() << 8, n = reg();
    const uint32_t a = (below(3) ? reg() : 15) << 12;
    const uint32_t low = below(6) << 12, high = (6 + below(5)) << 8;
    switch (below(7)) {
    case 0:
        word(0xFB00 | n, reg() << 12 | d | below(2) << 4 | m);
        break;
    case 1:
        word(0xFB10 | n, a | d | below(4) << 4 | m);
        break;
    case 2:
        word(0xFB20 | below(4) << 4 | n, a | d | below(2) << 4 | m);
        break;
    case 3:
        word(0xFB60 | n, reg() << 12 | d | below(2) << 4 | m);
        break;
    case 4:
        word(0xFB70 | n, a | d | m);
        break;
    case 5:
        word((below(2) ? 0xFB90 : 0xFBB0) | n, 0xF0F0 | d | m);
        break;
    default:
        if (below(2)) {
            word(0xFB80 | below(4) << 5 | n, low | high | m);
        } else {
            word(0xFBC0 | n, low | high | (8 + below(6)) << 4 | m);
        }
        break;
    }
}

static void memory(void) {
    static const uint16_t wide[] = {
            0xF880, 0xF890, 0xF8A0, 0xF8B0, 0xF8C0, 0xF8D0, 0xF990, 0xF9B0};
    const uint32_t r = below(10);
    switch (below(3)) {
    case 0:
        word(wide[below(8)] | 11, reg() << 12 | below(4 * DATA_WORDS - 4));
        break;
    case 1:
        word((below(2) ? 0xE9C0 : 0xE9D0) | 11,
                r << 12 | (r + 1) << 8 | below(DATA_WORDS - 2));
        break;
    default: // at least two
        word((below(2) ? 0xE880 : 0xE890) | 11, below(0x400) | 0x1400);
        break;
    }
}

static void floating(void) {
    static const uint16_t three[] = {
            0xEE00, 0xEE10, 0xEE20, 0xEE30, 0xEE90, 0xEEA0};
    static const uint16_t two[] = {0xB0, 0xB1, 0xB8, 0xBC, 0xBD, 0xB4};
    const uint32_t d = random_word() & 0x40, vd = below(16) << 12;
    const uint32_t m = random_word() & 0x2F;
    switch (below(4)) {
    case 0:
        word(three[below(6)] | d | below(16),
                vd | 0x0A00 | (random_word() & 0xC0) | m);
        break;
    case 1:
        word(0xEE80 | d | below(16), vd | 0x0A00 | (random_word() & 0x80) | m);
        break;
    case 2:
        word(0xEE00 | two[below(6)] | d, vd | 0x0A40 | below(2) << 7 | m);
        break;
    default:
        word(0xEE00 | below(2) << 4 | below(16),
                reg() << 12 | 0x0A10 | (random_word() & 0x80));
        break;
    }
}

static void (*const kinds[])(void) = {shifted, immediate, plain_immediate,
        registers, multiply, memory, floating};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void make_program(void) {
    end = code;
    for (uint32_t i = 0; i < LENGTH; i++) {
        const uint32_t what = below(16);
        if (what < 4) {
            narrow();
        } else if (what == 4) {
            half(0xDF00);       // SVC
        } else if (what == 5) { // a block of one to four
            const uint32_t mask = 1 + below(15);
            half(0xBF00 | below(14) << 4 | mask);
            for (uint32_t n = 4 - (uint32_t)__builtin_ctz(mask); n; n--) {
                kinds[below(KINDS)]();
            }
            i += 4 - (uint32_t)__builtin_ctz(mask);
        } else {
            kinds[below(KINDS)]();
        }
    }
    half(0x4770);
}

#endif
