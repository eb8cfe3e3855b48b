/*
 * tail_call - the last thing a RAM function does is a jump into the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect[O0 Og]: rule=call|tail-call function=ram_finish target=flash_status
// expect[O2 Os gcc]: rule=tail-call function=ram_finish target=flash_status
// expect[O2 Os clang]: rule=tail-call function=ram_finish target=flash_status
// objdump[O2 Os]: b\.w	.*<__flash_status_veneer>
#include "harness.h"

MOVED uint32_t flash_status(uint32_t mask) {
    return QSPI_SR & mask;
}

RAM uint32_t ram_finish(uint32_t mask) {
    QSPI_CR = 2;
    return flash_status(mask | 1u);
}

int main(void) {
    return (int)ram_finish(2);
}
