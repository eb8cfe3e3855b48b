/*
 * xip_bringup - from a controller and a chip in any state to an open window
 *
 * SPDX-License-Identifier: MIT
 *
 * For the boot program. There is no window to lose yet, so commands go straight
 * to the port; the one condition is that this code itself is resident.
 */
#include <string.h>

#include "xip_cpu.h"
#include "xip_err.h"
#include "xip_flash_priv.h"
#include "xip_port_question.h"

#define OP_RELEASE_POWER_DOWN 0xABu
#define OP_READ_ID 0x9Fu
#define OP_READ_SFDP 0x5Au
#define OP_READ_SR1 0x05u
#define OP_READ_SR2 0x35u
#define OP_WRITE_SR 0x01u
#define OP_WRITE_SR2 0x31u
#define OP_WREN 0x06u
#define OP_SR_WREN 0x50u
#define OP_RESET_ENABLE 0x66u
#define OP_RESET 0x99u
#define OP_RESUME 0x7Au
#define OP_RESUME_MACRONIX 0x30u

// Longest erase any known part declares for a unit (SFDP of MT25Q, MX25R): a
// reset in the middle of one meets the chip still busy.
#define LEFTOVER_BUSY_MAX_US 8000000u
// Release from deep power-down: 3 us (Winbond) to 30 us (Macronix), SFDP DW14.
#define WAKE_US 100u
#define RESUME_US 10u    // BUSY may read 0 for a moment after a resume
#define ABSENT_US 20000u // power-up takes up to 10 ms (tPUW)
#define RESET_US 200u    // of an idle chip; a busy one was waited for
#define SR_WRITE_MAX_US 50000u
// Enough address bits for every part until its size is known.
#define SIZE_UNKNOWN_BYTES 0x10000000u

static void transfer(uint8_t opcode, enum xip_dir dir, uint8_t *data,
        uint32_t len) {
    xip_port_transfer_(xip_port_command(opcode, 0, 0, dir, 1), 0, data, len);
}

static void feed(struct xip_flash *dev) {
    const struct xip_watchdog *const w = &dev->config.watchdog;
    if (w->interval_us != 0u) {
        *w->reg = w->value;
    }
}

static void pause_us(const struct xip_flash *dev, uint32_t us) {
    const uint32_t start = xip_cpu_cycles();
    const uint32_t cycles = xip_flash_cycles_(dev, us);
    while (xip_cpu_cycles() - start < cycles) {
    }
}

static int wait_ready(struct xip_flash *dev, uint32_t max_us) {
    const uint32_t start = xip_cpu_cycles();
    const uint32_t cycles = xip_flash_cycles_(dev, max_us);
    const uint32_t absent_cycles = xip_flash_cycles_(dev, ABSENT_US);
    for (;;) {
        const uint32_t now = xip_cpu_cycles();
        uint8_t status;
        transfer(OP_READ_SR1, XIP_DIR_IN, &status, 1);
        if ((status & SR1_WIP) == 0u) {
            return 0;
        }
        // If all lines stay high for this long, there is no chip.
        const bool absent = status == 0xFFu && now - start >= absent_cycles;
        if (absent || now - start >= cycles) {
            return XIP_ERR_PART;
        }
        feed(dev);
        pause_us(dev, 50);
    }
}

static int finish_suspended(struct xip_flash *dev, uint8_t resume) {
    transfer(resume, XIP_DIR_NONE, NULL, 0);
    pause_us(dev, RESUME_US);
    return wait_ready(dev, LEFTOVER_BUSY_MAX_US);
}

static bool answers(uint8_t id[3]) {
    transfer(OP_READ_ID, XIP_DIR_IN, id, 3);
    const bool floating =
            (id[0] == 0xFFu && id[1] == 0xFFu) || (id[0] == 0u && id[1] == 0u);
    return !floating;
}

// Bring the chip from any state to idle: one-line commands, awake, nothing
// suspended.
static int recover(struct xip_flash *dev, uint8_t id[3]) {
    xip_port_rescue();
    transfer(OP_RELEASE_POWER_DOWN, XIP_DIR_NONE, NULL, 0);
    pause_us(dev, WAKE_US);
    // A busy or suspended chip may finish: a reset would tear what it erases.
    // A chip that has nothing to resume ignores either opcode.
    int err = wait_ready(dev, LEFTOVER_BUSY_MAX_US);
    if (err == 0) {
        err = finish_suspended(dev, OP_RESUME);
    }
    if (err == 0) {
        err = finish_suspended(dev, OP_RESUME_MACRONIX);
    }
    if (err != 0) {
        return err;
    }
    transfer(OP_RESET_ENABLE, XIP_DIR_NONE, NULL, 0);
    transfer(OP_RESET, XIP_DIR_NONE, NULL, 0);
    pause_us(dev, RESET_US);
    return answers(id) ? 0 : XIP_ERR_PART;
}

