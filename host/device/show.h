/*
 * show - what a device has, as text and JSON
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "device/slots.h"

struct show_info {
    char firmware[200];  // "OS info"; empty: not said
    char bootloader[40]; // empty: not said
    uint32_t mode;       // of the boot loader
    bool mode_known;
    uint32_t packet_bytes;
    unsigned version; // of the protocol, 1 or 2
};

void show_list(const struct slots *slots);
void show_info(const struct show_info *info, const struct slots *slots);
// info: NULL for the list alone. False: not all was written.
bool show_json(FILE *out, const char *port, const struct show_info *info,
        const struct slots *slots);

// Lower-case hexadecimal digits. Room: 2 * bytes + 1.
const char *show_hex(char *text, const uint8_t *data, size_t bytes);

#endif
