/*
 * foreign - dumps of other recorders, as far as their form is public
 *
 * SPDX-License-Identifier: MIT
 *
 * Zephyr's coredump over the log ("#CD:" lines; arch block of Cortex-M,
 * versions 1 and 2) and CrashCatcher's HexDump (version 3). Neither has a
 * build-id; Zephyr's has no fault status.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "crash/record.h"

// The last one in a log. As record_find(); RECORD_NONE: there is none.
enum record_result foreign_find(const uint8_t *data, size_t size,
        struct record *record, char why[RECORD_WHY_BYTES]);

#endif
