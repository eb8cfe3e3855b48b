/*
 * const_table - a const table, indexed
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_crc target=crc_table line=defect
// also: rule=address function=ram_crc target=crc_table
#include "harness.h"

MOVED_CONST const uint32_t crc_table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8,
        0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
        0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278,
        0xbdbdf21c};

RAM uint32_t ram_crc(uint32_t crc) {
    return crc_table[crc & 15u] ^ (crc >> 4); // DEFECT
}

int main(void) {
    return (int)ram_crc(QSPI_SR);
}
