/*
 * findings - what was found, and what annotations cover of it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "check/analysis/analysis.h"

/// findings.c ///

// Adds a finding; the fields that are not set are filled in: class by rule,
// path by node, lines and objects by address. node may be NO_NODE. An equal
// one (rule, function, target) is counted up instead. detail is a format.
void finding_add(struct analysis *a, const struct check_finding *finding,
        uint32_t node, const char *detail, ...)
        __attribute__((format(printf, 4, 5)));
// The instruction or word at addr is judged, by a finding or an annotation.
void findings_told(struct analysis *a, uint32_t addr);
bool findings_tell(const struct analysis *a, uint32_t addr);
void findings_clear(struct check_report *report);
void findings_finish(struct analysis *a);

/// notes.c ///

// Before the first run and each other one: counts what they cover.
void notes_begin(struct analysis *a);
// Before the first: none is known to be wrong.
void notes_reset(struct analysis *a);
// Lines of that kind that name it are wrong, by what is seen at that address:
// nothing is taken from them when all is judged again. why: literal.
void notes_refute(struct analysis *a, enum check_note_kind kind,
        const char *name, const char *why, uint32_t at);
// The note, an "allow", covers the places of that finding.
void note_covers(struct analysis *a, struct check_note *note,
        const struct check_finding *f);
// Reports those that cover more than they say; part of findings_finish().
void notes_finish(struct analysis *a);
// An "allow" names the instruction at addr, of that function, for the rule.
bool note_at(const struct analysis *a, enum check_rule_id rule,
        const char *function, uint32_t function_addr, uint32_t addr);
// An "allow" that covers the finding, counted as used; or NULL.
struct check_note *note_allows(struct analysis *a,
        const struct check_finding *f);
// Finds an annotation of that kind for a place and counts it as used. NULL:
// there is none.
struct check_note *note_find(struct analysis *a, enum check_note_kind kind,
        const char *function, uint32_t offset);
// There is an annotation of that kind.
bool note_any(const struct analysis *a, enum check_note_kind kind);
// An annotation of that kind names it; that is no use of it.
bool note_names(const struct analysis *a, enum check_note_kind kind,
        const char *name);

/// swapped_halves.c ///

// At the end: marks findings for which --begin and --end are rather swapped.
void swapped_halves_check(struct analysis *a);

/// note_names.c ///

// At the end: what lines name that no image has.
void note_names_check(struct analysis *a);
// An image has a symbol of exactly that name.
bool note_has_symbol(const struct analysis *a, const char *name);

#endif
