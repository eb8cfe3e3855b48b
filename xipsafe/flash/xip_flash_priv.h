/*
 * xip_flash_priv - shared by the files of xipsafe/flash, not by users
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_FLASH_PRIV_H
#define XIP_FLASH_PRIV_H

#include "xip_flash.h"
#include "xip_port.h"
#include "xip_soc.h"

#define SR1_WIP 0x01u

// Copy and check the configuration, find the resident code. dev is cleared.
int xip_flash_configure_(struct xip_flash *dev,
        const struct xip_flash_config *config);

// Fill in what resident code has to know about the part.
void xip_flash_part_registers_(struct xip_flash *dev);

// Compute the cycle counts that depend on the clock, but for dev->pace.
void xip_flash_times_(struct xip_flash *dev);

// 0 if [off, off + len) lies in the chip of a device that is ready.
int xip_flash_check_range_(const struct xip_flash *dev, uint32_t off,
        uint32_t len);
// The same, whole erase units and away from what runs.
int xip_flash_erase_range_ok_(const struct xip_flash *dev, uint32_t off,
        uint32_t len_bytes);
bool xip_flash_touches_running_(const struct xip_flash *dev, uint32_t off,
        uint32_t len);

// One call at a time: 0 or XIP_ERR_BUSY.
int xip_flash_take_(struct xip_flash *dev);
void xip_flash_give_(struct xip_flash *dev);

// Begin and end of every erase and program: take, hooks, an outage allowed,
// nothing left suspended.
int xip_flash_enter_(struct xip_flash *dev, uint32_t off);
void xip_flash_leave_(struct xip_flash *dev);
// The hooks around bus masters; 0 without one.
int xip_flash_quiesce_(struct xip_flash *dev);
void xip_flash_release_(struct xip_flash *dev);

// Before a call is left: count the ticks that were lost since its last outage.
void xip_flash_end_ticks_(struct xip_flash *dev);

// Check everything that an outage requires: context, vectors, DMA. dev->watch
// then says what the answer rests on.
int xip_flash_outage_allowed_(struct xip_flash *dev);
// No outage is possible until that was checked.
void xip_flash_watch_nothing_(struct xip_flash *dev);

// One outage; statistics and lost ticks are accounted for. Can return
// XIP_RUN_SUSPENDED, or XIP_RUN_HELD: check again. *op can be dev->op, and is
// if it may be suspended.
int xip_flash_outage_(struct xip_flash *dev, struct xip_op *op);

// One operation in as many outages as it takes, each held back until it is
// allowed.
int xip_flash_run_(struct xip_flash *dev, struct xip_op *op);

// End by a reset of the chip what a time-out has left suspended, if anything.
int xip_flash_end_suspended_(struct xip_flash *dev);
// dev->op was late: name its unit in dirty_off, dirty_bytes.
void xip_flash_mark_dirty_(struct xip_flash *dev);

// XIP_OP_* of an operation that changes the array.
uint8_t xip_flash_write_flags_(const struct xip_flash *dev);
// dev->op reads back wrong: let it finish if it may be suspended. Returns 0
// if it may have done so, or XIP_ERR_VERIFY.
int xip_flash_resume_unseen_(struct xip_flash *dev, uint32_t suspensions);

// Shortest run before a suspension; 0: this kind cannot be suspended.
uint32_t xip_flash_slice_us_(const struct xip_flash *dev, uint8_t kind);
void xip_flash_allow_suspend_(const struct xip_flash *dev, struct xip_op *op);
// Compute dev->pace from part, configuration and clock.
void xip_flash_set_pace_(struct xip_flash *dev);
// Choose erase units by the device's policy. number: of part.erase.
bool xip_flash_unit_usable_(const struct xip_flash *dev, unsigned number);
const struct xip_part_erase *xip_flash_unit_(const struct xip_flash *dev,
        uint32_t off, uint32_t len);
// Fill dev->op; compare the unit of dev->op with 0xff, as configured.
void xip_flash_erase_op_(struct xip_flash *dev, uint32_t off,
        const struct xip_part_erase *type);
int xip_flash_erase_check_(struct xip_flash *dev);
void xip_flash_unit_done_(struct xip_flash *dev, uint32_t done, uint32_t total);

// Once, before the first erase or program, so that a boot program, which does
// without both, has none of it: compute the pace; read the volatile bits that
// the mapping needs and save them for a recovery, which resets the chip and has
// to map it the same way again.
int xip_flash_prepare_(struct xip_flash *dev);

// Microseconds to core cycles, saturating.
uint32_t xip_flash_cycles_(const struct xip_flash *dev, uint32_t us);
// How long those take, rounded down.
uint32_t xip_flash_real_us_(const struct xip_flash *dev, uint32_t us);
uint16_t xip_flash_gap_cycles_(const struct xip_flash *dev, uint32_t us);

// Microseconds of the commands around the chip's own time in an outage.
uint32_t xip_flash_around_us_(const struct xip_flash *dev, uint32_t data_bytes);

#define XIP_SFDP_BYTES 320u

#endif
