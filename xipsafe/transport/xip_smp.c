/*
 * xip_smp - a server of the Simple Management Protocol
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: the protocol's description in Zephyr's documentation ("SMP Protocol
 * Specification", "Default / OS Management Group", "Application/software image
 * management group").
 *
 * A handler returns 0, or what to answer instead of its map: the code of the
 * protocol, and above it the code of the group for clients of version 2.
 */
#include "xip_smp.h"

#include <stddef.h>
#include <string.h>

#include "xip_cbor.h"
#include "xip_compiler.h"

enum { GROUP_OS = 0, GROUP_IMAGE = 1 };
enum {
    OS_ECHO = 0,
    OS_CONSOLE_ECHO = 1,
    OS_RESET = 5,
    OS_PARAMETERS = 6,
    OS_INFO = 7,
    OS_BOOTLOADER = 8,
};
enum { IMAGE_STATE = 0, IMAGE_UPLOAD = 1, IMAGE_ERASE = 5, IMAGE_SLOTS = 6 };
enum { XIPSAFE_LAYOUT = 0 };

enum {
    OS_NO_ANSWER = XIP_SMP_CODE(3, XIP_SMP_RC_INVALID),
    IMAGE_UNKNOWN = XIP_SMP_CODE(1, XIP_SMP_RC_UNKNOWN),
    IMAGE_NO_HASH = XIP_SMP_CODE(8, XIP_SMP_RC_NO_ENTRY),
    IMAGE_NO_FREE_SLOT = XIP_SMP_CODE(9, XIP_SMP_RC_BAD_STATE),
    IMAGE_WRITE_FAILED = XIP_SMP_CODE(12, XIP_SMP_RC_UNKNOWN),
    IMAGE_SLOT = XIP_SMP_CODE(14, XIP_SMP_RC_INVALID),
    IMAGE_LENGTH = XIP_SMP_CODE(21, XIP_SMP_RC_INVALID),
    IMAGE_HEADER = XIP_SMP_CODE(22, XIP_SMP_RC_INVALID),
    IMAGE_HASH = XIP_SMP_CODE(24, XIP_SMP_RC_CORRUPT),
    IMAGE_ADDRESS = XIP_SMP_CODE(25, XIP_SMP_RC_INVALID),
    IMAGE_OLDER = XIP_SMP_CODE(27, XIP_SMP_RC_BAD_STATE),
    IMAGE_TOO_LARGE = XIP_SMP_CODE(30, XIP_SMP_RC_INVALID),
    IMAGE_OVERRUN = XIP_SMP_CODE(31, XIP_SMP_RC_INVALID),
    IMAGE_NOT_CONFIRMED = XIP_SMP_CODE(32, XIP_SMP_RC_BAD_STATE),
    IMAGE_RUNS = XIP_SMP_CODE(33, XIP_SMP_RC_BAD_STATE),
    IMAGE_NO_ACTIVE = XIP_SMP_CODE(34, XIP_SMP_RC_BAD_STATE),
};

// Modes of a boot loader: direct XIP, without and with a way back.
enum { MODE_XIP = 4, MODE_XIP_REVERT = 5 };

static const struct xip_smp_images *images_of(const struct xip_smp_call *c) {
    return c->s->config.images;
}

static void *ctx_of(const struct xip_smp_call *c) {
    return c->s->config.ctx;
}

static void put_number(struct xip_smp_call *c, const char *key,
        uint32_t value) {
    xip_cbor_put_text(&c->out, key);
    xip_cbor_put(&c->out, XIP_CBOR_UINT, value);
}

static void put_key_text(struct xip_smp_call *c, const char *key,
        const char *text) {
    xip_cbor_put_text(&c->out, key);
    xip_cbor_put_text(&c->out, text);
}

static void begin_map(struct xip_smp_call *c, uint32_t pairs) {
    xip_cbor_put(&c->out, XIP_CBOR_MAP, pairs);
}

