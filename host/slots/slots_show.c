/*
 * slots_show - the journal, the slots and the choice, as text and JSON
 *
 * SPDX-License-Identifier: MIT
 */
#include "slots/slots_show.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/number.h"

#define TEXT 120

/// Words ///

static const char *const states[] = {
        "unknown", "being written", "on trial", "confirmed", "rejected"};
static const char *const records[] = {"blank", "damaged", "whole"};

static const char *state_name(unsigned state) {
    return state < sizeof states / sizeof states[0] ? states[state]
                                                    : "of an unknown state";
}

static const char *version_text(const struct decide_slot *s, char *text,
        size_t room) {
    snprintf(text, room, "%u.%u.%u+%" PRIu32, s->version.major,
            s->version.minor, s->version.revision, s->version.build);
    return text;
}

static const char *entry_text(const struct xip_slot_info *e, char *text,
        size_t room) {
    const char *name = state_name(e->state);
    if (e->state == XIP_SLOT_TRIAL) {
        const int n = snprintf(text, room, "%s, %u starts", name,
                (unsigned)(e->tries + e->refunds));
        if (e->refunds) {
            snprintf(text + n, room - (size_t)n, ", %u of them refunded",
                    e->refunds);
        }
    } else if (e->state == XIP_SLOT_REJECTED) {
        snprintf(text, room, "%s: %s", name, xip_image_reason_text(e->reason));
    } else {
        snprintf(text, room, "%s", name);
    }
    return text;
}

// Why the boot program takes this slot: docs/SLOTS.md, "What starts".
static const char *why(const struct slots_view *v) {
    const struct decision *d = v->decision;
    if (d->starts < 0) {
        return "no slot has an image that may start";
    }
    const struct xip_slot_info *e = &d->slot[d->starts].entry;
    if (!v->journal) {
        return "it has the highest version that verifies";
    }
    if (d->journal_err) {
        return "the journal cannot be read, and it has the highest version";
    }
    if (e->state == XIP_SLOT_TRIAL) {
        return "it is on trial";
    }
    if (e->state == XIP_SLOT_REJECTED) {
        return "it was rejected, and there is nothing better";
    }
    if (d->chosen == d->starts) {
        return "it was confirmed or chosen last";
    }
    return e->state == XIP_SLOT_CONFIRMED
            ? "it has the highest version that is confirmed or unknown"
            : "nothing is recorded of it, and it has the highest version";
}

static const char *sector_state(const struct journal_file *j, int sector) {
    return j->sector[sector].newest < 0 ? "has no sealed record"
            : j->current == sector      ? "current"
                                        : "superseded";
}

/// Text ///

static void put_position(const struct journal_position *p, unsigned i) {
    printf("    position %3u  %s  record %s", i,
            p->claimed ? "claimed" : "NOT CLAIMED", records[p->record]);
    if (p->record == JOURNAL_WHOLE) {
        printf(", number %" PRIu32, p->number);
    }
    printf(", %s\n",
            p->second_seal    ? p->seal ? "sealed twice" : "SECOND SEAL ALONE"
                    : p->seal ? "sealed"
                              : "not sealed");
}

static void put_sector(const struct journal_file *j, int sector,
        bool with_records) {
    const struct journal_sector *s = &j->sector[sector];
    printf("  sector %d: %u of %u positions used, %s\n", sector, s->claimed,
            j->positions, sector_state(j, sector));
    for (unsigned i = 0; i < s->claimed && with_records; i++) {
        put_position(&s->position[i], i);
    }
}

static void put_journal(const struct slots_view *v, bool with_records) {
    const struct journal_file *j = v->journal;
    if (!j) {
        printf("journal: the board has none\n");
        return;
    }
    const struct journal_position *newest = journal_file_newest(j);
    printf("journal at 0x%06" PRIX32 ", ", v->options->board->journal.addr);
    if (!newest) {
        printf("without a record\n");
    } else {
        printf("record %" PRIu32 ", %s\n", newest->number,
                j->settled ? "settled"
                           : "not settled: a loss of power cut what came last");
    }
    put_sector(j, 0, with_records);
    put_sector(j, 1, with_records);
}

static void put_writing(const struct slots_view *v) {
    const struct journal_position *newest =
            v->journal ? journal_file_newest(v->journal) : NULL;
    if (newest && newest->payload[1]) {
        const uint8_t *p = newest->payload;
        printf("  slot %u is complete below 0x%06x, of an update with the "
               "identity 0x%08x\n",
                p[1] - 1u,
                (unsigned)p[8] | (unsigned)p[9] << 8 | (unsigned)p[10] << 16 |
                        (unsigned)p[11] << 24,
                (unsigned)p[4] | (unsigned)p[5] << 8 | (unsigned)p[6] << 16 |
                        (unsigned)p[7] << 24);
    }
}

