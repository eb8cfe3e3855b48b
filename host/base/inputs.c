/*
 * inputs - no output takes the place of a file that the command reads
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/inputs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cli.h"

static int word_count;
static char **words;

void inputs_of(int argc, char **argv) {
    word_count = argc;
    words = argv;
}

bool inputs_same_file(const char *a, const char *b) {
    struct stat first, second;
    return !stat(a, &first) && !stat(b, &second) &&
            first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// Whether text, or what precedes its last '@', names the file of path.
static bool names(const char *text, const char *path) {
    if (text == path) {
        return false; // the output itself
    }
    char before[4096];
    const char *at = strrchr(text, '@');
    if (at && (size_t)(at - text) < sizeof before) {
        memcpy(before, text, (size_t)(at - text));
        before[at - text] = '\0';
        if (inputs_same_file(before, path)) {
            return true;
        }
    }
    return inputs_same_file(text, path);
}

static bool word_names(const char *word, const char *path) {
    if (word[0] == '-' && word[1] && names(word + 2, path)) {
        return true; // of an option with one letter
    }
    for (const char *text = word; text; text = strpbrk(text, "=:")) {
        text += text != word; // behind the '=' or ':'
        if (names(text, path)) {
            return true;
        }
    }
    return false;
}

bool inputs_spare(const char *path) {
    struct stat st;
    if (stat(path, &st) || !S_ISREG(st.st_mode)) {
        return true;
    }
    for (int i = 1; i < word_count; i++) {
        if (word_names(words[i], path)) {
            cli_fail(CLI_TROUBLE,
                    "%s is an input, too, and would be overwritten; name "
                    "another file for the output",
                    path);
            return false;
        }
    }
    return true;
}
