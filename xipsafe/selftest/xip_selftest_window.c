/*
 * xip_selftest_window - steps with the window: mapping, suspension, the whole
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "xip_cpu.h"
#include "xip_selftest_priv.h"

static const volatile uint8_t *window(const struct selftest *t, uint32_t off) {
    return (const volatile uint8_t *)((uintptr_t)t->config->window_addr + off);
}

static bool shows_pattern(struct selftest *t, uint32_t from, const char *when) {
    const uint32_t base = t->config->spare_off;
    for (uint32_t n = 0; n < sizeof(t->pattern); n++) {
        const uint32_t i = (from + n) % sizeof(t->pattern);
        const uint8_t got = window(t, base)[i];
        if (got != t->pattern[i]) {
            selftest_fault_(t, "the window shows");
            selftest_hex_(t, &got, 1);
            selftest_more_(t, " at offset ");
            selftest_number_(t, i);
            selftest_more_(t, " of the unit, the chip holds");
            selftest_hex_(t, &t->pattern[i], 1);
            selftest_more_(t, when);
            return false;
        }
    }
    return true;
}

/// Places ///

static void expect_in(struct selftest *t, uintptr_t addr, uint32_t len, bool in,
        const char *what) {
    if (xip_soc_in_window((const volatile void *)addr, len) != in) {
        selftest_fault_(t, "xip_soc_in_window says ");
        selftest_more_(t, in ? "no to " : "yes to ");
        selftest_more_(t, what);
        selftest_more_(t, "\n");
    }
}

static void expect_resident(struct selftest *t, uintptr_t addr,
        const char *name) {
    if (xip_soc_in_window((const volatile void *)addr, 4u)) {
        selftest_fault_(t, name);
        selftest_more_(t,
                " lies in the window: is it marked XIP_RESIDENT, "
                "and its section in RAM?\n");
    }
}

bool selftest_places_(struct selftest *t) {
    const uintptr_t start = t->config->window_addr;
    const uint32_t size = t->part.size_bytes;
    int on_stack;
    expect_in(t, start, 1, true, "the window's first byte");
    expect_in(t, start + size - 1u, 1, true, "the chip's last byte");
    expect_in(t, start - 4u, 8, true, "a range that ends in the window");
    expect_in(t, start - 4u, 4, false, "the bytes in front of the window");
    expect_in(t, (uintptr_t)&on_stack, 4, false, "the stack");
    expect_in(t, (uintptr_t)t, sizeof(*t), false, "a variable");
    expect_resident(t, (uintptr_t)&xip_port_unmap_, "xip_port_unmap_");
    expect_resident(t, (uintptr_t)&xip_port_map_, "xip_port_map_");
    expect_resident(t, (uintptr_t)&xip_port_transfer_, "xip_port_transfer_");
    expect_resident(t, (uintptr_t)&xip_selftest_run, "the self-test");
    if (xip_soc_dma_in_window() >= 0) {
        selftest_fault_(t, "xip_soc_dma_in_window names channel ");
        selftest_number_(t, (uint32_t)xip_soc_dma_in_window());
        selftest_more_(t, ", but no DMA was started\n");
    }
    return true;
}

/// The mapping ///

static struct xip_flash_config flash_config(const struct selftest *t) {
    static uint8_t bounce[256];
    return (struct xip_flash_config){
            .window_addr = t->config->window_addr,
            .hclk_hz = t->config->hclk_hz,
            .part = t->config->part,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
}

static bool library_fault(struct selftest *t, const char *call, int err) {
    selftest_fault_(t, call);
    selftest_more_(t, " returns ");
    selftest_more_(t, xip_err_name(err));
    selftest_more_(t, "\n");
    return false;
}

bool selftest_bringup_(struct selftest *t) {
    const struct xip_flash_config config = flash_config(t);
    const int err = xip_flash_bringup(&t->dev, &config, t->config->prescaler);
    if (err != 0) {
        return library_fault(t, "xip_flash_bringup", err);
    }
    t->part = t->dev.part; // without quad lines it reads by one
    return true;
}

bool selftest_window_(struct selftest *t) {
    return shows_pattern(t, 0,
            ": xip_port_read_mode (lanes, address bytes, mode byte, dummy "
            "clocks) or xip_port_map_\n");
}

// Commands that leave something behind which must not reach the mapped read:
// an address with its low bits set, bytes in a FIFO.
bool selftest_again_(struct selftest *t) {
    for (uint32_t i = 0; i < 8u; i++) {
        uint8_t byte[3];
        xip_port_unmap_();
        const uint8_t status = selftest_status_();
        selftest_read_array_(t, t->config->spare_off + i, byte, 1u + i % 3u);
        const bool same = byte[0] == t->pattern[i];
        (void)selftest_status_();
        xip_port_map_(&t->dev.resident);
        if ((status & (SR_WIP | SR_WEL)) != 0u || !same) {
            selftest_fault_(t, "after xip_port_unmap_ status reads");
            selftest_hex_(t, &status, 1);
            selftest_more_(t, " and a byte");
            selftest_hex_(t, byte, 1);
            selftest_more_(t, " instead of");
            selftest_hex_(t, &t->pattern[i], 1);
            selftest_more_(t,
                    ": was the last mapped burst ended (abort, "
                    "BUSY=0) before the first command?\n");
            return false;
        }
        if (!shows_pattern(t, 3u * i + 1u,
                    ": the first read after xip_port_map_; address or FIFO "
                    "of the last command left over?\n")) {
            return false;
        }
    }
    return true;
}

bool selftest_adopt_(struct selftest *t) {
    struct xip_resident found;
    memset(&found, 0, sizeof(found));
    int err = xip_port_adopt(&found);
    if (err != 0) {
        return library_fault(t, "xip_port_adopt of an open window", err);
    }
    if (memcmp(found.map, t->dev.resident.map, sizeof(found.map)) != 0) {
        selftest_fault_(t,
                "xip_port_adopt finds another mapping than "
                "xip_port_map_ made: an outage would change it\n");
    }
    xip_port_unmap_();
    (void)selftest_status_();
    err = xip_port_adopt(&found);
    xip_port_map_(&t->dev.resident);
    if (err != XIP_ERR_CONFIG) {
        selftest_fault_(t,
                "xip_port_adopt of a closed window does not return "
                "XIP_ERR_CONFIG\n");
    }
    return true;
}

/// Suspension, by hand ///

static bool suspend(struct selftest *t, const struct xip_part_suspend *s) {
    uint32_t us;
    selftest_send_(OP_WREN);
    xip_port_transfer_(xip_port_command(t->unit.opcode, t->part.addr_bytes, 0,
                               XIP_DIR_NONE, 1),
            t->config->spare_off, NULL, 0);
    selftest_pause_(t, s->interval_us + 1u);
    selftest_send_(s->suspend_opcode);
    if (!selftest_wait_idle_(t, 4u * s->latency_max_us, &us)) {
        selftest_fault_(t, "the chip stays busy after a suspend\n");
        return false;
    }
    uint8_t flag = 0;
    selftest_read_(s->flag_opcode, 0, 0, 0, &flag, 1);
    if ((flag & s->flag_mask) == 0u) {
        selftest_fault_(t,
                "idle after a suspend, but its flag is not set, "
                "the register reads");
        selftest_hex_(t, &flag, 1);
        selftest_more_(t, ": the part's description?\n");
        return false;
    }
    return true;
}

static bool resume(struct selftest *t, const struct xip_part_suspend *s) {
    uint32_t us;
    selftest_send_(s->resume_opcode);
    selftest_pause_(t, 10);
    if ((selftest_status_() & SR_WIP) == 0u) {
        selftest_fault_(t, "the chip does not go on after a resume\n");
        return false;
    }
    if (!selftest_wait_idle_(t, 2u * t->unit.max_us, &us)) {
        selftest_fault_(t, "a resumed erase does not end\n");
        return false;
    }
    return true;
}

bool selftest_suspend_(struct selftest *t) {
    const struct xip_part_suspend *const s = &t->part.erase_suspend;
    if (s->suspend_opcode == 0u) {
        selftest_more_(t, "(this part cannot) ");
        return true;
    }
    // A place that the erase leaves alone.
    const uint32_t unit = t->unit.size_bytes;
    const uint32_t other = t->config->spare_off >= unit
            ? t->config->spare_off - unit
            : t->config->spare_off + unit;
    xip_port_unmap_();
    (void)selftest_status_();
    selftest_read_array_(t, other, t->back, sizeof(t->back));
    bool good = suspend(t, s);
    bool same = true;
    if (good) {
        (void)selftest_status_();
        xip_port_map_(&t->dev.resident);
        for (uint32_t i = 0; i < sizeof(t->back); i++) {
            same = same && window(t, other)[i] == t->back[i];
        }
        xip_port_unmap_();
        good = resume(t, s);
    }
    uint32_t us;
    (void)selftest_wait_idle_(t, 2u * t->unit.max_us, &us);
    (void)selftest_status_();
    xip_port_map_(&t->dev.resident);
    if (!same) {
        selftest_fault_(t,
                "while an erase is suspended the window shows wrong "
                "bytes elsewhere\n");
    }
    if (good && !xip_flash_blank(&t->dev, t->config->spare_off, unit)) {
        selftest_fault_(t, "a suspended erase left bytes that are not blank\n");
    }
    return good;
}

/// The whole ///

bool selftest_library_(struct selftest *t) {
    static uint8_t data[600]; // over page ends, by as many lanes as it has
    const uint32_t off = t->config->spare_off;
    const uint32_t unit = t->unit.size_bytes;
    const struct xip_flash_config config = flash_config(t);
    for (uint32_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 13u + (i >> 8));
    }
    int err = xip_flash_attach(&t->dev, &config);
    if (err != 0) {
        return library_fault(t, "xip_flash_attach", err);
    }
    err = xip_flash_erase(&t->dev, off, unit);
    if (err != 0) {
        return library_fault(t, "xip_flash_erase", err);
    }
    err = xip_flash_program(&t->dev, off + 101u, data, sizeof(data));
    if (err != 0) {
        (void)library_fault(t, "xip_flash_program", err);
        selftest_more_(t,
                t->dev.part.program_lanes == 4u
                        ? "    (programs by four lanes: is that in the "
                          "command word?)\n"
                        : "");
        return false;
    }
    if (xip_flash_verify(&t->dev, off + 101u, data, sizeof(data)) != 0) {
        return library_fault(t, "xip_flash_verify", XIP_ERR_VERIFY);
    }
    if (t->dev.stats.recoveries != 0u) {
        selftest_fault_(t, "the chip had to be reset on the way\n");
    }
    return true;
}

bool selftest_interrupts_(struct selftest *t) {
    const struct xip_selftest_config *const c = t->config;
    if (c->interrupts == NULL || c->waited_us == NULL) {
        selftest_more_(t, "(no hook for it) ");
        return true;
    }
    const uint32_t before = t->dev.stats.suspensions;
    c->interrupts(c->ctx, true);
    const int err = xip_flash_erase(&t->dev, c->spare_off, t->unit.size_bytes);
    c->interrupts(c->ctx, false);
    if (err != 0) {
        return library_fault(t, "xip_flash_erase with interrupts", err);
    }
    const uint32_t declared = xip_flash_latency_us(&t->dev);
    if (c->waited_us(c->ctx) > declared) {
        selftest_fault_(t, "an interrupt waited ");
        selftest_number_(t, c->waited_us(c->ctx));
        selftest_more_(t, " us, declared are ");
        selftest_number_(t, declared);
        selftest_more_(t, "\n");
    }
    if (t->part.erase_suspend.suspend_opcode != 0u &&
            t->dev.stats.suspensions == before) {
        selftest_fault_(t,
                "an erase was never suspended for them: does "
                "xip_cpu_interrupt_waits see them? hclk_hz right?\n");
    }
    return true;
}
