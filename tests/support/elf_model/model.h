/*
 * model - what the parts of the program call of each other
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MODEL_H
#define MODEL_H

int model_other(int x);
int model_ram(int x);
int model_asm(int x);
int model_gone(int x);
int model_absent(int x) __attribute__((weak));

#endif
