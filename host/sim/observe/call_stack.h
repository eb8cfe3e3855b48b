/*
 * call_stack - names and call stacks from all ELF files on the command line
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CALL_STACK_H
#define CALL_STACK_H

#include "elf/elf_image.h"
#include "sim/sim.h"

#define CMD_STACK_MAX 32

// The ELF files on the command line, for names.
struct elf_list {
    struct elf_image **at;
    size_t count;
};

struct cmd_frame {
    uint32_t pc;
    struct elf_place place; // function "?" if no ELF knows it
    const char *elf;        // path, NULL: none
    bool interrupted;       // the frame above it is an exception handler
};

struct cmd_stack {
    struct cmd_frame frames[CMD_STACK_MAX]; // innermost first
    size_t count;                           // 0: not walked yet
};

// The function or object at addr. RAM code may be in several ELFs: the one
// whose bytes are in memory now wins.
struct cmd_frame cmd_stack_place(const struct elf_list *elfs, struct sim *sim,
        uint32_t addr);
// Follows exception entries; reads the stack as it is in memory now.
void cmd_stack_walk(const struct elf_list *elfs, struct sim *sim,
        const uint32_t regs[17], struct cmd_stack *stack);

#endif