static int learn_part(struct xip_flash *dev, const uint8_t id[3]) {
    if (dev->config.part != NULL) {
        dev->part = *dev->config.part;
        return memcmp(id, dev->part.id, 3) == 0 ? 0 : XIP_ERR_PART;
    }
    if (!XIP_CFG_SFDP) {
        return XIP_ERR_PART;
    }
    uint8_t sfdp[XIP_SFDP_BYTES];
    uint8_t *to = sfdp;
    uint32_t off = 0;
    size_t bytes = sizeof(sfdp);
    while (bytes != 0u) {
        xip_port_transfer_(xip_port_command(OP_READ_SFDP, 3, 8, XIP_DIR_IN, 1),
                off, to, bytes);
        bytes = xip_part_sfdp_far(sfdp, sizeof(sfdp), &off, &to);
    }
    return xip_part_from_sfdp_map(&dev->part, id, sfdp, sizeof(sfdp),
            xip_port_sector_map(sfdp, sizeof(sfdp)));
}

/// Quad enable ///

static bool quad_enabled(enum xip_part_qe qe, const uint8_t sr[2]) {
    if (qe == XIP_QE_SR1_BIT6) {
        return (sr[0] & 0x40u) != 0u;
    }
    return (sr[1] & 0x02u) != 0u;
}

// 35h is sent only where it reads SR2: a Micron part would enter quad commands.
static void read_status(const struct xip_flash_part *part, uint8_t sr[2]) {
    transfer(OP_READ_SR1, XIP_DIR_IN, &sr[0], 1);
    sr[1] = 0;
    if (part->qe != XIP_QE_SR1_BIT6) {
        transfer(OP_READ_SR2, XIP_DIR_IN, &sr[1], 1);
    }
}

// JESD216 DW15[22:20]. Written only when it is not set, the volatile copy
// where there is one, the non-volatile one only on request.
static int enable_quad(struct xip_flash *dev) {
    const enum xip_part_qe qe = dev->part.qe;
    const bool persistent = !dev->part.volatile_sr;
    uint8_t sr[2];

    if (qe == XIP_QE_NONE) {
        return 0;
    }
    read_status(&dev->part, sr);
    if (quad_enabled(qe, sr)) {
        return 0;
    }
    if (qe == XIP_QE_SR2_BIT7 || // its registers are not read above
            (persistent &&
                    (dev->config.flags & XIP_FLASH_NONVOLATILE_QE) == 0u)) {
        return XIP_ERR_CONFIG;
    }
    transfer(persistent ? OP_WREN : OP_SR_WREN, XIP_DIR_NONE, NULL, 0);
    if (qe == XIP_QE_SR1_BIT6) {
        sr[0] |= 0x40u;
        transfer(OP_WRITE_SR, XIP_DIR_OUT, sr, 1);
    } else if (qe == XIP_QE_SR2_BIT1_W31) {
        sr[1] |= 0x02u;
        transfer(OP_WRITE_SR2, XIP_DIR_OUT, &sr[1], 1);
    } else {
        sr[1] |= 0x02u;
        transfer(OP_WRITE_SR, XIP_DIR_OUT, sr, 2);
    }
    const int err = wait_ready(dev, SR_WRITE_MAX_US);
    if (err != 0) {
        return err;
    }
    read_status(&dev->part, sr);
    return quad_enabled(qe, sr) ? 0 : XIP_ERR_CONFIG;
}

// Without quad lines the part can still be read, by 0Bh on one line.
static void choose_read(struct xip_flash *dev) {
    struct xip_flash_part *const p = &dev->part;
    if (p->read_lanes == 4u && enable_quad(dev) != 0) {
        p->read_opcode = p->addr_bytes == 4u ? 0x0Cu : 0x0Bu;
        p->read_lanes = 1;
        p->read_mode_clocks = 0;
        p->read_wait_clocks = 8;
        p->program_lanes = 1;
        p->program_opcode = p->addr_bytes == 4u ? 0x12u : 0x02u;
    }
}

int xip_flash_bringup(struct xip_flash *dev,
        const struct xip_flash_config *config, unsigned prescaler) {
    int err = xip_flash_configure_(dev, config);
    if (err != 0) {
        return err;
    }
    if (xip_soc_in_window((const void *)(uintptr_t)&xip_flash_bringup, 4u)) {
        return XIP_ERR_RESIDENT;
    }
    uint8_t id[3] = {0, 0, 0};
    xip_cpu_counter_start();
    err = xip_port_setup(prescaler, SIZE_UNKNOWN_BYTES);
    if (err == 0) {
        err = recover(dev, id);
    }
    if (err == 0) {
        err = learn_part(dev, id);
    }
    if (err == 0) {
        choose_read(dev);
        err = xip_port_setup(prescaler, dev->part.size_bytes);
    }
    if (err == 0) {
        xip_flash_part_registers_(dev);
        xip_port_read_mode(&dev->resident, &dev->part);
        uint8_t status; // the last command before mapping has no address
        transfer(OP_READ_SR1, XIP_DIR_IN, &status, 1);
        xip_port_map_(&dev->resident);
    }
    dev->ready = err == 0 ? 1u : 0u;
    return err;
}
