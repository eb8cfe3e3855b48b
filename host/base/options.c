/*
 * options - one grammar of options for all commands
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/options.h"

#include <string.h>

#include "base/cli.h"
#include "base/number.h"

// Of the command that is read now.
static const char *once_names = "";
static uint64_t ids_given[8];
// The last one that may have a value and had none.
static const char *without_value;
static bool was_file;

void options_begin(void) {
    without_value = NULL;
    was_file = false;
    optind = 0; // GNU's way to begin anew
    opterr = 0;
    once_names = "";
    memset(ids_given, 0, sizeof ids_given);
}

void options_once(const char *names) {
    once_names = names;
}

static const struct option *find_long(const struct option *options, int id) {
    for (; options->name; options++) {
        if (options->val == id) {
            return options;
        }
    }
    return NULL;
}

static bool is_once(const char *name) {
    const size_t length = strlen(name);
    for (const char *p = once_names; *p; p += *p == ' ') {
        const size_t word = strcspn(p, " ");
        if (word == length && !strncmp(p, name, length)) {
            return true;
        }
        p += word;
    }
    return false;
}

static bool was_given(int id) {
    uint64_t *ids = &ids_given[(unsigned)id / 64 % 8];
    const uint64_t bit = 1ull << (unsigned)id % 64;
    const bool was = *ids & bit;
    *ids |= bit;
    return was;
}

// An option with a value, of which getopt has no complaint.
static int check_value(int option, const struct option *known) {
    if (optarg && !*optarg) {
        cli_fail(CLI_TROUBLE, "--%s needs a value: it was empty; see %s",
                known->name, cli_help_hint());
        return '?';
    }
    if (was_given(option) && is_once(known->name)) {
        cli_fail(CLI_TROUBLE,
                "--%s is given twice: of two files one would be left alone; "
                "give it once",
                known->name);
        return '?';
    }
    return option;
}

// The word with the option that getopt does not know: it stays at one of
// several letters behind a dash until it has taken the last.
static const char *refused_word(char **argv) {
    const char *before = argv[optind - 1], *text = argv[optind];
    const bool letter = optopt > 0 && optopt < 0x7f;
    const bool taken = before[0] == '-' && before[1] != '-' &&
            before[strlen(before) - 1] == optopt;
    return letter && !taken && text && text[0] == '-' && text[1] == optopt
            ? text
            : before;
}

// "-xip" is --xip. NULL: no long option has that name.
static const char *meant(const char *text, const struct option *options) {
    const size_t length = strcspn(text + 1, "=");
    for (; text[0] == '-' && options->name; options++) {
        if (strlen(options->name) == length &&
                !strncmp(options->name, text + 1, length)) {
            return options->name;
        }
    }
    return NULL;
}

static void complain(char **argv, const struct option *long_options) {
    const char *text = refused_word(argv);
    const char *name = meant(text, long_options);
    if (optopt && find_long(long_options, optopt) && strchr(text, '=')) {
        const int length = (int)strcspn(text, "=");
        cli_fail(CLI_TROUBLE, "%.*s takes no value; see %s", length, text,
                cli_help_hint());
    } else if (name) {
        cli_fail(CLI_TROUBLE, "unknown option '-%s'; did you mean --%s? See %s",
                name, name, cli_help_hint());
    } else if (optopt > 0 && optopt < 0x7f && text[0] == '-' &&
            text[1] != '-') {
        cli_fail(CLI_TROUBLE, "unknown option '-%c'; see %s", optopt,
                cli_help_hint());
    } else {
        cli_fail(CLI_TROUBLE, "unknown option '%s'; see %s", text,
                cli_help_hint());
    }
}

// What is no option: one in its order, or all that are left at the end.
static int check_files(int option, int argc, char **argv) {
    bool empty = option == 1 && !*optarg;
    for (int i = optind; option == -1 && i < argc; i++) {
        empty |= !*argv[i];
    }
    if (empty) {
        cli_fail(CLI_TROUBLE, "an argument is empty: name a file; see %s",
                cli_help_hint());
        return '?';
    }
    return option;
}

int options_next(int argc, char **argv, const char *short_options,
        const struct option *long_options, const char **name) {
    int index = -1;
    without_value = was_file ? NULL : without_value; // it belongs to that
    const int option =
            getopt_long(argc, argv, short_options, long_options, &index);
    was_file = option == 1;
    if (index >= 0 && long_options[index].has_arg == optional_argument &&
            !optarg) {
        without_value = long_options[index].name;
    }
    if (name) {
        *name = index >= 0 ? long_options[index].name : NULL;
    }
    if (option == ':') {
        cli_fail(CLI_TROUBLE, "%s needs a value; see %s", argv[optind - 1],
                cli_help_hint());
        return '?';
    }
    if (option == '?') {
        complain(argv, long_options);
        return '?';
    }
    if (option == -1 || option == 1) {
        return check_files(option, argc, argv);
    }
    const struct option *known =
            index >= 0 ? &long_options[index] : find_long(long_options, option);
    return known && known->has_arg != no_argument ? check_value(option, known)
                                                  : option;
}

bool options_stray(const char *text) {
    if (without_value) {
        cli_fail(CLI_TROUBLE, "'%s' is not an option: write --%s=%s", text,
                without_value, text);
    }
    return without_value != NULL;
}

bool option_bad(const char *name, const char *text, const char *wanted) {
    cli_fail(CLI_TROUBLE, "--%s '%s' is not usable; give %s", name, text,
            wanted);
    return false;
}

bool option_number(const char *name, const char *text, uint64_t min,
        uint64_t max, uint64_t *value) {
    uint64_t number;
    if (!number_parse(text, max, &number) || number < min) {
        cli_fail(CLI_TROUBLE,
                "--%s '%s' is not usable; give a number from %llu to %llu, "
                "decimal, 0x hexadecimal, or with K or M",
                name, text, (unsigned long long)min, (unsigned long long)max);
        return false;
    }
    *value = number;
    return true;
}

bool option_u32(const char *name, const char *text, uint32_t max,
        uint32_t *value) {
    uint64_t number;
    if (!option_number(name, text, 0, max, &number)) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

bool option_time(const char *name, const char *text, uint64_t *ps) {
    return (number_parse_time(text, ps) && *ps) ||
            option_bad(name, text,
                    "a time with its unit, as 10s, 500ms or 20us, above 0 and at "
                    "most 9000000s");
}

bool option_choice(const char *name, const char *text, const char *const *names,
        size_t count, const char *words, size_t *choice) {
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(text, names[i])) {
            *choice = i;
            return true;
        }
    }
    return option_bad(name, text, words);
}
