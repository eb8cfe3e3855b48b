/*
 * test_selftest - the porter's self-test finds what is wrong with a port
 *
 * SPDX-License-Identifier: MIT
 *
 * The host's port, with one defect planted at a time in front of it. Each has
 * to be found, in the step and with the word that leads to it, and the run has
 * to end.
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c
// sources: xipsafe/selftest/*.c
#include "xip_cpu.h"
#include "xip_port.h"

// The good port is compiled in here, under other names.
#define xip_port_unmap_ good_unmap
#define xip_port_map_ good_map
#define xip_port_transfer_ good_transfer
#define xip_port_command good_command
#define xip_port_adopt good_adopt
#define xip_port_divider good_divider
#define xip_soc_in_window good_in_window
#define xip_soc_dma_in_window good_dma_in_window
#define xip_cpu_interrupt_waits good_interrupt_waits
#include "port/hostport.c" // NOLINT(bugprone-suspicious-include)
#undef xip_port_unmap_
#undef xip_port_map_
#undef xip_port_transfer_
#undef xip_port_command
#undef xip_port_adopt
#undef xip_port_divider
#undef xip_soc_in_window
#undef xip_soc_dma_in_window
#undef xip_cpu_interrupt_waits

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "xipsafe/selftest/xip_selftest.h"

#define SPARE_OFF 0x300000u

enum defect {
    NONE,
    NO_CLOCK,           // nothing answers
    NOT_SENT,           // a command without address and data is never started
    NO_ADDRESS_COMMAND, // one with an address and no data is not
    FIFO_RESIDUE,       // a byte of the last read comes first in the next
    LOW_ADDRESS_LOST,
    DUMMY_LOST,       // not encoded
    LANES_LOST,       // not encoded
    TAIL_LOST,        // data out in whole words only
    TAIL_ADDED,       // the last word is always written whole
    LENGTH_BYTE,      // lengths of 256 and more lose their upper bits
    STATUS_STALE,     // the first status that was busy is kept for ever
    STATUS_FF,        // status has no answer
    UNMAP_NOTHING,    // the controller stays mapped: commands are ignored
    FIRST_READ_WRONG, // after mapping, the left-over address counts
    MAP_WRONG,        // the window shows the chip one byte off
    ADOPT_ALWAYS,     // says that any state is a mapping
    ADOPT_NEVER,
    ADOPT_OTHER, // finds another mapping
    DIVIDER_ONE,
    WINDOW_SHORT, // knows 1 MB of it
    WINDOW_ALL,   // everything is in the window
    DMA_ALWAYS,
    BLIND,   // sees no interrupt that waits
    COUNTER, // stands still
    DEFECTS,
};

// What the self-test has to say of each.
static const char *const said[DEFECTS] = {
        [NO_CLOCK] = "read the id: WRONG\n    no answer",
        [NOT_SENT] = "06h) does not set WEL",
        [NO_ADDRESS_COMMAND] = "erase: WRONG\n    the erase does not begin",
        [FIFO_RESIDUE] = "stay in the FIFO?",
        [LOW_ADDRESS_LOST] = "read SFDP: WRONG",
        [DUMMY_LOST] = "same word for two commands",
        [LANES_LOST] = "same word for two commands",
        [TAIL_LOST] = "no multiple of 4",
        [TAIL_ADDED] = "no multiple of 4",
        [LENGTH_BYTE] = "read SFDP: WRONG",
        [STATUS_STALE] = "the erase does not end",
        [STATUS_FF] = "write enable: WRONG",
        [UNMAP_NOTHING] = "after xip_port_unmap_ status reads",
        [FIRST_READ_WRONG] = "the first read after xip_port_map_",
        [MAP_WRONG] = "window: WRONG\n    the window shows",
        [ADOPT_ALWAYS] = "adopt of a closed window",
        [ADOPT_NEVER] = "adopt of an open window returns XIP_ERR_CONFIG",
        [ADOPT_OTHER] = "finds another mapping",
        [DIVIDER_ONE] = "xip_port_divider says 1, set up was 2",
        [WINDOW_SHORT] = "in_window says no to the chip's last byte",
        [WINDOW_ALL] = "in_window says yes to",
        [DMA_ALWAYS] = "names channel 3",
        [BLIND] = "never suspended",
        [COUNTER] = "stands still",
};

static enum defect defect;
static char output[8192];
static unsigned maps; // how often the window was opened

/// The port with the defect ///

static uint32_t dir_of(uint32_t cmd) {
    return (cmd >> CMD_DIR_POS) & 0xFu;
}

static void replace_window(uint32_t shift) {
    uint8_t *page = mmap((void *)(uintptr_t)(HOSTPORT_WINDOW + SPARE_OFF), 4096,
            PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
            0);
    if (page == MAP_FAILED) {
        abort();
    }
    memcpy(page, array + SPARE_OFF + shift, 4096 - shift);
}

void xip_port_unmap_(void) {
    good_unmap();
}

void xip_port_map_(const struct xip_resident *r) {
    good_map(r);
    maps++;
    if (defect == MAP_WRONG || (defect == FIRST_READ_WRONG && maps > 2u)) {
        replace_window(1);
    }
}

static uint8_t keep_status(uint8_t status) {
    static uint8_t kept;
    if (defect != STATUS_STALE) {
        kept = 0;
        return status;
    }
    kept = kept ? kept : status & 1u ? status : 0u;
    return kept ? kept : status;
}

static void transfer_in(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len) {
    static uint8_t residue;
    static bool has_residue;
    const uint8_t opcode = (uint8_t)cmd;
    good_transfer(cmd, addr, data, len);
    if (defect == FIFO_RESIDUE) {
        const uint8_t last = data[len - 1u];
        if (has_residue) {
            memmove(data + 1, data, len - 1u);
            data[0] = residue;
        }
        residue = last;
        has_residue = len % 4u == 1u;
    } else if (opcode == 0x05u) {
        data[0] = defect == STATUS_FF ? 0xFFu : keep_status(data[0]);
    }
}

static void transfer_out(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len) {
    uint8_t copy[1024];
    memset(copy, 0, sizeof copy);
    memcpy(copy, data, len);
    const uint32_t sent = defect == TAIL_LOST ? len & ~3u
            : defect == TAIL_ADDED            ? (len + 3u) & ~3u
                                              : len;
    good_transfer(cmd, addr, copy, sent);
}

void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes) {
    const bool has_addr = ((cmd >> CMD_ADDR_POS) & 0xFu) != 0;
    uint32_t len = len_bytes;
    if (dir_of(cmd) == XIP_DIR_IN && data) {
        memset(data, 0xFF, len);
    }
    if (defect == NO_CLOCK || (defect == NOT_SENT && !has_addr && !data) ||
            (defect == NO_ADDRESS_COMMAND && has_addr && !data)) {
        hostport.time_ps += NOR_US;
        return;
    }
    if (defect == LENGTH_BYTE && len > 255u) {
        len &= 0xFFu;
    }
    const uint32_t at = defect == LOW_ADDRESS_LOST ? addr & ~0xFFu : addr;
    if (dir_of(cmd) == XIP_DIR_OUT) {
        transfer_out(cmd, at, data, len);
    } else if (dir_of(cmd) == XIP_DIR_IN && len) {
        transfer_in(cmd, at, data, len);
        if (defect == UNMAP_NOTHING && maps) {
            memset(data, 0xFF, len);
        }
    } else {
        good_transfer(cmd, at, data, len);
    }
}

uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes) {
    return good_command(opcode, addr_bytes,
            defect == DUMMY_LOST ? 0u : dummy_clocks, dir,
            defect == LANES_LOST ? 1u : data_lanes);
}

int xip_port_adopt(struct xip_resident *r) {
    if (defect == ADOPT_ALWAYS) {
        return 0;
    }
    const int err = good_adopt(r);
    r->map[0] ^= defect == ADOPT_OTHER ? 1u : 0u;
    return defect == ADOPT_NEVER ? XIP_ERR_CONFIG : err;
}

uint32_t xip_port_divider(void) {
    return defect == DIVIDER_ONE ? 1u : good_divider();
}

bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    const uintptr_t a = (uintptr_t)p;
    if (defect == WINDOW_SHORT) {
        return a < HOSTPORT_WINDOW + 0x100000u &&
                a + len_bytes > HOSTPORT_WINDOW;
    }
    return defect == WINDOW_ALL || good_in_window(p, len_bytes);
}

int xip_soc_dma_in_window(void) {
    return defect == DMA_ALWAYS ? 3 : good_dma_in_window();
}

uint32_t xip_cpu_interrupt_waits(void) {
    return defect == BLIND ? 0u : good_interrupt_waits();
}

/// Running it ///

static void print(void *ctx, const char *text) {
    (void)ctx;
    const size_t used = strlen(output);
    snprintf(output + used, sizeof output - used, "%s", text);
}

static void interrupts(void *ctx, bool on) {
    (void)ctx;
    hostport.irq_period_ps = on ? NOR_MS : 0;
    hostport.irq_next_ps = hostport.time_ps + NOR_MS;
    if (on) {
        hostport.irq_worst_ps = 0;
    }
}

static uint32_t waited_us(void *ctx) {
    (void)ctx;
    return (uint32_t)(hostport.irq_worst_ps / NOR_US);
}

static int run(const char *part, const struct xip_flash_part *given) {
    hostport_open(part, NULL);
    hostport.look_ps = 2 * NOR_US;
    hostport.counter_stopped = defect == COUNTER;
    output[0] = '\0';
    maps = 0;
    const struct xip_selftest_config config = {
            .window_addr = HOSTPORT_WINDOW,
            .hclk_hz = HOSTPORT_HCLK_HZ,
            .prescaler = 2,
            .spare_off = SPARE_OFF,
            .part = given,
            .print = print,
            .interrupts = interrupts,
            .waited_us = waited_us,
    };
    const int faults = xip_selftest_run(&config);
    hostport_close();
    return faults;
}

static void a_good_port_has_no_faults(void **state) {
    (void)state;
    defect = NONE;
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *part = nor_part_at(i);
        if (run(part->name, NULL) != 0 ||
                strstr(output, "selftest: 0 faults") == NULL) {
            fail_msg("%s: %s", part->name, output);
        }
    }
}

static void every_defect_is_named(void **state) {
    (void)state;
    for (unsigned d = NONE + 1; d < DEFECTS; d++) {
        defect = (enum defect)d;
        const int faults = run("w25q128jv", NULL);
        if (faults == 0 || !strstr(output, said[d])) {
            fail_msg("defect %u, %d faults; wanted \"%s\" in:\n%s", d, faults,
                    said[d], output);
        }
    }
    defect = NONE;
}

static void another_chip_than_described_is_named(void **state) {
    (void)state;
    defect = NONE;
    static const struct xip_flash_part other = {.id = {0x12, 0x34, 0x56}};
    assert_int_not_equal(run("w25q128jv", &other), 0);
    assert_non_null(strstr(output,
            "the id reads ef 40 18, the part description has 12 34 56"));
}

static void a_wrong_place_for_the_spare_unit_is_named(void **state) {
    (void)state;
    defect = NONE;
    hostport_open("w25q128jv", NULL);
    output[0] = '\0';
    const struct xip_selftest_config config = {
            .window_addr = HOSTPORT_WINDOW,
            .hclk_hz = HOSTPORT_HCLK_HZ,
            .prescaler = 2,
            .spare_off = 16u << 20,
            .print = print,
    };
    assert_int_equal(xip_selftest_run(&config), 1);
    assert_non_null(strstr(output, "spare_off is not at an erase unit"));
    assert_int_equal(hostport.commands[0x20], 0);
    hostport_close();
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_good_port_has_no_faults),
            cmocka_unit_test(every_defect_is_named),
            cmocka_unit_test(another_chip_than_described_is_named),
            cmocka_unit_test(a_wrong_place_for_the_spare_unit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
