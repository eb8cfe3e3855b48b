#!/usr/bin/env bash
# The listings that users copy, run on the simulator in a project of the shape
# that their page describes: CubeMX's start-up code and linker script, the HAL,
# a boot loader of its own. scripts/check-readme compiles all of them; one that
# nothing runs fails here.
set -eu
repository=$PWD
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cubemx=$repository/examples/cubemx
cd "$scratch"

# listing DOCUMENT WORD: the C block that contains WORD.
listing() {
    awk -v word="$2" '
        /^```c$/ { inside = 1; text = ""; next }
        /^```/ && inside {
            inside = 0
            if (index(text, word)) { printf "%s", text; found = 1; exit }
        }
        inside { text = text $0 "\n" }
        END { exit !found }' "$repository/$1" || fail "$1: no listing with $2"
    ran=$((ran + 1))
}
ran=1 # that of docs/SMP.md: tests/sim/listing_smp.sh

# What each program has besides: a UART, the tick, and its verdict.
cat >project.h <<'END'
#include <stdint.h>
#include "stm32l4xx_hal.h"
#define REG(addr) (*(volatile uint32_t *)(addr))
extern uint32_t SystemCoreClock;
static volatile uint32_t in_mask; // the tick ran inside the caller's mask
static volatile uint32_t masked;
void Error_Handler(void);
void Error_Handler(void) {
    for (;;) {
    }
}
void SysTick_Handler(void) {
    in_mask += masked;
    HAL_IncTick();
}
static void say(const char *text) {
    for (; *text != '\0'; text++) {
        while ((REG(0x4000441Cu) & 0x80u) == 0u) {
        }
        REG(0x40004428u) = (uint8_t)*text;
    }
}
static void say_result(const char *what, int err) {
    say(what);
    say(err < 0 ? " -" : " ");
    const unsigned n = (unsigned)(err < 0 ? -err : err);
    const char digits[] = {(char)('0' + n / 10u % 10u), (char)('0' + n % 10u),
            '\n', '\0'};
    say(digits);
}
static void begin(void) {
    HAL_Init();
    const RCC_OscInitTypeDef osc = {.PLLM = 1, .PLLN = 40, .PLLR = 2};
    if (HAL_RCC_OscConfig(&osc) != HAL_OK ||
            HAL_RCC_ClockConfig(FLASH_ACR_LATENCY_4) != HAL_OK) {
        Error_Handler();
    }
    REG(0x40021058u) |= 1u << 17; // USART2
    REG(0x4002104Cu) |= 1u << 3;  // GPIOD: PD5 is TX
    REG(0x48000C00u) = (REG(0x48000C00u) & ~(3u << 10)) | 2u << 10;
    REG(0x48000C20u) = (REG(0x48000C20u) & ~(15u << 20)) | 7u << 20;
    REG(0x40004400u) = 0;
    REG(0x4000440Cu) = SystemCoreClock / 115200u;
    REG(0x40004400u) = 9u; // TE, UE
    __asm volatile("cpsie i");
}
END

# CubeMX writes neither the line for XIP_FLASH nor the one for xip_image.ld;
# INTEGRATION.md has both added.
script=$cubemx/app/STM32L476VGTX_QSPI.ld
grep -v 'XIP_FLASH\|xip_image.ld' "$script" >cubemx.ld
cp "$script" integration.ld

compile=(arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -std=c11 -Wall
    -ffunction-sections -fdata-sections -DSTM32L476xx
    -DTICK_INT_PRIORITY=15u -DAPP_ADDR=0x90000000 -DUSER_VECT_TAB_ADDRESS
    -DVECT_TAB_BASE_ADDRESS=0x90000000 -DVECT_TAB_OFFSET=0x200
    -I"$cubemx/hal" -I"$cubemx/app" -I"$repository/tests/standin/freertos"
    -I"$scratch" -I"$repository/xipsafe/include" -I"$repository/xipsafe/port"
    -I"$repository/xipsafe/soc" -I"$repository/xipsafe/port/cortexm"
    -I"$repository/xipsafe/port/stm32_quadspi" -I"$repository/boards/mcu")
