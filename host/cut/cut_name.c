/*
 * cut_name - is this the name of a point, and can this campaign have it?
 *
 * SPDX-License-Identifier: MIT
 *
 * The names are those of cut_point_name().
 */
#include "cut/cut_name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char is_no_name[] =
        "no name of a point; names are like op12@before, op12@50, op12@50#1, "
        "op12@after:watchdog";

static bool skip(const char **at, const char *text) {
    const size_t n = strlen(text);
    if (strncmp(*at, text, n) != 0) {
        return false;
    }
    *at += n;
    return true;
}

static bool number(const char **at, uint64_t *value) {
    char *end;
    if (!isdigit((unsigned char)**at)) {
        return false;
    }
    *value = strtoull(*at, &end, 10);
    *at = end;
    return true;
}

static bool has_percent(const struct cut_options *o, uint64_t percent) {
    for (unsigned i = 0; i < o->percent_count; i++) {
        if (o->percent[i] == percent) {
            return true;
        }
    }
    return false;
}

// "op12@50": *at behind it. second: of a boot after the cut, whose operations
// --operations does not count.
static const char *place_wrong(const struct cut_options *o, const char **at,
        bool second) {
    const struct cut_range *const only = &o->only_operations;
    uint64_t value;
    if (skip(at, "i")) {
        return !number(at, &value) ? is_no_name
                : o->pc || o->instructions_count
                ? NULL
                : "cuts at instructions come with --pc or --instructions";
    }
    if (skip(at, "t")) {
        return !number(at, &value) ? is_no_name
                : o->random        ? NULL
                                   : "cuts at times come with --random";
    }
    if (!skip(at, "op") || !number(at, &value) || !skip(at, "@")) {
        return is_no_name;
    }
    if (!value ||
            (!second && only->to && (value < only->from || value > only->to))) {
        return "the campaign has not this operation (--operations)";
    }
    if (!second && !o->operations) {
        return "with --random, --pc and --instructions no operation is cut";
    }
    if (skip(at, "before") || skip(at, "after")) {
        return NULL;
    }
    return !number(at, &value)      ? is_no_name
            : has_percent(o, value) ? NULL
                                    : "the campaign has not this percentage "
                                      "(--inside)";
}

static const char *fault_wrong(const struct cut_options *o, const char **at) {
    for (unsigned i = 0; i < CUT_FAULTS; i++) {
        const char *end = *at;
        if (skip(&end, cut_fault_names[i]) && strchr("/+", *end)) {
            *at = end;
            return o->faults[i] ? NULL
                                : "the campaign has not this fault (--fault)";
        }
    }
    return is_no_name;
}

static const char *part_wrong(const struct cut_options *o, const char **at,
        bool second) {
    uint64_t tear;
    const char *wrong = place_wrong(o, at, second);
    if (!wrong && skip(at, "#")) {
        wrong = !number(at, &tear) ? is_no_name
                : tear < o->tears  ? NULL
                                   : "the campaign has not this tear (--tears)";
    }
    if (!wrong) {
        wrong = skip(at, ":")          ? fault_wrong(o, at)
                : o->faults[CUT_POWER] ? NULL
                                       : "the campaign cuts no power (--fault)";
    }
    return wrong;
}

const char *cut_name_wrong(const struct cut_options *o, const char *name) {
    const char *wrong = part_wrong(o, &name, false);
    if (!wrong && skip(&name, "/")) {
        wrong = o->twice ? part_wrong(o, &name, true)
                         : "second cuts come with --twice";
    } else if (!wrong && skip(&name, "+")) {
        wrong = o->again ? part_wrong(o, &name, true)
                         : "cuts of a new attempt come with --again";
    }
    return wrong || !*name ? wrong : is_no_name;
}
