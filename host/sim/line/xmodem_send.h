/*
 * xmodem_send - the sending half of XMODEM-1K, as a plain state machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Bytes and simulated times in, bytes out; no I/O and no clock of its own. The
 * line may also carry the device's console text: a request 'C' counts only if
 * it follows no letter and the line stays quiet for XMODEM_QUIET_PS after it,
 * and while packets travel only ACK, NAK and CAN count. Not thread-safe.
 */
#ifndef XMODEM_SEND_H
#define XMODEM_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XMODEM_SOH 0x01
#define XMODEM_STX 0x02
#define XMODEM_EOT 0x04
#define XMODEM_ACK 0x06
#define XMODEM_NAK 0x15
#define XMODEM_CAN 0x18

// Silence after a 'C' that makes it a request: some 20 bytes at 115200 baud.
#define XMODEM_QUIET_PS 2000000000ull
// Without an answer for this long a packet is sent again.
#define XMODEM_ANSWER_PS 10000000000000ull
// A request this long after the last progress: the device has restarted.
#define XMODEM_RESTART_PS 1000000000000ull
#define XMODEM_TRIES 10
#define XMODEM_NEVER UINT64_MAX

enum xmodem_state {
    XMODEM_OFF,     // not armed yet
    XMODEM_WAIT,    // for the device's 'C'
    XMODEM_DATA,    // a packet is on the line or waits for its answer
    XMODEM_END,     // EOT is on the line or waits for its answer
    XMODEM_GIVE_UP, // CAN is on the line
    XMODEM_DONE,
    XMODEM_FAILED, // see why
};

// Read only.
struct xmodem_send {
    const uint8_t *data;
    size_t bytes;
    enum xmodem_state state;

    uint8_t packet[3 + 1024 + 2];
    size_t packet_bytes, packet_at; // length, next byte for the line
    size_t off;                     // of the packet in data
    size_t payload_bytes;           // bytes of data in it
    uint8_t number;
    unsigned tries;
    unsigned cans;        // CAN bytes in a row
    uint64_t answer_ps;   // time-out of the answer, or XMODEM_NEVER
    uint64_t quiet_ps;    // when a held 'C' counts, or XMODEM_NEVER
    uint64_t last_ps;     // of the last byte from the device
    bool after_letter;    // it was one
    uint64_t progress_ps; // time of the last progress

    // Fault on the line: the fault_at-th byte (from 0), and from then on
    // every fault_every-th one, has one bit flipped. fault_at UINT64_MAX: none.
    uint64_t fault_at, fault_every;

    uint64_t line_bytes; // handed to the line so far
    uint64_t resent;     // packets sent more than once
    unsigned restarts;   // transfers begun again from the first packet
    char why[120];       // of XMODEM_FAILED, a clause without a full stop
};

// data stays the caller's and must outlive *x. Starts as XMODEM_WAIT, or
// XMODEM_OFF until xmodem_send_arm.
void xmodem_send_init(struct xmodem_send *x, const uint8_t *data, size_t bytes,
        bool wait_to_be_armed);
void xmodem_send_arm(struct xmodem_send *x);
// The device lost power: a running transfer starts again. Keeps counters.
void xmodem_send_line_lost(struct xmodem_send *x);

enum xmodem_show {
    XMODEM_SHOW, // console text
    XMODEM_HIDE, // belonged to the transfer
    XMODEM_HOLD, // a 'C': text if another byte follows before quiet_ps
};
// A byte from the device.
enum xmodem_show xmodem_send_rx(struct xmodem_send *x, uint64_t now_ps,
        uint8_t byte);
// The next byte for the line, -1: none now.
int xmodem_send_next(struct xmodem_send *x, uint64_t now_ps);

// When xmodem_send_tick wants to be called; XMODEM_NEVER: not at all.
uint64_t xmodem_send_deadline(const struct xmodem_send *x);
void xmodem_send_tick(struct xmodem_send *x, uint64_t now_ps);

// Bytes of data that the device has acknowledged.
size_t xmodem_send_acknowledged(const struct xmodem_send *x);
bool xmodem_send_active(const struct xmodem_send *x);

uint16_t xmodem_crc(const uint8_t *data, size_t bytes);

#endif
