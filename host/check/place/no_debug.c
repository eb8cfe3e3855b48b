/*
 * no_debug - images and files without debug information
 *
 * SPDX-License-Identifier: MIT
 *
 * A copy of a RAM function that was inlined into flash is seen by debug
 * information only. Copies are made within a file: one with functions in RAM
 * only has none in flash.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/analysis/findings.h"
#include "check/place/place.h"

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The files with code in flash, sorted.
struct files {
    const char **names;
    size_t count, room;
};

static void find_files(struct analysis *a, struct elf_image *image,
        struct files *files) {
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)); i++) {
        const char *name = s->function && model_forbidden(&a->model, s->addr)
                ? elf_image_object(image, s->addr)
                : NULL;
        // Those of a file follow each other.
        if (!name ||
                (files->count &&
                        !strcmp(files->names[files->count - 1], name))) {
            continue;
        }
        const char **grown = array_more(files->names, files->count,
                &files->room, sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        files->names = grown;
        files->names[files->count++] = name;
    }
    if (files->count) {
        qsort(files->names, files->count, sizeof *files->names, by_name);
    }
}

static bool has_flash_code(const struct files *files, const char *name) {
    return files->count &&
            bsearch(&name, files->names, files->count, sizeof name, by_name);
}

static bool has_finding(const struct analysis *a, const char *object) {
    bool found = false;
    for (size_t i = 0; i < a->report->finding_count && !found; i++) {
        const struct check_finding *f = &a->report->findings[i];
        found = f->rule == CHECK_RULE_NO_DEBUG && f->target &&
                !strcmp(f->target, object);
    }
    return found;
}

// What an outage may begin with, in a file that has no debug information though
// others have.
static void check_files(struct analysis *a, struct elf_image *image) {
    struct files files = {0};
    bool read = false;
    for (uint32_t n = 0; n < a->node_count; n++) {
        const struct node *node = &a->nodes[n];
        if (node->image != image || !node->writes_device ||
                model_forbidden(&a->model, node->addr) ||
                elf_image_defined(image, node->addr)) {
            continue;
        }
        if (!read) {
            read = true;
            find_files(a, image, &files);
        }
        const char *object = elf_image_object(image, node->addr);
        if (object && has_flash_code(&files, object) &&
                !has_finding(a, object)) {
            finding_add(a,
                    &(struct check_finding){.rule = CHECK_RULE_NO_DEBUG,
                            .addr = node->addr,
                            .target = keep_text(a, "%s", object)},
                    NO_NODE,
                    "%s was compiled without debug information: copies of its "
                    "RAM functions that were inlined into flash cannot be "
                    "found",
                    object);
        }
    }
    free(files.names);
}

void no_debug_check(struct analysis *a, struct elf_image *image, bool has) {
    if (has) {
        check_files(a, image);
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_NO_DEBUG,
                    .addr = elf_image_entry(image)},
            NO_NODE,
            "%s has no debug information: copies of RAM functions that were "
            "inlined into flash cannot be found, and findings have no line; "
            "compile with -g",
            elf_image_path(image));
}
