/*
 * candidates - functions that a pointer may lead to, for the note that says so
 *
 * SPDX-License-Identifier: MIT
 *
 * A proposal and no result: what the pointer's object holds in the image, else
 * the functions outside the window whose addresses the image keeps somewhere
 * else than in vector tables. If these are many, there is none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/match.h"
#include "check/judge/judge_priv.h"

#define MOST 8u

struct candidates {
    const struct analysis *a;
    const char *names[MOST + 1];
    uint32_t addr[MOST + 1];
    unsigned count; // MOST + 1: too many
    bool guess;     // they are kept somewhere, and not in the pointer
};

static bool is_handler(const struct analysis *a, uint32_t addr) {
    const uint32_t n = analysis_known_node(a, addr);
    return n != NO_NODE && a->nodes[n].is_handler;
}

// No outage calls what begins one.
static bool begins_outage(const struct analysis *a, const char *name) {
    const struct check_options *o = a->options;
    bool found = note_names(a, CHECK_NOTE_BEGINS, name);
    for (size_t i = 0; i < o->begin_count; i++) {
        found |= match_copies(o->begins[i], name);
    }
    return found;
}

static void add(struct candidates *c, uint32_t word) {
    const uint32_t addr = word & ~1u;
    if (!(word & 1) || c->count > MOST || model_forbidden(&c->a->model, addr)) {
        return;
    }
    const struct elf_symbol *symbol = model_symbol(&c->a->model, addr);
    if (!symbol || !symbol->function || symbol->addr != addr ||
            is_handler(c->a, addr) ||
            (c->guess && begins_outage(c->a, symbol->name))) {
        return;
    }
    for (unsigned i = 0; i < c->count; i++) {
        if (!strcmp(c->names[i], symbol->name)) {
            return;
        }
    }
    if (c->count < MOST) {
        c->names[c->count] = symbol->name;
        c->addr[c->count] = addr;
    }
    c->count++;
}

// Addresses that are not kept for the pointer: vectors, and what veneers of the
// linker jump to.
static bool is_vector(const struct analysis *a, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < a->first_count; i++) {
        found |= addr - a->first_tables[i].addr < 4 * a->first_tables[i].count;
    }
    for (size_t i = 0; i < a->table_count; i++) {
        found |= addr - a->tables[i].addr < 4 * a->tables[i].count;
    }
    return found;
}

static bool is_kept(const struct analysis *a, const struct elf_image *image,
        uint32_t addr) {
    const struct elf_symbol *in = elf_image_symbol_at(image, addr);
    return !is_vector(a, addr) && !(in && analysis_is_veneer(a, in));
}

static void of_words(struct candidates *c, const struct elf_image *image,
        const struct elf_section *section) {
    uint32_t end = section->addr;
    enum elf_content content = ELF_CONTENT_NONE;
    const uint8_t *b =
            elf_image_bytes(image, section->addr, section->size_bytes);
    for (uint32_t at = (0u - section->addr) & 3u;
            b && at + 4 <= section->size_bytes && c->count <= MOST; at += 4) {
        const uint32_t addr = section->addr + at;
        if (addr >= end) {
            content = elf_image_content(image, addr, &end);
        }
        if (content != ELF_CONTENT_THUMB && is_kept(c->a, image, addr)) {
            add(c, model_word_in(b + at));
        }
    }
}

static struct candidates of_images(const struct analysis *a) {
    struct candidates c = {.a = a, .guess = true};
    for (size_t i = 0; i < a->model.image_count; i++) {
        const struct elf_section *section;
        for (size_t k = 0; (section = elf_image_section(a->model.images[i], k));
                k++) {
            if (!section->zero) {
                of_words(&c, a->model.images[i], section);
            }
        }
    }
    return c;
}

static struct candidates of_object(const struct analysis *a, const char *name) {
    struct candidates c = {.a = a};
    for (size_t i = 0; name && i < a->model.image_count; i++) {
        size_t from = 0;
        uint32_t word;
        const struct elf_symbol *s =
                elf_image_symbol_named(a->model.images[i], name, &from);
        for (uint32_t at = 0; s && s->object && at + 4 <= s->size_bytes;
                at += 4) {
            if (model_word(&a->model, s->addr + at, &word)) {
                add(&c, word);
            }
        }
    }
    return c;
}

static bool wants(const struct check_finding *f) {
    return f->class == CHECK_UNKNOWN &&
            (f->rule == CHECK_RULE_CALL_UNKNOWN ||
                    f->rule == CHECK_RULE_CALL_MUTABLE ||
                    f->rule == CHECK_RULE_CALL_NULL ||
                    f->rule == CHECK_RULE_JUMP_UNKNOWN);
}

void candidates_fill(struct analysis *a) {
    struct candidates all = {.a = NULL};
    for (size_t i = 0; i < a->report->finding_count; i++) {
        struct check_finding *f = &a->report->findings[i];
        if (!wants(f)) {
            continue;
        }
        struct candidates c = of_object(a, f->target);
        const bool guessed = !c.count;
        if (guessed) {
            all = all.a ? all : of_images(a);
            c = all;
        }
        if (c.count > MOST || !c.count) {
            continue;
        }
        const char **names = calloc(c.count + 1, sizeof *names);
        if (!names) {
            a->failed = true;
            return;
        }
        unsigned count = 0;
        for (unsigned k = 0; k < c.count; k++) {
            if (followed_may_go(a, f->addr, c.addr[k], 2)) {
                names[count++] = c.names[k];
            }
        }
        if (count) {
            f->candidates = names;
            f->guessed = guessed;
        } else {
            free(names);
        }
    }
}
