/*
 * cut_machine - the machine of a campaign, and runs of it up to an event
 *
 * SPDX-License-Identifier: MIT
 *
 * Made once; snapshots bring it back. The decision of the boot program is the
 * first instruction in a range of addresses, or a word in memory.
 */
#ifndef CUT_MACHINE_H
#define CUT_MACHINE_H

#include "cut/cut_images.h"
#include "cut/cut_line.h"
#include "cut/cut_options.h"
#include "sim/command/cmd_files.h"
#include "sim/machine/chip.h"
#include "sim/snapshot.h"

enum {
    CUT_NO_IMAGE = -1,     // none that is approved
    CUT_NOT_COMPARED = -2, // the decision is no address in the window
};

enum cut_stop {
    CUT_DECIDED,
    CUT_TEXT,  // one of those that stop has been printed
    CUT_POINT, // the time or the instruction of a point
    CUT_LATE,  // the limit has passed
    CUT_VIOLATION,
    CUT_LOCKUP,
    CUT_IDLE, // asleep for ever
};

// An erase, program or register write, of the chip or of the MCU's flash.
struct cut_operation {
    char kind;
    bool internal;
    uint32_t off;
    sim_time before;   // its command is not complete
    sim_time from, to; // to 0: not ended yet
};

// State that goes back with a snapshot.
struct cut_marks {
    struct sim_event alarm, point, poll;
    bool rang, reached, decided;
    // What was decided on last: an image, and where it lies.
    int running; // CUT_NO_IMAGE, CUT_NOT_COMPARED
    uint32_t running_off, decided_pc;
    bool unstable;          // bits of it read differently each time
    unsigned resets;        // since the power-on
    uint64_t operations;    // begun since the power-on
    unsigned internal_busy; // operations of the MCU's flash that run
};

struct cut_machine {
    const struct cut_options *options;
    struct cmd_files files;
    struct sim *sim;
    struct sim_board *board;
    struct chip chip;
    struct cut_line line;
    struct cut_marks marks;
    struct cut_images images;
    uint32_t decide_addr, decide_bytes;
    FILE *echo; // shows what the MCU prints; NULL: nothing does
    // Trace and notes go there; NULL: nowhere. Not part of a snapshot.
    void (*told)(void *ctx, const struct sim_trace *entry);
    void *told_ctx;
    void (*shown)(void *ctx, const struct sim_trace *entry);
    void (*cut_shown)(void *ctx); // before the supply is cut
    void *shown_ctx;
    void (*noted)(void *ctx, const char *line);
};

// Returns -1, or an exit code after one line. cut_machine_close either way.
int cut_machine_open(struct cut_machine *m, const struct cut_options *o);
void cut_machine_close(struct cut_machine *m);

void cut_machine_power_on(struct cut_machine *m);
// tear: see nor_set_tear. The machine stays without supply.
void cut_machine_power_off(struct cut_machine *m, uint64_t tear);
// CUT_LATE comes so long from now. SIM_NEVER: it does not.
void cut_machine_limit(struct cut_machine *m, sim_time limit);
// CUT_POINT comes at this time.
void cut_machine_point(struct cut_machine *m, sim_time at);
enum cut_stop cut_machine_run(struct cut_machine *m);
// Why a run ended, as a clause.
void cut_machine_why(const struct cut_machine *m, enum cut_stop stop,
        char *text, size_t size);
// Goes on until the update has been installed and starts, or `limit` is over.
// Without --send: until the texts of --until, or the end of the limit. True:
// it ended so; false: *stop says how.
bool cut_machine_update(struct cut_machine *m, sim_time limit,
        enum cut_stop *stop);
// Of all that a loss of power keeps.
uint64_t cut_machine_hash(struct cut_machine *m,
        const struct sim_snapshot *snapshot);

#endif
