/*
 * main - declarations that the files of the application share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MAIN_H
#define MAIN_H

#include "stm32l4xx_hal.h"

extern UART_HandleTypeDef huart2;
extern IWDG_HandleTypeDef hiwdg;

_Noreturn void Error_Handler(void);

// Text to USART2.
void say(const char *text);
void say_number(const char *text, uint32_t value);

// The oldest byte that USART2 has received, or -1.
int receiver_get(void);
// Bytes lost since start: not fetched in time, or no room.
uint32_t receiver_lost(void);

#endif
