/*
 * call_stack - names and call stacks from all ELF files on the command line
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/observe/call_stack.h"

#include <string.h>

#define SP 13
#define LR 14
#define PC 15

static bool read_word(void *ctx, uint32_t addr, uint32_t *word) {
    const uint8_t *p = sim_memory(ctx, addr, 4);
    if (!p) {
        return false;
    }
    *word = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
    return true;
}

// Does the image have code at addr, and is that code in memory now?
static bool image_has(const struct elf_image *image, struct sim *sim,
        uint32_t addr) {
    struct elf_segment s;
    for (size_t i = 0; elf_image_segment(image, i, &s); i++) {
        const uint32_t off = addr - s.run_addr;
        if (addr < s.run_addr || off >= s.file_bytes) {
            continue;
        }
        const uint32_t from = off > 8 ? off - 8 : 0;
        const uint32_t left = s.file_bytes - from;
        const uint32_t bytes = left < 16 ? left : 16;
        const uint8_t *memory = sim_memory(sim, s.run_addr + from, bytes);
        return memory && memcmp(memory, s.data + from, bytes) == 0;
    }
    return false;
}

static struct elf_image *image_of(const struct elf_list *elfs, struct sim *sim,
        uint32_t addr) {
    for (size_t i = 0; i < elfs->count; i++) {
        if (image_has(elfs->at[i], sim, addr)) {
            return elfs->at[i];
        }
    }
    // A function that the bytes in memory do not confirm is better than none
    // (code that was never copied to RAM).
    for (size_t i = 0; i < elfs->count; i++) {
        const struct elf_place place = elf_image_place(elfs->at[i], addr);
        if (strcmp(place.function, "?") != 0) {
            return elfs->at[i];
        }
    }
    return NULL;
}

struct cmd_frame cmd_stack_place(const struct elf_list *elfs, struct sim *sim,
        uint32_t addr) {
    struct cmd_frame frame = {.pc = addr, .place = {.function = "?"}};
    struct elf_image *image = image_of(elfs, sim, addr);
    if (image) {
        frame.place = elf_image_place(image, addr);
        frame.elf = elf_image_path(image);
    }
    return frame;
}

// ARMv7-M ARM B1.5.6 and B1.5.8: what exception entry pushed, at regs[SP] (the
// unwound stack pointer; the interrupted code used the same stack unless it
// ran on PSP, which is not known here).
static bool leave_exception(struct sim *sim, uint32_t regs[16]) {
    const uint32_t exc_return = regs[PC] | 1u;
    const uint32_t base = regs[SP];
    uint32_t frame[8];
    for (unsigned i = 0; i < 8; i++) {
        if (!read_word(sim, base + 4 * i, &frame[i])) {
            return false;
        }
    }
    memcpy(regs, frame, 4 * sizeof frame[0]);
    regs[12] = frame[4];
    regs[LR] = frame[5];
    regs[PC] = frame[6] & ~1u;
    const bool floating = !(exc_return & 0x10u);
    const bool padded = frame[7] & (1u << 9);
    regs[SP] = base + (floating ? 0x68u : 0x20u) + (padded ? 4u : 0u);
    return true;
}

static bool is_exc_return(uint32_t pc) {
    return pc >= 0xFFFFFFE0u;
}

void cmd_stack_walk(const struct elf_list *elfs, struct sim *sim,
        const uint32_t regs_in[17], struct cmd_stack *stack) {
    uint32_t regs[16];
    memcpy(regs, regs_in, sizeof regs);
    regs[PC] &= ~1u;
    stack->count = 0;
    bool exact = true; // PC is an instruction itself, not a return address
    bool interrupted = false;
    // At the end of a handler, where the next exception is taken at once.
    if (is_exc_return(regs[PC])) {
        interrupted = leave_exception(sim, regs);
    }
    while (stack->count < CMD_STACK_MAX) {
        // A return address may already belong to the next line or function.
        const uint32_t look = exact ? regs[PC] : regs[PC] - 2;
        struct cmd_frame *frame = &stack->frames[stack->count++];
        *frame = cmd_stack_place(elfs, sim, look);
        frame->pc = regs[PC];
        frame->interrupted = interrupted;
        struct elf_image *image = image_of(elfs, sim, look);
        const uint32_t sp = regs[SP];
        const uint32_t pc = regs[PC];
        if (!image || !elf_image_unwind(image, regs, read_word, sim)) {
            break;
        }
        regs[PC] &= ~1u;
        exact = false;
        interrupted = false;
        if (is_exc_return(regs[PC])) {
            if (!leave_exception(sim, regs)) {
                break;
            }
            exact = true;
            interrupted = true;
        }
        if (regs[PC] < 2 || (regs[SP] == sp && regs[PC] == pc)) {
            break; // the outermost frame, or a damaged one
        }
    }
}
