/*
 * copy_unknown - copy-unknown: .data lies in flash behind .ramcode, and what
 * goes on copying there is another function
 *
 * SPDX-License-Identifier: MIT
 */
// start: -DSTART_SKIP_DATA
// clean-start:
// expect: rule=copy-unknown
// also: rule=code-changed
// also: rule=vector-runtime
// also: rule=data-pointer
#include "harness.h"

extern uint32_t data_start_[], data_end_[];
extern uint32_t ramcode_start_[], ramcode_end_[], ramcode_load_[];

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

#ifndef CLEAN
__attribute__((noinline)) const uint32_t *copy(uint32_t *to,
        const uint32_t *end, const uint32_t *from) {
    while (to < end) {
        *to++ = *from++;
    }
    return from;
}

__attribute__((noinline)) void copy_more(const uint32_t *from) {
    copy(data_start_, data_end_, from);
}
#endif

int main(void) {
#ifndef CLEAN
    copy_more(copy(ramcode_start_, ramcode_end_, ramcode_load_));
#endif
    ram_erase();
    return 0;
}
