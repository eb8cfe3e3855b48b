/*
 * strlen_call - strlen of the C library
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_length target=strlen
#include "harness.h"

char line[80];

#ifdef CLEAN
RAM size_t ram_length(const char *text) {
    size_t length = 0;
    while (((const volatile char *)text)[length]) {
        length++;
    }
    return length + 1;
}
#else
RAM size_t ram_length(const char *text) {
    return strlen(text) + 1;
}
#endif

int main(void) {
    return (int)ram_length(line);
}
