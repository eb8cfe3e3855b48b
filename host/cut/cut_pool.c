/*
 * cut_pool - the processes of a campaign, its progress and its end
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/terminal.h"

#define JOBS_MAX 256
#define LOOK_NS 100000000

static volatile sig_atomic_t asked; // to end

static void on_signal(int number) {
    (void)number;
    asked = 1;
}

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/// What was done ///

static void add_row(struct cut_tally *t, const struct cut_row *row,
        bool is_fault) {
    t->cut_us += row->state == CUT_DONE ? row->cut_us : 0;
    t->other_us += row->other_us;
    if (row->state == CUT_EQUAL) {
        t->equal++;
    }
    if (row->state != CUT_DONE) {
        return;
    }
    t->cut++;
    t->faults += is_fault;
    t->verdicts[row->verdict]++;
    if (row->image >= 0 && row->image < 8) {
        t->images[row->image]++;
    } else {
        t->none += row->image == CUT_NO_IMAGE;
    }
    t->boots_max = row->boots > t->boots_max ? row->boots : t->boots_max;
    t->resumed += row->resume == CUT_RESUMED;
    t->never_resumed += row->resume == CUT_NEVER_RESUMED;
    for (unsigned level = 0; level < CUT_LEVELS; level++) {
        const struct cut_seconds *s = &row->second[level];
        t->second_equal[level] += s->equal;
        t->second_ended += s->ended;
        for (unsigned i = 0; i < CUT_VERDICTS; i++) {
            t->seconds[i] += s->verdicts[i];
            t->second[level] += s->verdicts[i];
        }
    }
}

uint64_t cut_tally_bad(const struct cut_tally *t) {
    return t->cut - t->verdicts[CUT_GOOD] + t->second[CUT_RECOVERY] +
            t->second[CUT_AGAIN] - t->seconds[CUT_GOOD];
}

static void count(const struct cut_walk *w, struct cut_tally *t) {
    const struct cut_table *table = w->shared->table;
    memset(t, 0, sizeof *t);
    for (uint32_t i = 0; i < table->points; i++) {
        if (cut_walk_is_ours(w->m->options, i)) {
            t->points++;
            add_row(t, &table->row[i], w->plan->points[i].fault != CUT_POWER);
        }
    }
}

/// Progress ///

struct progress {
    double begin;
    uint64_t done_before; // by an earlier part of the campaign
    unsigned step;
    bool shown;
};

static void show(const struct cut_walk *w, struct progress *p) {
    struct cut_tally t;
    if (w->m->options->quiet) {
        return;
    }
    count(w, &t);
    const uint64_t done = t.cut + t.equal;
    const double took = seconds_now() - p->begin;
    const uint64_t fresh = done - p->done_before;
    const unsigned percent = t.points ? (unsigned)(done * 100 / t.points) : 100;
    const double left =
            fresh ? took / (double)fresh * (double)(t.points - done) : 0;
    char line[160];
    snprintf(line, sizeof line,
            "%3u %%: %" PRIu64 " of %" PRIu64 " points, %" PRIu64
            " bad, %.0f s left",
            percent, done, t.points, cut_tally_bad(&t), left);
    if (terminal_moves(stderr)) {
        fprintf(stderr, "\r%.*s\033[K", (int)terminal_columns(stderr) - 1,
                line);
        fflush(stderr);
        p->shown = true;
    } else if (percent / 10 > p->step) {
        p->step = percent / 10;
        cli_say("%s", line);
    }
}

static void hide(const struct progress *p) {
    if (p->shown) {
        fputs("\r\033[K", stderr);
    }
}

/// Processes ///

static void work(struct cut_walk *w) {
    // The parent is told, and tells; without it there is nothing to do.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(cut_walk_all(w) ? 0 : 1);
}

// 0, or what is wrong with a job that has ended.
static const char *reap(unsigned *running) {
    int status;
    const char *wrong = NULL;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        --*running;
        if (!WIFEXITED(status)) {
            wrong = "a job was killed";
        } else if (WEXITSTATUS(status)) {
            wrong = "a job did not reach a point of the run, or has no memory";
        }
    }
    return wrong;
}

static int wait_for(struct cut_walk *w, unsigned running, struct progress *p) {
    const char *wrong = NULL;
    const struct timespec look = {0, LOOK_NS};
    while (running) {
        const char *now = reap(&running);
        wrong = now ? now : wrong;
        w->shared->table->stop |= asked || wrong;
        if (running) {
            show(w, p);
            nanosleep(&look, NULL);
        }
    }
    hide(p);
    return wrong
            ? cli_fail(CLI_TROUBLE,
                      "%s; give --jobs 1, and tell us if it stays so", wrong)
            : -1;
}

int cut_pool_run(struct cut_walk *w, struct cut_tally *tally) {
    const uint64_t jobs = w->m->options->jobs;
    struct progress p = {.begin = seconds_now()};
    struct sigaction action = {.sa_handler = on_signal}, old[2];
    unsigned running = 0;
    sigaction(SIGINT, &action, &old[0]);
    sigaction(SIGTERM, &action, &old[1]);
    count(w, tally);
    p.done_before = tally->cut + tally->equal;
    fflush(NULL);
    for (uint64_t i = 0; i < jobs && i < JOBS_MAX; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            work(w);
        }
        running += pid > 0;
    }
    const int result = running ? wait_for(w, running, &p)
                               : cli_fail(CLI_TROUBLE,
                                         "cannot start a job: %s; close other "
                                         "programs",
                                         strerror(errno));
    count(w, tally);
    tally->interrupted = asked;
    tally->seconds_taken = seconds_now() - p.begin;
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGTERM, &old[1], NULL);
    return result;
}
