/*
 * div_v6m - a Cortex-M0+ has no divider: any division is a call
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m0plus
// expect: rule=call|tail-call function=ram_pages target=__aeabi_uidiv|__udivsi3
#include "harness.h"

volatile uint32_t page_bytes;

#ifdef CLEAN
RAM uint32_t ram_pages(uint32_t bytes) {
    return bytes >> (page_bytes & 31u);
}
#else
RAM uint32_t ram_pages(uint32_t bytes) {
    return bytes / page_bytes;
}
#endif

int main(void) {
    return (int)ram_pages(4096);
}
