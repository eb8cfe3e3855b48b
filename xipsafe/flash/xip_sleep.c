/*
 * xip_sleep - the chip in deep power-down while the core waits for an interrupt
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"
#include "xip_flash_priv.h"

// No table states how long a part takes to fall asleep, or how long it has to
// sleep. This is the longest time of the data sheets, MX25R6435F tDPDD; the
// part may ignore an earlier release.
#define ENTER_US 30u
// After the release the status may take this long to be valid.
#define READY_US 1000u
#define OP_READ_SR1 0x05u

// Code that runs from the flash with interrupts masked: so many bursts of at
// most so many flash clocks.
#define MASKED_BURSTS 80u
#define BURST_CLOCKS 32u

static struct xip_op power_down_op(const struct xip_flash *dev) {
    const struct xip_part_power_down *const p = &dev->part.power_down;
    return (struct xip_op){
            .cmd = xip_port_command(p->enter_opcode, 0, 0, XIP_DIR_NONE, 1),
            .resume_opcode = p->exit_opcode,
            .flag_opcode = OP_READ_SR1, // read, but no bit of it counts
            .timeout_cycles = xip_flash_cycles_(dev, READY_US),
            .slice_cycles = UINT32_MAX,
            .latency_cycles = xip_flash_cycles_(dev, ENTER_US),
            .kind = XIP_OP_SLEEP,
            .flags = XIP_OP_WAIT,
    };
}

// Called with interrupts masked: since the check before, another thread could
// have begun an operation, or an interrupt have started DMA; resident code sees
// the latter.
static int sleep_masked(struct xip_flash *dev, struct xip_op *op,
        uint16_t wake_cycles) {
    struct xip_resident *const r = &dev->resident;
    int err = dev->held != 0u ? XIP_ERR_BUSY : xip_flash_end_suspended_(dev);
    if (err == 0) {
        err = xip_flash_prepare_(dev);
    }
    if (err != 0) {
        return err;
    }
    const uint16_t gap_cycles = r->gap_cycles;
    r->gap_cycles = wake_cycles;
    // WFI does not end for an interrupt that BASEPRI masks, the library's or
    // the caller's; PRIMASK keeps them all back.
    r->ceiling = 0;
    const uint32_t basepri = xip_cpu_swap_basepri(0);
    while ((err = xip_flash_outage_(dev, op)) == XIP_RUN_HELD) {
        err = xip_flash_outage_allowed_(dev);
        if (err != 0) {
            break;
        }
    }
    (void)xip_cpu_swap_basepri(basepri);
    r->ceiling = dev->config.ceiling;
    r->gap_cycles = gap_cycles;
    return err;
}

int xip_flash_sleep(struct xip_flash *dev) {
    if (dev == NULL || dev->ready == 0u) {
        return XIP_ERR_PARAM;
    }
    if (dev->part.power_down.enter_opcode == 0u) {
        return XIP_ERR_PART;
    }
    int err = xip_flash_outage_allowed_(dev);
    if (err != 0) {
        return err;
    }
    struct xip_op op = power_down_op(dev);
    const uint16_t wake_cycles =
            xip_flash_gap_cycles_(dev, dev->part.power_down.exit_max_us);
    const uint32_t mask = xip_cpu_mask(0);
    err = sleep_masked(dev, &op, wake_cycles);
    xip_cpu_unmask(0, mask);
    return err;
}

uint32_t xip_flash_wake_us(const struct xip_flash *dev) {
    if (dev->part.power_down.enter_opcode == 0u) {
        return 0;
    }
    const uint32_t cycles = MASKED_BURSTS * BURST_CLOCKS * xip_port_divider();
    return xip_flash_real_us_(dev, ENTER_US) +
            xip_flash_real_us_(dev, dev->part.power_down.exit_max_us) +
            cycles / (dev->config.hclk_hz / 1000000u) +
            xip_flash_around_us_(dev, 0);
}
