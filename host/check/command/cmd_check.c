/*
 * cmd_check - `xipsafe check`
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/command/cmd_check.h"

#include <errno.h>
#include <malloc.h>

#include "check/command/check_args.h"
#include "check/command/cxx_names.h"
#include "check/judge/judge.h"
#include "check/explain/explain.h"
#include "check/report/report.h"
#include "base/cli.h"

typedef int print_fn(FILE *out, const struct check_report *report,
        const struct check_options *options);

static bool print_to(struct output *output, print_fn *print,
        const struct check_args *args, const struct check_report *report) {
    if (!output->wanted) {
        return true;
    }
    if (!output_open(output)) {
        return false;
    }
    errno = ENOMEM;
    const bool printed = !print(output->file, report, &args->options);
    return output_close(output, printed);
}

static int print_all(struct check_args *args, struct elf_image *const *images,
        const struct check_report *report) {
    if (!print_to(&args->json, report_json, args, report) ||
            !print_to(&args->sarif, report_sarif, args, report)) {
        return CLI_TROUBLE;
    }
    const bool stdout_taken =
            output_is_stdout(&args->json) || output_is_stdout(&args->sarif);
    if (!stdout_taken) {
        report_text(stdout, report, &args->options, args->colour,
                args->verbose);
    }
    if (args->advise) {
        explain_advise(stdout, images, args->image_count, report,
                &args->options);
    }
    return -1;
}

static int status_of(enum check_verdict verdict) {
    switch (verdict) {
    case CHECK_PROVED:
        return CLI_GOOD;
    case CHECK_VIOLATED:
        return CLI_BAD;
    case CHECK_CANNOT_TELL:
        break;
    }
    return CLI_UNKNOWN;
}

static int judge(struct check_args *args, struct elf_image *const *images) {
    char error[800];
    struct check_report report;
    if (!check_run(images, args->image_count, &args->options, &report, error,
                sizeof error)) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    explain_all(&report);
    const int status = print_all(args, images, &report);
    if (status < 0 && args->empty_notes) {
        cli_say("warning: --notes %s has no annotation, blank lines and "
                "comments at most",
                args->empty_notes);
    }
    const enum check_verdict verdict = report.verdict;
    check_report_free(&report);
    return status >= 0 ? status : status_of(verdict);
}

static int open_one(const struct check_args *args, size_t i,
        struct elf_image **image) {
    char error[800];
    *image = elf_image_open(args->images[i], error, sizeof error);
    if (!*image) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    if (args->maps[i] &&
            !elf_image_read_map(*image, args->maps[i], error, sizeof error)) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    return -1;
}

// A walk of a large function needs a hundred megabytes, and so does the next
// one. What it gives back stays with the process: the kernel would clear it
// again, which takes as long as the walk.
static void keep_memory(void) {
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, -1);
}

int cmd_check(int argc, char **argv) {
    struct check_args args;
    keep_memory();
    struct elf_image *images[CHECK_IMAGES_MAX] = {NULL};
    int status = check_args_read(&args, argc, argv);
    for (size_t i = 0; status < 0 && i < args.image_count; i++) {
        status = open_one(&args, i, &images[i]);
    }
    if (status < 0) {
        cxx_names_find(&args, images);
        status = judge(&args, images);
    }
    for (size_t i = 0; i < CHECK_IMAGES_MAX; i++) {
        if (images[i]) {
            elf_image_close(images[i]);
        }
    }
    check_args_free(&args);
    return status;
}
