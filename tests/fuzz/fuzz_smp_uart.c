/*
 * fuzz_smp_uart - the serial framing of SMP: any bytes, and packets among them
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: bytes of the line. 00h and a length: so many bytes are sent as a
 * packet, and must arrive, whatever was there before.
 */
// sources: xipsafe/transport/xip_smp_uart.c
#include <string.h>

#include "fuzz.h"
#include "xip_smp_uart.h"

#define CAP 256u

static struct xip_smp_uart uart;
static int32_t last;

static void put(void *ctx, uint8_t byte) {
    (void)ctx;
    last = xip_smp_uart_byte(&uart, byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *const buffer = malloc(CAP);
    FUZZ_CHECK(buffer);
    xip_smp_uart_init(&uart, buffer, CAP);
    while (size) {
        if (data[0] != 0 || size < 2) {
            put(NULL, *data++);
            FUZZ_CHECK(last <= (int32_t)CAP - 4);
            size--;
            continue;
        }
        size_t n = data[1] % (CAP - 4 + 1);
        data += 2;
        size -= 2;
        n = n < size ? n : size;
        if (n) {
            xip_smp_uart_send(data, (uint32_t)n, put, NULL);
            FUZZ_CHECK(last == (int32_t)n);
            FUZZ_CHECK(!memcmp(uart.packet, data, n));
        }
        data += n;
        size -= n;
    }
    free(buffer);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const char *const lines[] = {
            "\6\11ABAKAAAGAAABAKFhZGJoaaWv\n",
            "log\r\n\6\11AAsIAAABAAECAKDBYQ==\r\ntext",
            "\6\11ABEKAAAH\n[log]\n\4\24AAEFBaFkc2xvdAGQZQ==\n",
    };
    if (i < sizeof lines / sizeof lines[0]) {
        const size_t n = strlen(lines[i]);
        memcpy(out, lines[i], n);
        return n;
    }
    if (i > sizeof lines / sizeof lines[0]) {
        return 0;
    }
    static const uint8_t head[] = {6, 9, 'A', 'A', 0, 0xc8};
    memset(out, 'x', 240);
    memcpy(out, head, sizeof head);
    return room < 240 ? 0 : 240;
}
