/*
 * cut_table - what all processes of a campaign write down
 *
 * SPDX-License-Identifier: MIT
 *
 * Memory that a fork shares, or a file that is mapped: --state. Each point has
 * a row; a process claims it before it begins. States of the flash that were
 * seen are found by their hash, so that each of them is run once.
 */
#ifndef CUT_TABLE_H
#define CUT_TABLE_H

#include "cut/cut_judge.h"
#include "cut/cut_plan.h"

enum cut_row_state { CUT_TODO, CUT_CLAIMED, CUT_EQUAL, CUT_DONE };
enum cut_resume { CUT_NOT_TRIED, CUT_RESUMED, CUT_NEVER_RESUMED };

// Cuts of the second level: in what the boot after a cut does (--twice), and in
// the update that was begun again (--again).
enum cut_level { CUT_RECOVERY, CUT_AGAIN, CUT_LEVELS };
struct cut_seconds {
    uint32_t verdicts[CUT_VERDICTS];
    uint32_t run;   // of CUT_AGAIN
    uint32_t equal; // to another one, and not run
    uint32_t ended; // the update was begun once more, and has arrived
};

struct cut_row {
    uint64_t key;  // of the state; 0: none
    uint32_t same; // CUT_EQUAL: as that point; CUT_SECOND: as one of level 2
    uint8_t state, verdict, boots, resume;
    int16_t image;
    struct cut_seconds second[CUT_LEVELS];
    uint32_t cut_us, other_us; // processor time
    char why[CUT_WHY_BYTES];
};
#define CUT_SECOND UINT32_MAX

// A bad point of the second level.
struct cut_second {
    char name[CUT_NAME_BYTES];
    uint8_t verdict;
    char why[CUT_WHY_BYTES];
};
#define CUT_SECONDS_MAX 256

struct cut_table {
    char magic[16];
    uint64_t fingerprint;
    uint32_t points, rows_bytes;
    uint32_t stop;    // asked for by a signal
    uint32_t next;    // first row that no process has looked at
    uint32_t seconds; // so many bad ones, or more
    struct cut_second second[CUT_SECONDS_MAX];
    struct cut_row row[];
};

struct cut_states; // by hash

struct cut_shared {
    struct cut_table *table;
    size_t table_bytes;
    struct cut_states *states;
    int fd; // of --state, or -1
};

// path NULL: in memory. Returns -1, or an exit code after one line. Rows that
// another process has claimed and not finished are to do again.
int cut_table_open(struct cut_shared *s, const char *path, size_t points,
        uint64_t fingerprint);
void cut_table_close(struct cut_shared *s);
// The first one who asks for a key gets true and has to run it; the others get
// the point of that one.
bool cut_states_claim(struct cut_shared *s, uint64_t key, uint32_t point,
        uint32_t *same);

#endif
