/*
 * main - the boot program
 *
 * SPDX-License-Identifier: MIT
 *
 * Brings up clock and flash, starts the highest version whose image verifies,
 * and says on the console what it did and why, one line each. Writes to no
 * slot: an image that is refused stays where it is. With a journal in the
 * board's layout, what is recorded there decides first.
 */
#include <stdint.h>
#include <string.h>

#include "board.h"
#include "boot_cfg.h"
#include "cortexm.h"
#include "recovery.h"
#include "startup.h"
#include "xip_boot.h"
#include "xip_counter.h"
#include "xip_fault.h"
#include "xip_flash.h"

#if XIP_CFG_BOOT_KEY
#include "key_p256.h" // ecdsa_pub_key, as `xipsafe image getpub` writes it
_Static_assert(sizeof(ecdsa_pub_key) == XIP_IMAGE_KEY_BYTES, "a P-256 key");
static const uint8_t *const keys[] = {ecdsa_pub_key};
#define KEYS keys
#define KEY_COUNT 1
#else
#define KEYS NULL
#define KEY_COUNT 0
#endif

#define RETRY_SECONDS 3u
#define REQUEST_SECONDS 60u

static struct xip_flash flash;

/// Words ///

static void put_version(const struct xip_image_version *version) {
    board_uart_puts(" v");
    board_uart_put_dec(version->major);
    board_uart_putc('.');
    board_uart_put_dec(version->minor);
    board_uart_putc('.');
    board_uart_put_dec(version->revision);
    board_uart_putc('+');
    board_uart_put_dec(version->build);
}

static void put_error(int err) {
    board_uart_puts(" (error ");
    board_uart_putc('-');
    board_uart_put_dec((uint32_t)-err);
    board_uart_puts(")\n");
}

static void report_slot(void *ctx, unsigned slot, const struct xip_image *img) {
    (void)ctx;
    board_kick_watchdog(); // a line takes some 6 ms
    if (img->reason == XIP_REASON_NONE) {
        return; // the one that starts gets its line from start()
    }
    board_uart_puts("boot: slot ");
    board_uart_put_dec(slot);
    if (img->reason == XIP_REASON_EMPTY) {
        board_uart_puts(" is ");
    } else if (img->reason == XIP_REASON_OLDER ||
            img->reason == XIP_REASON_OTHER) {
        put_version(&img->version);
        board_uart_puts(" not started: ");
    } else {
        board_uart_puts(" rejected: ");
    }
    board_uart_puts(xip_image_reason_text(img->reason));
    board_uart_putc('\n');
}

// Why we are here: the reset, and an outage that it may have cut short. After
// a loss of power the memory says nothing.
static void report_reset(const struct xip_breadcrumb *crumb) {
    const enum board_reset cause = board_reset_cause();
    board_uart_puts("\nboot: xipsafe, reset by ");
    board_uart_puts(board_reset_name(cause));
    board_uart_putc('\n');
    if (cause == BOARD_RESET_POWER ||
            (crumb->state & XIP_BREADCRUMB_MASK) != XIP_BREADCRUMB_OPEN) {
        return;
    }
    const uint32_t kind = crumb->state & ~XIP_BREADCRUMB_MASK;
    board_uart_puts("boot: the reset cut ");
    board_uart_puts(kind == XIP_OP_ERASE     ? "an erase"
                    : kind == XIP_OP_PROGRAM ? "a program operation"
                                             : "a command");
    board_uart_puts(" at flash offset 0x");
    board_uart_put_hex(crumb->off);
    board_uart_putc('\n');
}

#if XIP_CFG_BOOT_FAULT
static void put_char(void *ctx, char c) {
    (void)ctx;
    board_kick_watchdog();
    board_uart_putc(c);
}

// Behind the breadcrumb, as xip_noinit.ld has it.
static void report_fault(void) {
    const uint32_t addr =
            LAYOUT_BREADCRUMB_ADDR + sizeof(struct xip_breadcrumb);
    const struct xip_fault_record *const record =
            xip_fault_find((const void *)(uintptr_t)addr,
                    BOOT_RECOVERY_ADDR - addr);
    if (record != NULL) {
        xip_fault_print(record, put_char, NULL);
    }
}
#else
#define report_fault() ((void)0)
#endif

/// Work ///

static void feed(void *ctx) {
    (void)ctx;
    board_kick_watchdog();
}

void SysTick_Handler(void) {
    // Its only work is to wake wait_seconds().
}

static void wait_seconds(uint32_t seconds) {
    const uint32_t ticks_per_second = 100; // a window watchdog waits 26 ms
    SYSTICK->RVR = BOARD_HCLK_HZ / ticks_per_second - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_CLKSOURCE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_ENABLE;
    for (uint32_t i = 0; i < seconds * ticks_per_second; i++) {
        __asm volatile("wfi");
        board_kick_watchdog();
    }
    SYSTICK->CSR = 0;
}

static int bring_up_flash(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .part = BOOT_PART,
            .watchdog = BOARD_WATCHDOG,
    };
    return xip_flash_bringup(&flash, &config, BOARD_FLASH_PRESCALER);
}

static const struct xip_boot_slot slots[LAYOUT_SLOT_COUNT] = {LAYOUT_SLOTS};

