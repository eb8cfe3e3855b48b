# shellcheck shell=bash disable=SC2154 # of support.bash
# What the tests of internal flash and of its options have in common: the
# beginning of a program (small.h), how one is built and its board.

cat >small.h <<'END'
#include <stdint.h>
#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define BYTE(a) (*(volatile uint8_t *)(uintptr_t)(a))
#define SR REG(0x40022010)
#define CR REG(0x40022014)
void start(void);
static void put(const char *s) {
    for (; *s; s++) {
        while (!(REG(0x4000441C) & 0x80)) {
        }
        REG(0x40004428) = (uint8_t)*s;
    }
}
static inline void hex(uint32_t value) {
    char text[10] = "........ ";
    for (unsigned i = 0; i < 8; i++) {
        text[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    put(text);
}
static void console(void) { // USART2, 4 MHz
    REG(0x40021058) |= 1u << 17;
    REG(0x4000440C) = 35;
    REG(0x40004400) = 9;
}
static inline void unlock(void) {
    REG(0x40022008) = 0x45670123;
    REG(0x40022008) = 0xCDEF89AB;
}
static inline void ready(void) {
    while (SR & 0x10000) {
    }
}
static inline void dma(uint32_t from, uint32_t to) { // channel 1, a word
    REG(0x40020008) = 0;
    REG(0x40020010) = from;
    REG(0x40020014) = to;
    REG(0x4002000C) = 1;
    REG(0x40020008) = 0x4AC1;
    while (REG(0x4002000C)) {
    }
}
END
printf '%s\n' 'name small' 'internal 1M' 'ram 0x20000000 96K' \
    'ram 0x10000000 32K' 'part w25q128jv' >small.board

# build FLAG...: main.c, into main.elf
build() {
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
        -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000100 \
        -Wl,-Tbss=0x20000000,-e,start "$@" main.c -o main.elf
}
