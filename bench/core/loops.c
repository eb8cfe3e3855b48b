/*
 * loops - what the simulator's speed is measured with: a CRC or a sort, again
 * and again, from internal flash
 *
 * SPDX-License-Identifier: MIT
 *
 * With WAIT_STATES as many, prefetch and caches, as of a Cortex-M4 at 80 MHz.
 * SORT: the sort; otherwise the CRC.
 */
#include <stdint.h>

#define WORDS 2048u
#define R32(a) (*(volatile uint32_t *)(uintptr_t)(a))

static uint32_t words[WORDS];

#ifdef SORT
static void work(void) {
    uint32_t seed = 1;
    for (uint32_t i = 0; i < WORDS; i++) {
        words[i] = seed = seed * 1664525u + 1013904223u;
    }
    for (uint32_t gap = WORDS / 2; gap; gap /= 2) {
        for (uint32_t i = gap; i < WORDS; i++) {
            const uint32_t word = words[i];
            uint32_t j = i;
            for (; j >= gap && words[j - gap] > word; j -= gap) {
                words[j] = words[j - gap];
            }
            words[j] = word;
        }
    }
}
#else
static void work(void) {
    uint32_t crc = 0xFFFFFFFF;
    const uint8_t *bytes = (const uint8_t *)words;
    for (uint32_t i = 0; i < sizeof words; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
        }
    }
    words[0] = crc;
}
#endif

void start(void);
void start(void) {
    R32(0x40022000) = 0x700u | WAIT_STATES; // FLASH_ACR
    for (;;) {
        work();
    }
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start};
