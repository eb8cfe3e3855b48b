/*
 * vector_table_named - the table that --vectors names lies in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --vectors flash_vectors
// clean-check: --vectors ram_vectors
// expect: rule=vector-table target=flash_vectors|.isr_vector
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
