/*
 * absolute_load - a fixed address in the window is read
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_magic line=defect
// also: rule=address function=ram_magic
#include "harness.h"

#ifdef CLEAN
#define MAGIC 0x20007f40u
#else
#define MAGIC 0x90000040u
#endif

RAM uint32_t ram_magic(void) {
    return REG(MAGIC); // DEFECT
}

int main(void) {
    return (int)ram_magic();
}
