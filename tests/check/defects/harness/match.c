/*
 * match - compares what a case expects with what `xipsafe check` reported
 *
 * SPDX-License-Identifier: MIT
 *
 * usage: match CASE defect|clean LEVEL COMPILER STATUS REPORT.json
 *        match --ids REPORT.json...
 *
 * Prints one line for each difference; exit 0 none, 1 some, 2 no comparison.
 * With --ids it prints "CASE RULE FUNCTION TARGET ID" for each finding, where
 * CASE is the file's name up to the first dot.
 * The lines of a case that are read here, conditions are optional. A line that
 * begins with "//   " goes on with the one before:
 *
 *   // expect[O2 Os clang]: rule=call|tail-call function=f target=g*
 *   // expect[!O0]: proved
 *   // also: rule=address        allowed, not demanded
 *
 * Every line whose condition holds must be met by a finding, and every finding
 * that is more than a warning must be met by a line. A warning that a line
 * demands must be gone in the clean twin. A condition names levels and
 * compilers; of each kind one must be right. Alternatives may use * and ?.
 * Keys: rule (by either name), class, function, target, path (one of its
 * steps), file, and line=defect, the line of the case that ends with
 * "// DEFECT".
 */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { LINES_MAX = 64, LINE_BYTES = 512 };

struct wanted {
    char text[LINE_BYTES];
    bool demanded;
    bool met;
};

static struct wanted wanted[LINES_MAX];
static size_t wanted_count;
static int defect_line;
static bool proved;
static int differences;

static void differ(const char *what, const char *detail) {
    printf("%s: %s\n", what, detail);
    differences++;
}

// "O2 Os clang", "!O0": see above.
static bool condition_holds(const char *text, const char *level,
        const char *compiler) {
    char copy[LINE_BYTES];
    bool levels = false, level_hit = false;
    bool compilers = false, compiler_hit = false;
    snprintf(copy, sizeof copy, "%s", text);
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ,", &rest); word;
            word = strtok_r(NULL, " ,", &rest)) {
        const bool negated = *word == '!';
        word += negated;
        const bool is_level = *word == 'O';
        const bool hit = !strcmp(word, is_level ? level : compiler);
        if (negated) {
            if (hit) {
                return false;
            }
        } else if (is_level) {
            levels = true;
            level_hit |= hit;
        } else {
            compilers = true;
            compiler_hit |= hit;
        }
    }
    return (!levels || level_hit) && (!compilers || compiler_hit);
}

static void take_line(const char *line, bool demanded, const char *level,
        const char *compiler) {
    if (*line == '[') {
        char condition[LINE_BYTES];
        const char *end = strchr(line, ']');
        if (!end) {
            differ("no ] in", line);
            return;
        }
        snprintf(condition, sizeof condition, "%.*s", (int)(end - line - 1),
                line + 1);
        if (!condition_holds(condition, level, compiler)) {
            return;
        }
        line = end + 1;
    }
    if (*line++ != ':') {
        differ("no : after expect or also", line);
        return;
    }
    line += strspn(line, " ");
    if (!strcmp(line, "proved")) {
        proved = true;
    } else if (wanted_count < LINES_MAX) {
        struct wanted *w = &wanted[wanted_count++];
        snprintf(w->text, sizeof w->text, "%s", line);
        w->demanded = demanded;
    }
}

static void take_whole(const char *line, const char *level,
        const char *compiler) {
    if (!strncmp(line, "// expect", 9)) {
        take_line(line + 9, true, level, compiler);
    } else if (!strncmp(line, "// also", 7)) {
        take_line(line + 7, false, level, compiler);
    }
}

static bool read_case(const char *path, const char *level,
        const char *compiler) {
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    char line[LINE_BYTES], whole[LINE_BYTES] = "";
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!strncmp(line, "//   ", 5)) {
            strncat(whole, line + 4, sizeof whole - strlen(whole) - 1);
            continue;
        }
        take_whole(whole, level, compiler);
        memcpy(whole, line, sizeof whole);
        const char *mark = strstr(line, "// DEFECT");
        if (mark && mark[9] == '\0') {
            defect_line = number;
        }
    }
    take_whole(whole, level, compiler);
    fclose(file);
    return true;
}

static const char *text_of(const json_t *finding, const char *key) {
    const char *text = json_string_value(json_object_get(finding, key));
    return text ? text : "";
}

// One of "a|b*|c".
static bool one_of(char *alternatives, const char *text) {
    char *rest = NULL;
    for (char *a = strtok_r(alternatives, "|", &rest); a;
            a = strtok_r(NULL, "|", &rest)) {
        if (!fnmatch(a, text, 0)) {
            return true;
        }
    }
    return false;
}

