/*
 * rules - the mistakes that stop a firmware, and the texts that report them
 *
 * SPDX-License-Identifier: MIT
 *
 * One row a cause. Rows of one rule share its name, which is what users see and
 * write (`--rules`, JSON, tests); they differ in why it happened and in the
 * cure. The texts name no MCU: the violation adds what is specific to one.
 */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>

enum sim_rule_class {
    SIM_CLASS_WINDOW,     // the window is used while it cannot be read
    SIM_CLASS_CONTROLLER, // the flash controller is used against its manual
    SIM_CLASS_CHIP,       // the flash chip is used against its data sheet
    SIM_CLASS_CLOCK,
    SIM_CLASS_CORE,
    SIM_CLASSES
};

enum sim_rule {
    SIM_RULE_WINDOW_FETCH,
    SIM_RULE_WINDOW_READ,
    SIM_RULE_WINDOW_VECTOR_TABLE,
    SIM_RULE_WINDOW_VECTOR_HANDLER,
    SIM_RULE_WINDOW_SUSPENDED,
    SIM_RULE_WINDOW_BEHIND,
    SIM_RULE_WINDOW_DMA,
    SIM_RULE_WINDOW_PINS,
    SIM_RULE_WINDOW_CLOCK,
    SIM_RULE_WINDOW_CONTROLLER,
    SIM_RULE_QUADSPI_BUSY_MAPPED,
    SIM_RULE_QUADSPI_BUSY_ABORT,
    SIM_RULE_QUADSPI_BUSY_TRANSFER,
    SIM_RULE_QUADSPI_BUSY_INTERRUPT,
    SIM_RULE_QUADSPI_AR,
    SIM_RULE_QUADSPI_TCEN,
    SIM_RULE_QUADSPI_NOT_SENT,
    SIM_RULE_QUADSPI_NOT_STARTED,
    SIM_RULE_QUADSPI_STUCK_READ,
    SIM_RULE_QUADSPI_STUCK_WRITE,
    SIM_RULE_NOR_READ_BUSY,
    SIM_RULE_NOR_READ_SUSPENDING,
    SIM_RULE_NOR_READ_SUSPENDED,
    SIM_RULE_NOR_COMMAND_BUSY,
    SIM_RULE_NOR_COMMAND_SUSPENDING,
    SIM_RULE_NOR_COMMAND_SUSPENDED,
    SIM_RULE_NOR_NOT_BLANK,
    SIM_RULE_NOR_NO_WEL,
    SIM_RULE_NOR_PAGE_WRAP,
    SIM_RULE_NOR_PROTECTED,
    SIM_RULE_NOR_SUSPEND_EARLY,
    SIM_RULE_NOR_UNKNOWN_OPCODE,
    SIM_RULE_NOR_BAD_FRAME,
    SIM_RULE_NOR_QUAD_ENABLE,
    SIM_RULE_NOR_DUMMY_CLOCKS,
    SIM_RULE_NOR_CONTINUOUS,
    SIM_RULE_NOR_ASLEEP,
    SIM_RULE_NOR_TOO_FAST,
    SIM_RULE_NOR_TOO_FAST_WAKE,
    SIM_RULE_NOR_TOO_FAST_RESET,
    SIM_RULE_NOR_ERASE_UNALIGNED,
    SIM_RULE_NOR_ERASE_UNIT,
    SIM_RULE_NOR_STATUS_WRITE,
    SIM_RULE_NOR_RESET_BUSY,
    SIM_RULE_NOR_CLOCK,
    SIM_RULE_NOR_SELECT_HIGH,
    SIM_RULE_NOR_DDR,
    SIM_RULE_NOR_MODE_BITS,
    SIM_RULE_FLASH_LATENCY,
    SIM_RULE_CLOCK_RANGE,
    SIM_RULE_PLL_RANGE,
    SIM_RULE_RAM_NOT_COPIED,
    SIM_RULE_LOCKUP,
    SIM_RULE_NOT_MODELLED,
    SIM_RULES
};

struct sim_rule_row {
    const char *name; // "window-fetch"
    enum sim_rule_class class;
    const char *what; // one line, for the list of rules
    const char *why;  // why it is wrong
    const char *cure; // what to do
};
// Indexed by enum sim_rule; rows of one name are adjacent.
extern const struct sim_rule_row sim_rules[SIM_RULES];
// "window", "controller", ...
extern const char *const sim_rule_classes[SIM_CLASSES];

#endif
