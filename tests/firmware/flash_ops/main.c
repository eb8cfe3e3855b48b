/*
 * flash_ops - every call of the library, from an image that runs in the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Built twice: resident code in RAM, and in the boot program's table.
 */
#include <string.h>

#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define SECTOR 4096u

static uint8_t buffer[5000];

// In the flash: programming from here has to pass through the bounce buffer.
static const char text_in_flash[] =
        "The quick brown fox jumps over the lazy dog, again and again, until "
        "the sentence is longer than one page of the chip, which has 256 "
        "bytes; so it has to be taken apart and to be put together again, and "
        "that is all this text is for. It crosses a page in the middle too.";

// Straight from the window: not a call of what is being tested.
static bool byte_is(uint32_t off, uint8_t value) {
    return *(const volatile uint8_t *)(LAYOUT_WINDOW_ADDR + off) == value;
}

/// What works ///

// What two sectors ought to hold: erased, and every program since.
#define SHAPES_BYTES (2u * SECTOR)
static uint8_t model[SHAPES_BYTES];

static int erase_shapes(void) {
    memset(model, 0xFF, sizeof model);
    return xip_flash_erase(&fw_flash, FW_AREA_OFF, SHAPES_BYTES);
}

static void test_program_shapes(void) {
    static const struct {
        const char *name;
        uint16_t off, len;
        bool erase; // the place was programmed by a case before
    } cases[] = {
            {"program 1 byte at 0", 0, 1, true},
            {"program 1 byte at 1", 1, 1, false},
            {"program 2 bytes over a page end", 255, 2, false},
            {"program to the end of a page", 512 + 3, 253, false},
            {"program a whole page", 1024, 256, false},
            {"program 600 bytes at 250 of a page", 2048 + 250, 600, false},
            {"program 0 bytes", 3000, 0, false},
            {"program a whole sector", SECTOR, SECTOR, false},
            {"program 4097 bytes over a sector end", 1023, 4097, true},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint32_t off = FW_AREA_OFF + cases[i].off;
        const uint32_t len = cases[i].len;
        int err = cases[i].erase ? erase_shapes() : 0;
        for (uint32_t n = 0; n < len; n++) {
            buffer[n] = fw_pattern(n + i);
        }
        memcpy(model + cases[i].off, buffer, len);
        if (!err) {
            err = xip_flash_program(&fw_flash, off, buffer, len);
        }
        if (!err) {
            err = xip_flash_verify(&fw_flash, off, buffer, len);
        }
        // The neighbours too, and not through a call of what is being tested.
        const void *const there =
                (const void *)(LAYOUT_WINDOW_ADDR + FW_AREA_OFF);
        fw_check(cases[i].name,
                err == 0 && memcmp(there, model, sizeof model) == 0, err);
    }
}

static void test_from_flash(void) {
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    if (!err) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF + 100, text_in_flash,
                sizeof text_in_flash);
    }
    const bool same =
            memcmp((const void *)(LAYOUT_WINDOW_ADDR + FW_AREA_OFF + 100),
                    text_in_flash, sizeof text_in_flash) == 0;
    fw_check("program from the flash", err == 0 && same, err);
}

// The fewest commands that cover a range whose ends are sectors: the largest
// aligned erase type each time. Counted here without the library's help.
static uint32_t fewest_erases(uint32_t off, uint32_t len) {
    uint32_t count = 0;
    while (len) {
        uint32_t best = 0;
        for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
            const uint32_t size = fw_flash.part.erase[i].size_bytes;
            if (size > best && size <= len && off % size == 0) {
                best = size;
            }
        }
        if (!best) {
            return 0;
        }
        off += best;
        len -= best;
        count++;
    }
    return count;
}

// 4 KB units up to a 32 KB boundary, one of 32 KB, one of 64 KB.
static void test_erase_types(void) {
    const uint32_t begin = FW_AREA_OFF + SECTOR;
    const uint32_t len = 0x1F000;
    const uint8_t mark = 0x5A;
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    if (!err) {
        err = xip_flash_erase(&fw_flash, begin + len, SECTOR);
    }
    if (!err) {
        err = xip_flash_program(&fw_flash, begin - 1u, &mark, 1);
    }
    if (!err) {
        err = xip_flash_program(&fw_flash, begin + len, &mark, 1);
    }
    const uint32_t erases = fw_flash.stats.erases;
    if (!err) {
        err = xip_flash_erase(&fw_flash, begin, len);
    }
    const uint32_t used = fw_flash.stats.erases - erases;
    fw_check("erase by the largest fitting type",
            err == 0 && used == fewest_erases(begin, len) &&
                    used < len / SECTOR,
            err ? err : (int)used);
    fw_check("erased range is blank", xip_flash_blank(&fw_flash, begin, len),
            (int)fw_flash.stop_off);
    fw_check("neighbours of the erased range are kept",
            byte_is(begin - 1u, mark) && byte_is(begin + len, mark), 0);
}

