/*
 * xip_smp_fault - fault records over SMP
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: "File management" and its error codes, of the protocol's description
 * in Zephyr's documentation.
 */
#include "xip_smp_fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { GROUP_FILE = 8 };
enum { FILE_DOWNLOAD = 0, FILE_STATUS = 1 };
enum {
    FILE_NAME = XIP_SMP_CODE(2, XIP_SMP_RC_INVALID),
    FILE_NOT_FOUND = XIP_SMP_CODE(3, XIP_SMP_RC_NO_ENTRY),
    FILE_READ_FAILED = XIP_SMP_CODE(7, XIP_SMP_RC_UNKNOWN),
    FILE_OFFSET = XIP_SMP_CODE(12, XIP_SMP_RC_INVALID),
    FILE_READ_ONLY = XIP_SMP_CODE(15, XIP_SMP_RC_UNSUPPORTED),
};

#define FOLDER "/crash/"
#define AGE_MAX 9999u
// {"off": n, "data": h'', "len": n} with the largest numbers, and no data.
#define AROUND_DATA_BYTES 32u

// The record of that age, 0 the newest, in *data. Returns its size, 0 if there
// is none, or an enum xip_err.
static int find(const struct xip_smp_fault *f, uint32_t age,
        const void **data) {
    if (f->record != NULL) {
        if (age == 0u) {
            *data = f->record;
            return (int)f->record->size_bytes;
        }
        age--;
    }
    if (f->read == NULL) {
        return 0;
    }
    *data = f->buffer;
    return f->read(f->ring, age, f->buffer, f->buffer_bytes);
}

/// Files ///

// The age that a name says. False: no name of ours.
static bool age_of(const struct xip_cbor_item *name, uint32_t *age) {
    const uint32_t folder_bytes = sizeof(FOLDER) - 1u;
    *age = 0;
    if (name->value <= folder_bytes) {
        return false;
    }
    for (uint32_t i = 0; i < name->value; i++) {
        const uint8_t c = name->data[i];
        if (i < folder_bytes) {
            if (c != (uint8_t)FOLDER[i]) {
                return false;
            }
        } else if (c < '0' || c > '9' || *age > AGE_MAX) {
            return false;
        } else {
            *age = 10u * *age + (uint32_t)(c - '0');
        }
    }
    return true;
}

static void put_number(struct xip_smp_call *c, const char *key,
        uint32_t value) {
    xip_cbor_put_text(&c->out, key);
    xip_cbor_put(&c->out, XIP_CBOR_UINT, value);
}

// As much of the file as the answer takes.
static unsigned download(struct xip_smp_call *c, const uint8_t *data,
        uint32_t size_bytes) {
    struct xip_cbor_item off;
    if (!xip_cbor_find(&c->map, "off", &off) || off.type != XIP_CBOR_UINT) {
        return XIP_SMP_RC_INVALID;
    }
    if (off.value > size_bytes) {
        return FILE_OFFSET;
    }
    const uint32_t room = (uint32_t)(c->out.end - c->out.next);
    if (room <= AROUND_DATA_BYTES) {
        return XIP_SMP_RC_SIZE;
    }
    uint32_t len = size_bytes - off.value;
    if (len > room - AROUND_DATA_BYTES) {
        len = room - AROUND_DATA_BYTES;
    }
    xip_cbor_put(&c->out, XIP_CBOR_MAP, off.value == 0u ? 3u : 2u);
    put_number(c, "off", off.value);
    xip_cbor_put_text(&c->out, "data");
    xip_cbor_put_string(&c->out, XIP_CBOR_BYTES, data + off.value, len);
    if (off.value == 0u) {
        put_number(c, "len", size_bytes);
    }
    return 0;
}

static unsigned file_group(const struct xip_smp_fault *f,
        struct xip_smp_call *c) {
    struct xip_cbor_item name;
    uint32_t age;
    const void *data;
    if (c->command != FILE_DOWNLOAD && c->command != FILE_STATUS) {
        return XIP_SMP_RC_UNSUPPORTED;
    }
    if (c->op != XIP_SMP_READ) {
        return FILE_READ_ONLY;
    }
    if (!xip_cbor_find(&c->map, "name", &name) || name.type != XIP_CBOR_TEXT ||
            name.open) {
        return XIP_SMP_RC_INVALID;
    }
    if (!age_of(&name, &age)) {
        return FILE_NAME;
    }
    const int size = find(f, age, &data);
    if (size <= 0) {
        return size == 0 ? FILE_NOT_FOUND : FILE_READ_FAILED;
    }
    if (c->command == FILE_DOWNLOAD) {
        return download(c, data, (uint32_t)size);
    }
    xip_cbor_put(&c->out, XIP_CBOR_MAP, 1);
    put_number(c, "len", (uint32_t)size);
    return 0;
}

/// Our own command ///

// The older ones first: a cut in between leaves the newest.
static unsigned forget(struct xip_smp_fault *f, struct xip_smp_call *c) {
    if (f->record != NULL && f->forget == NULL) {
        return XIP_SMP_RC_UNSUPPORTED;
    }
    if (f->erase != NULL && f->erase(f->ring) != 0) {
        return XIP_SMP_RC_UNKNOWN;
    }
    if (f->record != NULL) {
        f->forget();
        f->record = NULL;
    }
    xip_cbor_put(&c->out, XIP_CBOR_MAP, 0);
    return 0;
}

unsigned xip_smp_fault_handle(void *fault, struct xip_smp_call *call) {
    if (call->group == GROUP_FILE) {
        return file_group(fault, call);
    }
    if (call->group == XIP_SMP_GROUP_XIPSAFE &&
            call->command == XIP_SMP_XIPSAFE_FORGET &&
            call->op == XIP_SMP_WRITE) {
        return forget(fault, call);
    }
    return XIP_SMP_RC_UNSUPPORTED;
}
