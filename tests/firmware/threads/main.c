/*
 * threads - two threads on one flash device
 *
 * SPDX-License-Identifier: MIT
 *
 * The first one erases 64 KB, twice. The tick that waits suspends the erase and
 * switches to the second one, which then uses the device in the middle of it:
 * it reads another sector (at once), the suspended one (when it is erased), and
 * programs (when it is its turn).
 */
#include <string.h>

#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "threads.h"

#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define ERASE_BYTES 0x10000u
#define OTHER_OFF (FW_AREA_OFF + 0x20000u) // holds the pattern
#define FIRST_OFF (FW_AREA_OFF + 0x30000u) // the first thread programs
#define SECOND_OFF (FW_AREA_OFF + 0x31000u)
#define SECTOR_BYTES 4096u
#define DATA_BYTES 1024u

// What the second thread saw; the first one says it, so that no line is cut.
static struct {
    int other_err, inside_err, program_err;
    bool other_right, other_at_once, inside_right, inside_waited;
    bool program_in_suspension, program_waited;
} second;
static volatile bool second_reads_over, second_done, erased_once,
        first_programs;

// What the library answers to its own caller's hook.
static int hook_read_err = 1, hook_erase_err = 1;

static bool suspended(void) {
    return *(volatile uint8_t *)&fw_flash.resident.suspended != 0u;
}

static void wait_for_suspension(void) {
    while (!suspended()) {
        // The tick takes the CPU away.
    }
}

static bool is_pattern(const uint8_t *data, uint32_t off, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        if (data[i] != fw_pattern(off + i)) {
            return false;
        }
    }
    return true;
}

static void pattern(uint8_t *data, uint32_t off) {
    for (uint32_t i = 0; i < DATA_BYTES; i++) {
        data[i] = fw_pattern(off + i);
    }
}

/// Second ///

static void read_other(void) {
    static uint8_t data[DATA_BYTES];
    wait_for_suspension();
    const uint32_t blocked = threads_blocked();
    second.other_err = xip_flash_read(&fw_flash, OTHER_OFF, data, sizeof data);
    second.other_at_once = suspended() && threads_blocked() == blocked;
    second.other_right = is_pattern(data, OTHER_OFF, sizeof data);
}

// All of it, since any part could be wrong; in pieces, since RAM is short.
static void read_inside(void) {
    static uint8_t data[DATA_BYTES];
    const uint32_t blocked = threads_blocked();
    wait_for_suspension();
    second.inside_right = true;
    for (uint32_t i = 0; i < ERASE_BYTES && second.inside_err == 0;
            i += sizeof data) {
        second.inside_err =
                xip_flash_read(&fw_flash, FW_AREA_OFF + i, data, sizeof data);
        if (i == 0) {
            second.inside_waited = threads_blocked() != blocked;
        }
        for (uint32_t k = 0; k < sizeof data; k++) {
            second.inside_right = second.inside_right && data[k] == 0xFFu;
        }
    }
}

static void program_meanwhile(void) {
    static uint8_t data[DATA_BYTES];
    pattern(data, SECOND_OFF);
    while (!erased_once) {
        threads_yield();
    }
    wait_for_suspension();
    const uint32_t blocked = threads_blocked();
    second.program_in_suspension = fw_flash.op.kind == XIP_OP_ERASE;
    second.program_err =
            xip_flash_program(&fw_flash, SECOND_OFF, data, sizeof data);
    second.program_waited = threads_blocked() != blocked;
}

static void second_thread(void) {
    read_other();
    read_inside();
    second_reads_over = true;
    program_meanwhile();
    // Now both at the same time.
    static uint8_t data[DATA_BYTES];
    pattern(data, SECOND_OFF + DATA_BYTES);
    while (!first_programs) {
        threads_yield();
    }
    const int err = xip_flash_program(&fw_flash, SECOND_OFF + DATA_BYTES, data,
            sizeof data);
    if (second.program_err == 0) {
        second.program_err = err;
    }
    second_done = true;
    for (;;) {
        threads_yield();
    }
}

/// First ///

