/*
 * xip_resident - the interface between ordinary code and resident code
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/resident: runs in an outage; calls only itself and the
 * resident half of a port, and nothing else touches the chip while the
 * window is closed.
 *
 * One entry, xip_resident_run(), opens an outage, runs one chip operation and
 * closes it. All it reads is in two structs in RAM, so it needs no constant
 * from the flash. The same entry is either linked into the application's RAM
 * (section .RamFunc.xipsafe) or published by a boot program in internal flash
 * as struct xip_resident_table at an agreed address. Change anything here and
 * XIP_RESIDENT_ABI counts up: a boot program in the field is not exchanged.
 */
#ifndef XIP_RESIDENT_H
#define XIP_RESIDENT_H

#include <stdint.h>

#include "xip_compiler.h"

#ifdef __cplusplus
extern "C" {
#endif

// 1: resident code can fence the window off by the MPU, see the fence of
// struct xip_flash_config. For a core with an MPU.
#ifndef XIP_CFG_FENCE
#define XIP_CFG_FENCE 0
#endif

#define XIP_RESIDENT_MAGIC 0x52504958u // "XIPR"
// With the fence struct xip_resident is another one.
#define XIP_RESIDENT_ABI (5u + 0x100u * XIP_CFG_FENCE)

// Which controller a resident build drives.
enum xip_port_kind {
    XIP_PORT_STM32_QUADSPI = 1,
    XIP_PORT_STM32_OCTOSPI = 2,
    XIP_PORT_ASPEED_FMC = 3,
};
// From here on: ports that are not part of this library. Two that can meet in
// one product must differ.
#define XIP_PORT_PRIVATE 0x80000000u

// Says in memory that survives a reset that an outage was open, or that an
// operation was suspended.
struct xip_breadcrumb {
    uint32_t state; // XIP_BREADCRUMB_OPEN | operation, or anything else
    uint32_t off;   // flash position of the operation
};
#define XIP_BREADCRUMB_OPEN 0x584F5000u // "XOP", low byte: enum xip_op_kind
#define XIP_BREADCRUMB_MASK 0xFFFFFF00u

enum xip_op_kind {
    XIP_OP_COMMAND = 1, // anything that leaves the array alone
    XIP_OP_ERASE = 2,
    XIP_OP_PROGRAM = 3,
    XIP_OP_SLEEP = 4, // deep power-down
};
#define XIP_OP_KINDS 5u

// `cmd` is in the port's own encoding, made by xip_port_command(); a field
// named opcode is the bare opcode of a command on one line without address.
// Every operation ends with status reads until the chip is idle.
#define XIP_OP_WREN 0x01u // send write-enable first and check WEL
#define XIP_OP_FAIL 0x02u // test the part's fail register afterwards
// The command puts the chip to sleep: wait latency_cycles, then for an
// interrupt, send resume_opcode, wait gap_cycles.
#define XIP_OP_WAIT 0x04u

// In RAM: resident code moves it on from page to page. Byte fields come first,
// in reach of 16-bit loads.
struct xip_op {
    // Sent when the slice is over or the operation is late. suspend_opcode 0:
    // the operation cannot be suspended.
    uint8_t suspend_opcode, resume_opcode, flag_opcode;
    uint8_t flag_mask; // "suspended" in the register of flag_opcode
    uint8_t kind;      // enum xip_op_kind
    uint8_t flags;     // XIP_OP_*
    uint16_t len_bytes;
    // How often the operation is repeated, each time with the bytes that follow
    // in data and in the chip, as long as no interrupt waits.
    uint32_t repeat;
    uint32_t cmd;
    uint32_t addr;           // chip offset, if the command has an address
    uint8_t *data;           // resident RAM; direction is in cmd
    uint32_t timeout_cycles; // for the chip to become idle, suspensions apart
    uint32_t slice_cycles;   // shortest run before a suspension for an
                             // interrupt that waits; UINT32_MAX: never
    uint32_t latency_cycles; // from suspend to idle, at most
};

#if XIP_CFG_FENCE
// Region `fence` of the MPU, and on Armv8-M the one below it, too.
#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
#define XIP_FENCE_REGIONS 2u
#else
#define XIP_FENCE_REGIONS 1u
#endif
struct xip_fence_region {
    uint32_t rbar, rlar; // MPU_RLAR; before Armv8-M MPU_RASR
};
#endif

// Everything that resident code knows. Part of struct xip_flash; ordinary code
// fills it in.
struct xip_resident {
    uint8_t ceiling;          // BASEPRI value, 0 = PRIMASK
    uint8_t mode_exit_opcode; // ends continuous read; 0: mapping has none
    uint8_t fail_opcode, fail_clear_opcode, fail_mask;

    // Sent behind a write enable after the chip was reset: B7h enters 4-byte
    // address mode, 04h (write disable) leaves it at three.
    uint8_t replay_mode_opcode;
    // A register write that has to be repeated after the chip was reset, and
    // the write enable of that register.
    uint8_t replay_opcode; // 0: none
    uint8_t replay_enable_opcode;
    uint8_t replay_bytes;
    uint8_t replay_data[2];

    uint8_t always_suspend; // at the end of each slice, even if none waits
    uint8_t suspended;      // the next run resumes
#if XIP_CFG_FENCE
    uint8_t fence; // number of an MPU region; 0: no fence
#endif
    uint16_t gap_cycles; // after a resume BUSY may read 0 for this long

    struct xip_breadcrumb *breadcrumb;
    // The store that keeps a watchdog from expiring, at least so many cycles
    // apart. Without a watchdog UINT32_MAX, and a word that may be written.
    volatile uint32_t *kick_reg;
    uint32_t kick_value;
    uint32_t kick_cycles;

    // Mapped-mode configuration, restored to the bit.
    uint32_t map[3];

    uint32_t id;              // as read: manufacturer in the low byte
    uint32_t reset_cycles;    // longest time the chip takes to reset
    uint32_t idle_max_cycles; // that, or its longest register write

    // Kept between the runs of one operation.
    uint32_t spent_cycles;     // what the chip has worked on it
    uint32_t last_kick_cycles; // counter at the last watchdog store

    uint32_t waits; // not 0: an interrupt was waiting at the last look
    // Time the chip has worked on those repetitions that have ended.
    uint32_t repeated_cycles;

    // Results.
    uint32_t outage_cycles; // length of the last outage
    uint32_t end_cycles;    // counter at its end
    // Longest time an interrupt can have waited in it. During the outage: the
    // counter when none was waiting yet.
    uint32_t wait_cycles;

#if XIP_CFG_FENCE
    // What keeps the core out of the window in an outage; during it, what the
    // MPU held before.
    struct xip_fence_region fence_region[XIP_FENCE_REGIONS];
#endif
};

// The operation is suspended, and interrupts have run; call again to go on.
#define XIP_RUN_SUSPENDED 1
// No outage was opened: a watched word has changed.
#define XIP_RUN_HELD 2

// A word on which the decision to open an outage rests, a register or a vector,
// and its value at that time. A list of them ends with reg NULL.
struct xip_watch {
    const volatile uint32_t *reg;
    uint32_t value;
};

// Append a word as it is now. next == end: the list is full, and stays so.
XIP_ALWAYS_INLINE struct xip_watch *xip_watch_add(struct xip_watch *next,
        const struct xip_watch *end, const volatile uint32_t *reg) {
    if (next != end) {
        next->reg = reg;
        next->value = *reg;
        next++;
    }
    return next;
}

// Open an outage, run *op, close the outage with the window mapped as before.
//
// If op may be suspended and an interrupt waits once the slice is over, the
// outage ends early with XIP_RUN_SUSPENDED; the same call resumes it. If op
// repeats and an interrupt waits, it ends with 0 between two of them; *op then
// is the last one done, and op->repeat how many are left.
//
// Privileged thread. r, op, op->data, watch and the stack must be resident.
// The caller has checked vectors, DMA and context; interrupts ran since then,
// so once they are masked every word of `watch` is compared, and XIP_RUN_HELD
// is returned if one has changed: nothing was sent to the chip.
// Returns 0 or XIP_RUN_SUSPENDED; XIP_ERR_PROTECT when write enable did not
// hold or the part says that it failed; XIP_ERR_TIMEOUT when the chip was late
// and either is suspended now (r->suspended) or had to be reset. Does not
// return if chip or controller cannot be brought back: it resets the MCU with
// the breadcrumb left open.
int xip_resident_run(struct xip_resident *r, struct xip_op *op,
        const struct xip_watch *watch);

// At an address the boot program and the application agree on. The words from
// magic to check add up to 0 (mod 2^32): the linker can compute that.
struct xip_resident_table {
    uint32_t magic;
    uint32_t abi;  // XIP_RESIDENT_ABI
    uint32_t port; // XIP_PORT_KIND of the resident code
    int (*run)(struct xip_resident *r, struct xip_op *op,
            const struct xip_watch *watch);
    uint32_t check;
};

#ifdef __cplusplus
}
#endif

#endif