static void put_slot(const struct slots_view *v, unsigned i) {
    const struct board *board = v->options->board;
    const struct decide_slot *s = &v->decision->slot[i];
    char text[TEXT];
    char version[TEXT] = "no image";
    if (s->has_image) {
        version_text(s, version, sizeof version);
    }
    printf("slot %u  0x%08" PRIX32 "  %-12s  %s%s%s\n", i,
            board->window.addr + board->slot[i].addr, version,
            entry_text(&s->entry, text, sizeof text),
            v->decision->chosen == (int)i ? ", chosen" : "",
            (int)i == v->decision->starts ? "  <- starts" : "");
    if ((int)i != v->decision->starts) {
        printf("        does not start: %s\n",
                xip_image_reason_text(s->reason));
    }
}

void slots_show_text(const struct slots_view *v, bool with_records) {
    const struct decision *d = v->decision;
    printf("%s: %s\n", v->path, v->options->board->name);
    put_journal(v, with_records);
    put_writing(v);
    for (unsigned i = 0; i < v->options->board->slot_count; i++) {
        put_slot(v, i);
    }
    if (d->starts < 0) {
        printf("nothing starts: %s\n", why(v));
    } else {
        printf("slot %d starts: %s\n", d->starts, why(v));
    }
    printf("after %s, %s%s\n",
            v->options->power_lost ? "a loss of power" : "another reset",
            v->options->trust.key_count ? "with this key"
                                        : "signatures not checked",
            d->records ? "; the boot program writes to the journal first" : "");
}

/// JSON ///

static json_t *sector_json(const struct journal_file *j, int sector) {
    const struct journal_sector *s = &j->sector[sector];
    json_t *list = json_array();
    for (unsigned i = 0; i < s->claimed; i++) {
        const struct journal_position *p = &s->position[i];
        json_t *entry = json_pack("{s:i, s:b, s:s, s:i}", "position", (int)i,
                "claimed", p->claimed, "record", records[p->record], "seals",
                p->seal + p->second_seal);
        if (p->record == JOURNAL_WHOLE) {
            json_object_set_new(entry, "number",
                    json_integer((json_int_t)p->number));
        }
        json_array_append_new(list, entry);
    }
    return json_pack("{s:i, s:s, s:o}", "used", (int)s->claimed, "state",
            sector_state(j, sector), "positions", list);
}

static json_t *journal_json(const struct slots_view *v) {
    const struct journal_file *j = v->journal;
    if (!j) {
        return json_null();
    }
    const struct journal_position *newest = journal_file_newest(j);
    return json_pack("{s:I, s:I, s:i, s:o, s:b, s:[o, o]}", "off",
            (json_int_t)v->options->board->journal.addr, "sector_bytes",
            (json_int_t)j->sector_bytes, "positions", (int)j->positions,
            "number",
            newest ? json_integer((json_int_t)newest->number) : json_null(),
            "settled", j->settled, "sectors", sector_json(j, 0),
            sector_json(j, 1));
}

static json_t *slot_json(const struct slots_view *v, unsigned i) {
    const struct decide_slot *s = &v->decision->slot[i];
    const struct board *board = v->options->board;
    char version[TEXT];
    char tag[20];
    snprintf(tag, sizeof tag, "0x%08" PRIx32, s->entry.tag);
    json_t *entry = json_pack(
            "{s:i, s:I, s:o, s:s, s:i, s:i, s:o, s:s, s:b, s:o}", "slot",
            (int)i, "addr",
            (json_int_t)board->window.addr + board->slot[i].addr, "version",
            s->has_image ? json_string(version_text(s, version, sizeof version))
                         : json_null(),
            "state", state_name(s->entry.state), "tries", s->entry.tries,
            "refunds", s->entry.refunds, "rejected_because",
            s->entry.state == XIP_SLOT_REJECTED
                    ? json_string(xip_image_reason_text(s->entry.reason))
                    : json_null(),
            "tag", tag, "chosen", v->decision->chosen == (int)i,
            "does_not_start_because",
            (int)i == v->decision->starts
                    ? json_null()
                    : json_string(xip_image_reason_text(s->reason)));
    return entry;
}

bool slots_show_json(const struct slots_view *v, FILE *out) {
    const struct decision *d = v->decision;
    json_t *slots = json_array();
    for (unsigned i = 0; i < v->options->board->slot_count; i++) {
        json_array_append_new(slots, slot_json(v, i));
    }
    json_t *all = json_pack("{s:i, s:s, s:o, s:o, s:o, s:s, s:b, s:b}",
            "format", 1, "board", v->options->board->name, "journal",
            journal_json(v), "slots", slots, "starts",
            d->starts < 0 ? json_null() : json_integer(d->starts), "why",
            why(v), "after_power_loss", v->options->power_lost,
            "writes_journal", d->records);
    const bool ok = all && json_dumpf(all, out, JSON_INDENT(2)) == 0 &&
            fputc('\n', out) != EOF;
    json_decref(all);
    return ok;
}
