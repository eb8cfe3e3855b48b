/*
 * reach - follows calls from the roots and judges what every instruction does
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"

/// Nodes ///

static uint32_t hash_addr(uint32_t addr) {
    return (addr >> 1) * 2654435761u;
}

static bool rehash(struct analysis *a) {
    const size_t count = a->slot_count ? 2 * a->slot_count : 1024;
    uint32_t *slots = malloc(count * sizeof *slots);
    if (!slots) {
        return false;
    }
    memset(slots, 0xFF, count * sizeof *slots);
    for (uint32_t i = 0; i < a->node_count; i++) {
        size_t k = hash_addr(a->nodes[i].addr) & (count - 1);
        while (slots[k] != NO_NODE) {
            k = (k + 1) & (count - 1);
        }
        slots[k] = i;
    }
    free(a->slots);
    a->slots = slots;
    a->slot_count = count;
    return true;
}

static const char *name_for(struct analysis *a, uint32_t addr) {
    const char *name = symbol_name(a, addr);
    if (name) {
        return name;
    }
    // Few, and as long-lived as the report: code without any symbol.
    char *text = NULL;
    if (asprintf(&text, "0x%08x", (unsigned)addr) < 0) {
        a->failed = true;
        return "?";
    }
    return text;
}

uint32_t analysis_node(struct analysis *a, uint32_t addr, uint32_t parent,
        const char *via, uint32_t via_addr) {
    if (2 * a->node_count >= a->slot_count && !rehash(a)) {
        a->failed = true;
        return NO_NODE;
    }
    size_t k = hash_addr(addr) & (a->slot_count - 1);
    for (; a->slots[k] != NO_NODE; k = (k + 1) & (a->slot_count - 1)) {
        if (a->nodes[a->slots[k]].addr == addr) {
            return a->slots[k];
        }
    }
    if (a->node_count == a->node_room) {
        const size_t room = a->node_room ? 2 * a->node_room : 256;
        struct node *grown = realloc(a->nodes, room * sizeof *grown);
        if (!grown) {
            a->failed = true;
            return NO_NODE;
        }
        a->nodes = grown;
        a->node_room = room;
    }
    a->slots[k] = (uint32_t)a->node_count;
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

uint32_t analysis_root(struct analysis *a, uint32_t addr, const char *why) {
    const uint32_t n = analysis_node(a, addr, NO_NODE, NULL, 0);
    if (n != NO_NODE && !a->nodes[n].why_root) {
        a->nodes[n].why_root = why;
    }
    return n;
}

/// Veneers ///

static bool veneer_name(const char *name) {
    return name && (strstr(name, "_veneer") || strstr(name, "Thunk_"));
}

// Where the linker's bridge leads, decoded by its shape: a constant into a
// register or the PC, and a jump. The name only says that it is one.
static bool veneer_target(const struct analysis *a, uint32_t addr,
        uint32_t *target) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (!symbol || !veneer_name(symbol->name)) {
        return false;
    }
    uint32_t value[16] = {0};
    for (unsigned i = 0; i < 8; i++) {
        struct thumb_insn insn;
        const uint8_t *bytes = model_bytes(&a->model, addr, 4);
        if (!bytes || !thumb_decode(&insn, addr, bytes, 4)) {
            return false;
        }
        if (insn.op == THUMB_LOAD && insn.rn == 15 && insn.immediate &&
                insn.rd < 16) {
            if (!model_word(&a->model, insn.target, &value[insn.rd])) {
                return false;
            }
        } else if (insn.op == THUMB_MOV && insn.rd < 16) {
            value[insn.rd] = insn.immediate ? insn.imm : value[insn.rm & 15];
        } else if (insn.op == THUMB_MOVT && insn.rd < 16) {
            value[insn.rd] = (value[insn.rd] & 0xFFFF) | insn.imm << 16;
        } else if (insn.op == THUMB_BX && insn.rm < 16) {
            *target = value[insn.rm];
            return true;
        } else if (insn.op == THUMB_B && insn.cond == THUMB_AL) {
            *target = insn.target | 1;
            return true;
        } else if (insn.op != THUMB_LOAD_MULTIPLE &&
                insn.op != THUMB_STORE_MULTIPLE) {
            return false;
        }
        if (insn.writes >> 15 & 1) {
            *target = value[15];
            return true;
        }
        addr += insn.size_bytes;
    }
    return false;
}

uint32_t analysis_past_veneers(const struct analysis *a, uint32_t addr,
        bool *veneer) {
    uint32_t target;
    // A chain of bridges is short; a damaged file may hold a ring.
    for (unsigned i = 0; i < 8 && veneer_target(a, addr, &target); i++) {
        *veneer = true;
        addr = target & ~1u;
    }
    return addr;
}

/// Calls ///

static struct node *here(struct analysis *a) {
    return &a->nodes[a->current];
}

static void add_edge(struct analysis *a, uint32_t callee,
        const struct thumb_insn *insn, enum flow_call how, const char *via,
        const struct value *regs, int32_t sp_bytes) {
    struct node *node = here(a);
    if (node->edge_count == node->edge_room) {
        const size_t room = node->edge_room ? 2 * node->edge_room : 8;
        struct call_edge *grown = realloc(node->edges, room * sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        node->edges = grown;
        node->edge_room = room;
    }
    struct call_edge *edge = &node->edges[node->edge_count++];
    *edge = (struct call_edge){
            .callee = callee,
            .addr = insn->addr,
            .via = via,
            .sp_bytes = sp_bytes,
            .tail = how == FLOW_TAIL,
            .has_args = regs != NULL,
    };
    if (regs) {
        memcpy(edge->args, regs, sizeof edge->args);
    }
}

static void explain_formed(struct analysis *a, uint32_t value) {
    struct node *node = here(a);
    const uint32_t object = a->model.world.object(&a->model, value & ~1u);
    for (size_t i = 0; i < node->formed_count; i++) {
        struct formed *f = &node->formed[i];
        if (f->value == value ||
                a->model.world.object(&a->model, f->value & ~1u) == object) {
            f->explained = true;
        }
    }
}

// A pointer value without the Thumb bit: BLX and BX take it as ARM state and
// fault with INVSTATE (Armv7-M ARM, B1.5.8).
static bool even(struct analysis *a, const struct thumb_insn *insn,
        uint32_t target, uint32_t holder) {
    if (target & 1) {
        return false;
    }
    finding_add(a,
            &(struct check_finding){.rule = "pointer-even",
                    .addr = insn->addr,
                    .target_addr = target,
                    .target_known = true},
            a->current,
            holder ? "the pointer at 0x%08x holds 0x%08x, an even address"
                   : "the call at 0x%08x goes to 0x%08x, an even address",
            (unsigned)(holder ? holder : insn->addr), (unsigned)target);
    return true;
}

struct call_site {
    const struct thumb_insn *insn;
    enum flow_call how;
    const struct value *regs;
    int32_t sp_bytes;
};

// One possible target. holder: address of the pointer it came from, or 0.
static void call_target(struct analysis *a, const struct call_site *site,
        uint32_t target, bool direct, uint32_t holder) {
    const struct thumb_insn *insn = site->insn;
    bool veneer = false;
    if (!direct && even(a, insn, target, holder)) {
        return;
    }
    const uint32_t addr = analysis_past_veneers(a, target & ~1u, &veneer);
    const char *via = holder         ? "pointer"
            : veneer                 ? "veneer"
            : site->how == FLOW_TAIL ? "tail call"
                                     : "call";
    if (model_forbidden(&a->model, addr)) {
        struct check_finding f = {
                .rule = holder                   ? "indirect-call"
                        : site->how == FLOW_TAIL ? "tail-call"
                                                 : "call",
                .addr = insn->addr,
                .target_addr = addr,
                .target_known = true,
                .through_veneer = veneer,
        };
        const char *name = symbol_name(a, addr);
        explain_formed(a, target);
        if (holder) {
            const char *object = symbol_name(a, holder);
            finding_add(a, &f, a->current,
                    "calls through the pointer at 0x%08x (%s), which leads to "
                    "%s in flash",
                    (unsigned)holder, object ? object : "?",
                    name ? name : "an address");
        } else {
            finding_add(a, &f, a->current, "%s %s in flash%s",
                    site->how == FLOW_TAIL ? "jumps to" : "calls",
                    name ? name : "an address",
                    veneer ? ", through a veneer of the linker" : "");
        }
        add_edge(a, NO_NODE, insn, site->how, via, NULL, site->sp_bytes);
        return;
    }
    struct function_extent extent;
    const char *name = symbol_name(a, addr);
    if (name && note_find(a, CHECK_NOTE_OUTSIDE, name, 0)) {
        return;
    }
    if (!model_function(&a->model, addr, &extent)) {
        here(a)->calls_unknown = true;
        finding_add(a,
                &(struct check_finding){.rule = "U1",
                        .addr = insn->addr,
                        .target_addr = addr,
                        .target_known = true},
                a->current,
                "0x%08x lies in none of the images; name the one that holds "
                "it with --with",
                (unsigned)addr);
        add_edge(a, NO_NODE, insn, site->how, via, site->regs, site->sp_bytes);
        return;
    }
    const uint32_t callee = analysis_node(a, addr, a->current, via, insn->addr);
    add_edge(a, callee, insn, site->how, via, site->regs, site->sp_bytes);
}

// Targets that a note names. False: there is none for this place.
static bool call_noted(struct analysis *a, const struct call_site *site,
        const char *rule, const char *what) {
    struct check_note *note = note_find(a, CHECK_NOTE_TARGETS, here(a)->name,
            site->insn->addr - here(a)->extent.entry_addr);
    if (!note) {
        return false;
    }
    for (char **t = note->targets; *t; t++) {
        char *end;
        const unsigned long addr = strtoul(*t, &end, 0);
        if (end != *t && !*end) {
            call_target(a, site, (uint32_t)addr | 1, false, 0);
            continue;
        }
        bool found = false;
        for (size_t i = 0; i < a->model.image_count; i++) {
            const struct elf_symbol *symbol;
            for (size_t k = 0;
                    (symbol = elf_image_symbol_index(a->model.images[i], k));
                    k++) {
                if (symbol->function && check_match(*t, symbol->name) &&
                        model_image(&a->model, symbol->addr) ==
                                a->model.images[i]) {
                    call_target(a, site, symbol->addr | 1, false, 0);
                    found = true;
                }
            }
        }
        if (!found) {
            finding_add(a,
                    &(struct check_finding){
                            .rule = "stale-note", .addr = site->insn->addr},
                    a->current,
                    "%s:%d names %s, and no image has such a function",
                    note->file, note->line, *t);
        }
    }
    finding_add(a,
            &(struct check_finding){.rule = rule,
                    .addr = site->insn->addr,
                    .reason = note->reason},
            a->current, "%s", what);
    return true;
}

static void call_unknown(struct analysis *a, const struct call_site *site,
        const char *rule, const char *what) {
    if (call_noted(a, site, rule, what)) {
        return;
    }
    here(a)->calls_unknown = true;
    finding_add(a,
            &(struct check_finding){.rule = rule, .addr = site->insn->addr},
            a->current, "%s", what);
    add_edge(a, NO_NODE, site->insn, site->how, "pointer", site->regs,
            site->sp_bytes);
}

// A pointer in memory that may change, at `holder`; `word` is its first value.
static void call_pointer(struct analysis *a, const struct call_site *site,
        uint32_t holder, uint32_t word) {
    const char *object = symbol_name(a, holder);
    char what[256];
    if (object && note_find(a, CHECK_NOTE_CONST, object, 0)) {
        if (word) {
            call_target(a, site, word, false, holder);
        }
        return;
    }
    a->want_settled = true;
    if (!word) {
        snprintf(what, sizeof what,
                "calls through %s, which is zero until something sets it",
                object ? object : "a pointer");
        call_unknown(a, site, "U3", what);
        return;
    }
    call_target(a, site, word, false, holder);
    if (!model_forbidden(&a->model, word & ~1u)) {
        const char *now = symbol_name(a, word & ~1u);
        snprintf(what, sizeof what,
                "calls through %s, which holds %s at first and may be changed",
                object ? object : "a pointer", now ? now : "an address");
        call_unknown(a, site, "U2", what);
    }
}

// A word of a table that is a function's address, with the Thumb bit or, by
// mistake, without.
static bool leads_to_code(const struct analysis *a, uint32_t word) {
    const struct elf_symbol *symbol = model_symbol(&a->model, word & ~1u);
    if (word & 1) {
        return model_forbidden(&a->model, word) || (symbol && symbol->code);
    }
    return symbol && symbol->function && symbol->addr == word;
}

// Any word of the object at base.
static void call_element(struct analysis *a, const struct call_site *site,
        uint32_t base) {
    const struct elf_symbol *symbol = model_symbol(&a->model, base);
    if (!symbol || !symbol->object || !symbol->size_bytes) {
        call_unknown(a, site, "U1",
                "calls through a table whose length no symbol tells");
        return;
    }
    const bool noted = note_find(a, CHECK_NOTE_CONST, symbol->name, 0);
    const bool settled = noted || model_settled(&a->model, base);
    bool zero = true;
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        uint32_t word = 0;
        model_word(&a->model, symbol->addr + at, &word);
        if (word && (leads_to_code(a, word) || symbol->size_bytes == 4)) {
            call_target(a, site, word, false, symbol->addr + at);
            zero = false;
        }
    }
    if (settled && !zero) {
        return;
    }
    char what[256];
    a->want_settled = true;
    snprintf(what, sizeof what,
            zero ? "calls through the table %s, which is empty until something "
                   "fills it"
                 : "calls through the table %s, which may be changed",
            symbol->name);
    call_unknown(a, site, zero ? "U3" : "U2", what);
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct analysis *a = ctx;
    const struct call_site site = {insn, how, regs, sp_bytes};
    switch (target->kind) {
    case VALUE_CONST:
        for (unsigned i = 0; i < target->count; i++) {
            call_target(a, &site, target->v[i], direct, 0);
        }
        break;
    case VALUE_GUESS:
        call_pointer(a, &site, target->v[1], target->v[0]);
        break;
    case VALUE_ELEMENT:
        call_element(a, &site, target->v[0]);
        break;
    case VALUE_PARAM:
        here(a)->calls |= (uint8_t)(1u << target->v[0]);
        call_unknown(a, &site, "U1",
                "calls the function that its caller hands in");
        break;
    case VALUE_INTO:
        call_unknown(a, &site, "U7", "jumps to a computed place in a function");
        break;
    default:
        call_unknown(a, &site, "U1",
                "calls through a pointer that is only known at run time");
        break;
    }
}

/// Accesses ///

static void reach_object(struct analysis *a, const struct value *value) {
    uint32_t addr = value->v[0];
    if ((value->kind != VALUE_CONST && value->kind != VALUE_INTO &&
                value->kind != VALUE_GUESS) ||
            model_device(addr) || model_forbidden(&a->model, addr)) {
        return;
    }
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (!symbol || !symbol->object) {
        return;
    }
    for (size_t i = 0; i < a->reached_count; i++) {
        if (a->reached[i] == symbol->addr) {
            return;
        }
    }
    if (a->reached_count == a->reached_room) {
        const size_t room = a->reached_room ? 2 * a->reached_room : 64;
        uint32_t *grown = realloc(a->reached, room * sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        a->reached = grown;
        a->reached_room = room;
    }
    a->reached[a->reached_count++] = symbol->addr;
}

static const char *const access_rule[] = {
        [FLOW_LOAD] = "load",
        [FLOW_STORE] = "store",
        [FLOW_PRELOAD] = "load",
        [FLOW_LITERAL] = "literal",
        [FLOW_TABLE] = "jump-table",
};
static const char *const access_word[] = {
        [FLOW_LOAD] = "loads from",
        [FLOW_STORE] = "stores to",
        [FLOW_PRELOAD] = "preloads",
        [FLOW_LITERAL] = "takes a constant from",
        [FLOW_TABLE] = "reads its switch table from",
};

static void bad_access(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t addr, bool certain, const char *how_so) {
    const char *name = symbol_name(a, addr);
    explain_formed(a, addr);
    finding_add(a,
            &(struct check_finding){
                    .rule = certain ? access_rule[how] : "address",
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true},
            a->current, "%s %s%s (0x%08x)%s",
            certain ? access_word[how] : "may use an address derived from",
            name ? name : "flash", name ? " in flash" : "", (unsigned)addr,
            how_so);
}

// A pointer loaded from some word of the object at base.
static void access_element(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t base) {
    const struct elf_symbol *symbol = model_symbol(&a->model, base);
    for (uint32_t at = 0;
            symbol && symbol->object && at + 4 <= symbol->size_bytes; at += 4) {
        uint32_t word;
        if (model_word(&a->model, symbol->addr + at, &word) &&
                model_forbidden(&a->model, word)) {
            bad_access(a, insn, how, word, true,
                    ", through a table of pointers");
            return;
        }
    }
    here(a)->blind++;
}

static void stored_value(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, const struct value *data) {
    uint32_t word;
    if (data->kind == VALUE_PARAM) {
        here(a)->keeps |= (uint8_t)(1u << data->v[0]);
    }
    reach_object(a, data);
    if (!value_forbidden(&a->model.world, data, &word)) {
        return;
    }
    explain_formed(a, word);
    const bool device = addr->kind == VALUE_CONST && model_device(addr->v[0]);
    const char *name = symbol_name(a, word);
    struct check_finding f = {
            .rule = "address",
            .addr = insn->addr,
            .target_addr = word,
            .target_known = true,
    };
    finding_add(a, &f, a->current,
            device ? "writes the address of %s (0x%08x) to a register; what "
                     "the "
                     "device does with it is not known"
                   : "stores the address of %s (0x%08x), and who reads it "
                     "later is not known",
            name ? name : "flash", (unsigned)word);
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct analysis *a = ctx;
    uint32_t word;
    (void)bytes;
    switch (addr->kind) {
    case VALUE_CONST:
    case VALUE_INTO:
    case VALUE_GUESS:
        if (value_forbidden(&a->model.world, addr, &word)) {
            bad_access(a, insn, how, word, true,
                    addr->kind == VALUE_GUESS ? ", through a pointer in RAM"
                                              : "");
        } else if (addr->kind == VALUE_GUESS) {
            const char *object = symbol_name(a, addr->v[1]);
            if (!object || !note_find(a, CHECK_NOTE_CONST, object, 0)) {
                here(a)->blind++;
            }
        }
        break;
    case VALUE_ELEMENT:
        access_element(a, insn, how, addr->v[0]);
        break;
    case VALUE_PARAM:
        here(a)->reads |= (uint8_t)(1u << addr->v[0]);
        here(a)->blind++;
        break;
    case VALUE_TOP:
        if (addr->tainted) {
            bad_access(a, insn, how, addr->taint, false, "");
        } else {
            here(a)->blind++;
        }
        break;
    default:
        break;
    }
    if (addr->kind == VALUE_INTO) {
        reach_object(a, addr);
    }
    if (data) {
        stored_value(a, insn, addr, data);
    }
}

static void on_form(void *ctx, const struct thumb_insn *insn, uint32_t value) {
    struct analysis *a = ctx;
    struct node *node = here(a);
    if (node->formed_count == node->formed_room) {
        const size_t room = node->formed_room ? 2 * node->formed_room : 8;
        struct formed *grown = realloc(node->formed, room * sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        node->formed = grown;
        node->formed_room = room;
    }
    node->formed[node->formed_count++] =
            (struct formed){.addr = insn->addr, .value = value};
}

static void on_use(void *ctx, const struct thumb_insn *insn, enum flow_use how,
        const struct value *value) {
    struct analysis *a = ctx;
    uint32_t word;
    if (!value_forbidden(&a->model.world, value, &word)) {
        return;
    }
    explain_formed(a, word);
    if (how == FLOW_USE_COMPARE) {
        return; // a number like any other
    }
    const char *name = symbol_name(a, word);
    finding_add(a,
            &(struct check_finding){.rule = "address",
                    .addr = insn->addr,
                    .target_addr = word,
                    .target_known = true},
            a->current, "returns the address of %s (0x%08x)",
            name ? name : "flash", (unsigned)word);
}

static void on_unknown(void *ctx, uint32_t addr, const char *rule,
        const char *detail) {
    struct analysis *a = ctx;
    if (!strcmp(rule, "U7")) {
        const struct thumb_insn insn = {.addr = addr};
        const struct call_site site = {&insn, FLOW_TAIL, NULL, -1};
        call_unknown(a, &site, rule, detail);
        return;
    }
    finding_add(a, &(struct check_finding){.rule = rule, .addr = addr},
            a->current, "%s", detail);
}

/// Walking ///

// Words of pools that lead into flash although no instruction loads them.
static void unvisited(struct analysis *a) {
    const struct node *node = here(a);
    uint32_t addr = node->extent.entry_addr & ~1u;
    while (addr < node->extent.end_addr) {
        uint32_t end = node->extent.end_addr;
        const enum elf_content content =
                elf_image_content(node->image, addr, &end);
        end = end < node->extent.end_addr ? end : node->extent.end_addr;
        uint32_t at = (addr + 3) & ~3u;
        for (; content == ELF_CONTENT_DATA && at + 4 <= end; at += 4) {
            uint32_t word;
            bool known = !model_word(&a->model, at, &word) ||
                    !model_forbidden(&a->model, word);
            for (size_t i = 0; !known && i < node->formed_count; i++) {
                known = node->formed[i].value == word;
            }
            if (!known) {
                finding_add(a,
                        &(struct check_finding){.rule = "U6",
                                .addr = at,
                                .target_addr = word & ~1u,
                                .target_known = true},
                        a->current,
                        "the word at 0x%08x in its pool leads into flash, and "
                        "no instruction that was understood loads it",
                        (unsigned)at);
            }
        }
        addr = end > addr ? end : addr + 2;
    }
}

static void walk_node(struct analysis *a, uint32_t n) {
    const struct flow_events events = {
            a, on_call, on_access, on_form, on_use, on_unknown};
    struct node *node = &a->nodes[n];
    a->current = n;
    node->walked = true;
    if (model_forbidden(&a->model, node->addr)) {
        finding_add(a,
                &(struct check_finding){.rule = "code",
                        .addr = node->addr,
                        .target_addr = node->addr,
                        .target_known = true},
                n, "it must run in an outage and lies in flash");
        return;
    }
    if (!model_function(&a->model, node->addr, &node->extent)) {
        finding_add(a,
                &(struct check_finding){.rule = "U5", .addr = node->addr}, n,
                "no image holds code here");
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(node->image, node->addr);
    if (!symbol || !symbol->function) {
        finding_add(a,
                &(struct check_finding){.rule = "U5", .addr = node->addr}, n,
                "no function symbol says that code begins at 0x%08x, and where "
                "it ends",
                (unsigned)node->addr);
        node = here(a);
    }
    struct flow_result result;
    const struct function_extent extent = node->extent;
    if (!flow_function(&a->model, &extent, node->addr, &events, &result)) {
        a->failed = true;
        return;
    }
    here(a)->flow = result;
    unvisited(a);
    a->report->function_count++;
    a->report->instruction_count += result.instructions;
    a->report->unknown_loads += here(a)->blind;
    if (a->options->strict_data && here(a)->blind) {
        finding_add(a,
                &(struct check_finding){.rule = "U9",
                        .class = CHECK_UNKNOWN,
                        .addr = here(a)->addr},
                n, "%u accesses through pointers that nothing tells",
                here(a)->blind);
    }
}

void analysis_walk_all(struct analysis *a) {
    for (uint32_t n = 0; n < a->node_count && !a->failed; n++) {
        if (!a->nodes[n].walked) {
            walk_node(a, n);
        }
    }
}
