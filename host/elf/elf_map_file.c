/*
 * elf_map_file - which object file or archive member the bytes come from
 *
 * SPDX-License-Identifier: MIT
 *
 * A GNU ld map has a line per output section that begins in the first column,
 * and below it, indented by one, a line per input section: name, address, size,
 * file. A long name has a line of its own. Discarded sections are listed at
 * address 0 before, sections without a place (debug information) at 0 after;
 * only lines below the name of a section of the image count. The maps of LLVM's
 * ld are read too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/elf_priv.h"

#define GIVE "pass the file that -Wl,-Map= of the same link wrote"

struct reader {
    const struct elf_image *image;
    struct elf_piece_ *pieces;
    size_t count, room;
    const struct elf_section *output; // of the current line, or NULL
    const char *wrapped_output;       // its name had a line of its own
    bool wrapped_input;
    bool *seen; // sections of the image
};

/// Lines ///

// Reads "0x1234" and what surrounds it. False: the text is something else.
static bool take_number(char **at, uint64_t *value) {
    char *p = *at + strspn(*at, " \t");
    if (p[0] != '0' || p[1] != 'x' || !strchr("0123456789abcdefABCDEF", p[2])) {
        return false;
    }
    *value = strtoull(p, &p, 16);
    if (*p && *p != ' ' && *p != '\t') {
        return false;
    }
    *at = p + strspn(p, " \t");
    return true;
}

static const char *base_name(const char *path, const char *end) {
    const char *base = path;
    for (const char *p = path; p < end; p++) {
        if (*p == '/' || *p == '\\') {
            base = p + 1;
        }
    }
    return base;
}

// Without directories: "/usr/lib/libgcc.a(_udivmoddi4.o)" is
// "libgcc.a(_udivmoddi4.o)".
static const char *shorten(const char *path) {
    const char *end = path + strlen(path);
    const char *open = strrchr(path, '(');
    return base_name(path, open && end > open && end[-1] == ')' ? open : end);
}

/// Reading ///

// The section of the image that this line of the map is about, or NULL.
static void begin_output(struct reader *r, const char *name, uint64_t addr,
        uint64_t size) {
    r->output = NULL;
    if (addr > UINT32_MAX) {
        return;
    }
    const struct elf_section *s =
            elf_image_section_at(r->image, (uint32_t)addr);
    if (s && s->addr == addr && s->size_bytes == size &&
            strcmp(s->name, name) == 0) {
        r->output = s;
        r->seen[(const struct elf_section_ *)s - r->image->sections] = true;
    }
}

// False: out of memory.
static bool add_piece(struct reader *r, uint64_t addr, uint64_t size,
        const char *object) {
    const struct elf_section *s = r->output;
    if (!s || !size || !*object || addr < s->addr ||
            addr - s->addr >= s->size_bytes ||
            size > s->size_bytes - (addr - s->addr)) {
        return true;
    }
    struct elf_piece_ *grown =
            array_more(r->pieces, r->count, &r->room, sizeof *grown);
    if (!grown) {
        return false;
    }
    r->pieces = grown;
    r->pieces[r->count++] = (struct elf_piece_){
            .addr = (uint32_t)addr,
            .size_bytes = (uint32_t)size,
            .object = shorten(object),
    };
    return true;
}

// Ends the first word of the line and returns what follows.
static char *cut(char *word) {
    char *end = word + strcspn(word, " \t");
    if (!*end) {
        return end;
    }
    *end = 0;
    return end + 1;
}

// LLVM: address, load address, size (without 0x), alignment, and then, each
// eight columns further in, output section, file:(section), symbol.
static bool read_lld_line(struct reader *r, char *line) {
    uint64_t numbers[4];
    char *p = line;
    for (size_t i = 0; i < 4; i++) {
        char *end;
        numbers[i] = strtoull(p, &end, i < 3 ? 16 : 10);
        if (end == p || *end != ' ') {
            return true;
        }
        p = end;
    }
    const size_t indent = strspn(p, " ");
    p += indent;
    if (indent == 1) {
        begin_output(r, p, numbers[0], numbers[2]);
    }
    char *section = indent == 9 ? strstr(p, ":(") : NULL;
    if (!section) {
        return true;
    }
    *section = 0;
    return add_piece(r, numbers[0], numbers[2],
            strcmp(p, "<internal>") == 0 ? "linker stubs" : p);
}

// False: out of memory.
static bool read_line(struct reader *r, char *line) {
    const char *output = r->wrapped_output;
    bool input = r->wrapped_input;
    const size_t indent = strspn(line, " ");
    r->wrapped_output = NULL;
    r->wrapped_input = false;
    if (!line[indent]) {
        return true;
    }
    char *rest = line;
    if (indent == 0) {
        rest = cut(line);
        r->output = NULL;
        r->wrapped_output = *rest ? NULL : line;
        output = line;
    } else if (indent == 1) {
        if (line[1] == '*' || line[1] == '(') { // a pattern, or *fill*
            return true;
        }
        rest = cut(line + 1);
        r->wrapped_input = !*rest;
        input = true;
    }
    uint64_t addr, size;
    if (!take_number(&rest, &addr) || !take_number(&rest, &size)) {
        return true;
    }
    if (output) {
        begin_output(r, output, addr, size);
    }
    return output || !input || add_piece(r, addr, size, rest);
}

static bool read_lines(struct reader *r, char *text) {
    const bool lld = strncmp(text + strspn(text, " "), "VMA ", 4) == 0;
    while (*text) {
        char *end = text + strcspn(text, "\n");
        char *next = *end ? end + 1 : end;
        while (end > text && strchr("\r \t", end[-1])) {
            end--;
        }
        *end = 0;
        if (!(lld ? read_lld_line(r, text) : read_line(r, text))) {
            return false;
        }
        text = next;
    }
    return true;
}

static int compare(const void *a, const void *b) {
    const struct elf_piece_ *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return (x->object > y->object) - (x->object < y->object);
}

// A section with code that the map does not have with the same name, address
// and size.
static const struct elf_section *missing(const struct reader *r) {
    for (size_t i = 0; i < r->image->section_count; i++) {
        const struct elf_section *s = &r->image->sections[i].s;
        if (s->execute && !r->seen[i] &&
                elf_image_section_at(r->image, s->addr) == s) {
            return s;
        }
    }
    return NULL;
}

/// Interface ///

bool elf_image_read_map(struct elf_image *image, const char *path, char *error,
        size_t size) {
    size_t bytes;
    char *text = (char *)elf_read_file_(path, GIVE, &bytes, error, size);
    if (!text) {
        return false;
    }
    struct reader r = {.image = image,
            .seen = calloc(image->section_count + 1, sizeof *r.seen)};
    bool ok = r.seen && read_lines(&r, text);
    const struct elf_section *lost = ok ? missing(&r) : NULL;
    if (!ok) {
        snprintf(error, size, "%s: out of memory", path);
    } else if (lost) {
        ok = false;
        snprintf(error, size,
                "%s: lists no section %s of %u bytes at 0x%08x, unlike "
                "%s; " GIVE,
                path, lost->name, lost->size_bytes, lost->addr, image->path);
    } else if (!r.count) {
        ok = false;
        snprintf(error, size, "%s: it lists nothing of the image; " GIVE, path);
    }
    free(r.seen);
    if (!ok) {
        free(r.pieces);
        free(text);
        return false;
    }
    qsort(r.pieces, r.count, sizeof *r.pieces, compare);
    free(image->pieces);
    free(image->map_text);
    image->pieces = r.pieces;
    image->piece_count = r.count;
    image->map_text = text;
    return true;
}

static const char *piece_at(const struct elf_image *image, uint32_t addr) {
    size_t low = 0, high = image->piece_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->pieces[middle].addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct elf_piece_ *p = low ? &image->pieces[low - 1] : NULL;
    return p && addr - p->addr < p->size_bytes ? p->object : NULL;
}

// Code of an object file begins with a mapping symbol, and that is a local
// one. Data does not always.
static const char *symbol_file(const struct elf_image *image, uint32_t addr) {
    const struct elf_symbol *s = elf_image_symbol_at(image, addr);
    if (!s) {
        return NULL;
    }
    if (s->file) {
        return s->file;
    }
    if (elf_made_by_linker_(s->name)) {
        return "linker stubs"; // as a map file calls them
    }
    const struct elf_mapping_ *m = elf_mapping_at_(image, s->addr);
    return m && (s->code || m->addr == s->addr) ? m->file : NULL;
}

// Names that only say that link-time optimisation made the code.
static bool artificial(const char *name) {
    return !name || name[0] == '<' || strstr(name, ".ltrans");
}

// For an object file without STT_FILE, GNU ld inserts its name. Other linkers
// insert nothing, and its symbols follow the STT_FILE of the file before; then
// the compilation unit has another name.
static bool right_file(const char *file, const char *unit) {
    const size_t len = strlen(file);
    if (!unit || strchr(file, ' ') ||
            (len > 2 && !strcmp(file + len - 2, ".o")) ||
            (len > 4 && !strcmp(file + len - 4, ".obj"))) {
        return true;
    }
    const size_t unit_len = strlen(unit);
    return unit_len >= len && strcmp(unit + unit_len - len, file) == 0;
}

bool elf_image_object_mapped(const struct elf_image *image, uint32_t addr) {
    return !artificial(piece_at(image, addr));
}

const char *elf_image_object(struct elf_image *image, uint32_t addr) {
    const char *piece = piece_at(image, addr);
    if (!artificial(piece)) {
        return piece;
    }
    const char *file = symbol_file(image, addr);
    const char *unit = elf_image_unit(image, addr);
    if (!artificial(file) && right_file(file, unit)) {
        return file;
    }
    return unit ? unit : piece;
}
