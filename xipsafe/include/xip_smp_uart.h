/*
 * xip_smp_uart - SMP packets on a serial line
 *
 * SPDX-License-Identifier: MIT
 *
 * The framing that mcumgr calls "console" or "serial": a packet with its length
 * and a CRC-16, in base64, cut into lines of at most 127 bytes that begin with
 * 06 09 (the first) and 04 14 (the others). Text of another kind may come
 * between the lines, so a console can share the line with it.
 *
 * One CRC in 65536 damaged packets fits by chance. An image has a digest.
 *
 * Call context: any, one at a time for each struct. Constant time a byte but
 * for the CRC of a whole packet at its end. No static data.
 */
#ifndef XIP_SMP_UART_H
#define XIP_SMP_UART_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_SMP_UART_LINE_BYTES 127u
// Length and CRC around a packet.
#define XIP_SMP_UART_AROUND_BYTES 4u

// What a byte was.
#define XIP_SMP_UART_TAKEN 0   // belongs to a packet
#define XIP_SMP_UART_TEXT (-1) // does not

// Caller-allocated.
struct xip_smp_uart {
    // Public.
    const uint8_t *packet; // after a call that returned its length
    uint32_t damaged;      // packets that were discarded

    // Private.
    uint8_t *buffer;
    uint32_t cap;
    uint32_t fill;
    uint32_t bits; // of base64, bit_count of them not yet in the buffer
    uint8_t bit_count;
    uint8_t state;
};

// Receive into a buffer. Its size is what xip_smp_config.buffer_bytes should
// say: it bounds a packet with XIP_SMP_UART_AROUND_BYTES around it. 600 bytes
// or more serve every client; 1 KB makes uploads faster.
void xip_smp_uart_init(struct xip_smp_uart *u, uint8_t *buffer, uint32_t cap);

// Take a byte from the line.
//
// Returns the length of a packet, which u->packet holds until the next call;
// XIP_SMP_UART_TAKEN; or XIP_SMP_UART_TEXT. Of the two bytes that announce a
// line the first one is taken even if the second does not follow.
int32_t xip_smp_uart_byte(struct xip_smp_uart *u, uint8_t byte);

// Send a packet of at most 65,533 bytes through put().
void xip_smp_uart_send(const uint8_t *packet, uint32_t len_bytes,
        void (*put)(void *ctx, uint8_t byte), void *ctx);

#ifdef __cplusplus
}
#endif

#endif