// Begin {key: [...
static void begin_array(struct xip_smp_call *c, const char *key,
        uint32_t count) {
    xip_cbor_put_text(&c->out, key);
    xip_cbor_put(&c->out, XIP_CBOR_ARRAY, count);
}

// A field of the request, in one piece and of the given type.
static bool get(const struct xip_smp_call *c, const char *key, unsigned type,
        struct xip_cbor_item *item) {
    return xip_cbor_find(&c->map, key, item) && item->type == type &&
            !item->open;
}

#if XIP_CFG_SMP_FULL
static bool get_true(const struct xip_smp_call *c, const char *key) {
    struct xip_cbor_item item;
    return get(c, key, XIP_CBOR_SIMPLE, &item) && item.value == XIP_CBOR_TRUE;
}
#endif

/// OS ///

static unsigned echo(struct xip_smp_call *c) {
    struct xip_cbor_item text;
    if (!get(c, "d", XIP_CBOR_TEXT, &text)) {
        return XIP_SMP_RC_INVALID;
    }
    begin_map(c, 1);
    xip_cbor_put_text(&c->out, "r");
    xip_cbor_put_string(&c->out, XIP_CBOR_TEXT, text.data, text.value);
    return 0;
}

static unsigned reset(struct xip_smp_call *c) {
    c->s->reset_wanted = true;
    begin_map(c, 0);
    return 0;
}

static unsigned parameters(struct xip_smp_call *c) {
    begin_map(c, 2);
    put_number(c, "buf_size", c->s->config.buffer_bytes);
    put_number(c, "buf_count", 1);
    return 0;
}

#if XIP_CFG_SMP_FULL
static unsigned info(struct xip_smp_call *c) {
    const char *const text = c->s->config.info;
    begin_map(c, 1);
    put_key_text(c, "output", text != NULL ? text : "xipsafe");
    return 0;
}

static unsigned bootloader(struct xip_smp_call *c) {
    struct xip_cbor_item query;
    if (!get(c, "query", XIP_CBOR_TEXT, &query)) {
        begin_map(c, 1);
        put_key_text(c, "bootloader", "xipsafe");
        return 0;
    }
    if (!xip_cbor_is(&query, "mode")) {
        return OS_NO_ANSWER;
    }
    const struct xip_smp_images *const images = images_of(c);
    begin_map(c, 1);
    put_number(c, "mode",
            images != NULL && images->confirm != NULL ? MODE_XIP_REVERT
                                                      : MODE_XIP);
    return 0;
}
#endif

static unsigned os_group(struct xip_smp_call *c) {
    switch (c->command) {
    case OS_ECHO: // read or write: clients differ
        return echo(c);
    case OS_CONSOLE_ECHO: // there is no echo to switch off
        begin_map(c, 1);
        put_number(c, "rc", 0);
        return 0;
    case OS_RESET:
        return c->op == XIP_SMP_WRITE ? reset(c) : XIP_SMP_RC_UNSUPPORTED;
    case OS_PARAMETERS:
        return parameters(c);
#if XIP_CFG_SMP_FULL
    case OS_INFO:
        return info(c);
    case OS_BOOTLOADER:
        return bootloader(c);
#endif
    default:
        return XIP_SMP_RC_UNSUPPORTED;
    }
}

/// Images ///

static unsigned code_of(int err) {
    switch (err) {
    case XIP_ERR_RANGE:
        return IMAGE_TOO_LARGE;
    case XIP_ERR_RUNNING:
        return IMAGE_RUNS;
    case XIP_ERR_BUSY:
        return XIP_SMP_CODE(1, XIP_SMP_RC_BUSY);
    case XIP_ERR_IMAGE:
        return IMAGE_HEADER;
    case XIP_ERR_HASH:
    case XIP_ERR_SIGNATURE:
        return IMAGE_HASH;
    case XIP_ERR_ADDRESS:
        return IMAGE_ADDRESS;
    case XIP_ERR_VERSION:
        return IMAGE_OLDER;
    case XIP_ERR_TRANSFER:
        return IMAGE_LENGTH;
#if XIP_CFG_SMP_FULL // an application
    case XIP_ERR_TRIAL:
        return IMAGE_NO_FREE_SLOT;
#endif
    default:
        return err < 0 ? IMAGE_WRITE_FAILED : 0;
    }
}

