/*
 * explain_priv - the parts of explain.c, and what is known about compilers,
 * libraries and linkers
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXPLAIN_PRIV_H
#define EXPLAIN_PRIV_H

#include "check/explain/explain.h"

#define RESIDENT "__attribute__((section(\".RamFunc\"), noinline))"

// What a name of explain_known stands for.
enum explain_where {
    EXPLAIN_ANYWHERE, // the same, whatever defines it
    EXPLAIN_LIBRARY,  // a function of the library, if it may come from there
    EXPLAIN_HEADER,   // a function of a header, if its source may be one
};
// Something that firmware calls or reads although its source does not.
struct explain_known {
    const char *pattern; // several with blanks between them
    const char *library; // file pattern that holds it: "*libgcc.a:*"; or NULL
    const char *cause;   // why it is there, a sentence
    const char *avoid;   // how to do without, a sentence or more
    enum explain_where where;
};
// Looks up the target's name, then its alias. NULL: both are unknown, or what
// has the name is known to come from elsewhere.
const struct explain_known *explain_code_(const struct check_finding *finding);
const struct explain_known *explain_data_(const struct check_finding *finding);
// The target is known to come from no library of the compiler or of C.
bool explain_elsewhere_(const struct check_finding *finding);

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

/// explain.c ///

struct explain_words_ {
    const struct check_finding *f;
    FILE *cause, *fix;
};
typedef void explain_fn_(const struct explain_words_ *w);

// The name, or what stands for one that is NULL or empty.
const char *explain_or_else_(const char *name, const char *otherwise);
// FUNCTION+0x12, as annotations name a place.
void explain_put_place_(FILE *out, const struct check_finding *f);
// The line that allows all places of the finding.
void explain_put_allow_(FILE *out, const struct check_finding *f,
        const char *why);

/// explain_window.c, explain_image.c, explain_unknown.c ///

// --begin and --end look swapped.
void explain_swapped_(const struct explain_words_ *w);
// By rule; each is in one of these.
extern explain_fn_ *const explain_window_[CHECK_RULE_COUNT];
extern explain_fn_ *const explain_image_[CHECK_RULE_COUNT];
extern explain_fn_ *const explain_unknown_[CHECK_RULE_COUNT];

#endif
