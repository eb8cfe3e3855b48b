/*
 * hex - Intel HEX files with 32-bit addresses, written
 *
 * SPDX-License-Identifier: MIT
 *
 * Intel, Hexadecimal Object File Format Specification, revision A (1988).
 */
#include "image/hex.h"

#define TYPE_DATA 0
#define TYPE_END 1
#define TYPE_LINEAR 4

static void put_record(FILE *out, uint8_t type, uint16_t offset,
        const uint8_t *data, uint8_t len) {
    const uint8_t head[] = {len, (uint8_t)(offset >> 8), (uint8_t)offset, type};
    unsigned sum = 0;
    fputc(':', out);
    for (size_t i = 0; i < sizeof head; i++) {
        fprintf(out, "%02X", head[i]);
        sum += head[i];
    }
    for (size_t i = 0; i < len; i++) {
        fprintf(out, "%02X", data[i]);
        sum += data[i];
    }
    fprintf(out, "%02X\n", -sum & 0xFF);
}

void hex_data(struct hex_writer *w, uint32_t addr, const uint8_t *data,
        size_t len) {
    while (len) {
        const uint16_t upper = (uint16_t)(addr >> 16);
        if (!w->begun || upper != w->upper) {
            const uint8_t bytes[] = {(uint8_t)(upper >> 8), (uint8_t)upper};
            put_record(w->out, TYPE_LINEAR, 0, bytes, sizeof bytes);
            w->begun = true;
            w->upper = upper;
        }
        size_t n = HEX_ROW_BYTES - addr % HEX_ROW_BYTES;
        n = n < len ? n : len;
        put_record(w->out, TYPE_DATA, (uint16_t)addr, data, (uint8_t)n);
        addr += (uint32_t)n;
        data += n;
        len -= n;
    }
}

void hex_end(struct hex_writer *w) {
    put_record(w->out, TYPE_END, 0, NULL, 0);
}
