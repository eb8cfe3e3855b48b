/*
 * window_writes - code in the window that writes what an outage is made of
 *
 * SPDX-License-Identifier: MIT
 *
 * It is no finding, since such code runs when the window can be read, as far as
 * A1 says. But a reader has to know of it: it may begin an outage that the
 * roots do not show, or change what was judged. A controller is what code of an
 * outage writes to: registers in the same kilobyte.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/judge/judge_priv.h"

#define VTOR_ADDR 0xE000ED08u // Armv7-M ARM B3.2.5
#define MPU_ADDR 0xE000ED90u  // B3.5, to the last alias of RASR
#define MPU_BYTES 0x30u
#define BLOCK(addr) ((addr) & ~0x3FFu)

static bool is_control(uint32_t addr) {
    return addr == VTOR_ADDR || addr - MPU_ADDR < MPU_BYTES;
}

// Code of an outage wrote to a register there.
static const struct device_write *controller(const struct analysis *a,
        uint32_t addr) {
    for (size_t i = 0; i < a->device_write_count; i++) {
        if (a->device_writes[i].block == BLOCK(addr)) {
            return &a->device_writes[i];
        }
    }
    return NULL;
}

void window_writes_note(struct analysis *a, const struct value *addr) {
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    for (unsigned i = 0; known && i < addr->count; i++) {
        const uint32_t at = addr->v[i];
        if (!model_device(&a->model, at) || at >= 0xE0000000u ||
                controller(a, at) ||
                model_forbidden(&a->model, analysis_here(a)->addr)) {
            continue;
        }
        struct device_write *grown = array_more(a->device_writes,
                a->device_write_count, &a->device_write_room, sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        a->device_writes = grown;
        a->device_writes[a->device_write_count++] = (struct device_write){
                .block = BLOCK(at), .function = analysis_here(a)->name};
    }
}

struct writes {
    struct analysis *a;
    const char *function; // that is walked
};

static bool known_already(const struct check_report *r, const char *function,
        uint32_t what) {
    for (size_t i = 0; i < r->window_write_count; i++) {
        if (r->window_writes[i].function == function &&
                r->window_writes[i].what == what) {
            return true;
        }
    }
    return false;
}

static void add(struct writes *w, uint32_t insn_addr, uint32_t addr) {
    struct check_report *r = w->a->report;
    const struct device_write *like = controller(w->a, addr);
    const uint32_t what = addr == VTOR_ADDR ? VTOR_ADDR
            : is_control(addr)              ? MPU_ADDR
                                            : BLOCK(addr);
    if ((!like && !is_control(addr)) || known_already(r, w->function, what)) {
        return;
    }
    struct check_window_write *grown = array_one_more(r->window_writes,
            r->window_write_count, sizeof *grown);
    if (!grown) {
        w->a->failed = true;
        return;
    }
    r->window_writes = grown;
    r->window_writes[r->window_write_count++] =
            (struct check_window_write){.function = w->function,
                    .addr = insn_addr,
                    .what = what,
                    .name = addr == VTOR_ADDR  ? "VTOR"
                            : is_control(addr) ? "MPU"
                                               : NULL,
                    .like = like ? like->function : NULL};
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    (void)bytes, (void)data;
    for (unsigned i = 0; how == FLOW_STORE && known && i < addr->count; i++) {
        add(ctx, insn->addr, addr->v[i]);
    }
}

static bool is_watched(const struct analysis *a, uint32_t addr) {
    return BLOCK(addr) == BLOCK(VTOR_ADDR) || addr == MODEL_SCS_ADDR ||
            controller(a, addr);
}

// The upper half of such an address.
static bool is_upper(const struct analysis *a, uint32_t half) {
    bool found = half == MODEL_SCS_ADDR >> 16;
    for (size_t i = 0; !found && i < a->device_write_count; i++) {
        found = a->device_writes[i].block >> 16 == half;
    }
    return found;
}

// Start code: no outage comes before it.
static bool begins(const struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    return image && (elf_image_entry(image) & ~1u) == addr;
}

static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct writes *w = ctx;
    if (!model_forbidden(&w->a->model, symbol->addr) ||
            analysis_known_node(w->a, symbol->addr) != NO_NODE ||
            begins(w->a, symbol->addr)) {
        return false;
    }
    const struct function_code code = model_code(&w->a->model, extent);
    w->function = symbol->name;
    for (uint32_t at = 0; at + 4 <= code.size_bytes; at += 2) {
        const uint32_t word = model_word_in(code.bytes + at);
        struct thumb_insn insn;
        if (is_watched(w->a, word)) {
            return true;
        }
        // MOVT, and MOV.W of a constant with zeros below (Armv7-M ARM A5.3).
        const bool wide =
                (word & 0xFBF0u) == 0xF2C0u || (word & 0xFBEFu) == 0xF04Fu;
        if (wide && thumb_decode(&insn, code.addr + at, code.bytes + at, 4) &&
                (insn.op == THUMB_MOVT ? is_upper(w->a, insn.imm)
                                       : is_watched(w->a, insn.imm))) {
            return true;
        }
    }
    return false;
}

void window_writes_check(struct analysis *a) {
    struct writes w = {.a = a};
    const struct flow_events events = {.ctx = &w, .access = on_access};
    for (size_t i = 0; i < a->model.image_count; i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
    }
}
