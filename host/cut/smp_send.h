/*
 * smp_send - sends an image by SMP, as a plain state machine
 *
 * SPDX-License-Identifier: MIT
 *
 * What a client of mcumgr does: upload in packets, each from where the device
 * wants to go on, then test, then reset. Bytes and simulated times in, bytes
 * out; no I/O and no clock of its own, so that it goes back with a snapshot.
 * Text between the device's answers is the console's.
 */
#ifndef SMP_SEND_H
#define SMP_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xip_smp_uart.h"

#define SMP_SEND_NEVER UINT64_MAX
#define SMP_SEND_CHUNK 448u // of the image, in a packet
// A request without an answer is repeated. The last one of an upload takes as
// long as a signature check through the window.
#define SMP_SEND_ANSWER_PS 1000000000000ull
#define SMP_SEND_LAST_PS 10000000000000ull
#define SMP_SEND_REFUSALS 10u // in a row, of a device that will not have it

enum smp_send_state {
    SMP_SEND_OFF, // not armed yet
    SMP_SEND_UPLOAD,
    SMP_SEND_TEST,
    SMP_SEND_RESET, // the device has the image and will start it
    SMP_SEND_DONE,
    SMP_SEND_FAILED,
};

// Read only.
struct smp_send {
    const uint8_t *data;
    size_t bytes, off;
    enum smp_send_state state;
    uint8_t sha[32];    // of the file
    uint8_t digest[32]; // by which the device knows the image; zeros: none
    uint8_t sequence;
    unsigned refused;   // in a row
    uint64_t answer_ps; // time-out of the answer, or SMP_SEND_NEVER

    uint8_t line[1200]; // the request, in its frame
    size_t line_bytes, line_at;
    struct xip_smp_uart uart;
    uint8_t received[600];
};

// data stays the caller's and must outlive *s, which must not move.
void smp_send_init(struct smp_send *s, const uint8_t *data, size_t bytes,
        bool wait_to_be_armed);
void smp_send_arm(struct smp_send *s);
// The device lost power: an upload begins again, and the device says where.
void smp_send_line_lost(struct smp_send *s);
// A byte from the device. False: console text.
bool smp_send_rx(struct smp_send *s, uint64_t now_ps, uint8_t byte);
// The next byte for the line, -1: none now.
int smp_send_next(struct smp_send *s, uint64_t now_ps);
// When smp_send_tick wants to be called.
uint64_t smp_send_deadline(const struct smp_send *s);
void smp_send_tick(struct smp_send *s, uint64_t now_ps);
bool smp_send_active(const struct smp_send *s);
// The device has said that it has all of the image, and will start it.
bool smp_send_arrived(const struct smp_send *s);

#endif
