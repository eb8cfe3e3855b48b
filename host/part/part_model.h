/*
 * part_model - a part for the chip model, from a dump of its SFDP tables
 *
 * SPDX-License-Identifier: MIT
 *
 * What the tables do not say is assumed, with pessimistic values, and each
 * assumption is a sentence. The table is also what the library reads, so that
 * an agreement between library and model proves nothing about its figures.
 */
#ifndef PART_MODEL_H
#define PART_MODEL_H

#include "nor/nor.h"
#include "part/sfdp.h"

#define PART_ASSUMED_MAX 16

struct part_model {
    struct sfdp_dump dump;
    struct sfdp sfdp;
    struct nor_part part; // valid as long as this
    char name[64];        // "sfdp:chip.hex"
    const char *assumed[PART_ASSUMED_MAX];
    unsigned assumed_count;
};

// path: without "sfdp:". False: as sfdp_read_file.
bool part_model_open(struct part_model *model, const char *path,
        char why[SFDP_WHY_BYTES]);
void part_model_close(struct part_model *model);

// The part of an option --part: a name, or sfdp:FILE, which *model then is of
// (closed before if it was open: {0} at first). NULL after a line on stderr.
const struct nor_part *part_choose(struct part_model *model, const char *name);

#endif
