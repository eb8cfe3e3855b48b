/*
 * cli - exit codes and lines on stderr, for all commands
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *command;

void cli_set_command(const char *name) {
    command = name;
}

const char *cli_help_hint(void) {
    static char text[60];
    snprintf(text, sizeof text, "xipsafe %s%s--help", command ? command : "",
            command ? " " : "");
    return text;
}

static void put_line(const char *format, va_list args) {
    char line[1000];
    vsnprintf(line, sizeof line, format, args);
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    fflush(stdout);
    fprintf(stderr, "xipsafe%s%s: %s\n", command ? " " : "",
            command ? command : "", line);
}

int cli_fail(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    put_line(format, args);
    va_end(args);
    return status;
}

void cli_say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    put_line(format, args);
    va_end(args);
}

int cli_no_memory(void) {
    return cli_fail(CLI_TROUBLE, "out of memory; close other programs");
}

void cli_put_word(FILE *file, const char *word) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                "uvwxyz0123456789-_=+,./:@%";
    if (*word && strspn(word, plain) == strlen(word)) {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word; word++) {
        if (*word == '\'') {
            fputs("'\\''", file);
        } else {
            fputc((unsigned char)*word < ' ' ? '?' : *word, file);
        }
    }
    fputc('\'', file);
}

int cli_print(const char *text) {
    fputs(text, stdout);
    return CLI_GOOD;
}

static int stdout_error;

void cli_stdout_failed(int error) {
    stdout_error = stdout_error ? stdout_error : error;
}

int cli_finish(int status) {
    if (fflush(stdout)) {
        cli_stdout_failed(errno);
    }
    if (ferror(stdout)) {
        return cli_fail(CLI_TROUBLE,
                "standard output: %s; the output above is incomplete",
                stdout_error ? strerror(stdout_error) : "cannot be written");
    }
    return status;
}