# What is the same in all of them: start-up code, HAL and library.
mkdir objects
(
    cd objects
    "${compile[@]}" -c "$cubemx"/core/*.c "$cubemx"/hal/*.c \
        "$repository"/xipsafe/{flash,part,resident,port/cortexm}/*.c \
        "$repository"/xipsafe/port/stm32_quadspi/*.c \
        "$repository"/xipsafe/soc/stm32l4/*.c
)

# run NAME SCRIPT EXPECT...: build main.c, sign it, start it by the loader. What
# the file $input has, comes by the UART.
run() {
    local name=$1 script=$2 line
    local -a expect=()
    shift 2
    for line; do expect+=(--expect "$line"); done
    arm-none-eabi-cpp -P -DAPP_ADDR=0x90000000 "$script" >"$name.ld"
    "${compile[@]}" main.c objects/*.o \
        -T "$name.ld" -L"$repository/xipsafe/linker" -nostartfiles \
        --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections \
        -Wl,--no-warn-rwx-segments -o "$name.elf" 2>log ||
        { cat log >&2; fail "$name: does not build"; }
    arm-none-eabi-objcopy -O binary "$name.elf" "$name.bin"
    "$xipsafe" image sign -v 1.0.0 -H 0x200 --pad-header -S 1M \
        --rom-fixed 0x90000000 "$name.bin" "$name.img" >log
    sim 0 --part w25q128jv --internal "$firmware/cubemx_loader.elf" \
        --load "$name.img@0" --symbols "$name.elf" --time-limit 60s \
        --uart stdio "${expect[@]}" <"${input:-/dev/null}"
}

# --- README.md: nothing but the listing and CubeMX's own linker script.
listing README.md 'int store(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "listing.c"
int main(void) {
    begin();
    static const uint8_t data[300] = {1, 2, 3};
    say_result("store", store(data, sizeof(data)));
    say_result("compared", xip_flash_verify(&flash, 0x700000, data, 300));
    for (;;) {
    }
}
END
run readme cubemx.ld "store 00" "compared 00"

# --- INTEGRATION.md, attach: the hook leaves the caller's mask as it is, and
# the tick is right afterwards.
listing docs/INTEGRATION.md 'int flash_start(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_compiler.h"
#include "listing.c"
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
int main(void) {
    begin();
    REG(0xE000ED20u) = 0xF0F00000u; // PendSV and SysTick at 15
    say_result("start", flash_start());
    const uint32_t tick = uwTick;
    uint32_t primask;
    __asm volatile("cpsid i");
    masked = 1;
    const int err = xip_flash_erase(&flash, 0x700000, 0x10000);
    __asm volatile("mrs %0, primask" : "=r"(primask));
    masked = 0;
    __asm volatile("cpsie i");
    say_result("erase", err);
    say_result("still masked", (int)primask);
    say_result("ticks inside", (int)in_mask);
    say_result("clock goes on", uwTick - tick > 100u ? 1 : 0);
    for (;;) {
    }
}
END
run attach integration.ld "start 00" "erase 00" "still masked 01" \
    "ticks inside 00" "clock goes on 01"

# --- RTOS.md, in the background.
listing docs/RTOS.md 'int erase_when_idle(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_compiler.h"
#include "listing.c"
struct xip_flash flash;
static uint32_t vectors[98] __attribute__((aligned(512)));
static volatile uint32_t yields;
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
void PendSV_Handler(void) {
    yields++;
}
int main(void) {
    begin();
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u, .hclk_hz = SystemCoreClock,
            .image_addr = 0x90000000u, .image_bytes = 0x100000u};
    int err = xip_flash_vectors_move(vectors, 98);
    err = err != 0 ? err : xip_flash_attach(&flash, &config);
    say_result("attach", err);
    say_result("idle erase", erase_when_idle(0x700000, 0x10000));
    say_result("yields", yields > 20u ? 1 : 0);
    for (;;) {
    }
}
END
run background cubemx.ld "attach 00" "idle erase 00" "yields 01"

# --- REGIONS.md: what it stores lies in its region, at the block's place.
listing docs/REGIONS.md 'int data_start(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_compiler.h"
#include "xip_flash.h"
#include "listing.c"
struct xip_flash flash;
static uint32_t vectors[98] __attribute__((aligned(512)));
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
int main(void) {
    begin();
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u, .hclk_hz = SystemCoreClock,
            .image_addr = 0x90000000u, .image_bytes = 0x100000u};
    static uint8_t page[256];
    for (unsigned i = 0; i < sizeof(page); i++) {
        page[i] = (uint8_t)(i * 7u);
    }
    int err = xip_flash_vectors_move(vectors, 98);
    err = err != 0 ? err : xip_flash_attach(&flash, &config);
    say_result("attach", err);
    say_result("region", data_start());
    say_result("stored", data_store(3, page));
    say_result("compared", xip_flash_verify(&flash,
            0x200000u + 3u * data.block_bytes, page, 256));
    say_result("outside", data_store(0x100000u / data.block_bytes, page) < 0);
    for (;;) {
    }
}
END
run regions cubemx.ld "attach 00" "region 00" "stored 00" "compared 00" \
    "outside 01"

# --- RAM_FUNCTIONS.md: called above the ceiling while the flash cannot be read.
listing docs/RAM_FUNCTIONS.md 'void blink_from_ram(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_compiler.h"
#include "xip_flash.h"
#include "listing.c"
static struct xip_flash flash;
static uint32_t vectors[98] __attribute__((aligned(512)));
static volatile unsigned port;
static volatile uint32_t blinks; // in an outage
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
XIP_RESIDENT static void tick(void) {
    const unsigned before = port;
    blink_from_ram(&port);
    blinks += flash.resident.breadcrumb->state != 0u && port != before;
}
int main(void) {
    begin();
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u, .hclk_hz = SystemCoreClock,
            .ceiling = 4u << 4, .image_addr = 0x90000000u,
            .image_bytes = 0x100000u};
    REG(0xE000E010u) = 0; // the HAL's tick
    int err = xip_flash_vectors_move(vectors, 98);
    vectors[15] = (uint32_t)(uintptr_t)tick;
    REG(0xE000ED20u) = 0x10F00000u; // SysTick at 1, PendSV at 15
    REG(0xE000E010u) = 7;
    err = err != 0 ? err : xip_flash_attach(&flash, &config);
    say_result("attach", err);
    err = xip_flash_erase(&flash, 0x700000, 0x10000);
    REG(0xE000E010u) = 0;
    say_result("erase", err);
    say_result("in RAM", (uintptr_t)blink_from_ram >> 28 == 2u);
    say_result("blinks", blinks > 100u);
    for (;;) {
    }
}
END
run ram_function cubemx.ld "attach 00" "erase 00" "in RAM 01" "blinks 01"

# --- INTEGRATION.md, the UART handler above the ceiling: a line at full speed
# through an erase.
listing docs/INTEGRATION.md 'void USART2_IRQHandler(' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_flash.h"
#include "listing.c"
static struct xip_flash flash;
static uint32_t vectors[98] __attribute__((aligned(512)));
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
int main(void) {
    begin();
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u, .hclk_hz = SystemCoreClock,
            .ceiling = 4u << 4, .image_addr = 0x90000000u,
            .image_bytes = 0x100000u};
    REG(0xE000ED20u) = 0xF0F00000u; // PendSV and SysTick at 15
    int err = xip_flash_vectors_move(vectors, 98);
    err = err != 0 ? err : xip_flash_attach(&flash, &config);
    *(volatile uint8_t *)(0xE000E400u + 38u) = 1u << 4;
    REG(0xE000E104u) = 1u << 6; // USART2 is 38
    REG(0x48000C00u) = (REG(0x48000C00u) & ~(3u << 12)) | 2u << 12; // PD6
    REG(0x48000C20u) = (REG(0x48000C20u) & ~(15u << 24)) | 7u << 24;
    REG(0x40004400u) = 0x2Du; // RXNEIE, TE, RE, UE
    say_result("attach", err);
    while (head < 2u) { // the bytes come since power-on
    }
    const uint32_t first = head;
    say_result("erase", xip_flash_erase(&flash, 0x700000, 0x10000));
    const uint32_t last = head;
    uint32_t good = 1;
    while (good < last && ring[good] == '0' + (ring[good - 1u] - '0' + 1u) % 64u) {
        good++;
    }
    say_result("received", last - first > 1000u);
    say_result("in order", good == last);
    for (;;) {
    }
}
END
# No more than the ring holds.
awk 'BEGIN { for (; i < 2000; i++) printf "%c", 48 + i % 64 }' >bytes
input=bytes run receiver integration.ld "attach 00" "erase 00" "received 01" \
    "in order 01"

# --- RTOS.md, the hooks: a kernel's functions that count. Ticks that the caller
# has masked come back; each lock is given back.
listing docs/RTOS.md 'rtos_hooks_init' >listing.c
cat >main.c <<'END'
#include "project.h"
#include "xip_compiler.h"
#include "listing.c"
static struct xip_flash flash;
static uint32_t vectors[98] __attribute__((aligned(512)));
XIP_RESIDENT void NMI_Handler(void) { for (;;) {} }
XIP_RESIDENT void HardFault_Handler(void) { for (;;) {} }
static long depth, takes;
static uint32_t caught_up;
static struct QueueDefinition { int unused; } made;
SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void) {
    return &made;
}
long xSemaphoreTakeRecursive(SemaphoreHandle_t m, uint32_t ticks) {
    takes += m == &made && ticks == portMAX_DELAY;
    depth++;
    return 1;
}
long xSemaphoreGiveRecursive(SemaphoreHandle_t m) {
    depth -= m == &made;
    return 1;
}
long xTaskGetSchedulerState(void) {
    return taskSCHEDULER_RUNNING;
}
long xTaskCatchUpTicks(uint32_t ticks) {
    caught_up += ticks;
    return 0;
}
int main(void) {
    begin();
    rtos_hooks_init();
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u, .hclk_hz = SystemCoreClock,
            .hooks = &rtos_hooks, .image_addr = 0x90000000u,
            .image_bytes = 0x100000u};
    int err = xip_flash_vectors_move(vectors, 98);
    err = err != 0 ? err : xip_flash_attach(&flash, &config);
    say_result("attach", err);
    const uint32_t tick = uwTick;
    const uint32_t start = REG(0xE0001004u); // DWT_CYCCNT
    __asm volatile("cpsid i");
    err = xip_flash_erase(&flash, 0x700000, 0x10000);
    __asm volatile("cpsie i");
    const uint32_t passed = uwTick - tick + caught_up;
    const uint32_t ms = (REG(0xE0001004u) - start) / (SystemCoreClock / 1000u);
    say_result("erase", err);
    say_result("locked", takes > 0 && depth == 0);
    say_result("clock", passed + 1u >= ms && passed <= ms + 1u && ms > 140u);
    for (;;) {
    }
}
END
run rtos_hooks cubemx.ld "attach 00" "erase 00" "locked 01" "clock 01"

listings=$(cat "$repository/README.md" "$repository"/docs/*.md | grep -c '^```c$')
[ "$ran" = "$listings" ] || fail "$listings listings in C, $ran of them run"
finish
