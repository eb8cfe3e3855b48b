/*
 * cxx_names - functions and objects of C++ by the names of the source
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/command/cxx_names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of a C++ library, without its header (report_demangle.c).
char *__cxa_demangle(const char *name, char *buffer, size_t *size, int *status);

// A longer one is not of a compiler but of a damaged file.
#define NAME_MAX_CHARS 1000u

struct names {
    struct elf_image *const *images;
    size_t count;
};

static bool is_symbol(const struct names *n, const char *name) {
    bool is = false;
    for (size_t i = 0; i < n->count && !is; i++) {
        size_t from = 0;
        is = elf_image_symbol_named(n->images[i], name, &from) != NULL;
    }
    return is;
}

// How much of the symbol's name in the source the text is: 0 nothing, 1 all but
// its arguments, 2 all of it.
static unsigned likeness(const char *symbol, const char *text) {
    if (strncmp(symbol, "_Z", 2) != 0 || strchr(symbol, '.') ||
            strlen(symbol) > NAME_MAX_CHARS) {
        return 0; // with a '.': a copy, which belongs to what it is one of
    }
    char *plain = __cxa_demangle(symbol, NULL, NULL, NULL);
    const size_t length = strlen(text);
    unsigned like = 0;
    if (plain && !strncmp(plain, text, length)) {
        like = !plain[length] ? 2 : plain[length] == '(' ? 1 : 0;
    }
    free(plain);
    return like;
}

// The only symbol that is most like the text; NULL: there is none, or several.
static const char *only_one(const struct names *n, const char *text) {
    const char *found = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < n->count; i++) {
        const struct elf_symbol *s;
        for (size_t k = 0; (s = elf_image_symbol_index(n->images[i], k)); k++) {
            const size_t length = strlen(text);
            if (!strncmp(s->name, text, length) && s->name[length] == '.') {
                return NULL; // a copy of what has that name in C
            }
            const unsigned like = likeness(s->name, text);
            if (like > most) {
                most = like;
                found = s->name;
            } else if (like && like == most && found &&
                    strcmp(found, s->name) != 0) {
                found = NULL;
            }
        }
    }
    return found;
}

// What the text is to be instead; NULL: it stays.
static const char *instead(const struct names *n, const char *text) {
    const unsigned char first = (unsigned char)text[0];
    if ((!isalpha(first) && first != '_' && first != '(') ||
            strpbrk(text, "?[") || is_symbol(n, text)) {
        return NULL;
    }
    return only_one(n, text);
}

static void rename_all(const struct names *n, const char **list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *name = instead(n, list[i]);
        list[i] = name ? name : list[i];
    }
}

// A word of an annotation: the name is behind "N=" and before "+0x12".
static void rename_word(const struct names *n, char **word) {
    const char *equals = strchr(*word, '=');
    const size_t before = equals ? (size_t)(equals + 1 - *word) : 0;
    const size_t length = strcspn(*word + before, "+");
    char *text = strndup(*word + before, length), *made;
    const char *name = text ? instead(n, text) : NULL;
    if (name &&
            asprintf(&made, "%.*s%s%s", (int)before, *word, name,
                    *word + before + length) >= 0) {
        free(*word);
        *word = made;
    }
    free(text);
}

static bool is_word(const struct check_note *note, const char *text) {
    return note->kind == CHECK_NOTE_POINTERS ||
            (note->kind == CHECK_NOTE_VECTORS && !strcmp(text, "copy"));
}

void cxx_names_find(struct check_args *args, struct elf_image *const *images) {
    struct check_options *o = &args->options;
    const struct names n = {images, args->image_count};
    rename_all(&n, args->roots, o->root_count);
    rename_all(&n, args->begins, o->begin_count);
    rename_all(&n, args->ends, o->end_count);
    if (o->vectors) {
        rename_all(&n, &o->vectors, 1);
    }
    for (size_t i = 0; i < o->note_count; i++) {
        struct check_note *note = &o->notes[i];
        char *place = note->place ? strdup(note->place) : NULL;
        if (place) {
            rename_word(&n, &place);
            free((char *)note->place);
            note->place = place;
        }
        for (char **t = note->targets; t && *t; t++) {
            if (!is_word(note, *t)) {
                rename_word(&n, t);
            }
        }
    }
}
