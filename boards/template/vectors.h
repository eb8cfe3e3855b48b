/*
 * vectors - the interrupts of your MCU, in the order of its table
 *
 * SPDX-License-Identifier: MIT
 *
 * TODO: X(name) for each, R for a reserved place; LAYOUT_VECTOR_COUNT - 16 of
 * them, or the boot program does not link. boards/mcu may have the list.
 */
#ifndef VECTORS_H
#define VECTORS_H

// clang-format off
#define BOARD_INTERRUPTS(X, R) \
    R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R \
    R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R R \
    R R R R R R R R R R R R R R
// clang-format on

#endif