/// Hooks and statistics ///

static struct {
    uint32_t progress, yields, last_done, last_total;
    int inner;
} seen;

static void on_progress(void *ctx, uint32_t done, uint32_t total) {
    (void)ctx;
    seen.progress++;
    seen.last_done = done;
    seen.last_total = total;
    seen.inner = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
}

static void on_yield(void *ctx) {
    (void)ctx;
    seen.yields++;
}

static const struct xip_flash_hooks hooks = {
        .progress = on_progress,
        .yield = on_yield,
};

static void test_hooks(void) {
    struct xip_flash_config config = fw_config();
    config.hooks = &hooks;
    int err = xip_flash_attach(&fw_flash, &config);
    if (!err) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 3u * SECTOR);
    }
    fw_check("hooks are called after each unit",
            err == 0 && seen.progress == 3 && seen.yields == 3 &&
                    seen.last_done == 3u * SECTOR &&
                    seen.last_total == 3u * SECTOR,
            (int)seen.progress);
    fw_check("a call from a hook is BUSY", seen.inner == XIP_ERR_BUSY,
            seen.inner);

    const uint32_t cycles_us = BOARD_HCLK_HZ / 1000000u;
    const uint32_t masked_us = fw_flash.stats.wait_max_cycles / cycles_us;
    fw_check("the longest wait is within the declared one",
            masked_us > 0 && masked_us <= xip_flash_latency_us(&fw_flash),
            (int)masked_us);
    fw_check("outages are counted", fw_flash.stats.outages >= 3,
            (int)fw_flash.stats.outages);
}

/// What is refused ///

static void expect(const char *name, int err, int wanted) {
    fw_check(name, err == wanted, err);
}

static void test_arguments(void) {
    struct xip_flash *const f = &fw_flash;
    uint8_t byte = 0;
    const uint32_t size = f->part.size_bytes;
    expect("erase behind the chip is RANGE", xip_flash_erase(f, size, SECTOR),
            XIP_ERR_RANGE);
    expect("erase over the end is RANGE",
            xip_flash_erase(f, size - SECTOR, 2u * SECTOR), XIP_ERR_RANGE);
    expect("a range that wraps is RANGE",
            xip_flash_program(f, 0xFFFFFF00u, buffer, 512), XIP_ERR_RANGE);
    expect("read behind the chip is RANGE", xip_flash_read(f, size, &byte, 1),
            XIP_ERR_RANGE);
    expect("erase at 1 is ALIGN", xip_flash_erase(f, FW_AREA_OFF + 1, SECTOR),
            XIP_ERR_ALIGN);
    expect("erase of half a sector is ALIGN",
            xip_flash_erase(f, FW_AREA_OFF, SECTOR / 2u), XIP_ERR_ALIGN);
    expect("program from NULL is PARAM",
            xip_flash_program(f, FW_AREA_OFF, NULL, 4), XIP_ERR_PARAM);
    expect("read to NULL is PARAM", xip_flash_read(f, FW_AREA_OFF, NULL, 4),
            XIP_ERR_PARAM);
}

static void test_running(void) {
    const uint32_t start =
            (uint32_t)(uintptr_t)xip_image_start_ - LAYOUT_WINDOW_ADDR;
    const uint32_t end =
            (uint32_t)(uintptr_t)xip_image_end_ - LAYOUT_WINDOW_ADDR;
    const uint32_t outages = fw_flash.stats.outages;
    expect("erase of the running image is RUNNING",
            xip_flash_erase(&fw_flash, start & ~(SECTOR - 1u), SECTOR),
            XIP_ERR_RUNNING);
    expect("erase of its signature is RUNNING",
            xip_flash_erase(&fw_flash, end - SECTOR, SECTOR), XIP_ERR_RUNNING);
    expect("erase that begins before it is RUNNING",
            xip_flash_erase(&fw_flash, 0, 0x100000), XIP_ERR_RUNNING);
    expect("program into it is RUNNING",
            xip_flash_program(&fw_flash, start + 64u, buffer, 4),
            XIP_ERR_RUNNING);
    fw_check("a refusal opens no outage", fw_flash.stats.outages == outages,
            (int)(fw_flash.stats.outages - outages));
}

static volatile int handler_err;

// Runs between two outages or never, so it may lie in the flash.
void EXTI0_IRQHandler(void) {
    handler_err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
}

