/*
 * xip_selftest - the steps in order, and their shared helpers
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_selftest.h"

#include <stddef.h>
#include <string.h>

#include "xip_cpu.h"
#include "xip_selftest_priv.h"

/// Words ///

void selftest_more_(const struct selftest *t, const char *text) {
    t->config->print(t->config->ctx, text);
}

void selftest_fault_(struct selftest *t, const char *text) {
    if (!t->step_bad) {
        selftest_more_(t, "WRONG\n");
    }
    t->step_bad = true;
    t->faults++;
    selftest_more_(t, "    ");
    selftest_more_(t, text);
}

void selftest_hex_(const struct selftest *t, const uint8_t *data, uint32_t n) {
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < n; i++) {
        const char text[] = {
                ' ', digits[data[i] >> 4], digits[data[i] & 0xFu], '\0'};
        selftest_more_(t, text);
    }
}

void selftest_number_(const struct selftest *t, uint32_t value) {
    char text[11];
    unsigned n = sizeof(text) - 1u;
    text[n] = '\0';
    do {
        text[--n] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    selftest_more_(t, &text[n]);
}

/// Commands ///

void selftest_send_(uint8_t opcode) {
    xip_port_transfer_(xip_port_command(opcode, 0, 0, XIP_DIR_NONE, 1), 0, NULL,
            0);
}

void selftest_read_(uint8_t opcode, uint8_t addr_bytes, uint8_t dummy,
        uint32_t addr, uint8_t *data, uint32_t len) {
    xip_port_transfer_(xip_port_command(opcode, addr_bytes, dummy, XIP_DIR_IN,
                               1),
            addr, data, len);
}

uint8_t selftest_status_(void) {
    uint8_t status = 0;
    selftest_read_(OP_READ_SR1, 0, 0, 0, &status, 1);
    return status;
}

void selftest_read_array_(const struct selftest *t, uint32_t off, uint8_t *data,
        uint32_t len) {
    const uint8_t addr_bytes = t->part.addr_bytes;
    selftest_read_(addr_bytes == 4u ? OP_READ_4 : OP_READ, addr_bytes, 0, off,
            data, len);
}

static uint32_t cycles(const struct selftest *t, uint32_t us) {
    return us * (t->config->hclk_hz / 1000000u);
}

// In pieces: the counter may wrap within the longest erase.
bool selftest_wait_idle_(const struct selftest *t, uint32_t max_us,
        uint32_t *us) {
    uint32_t ms = 0;
    uint32_t start = xip_cpu_cycles();
    while ((selftest_status_() & SR_WIP) != 0u) {
        const uint32_t now = xip_cpu_cycles();
        if (now - start >= cycles(t, 1000)) {
            start += cycles(t, 1000);
            ms++;
        }
        if (ms > max_us / 1000u) {
            return false;
        }
    }
    *us = ms * 1000u +
            (xip_cpu_cycles() - start) / (t->config->hclk_hz / 1000000u);
    return true;
}

void selftest_pause_(const struct selftest *t, uint32_t us) {
    const uint32_t start = xip_cpu_cycles();
    while (xip_cpu_cycles() - start < cycles(t, us)) {
    }
}

/// All steps ///

static const struct {
    const char *name;
    bool (*run)(struct selftest *t);
} steps[] = {
        {"command words", selftest_commands_},
        {"cycle counter", selftest_counter_},
        {"set-up", selftest_setup_},
        {"read the id", selftest_id_},
        {"read SFDP", selftest_sfdp_},
        {"write enable", selftest_write_enable_},
        {"erase", selftest_erase_},
        {"program and read back", selftest_program_},
        {"what lies where", selftest_places_},
        {"bring-up", selftest_bringup_},
        {"window", selftest_window_},
        {"close and open the window", selftest_again_},
        {"adopt the mapping", selftest_adopt_},
        {"suspend and resume", selftest_suspend_},
        {"the library", selftest_library_},
        {"interrupts that wait", selftest_interrupts_},
};

int xip_selftest_run(const struct xip_selftest_config *config) {
    static struct selftest t;
    memset(&t, 0, sizeof(t));
    t.config = config;
    bool go_on = true;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]) && go_on; i++) {
        selftest_more_(&t, "selftest: ");
        selftest_more_(&t, steps[i].name);
        selftest_more_(&t, ": ");
        t.step_bad = false;
        go_on = steps[i].run(&t);
        if (!t.step_bad) {
            selftest_more_(&t, "good\n");
        }
    }
    selftest_more_(&t, "selftest: ");
    selftest_number_(&t, (uint32_t)t.faults);
    selftest_more_(&t, go_on ? " faults\n" : " faults; the rest needs these\n");
    return t.faults;
}
