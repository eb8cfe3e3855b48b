/*
 * cases - ways to fault
 *
 * SPDX-License-Identifier: MIT
 *
 * The line at fault, or the one that the decoder has to name, ends in
 * `// AT <case>`; tests/sim/crash.sh has what must be said of it.
 */
#ifndef CASES_H
#define CASES_H

#include <stdint.h>

// clang-format off
#define CASES(X) \
    X(none) \
    X(even) X(null_call) X(wild_read) X(wild_store) X(unaligned) X(divide) \
    X(undefined) X(breakpoint) X(svc_masked) X(no_fpu) X(bad_return) \
    X(smashed) X(stack_below) X(stack_guard) \
    X(execute_never) X(read_only) \
    X(jump_register) X(blank_image) X(blank_vector) X(even_vector) \
    X(not_copied) X(overwritten) X(assertion) X(error_handler) X(in_handler) \
    X(on_psp) X(with_fp) X(twice) X(unprivileged) \
    X(call_flash) X(read_table) X(vector_in_flash) X(busy_return) \
    X(assert_in_outage) X(before_init) X(re_init) X(watchdog_outage) \
    X(watchdog_loop) X(wait_masked) X(lockup) X(boot_systick) \
    X(stack_overflow)
// clang-format on

#define X(name) void case_##name(void);
CASES(X)
#undef X

void Error_Handler(void);

#endif
