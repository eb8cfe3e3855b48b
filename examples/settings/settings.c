/*
 * settings - numbered values in two blocks of a region, safe at any power cut
 *
 * SPDX-License-Identifier: MIT
 *
 * How a block is chosen. Its header is written last, after everything that was
 * copied into it, so a complete header with a seal means a complete block. The
 * seal may be unstable; therefore a mount that chooses a block without a
 * complete record after the copied ones appends one before it returns. Such a
 * block is proven: from then on it is valid without its seal. A block is erased
 * only after it was marked dead, and the mark invalidates an unproven one: a
 * half-erased block can look complete for a while.
 */
#include "settings.h"

#include <stddef.h>
#include <string.h>

enum { SLOT_HEADER, SLOT_DEAD, SLOT_FIRST };
#define SLOTS_MIN 16u
// Room after the keys of a full block: a decision, the newest record again, and
// the new one.
#define SLOTS_SPARE 4u

#define KEY_HEADER 0xFFFEu
#define KEY_VOID 0xFFFDu // "what was cut before me never happened"
#define MAGIC 0x31544553u

#define MARK_BYTES 8u
static const uint8_t mark_zero[MARK_BYTES];

struct body {
    uint16_t key;
    uint16_t len_bytes;
    uint8_t value[SETTINGS_VALUE_BYTES];
    uint32_t crc;
};

struct slot {
    uint8_t claim[MARK_BYTES];
    struct body body;
    uint8_t seal[MARK_BYTES];
};
_Static_assert(sizeof(struct slot) == SETTINGS_SLOT_BYTES, "slot");

struct header {
    uint32_t magic, sequence, copied;
};

/// Slots ///

static uint32_t slots_of(const struct settings *s) {
    return s->region.block_bytes / SETTINGS_SLOT_BYTES;
}