#ifdef LAYOUT_JOURNAL_OFF
// NULL: it cannot be read, and the highest version starts. One that cannot be
// written still says what was confirmed and what was rejected.
static struct xip_slots *open_journal(void) {
    static struct xip_journal_flash place;
    static struct xip_slots recorded;
    struct xip_journal_io io;
    xip_journal_bare_io(&io, &place, &flash, LAYOUT_JOURNAL_OFF,
            LAYOUT_JOURNAL_BYTES);
    const int err = xip_slots_open(&recorded, &io, slots, LAYOUT_SLOT_COUNT);
    if (err != 0) {
        board_uart_puts("boot: no journal");
        put_error(err);
    }
    return recorded.count != 0u ? &recorded : NULL;
}

#ifdef LAYOUT_COUNTER_ADDR
static struct xip_counter_io counter;

// A double word of the security counter that a loss of power has torn is no
// reason to stop. Registers and stack are then as the exception left them.
void NMI_Handler(void);
__attribute__((naked)) void NMI_Handler(void) {
    __asm volatile(".syntax unified\n"
                   "push {r3, lr}\n"
                   "bl xip_counter_nmi\n"
                   "pop {r2, r3}\n"
                   "mov lr, r3\n"
                   "cmp r0, #0\n"
                   "bne 1f\n"
                   "b Unexpected_Handler\n"
                   "1: bx lr\n");
}
#endif

static int choose(const struct xip_boot_config *boot,
        struct xip_boot_choice *choice) {
#ifdef LAYOUT_COUNTER_ADDR
    xip_counter_open(&counter, LAYOUT_COUNTER_ADDR);
#endif
    const struct xip_boot_policy policy = {
            .golden = BOOT_GOLDEN,
#ifdef LAYOUT_COUNTER_ADDR
            .counter_get = xip_counter_get,
            .counter_raise = xip_counter_raise,
            .ctx = &counter,
#endif
            .trials_max = XIP_CFG_BOOT_TRIALS,
            .allow_downgrade = XIP_CFG_BOOT_DOWNGRADE,
            .power_lost = board_reset_cause() == BOARD_RESET_POWER,
    };
    return xip_boot_choose_recorded(boot, open_journal(), &policy, choice);
}
#else
#define choose xip_boot_choose
#define open_journal() NULL
#endif

static const struct xip_boot_ram ram[] = {LAYOUT_RAMS};
static const struct xip_boot_config config = {
        .slots = slots,
        .ram = ram,
        .slot_count = LAYOUT_SLOT_COUNT,
        .ram_count = sizeof(ram) / sizeof(ram[0]),
        .vector_count = LAYOUT_VECTOR_COUNT,
        .trust = {.keys = KEYS, .key_count = KEY_COUNT, .feed = feed},
        .report = report_slot,
};

#if XIP_CFG_BOOT_WARM
#define WARM ((struct xip_boot_warm *)(uintptr_t)BOOT_WARM_ADDR)

static int choose_warm(const struct xip_boot_config *cold,
        struct xip_boot_choice *choice) {
    struct xip_boot_config boot = *cold;
    boot.trust.known =
            xip_boot_warm_known(WARM, board_reset_cause() == BOARD_RESET_POWER);
    const bool known = boot.trust.known != NULL;
    const int err = choose(&boot, choice);
    if (err == 0) {
        if (known &&
                memcmp(WARM->digest, choice->image.digest,
                        sizeof(WARM->digest)) == 0) {
            board_uart_puts(
                    "boot: the signature was checked before the reset\n");
        }
        xip_boot_warm_keep(WARM, choice->image.digest);
    }
    return err;
}
#else
#define choose_warm choose
#endif

// Returns if there is nothing to start.
static void start(void) {
    struct xip_boot_choice choice;
    if (choose_warm(&config, &choice) != 0) {
        return;
    }
    board_uart_puts("boot: slot ");
    board_uart_put_dec(choice.slot);
    put_version(&choice.image.version);
    board_uart_puts(KEY_COUNT != 0 ? " verified"
                                   : " intact, signature not checked");
    board_uart_puts(", starting at 0x");
    board_uart_put_hex(choice.vectors_addr);
    board_uart_putc('\n');
    board_uart_flush();
    board_kick_watchdog();
    xip_boot_jump(choice.vectors_addr);
}

_Noreturn void boot_main(void) {
    // Bring-up opens outages of its own and writes over it.
    const struct xip_breadcrumb crumb =
            *(const volatile struct xip_breadcrumb *)LAYOUT_BREADCRUMB_ADDR;
    bool recover = XIP_CFG_BOOT_SMP != 0 && recovery_requested();
    board_kick_watchdog();
    const int clock_err = board_init_clock();
    board_uart_init(BOARD_BAUD);
    boot_console_ready_ = true;
    report_reset(&crumb);
    report_fault();
    if (clock_err != 0) {
        board_uart_puts("boot: clock does not start, running on the slow "
                        "one\n");
    }
    board_init_flash_pins();
    for (;;) {
        const int err = bring_up_flash();
        if (err != 0) {
            board_uart_puts("boot: no usable flash chip");
            put_error(err);
        } else {
            if (XIP_CFG_BOOT_SMP != 0 && recover) {
                board_uart_puts("boot: serial recovery was requested\n");
                recovery_serve(&flash, &config, open_journal(),
                        REQUEST_SECONDS);
                recover = false;
            }
            start();
            board_uart_puts(
                    "boot: nothing to start; write a signed image to a slot\n");
        }
        if (XIP_CFG_BOOT_SMP != 0 && err == 0) {
            recovery_serve(&flash, &config, open_journal(), RETRY_SECONDS);
        } else {
            wait_seconds(RETRY_SECONDS);
        }
    }
}
