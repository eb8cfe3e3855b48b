/*
 * progress - how far an upload is: bytes, rate, time left
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"
#include "base/terminal.h"
#include "device/line.h"

#define BAR_COLUMNS 30

void progress_begin(struct progress *p, bool quiet, size_t from) {
    *p = (struct progress){
            .quiet = quiet,
            .is_terminal = terminal_moves(stderr),
            .start_ms = line_now_ms(),
            .from = from,
            .step = -1,
    };
}

const char *progress_text(char *text, size_t room, size_t from, size_t done,
        size_t total, int64_t ms) {
    const size_t sent = done - from;
    if (ms <= 0 || !sent) {
        snprintf(text, room, "begins");
        return text;
    }
    const double rate = (double)sent * 1000 / (double)ms; // bytes a second
    const uint64_t left_s = (uint64_t)((double)(total - done) / rate + 0.5);
    const int n = snprintf(text, room, "%.1f KB/s", rate / 1024);
    if (done < total && n > 0 && (size_t)n < room) {
        if (left_s >= 60) {
            snprintf(text + n, room - (size_t)n,
                    ", %" PRIu64 " min %02" PRIu64 " s left", left_s / 60,
                    left_s % 60);
        } else {
            snprintf(text + n, room - (size_t)n, ", %" PRIu64 " s left",
                    left_s);
        }
    }
    return text;
}

static void draw(size_t done, size_t total, const char *text) {
    const size_t room = terminal_columns(stderr) - 1;
    char bar[BAR_COLUMNS + 1];
    const size_t filled = done * BAR_COLUMNS / total;
    memset(bar, '#', filled);
    memset(bar + filled, '.', BAR_COLUMNS - filled);
    bar[BAR_COLUMNS] = '\0';
    char line[200];
    snprintf(line, sizeof line, "[%s] %3zu %%  %s", bar, done * 100 / total,
            text);
    fprintf(stderr, "\r%.*s\033[K%s", (int)room, line,
            done == total ? "\n" : "");
    fflush(stderr);
}

void progress_show(struct progress *p, size_t done, size_t total) {
    if (p->quiet || !total) {
        return;
    }
    const int percent = (int)(done * 100 / total);
    const int step = p->is_terminal ? percent : percent / 10;
    if (step == p->step) {
        return;
    }
    p->step = step;
    char text[64];
    progress_text(text, sizeof text, p->from, done, total,
            line_now_ms() - p->start_ms);
    if (p->is_terminal) {
        draw(done, total, text);
    } else {
        char count[NUMBER_TEXT_BYTES];
        cli_say("sent %3d %%: %s bytes, %s", percent,
                number_format_count(count, done), text);
    }
}
