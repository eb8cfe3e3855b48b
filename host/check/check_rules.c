/*
 * check_rules - the stable names of what the checker can find
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/check.h"

const struct check_rule check_rules[] = {
        {"call", CHECK_VIOLATION, "a call to a function in flash"},
        {"tail-call", CHECK_VIOLATION, "a jump to a function in flash"},
        {"indirect-call", CHECK_VIOLATION,
                "a call through a pointer that leads into flash"},
        {"pointer", CHECK_VIOLATION,
                "a function pointer in initialised data that leads into flash"},
        {"pointer-even", CHECK_VIOLATION,
                "a function pointer without the Thumb bit"},
        {"code", CHECK_VIOLATION, "a function itself lies in flash"},
        {"literal", CHECK_VIOLATION, "a constant pool in flash"},
        {"jump-table", CHECK_VIOLATION, "a switch table in flash"},
        {"load", CHECK_VIOLATION, "a load from flash"},
        {"store", CHECK_VIOLATION, "a store to the flash window"},
        {"vector-table", CHECK_VIOLATION, "the vector table lies in flash"},
        {"vector", CHECK_VIOLATION, "a vector that leads into flash"},
        {"vector-even", CHECK_VIOLATION, "a vector without the Thumb bit"},
        {"inlined", CHECK_VIOLATION,
                "a RAM function of which a copy was inlined into flash"},
        {"no-copy", CHECK_VIOLATION, "a RAM section that nobody copies to RAM"},
        {"orphan", CHECK_VIOLATION,
                "a section for RAM code that the linker left in flash"},
        {"address", CHECK_UNKNOWN,
                "the address of something in flash, stored or passed on"},
        {"data-pointer", CHECK_UNKNOWN,
                "a data pointer in RAM that leads into flash"},
        {"no-debug", CHECK_WARNING, "something could not be looked at"},
        {"settled", CHECK_WARNING,
                "a pointer in RAM that is taken as constant"},
        {"stale-note", CHECK_WARNING, "an annotation that nothing needs"},
        {"U1", CHECK_UNKNOWN, "an indirect call whose target nothing tells"},
        {"U2", CHECK_UNKNOWN,
                "a call through a pointer that may be changed at run time"},
        {"U3", CHECK_UNKNOWN, "a call through a pointer that starts as zero"},
        {"U4", CHECK_UNKNOWN, "an instruction that cannot be decoded"},
        {"U5", CHECK_UNKNOWN, "code without mapping symbols or size"},
        {"U6", CHECK_UNKNOWN,
                "a flash address in a function that no instruction uses"},
        {"U7", CHECK_UNKNOWN, "a computed jump without a known table"},
        {"U8", CHECK_UNKNOWN, "a vector that is filled in at run time"},
        {"U9", CHECK_WARNING, "accesses through pointers that nothing tells"},
};
const size_t check_rule_count = sizeof check_rules / sizeof check_rules[0];

const struct check_rule *check_rule_find(const char *name) {
    for (size_t i = 0; i < check_rule_count; i++) {
        if (!strcmp(check_rules[i].name, name)) {
            return &check_rules[i];
        }
    }
    return NULL;
}