static void lock(void *ctx) {
    (void)ctx;
    threads_lock();
}

static void unlock(void *ctx) {
    (void)ctx;
    threads_unlock();
}

// The thread that erases has the lock, so it must not wait for itself, nor get
// what the unit reads as while it stands still.
static void yield(void *ctx) {
    (void)ctx;
    static uint8_t data[16];
    if (hook_read_err > 0 && suspended() && fw_flash.op.kind == XIP_OP_ERASE) {
        hook_read_err =
                xip_flash_read(&fw_flash, fw_flash.op.addr, data, sizeof data);
        hook_erase_err = xip_flash_erase(&fw_flash, OTHER_OFF, SECTOR_BYTES);
    }
}

static void prepare(void) {
    static const struct xip_flash_hooks hooks = {
            .lock = lock, .unlock = unlock, .yield = yield};
    struct xip_flash_config config = fw_config();
    config.hooks = &hooks;
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    fw_fill(FW_AREA_OFF, ERASE_BYTES);
    fw_fill(OTHER_OFF, SECTOR_BYTES);
    err = xip_flash_erase(&fw_flash, FIRST_OFF, 2u * SECTOR_BYTES);
    fw_check("erase what will be programmed", err == 0, err);
}

static void work(void) {
    static uint8_t data[DATA_BYTES];
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("the first thread's erase", err == 0, err);
    erased_once = true;
    while (!second_reads_over) {
        threads_yield(); // the other erase could end before them
    }
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF + 0x10000u, ERASE_BYTES);
    fw_check("the first thread's other erase", err == 0, err);
    pattern(data, FIRST_OFF);
    first_programs = true;
    err = xip_flash_program(&fw_flash, FIRST_OFF, data, sizeof data);
    while (!second_done) {
        threads_yield();
    }
    fw_check("the first thread's program", err == 0, err);
}

static void verdicts(void) {
    fw_check("second: another sector can be read", second.other_err == 0,
            second.other_err);
    fw_check("second: at once, the erase stands still", second.other_at_once,
            0);
    fw_check("second: and is right", second.other_right, 0);
    fw_check("second: the suspended sector can be read", second.inside_err == 0,
            second.inside_err);
    fw_check("second: when the erase is over", second.inside_waited, 0);
    fw_check("second: and is erased", second.inside_right, 0);
    fw_check("second: programs in a suspension",
            second.program_err == 0 && second.program_in_suspension,
            second.program_err);
    fw_check("second: when its turn has come", second.program_waited, 0);
    fw_check("a hook cannot read the unit that stands still",
            hook_read_err == XIP_ERR_BUSY, hook_read_err);
    fw_check("nor erase another", hook_erase_err == XIP_ERR_BUSY,
            hook_erase_err);
    fw_check("the erased sector", fw_is_blank(FW_AREA_OFF, 2u * ERASE_BYTES),
            0);
    fw_check("what the first programmed",
            fw_is_pattern(FIRST_OFF, DATA_BYTES) &&
                    fw_is_blank(FIRST_OFF + DATA_BYTES,
                            SECTOR_BYTES - DATA_BYTES),
            0);
    fw_check("what the second programmed",
            fw_is_pattern(SECOND_OFF, 2u * DATA_BYTES) &&
                    fw_is_blank(SECOND_OFF + 2u * DATA_BYTES,
                            SECTOR_BYTES - 2u * DATA_BYTES),
            0);
    fw_check("the other sector", fw_is_pattern(OTHER_OFF, SECTOR_BYTES), 0);
    fw_check("the threads took turns", threads_switches() > 100u,
            (int)threads_switches());
    const uint32_t wait_us =
            fw_flash.stats.wait_max_cycles / (BOARD_HCLK_HZ / 1000000u);
    fw_check("no switch waited longer than declared",
            wait_us <= xip_flash_latency_us(&fw_flash), (int)wait_us);
}

int main(void) {
    fw_begin("threads");
    prepare();
    threads_start(second_thread, TICK_CYCLES);
    work();
    fw_stop_tick();
    verdicts();
    fw_end();
}
