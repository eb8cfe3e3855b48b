/*
 * no_bit_band - bits of RAM where the core shows none
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv8-M has no bit-band region: what is stored at 0x22000000 changes no bit
 * of `cell`. An Armv7-M core may have one.
 */
// builds: m33 O0 gcc,m33 O2 gcc
// check: --interrupts none
// safe-build: OK
// unsafe-build: BAD load-unknown|load|address
#define NO_OPTION
#include "bit_memory.c"
