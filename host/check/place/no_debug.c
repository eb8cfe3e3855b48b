/*
 * no_debug - images and files without debug information
 *
 * SPDX-License-Identifier: MIT
 *
 * A copy of a RAM function that was inlined into flash is seen by debug
 * information only. Copies are made within a file: one with functions in RAM
 * only has none in flash. A function that a header has is in all files that
 * include it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/match.h"
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

// They include no header of the program.
static bool of_toolchain(const char *object) {
    static const char *const patterns[] = {"libgcc*.a(*", "libc.a(*",
            "libc_*.a(*", "libm*.a(*", "libg.a(*", "libg_*.a(*", "libnosys*",
            "librdimon*", "libstdc++*", "libsupc++*", "libclang_rt*", "*crt*.o",
            "crtstuff.c", "linker stubs"};
    bool found = false;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        found |= match_name(patterns[i], object);
    }
    return found;
}

// bare: of those that have no debug information.
static void find_files(struct analysis *a, struct elf_image *image, bool bare,
        struct files *files) {
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)); i++) {
        const char *name = s->function && model_forbidden(&a->model, s->addr)
                ? elf_image_object(image, s->addr)
                : NULL;
        if (bare && name &&
                (elf_image_defined(image, s->addr) || of_toolchain(name))) {
            continue;
        }
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
            find_files(a, image, false, &files);
        }
        const char *object = elf_image_object(image, node->addr);
        if (object && has_flash_code(&files, object) &&
                !has_finding(a, object)) {
            finding_add(a,
                    &(struct check_finding){.rule = CHECK_RULE_NO_DEBUG,
                            .addr = node->addr,
                            .target = keep_text(a, "%s", object)},
                    NO_NODE,
                    "%s has no debug information of its functions: copies of "
                    "its RAM functions that were inlined into flash may not be "
                    "found",
                    object);
        }
    }
    free(files.names);
}

// What an outage may begin with, and which file declares it, if that is a
// header.
static const struct node *from_header(const struct analysis *a,
        struct elf_image *image, const char **header) {
    for (uint32_t n = 0; n < a->node_count; n++) {
        const struct node *node = &a->nodes[n];
        const char *unit;
        if (node->image == image && node->writes_device &&
                !model_forbidden(&a->model, node->addr) &&
                (unit = elf_image_unit(image, node->addr)) &&
                (*header = elf_image_declared(image, node->addr, 0)) &&
                !match_files(unit, *header)) {
            return node;
        }
    }
    return NULL;
}

static void check_headers(struct analysis *a, struct elf_image *image) {
    struct files files = {0};
    const char *header = NULL;
    const struct node *node = from_header(a, image, &header);
    if (node) {
        find_files(a, image, true, &files);
    }
    size_t others = 0;
    for (size_t i = 1; i < files.count; i++) {
        others += strcmp(files.names[i], files.names[i - 1]) != 0;
    }
    if (files.count && !has_finding(a, files.names[0])) {
        const char *slash = strrchr(header, '/');
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_NO_DEBUG,
                        .addr = node->addr,
                        .target = keep_text(a, "%s", files.names[0])},
                NO_NODE,
                "%s%s no debug information of functions in flash: copies "
                "there of %s, which %s has, may not be found",
                files.names[0],
                others ? keep_text(a, " and %zu more have", others) : " has",
                node->name, slash ? slash + 1 : header);
    }
    free(files.names);
}

void no_debug_check(struct analysis *a, struct elf_image *image, bool has) {
    if (has) {
        check_files(a, image);
        check_headers(a, image);
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
