/*
 * explain_priv - what is known about compilers, libraries and linkers
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXPLAIN_PRIV_H
#define EXPLAIN_PRIV_H

#include "check/report/report.h"

// Something that firmware calls or reads although its source does not.
struct explain_known {
    const char *pattern; // several with blanks between them
    const char *library; // file pattern that holds it: "*libgcc.a:*"; or NULL
    const char *cause;   // why it is there, a sentence
    const char *avoid;   // how to do without, a sentence or more
};
// Looks up the name, then the other name. NULL: both are unknown.
const struct explain_known *explain_code_(const char *name, const char *other);
const struct explain_known *explain_data_(const char *name, const char *other);

// What a linker script calls the object "/x/libgcc.a(_udivmoddi4.o)":
// "*libgcc.a:_udivmoddi4.o"; of "src/qspi.o": "*qspi.o"; of a source
// "src/qspi.c": "*qspi.*". False: nothing useful.
bool explain_file_(const char *object, char *pattern, size_t size);
// The same for the target of a finding, by what is known about libraries if no
// map was read.
bool explain_target_file_(const struct check_finding *finding,
        const struct explain_known *known, char *pattern, size_t size);
// The linker lines that move the sections (".text", ".rodata") of that file.
void explain_move_(FILE *out, const char *file, const char *section);

#endif
