/*
 * reach - follows calls from the roots
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/analysis/analysis.h"
#include "base/array.h"

/// Nodes ///

static const char *name_for(struct analysis *a, uint32_t addr) {
    const char *name = symbol_name(a, addr);
    return name ? name : keep_text(a, "0x%08x", (unsigned)addr);
}

uint32_t analysis_node(struct analysis *a, uint32_t addr, uint32_t parent,
        const char *via, uint32_t via_addr) {
    size_t from = 0;
    const size_t known = index_next(&a->node_index, addr, &from);
    if (known != INDEX_NONE) {
        return (uint32_t)known;
    }
    struct node *grown =
            array_more(a->nodes, a->node_count, &a->node_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return NO_NODE;
    }
    a->nodes = grown;
    if (!index_add(&a->node_index, addr, a->node_count)) {
        a->failed = true;
        return NO_NODE;
    }
    a->nodes[a->node_count] = (struct node){
            .addr = addr,
            .image = model_image(&a->model, addr),
            .name = name_for(a, addr),
            .parent = parent,
            .via = via,
            .via_addr = via_addr,
    };
    return (uint32_t)a->node_count++;
}

uint32_t analysis_known_node(const struct analysis *a, uint32_t addr) {
    size_t from = 0;
    const size_t known = index_next(&a->node_index, addr, &from);
    return known == INDEX_NONE ? NO_NODE : (uint32_t)known;
}

uint32_t analysis_root(struct analysis *a, uint32_t addr, const char *why) {
    const uint32_t n = analysis_node(a, addr, NO_NODE, NULL, 0);
    if (n != NO_NODE && !a->nodes[n].why_root) {
        a->nodes[n].why_root = why;
    }
    return n;
}

/// Veneers ///

// The linker's own are local, and named after their target: __f_veneer of GNU
// ld, __Thumbv7ABSLongThunk_f of LLVM's.
static bool names_veneer(const char *name, const char **of, size_t *length) {
    static const char suffix[] = "_veneer";
    const char *thunk = strstr(name, "Thunk_");
    const size_t all = strlen(name), end = sizeof suffix - 1;
    if (strncmp(name, "__", 2)) {
        return false;
    }
    if (all > 2 + end && !strcmp(name + all - end, suffix)) {
        *of = name + 2;
        *length = all - 2 - end;
        return true;
    }
    if (thunk) {
        *of = thunk + sizeof "Thunk_" - 1;
        *length = strlen(*of);
    }
    return thunk != NULL;
}

// Some symbol of that name begins at addr.
static bool is_named(const struct analysis *a, uint32_t addr, const char *name,
        size_t length) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_symbol *s;
    for (size_t i = image ? elf_image_symbol_from(image, addr) : 0;
            image && (s = elf_image_symbol_index(image, i)) && s->addr == addr;
            i++) {
        if (!strncmp(s->name, name, length) && !s->name[length]) {
            return true;
        }
    }
    return false;
}

static bool named_veneer(const struct analysis *a,
        const struct elf_symbol *symbol, uint32_t target) {
    const char *of;
    size_t length;
    return names_veneer(symbol->name, &of, &length) &&
            (is_named(a, target & ~1u, of, length) ||
                    !model_image(&a->model, target & ~1u) ||
                    (length == 7 && !strncmp(of, "unnamed", 7)));
}

static bool veneer_target(const struct analysis *a, uint32_t addr,
        uint32_t *target) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return symbol && symbol->bind == ELF_LOCAL &&
            !strncmp(symbol->name, "__", 2) &&
            flow_veneer(&a->model, addr, target) &&
            named_veneer(a, symbol, *target);
}

bool analysis_is_veneer(const struct analysis *a,
        const struct elf_symbol *symbol) {
    uint32_t target;
    return veneer_target(a, symbol->addr, &target);
}

uint32_t analysis_past_veneers(const struct analysis *a, uint32_t addr,
        bool *veneer) {
    uint32_t target;
    // A veneer in RAM may lead to one in flash, and from there back: the one in
    // flash is not skipped.
    const bool begins_in_flash = model_forbidden(&a->model, addr);
    // A chain of veneers is short; a damaged file may hold a circle.
    for (unsigned i = 0; i < 8 && veneer_target(a, addr, &target); i++) {
        if (!begins_in_flash && model_forbidden(&a->model, addr)) {
            break;
        }
        *veneer = true;
        addr = target & ~1u;
    }
    return addr;
}

void analysis_branches(const struct analysis *a,
        const struct function_extent *extent,
        void (*found)(void *ctx, const struct thumb_insn *insn), void *ctx) {
    const struct elf_image *image = model_image(&a->model, extent->entry_addr);
    const struct function_code code = model_code(&a->model, extent);
    for (uint32_t at = 0; image && at + 2 <= code.size_bytes;) {
        struct thumb_insn insn;
        uint32_t end;
        const uint32_t left = code.size_bytes - at, addr = code.addr + at;
        if (elf_image_content(image, addr, &end) != ELF_CONTENT_THUMB ||
                !thumb_decode(&insn, addr, code.bytes + at,
                        left < 4 ? left : 4)) {
            at += 2;
            continue;
        }
        if (insn.op == THUMB_BL || insn.op == THUMB_B) {
            found(ctx, &insn);
        }
        at += insn.size_bytes;
    }
}

uint32_t analysis_offset(const struct analysis *a, uint32_t addr, uint32_t word,
        unsigned i) {
    if (!word || addr & 3) {
        return 0; // before any search: most places that are asked about
    }
    const struct elf_section *section = model_section(&a->model, addr);
    if (!section) {
        return 0;
    }
    // Code has pools, whose offsets count from an instruction, unless tables of
    // the compiler lie among it.
    const struct elf_symbol *table = model_symbol(&a->model, addr);
    if (section->execute && !(table && table->object)) {
        return 0;
    }
    // From flash at 0x90000000, each address of its code is an offset to RAM,
    // too.
    const struct elf_symbol *to = model_symbol(&a->model, word & ~1u);
    if (to && to->function && to->addr == (word & ~1u)) {
        return 0;
    }
    return (i && table && !table->code ? table->addr : addr) + word;
}

/// The function that is walked ///

struct node *analysis_here(struct analysis *a) {
    return &a->nodes[a->current];
}

// What node->off says of the instruction.
static uint8_t off_at(const struct node *node, uint32_t addr) {
    const uint32_t from = node->extent.entry_addr & ~1u;
    const bool known =
            node->off && addr >= from && addr < node->extent.end_addr;
    return known ? node->off[(addr - from) / 2] : 1;
}

bool analysis_node_is_over(const struct node *node, uint32_t addr) {
    const uint8_t off = off_at(node, addr);
    return !off || off == ANALYSIS_BEFORE;
}

bool analysis_is_over(const struct analysis *a, uint32_t addr) {
    return analysis_node_is_over(&a->nodes[a->current], addr);
}

bool analysis_is_before(const struct analysis *a, uint32_t addr) {
    return off_at(&a->nodes[a->current], addr) == ANALYSIS_BEFORE;
}

void analysis_account_for(const struct analysis *a, struct node *node,
        uint32_t value) {
    const uint32_t object = a->model.world.object(&a->model, value & ~1u);
    for (size_t i = 0; i < node->new_address_count; i++) {
        struct new_address *f = &node->new_addresses[i];
        if (f->value == value ||
                a->model.world.object(&a->model, f->value & ~1u) == object) {
            f->accounted_for = true;
        }
    }
}

static void reach_object(struct analysis *a, uint32_t addr) {
    if (model_device(&a->model, addr) || model_forbidden(&a->model, addr)) {
        return;
    }
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (!symbol || !symbol->object) {
        return;
    }
    size_t from = 0;
    if (index_next(&a->reached_index, symbol->addr, &from) != INDEX_NONE) {
        return;
    }
    uint32_t *grown = array_more(a->reached, a->reached_count, &a->reached_room,
            sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    a->reached = grown;
    if (!index_add(&a->reached_index, symbol->addr, a->reached_count)) {
        a->failed = true;
        return;
    }
    a->reached[a->reached_count++] = symbol->addr;
}

void analysis_reach(struct analysis *a, const struct value *value) {
    const unsigned count =
            value->kind == VALUE_CONST || value->kind == VALUE_INSIDE
            ? value->count
            : value->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        reach_object(a, value->v[i]);
    }
}

/// Walking ///

static void walk_node(struct analysis *a, uint32_t n,
        const struct reach_judges *judges) {
    struct node *node = &a->nodes[n];
    a->current = n;
    node->walked = true;
    if (!model_function(&a->model, node->addr, &node->extent)) {
        node->extent = (struct function_extent){0};
        judges->enter(a);
        return;
    }
    judges->enter(a);
    struct flow_result result;
    const struct function_extent extent = analysis_here(a)->extent;
    if (!flow_function(&a->model, &extent, analysis_here(a)->addr,
                judges->events, &result)) {
        a->failed = true;
        return;
    }
    analysis_here(a)->flow = result;
    judges->leave(a);
    a->report->function_count++;
    a->report->instruction_count += result.instructions;
}

void reach_walk(struct analysis *a, const struct reach_judges *judges) {
    for (uint32_t n = 0; n < a->node_count && !a->failed; n++) {
        if (!a->nodes[n].walked) {
            walk_node(a, n, judges);
        }
    }
}

void analysis_mark_called(const struct analysis *a, bool *marked) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < a->node_count; i++) {
            const struct node *node = &a->nodes[i];
            for (size_t k = 0; marked[i] && k < node->edge_count; k++) {
                const uint32_t callee = node->edges[k].callee;
                if (callee != NO_NODE && !marked[callee]) {
                    marked[callee] = more = true;
                }
            }
        }
    }
}
