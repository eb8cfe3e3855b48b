/*
 * recursion - a recursive function calls flash code; recursion alone is proved
 *
 * SPDX-License-Identifier: MIT
 *
 * Only its stack bound is missing then.
 */
// expect: rule=call|tail-call function=ram_walk target=visit
#include "harness.h"

MOVED void visit(uint32_t depth) {
    QSPI_DR = depth;
}

RAM uint32_t ram_walk(uint32_t depth) {
    visit(depth);
    return depth ? ram_walk(depth - 1u) + QSPI_SR : 0;
}

int main(void) {
    return (int)ram_walk(3);
}
