/*
 * small - a flash algorithm of a hundred lines, with one defect by -DDEFECT_...
 *
 * SPDX-License-Identifier: MIT
 *
 * A .FLM, or with -DSTLDR a .stldr. Registers of QUADSPI by RM0351 17.
 */
#include <stdint.h>

#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define REG8(a) (*(volatile uint8_t *)(uintptr_t)(a))
#define AHB3ENR REG(0x40021050)
#define CR REG(0xA0001000)
#define DCR REG(0xA0001004)
#define SR REG(0xA0001008)
#define FCR REG(0xA000100C)
#define DLR REG(0xA0001010)
#define CCR REG(0xA0001014)
#define AR REG(0xA0001018)
#define DR REG8(0xA0001020)

#define WINDOW 0x90000000u
#ifdef DEFECT_SIZE
#define SIZE 0x2000000u
#else
#define SIZE 0x1000000u
#endif
#define SECTOR 0x10000u
#define PAGE 256u // of the chip
#ifdef STLDR
#define GOOD 1
#define BAD 0
#else
#define GOOD 0
#define BAD 1
#endif
#define ENTRY __attribute__((used))

static void finish(void) {
    while ((SR & 2u) == 0u) {
    }
    FCR = 2u;
    while ((SR & 0x20u) != 0u) {
    }
}

static void leave(void) {
    CR |= 2u;
    while ((CR & 2u) != 0u || (SR & 0x20u) != 0u) {
    }
}

static void command(uint32_t opcode) {
    CCR = opcode | 1u << 8;
    finish();
}

static int is_busy(void) {
    DLR = 0;
    CCR = 0x05u | 1u << 8 | 1u << 24 | 1u << 26;
    while ((SR & 2u) == 0u) {
    }
    const uint32_t status = DR;
    FCR = 2u;
    leave();
    return (status & 1u) != 0u;
}

static void wait(void) {
    while (is_busy()) {
    }
}

static void map(void) {
    AR = 0; // ES0250: the last address has to be a multiple of 4
    leave();
    CCR = 0x03u | 1u << 8 | 1u << 10 | 2u << 12 | 1u << 24 | 3u << 26;
}

static void erase_one(uint32_t addr) {
    leave();
    command(0x06);
    CCR = 0xD8u | 1u << 8 | 1u << 10 | 2u << 12;
    AR = addr - WINDOW;
    finish();
#ifndef DEFECT_NO_WAIT
    wait();
#endif
    map();
}

static void program_one(uint32_t addr, const uint8_t *data, uint32_t len) {
    leave();
    command(0x06);
    DLR = len - 1u;
    CCR = 0x02u | 1u << 8 | 1u << 10 | 2u << 12 | 1u << 24;
    AR = addr - WINDOW;
    for (uint32_t i = 0; i < len; i++) {
        while ((SR & 4u) == 0u) {
        }
        DR = data[i];
    }
    finish();
    wait();
    map();
}

#ifndef WITHOUT_MASS
static int erase_all(void) {
#ifdef DEFECT_MASS // the last block is left out
    for (uint32_t off = 0; off < SIZE - SECTOR; off += SECTOR) {
        erase_one(WINDOW + off);
    }
#else
    leave();
#ifndef DEFECT_MASS_ENABLE
    command(0x06);
#endif
    command(0xC7);
#ifdef DEFECT_MASS_LIMIT // of polls: too few for a chip erase
    for (uint32_t i = 0; i < 5000u && is_busy(); i++) {
    }
#elif !defined(DEFECT_MASS_WAIT)
    wait();
#endif
    map();
#endif
    return GOOD;
}
#endif

static int program(uint32_t addr, uint32_t len, const uint8_t *data) {
#ifdef DEFECT_ODD
    len &= ~3u;
#endif
#ifdef DEFECT_STACK
    volatile uint8_t bounce[3000];
    for (uint32_t i = 0; i < sizeof(bounce); i++) {
        bounce[i] = (uint8_t)i;
    }
#endif
#ifdef DEFECT_WRAP
    const uint32_t page = 4096u;
#else
    const uint32_t page = PAGE;
#endif
    while (len != 0u) {
        const uint32_t room = page - addr % page;
        const uint32_t n = len < room ? len : room;
        program_one(addr, data, n);
        addr += n;
        data += n;
        len -= n;
    }
    return GOOD;
}

#ifdef DEFECT_POSITION
static const uint32_t opcodes[2] = {0x06, 0x04};
static const uint32_t *volatile opcode = opcodes;
#endif

static int init(void) {
    AHB3ENR |= 0x100u;
#ifdef DEFECT_TICK
    while ((REG(0xE000E010) & 0x10000u) == 0u) { // SysTick, which is off
    }
#endif
#ifdef DEFECT_POSITION
    if (opcode[0] != 0x06u) {
        return BAD;
    }
#endif
    if ((CR & 1u) != 0u) {
        leave(); // as the probe's last call has left it
    }
    DCR = 23u << 16;
    CR = 1u << 24 | 1u;
    leave();
    map();
    return GOOD;
}

#ifdef STLDR

struct storage {
    char name[100];
    uint16_t type;
    uint32_t start, size, page;
    uint8_t erased;
    uint32_t sectors[20];
};
__attribute__((section(".Dev_info"), used)) const struct storage StorageInfo = {
        "small", 3, WINDOW, SIZE, 256, 0xFF, {SIZE / SECTOR, SECTOR}};

ENTRY int Init(void) {
    return init();
}

ENTRY int Write(uint32_t addr, uint32_t len, const uint8_t *data) {
    return program(addr, len, data);
}

ENTRY int SectorErase(uint32_t from, uint32_t to) {
    from &= ~(SECTOR - 1u);
#ifdef DEFECT_END
    for (; from < to; from += SECTOR) {
#else
    for (; from <= to; from += SECTOR) {
#endif
        erase_one(from);
    }
    return GOOD;
}

#ifndef WITHOUT_MASS
ENTRY int MassErase(uint32_t parallelism) {
    (void)parallelism;
    return erase_all();
}
#endif

#else

struct device {
    uint16_t version;
    char name[128];
    uint16_t type;
    uint32_t start, size, page, reserved;
    uint8_t erased;
    uint32_t program_ms, erase_ms;
    uint32_t sectors[4];
};
__attribute__((section("DevDscr"), used))
const struct device FlashDevice = {0x0101, "small", 5, WINDOW, SIZE, 1024, 0,
        0xFF, 100, 3000, {SECTOR, 0, 0xFFFFFFFFu, 0xFFFFFFFFu}};

ENTRY int Init(uint32_t addr, uint32_t clock, uint32_t function) {
    (void)addr;
    (void)clock;
    (void)function;
    return init();
}

ENTRY int UnInit(uint32_t function) {
    (void)function;
    return GOOD;
}

ENTRY int EraseSector(uint32_t addr) {
    erase_one(addr);
#ifdef DEFECT_NEIGHBOUR
    erase_one(addr + SECTOR);
#endif
    return GOOD;
}

#ifndef WITHOUT_MASS
ENTRY int EraseChip(void) {
    return erase_all();
}
#endif

ENTRY int ProgramPage(uint32_t addr, uint32_t len, const uint8_t *data) {
    return program(addr, len, data);
}

ENTRY uint32_t Verify(uint32_t addr, uint32_t len, const uint8_t *data) {
    for (uint32_t i = 0; i < len; i++) {
#ifndef DEFECT_VERIFY
        if (REG8(addr + i) != data[i]) {
            return addr + i;
        }
#endif
    }
    return addr + len;
}

#endif
