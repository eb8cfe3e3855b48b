/*
 * report_words - what the printers of a check report share
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/report/report_priv.h"

const char *report_class_(enum check_class class) {
    switch (class) {
    case CHECK_VIOLATION:
        return "violation";
    case CHECK_UNKNOWN:
        return "unknown";
    case CHECK_WARNING:
        break;
    }
    return "warning";
}

const char *report_verdict_(enum check_verdict verdict) {
    switch (verdict) {
    case CHECK_PROVED:
        return "proved";
    case CHECK_VIOLATED:
        return "violated";
    case CHECK_CANNOT_TELL:
        break;
    }
    return "unknown";
}

size_t report_count_(const struct check_report *report,
        enum check_class class) {
    size_t count = 0;
    for (size_t i = 0; i < report->finding_count; i++) {
        count += report->findings[i].class == class;
    }
    return count;
}

const struct check_note *report_stale_(const struct check_options *options,
        size_t *i) {
    for (; *i < options->note_count; (*i)++) {
        if (!options->notes[*i].used && !options->notes[*i].refused) {
            return &options->notes[(*i)++];
        }
    }
    return NULL;
}

bool report_applied_(const struct check_note *note) {
    return note->used && !note->refused;
}

const char *report_note_verb_(enum check_note_kind kind) {
    static const char *const verbs[] = {
            [CHECK_NOTE_TARGETS] = "targets",
            [CHECK_NOTE_ALLOW] = "allow",
            [CHECK_NOTE_CONST] = "const",
            [CHECK_NOTE_VECTORS] = "vectors",
            [CHECK_NOTE_OUTSIDE] = "outside",
            [CHECK_NOTE_POINTERS] = "pointers",
            [CHECK_NOTE_BEGINS] = "begins",
            [CHECK_NOTE_ENDS] = "ends",
    };
    return verbs[kind];
}

const char *report_base_(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *report_path_(const char *path) {
    char here[4096];
    if (path[0] == '/' && getcwd(here, sizeof here)) {
        const size_t length = strlen(here);
        if (!strncmp(path, here, length) && path[length] == '/') {
            path += length + 1;
        }
    }
    while (!strncmp(path, "./", 2)) {
        path += 2;
    }
    return path;
}

/// Clean text ///

// Bytes of the UTF-8 sequence at p (RFC 3629), 0 if it is none.
static size_t sequence(const unsigned char *p) {
    static const struct {
        unsigned char low, high, second_low, second_high;
        size_t bytes;
    } forms[] = {
            {0x00, 0x7F, 0, 0, 1},
            {0xC2, 0xDF, 0x80, 0xBF, 2},
            {0xE0, 0xE0, 0xA0, 0xBF, 3},
            {0xE1, 0xEC, 0x80, 0xBF, 3},
            {0xED, 0xED, 0x80, 0x9F, 3},
            {0xEE, 0xEF, 0x80, 0xBF, 3},
            {0xF0, 0xF0, 0x90, 0xBF, 4},
            {0xF1, 0xF3, 0x80, 0xBF, 4},
            {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (p[0] < forms[i].low || p[0] > forms[i].high) {
            continue;
        }
        size_t good = 1;
        if (forms[i].bytes > 1 && p[1] >= forms[i].second_low &&
                p[1] <= forms[i].second_high) {
            for (good = 2; good < forms[i].bytes && (p[good] & 0xC0) == 0x80;
                    good++) {
            }
        }
        return good == forms[i].bytes ? good : 0;
    }
    return 0;
}

// C1 controls (U+0080 to U+009F) are escapes on some terminals too.
static bool control(const unsigned char *p) {
    return (p[0] < 0x20 && p[0] != '\n') || p[0] == 0x7F ||
            (p[0] == 0xC2 && p[1] < 0xA0);
}

char *report_clean_(const char *text) {
    char *copy = strdup(text ? text : "");
    if (!copy) {
        return NULL;
    }
    for (unsigned char *p = (unsigned char *)copy; *p;) {
        size_t bytes = sequence(p);
        if (!bytes || control(p)) {
            memset(p, '?', bytes = bytes ? bytes : 1);
        }
        p += bytes;
    }
    return copy;
}

json_t *report_string_(const char *text) {
    if (!text) {
        return json_null();
    }
    char *clean = report_clean_(text);
    json_t *string = clean ? json_string(clean) : NULL;
    free(clean);
    return string;
}

json_t *report_addr_(uint32_t addr) {
    return json_sprintf("0x%08x", (unsigned)addr);
}
