/*
 * input - the program that is to become an image: raw binary, Intel HEX, ELF
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "elf/elf_image.h"

void input_free(struct input *input) {
    free(input->data);
    *input = (struct input){0};
}

// The span of the data so far.
struct span {
    uint32_t low;
    uint64_t high;
};

static void span_add(struct span *span, uint32_t addr, uint32_t len) {
    if (!len) {
        return;
    }
    if (!span->high || addr < span->low) {
        span->low = addr;
    }
    if ((uint64_t)addr + len > span->high) {
        span->high = (uint64_t)addr + len;
    }
}

// Fills input with an erased memory of the span.
static bool make_memory(struct input *input, const struct span *span,
        const char *path, uint8_t erased) {
    if (!span->high) {
        cli_fail(CLI_TROUBLE, "%s: contains no bytes to program", path);
        return false;
    }
    const uint64_t size = span->high - span->low;
    if (span->high > UINT32_MAX || size > INPUT_MAX_BYTES) {
        cli_fail(CLI_TROUBLE,
                "%s: reaches from 0x%08x to 0x%09llx, too far apart for one "
                "image; does it hold RAM or option bytes?",
                path, span->low, (unsigned long long)span->high);
        return false;
    }
    input->data = malloc((size_t)size);
    if (!input->data) {
        cli_fail(CLI_TROUBLE, "%s: out of memory", path);
        return false;
    }
    memset(input->data, erased, (size_t)size);
    input->size = (size_t)size;
    input->has_addr = true;
    input->addr = span->low;
    return true;
}

/// ELF ///

static bool read_elf(struct input *input, const char *path, uint8_t erased) {
    char error[512];
    struct elf_image *elf = elf_image_open(path, error, sizeof error);
    if (!elf) {
        cli_fail(CLI_TROUBLE, "%s", error);
        return false;
    }
    struct span span = {0};
    struct elf_segment segment;
    for (size_t i = 0; elf_image_segment(elf, i, &segment); i++) {
        span_add(&span, segment.load_addr, segment.file_bytes);
    }
    const bool ok = make_memory(input, &span, path, erased);
    for (size_t i = 0; ok && elf_image_segment(elf, i, &segment); i++) {
        memcpy(input->data + (segment.load_addr - span.low), segment.data,
                segment.file_bytes);
    }
    elf_image_close(elf);
    return ok;
}

/// Intel HEX ///

#define HEX_DATA 0
#define HEX_END 1
#define HEX_SEGMENT 2 // base = value << 4
#define HEX_LINEAR 4  // base = value << 16

struct record {
    uint8_t type;
    uint8_t len;
    uint16_t offset;
    uint8_t data[255];
};

static int nibble(uint8_t c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Two digits at text[*pos], or -1.
static int next_byte(const uint8_t *text, size_t size, size_t *pos) {
    if (size - *pos < 2) {
        return -1;
    }
    const int high = nibble(text[*pos]);
    const int low = nibble(text[*pos + 1]);
    *pos += 2;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

// Decodes the record after a colon. False: damaged.
static bool decode_record(const uint8_t *text, size_t size, size_t *pos,
        struct record *record) {
    uint8_t raw[260];
    unsigned sum = 0;
    unsigned count = 5; // until the length is known
    for (unsigned i = 0; i < count; i++) {
        const int byte = next_byte(text, size, pos);
        if (byte < 0) {
            return false;
        }
        raw[i] = (uint8_t)byte;
        sum += raw[i];
        if (i == 0) {
            count = 5u + raw[0];
        }
    }
    record->len = raw[0];
    record->offset = (uint16_t)(raw[1] << 8 | raw[2]);
    record->type = raw[3];
    memcpy(record->data, raw + 4, record->len);
    return (sum & 0xFF) == 0;
}

struct hex_pass {
    struct span span;
    uint8_t *memory; // NULL in the pass that measures
    uint32_t memory_addr;
};

static bool hex_pass(const uint8_t *text, size_t size, const char *path,
        struct hex_pass *pass) {
    uint32_t base = 0;
    unsigned line = 1;
    for (size_t pos = 0; pos < size;) {
        const uint8_t c = text[pos++];
        line += c == '\n';
        if (c != ':') {
            continue;
        }
        struct record record;
        const bool good = decode_record(text, size, &pos, &record);
        const uint32_t value = (uint32_t)record.data[0] << 8 | record.data[1];
        if (!good ||
                ((record.type == HEX_SEGMENT || record.type == HEX_LINEAR) &&
                        record.len != 2)) {
            cli_fail(CLI_TROUBLE, "%s: line %u: damaged Intel HEX record", path,
                    line);
            return false;
        }
        if (record.type == HEX_END) {
            return true;
        } else if (record.type == HEX_SEGMENT) {
            base = value << 4;
        } else if (record.type == HEX_LINEAR) {
            base = value << 16;
        } else if (record.type == HEX_DATA && pass->memory) {
            memcpy(pass->memory + (base + record.offset - pass->memory_addr),
                    record.data, record.len);
        } else if (record.type == HEX_DATA) {
            span_add(&pass->span, base + record.offset, record.len);
        }
    }
    cli_fail(CLI_TROUBLE, "%s: no end record; the Intel HEX file is cut off",
            path);
    return false;
}

static bool read_hex(struct input *input, const uint8_t *text, size_t size,
        const char *path, uint8_t erased) {
    struct hex_pass pass = {0};
    if (!hex_pass(text, size, path, &pass) ||
            !make_memory(input, &pass.span, path, erased)) {
        return false;
    }
    pass.memory = input->data;
    pass.memory_addr = input->addr;
    return hex_pass(text, size, path, &pass);
}

/// Any ///

// A file of HEX records only: it begins with a colon, and every byte is text.
static bool is_hex(const uint8_t *data, size_t size) {
    if (size < 11 || data[0] != ':') {
        return false;
    }
    for (size_t i = 1; i < 11; i++) {
        if (nibble(data[i]) < 0) {
            return false;
        }
    }
    return true;
}

bool input_read(struct input *input, const char *path, uint8_t erased) {
    *input = (struct input){0};
    size_t size;
    uint8_t *data = file_read(path, INPUT_MAX_BYTES, &size);
    if (!data) {
        return false;
    }
    bool ok = true;
    if (size >= 4 && !memcmp(data, "\177ELF", 4)) {
        ok = read_elf(input, path, erased);
    } else if (is_hex(data, size)) {
        ok = read_hex(input, data, size, path, erased);
    } else if (size == 0) {
        cli_fail(CLI_TROUBLE, "%s: empty; name the program to sign", path);
        ok = false;
    } else {
        input->data = data;
        input->size = size;
        return true;
    }
    free(data);
    if (!ok) {
        input_free(input);
    }
    return ok;
}
