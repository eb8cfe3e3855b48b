/*
 * other - the other half of the program of test_elf_model.c
 *
 * SPDX-License-Identifier: MIT
 */
#include "model.h"

static int state;

__attribute__((noinline)) static int helper(int x) {
    state += x;
    return state;
}

// A name too long for one line of a map file.
static int table_with_a_long_name[4] = {1, 2, 3, 4};

int model_other(int x) {
    table_with_a_long_name[x & 3] += helper(x);
    if (model_absent) {
        x += model_absent(x);
    }
    return helper(table_with_a_long_name[x & 3]);
}

// Nobody calls it: the linker throws it away.
int model_gone(int x) {
    return helper(x) * 7;
}