static bool key_met(const json_t *finding, const char *key, char *value) {
    if (!strcmp(key, "line")) {
        return json_integer_value(json_object_get(finding, "line")) ==
                defect_line;
    }
    if (!strcmp(key, "path")) {
        char pattern[LINE_BYTES];
        snprintf(pattern, sizeof pattern, "*%s*", value);
        char *path =
                json_dumps(json_object_get(finding, "path"), JSON_ENCODE_ANY);
        const bool met = path && !fnmatch(pattern, path, 0);
        free(path);
        return met;
    }
    if (!strcmp(key, "file")) {
        const char *base = strrchr(text_of(finding, "file"), '/');
        return one_of(value, base ? base + 1 : text_of(finding, "file"));
    }
    if (!strcmp(key, "rule")) {
        char copy[LINE_BYTES];
        snprintf(copy, sizeof copy, "%s", value);
        return one_of(copy, text_of(finding, "rule_name")) ||
                one_of(value, text_of(finding, "rule"));
    }
    return one_of(value, text_of(finding, key));
}

static bool met_by(const struct wanted *w, const json_t *finding) {
    char copy[LINE_BYTES];
    memcpy(copy, w->text, sizeof copy);
    char *rest = NULL;
    for (char *pair = strtok_r(copy, " ", &rest); pair;
            pair = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(pair, '=');
        if (!value) {
            differ("not key=value", pair);
            return false;
        }
        *value++ = '\0';
        if (!key_met(finding, pair, value)) {
            return false;
        }
    }
    return true;
}

static void describe(const json_t *f, char *out, size_t size) {
    snprintf(out, size, "%s %s in %s, target %s (%s, %s:%d)",
            text_of(f, "class"), text_of(f, "rule"), text_of(f, "function"),
            text_of(f, "target"), text_of(f, "address"), text_of(f, "file"),
            (int)json_integer_value(json_object_get(f, "line")));
}

static bool demanded_warning(const json_t *finding) {
    for (size_t w = 0; w < wanted_count; w++) {
        if (wanted[w].demanded && strstr(wanted[w].text, "class=warning") &&
                met_by(&wanted[w], finding)) {
            return true;
        }
    }
    return false;
}

static void judge_findings(const json_t *findings, bool clean, int *status) {
    char text[1024];
    size_t i;
    json_t *f;
    *status = 0;
    json_array_foreach(findings, i, f) {
        bool met = false;
        for (size_t w = 0; !clean && w < wanted_count; w++) {
            if (met_by(&wanted[w], f)) {
                met = wanted[w].met = true;
            }
        }
        const char *class = text_of(f, "class");
        describe(f, text, sizeof text);
        if (!strcmp(class, "violation")) {
            *status = 1;
        } else if (!strcmp(class, "unknown")) {
            *status = *status == 0 ? 3 : *status;
        } else if (!strcmp(class, "warning")) {
            if (clean && demanded_warning(f)) {
                differ("still there", text);
            }
            continue;
        } else {
            differ("no class I know", text);
        }
        if (!met) {
            differ("unexpected", text);
        }
        if (!*text_of(f, "fix")) {
            differ("no fix", text);
        }
        if (!*text_of(f, "id")) {
            differ("no id", text);
        }
    }
}

static void judge_verdict(const json_t *report, int status, int wanted_status) {
    static const char *const verdicts[] = {
            "proved", "violated", "(trouble)", "unknown"};
    char text[LINE_BYTES];
    if (status != wanted_status) {
        snprintf(text, sizeof text, "%d, and the findings say %d", status,
                wanted_status);
        differ("exit status", text);
    }
    if (strcmp(text_of(report, "verdict"), verdicts[wanted_status])) {
        differ("verdict", text_of(report, "verdict"));
    }
}

static int print_ids(const char *path) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    json_error_t error;
    json_t *report = json_load_file(path, 0, &error);
    if (!report) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        return 1;
    }
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(report, "findings"), i, f) {
        const char *target = text_of(f, "target");
        printf("%.*s %s %s %s %s\n", (int)strcspn(name, "."), name,
                text_of(f, "rule"), text_of(f, "function"),
                *target ? target : "-", text_of(f, "id"));
    }
    json_decref(report);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "--ids")) {
        int status = 0;
        for (int i = 2; i < argc; i++) {
            status |= print_ids(argv[i]);
        }
        return status;
    }
    if (argc != 7) {
        fprintf(stderr,
                "usage: match CASE defect|clean LEVEL COMPILER STATUS "
                "REPORT.json\n       match --ids REPORT.json...\n");
        return 2;
    }
    const bool clean = !strcmp(argv[2], "clean");
    if (!read_case(argv[1], argv[3], argv[4])) {
        printf("cannot read %s\n", argv[1]);
        return 2;
    }
    json_error_t error;
    json_t *report = json_load_file(argv[6], 0, &error);
    if (!report) {
        printf("exit status %s and no report: %s\n", argv[5], error.text);
        return 1;
    }
    if (!clean && !proved && wanted_count == 0) {
        differ("nothing is expected of", argv[1]);
    }
    int status;
    judge_findings(json_object_get(report, "findings"), clean, &status);
    for (size_t w = 0; !clean && w < wanted_count; w++) {
        if (wanted[w].demanded && !wanted[w].met) {
            differ("not reported", wanted[w].text);
        }
    }
    judge_verdict(report, atoi(argv[5]), status);
    json_decref(report);
    return differences ? 1 : 0;
}
