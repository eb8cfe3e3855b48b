/*
 * hidden - seen first by every source of the position-independent loader
 *
 * SPDX-License-Identifier: MIT
 *
 * With -fpie a compiler reaches what another file declares through a table of
 * addresses, which the probe would have to fill in at run time. Hidden symbols
 * are in the same block for certain and are reached relative to the program
 * counter. What the probe looks up by name says otherwise where it stands.
 */
#define XIP_WEAK // all symbols are present, see xip_compiler.h
#pragma GCC visibility push(hidden)
