/*
 * qspi_driver - a flash driver in the shape vendor libraries have
 *
 * SPDX-License-Identifier: MIT
 *
 * WRONG ON PURPOSE: correct for a chip that holds only data, and linked into
 * an image that executes from the same chip.
 */
#ifndef QSPI_DRIVER_H
#define QSPI_DRIVER_H

#include <stdint.h>

enum qspi_status { QSPI_OK, QSPI_ERROR };

enum qspi_status qspi_erase_sector(uint32_t off);
enum qspi_status qspi_program_page(uint32_t off, const uint8_t *data,
        uint32_t len_bytes);

#endif
