/*
 * check_rules - what the checker can find, in the order of the reports
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum check_class { CHECK_VIOLATION, CHECK_UNKNOWN, CHECK_WARNING };

enum check_rule_id {
    CHECK_RULE_CALL,
    CHECK_RULE_TAIL_CALL,
    CHECK_RULE_INDIRECT_CALL,
    CHECK_RULE_POINTER_EVEN,
    CHECK_RULE_CODE,
    CHECK_RULE_LITERAL,
    CHECK_RULE_JUMP_TABLE,
    CHECK_RULE_LOAD,
    CHECK_RULE_STORE,
    CHECK_RULE_VECTOR_TABLE,
    CHECK_RULE_VECTOR,
    CHECK_RULE_VECTOR_EVEN,
    CHECK_RULE_INLINED,
    CHECK_RULE_NO_COPY,
    CHECK_RULE_ORPHAN,
    CHECK_RULE_ADDRESS,
    CHECK_RULE_DATA_POINTER,
    CHECK_RULE_NO_DEBUG,
    CHECK_RULE_SETTLED,
    CHECK_RULE_STALE_NOTE,
    CHECK_RULE_CALL_UNKNOWN,   // U1
    CHECK_RULE_CALL_MUTABLE,   // U2
    CHECK_RULE_CALL_NULL,      // U3
    CHECK_RULE_UNDECODABLE,    // U4
    CHECK_RULE_NO_SYMBOLS,     // U5
    CHECK_RULE_UNREAD_LITERAL, // U6
    CHECK_RULE_JUMP_UNKNOWN,   // U7
    CHECK_RULE_VECTOR_RUNTIME, // U8
    CHECK_RULE_LOAD_UNKNOWN,   // U9
    CHECK_RULE_RETURN_UNKNOWN,
    CHECK_RULE_MASK_CHANGED,
    CHECK_RULE_MEMORY_UNKNOWN,
    CHECK_RULE_CODE_CHANGED,
    CHECK_RULE_CONST_CHANGED,
    CHECK_RULE_NO_OUTAGE,
    CHECK_RULE_CORE_RESET,
    CHECK_RULE_STACK_SMALL,
    CHECK_RULE_STACK_NESTED,
    CHECK_RULE_COPY_UNKNOWN,
    CHECK_RULE_SPLIT_OUTAGE,
    CHECK_RULE_COUNT,
};

struct check_rule {
    const char *name;  // "call-unknown"
    const char *alias; // "U1", the first name of some rules, or NULL
    enum check_class class;
    const char *what; // one line, without a full stop
    const char *why;  // a sentence: what leads to it
    const char *cure; // a sentence: what to do; a finding says it in detail
    bool at_insn;     // a finding's address is that of an instruction
};
extern const struct check_rule check_rules[CHECK_RULE_COUNT];

// The name that never changes: the alias, or the name where there is none. Ids
// of findings, `rule` in JSON and `ruleId` in SARIF have it.
const char *check_rule_key(enum check_rule_id rule);
// "call-unknown (U1)", "call".
void check_rule_label(enum check_rule_id rule, char *text, size_t size);
// The pattern (*, ?) matches the name or the alias.
bool check_rule_matches(enum check_rule_id rule, const char *pattern);

#endif
