/*
 * boot_cfg - options of the boot program
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOOT_CFG_H
#define BOOT_CFG_H

#include "layout.h"

// 1: start only what is signed by the key in key_p256.h. 0: start everything
// whose digest matches, signed or not; protects from accidents only. With
// XIP_CFG_IMAGE_SIGNATURES=0 as well it saves 2.0 KB. Default 1.
// XIP_CFG_IMAGE_FAST and XIP_CFG_IMAGE_BEARSSL (xip_image.h) are other ways to
// check the signature.
#ifndef XIP_CFG_BOOT_KEY
#define XIP_CFG_BOOT_KEY 1
#endif

// A constant description of the flash part, of this name, in a source of yours:
// `const struct xip_flash_part board_part`. With XIP_CFG_SFDP=0 as well it
// saves 3.6 KB. Default: what the part's own SFDP tables say.
#ifdef XIP_CFG_BOOT_PART
#include "xip_part.h"
extern const struct xip_flash_part XIP_CFG_BOOT_PART;
#define BOOT_PART (&XIP_CFG_BOOT_PART)
#else
#define BOOT_PART NULL
#endif

// With a journal. How often an image on trial is started before it is rejected,
// and whether a trial may be of a lower version than what runs. Defaults 3, 0.
#ifndef XIP_CFG_BOOT_TRIALS
#define XIP_CFG_BOOT_TRIALS 3
#endif
#ifndef XIP_CFG_BOOT_DOWNGRADE
#define XIP_CFG_BOOT_DOWNGRADE 0
#endif

// 1: a warm reset does not check the signature again of what was started
// before; the digest is computed at each start. Needs 64 bytes in front of the
// last eight of LAYOUT_NOINIT; an application that writes there only loses the
// time. Default 0: docs/SECURITY.md has the price.
#ifndef XIP_CFG_BOOT_WARM
#define XIP_CFG_BOOT_WARM 0
#endif
#define BOOT_WARM_ADDR \
    (LAYOUT_NOINIT_ADDR + LAYOUT_NOINIT_BYTES - 8u - \
            sizeof(struct xip_boot_warm))

// Number of the board's golden slot and 1, or 0.
#ifdef LAYOUT_GOLDEN_SLOT
#define BOOT_GOLDEN (LAYOUT_GOLDEN_SLOT + 1u)
#else
#define BOOT_GOLDEN 0u
#endif

// 1: serial recovery. When there is nothing to start, or when a recovery is
// requested (below), serve SMP on the console: a client can list the slots,
// erase them and upload an image, which the key must have signed. Needs the
// rooms of the library that boot/firmware.cmake gives boot_recovery. Default 0.
#ifndef XIP_CFG_BOOT_SMP
#define XIP_CFG_BOOT_SMP 0
#endif

// 1: print the fault record that an application left (xip_fault.h), and leave
// it there for the application. For those that fault before they can print it.
// Needs the room `fault` and XIP_CFG_FAULT_HANDLERS=0, as boot/firmware.cmake
// gives boot_fault; about 0.3 KB. Default 0.
#ifndef XIP_CFG_BOOT_FAULT
#define XIP_CFG_BOOT_FAULT 0
#endif

// An application requests it with this word and a reset; a board with
// boot_recovery_button(), which it may define.
#define BOOT_RECOVERY_ADDR (LAYOUT_NOINIT_ADDR + LAYOUT_NOINIT_BYTES - 4u)

#endif
