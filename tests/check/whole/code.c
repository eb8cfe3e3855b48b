/*
 * code - pools of code in RAM that are written, and what that must not hide
 *
 * SPDX-License-Identifier: MIT
 *
 * `through` reads through a word of its own pool, and `jumps` goes where
 * another word says: the walks take both for constants.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_POOL
// safe-build: OK_JUMP
// safe-build: OK_ARMS
// safe-build: OK_CARRY
// unsafe-build: BAD_POOL load-unknown|load|address|code-changed
// unsafe-build: BAD_POOL_DEVICE code-changed
// unsafe-build: BAD_JUMP call-unknown|code-changed
// unsafe-build: BAD_EXECUTED code-changed
// unsafe-build: BAD_HANDED code-changed|load-unknown
// unsafe-build: BAD_ARMS call
// unsafe-build: BAD_CARRY load-unknown|load|address
#include "harness.h"

#define DEVICE REG(0x40004424u)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
const volatile uint32_t *cell = good;
static volatile uint32_t sum;

RAM uint32_t resident(void) {
    return 1;
}
FLASH uint32_t in_window(void) {
    return 2;
}
#ifdef BAD_ARMS
FLASH
#else
RAM
#endif
uint32_t far_arm(uint32_t x) {
    return x + 4;
}

RAM uint32_t reads(const volatile uint32_t *from) {
    return *from;
}

__asm__(".pushsection .ramcode.code, \"ax\", %progbits\n.align 2\n"
        ".thumb\n.thumb_func\n.global through\n"
        ".type through, %function\nthrough:\nldr r0, pool\n"
        "ldr r0, [r0]\nbx lr\n.align 2\n.global pool\n"
        "pool: .word good\n.size through, . - through\n.align 2\n"
        ".thumb\n.thumb_func\n.global hands\n"
        ".type hands, %function\nhands:\nldr r0, pool_handed\n"
        "b reads\n.align 2\n.global pool_handed\n"
        "pool_handed: .word good\n.size hands, . - hands\n"
        ".align 2\n.thumb\n.thumb_func\n.global jumps\n"
        ".type jumps, %function\njumps:\nldr.w pc, pool_target\n"
        ".align 2\n.global pool_target\n"
        "pool_target: .word resident\n.size jumps, . - jumps\n"
        ".align 2\n.thumb\n.thumb_func\n.global arms\n"
        ".type arms, %function\narms:\npush {r4, lr}\n"
        "tbh [pc, r0, lsl #1]\n0: .hword (1f - 0b) / 2\n"
        ".hword (other - 0b) / 2\n.hword (3f - 0b) / 2\n"
        "1: movs r0, #1\npop {r4, pc}\n3: bl far_arm\n"
        "pop {r4, pc}\n.size arms, . - arms\n"
        ".type other, %function\nother: movs r0, #0\npop {r4, pc}\n"
        ".size other, . - other\n.popsection\n");
uint32_t through(void), hands(void), jumps(void), arms(uint32_t which);
extern volatile uint32_t pool, pool_handed, pool_target;

// Four words, with the carry of an addition.
__asm__(".pushsection .text.carry, \"ax\", %progbits\n\t.thumb\n\t.thumb_func\n\t"
        ".global put_words\n\t.type put_words, %function\nput_words:\n"
        "1:\tstr r1, [r0], #4\n\tadds r2, #-1\n\tbcs 2f\n\tbx lr\n"
        "2:\tcmp r2, #0\n\tbne 1b\n\tbx lr\n\t.size put_words, . - put_words\n\t"
        ".popsection");
void put_words(void *to, uint32_t what, uint32_t count);
struct {
    uint32_t words[4];
    const volatile uint32_t *behind;
} ram = {{0}, good};

RAM void outage(void) {
    QSPI_CR = 1;
    const uint32_t which = DEVICE;
    sum += *cell + through() + hands() + jumps();
    if (which < 3) {
        sum += arms(which);
    }
    sum += **(const volatile uint32_t *volatile *)&ram.behind;
    QSPI_CR = 2;
}

int main(void) {
#if defined OK_POOL
    pool = (uint32_t)(good + 1);
    pool_handed = (uint32_t)(good + 2);
#elif defined BAD_POOL
    pool = (uint32_t)in_flash;
#elif defined BAD_POOL_DEVICE
    pool = DEVICE;
#elif defined OK_JUMP
    pool_target = (uint32_t)through;
#elif defined BAD_JUMP
    pool_target = (uint32_t)in_window;
#elif defined BAD_EXECUTED
    *(volatile uint16_t *)((uint32_t)through & ~1u) = 0x4801; // as it is
    *(volatile uint16_t *)((uint32_t)hands & ~1u) = 0x4770;
#elif defined BAD_HANDED
    pool_handed = (uint32_t)in_flash;
#elif defined OK_CARRY
    put_words(ram.words, (uint32_t)in_flash, 4);
#elif defined BAD_CARRY
    put_words(ram.words, (uint32_t)in_flash, 5);
#endif
    outage();
    return 0;
}
