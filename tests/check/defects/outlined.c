/*
 * outlined - a static inline helper that the compiler did not inline
 *
 * SPDX-License-Identifier: MIT
 */
// expect[O0]: rule=call|tail-call function=ram_a|ram_b target=wait_flag
// expect[Os gcc]: rule=call|tail-call function=ram_a|ram_b target=wait_flag
// expect[Og O2 gcc]: proved
// also[Og O2]: rule=call|tail-call function=ram_a|ram_b target=wait_flag
// expect[Os Og O2 clang]: proved
#include "harness.h"

#ifdef CLEAN
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

INLINE int wait_flag(uint32_t flag, uint32_t polls) {
    for (uint32_t i = 0; i < polls; i++) {
        if (QSPI_SR & flag) {
            QSPI_CR = flag | 0x100u;
            QSPI_CCR = polls ^ flag;
            return 0;
        }
        QSPI_DR = i;
    }
    QSPI_CR = 0;
    return -1;
}

RAM int ram_a(uint32_t flag) {
    return wait_flag(flag, 1000) + 1;
}

RAM int ram_b(uint32_t flag) {
    return wait_flag(flag ^ 3u, 5000) + 2;
}

int main(void) {
    return ram_a(1) + ram_b(2);
}
