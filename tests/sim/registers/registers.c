/*
 * registers - waits for ready bits of peripherals that are not modelled
 *
 * SPDX-License-Identifier: MIT
 *
 * In internal flash, on the clock of a reset, with the set files of
 * registers/stm32l4: in the order in which a polling driver asks (RM0351,
 * descriptions of ADC, RTC, I2C and SPI). A wait that does not end within 1000
 * turns prints its name.
 */
#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(addr))
#define RCC 0x40021000u
#define USART2 0x40004400u

extern uint32_t stack_top;
void start(void);

__attribute__((section(".vectors"),
        used)) static const void *const vectors[] = {&stack_top, (void *)start};

static void print(const char *text) {
    for (; *text != '\0'; text++) {
        while ((REG(USART2 + 0x1Cu) & 1u << 7) == 0u) {
        }
        REG(USART2 + 0x28u) = (uint8_t)*text;
    }
}

static void wait(uint32_t addr, uint32_t mask, uint32_t value,
        const char *name) {
    for (uint32_t i = 0; i < 1000u; i++) {
        if ((REG(addr) & mask) == value) {
            return;
        }
    }
    print("no ");
    print(name);
    print("\n");
}

static void adc(uint32_t base) {
    REG(base + 0x08u) = 1u << 28; // ADVREGEN
    REG(base + 0x08u) |= 1u << 31;
    wait(base + 0x08u, 1u << 31, 0, "ADCAL");
    REG(base) = 1u;
    REG(base + 0x08u) |= 1u;
    wait(base, 1u, 1u, "ADRDY");
    wait(base + 0x08u, 1u, 1u, "ADEN");
    REG(base + 0x08u) |= 1u << 2;
    wait(base, 1u << 2, 1u << 2, "EOC");
    wait(base + 0x40u, 0xFFFFu, 2048u, "DR");
    REG(base + 0x08u) |= 1u << 4;
    wait(base + 0x08u, 0x14u, 0, "ADSTP");
}

static void rtc(void) {
    REG(0x40002824u) = 0xCAu;
    REG(0x40002824u) = 0x53u;
    REG(0x4000280Cu) |= 1u << 7;
    wait(0x4000280Cu, 1u << 6, 1u << 6, "INITF");
    REG(0x40002800u) = 0x00123456u;
    REG(0x4000280Cu) &= ~(1u << 7);
    wait(0x4000280Cu, 1u << 5, 1u << 5, "RSF");
    wait(0x4000280Cu, 7u, 7u, "ALRAWF");
    wait(0x40002800u, 0xFFFFFFu, 0x123456u, "TR");
}

static void spi(uint32_t base) {
    REG(base) = 1u << 6 | 1u << 2;
    wait(base + 0x08u, 1u << 1, 1u << 1, "TXE");
    REG(base + 0x0Cu) = 0xA5u;
    wait(base + 0x08u, 1u, 1u, "RXNE");
    wait(base + 0x0Cu, 0xFFu, 0xA5u, "the byte sent");
    wait(base + 0x08u, 1u << 7 | 3u << 11 | 3u << 9, 0, "BSY");
}

static void i2c(uint32_t base) {
    REG(base) = 1u;
    wait(base + 0x18u, 1u << 15, 0, "BUSY");
    REG(base + 0x04u) = 1u << 13 | 1u << 25 | 1u << 16 | 0x90u;
    wait(base + 0x18u, 1u << 1 | 1u << 4, 1u << 1, "TXIS");
    REG(base + 0x28u) = 0x5Au;
    wait(base + 0x18u, 1u << 5, 1u << 5, "STOPF");
    REG(base + 0x1Cu) = 1u << 5;
}

void start(void) {
    REG(RCC + 0x58u) |= 1u << 28 | 1u << 17 | 7u << 21 | 3u << 14; // APB1ENR1
    REG(RCC + 0x60u) |= 1u << 12;                                  // SPI1EN
    REG(RCC + 0x4Cu) |= 1u << 13;                                  // ADCEN
    REG(0x40007000u) |= 1u << 8;                                   // PWR DBP
    REG(USART2 + 0x0Cu) = 35u;                                     // BRR
    REG(USART2) = 1u | 1u << 3;
    for (uint32_t i = 0; i < 3u; i++) {
        adc(0x50040000u + 0x100u * i);
        i2c(0x40005400u + 0x400u * i);
    }
    spi(0x40013000u);
    spi(0x40003800u);
    spi(0x40003C00u);
    rtc();
    print("all waits ended\n");
    for (;;) {
    }
}
