/*
 * vectors - the interrupts of this board's MCU, in the order of its table
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "stm32l476_vectors.h"

#define BOARD_INTERRUPTS STM32L476_INTERRUPTS

#endif
