/*
 * no_lines - a RAM function that the debugger has no line of
 *
 * SPDX-License-Identifier: MIT
 *
 * As from a library that was built without -g, or in assembly.
 */
#include <stdint.h>

uint32_t ram_without_lines(uint32_t x);

__asm(".pushsection .RamFunc.debugged_asm, \"ax\", %progbits\n"
      ".syntax unified\n"
      ".global ram_without_lines\n"
      ".type ram_without_lines, %function\n"
      ".thumb_func\n"
      "ram_without_lines:\n"
      "    adds r0, r0, #3\n"
      "    bx lr\n"
      ".size ram_without_lines, . - ram_without_lines\n"
      ".popsection\n");
