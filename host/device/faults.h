/*
 * faults - the fault records of a device
 *
 * SPDX-License-Identifier: MIT
 *
 * Files of the protocol's file group: /crash/0 is the newest record
 * (xip_smp_fault.h). The commands are in cmd_device.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "device/client.h"

#define FAULTS_MAX 1000u
#define FAULTS_RECORD_MAX 0x10000u

// Fetches the record of that age, 0 the newest. CLI_GOOD with *size 0: there is
// none; otherwise *data is the caller's to free.
int faults_fetch(struct client *client, uint32_t age, uint8_t **data,
        size_t *size);
// Makes the device forget all of them.
int faults_forget(struct client *client);

#endif
