/*
 * judge_access - loads, stores and flash addresses of a function in an outage
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/judge/judge_priv.h"
#include "base/array.h"
#include "check/whole/whole.h"

static const enum check_rule_id access_rule[] = {
        [FLOW_LOAD] = CHECK_RULE_LOAD,
        [FLOW_STORE] = CHECK_RULE_STORE,
        [FLOW_PRELOAD] = CHECK_RULE_LOAD,
        [FLOW_LITERAL] = CHECK_RULE_LITERAL,
        [FLOW_TABLE] = CHECK_RULE_JUMP_TABLE,
};
static const char *const access_word[] = {
        [FLOW_LOAD] = "loads from",
        [FLOW_STORE] = "stores to",
        [FLOW_PRELOAD] = "preloads",
        [FLOW_LITERAL] = "loads a constant from",
        [FLOW_TABLE] = "reads its switch table from",
};

static void bad_access(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t addr, bool certain, const char *how_so) {
    const char *name = shown_name(a, addr);
    analysis_account_for(a, analysis_here(a), addr);
    finding_add(a,
            &(struct check_finding){
                    .rule = certain ? access_rule[how] : CHECK_RULE_ADDRESS,
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true},
            a->current, "%s %s%s (0x%08x)%s",
            certain ? access_word[how] : "may use an address derived from",
            name ? name : "flash", name ? " in flash" : "", (unsigned)addr,
            how_so);
}

// Through arguments, if there are bits: callers.c judges it when all callers
// are known, contexts.c the others.
static void add_access(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr) {
    struct node *node = analysis_here(a);
    const bool through = addr->kind == VALUE_PARAM;
    const struct unknown_access access = {.addr = insn->addr,
            .bits = through ? (uint16_t)addr->v[0] : 0,
            .added = through ? (uint16_t)addr->v[2] : 0,
            .repeated = through ? (uint16_t)addr->v[3] : 0,
            .deep = through && addr->v[1] & VALUE_DEEP,
            .count = 1};
    struct unknown_access *last =
            node->access_count ? &node->accesses[node->access_count - 1] : NULL;
    if (last && last->addr == access.addr && last->bits == access.bits &&
            last->added == access.added && last->deep == access.deep &&
            last->repeated == access.repeated) {
        last->count++;
        return;
    }
    struct unknown_access *grown = array_more(node->accesses,
            node->access_count, &node->access_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    node->accesses = grown;
    node->accesses[node->access_count++] = access;
}

static void unknown_access(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr) {
    analysis_want_of(a, addr);
    analysis_here(a)->undecided = true;
    add_access(a, insn, addr);
}

// What is beside the object, in a set that a label begins, leads nowhere else.
static bool good_beside(const struct analysis *a,
        const struct elf_symbol *symbol) {
    uint32_t start, end, word;
    if (!model_set(&a->model, symbol->addr, &start, &end)) {
        return true;
    }
    bool good = model_constant(&a->model, symbol->addr);
    for (uint32_t at = start; good && at + 4 <= end; at += 4) {
        good = model_word(&a->model, at, &word) &&
                (word <= VALUE_NUMBER_MAX || memory_readable(a, word));
    }
    return good;
}

// A pointer loaded from some word of the object at base. False: it is not known
// to lead elsewhere than to the window.
static bool access_element(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t base) {
    const struct elf_symbol *symbol = model_symbol(&a->model, base);
    if (!symbol || !symbol->object) {
        return false;
    }
    const bool constant = model_constant(&a->model, base) ||
            note_find(a, CHECK_NOTE_CONST, symbol->name, 0);
    bool known = true;
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        uint32_t words[VALUE_CONSTS];
        unsigned count = constant
                ? 0
                : model_values(&a->model, symbol->addr + at, words);
        known &= constant || count;
        if (!count &&
                !model_word(&a->model, symbol->addr + at, &words[count++])) {
            return false;
        }
        for (unsigned i = 0; i < count; i++) {
            if (model_forbidden(&a->model, words[i])) {
                bad_access(a, insn, how, words[i], true,
                        ", through a table of pointers");
                return true;
            }
            if (words[i] > VALUE_NUMBER_MAX && !memory_readable(a, words[i])) {
                return false;
            }
        }
    }
    if (known && !constant) {
        judge_assumption(a, insn, base);
    }
    return known && good_beside(a, symbol);
}

static void access_argument(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr) {
    struct node *node = analysis_here(a);
    const uint16_t bits = (uint16_t)addr->v[0];
    node->args_read |= bits;
    node->args_written |= how == FLOW_STORE ? bits : 0;
    add_access(a, insn, addr);
}

static void stored_value(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, const struct value *data) {
    uint32_t word;
    if (data->kind == VALUE_PARAM) {
        analysis_here(a)->args_stored |= (uint16_t)data->v[0];
    }
    analysis_reach(a, data);
    if (!value_forbidden(&a->model.world, data, &word)) {
        return;
    }
    analysis_account_for(a, analysis_here(a), word);
    const bool device =
            addr->kind == VALUE_CONST && model_device(&a->model, addr->v[0]);
    const char *name = shown_name(a, word);
    struct check_finding f = {
            .rule = CHECK_RULE_ADDRESS,
            .addr = insn->addr,
            .target_addr = word,
            .target_known = true,
    };
    finding_add(a, &f, a->current,
            device ? "writes the address of %s (0x%08x) to a register; what "
                     "the device does with it is not known"
                   : "stores the address of %s (0x%08x); whether it is read in "
                     "an outage is not known",
            name ? name : "flash", (unsigned)word);
}

#define AIRCR_ADDR 0xE000ED0Cu
#define AIRCR_RESET 4u // SYSRESETREQ: the outage ends there

#define AIRCR_CORE_RESET 1u // VECTRESET: of the core alone

// How many exact addresses: one that was loaded, or the bases of an index.
static unsigned address_count(const struct value *addr) {
    return addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE
            ? addr->count
            : addr->kind == VALUE_INITIAL;
}

static void core_reset(struct analysis *a, const struct thumb_insn *insn) {
    judge_unknown(a, insn->addr, CHECK_RULE_CORE_RESET,
            "resets the core and not the controller (AIRCR.VECTRESET)");
}

// Armv7-M ARM B3.2.6. What the walk does not see, the run of the whole program
// may.
static void resets_core(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, const struct value *data) {
    bool sets = false, there = false;
    for (unsigned i = 0; data && data->kind == VALUE_CONST && i < data->count;
            i++) {
        sets |= (data->v[i] & AIRCR_CORE_RESET) != 0;
    }
    for (unsigned i = 0; i < address_count(addr); i++) {
        there |= addr->v[i] == AIRCR_ADDR;
    }
    if (sets && there && !whole_resets_core(a->whole, insn->addr)) {
        core_reset(a, insn);
    }
}

// Armv7-M ARM B3.2.2, B3.4.3: what enables an interrupt, pends an exception, or
// changes a priority that a mask goes by.
static bool changes_masks(uint32_t addr, uint32_t bytes) {
    static const struct {
        uint32_t addr, size_bytes;
    } registers[] = {
            {0xE000E010u, 4},     // SYST_CSR
            {0xE000E100u, 0x40},  // ISER
            {0xE000E200u, 0x40},  // ISPR
            {0xE000E400u, 0x1F0}, // IPR
            {0xE000ED04u, 8},     // ICSR, VTOR
            {AIRCR_ADDR, 4},      // the priority group
            {0xE000ED18u, 0x10},  // SHPR, SHCSR
            {0xE000EDFCu, 4},     // DEMCR: the monitor
            {0xE000EF00u, 4},     // STIR
            {0xE0001020u, 0x1E0}, // DWT: what leads to the monitor
    };
    addr &= addr >> 16 == 0xE002u ? ~0x20000u : ~0u; // of the other state
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (addr - registers[i].addr < registers[i].size_bytes ||
                registers[i].addr - addr < bytes) {
            return true;
        }
    }
    return false;
}

static void lets_in(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes, const struct value *data) {
    for (unsigned i = 0; i < address_count(addr); i++) {
        const bool resets = addr->v[i] == AIRCR_ADDR && data &&
                value_is_const(data) && data->v[0] & AIRCR_RESET;
        if (changes_masks(addr->v[i], bytes) && !resets) {
            judge_unknown(a, insn->addr, CHECK_RULE_MASK_CHANGED,
                    "writes a register of the interrupt controller, which may "
                    "let an interrupt in");
            return;
        }
    }
}

// It begins before the window and ends in it.
static bool runs_into_window(const struct analysis *a, const struct value *addr,
        uint32_t bytes, uint32_t *word) {
    const unsigned count = addr->kind == VALUE_CONST && bytes ? addr->count : 0;
    for (unsigned i = 0; i < count; i++) {
        *word = addr->v[i] + bytes - 1;
        if (model_forbidden(&a->model, *word)) {
            return true;
        }
    }
    return false;
}

// Registers of the core (Armv7-M ARM B3.1) switch no flash off.
static bool is_core(const struct value *addr) {
    bool core = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    for (unsigned i = 0; i < addr->count && core; i++) {
        core = addr->v[i] >> 20 == 0xE00u;
    }
    return core;
}

static void writes_device(struct analysis *a, const struct value *addr,
        bool does) {
    analysis_here(a)->writes_device |= does && !is_core(addr);
    a->report->writes_device |= does;
}

// By a run of the whole program the access is good. False: that is not known.
static bool access_followed(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t bytes, const struct value *data) {
    const struct whole_span *spans;
    size_t count;
    if (!followed_access(a, insn->addr, &spans, &count)) {
        return false;
    }
    for (size_t i = 0; how == FLOW_STORE && i < count; i++) {
        for (uint32_t at = spans[i].first & ~3u; at <= spans[i].last && at + 4;
                at += 4) {
            const struct value place = value_const(at);
            writes_device(a, &place, model_device(&a->model, at));
            window_writes_note(a, &place);
            lets_in(a, insn, &place, bytes, data);
            resets_core(a, insn, &place, data);
            if (data) {
                stored_value(a, insn, &place, data);
            }
        }
    }
    return true;
}

// For renewed.c. A part of a word is no pointer.
static void keep_store(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes, const struct value *data) {
    struct node *node = analysis_here(a);
    if (bytes < 4 || !note_any(a, CHECK_NOTE_POINTERS)) {
        return;
    }
    struct noted_store *grown = array_more(node->stores, node->store_count,
            &node->store_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    node->stores = grown;
    node->stores[node->store_count++] =
            (struct noted_store){insn->addr, *addr, data ? *data : value_top()};
}

static bool may_be_device(const struct analysis *a, const struct value *addr) {
    bool device = addr->kind != VALUE_STACK;
    if (addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE) {
        device = false;
        for (unsigned i = 0; i < addr->count; i++) {
            device |= model_device(&a->model, addr->v[i]);
        }
    }
    return device;
}

// The table that an option or an annotation names is another one.
static void judge_vtor(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, const struct value *data) {
    const bool named = a->options->vectors ||
            (a->tables[0].name &&
                    note_names(a, CHECK_NOTE_VECTORS, a->tables[0].name));
    if (!named || !value_is_const(addr) || addr->v[0] != FLOW_VTOR_ADDR ||
            !data || !value_is_const(data) ||
            model_stored_at(&a->model, data->v[0]) ==
                    model_stored_at(&a->model, a->tables[0].addr)) {
        return;
    }
    const char *name = symbol_name(a, data->v[0]);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = insn->addr,
                    .target_addr = data->v[0],
                    .target_known = true},
            a->current,
            "sets VTOR to %s in an outage, and the table that is judged is %s",
            name ? name : "an address", a->tables[0].name);
}

// Before an outage: what is stored then is still there in it.
static void store_before(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes, const struct value *data) {
    const struct whole_span *spans = NULL;
    size_t count = 0;
    keep_store(a, insn, addr, bytes, data);
    judge_vtor(a, insn, addr, data);
    lets_in(a, insn, addr, bytes, data);
    if (data && addr->kind != VALUE_STACK) {
        stored_value(a, insn, addr, data);
    }
    if (addr->kind == VALUE_CONST || addr->kind == VALUE_STACK ||
            !followed_access(a, insn->addr, &spans, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        for (uint32_t at = spans[i].first & ~3u; at <= spans[i].last && at + 4;
                at += 4) {
            const struct value place = value_const(at);
            lets_in(a, insn, &place, bytes, data);
        }
    }
}

void judge_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct analysis *a = ctx;
    uint32_t word;
    if (judge_is_over(a, insn, addr, data)) {
        if (how == FLOW_STORE && analysis_is_before(a, insn->addr)) {
            store_before(a, insn, addr, bytes, data);
        }
        return;
    }
    if (how == FLOW_STORE) {
        keep_store(a, insn, addr, bytes, data);
    }
    // A function's own pool and tables move with it.
    if ((how == FLOW_LITERAL || how == FLOW_TABLE) && value_is_const(addr) &&
            model_forbidden(&a->model, analysis_here(a)->addr) &&
            addr->v[0] - analysis_here(a)->extent.entry_addr <
                    analysis_here(a)->extent.end_addr -
                            analysis_here(a)->extent.entry_addr) {
        return;
    }
    if (how == FLOW_STORE && whole_jumps(a->whole, insn->addr) &&
            !judge_followed(a, insn->addr)) {
        finding_add(a,
                &(struct check_finding){
                        .rule = CHECK_RULE_RETURN_UNKNOWN, .addr = insn->addr},
                a->current, "stores the address that an exception returns to");
    }
    if (how == FLOW_STORE && whole_resets_core(a->whole, insn->addr)) {
        core_reset(a, insn);
    }
    if (how == FLOW_STORE) {
        judge_vtor(a, insn, addr, data);
    }
    const bool exact = addr->kind == VALUE_CONST || addr->kind == VALUE_STACK;
    if (!exact && access_followed(a, insn, how, bytes, data)) {
        return;
    }
    memory_access(a, insn, addr);
    memory_shared(a, insn, addr);
    switch (addr->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
    case VALUE_INITIAL:
        if (!addr->loose &&
                (value_forbidden(&a->model.world, addr, &word) ||
                        runs_into_window(a, addr, bytes, &word))) {
            bad_access(a, insn, how, word, true,
                    addr->kind == VALUE_INITIAL ? ", through a pointer in RAM"
                                                : "");
        } else if (addr->loose) {
            unknown_access(a, insn, addr);
        } else if (addr->kind == VALUE_INITIAL) {
            const char *object = symbol_name(a, addr->v[1]);
            if (!object || !note_find(a, CHECK_NOTE_CONST, object, 0)) {
                unknown_access(a, insn, addr);
            }
        }
        break;
    case VALUE_WORD_OF:
        for (unsigned i = 0; i < addr->count; i++) {
            if (!access_element(a, insn, how, addr->v[i])) {
                unknown_access(a, insn, addr);
                break;
            }
        }
        break;
    case VALUE_PARAM:
        access_argument(a, insn, how, addr);
        break;
    case VALUE_STACK:
        if (how == FLOW_STORE) {
            frames_store(a, insn, addr, bytes);
        }
        break;
    default: // a number, the return address, anything
        if (addr->kind == VALUE_TOP && addr->tainted) {
            bad_access(a, insn, how, addr->taint, false, "");
        } else {
            unknown_access(a, insn, addr);
        }
        break;
    }
    if (addr->kind == VALUE_INSIDE) {
        analysis_reach(a, addr);
    }
    if (how == FLOW_STORE) {
        writes_device(a, addr, may_be_device(a, addr));
        window_writes_note(a, addr);
        lets_in(a, insn, addr, bytes, data);
        resets_core(a, insn, addr, data);
    }
    if (data && addr->kind != VALUE_STACK) {
        stored_value(a, insn, addr, data);
    }
}

void judge_assumption(void *ctx, const struct thumb_insn *insn, uint32_t addr) {
    struct analysis *a = ctx;
    const char *object = symbol_name(a, addr);
    if (!object || note_find(a, CHECK_NOTE_CONST, object, 0) ||
            (analysis_is_over(a, insn->addr) &&
                    !analysis_is_before(a, insn->addr))) {
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_SETTLED,
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true},
            a->current,
            "assumes that %s holds only its initial value and what was seen to be "
            "stored there",
            object);
    a->report->assumed |= 1u << ASSUME_SETTLED;
}

void judge_new_address(void *ctx, const struct thumb_insn *insn,
        uint32_t value) {
    struct analysis *a = ctx;
    struct node *node = analysis_here(a);
    struct new_address *grown = array_more(node->new_addresses,
            node->new_address_count, &node->new_address_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    node->new_addresses = grown;
    node->new_addresses[node->new_address_count++] =
            (struct new_address){.addr = insn->addr,
                    .value = value,
                    .accounted_for = analysis_is_over(a, insn->addr) &&
                            !analysis_is_before(a, insn->addr)};
}

void judge_use(void *ctx, const struct thumb_insn *insn, enum flow_use how,
        const struct value *value) {
    struct analysis *a = ctx;
    uint32_t word;
    if (judge_is_over(a, insn, value, NULL)) {
        return;
    }
    if (how == FLOW_USE_SVC || how == FLOW_USE_BKPT) {
        a->calls_supervisor |= how == FLOW_USE_SVC;
        a->calls_monitor |= how == FLOW_USE_BKPT;
        return;
    }
    if (!value_forbidden(&a->model.world, value, &word)) {
        return;
    }
    analysis_account_for(a, analysis_here(a), word);
    if (how == FLOW_USE_COMPARE) {
        return; // a number like any other
    }
    // What is left in r0 (A2: debug information is that of the code).
    const struct node *node = analysis_here(a);
    if (how == FLOW_USE_RETURN && node->image &&
            elf_image_returns_nothing(node->image, node->addr)) {
        return;
    }
    const char *name = shown_name(a, word);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_ADDRESS,
                    .addr = insn->addr,
                    .target_addr = word,
                    .target_known = true},
            a->current, "returns the address of %s (0x%08x)",
            name ? name : "flash", (unsigned)word);
}
