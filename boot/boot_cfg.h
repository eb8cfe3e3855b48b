/*
 * boot_cfg - options of the boot program
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOOT_CFG_H
#define BOOT_CFG_H

// 1: start only what is signed by the key in key_p256.h. 0: start everything
// whose digest matches, signed or not; protects from accidents only. With
// XIP_CFG_IMAGE_SIGNATURES=0 as well it saves 5 KB. Default 1.
#ifndef XIP_CFG_BOOT_KEY
#define XIP_CFG_BOOT_KEY 1
#endif

// With a journal. How often an image on trial is started before it is rejected,
// and whether a trial may be of a lower version than what runs. Defaults 3, 0.
#ifndef XIP_CFG_BOOT_TRIALS
#define XIP_CFG_BOOT_TRIALS 3
#endif
#ifndef XIP_CFG_BOOT_DOWNGRADE
#define XIP_CFG_BOOT_DOWNGRADE 0
#endif

#endif