static bool marked(const uint8_t *mark) {
    return memcmp(mark, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", MARK_BYTES) != 0;
}

// CRC-32 of IEEE 802.3, bit by bit: no table in RAM or flash.
static uint32_t crc_of(const struct body *body) {
    const uint8_t *const p = (const uint8_t *)body;
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t i = 0; i < offsetof(struct body, crc); i++) {
        crc ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

static bool whole(const struct body *body) {
    return body->len_bytes <= SETTINGS_VALUE_BYTES && body->crc == crc_of(body);
}

static int read_slot(const struct settings *s, uint32_t block, uint32_t i,
        struct slot *slot) {
    return xip_region_block_read(&s->region, block, i * SETTINGS_SLOT_BYTES,
            slot, sizeof(*slot));
}

static int put(const struct settings *s, uint32_t block, uint32_t i,
        uint32_t off, const void *data, uint32_t len) {
    return xip_region_block_program(&s->region, block,
            i * SETTINGS_SLOT_BYTES + off, data, len);
}

static int claim_slot(const struct settings *s, uint32_t block, uint32_t i) {
    return put(s, block, i, offsetof(struct slot, claim), mark_zero,
            MARK_BYTES);
}

// The order matters: see settings.h.
static int fill_slot(const struct settings *s, uint32_t block, uint32_t i,
        const struct body *body) {
    int err = claim_slot(s, block, i);
    if (err == 0) {
        err = put(s, block, i, offsetof(struct slot, body), body,
                sizeof(*body));
    }
    if (err == 0) {
        err = put(s, block, i, offsetof(struct slot, seal), mark_zero,
                MARK_BYTES);
    }
    return err;
}

static struct body make_body(uint16_t key, const void *value, uint32_t len) {
    struct body body;
    memset(&body, 0, sizeof(body));
    body.key = key;
    body.len_bytes = (uint16_t)len;
    if (len != 0u) {
        memcpy(body.value, value, len);
    }
    body.crc = crc_of(&body);
    return body;
}

// Later records may depend on it: it is complete.
static int append(struct settings *s, const struct body *body) {
    const int err = fill_slot(s, s->block, s->next, body);
    if (err == 0) {
        s->last = s->next++;
        s->settled = true;
    }
    return err;
}

static int append_void(struct settings *s) {
    const struct body body = make_body(KEY_VOID, NULL, 0);
    return append(s, &body);
}

// Newest sealed record of key in the block in use: its slot, or 0. The last one
// was found sealed; an unstable seal may read differently by now.
static int find(const struct settings *s, uint16_t key, struct slot *slot) {
    for (uint32_t i = s->last; i >= SLOT_FIRST; i--) {
        const int err = read_slot(s, s->block, i, slot);
        if (err != 0) {
            return err;
        }
        const bool sealed = i == s->last || marked(slot->seal);
        if (slot->body.key == key && sealed && whole(&slot->body)) {
            return (int)i;
        }
    }
    return 0;
}

// 1 if slot i holds the newest record of a key.
static int is_newest(const struct settings *s, uint32_t i, struct slot *slot) {
    int at = read_slot(s, s->block, i, slot);
    if (at != 0 || slot->body.key > SETTINGS_KEY_MAX) {
        return at;
    }
    at = find(s, slot->body.key, slot);
    return at < 0 ? at : at == (int)i;
}

static int count_keys(struct settings *s) {
    s->keys = 0;
    for (uint32_t i = SLOT_FIRST; i <= s->last; i++) {
        struct slot slot;
        const int newest = is_newest(s, i, &slot);
        if (newest < 0) {
            return newest;
        }
        s->keys += (uint32_t)newest;
    }
    return 0;
}

/// Moving to the other block ///

static int clear_block(const struct settings *s, uint32_t block) {
    const int err = claim_slot(s, block, SLOT_DEAD);
    return err != 0 ? err : xip_region_block_erase(&s->region, block);
}

static int put_header(struct settings *s, uint32_t block, uint32_t sequence,
        uint32_t copied) {
    const struct header header = {MAGIC, sequence, copied};
    const struct body body = make_body(KEY_HEADER, &header, sizeof(header));
    const int err = fill_slot(s, block, SLOT_HEADER, &body);
    if (err == 0) {
        s->block = block;
        s->sequence = sequence;
        s->next = SLOT_FIRST + copied;
        s->last = s->next - 1u;
        s->settled = true;
    }
    return err;
}

static int copy_newest(const struct settings *s, uint32_t other,
        uint16_t but_key, uint32_t *copied) {
    for (uint32_t i = SLOT_FIRST; i <= s->last; i++) {
        struct slot slot;
        int err = is_newest(s, i, &slot);
        if (err == 1) {
            err = slot.body.key == but_key
                    ? 0
                    : fill_slot(s, other, SLOT_FIRST + (*copied)++, &slot.body);
        }
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

// extra: a record that is newer than all that is sealed; VOID stands for none.
static int compact(struct settings *s, const struct body *extra) {
    const uint32_t other = s->block ^ 1u;
    uint32_t copied = 0;
    int err = clear_block(s, other);
    if (err == 0) {
        err = copy_newest(s, other, extra->key, &copied);
    }
    if (err == 0 && extra->key != KEY_VOID) {
        err = fill_slot(s, other, SLOT_FIRST + copied++, extra);
    }
    return err != 0 ? err : put_header(s, other, s->sequence + 1u, copied);
}

/// Mounting ///

// Is there a complete record after the copied ones? Then the block was in use.
static int is_proven(const struct settings *s, uint32_t block,
        uint32_t copied) {
    for (uint32_t i = SLOT_FIRST + copied; i < slots_of(s); i++) {
        struct slot slot;
        const int err = read_slot(s, block, i, &slot);
        if (err != 0) {
            return err;
        }
        if (marked(slot.claim) && whole(&slot.body)) {
            return 1;
        }
    }
    return 0;
}

// 1 if the block can be used.
static int look_at_block(const struct settings *s, uint32_t block,
        struct header *header) {
    struct slot slot;
    struct slot dead;
    int err = read_slot(s, block, SLOT_HEADER, &slot);
    if (err == 0) {
        err = read_slot(s, block, SLOT_DEAD, &dead);
    }
    if (err != 0) {
        return err;
    }
    memcpy(header, slot.body.value, sizeof(*header));
    if (!whole(&slot.body) || slot.body.key != KEY_HEADER ||
            header->magic != MAGIC ||
            header->copied > slots_of(s) - SLOT_FIRST - SLOTS_SPARE) {
        return 0;
    }
    if (marked(slot.seal) && !marked(dead.claim)) {
        return 1;
    }
    return is_proven(s, block, header->copied);
}

static int format(struct settings *s) {
    int err = clear_block(s, 1);
    if (err == 0) {
        err = clear_block(s, 0);
    }
    return err != 0 ? err : put_header(s, 0, 1, 0);
}

// Returns 1 if it had to format.
static int choose_block(struct settings *s, uint32_t *copied) {
    struct header header[2];
    int found[2];
    for (uint32_t block = 0; block < 2u; block++) {
        found[block] = look_at_block(s, block, &header[block]);
        if (found[block] < 0) {
            return found[block];
        }
    }
    if (found[0] == 0 && found[1] == 0) {
        *copied = 0;
        const int err = format(s);
        return err != 0 ? err : 1;
    }
    const bool second = found[1] != 0 &&
            (found[0] == 0 || header[1].sequence > header[0].sequence);
    s->block = second ? 1u : 0u;
    s->sequence = header[s->block].sequence;
    *copied = header[s->block].copied;
    return 0;
}

static int find_end(struct settings *s, uint32_t copied) {
    s->next = SLOT_FIRST + copied;
    s->last = s->next - 1u;
    for (uint32_t i = s->next; i < slots_of(s); i++) {
        struct slot slot;
        const int err = read_slot(s, s->block, i, &slot);
        if (err != 0) {
            return err;
        }
        if (marked(slot.claim) || marked(slot.seal)) {
            s->next = i + 1u;
        }
        if (marked(slot.seal)) {
            s->last = i;
        }
    }
    return 0;
}

// Decide about the records that were cut after the last seal, and append the
// decision, so that it is never made again: the newest record that is complete
// now. If none is, that is the sealed one, whose seal may be unstable as well.
static int decide(struct settings *s) {
    struct body decision = make_body(KEY_VOID, NULL, 0);
    for (uint32_t i = s->last; i < s->next; i++) {
        struct slot slot;
        const int err = read_slot(s, s->block, i, &slot);
        if (err != 0) {
            return err;
        }
        if (i >= SLOT_FIRST && whole(&slot.body)) {
            decision = slot.body;
        }
    }
    if (s->next < slots_of(s)) {
        return append(s, &decision);
    }
    const int err = compact(s, &decision);
    return err != 0 ? err : append_void(s);
}

static int recover(struct settings *s, uint32_t copied) {
    int err = find_end(s, copied);
    if (err == 0 && s->last + 1u < s->next) {
        return decide(s);
    }
    if (err == 0 && s->last < SLOT_FIRST + copied) {
        err = append_void(s); // proves the block
    }
    return err;
}

int settings_mount(struct settings *s, const struct xip_region *region) {
    if (s == NULL || region == NULL || region->dev == NULL) {
        return XIP_ERR_PARAM;
    }
    memset(s, 0, sizeof(*s));
    s->region = *region;
    s->error = XIP_ERR_PARAM;
    if (region->block_count < 2u || slots_of(s) < SLOTS_MIN) {
        return XIP_ERR_RANGE;
    }
    uint32_t copied = 0;
    const int formatted = choose_block(s, &copied);
    int err = formatted < 0 ? formatted : recover(s, copied);
    if (err == 0) {
        err = count_keys(s);
    }
    s->error = err;
    return err != 0 ? err : formatted;
}

/// Values ///

int settings_get(const struct settings *s, uint16_t key, void *value,
        uint32_t cap) {
    if (s == NULL || key > SETTINGS_KEY_MAX || (value == NULL && cap != 0u)) {
        return XIP_ERR_PARAM;
    }
    if (s->error != 0) {
        return s->error;
    }
    struct slot slot;
    const int at = find(s, key, &slot);
    if (at <= 0) {
        return at < 0 ? at : SETTINGS_NONE;
    }
    const uint32_t len = slot.body.len_bytes;
    if (cap != 0u) {
        memcpy(value, slot.body.value, len < cap ? len : cap);
    }
    return (int)len;
}

// The newest record's seal may be unstable: write the record again before any
// other follows it.
static int settle(struct settings *s) {
    if (s->settled) {
        return 0;
    }
    struct slot slot;
    const int err = read_slot(s, s->block, s->last, &slot);
    return err != 0 ? err : append(s, &slot.body);
}

static int store(struct settings *s, const struct body *body) {
    static const struct body none = {.key = KEY_VOID};
    int err = 0;
    if (s->next + (s->settled ? 1u : 2u) > slots_of(s)) {
        err = compact(s, &none);
    }
    if (err == 0) {
        err = settle(s);
    }
    return err != 0 ? err : append(s, body);
}

int settings_set(struct settings *s, uint16_t key, const void *value,
        uint32_t len_bytes) {
    if (s == NULL || key > SETTINGS_KEY_MAX ||
            len_bytes > SETTINGS_VALUE_BYTES ||
            (value == NULL && len_bytes != 0u)) {
        return XIP_ERR_PARAM;
    }
    if (s->error != 0) {
        return s->error;
    }
    struct slot slot;
    const int known = find(s, key, &slot);
    if (known < 0) {
        return known;
    }
    if (known == 0 && s->keys + SLOT_FIRST + SLOTS_SPARE >= slots_of(s)) {
        return SETTINGS_FULL;
    }
    const struct body body = make_body(key, value, len_bytes);
    s->error = store(s, &body);
    if (s->error == 0 && known == 0) {
        s->keys++;
    }
    return s->error;
}
