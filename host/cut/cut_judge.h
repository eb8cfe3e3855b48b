/*
 * cut_judge - boots after a cut, and the verdict
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CUT_JUDGE_H
#define CUT_JUDGE_H

#include "cut/cut_machine.h"

#define CUT_BOOTS_MAX 3
#define CUT_WHY_BYTES 120

enum cut_verdict {
    CUT_GOOD,       // boots a verified image
    CUT_NOTHING,    // boots nothing
    CUT_UNAPPROVED, // boots an image that was never approved
    CUT_UNSTABLE,   // ... with bits that read differently each time
    CUT_FORBIDDEN,  // prints a forbidden text
    CUT_CHANGED,    // the running image changed
    CUT_LOST,       // the update is lost silently
    CUT_OLD,        // an old image comes back after a confirm
    CUT_UNSETTLED,  // does not converge within 3 boots, or reads otherwise
    CUT_STUCK,      // the update can be neither resumed nor restarted
    CUT_VERDICTS,
};
struct cut_verdict_row {
    const char *name; // in JSON: "boots-nothing"
    const char *text; // in reports
};
extern const struct cut_verdict_row cut_verdicts[CUT_VERDICTS];

// What was true when the power was cut.
struct cut_before {
    int running; // image, or CUT_NO_IMAGE
    uint32_t running_off;
    bool sent;      // the sender was told that all of it has arrived
    bool confirmed; // a text of --confirmed was printed
    bool forbidden; // a text of --forbid
};
struct cut_before cut_before(const struct cut_machine *m);

struct cut_outcome {
    enum cut_verdict verdict;
    int image;      // that boots
    unsigned boots; // that it took
    char why[CUT_WHY_BYTES];
    uint64_t executed; // instructions up to the cut; of one point alone
};

// The machine has no supply, or it is powered and a reset was requested. hash:
// cut_machine_hash() now. Ends with the machine at the decision, or behind the
// texts of --expect.
void cut_judge(struct cut_machine *m, const struct cut_before *before,
        uint64_t hash, bool powered, struct cut_outcome *outcome);

#endif
