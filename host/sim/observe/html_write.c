/*
 * html - a run as one page for a browser, to look around in
 *
 * SPDX-License-Identifier: MIT
 *
 * The writing half: view.html with the rows as a JSON object where it says
 * @DATA@. A row's items are one string: numbers in digits of five bits, the
 * lowest first, the sixth bit set on all but the last digit.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/observe/html_priv.h"

static const char page[] = {
#include "sim/observe/view.html.inc"
};

#define MARK "@DATA@"

static void put_number(FILE *file, uint64_t n) {
    static const char digits[] =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    do {
        const unsigned digit = n & 31;
        n >>= 5;
        fputc(digits[digit | (n ? 32 : 0)], file);
    } while (n);
}

// In a script: a '<' might end it.
static void put_text(FILE *file, const char *text) {
    fputc('"', file);
    for (; text && *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == 0x7F) {
            fprintf(file, "\\u%04x", c);
        } else {
            fputc(c, file);
        }
    }
    fputc('"', file);
}

static void put_member(FILE *file, const char *name, const char *text) {
    fprintf(file, "\"%s\":", name);
    put_text(file, text);
    fputs(",\n", file);
}

/// Rows ///

static uint64_t length_of(const struct html_item *item, uint64_t end_ns) {
    if (item->length_ns != HTML_OPEN) {
        return item->length_ns;
    }
    return end_ns > item->at_ns ? end_ns - item->at_ns : 0;
}

static unsigned flags_of(const struct html_item *item) {
    return item->flags | (item->length_ns == HTML_OPEN ? HTML_AT_END : 0);
}

// Each item: distance to the one before twice, plus 1 if it is several, which
// then follow; length; place; and what its row has.
static void put_item(FILE *file, unsigned row, const struct html_item *item,
        uint64_t before_ns, uint64_t end_ns) {
    const bool several = item->count > 1;
    put_number(file, 2 * (item->at_ns - before_ns) + several);
    if (several) {
        put_number(file, item->count);
    }
    if (row >= HTML_PINS || row == HTML_MAPPED || row == HTML_SLEEP) {
        put_number(file, length_of(item, end_ns));
        return;
    }
    if (row == HTML_RX || row == HTML_TX) {
        put_number(file, item->value);
        if (several) {
            put_number(file, item->length_ns);
        }
        return;
    }
    put_number(file, length_of(item, end_ns));
    put_number(file, item->place);
    if (row >= HTML_EXCEPTIONS) {
        put_number(file, item->wait_ns);
        put_number(file, item->in_outages);
        return;
    }
    put_number(file, item->value);
    put_number(file, (unsigned char)item->kind);
    put_number(file, flags_of(item));
    if (row == HTML_CHIP) {
        put_number(file, item->calls);
    }
}

static const char *row_name(char name[CMD_NAME_BYTES], unsigned row,
        const struct sim_irqs *irqs) {
    static const char *const fixed[HTML_FIXED] = {"mapped", "outage", "chip",
            "suspended", "sleep", "rx", "tx", "reset", "violation"};
    if (row < HTML_FIXED) {
        return fixed[row];
    }
    if (row < HTML_PINS) {
        return cmd_exception_name(name, row - HTML_EXCEPTIONS, irqs);
    }
    snprintf(name, CMD_NAME_BYTES, "P%c%u",
            (char)('A' + (row - HTML_PINS) / 16), (row - HTML_PINS) % 16);
    return name;
}

static void put_row(FILE *file, unsigned number, const struct html_row *row,
        const struct html_options *o) {
    char name[CMD_NAME_BYTES];
    fprintf(file, "{\"kind\":\"%s\",\"name\":",
            number >= HTML_PINS                 ? "pin"
                    : number >= HTML_EXCEPTIONS ? "exception"
                                                : row_name(name, number, NULL));
    put_text(file, row_name(name, number, o->irqs));
    if (number >= HTML_EXCEPTIONS && number < HTML_PINS) {
        fprintf(file, ",\"number\":%u,\"handler\":%u", number - HTML_EXCEPTIONS,
                row->handler);
    }
    fprintf(file, ",\"step\":%" PRIu64 ",\"count\":%zu,\"items\":\"",
            row->step_ns, row->count);
    uint64_t before_ns = 0;
    for (size_t i = 0; i < row->count; i++) {
        put_item(file, number, &row->at[i], before_ns, o->end / SIM_NS);
        before_ns = row->at[i].at_ns;
    }
    fputs("\"}", file);
}

static void put_rows(FILE *file, const struct html *h,
        const struct html_options *o) {
    fputs("\"rows\":[\n", file);
    bool first = true;
    for (unsigned i = 0; i < HTML_ROWS; i++) {
        if (h->rows[i].count) {
            fputs(first ? "" : ",\n", file);
            put_row(file, i, &h->rows[i], o);
            first = false;
        }
    }
    fputs("]}", file);
}

/// The rest ///

// Function, file and line; a file that is that of the place before is "".
static void put_places(FILE *file, const struct html_options *o) {
    fputs("\"places\":[", file);
    for (size_t i = 0; i < o->place_count; i++) {
        const struct place *p = &o->places[i];
        const bool same = i && p->file && p->file == o->places[i - 1].file;
        fputs(i ? ",\n" : "", file);
        put_text(file, p->function);
        fputc(',', file);
        put_text(file, same ? "" : p->file ? p->file : "?");
        fprintf(file, ",%d", p->line);
    }
    fputs("],\n", file);
}

static void put_calls(FILE *file, const struct html_options *o) {
    fputs("\"calls\":[", file);
    for (size_t i = 0; i < o->call_count; i++) {
        fprintf(file, "%s%u,%u", i ? "," : "", o->calls[i].place,
                o->calls[i].caller);
    }
    fputs("],\n", file);
}

static void put_worst(FILE *file, const char *name,
        const struct html_worst *w) {
    if (w->length_ns) {
        fprintf(file,
                "\"%s\":{\"at\":%" PRIu64 ",\"length\":%" PRIu64
                ",\"exception\":%u},\n",
                name, w->at_ns, w->length_ns,
                w->row >= HTML_EXCEPTIONS ? w->row - HTML_EXCEPTIONS : 0);
    }
}

static void put_rules(FILE *file, const struct html *h) {
    const struct html_row *row = &h->rows[HTML_VIOLATION];
    bool used[SIM_RULES] = {false};
    for (size_t i = 0; i < row->count; i++) {
        used[row->at[i].value % SIM_RULES] = true;
    }
    fputs("\"rules\":[", file);
    for (unsigned i = 0; i < SIM_RULES; i++) {
        fputs(i ? "," : "", file);
        if (used[i]) {
            put_text(file, sim_rules[i].name);
            fputc(',', file);
            put_text(file, sim_rules[i].what);
        } else {
            fputs("0,0", file);
        }
    }
    fputs("],\n", file);
}

static void put_violation(FILE *file, const struct sim_violation *v) {
    if (!v) {
        return;
    }
    fprintf(file, "\"violation\":{\"pc\":%" PRIu32 ",", v->pc);
    put_member(file, "what", v->what);
    put_member(file, "why", v->why);
    put_member(file, "fix", v->fix);
    fputs("\"format\":1},\n", file);
}

// What is pending at the end has no entry, and so no row.
static void put_waiting(FILE *file, const struct html_options *o) {
    fputs("\"waiting\":[", file);
    for (size_t i = 0; o->waiting && i < o->waiting->count; i++) {
        char name[CMD_NAME_BYTES];
        const unsigned number = o->waiting->pending[i].number;
        const uint64_t since_ns = o->waiting->pending[i].since / SIM_NS;
        fprintf(file, "%s{\"number\":%u,\"since\":%" PRIu64 ",\"name\":",
                i ? "," : "", number, since_ns);
        put_text(file, cmd_exception_name(name, number, o->irqs));
        fputc('}', file);
    }
    fputs("],\n", file);
}

static void put_data(FILE *file, const struct html *h,
        const struct html_options *o) {
    fputs("{\"format\":1,\n", file);
    put_member(file, "title", o->title);
    put_member(file, "figures", o->figures);
    put_member(file, "board", o->board);
    put_member(file, "part", o->part);
    fprintf(file, "\"end\":%" PRIu64 ",\n", (uint64_t)(o->end / SIM_NS));
    put_worst(file, "worst_wait", &h->wait);
    put_worst(file, "worst_outage", &h->outage);
    put_violation(file, o->violation);
    put_rules(file, h);
    put_waiting(file, o);
    put_places(file, o);
    put_calls(file, o);
    put_rows(file, h, o);
}

// Text in memory. NULL: out of memory.
static char *make_data(const struct html *h, const struct html_options *o,
        size_t *bytes) {
    char *text = NULL;
    FILE *file = open_memstream(&text, bytes);
    if (!file) {
        return NULL;
    }
    put_data(file, h, o);
    const bool bad = ferror(file);
    if (fclose(file) || bad) {
        free(text);
        errno = ENOMEM;
        return NULL;
    }
    return text;
}

static void thin(struct html *h, uint64_t step_ns, bool any_kind) {
    for (unsigned i = 0; i < HTML_ROWS; i++) {
        if (i != HTML_RESET && i != HTML_VIOLATION &&
                h->rows[i].step_ns < step_ns) {
            html_thin_(&h->rows[i], step_ns, any_kind);
        }
    }
}

bool html_write(struct html *h, FILE *file, const struct html_options *o) {
    const char *mark = strstr(page, MARK);
    const size_t limit = o->bytes_max ? o->bytes_max : HTML_BYTES_MAX;
    const uint64_t end_ns = o->end / SIM_NS;
    size_t bytes = 0;
    errno = h->full ? ENOMEM : 0;
    char *data = h->full ? NULL : make_data(h, o, &bytes);
    uint64_t step_ns = 256;
    while (data && bytes + sizeof page > limit && step_ns < 4 * end_ns) {
        free(data);
        step_ns *= bytes > 2 * limit ? 4 : 2;
        thin(h, step_ns, step_ns > end_ns / 256);
        data = make_data(h, o, &bytes);
    }
    if (!data) {
        return false;
    }
    fwrite(page, 1, (size_t)(mark - page), file);
    fwrite(data, 1, bytes, file);
    fputs(mark + strlen(MARK), file);
    free(data);
    return fflush(file) == 0 && !ferror(file);
}
