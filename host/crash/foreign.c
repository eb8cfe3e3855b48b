/*
 * foreign - dumps of other recorders, as far as their form is public
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/foreign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xip_fault.h"

#define CFSR_ADDR 0xE000ED28u

struct reader {
    const uint8_t *at;
    size_t left;
    bool bad; // it ended too early
};

static uint32_t take(struct reader *in, unsigned bytes) {
    uint32_t value = 0;
    if (in->left < bytes) {
        in->bad = true;
        in->left = 0;
        return 0;
    }
    for (unsigned i = bytes; i-- > 0;) {
        value = value << 8 | in->at[i];
    }
    in->at += bytes;
    in->left -= bytes;
    return value;
}

static void skip(struct reader *in, size_t bytes) {
    in->bad |= bytes > in->left;
    bytes = bytes < in->left ? bytes : in->left;
    in->at += bytes;
    in->left -= bytes;
}

static void take_registers(struct reader *in, struct record *r,
        const uint8_t *order, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        r->r[order[i]] = take(in, 4);
    }
}

// A range that ends before it begins ends the dump.
static bool take_range(struct reader *in, struct record *r) {
    const uint32_t start = take(in, 4), end = take(in, 4);
    if (in->bad || end < start) {
        in->bad = true;
        return false;
    }
    uint32_t bytes = end - start;
    if (bytes > in->left) {
        in->bad = true; // cut off: what is there counts
        bytes = (uint32_t)in->left;
    }
    if (r->memories < RECORD_MEMORIES && bytes) {
        r->memory[r->memories++] = (struct record_memory){start, bytes, in->at};
    }
    skip(in, bytes);
    return true;
}

/// Zephyr ///

static void read_zephyr(struct reader *in, struct record *r) {
    static const uint8_t order[] = {0, 1, 2, 3, 12, RECORD_LR, RECORD_PC,
            RECORD_XPSR, RECORD_SP, 4, 5, 6, 7, 8, 9, 10, 11};
    skip(in, 2); // "ZE"
    skip(in, 2 + 2);
    const uint32_t pointer_bits = take(in, 1);
    skip(in, 1);
    r->foreign = "Zephyr coredump";
    r->reason = take(in, 4);
    r->no_status = true;
    if (pointer_bits != 5) {
        snprintf(r->damage, sizeof r->damage,
                "its pointers are not of 32 bits");
        return;
    }
    while (in->left && !in->bad) {
        const uint32_t kind = take(in, 1), version = take(in, 2);
        if (kind == 'M') {
            if (!take_range(in, r)) {
                break;
            }
            continue;
        }
        const uint32_t bytes = take(in, 2);
        struct reader block = {in->at, bytes, false};
        if ((kind != 'A' && kind != 'T') || bytes > in->left) {
            in->bad = true;
            break;
        }
        if (kind == 'A') {
            take_registers(&block, r, order, version >= 2 ? 17 : 9);
            r->frame_known = !block.bad;
        }
        skip(in, bytes);
    }
}

/// CrashCatcher ///

static void read_crashcatcher(struct reader *in, struct record *r) {
    static const uint8_t order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
            RECORD_SP, RECORD_LR, RECORD_PC, RECORD_XPSR};
    static const uint8_t overflow[] = {0xAC, 0xCE, 0x55, 0xED};
    skip(in, 4);
    r->foreign = "CrashCatcher dump";
    const uint32_t flags = take(in, 4);
    take_registers(in, r, order, 17);
    r->msp = take(in, 4);
    r->psp = take(in, 4);
    r->ipsr = take(in, 4) & 0x1FF;
    r->frame_known = !in->bad;
    if (flags & 1) {
        r->fp = in->left >= 33 * 4 ? in->at : NULL;
        skip(in, 33 * 4);
    }
    while (in->left && !in->bad) {
        if (in->left == 4 && !memcmp(in->at, overflow, 4)) {
            break;
        }
        take_range(in, r);
    }
    r->no_status = true;
    for (uint32_t i = SCB_CFSR; i <= SCB_BFAR; i++) {
        r->no_status &=
                !record_word(r, CFSR_ADDR + 4 * (i - SCB_CFSR), &r->scb[i]);
    }
}

/// Lines ///

static int digit(char c) {
    return c >= '0' && c <= '9'    ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : -1;
}

// Nothing but an even number of digits, and blanks at the end. Appends them.
static void take_hex(uint8_t *to, size_t *count, const char *p,
        const char *end) {
    while (end > p && (end[-1] == '\r' || end[-1] == ' ')) {
        end--;
    }
    for (const char *c = p; c < end; c++) {
        if (digit(*c) < 0) {
            return;
        }
    }
    for (; end - p >= 2; p += 2) {
        to[(*count)++] = (uint8_t)(digit(p[0]) << 4 | digit(p[1]));
    }
}

static const char *find(const char *p, const char *end, const char *text) {
    return memmem(p, (size_t)(end - p), text, strlen(text));
}

// The bytes of the last dump; `to` has room for half the file.
static size_t collect(const uint8_t *data, size_t size, uint8_t *to) {
    const char *p = (const char *)data;
    const char *const end = p + size;
    enum { NONE, ZEPHYR, CATCHER } state = NONE;
    size_t count = 0;
    while (p < end) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        line_end = line_end ? line_end : end;
        const char *cd = find(p, line_end, "#CD:");
        if (cd && find(cd, line_end, "BEGIN#")) {
            state = ZEPHYR;
            count = 0;
        } else if (find(p, line_end, "CRASH ENCOUNTERED")) {
            state = CATCHER;
            count = 0;
        } else if ((cd && find(cd, line_end, "END#")) ||
                find(p, line_end, "End of dump")) {
            state = NONE;
        } else if (state == ZEPHYR && cd) {
            take_hex(to, &count, cd + 4, line_end);
        } else if (state == CATCHER) {
            take_hex(to, &count, p, line_end);
        }
        p = line_end + 1;
    }
    return count;
}

enum record_result foreign_find(const uint8_t *data, size_t size,
        struct record *record, char why[RECORD_WHY_BYTES]) {
    uint8_t *bytes = malloc(size / 2 + 1);
    *record =
            (struct record){.bytes = bytes, .reset_cause = XIP_FAULT_NO_CAUSE};
    if (!bytes) {
        snprintf(why, RECORD_WHY_BYTES, "out of memory");
        return RECORD_TROUBLE;
    }
    record->size = collect(data, size, bytes);
    struct reader in = {bytes, record->size, false};
    if (record->size > 12 && bytes[0] == 'Z' && bytes[1] == 'E') {
        read_zephyr(&in, record);
    } else if (record->size > 8 && bytes[0] == 'c' && bytes[1] == 'C' &&
            bytes[2] == 3) {
        read_crashcatcher(&in, record);
    } else {
        record_free(record);
        return RECORD_NONE;
    }
    if (in.bad && !record->damage[0]) {
        snprintf(record->damage, sizeof record->damage, "it ends too early");
    }
    return record->damage[0] ? RECORD_DAMAGED : RECORD_GOOD;
}
