/*
 * console - the output of the MCU, and the progress bar beside it
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/line/console.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/number.h"
#include "base/terminal.h"

#define BAR_COLUMNS 32

void cmd_console_init(struct cmd_console *c,
        const struct console_options *options) {
    memset(c, 0, sizeof *c);
    c->options = *options;
    c->at_line_start = true;
    c->out_is_terminal = options->out && isatty(fileno(options->out));
    c->bar_is_terminal = terminal_moves(stderr);
    c->bar_step = -1;
}

static bool tail_is(const struct cmd_console *c, const char *text) {
    const size_t bytes = strlen(text);
    return bytes <= c->tail_bytes &&
            memcmp(c->tail + c->tail_bytes - bytes, text, bytes) == 0;
}

static unsigned look_for_texts(struct cmd_console *c, uint8_t byte) {
    if (c->tail_bytes == sizeof c->tail) {
        memmove(c->tail, c->tail + 1, sizeof c->tail - 1);
        c->tail_bytes--;
    }
    c->tail[c->tail_bytes++] = (char)byte;
    unsigned events = CMD_CONSOLE_NOTHING;
    if (!c->wait_met && c->options.wait_for &&
            tail_is(c, c->options.wait_for)) {
        c->wait_met = true;
        events |= CMD_CONSOLE_START;
    }
    if (c->expect_met < c->options.expect_count &&
            tail_is(c, c->options.expect[c->expect_met])) {
        c->expect_met++;
        c->tail_bytes = 0; // the next one must come after this one
        if (c->expect_met == c->options.expect_count) {
            events |= CMD_CONSOLE_MET;
        }
    }
    return events;
}

static void clear_bar(struct cmd_console *c) {
    if (c->bar_shown && c->bar_is_terminal) {
        fputs("\r\033[K", stderr);
    }
    c->bar_shown = false;
}

static void write_line(struct cmd_console *c) {
    if (!c->line_bytes) {
        return;
    }
    if (c->at_line_start && c->options.prefix) {
        fputs(c->options.prefix, c->options.out);
    }
    fwrite(c->line, 1, c->line_bytes, c->options.out);
    c->at_line_start = c->line[c->line_bytes - 1] == '\n';
    c->line_bytes = 0;
    if (c->out_is_terminal || c->options.immediate || c->at_line_start) {
        fflush(c->options.out);
    }
    if (c->options.out == stdout && ferror(stdout)) {
        cli_stdout_failed(errno);
    }
}

bool cmd_console_is_new(struct cmd_console *c) {
    if (++c->outputs <= c->told) {
        return false;
    }
    c->told = c->outputs;
    return true;
}

void cmd_console_forget_future(struct cmd_console *c) {
    c->told = c->outputs;
}

unsigned cmd_console_put(struct cmd_console *c, uint8_t byte) {
    const unsigned events = look_for_texts(c, byte);
    if (!cmd_console_is_new(c)) {
        return events | CMD_CONSOLE_OLD;
    }
    if (!c->options.out) {
        return events;
    }
    // A terminal and a log both need plain line ends; a file gets the exact
    // bytes.
    if (byte == '\r' && c->options.out == stdout) {
        return events;
    }
    c->line[c->line_bytes++] = (char)byte;
    const bool full = c->line_bytes == sizeof c->line;
    const bool whole = byte == '\n' || full;
    // A bar on the same terminal would be overwritten by half a line.
    const bool hold = c->out_is_terminal ? c->bar_shown : !c->options.immediate;
    if (whole || !hold || (events & CMD_CONSOLE_MET)) {
        if (c->out_is_terminal) {
            clear_bar(c);
        }
        write_line(c);
    }
    return events;
}

void cmd_console_say(struct cmd_console *c, const char *format, ...) {
    if (c->options.quiet) {
        return;
    }
    clear_bar(c);
    if (c->out_is_terminal && !c->at_line_start) {
        fputc('\n', c->options.out);
        c->at_line_start = true;
    }
    if (c->options.out) {
        fflush(c->options.out);
    }
    char line[600];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    cli_say("%s", line);
}

static void draw_bar(struct cmd_console *c, size_t done, size_t total,
        const char *rate) {
    // The last column stays free: some terminals begin a new line after it.
    const size_t room = terminal_columns(stderr) - 1;
    const size_t text = strlen(rate) + sizeof "[] 100 %  " - 1;
    const size_t columns = room < text  ? 0
            : room - text < BAR_COLUMNS ? room - text
                                        : BAR_COLUMNS;
    char bar[BAR_COLUMNS + 1];
    const size_t filled = total ? done * columns / total : 0;
    memset(bar, '#', filled);
    memset(bar + filled, '.', columns - filled);
    bar[columns] = '\0';
    char line[256];
    snprintf(line, sizeof line, "[%s] %3zu %%  %s", bar,
            total ? done * 100 / total : 100, rate);
    if (c->out_is_terminal && !c->at_line_start) {
        fputc('\n', c->options.out);
        c->at_line_start = true;
    }
    if (c->options.out) {
        fflush(c->options.out);
    }
    fprintf(stderr, "\r%.*s\033[K", (int)room, line);
    c->bar_shown = done < total;
    if (!c->bar_shown) {
        fputc('\n', stderr);
    }
    fflush(stderr);
}

void cmd_console_progress(struct cmd_console *c, size_t done, size_t total,
        uint64_t elapsed_ps) {
    if (!cmd_console_is_new(c) || c->options.quiet) {
        return;
    }
    const int percent = total ? (int)(done * 100 / total) : 100;
    const int step = c->bar_is_terminal ? percent : percent / 10;
    const bool changed = step != c->bar_step;
    // A bar that was removed for a line is drawn again, except the full one.
    if (!changed && (!c->bar_is_terminal || c->bar_shown || done >= total)) {
        return;
    }
    c->bar_step = step;
    char sent[NUMBER_TEXT_BYTES];
    char all[NUMBER_TEXT_BYTES];
    char time[NUMBER_TEXT_BYTES];
    char rate[3 * NUMBER_TEXT_BYTES + 40];
    snprintf(rate, sizeof rate, "%s of %s bytes, %s simulated",
            number_format_count(sent, done), number_format_count(all, total),
            number_format_time(time, elapsed_ps));
    if (c->bar_is_terminal) {
        draw_bar(c, done, total, rate);
    } else {
        cmd_console_say(c, "sent %3d %%: %s", percent, rate);
    }
}

bool cmd_console_end(struct cmd_console *c) {
    clear_bar(c);
    if (!c->options.out) {
        return true;
    }
    write_line(c);
    if (c->options.out == stdout && !c->at_line_start) {
        fputc('\n', c->options.out);
        c->at_line_start = true;
    }
    errno = 0;
    return fflush(c->options.out) == 0 && !ferror(c->options.out);
}