#define EXTI0_IRQ 6u

static void pend_exti0(uint8_t priority) {
    NVIC_IPR[EXTI0_IRQ] = priority;
    NVIC_ISER[0] = 1u << EXTI0_IRQ;
    NVIC_ISPR[0] = 1u << EXTI0_IRQ;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

static void test_context(void) {
    handler_err = 0;
    pend_exti0(0x80);
    NVIC_ICER[0] = 1u << EXTI0_IRQ;
    expect("erase from a handler is CONTEXT", handler_err, XIP_ERR_CONTEXT);

    __asm volatile("cpsid i" ::: "memory");
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    uint32_t primask;
    __asm volatile("mrs %0, primask\n\tcpsie i" : "=r"(primask)::"memory");
    expect("erase with interrupts masked works", err, 0);
    fw_check("and leaves them masked", primask == 1u, (int)primask);
}

static void test_vectors(void) {
    startup_use_vectors(false);
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    startup_use_vectors(true);
    fw_check("a vector table in the flash is VECTOR",
            err == XIP_ERR_VECTOR && fw_flash.bad_exception == 2, err);

    struct xip_flash_config config = fw_config();
    config.ceiling = 0x40;
    err = xip_flash_attach(&fw_flash, &config);
    expect("attach with a ceiling", err, 0);
    NVIC_IPR[EXTI0_IRQ] = 0x30;
    NVIC_ISER[0] = 1u << EXTI0_IRQ;
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    fw_check("a handler above the ceiling in the flash is VECTOR",
            err == XIP_ERR_VECTOR && fw_flash.bad_exception == 16u + EXTI0_IRQ,
            err);
    NVIC_IPR[EXTI0_IRQ] = 0x40;
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR);
    expect("the same handler at the ceiling may stay", err, 0);
    NVIC_ICER[0] = 1u << EXTI0_IRQ;
}

static void test_config(void) {
    struct xip_flash_config config = fw_config();
    config.bounce = NULL;
    config.bounce_bytes = 0;
    int err = xip_flash_attach(&fw_flash, &config);
    if (!err) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF, text_in_flash, 4);
    }
    expect("a source in the flash without bounce buffer is PARAM", err,
            XIP_ERR_PARAM);

    static const struct xip_resident_table bad_table;
    config = fw_config();
    config.resident = &bad_table;
    expect("an empty resident table is ABI",
            xip_flash_attach(&fw_flash, &config), XIP_ERR_ABI);

    config = fw_config();
    struct xip_flash *const in_flash =
            (struct xip_flash *)(LAYOUT_WINDOW_ADDR + FW_AREA_OFF);
    expect("a device in the flash is RESIDENT",
            xip_flash_attach(in_flash, &config), XIP_ERR_RESIDENT);

    config = fw_config();
    expect("attach again", xip_flash_attach(&fw_flash, &config), 0);
}

#define DMA1_CH1_CCR (*(volatile uint32_t *)0x40020008u)
#define DMA1_CH1_CNDTR (*(volatile uint32_t *)0x4002000Cu)
#define DMA1_CH1_CPAR (*(volatile uint32_t *)0x40020010u)
#define DMA1_CH1_CMAR (*(volatile uint32_t *)0x40020014u)

// No request line fires, so the channel never moves a byte; it could.
static void test_dma(void) {
    RCC->AHB1ENR |= 1u;
    (void)RCC->AHB1ENR;
    DMA1_CH1_CPAR = (uint32_t)(uintptr_t)&USART2->TDR;
    DMA1_CH1_CMAR = LAYOUT_WINDOW_ADDR + FW_AREA_OFF;
    DMA1_CH1_CNDTR = 16;
    DMA1_CH1_CCR = 0x91; // EN, memory to peripheral, MINC
    expect("a DMA channel that reads the flash is DMA",
            xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR), XIP_ERR_DMA);
    DMA1_CH1_CCR = 0;
    expect("without it the erase works",
            xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR), 0);
}

int main(void) {
    fw_begin("flash_ops");
    struct xip_flash_config config = fw_config();
    const int err = xip_flash_attach(&fw_flash, &config);
    expect("attach", err, 0);
    if (err) {
        fw_end();
    }
    board_uart_puts("part ");
    board_uart_puts(fw_flash.part.name);
    board_uart_puts(", latency us ");
    board_uart_put_dec(xip_flash_latency_us(&fw_flash));
    board_uart_puts("\n");

    test_program_shapes();
    test_from_flash();
    test_erase_types();
    test_arguments();
    test_running();
    test_context();
    test_vectors();
    test_config();
    test_dma();
    test_hooks();
    fw_end();
}
