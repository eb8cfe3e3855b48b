/*
 * layout - of AN505: SSRAM2 at its secure address is the window
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define LAYOUT_WINDOW_ADDR 0x38200000u
// The same memory at its other address: what the chip holds.
#define CHIP_ADDR 0x28200000u
#define CHIP_BYTES 0x100000u
#define LAYOUT_SLOT1_OFF 0x80000u

#endif
