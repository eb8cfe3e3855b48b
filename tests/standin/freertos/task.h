/*
 * task - as much of the kernel's header as the listings of docs/RTOS.md use
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TASK_H
#define TASK_H

#include "FreeRTOS.h"

#define taskYIELD() portYIELD()

#endif