static int get_slot(struct xip_smp_call *c, unsigned slot,
        struct xip_smp_slot *s) {
    memset(s, 0, sizeof(*s));
    return images_of(c)->slot(ctx_of(c), slot, s);
}

static char *put_decimal(char *p, uint32_t value) {
    char digits[10];
    unsigned n = 0;
    do {
        digits[n++] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    while (n != 0u) {
        *p++ = digits[--n];
    }
    return p;
}

// a.b.c, and .d if there is a build number: so MCUboot and Zephyr write it.
static void put_version(struct xip_smp_call *c,
        const struct xip_image_version *v) {
    char text[3 + 1 + 3 + 1 + 5 + 1 + 10 + 1];
    char *p = put_decimal(text, v->major);
    *p++ = '.';
    p = put_decimal(p, v->minor);
    *p++ = '.';
    p = put_decimal(p, v->revision);
    if (v->build != 0u) {
        *p++ = '.';
        p = put_decimal(p, v->build);
    }
    *p = '\0';
    put_key_text(c, "version", text);
}

// No key more than these: some clients refuse unknown ones.
static void put_image(struct xip_smp_call *c, unsigned slot,
        const struct xip_smp_slot *s) {
    static const struct {
        char key[10];
        uint8_t flag;
    } flags[] = {
            {"bootable", XIP_SMP_BOOTABLE},
            {"pending", XIP_SMP_PENDING},
            {"confirmed", XIP_SMP_CONFIRMED},
            {"active", XIP_SMP_ACTIVE},
            {"permanent", XIP_SMP_PERMANENT},
    };
    const uint32_t count = sizeof(flags) / sizeof(flags[0]);
    begin_map(c, 4u + count);
    put_number(c, "image", 0);
    put_number(c, "slot", slot);
    put_version(c, &s->version);
    xip_cbor_put_text(&c->out, "hash");
    xip_cbor_put_string(&c->out, XIP_CBOR_BYTES, s->digest, sizeof(s->digest));
    for (uint32_t i = 0; i < count; i++) {
        xip_cbor_put_text(&c->out, flags[i].key);
        xip_cbor_put_bool(&c->out, (s->flags & flags[i].flag) != 0u);
    }
}

static unsigned put_list(struct xip_smp_call *c) {
    struct xip_smp_slot s;
    uint32_t count = 0;
    for (unsigned i = 0; i < images_of(c)->slot_count; i++) {
        if (get_slot(c, i, &s) != 0) {
            return IMAGE_UNKNOWN;
        }
        count += (s.flags & XIP_SMP_PRESENT) != 0u ? 1u : 0u;
    }
    begin_map(c, 1);
    begin_array(c, "images", count);
    for (unsigned i = 0; i < images_of(c)->slot_count; i++) {
        (void)get_slot(c, i, &s);
        if ((s.flags & XIP_SMP_PRESENT) != 0u) {
            put_image(c, i, &s);
        }
    }
    return 0;
}

#if XIP_CFG_SMP_FULL
static unsigned put_slots(struct xip_smp_call *c) {
    struct xip_smp_slot s;
    const unsigned count = images_of(c)->slot_count;
    begin_map(c, 1);
    begin_array(c, "images", 1);
    begin_map(c, 2);
    put_number(c, "image", 0);
    begin_array(c, "slots", count);
    for (unsigned i = 0; i < count; i++) {
        if (get_slot(c, i, &s) != 0) {
            return IMAGE_UNKNOWN;
        }
        begin_map(c, 2);
        put_number(c, "slot", i);
        put_number(c, "size", s.size_bytes);
    }
    return 0;
}
#endif

static unsigned layout(struct xip_smp_call *c) {
    struct xip_smp_slot s;
    const char *const board = c->s->config.board;
    const unsigned count = images_of(c)->slot_count;
    begin_map(c, board != NULL ? 2u : 1u);
    if (board != NULL) {
        put_key_text(c, "board", board);
    }
    begin_array(c, "slots", count);
    for (unsigned i = 0; i < count; i++) {
        if (get_slot(c, i, &s) != 0) {
            return XIP_SMP_RC_UNKNOWN;
        }
        begin_map(c, 2);
        put_number(c, "addr", s.addr);
        put_number(c, "size", s.size_bytes);
    }
    return 0;
}

#if XIP_CFG_SMP_FULL
// The first slot that holds the image with this digest, or with NULL the one
// that runs. slot_count: there is none.
static unsigned find_image(struct xip_smp_call *c, const uint8_t *digest,
        struct xip_smp_slot *s) {
    unsigned i = 0;
    for (; i < images_of(c)->slot_count; i++) {
        if (get_slot(c, i, s) != 0 || (s->flags & XIP_SMP_PRESENT) == 0u) {
            continue;
        }
        if (digest == NULL
                        ? (s->flags & XIP_SMP_ACTIVE) != 0u
                        : memcmp(digest, s->digest, sizeof(s->digest)) == 0) {
            break;
        }
    }
    return i;
}

static unsigned set_state(struct xip_smp_call *c) {
    struct xip_cbor_item hash;
    struct xip_smp_slot s;
    const struct xip_smp_images *const images = images_of(c);
    const bool confirm = get_true(c, "confirm");
    const bool has_hash = get(c, "hash", XIP_CBOR_BYTES, &hash);
    if (has_hash ? hash.value != sizeof(s.digest) : !confirm) {
        return IMAGE_HASH;
    }
    const unsigned slot = find_image(c, has_hash ? hash.data : NULL, &s);
    if (slot == images->slot_count) {
        return has_hash ? IMAGE_NO_HASH : IMAGE_NO_ACTIVE;
    }
    int (*const act)(void *, unsigned) =
            confirm ? images->confirm : images->test;
    if (act == NULL) {
        return XIP_SMP_RC_UNSUPPORTED;
    }
    if (!confirm && (s.flags & XIP_SMP_ACTIVE) != 0u) {
        return IMAGE_RUNS;
    }
    const int err = act(ctx_of(c), slot);
    if (confirm && err == XIP_ERR_VERSION) {
        return IMAGE_NOT_CONFIRMED;
    }
    return err != 0 ? code_of(err) : put_list(c);
}
#endif

static unsigned erase(struct xip_smp_call *c) {
    struct xip_cbor_item item;
    struct xip_smp_slot s;
    const struct xip_smp_images *const images = images_of(c);
    const unsigned slot = get(c, "slot", XIP_CBOR_UINT, &item) ? item.value : 1;
    if (images->erase == NULL) {
        return XIP_SMP_RC_UNSUPPORTED;
    }
    if (slot >= images->slot_count) {
        return IMAGE_SLOT;
    }
    if (get_slot(c, slot, &s) != 0 || (s.flags & XIP_SMP_ACTIVE) != 0u) {
        return IMAGE_RUNS;
    }
    xip_smp_forget(c->s);
    const unsigned code = code_of(images->erase(ctx_of(c), slot));
    begin_map(c, 0);
    return code;
}

/// Upload ///

void xip_smp_forget(struct xip_smp *s) {
    s->received_bytes = 0;
    s->total_bytes = 0;
    s->has_sha = false;
}

// The client begins again with a file of which a part is there already.
static bool resumes(const struct xip_smp *s, const struct xip_cbor_item *sha,
        uint32_t total_bytes) {
    return s->has_sha && sha->data != NULL && s->total_bytes == total_bytes &&
            s->received_bytes < s->total_bytes &&
            memcmp(s->sha, sha->data, sizeof(s->sha)) == 0;
}

static unsigned begin_upload(struct xip_smp_call *c,
        const struct xip_cbor_item *data, const struct xip_cbor_item *sha,
        uint32_t total_bytes) {
    struct xip_smp *const s = c->s;
    const struct xip_smp_upload upload = {
        .data = data->data,
        .data_bytes = data->value,
        .total_bytes = total_bytes,
        .sha = sha->data,
#if XIP_CFG_SMP_FULL // else there is nothing that runs and could be newer
        .upgrade = get_true(c, "upgrade"),
#endif
    };
    xip_smp_forget(s);
    const unsigned code = code_of(images_of(c)->begin(ctx_of(c), &upload));
    if (code == 0u) {
        s->total_bytes = total_bytes;
        s->has_sha = sha->data != NULL;
        if (s->has_sha) {
            memcpy(s->sha, sha->data, sizeof(s->sha));
        }
    }
    return code;
}

static unsigned write_data(struct xip_smp_call *c,
        const struct xip_cbor_item *data) {
    struct xip_smp *const s = c->s;
    if (data->value > s->total_bytes - s->received_bytes) {
        return IMAGE_OVERRUN;
    }
    int err = images_of(c)->write(ctx_of(c), data->data, data->value);
    if (err >= 0) {
        s->received_bytes += data->value;
        if ((uint32_t)err > s->received_bytes &&
                (uint32_t)err <= s->total_bytes) {
            s->received_bytes = (uint32_t)err;
        }
        err = 0;
        if (s->received_bytes == s->total_bytes) {
            err = images_of(c)->finish(ctx_of(c));
        }
    }
    if (err != 0) {
        xip_smp_forget(s);
    }
    return code_of(err);
}

// An offset that does not fit is no error: the answer says which one does. So
// a client whose packet or answer was lost finds the way back.
static unsigned upload(struct xip_smp_call *c) {
    struct xip_smp *const s = c->s;
    struct xip_cbor_item off;
    struct xip_cbor_item data;
    struct xip_cbor_item sha;
    struct xip_cbor_item len;
    if (!get(c, "off", XIP_CBOR_UINT, &off)) {
        return XIP_SMP_RC_INVALID;
    }
    if (!get(c, "data", XIP_CBOR_BYTES, &data)) {
        memset(&data, 0, sizeof(data));
    }
    if (!get(c, "sha", XIP_CBOR_BYTES, &sha) || sha.value != sizeof(s->sha)) {
        sha.data = NULL; // shorter ones only name an upload; they resume none
    }
    if (off.value == 0u) {
        if (!get(c, "len", XIP_CBOR_UINT, &len) || len.value == 0u) {
            return IMAGE_LENGTH;
        }
        if (!resumes(s, &sha, len.value)) {
            const unsigned code = begin_upload(c, &data, &sha, len.value);
            if (code != 0u) {
                return code;
            }
        }
    }
    if (off.value == s->received_bytes && s->received_bytes < s->total_bytes) {
        const unsigned code = write_data(c, &data);
        if (code != 0u) {
            return code;
        }
    }
    begin_map(c, 1);
    put_number(c, "off", s->received_bytes);
    return 0;
}

static unsigned image_group(struct xip_smp_call *c) {
    switch (c->command << 2 | c->op) {
    case IMAGE_STATE << 2 | XIP_SMP_READ:
        return put_list(c);
    case IMAGE_UPLOAD << 2 | XIP_SMP_WRITE:
        return images_of(c)->begin != NULL ? upload(c) : XIP_SMP_RC_UNSUPPORTED;
#if XIP_CFG_SMP_FULL
    case IMAGE_SLOTS << 2 | XIP_SMP_READ:
        return put_slots(c);
    case IMAGE_STATE << 2 | XIP_SMP_WRITE:
        return set_state(c);
#endif
    case IMAGE_ERASE << 2 | XIP_SMP_WRITE:
        return erase(c);
    default:
        return XIP_SMP_RC_UNSUPPORTED;
    }
}

/// Packets ///

static XIP_NOINLINE unsigned dispatch(struct xip_smp_call *c) {
    if (c->group == GROUP_OS) {
        return os_group(c);
    }
    if (images_of(c) != NULL) {
        if (c->group == GROUP_IMAGE) {
            return image_group(c);
        }
        if (c->group == XIP_SMP_GROUP_XIPSAFE && c->command == XIPSAFE_LAYOUT &&
                c->op == XIP_SMP_READ) {
            return layout(c);
        }
    }
#if XIP_CFG_SMP_FULL
    if (c->s->config.more != NULL) {
        return c->s->config.more(c->s->config.more_ctx, c);
    }
#endif
    return XIP_SMP_RC_UNSUPPORTED;
}

// The request's map must be whole: nothing is done for half of one. Empty is
// accepted, since some clients send no map with a reset.
static bool map_is_whole(const struct xip_cbor *map) {
    struct xip_cbor at = *map;
    struct xip_cbor_item item;
    return at.next == at.end ||
            (xip_cbor_read(&at, &item) && item.type == XIP_CBOR_MAP &&
                    xip_cbor_skip(&at, &item));
}

static void put_code(struct xip_smp_call *c, unsigned code, bool by_group) {
    if (by_group) {
        begin_map(c, 1);
        xip_cbor_put_text(&c->out, "err");
        begin_map(c, 2);
        put_number(c, "group", c->group);
        put_number(c, "rc", code >> 8);
    } else {
        begin_map(c, 1);
        put_number(c, "rc", code & 0xFFu);
    }
}

void xip_smp_init(struct xip_smp *s, const struct xip_smp_config *config) {
    memset(s, 0, sizeof(*s));
    s->config = *config;
}

uint32_t xip_smp_handle(struct xip_smp *s, const uint8_t *req,
        uint32_t req_bytes, uint8_t *rsp, uint32_t cap) {
    if (req_bytes < XIP_SMP_HEADER_BYTES || cap < XIP_SMP_HEADER_BYTES) {
        return 0;
    }
    const uint32_t len = (uint32_t)req[2] << 8 | req[3];
    const unsigned version = req[0] >> 3 & 3u;
    struct xip_smp_call c = {
            .s = s,
            .op = req[0] & 7u,
            .group = (unsigned)req[4] << 8 | req[5],
            .command = req[7],
    };
    // An answer must never be answered, or two servers would go on for ever.
    if ((c.op != XIP_SMP_READ && c.op != XIP_SMP_WRITE) ||
            len > req_bytes - XIP_SMP_HEADER_BYTES) {
        return 0;
    }
    uint8_t *const body = rsp + XIP_SMP_HEADER_BYTES;
    c.map.next = req + XIP_SMP_HEADER_BYTES;
    c.map.end = c.map.next + len;
    c.out.next = body;
    c.out.end = rsp + cap;

    unsigned code = version > 1u   ? XIP_SMP_RC_TOO_NEW
            : map_is_whole(&c.map) ? dispatch(&c)
                                   : XIP_SMP_RC_INVALID;
    if (code == 0u && c.out.full) {
        code = XIP_SMP_RC_SIZE;
    }
    if (code != 0u) {
        c.out.next = body;
        c.out.full = false;
        put_code(&c, code, version == 1u && code >> 8 != 0u);
        if (c.out.full) {
            return 0;
        }
    }
    const uint32_t body_bytes = (uint32_t)(c.out.next - body);
    memcpy(rsp, req, XIP_SMP_HEADER_BYTES);
    rsp[0] = (uint8_t)((version > 1u ? 1u : version) << 3 | (c.op + 1u));
    rsp[1] = 0;
    rsp[2] = (uint8_t)(body_bytes >> 8);
    rsp[3] = (uint8_t)body_bytes;
    return XIP_SMP_HEADER_BYTES + body_bytes;
}
