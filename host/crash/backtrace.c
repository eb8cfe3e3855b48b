/*
 * backtrace - the calls that led to a fault
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/backtrace.h"

#include <string.h>

#include "crash/exidx.h"
#include "xip_fault.h"

#define GUESSES_MAX 8 // with nothing known of PC

struct walk {
    const struct record *record;
    const struct elf_set *elfs;
    struct backtrace *bt;
    uint32_t regs[16];
    bool missed; // a word was wanted that is not in the record
};

const char *frame_method_name(enum frame_method method) {
    static const char *const names[] = {
            "exact", "dwarf", "exidx", "lr", "exception", "scan", "guess"};
    return names[method];
}

const char *frame_confidence(enum frame_method method) {
    switch (method) {
    case FRAME_FAULT:
    case FRAME_DWARF:
    case FRAME_EXCEPTION:
        return "certain";
    case FRAME_GUESS:
        return "possible";
    default:
        return "likely";
    }
}

static bool is_code(const struct elf_image *image, uint32_t addr) {
    const struct elf_section *s = elf_image_section_at(image, addr);
    return s && s->execute && !s->zero && elf_image_bytes(image, addr, 2);
}

struct elf_image *backtrace_image(const struct elf_set *elfs, uint32_t addr) {
    for (size_t i = 0; i < elfs->count; i++) {
        if (is_code(elfs->at[i], addr)) {
            return elfs->at[i];
        }
    }
    return NULL;
}

static bool read_target(void *ctx, uint32_t addr, uint32_t *word) {
    struct walk *w = ctx;
    if (record_word(w->record, addr, word)) {
        return true;
    }
    w->missed = true;
    return false;
}

static struct frame *push(struct walk *w, uint32_t pc, uint32_t look,
        enum frame_method method) {
    if (w->bt->count == FRAMES_MAX) {
        return NULL;
    }
    struct frame *f = &w->bt->frames[w->bt->count++];
    *f = (struct frame){.pc = pc & ~1u,
            .look = look,
            .sp = w->regs[RECORD_SP],
            .method = method,
            .place = {.function = "?"}};
    f->image = backtrace_image(w->elfs, look);
    if (f->image) {
        f->place = elf_image_place(f->image, look);
    }
    return f;
}

/// Return addresses ///

static uint16_t half(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

// A4.6.18 of the Armv6-M, A7.7.18 of the Armv7-M manual: BL in T1.
static bool bl_target(uint32_t addr, const uint8_t *code, uint32_t *target) {
    const uint32_t a = half(code), b = half(code + 2);
    if ((a & 0xF800) != 0xF000 || (b & 0xD000) != 0xD000) {
        return false;
    }
    const uint32_t s = a >> 10 & 1;
    const uint32_t i1 = !((b >> 13 & 1) ^ s), i2 = !((b >> 11 & 1) ^ s);
    uint32_t off = i1 << 23 | i2 << 22 | (a & 0x3FF) << 12 | (b & 0x7FF) << 1;
    off |= s ? 0xFF000000u : 0;
    *target = addr + 4 + off;
    return true;
}

enum call { CALL_NONE, CALL_SOME, CALL_OF_BELOW };

// Is `back` behind a call, and does that call lead to the function `below`?
static enum call call_before(const struct walk *w, uint32_t back,
        const struct frame *below) {
    const uint32_t at = back & ~1u;
    struct elf_image *image = backtrace_image(w->elfs, at - 2);
    if (!(back & 1) || at < 4 || !image) {
        return CALL_NONE;
    }
    uint32_t target;
    const uint8_t *code = elf_image_bytes(image, at - 4, 4);
    if (code && bl_target(at - 4, code, &target)) {
        const struct elf_place place = elf_image_place(image, target);
        const bool match = below && below->image && place.offset == 0 &&
                (place.function_addr == below->place.function_addr ||
                        strstr(place.function, below->place.function));
        return match ? CALL_OF_BELOW : CALL_SOME;
    }
    code = elf_image_bytes(image, at - 2, 2);
    return code && (half(code) & 0xFF87) == 0x4780 ? CALL_SOME : CALL_NONE;
}

/// Steps ///

static bool is_exc_return(uint32_t pc) {
    return pc >= 0xFF000000u;
}

// The code that an exception interrupted: what entry pushed.
static bool leave_exception(struct walk *w) {
    const uint32_t exc_return = w->regs[RECORD_PC] | 1u;
    const bool process = (exc_return & 0xC) == 0xC;
    uint32_t base = process ? w->record->psp : w->regs[RECORD_SP];
    uint32_t frame[8];
    for (unsigned i = 0; i < 8; i++) {
        if (!read_target(w, base + 4 * i, &frame[i])) {
            return false;
        }
    }
    memcpy(w->regs, frame, 4 * sizeof frame[0]);
    w->regs[12] = frame[4];
    w->regs[RECORD_LR] = frame[5];
    w->regs[RECORD_PC] = frame[6] & ~1u;
    base += exc_return & 0x10 ? 0x20 : 0x68;
    w->regs[RECORD_SP] = base + (frame[7] & 1u << 9 ? 4 : 0);
    return push(w, w->regs[RECORD_PC], w->regs[RECORD_PC], FRAME_EXCEPTION);
}

// On the stack, from SP up: the first one whose call leads to the frame below;
// with nothing below, the first one at all.
static bool scan(struct walk *w, const struct frame *below) {
    uint32_t word, guess = 0, guess_at = 0;
    uint32_t at = w->regs[RECORD_SP];
    for (; record_word(w->record, at, &word); at += 4) {
        const enum call call = call_before(w, word, below);
        if (call == CALL_OF_BELOW) {
            w->regs[RECORD_PC] = word;
            w->regs[RECORD_SP] = at + 4;
            return push(w, word, (word & ~1u) - 2, FRAME_SCAN);
        }
        if (call == CALL_SOME && !guess && !below) {
            guess = word;
            guess_at = at;
        }
    }
    if (!guess) {
        return false;
    }
    w->regs[RECORD_PC] = guess;
    w->regs[RECORD_SP] = guess_at + 4;
    return push(w, guess, (guess & ~1u) - 2, FRAME_GUESS);
}

// With SP lost, the record has the end of the stack: from the first call on,
// each return address in the function that the one above it has called. The
// last call goes through a pointer, or its function has pushed nothing.
static void scan_from_top(struct walk *w, const struct record_memory *m) {
    uint32_t chain[GUESSES_MAX], callee = 0, target, word;
    size_t count = 0;
    for (uint32_t off = m->bytes & ~3u; off && count < GUESSES_MAX;) {
        off -= 4;
        if (!record_word(w->record, m->addr + off, &word) ||
                call_before(w, word, NULL) == CALL_NONE) {
            continue;
        }
        const uint32_t call = (word & ~1u) - 4;
        struct elf_image *image = backtrace_image(w->elfs, call + 2);
        if (count && elf_image_place(image, call + 2).function_addr != callee) {
            continue;
        }
        chain[count++] = word;
        const uint8_t *code = elf_image_bytes(image, call, 4);
        if (!code || !bl_target(call, code, &target)) {
            break;
        }
        callee = target;
    }
    while (count--) {
        push(w, chain[count], (chain[count] & ~1u) - 2, FRAME_GUESS);
    }
}

// From the frame pushed last to its caller.
static bool step(struct walk *w) {
    const struct frame below = w->bt->frames[w->bt->count - 1];
    const bool first = w->bt->count == 1;
    // PC itself may be FFFFFFFE, of a blank vector.
    if (!first && is_exc_return(w->regs[RECORD_PC])) {
        return leave_exception(w);
    }
    if (!below.image) {
        // A jump to nowhere: LR is that of the call, if it was one.
        const uint32_t lr = w->regs[RECORD_LR];
        if (first && is_exc_return(lr)) {
            w->regs[RECORD_PC] = lr;
            return leave_exception(w);
        }
        if (first && call_before(w, lr, NULL) != CALL_NONE) {
            w->regs[RECORD_PC] = lr;
            return push(w, lr, (lr & ~1u) - 2, FRAME_LR);
        }
        return first && scan(w, NULL);
    }
    enum frame_method method = FRAME_DWARF;
    const uint32_t sp = w->regs[RECORD_SP];
    w->missed = false;
    if (!elf_image_unwind(below.image, w->regs, read_target, w)) {
        method = FRAME_EXIDX;
        if (w->missed || !exidx_unwind(below.image, w->regs, read_target, w)) {
            const bool call = first && !w->missed &&
                    call_before(w, w->regs[RECORD_LR], &below) == CALL_OF_BELOW;
            w->bt->cut |= w->missed;
            if (call) {
                w->regs[RECORD_PC] = w->regs[RECORD_LR];
                return push(w, w->regs[RECORD_PC],
                        (w->regs[RECORD_PC] & ~1u) - 2, FRAME_LR);
            }
            return !w->missed && scan(w, &below);
        }
    }
    const uint32_t pc = w->regs[RECORD_PC];
    if (is_exc_return(pc)) {
        return leave_exception(w);
    }
    if (!backtrace_image(w->elfs, (pc & ~1u) - 2) || w->regs[RECORD_SP] < sp) {
        return false;
    }
    return push(w, pc, (pc & ~1u) - 2, method);
}

/// Inlined copies ///

static uint32_t extent(const struct elf_inline *copy) {
    return copy->high_addr - copy->low_addr;
}

struct inlining {
    struct backtrace *bt;
    const struct elf_image *image;
};

static bool take_inline(void *ctx, const struct elf_inline *copy) {
    const struct inlining *in = ctx;
    for (size_t i = 0; i < in->bt->count; i++) {
        struct frame *f = &in->bt->frames[i];
        if (f->image != in->image || f->look < copy->low_addr ||
                f->look >= copy->high_addr || !copy->name ||
                f->inlined_count == INLINES_MAX) {
            continue;
        }
        size_t at = f->inlined_count++;
        for (; at && extent(&f->inlined[at - 1]) > extent(copy); at--) {
            f->inlined[at] = f->inlined[at - 1];
        }
        f->inlined[at] = *copy;
    }
    return true;
}

void backtrace_walk(struct backtrace *bt, const struct record *record,
        const struct elf_set *elfs) {
    struct walk w = {.record = record, .elfs = elfs, .bt = bt};
    *bt = (struct backtrace){.count = 0};
    memcpy(w.regs, record->r, sizeof w.regs);
    if (record->frame_known) {
        const uint32_t pc = record->r[RECORD_PC];
        const bool panic = record->flags & XIP_FAULT_PANIC;
        w.regs[RECORD_PC] = panic ? pc | 1u : pc;
        push(&w, pc, panic ? pc - 2 : pc, FRAME_FAULT);
        while (bt->count < FRAMES_MAX && step(&w)) {
        }
    } else if (record->flags & XIP_FAULT_OTHER_STATE) {
        return; // whose calls they were is unknown
    } else if (record->memories &&
            record->memory[0].addr < record->r[RECORD_SP]) {
        scan_from_top(&w, &record->memory[0]);
    } else {
        w.regs[RECORD_SP] = record->memories ? record->memory[0].addr : 0;
        while (bt->count < GUESSES_MAX && scan(&w, NULL)) {
        }
    }
    for (size_t i = 0; i < elfs->count; i++) {
        struct inlining in = {bt, elfs->at[i]};
        (void)elf_image_inlines(elfs->at[i], take_inline, &in);
    }
}
