/*
 * random - random instructions in random states; another machine has to print
 * the same
 *
 * SPDX-License-Identifier: MIT
 *
 * FIRST, BATCHES: the first batch, and how many. A batch is SEQUENCES short
 * programs, each of which is executed once, and one line, "number hash". With
 * WHOLE, two lines for each program: its code, and the state behind it.
 * Programs hold no encoding whose result the architecture leaves open, change
 * neither SP nor the address in r11, and are interrupted: by SVC, which pends
 * PendSV, and by SysTick at times that differ between machines, which must not
 * matter.
 */
#include "arch.h"
#include "random.h"

#define SEQUENCES 1000u
#define LENGTH 12u
#define DATA_WORDS 64u

struct state {
    uint32_t r[13], apsr, unused, fpscr, s[32];
};
static struct state state;
static uint32_t data[DATA_WORDS];
static uint16_t code[2 * LENGTH + 16];
static uint16_t *end;

/// Programs ///

static uint32_t reg(void) {
    const uint32_t r = below(12);
    return r == 11 ? 12 : r;
}

static void half(uint32_t h) {
    *end++ = (uint16_t)h;
}

static void word(uint32_t first, uint32_t second) {
    half(first);
    half(second);
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

/// States ///

static uint32_t random_value(void) {
    static const uint32_t special[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0x00800000,
            0x007FFFFF, 0x3F800000, 0x4F000000, 0xCF000000, 0x33000000};
    return below(3) ? random_word() : special[below(15)];
}

static void make_state(void) {
    for (uint32_t i = 0; i < 13; i++) {
        state.r[i] = random_value();
    }
    state.r[11] = (uint32_t)(uintptr_t)data;
    state.apsr = random_word() & 0xF80F0000;
    state.fpscr = random_word() & 0xF7C0009F;
    for (uint32_t i = 0; i < 32; i++) {
        state.s[i] = random_value();
    }
    for (uint32_t i = 0; i < DATA_WORDS; i++) {
        data[i] = random_value();
    }
}

__attribute__((naked)) static void execute(struct state *at, uint32_t to) {
    (void)at;
    (void)to;
    ASM("push {r0, r4-r11, lr}\n mov lr, r1\n"
        "add r2, r0, #64\n vldmia r2, {s0-s31}\n"
        "ldr r3, [r0, #60]\n vmsr fpscr, r3\n"
        "ldr r3, [r0, #52]\n msr apsr_nzcvqg, r3\n"
        "ldmia r0, {r0-r12}\n blx lr\n"
        "push {r0}\n ldr r0, [sp, #4]\n"
        "add r0, r0, #4\n stmia r0, {r1-r12}\n sub r0, r0, #4\n"
        "pop {r1}\n str r1, [r0]\n"
        "mrs r1, apsr\n str r1, [r0, #52]\n"
        "vmrs r1, fpscr\n str r1, [r0, #60]\n"
        "add r2, r0, #64\n vstmia r2, {s0-s31}\n"
        "pop {r0, r4-r11, pc}");
}

static uint32_t hash_of(uint32_t hash, const uint32_t *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ words[i]) * 16777619u;
        hash ^= hash >> 15;
    }
    return hash;
}

/// Interrupts ///

// All that an exception has to keep, and no more.
#define SPOIL \
    "vmsr fpscr, r0\n vmov.f32 s0, #2.0\n vmul.f32 s15, s0, s0\n" \
    "movs r0, #0\n mvn r1, r0\n mov r2, r1\n mov r3, r1\n mov r12, r1\n" \
    "adds r0, r1, r1\n"

__attribute__((naked)) static void on_interrupt(void) {
    ASM(SPOIL "bx lr");
}

__attribute__((naked)) static void on_svc(void) {
    ASM("ldr r0, =0xE000ED04\n ldr r1, =0x10000000\n str r1, [r0]\n" SPOIL
        "bx lr\n .ltorg");
}

static void on_fault(void) {
    put("fault\r\n");
    for (;;) {
    }
}

/// Batches ///

static void batch(uint32_t number) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        seed = 0x9E3779B97F4A7C15u * (number * SEQUENCES + i + 1);
        make_program();
        make_state();
        BARRIER();
        execute(&state, (uint32_t)(uintptr_t)code | 1);
        state.r[11] = 0; // an address, which the other machine has elsewhere
        const uint32_t *all = (const uint32_t *)&state;
        hash = hash_of(hash, all, sizeof state / 4);
        hash = hash_of(hash, data, DATA_WORDS);
#ifdef WHOLE
        hex(i, 4);
        for (const uint16_t *h = code; h < end; h++) {
            uart_put(' ');
            hex(*h, 4);
        }
        put("\r\n     ");
        for (uint32_t k = 0; k < sizeof state / 4; k++) {
            uart_put(' ');
            hex(all[k], 8);
        }
        uart_put(' ');
        hex(hash_of(0, data, DATA_WORDS), 8);
        put("\r\n");
#endif
    }
    hex(number, 8);
    uart_put(' ');
    hex(hash, 8);
    put("\r\n");
}

void start(void);
void start(void) {
    extern uint32_t bss_start[], bss_end[];
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    uart_open();
    CPACR = 0xFu << 20;
    BARRIER();
    R32(0xE000E014) = 4999; // SysTick
    R32(0xE000E018) = 0;
    R32(0xE000E010) = 7;
    for (uint32_t i = 0; i < BATCHES; i++) {
        batch(FIRST + i);
    }
    put("that was all\r\n");
    for (;;) {
    }
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start, on_fault, on_fault, on_fault,
        on_fault, on_fault, 0, 0, 0, 0, on_svc, on_fault, 0, on_interrupt,
        on_interrupt};
