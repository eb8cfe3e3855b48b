/*
 * code_stores - stores into code in RAM, and into what a note calls constant
 *
 * SPDX-License-Identifier: MIT
 *
 * The code that was judged is that of the image. A store to the address of an
 * instruction or of a pool changes it, and who keeps such an address, or its
 * distance to another one, may store there later. Only functions that can form
 * such an address are walked. That start code copies code to its place is
 * assumption A2. A store to an object of a `const` line, by any of the images,
 * contradicts that line.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/judge/judge_priv.h"
#include "check/whole/whole.h"

#define PC 15u

struct range {
    uint32_t addr, size_bytes;
};

struct changes {
    struct analysis *a;
    struct range *ranges; // sections with code in RAM
    size_t count, room;
    struct range *objects; // of `const` lines
    size_t object_count, object_room;
    // Of the function that is walked.
    bool bits;  // it forms a bit-band address
    bool forms; // it forms the address of code
    bool low;   // a word that it names is one of code below 10000h
    uint32_t function;
    const struct elf_image *image; // whose words are looked at
};

/// What is code ///

static bool in_ranges(const struct changes *c, uint32_t addr) {
    for (size_t i = 0; i < c->count; i++) {
        if (addr - c->ranges[i].addr < c->ranges[i].size_bytes) {
            return true;
        }
    }
    return false;
}

// Behind a function that does not say where it ends.
static bool is_object(const struct changes *c, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&c->a->model, addr);
    return symbol && symbol->object &&
            addr - symbol->addr < symbol->size_bytes &&
            !model_in_sized(&c->a->model, addr);
}

// An instruction, or a pool of a function.
static bool is_code(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    if (!in_ranges(c, addr)) {
        return false;
    }
    const struct elf_image *image = model_image(&c->a->model, addr);
    const struct elf_symbol *symbol = model_symbol(&c->a->model, addr);
    uint32_t end;
    if (!image) { // a damaged file
        return false;
    }
    return elf_image_content(image, addr, &end) == ELF_CONTENT_THUMB ||
            (symbol && symbol->code && !symbol->object) ||
            (model_in_function(&c->a->model, addr) && !is_object(c, addr));
}

// The function's address, as pointers to functions hold it, is no place to
// write to.
static bool may_be_written(const struct changes *c, uint32_t word) {
    return !(word & 1) && is_code(c, word);
}

// A count or an offset reads like the address of code there.
#define COUNT_MAX 0xFFFFu

// A count, an offset, or a bit of a register reads like the address of code in
// tightly coupled memory, or at the beginning of RAM.
static bool is_pointer(const struct changes *c, uint32_t word) {
    return word > COUNT_MAX && word & 0xFFFF && may_be_written(c, word);
}

// Compilers form the address of an object from that of another one near it.
#define NEAR 4096u

static bool is_near(const struct range *object, uint32_t addr) {
    return addr - (object->addr - NEAR) < object->size_bytes + 2 * NEAR;
}

static bool near_object(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->object_count; i++) {
        if (is_near(&c->objects[i], addr)) {
            return true;
        }
    }
    return false;
}

// The address of an object that is called constant; 0: of none.
static uint32_t object_at(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->object_count; i++) {
        if (addr - c->objects[i].addr < c->objects[i].size_bytes) {
            return c->objects[i].addr;
        }
    }
    return 0;
}

static bool has_code(const struct elf_image *image,
        const struct elf_section *s) {
    uint32_t end;
    for (uint32_t at = s->addr; at - s->addr < s->size_bytes; at = end) {
        if (elf_image_content(image, at, &end) == ELF_CONTENT_THUMB) {
            return true;
        }
        if (end <= at) {
            break;
        }
    }
    return false;
}

static void add_ranges(struct changes *c, const struct elf_image *image) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const bool ram = s->load_addr != s->addr ||
                (s->addr >= 0x20000000u && s->addr < 0x40000000u);
        if (s->zero || !s->size_bytes || !ram ||
                model_forbidden(&c->a->model, s->addr) || !has_code(image, s)) {
            continue;
        }
        struct range *grown =
                array_more(c->ranges, c->count, &c->room, sizeof *grown);
        if (!grown) {
            c->a->failed = true;
            return;
        }
        c->ranges = grown;
        c->ranges[c->count++] = (struct range){s->addr, s->size_bytes};
    }
}

static void add_object(struct changes *c, const struct elf_symbol *symbol) {
    struct range *grown = array_more(c->objects, c->object_count,
            &c->object_room, sizeof *grown);
    if (!grown) {
        c->a->failed = true;
        return;
    }
    c->objects = grown;
    c->objects[c->object_count++] =
            (struct range){symbol->addr, symbol->size_bytes};
}

static void add_objects(struct changes *c, const struct elf_image *image) {
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (symbol->object && symbol->size_bytes &&
                note_names(c->a, CHECK_NOTE_CONST, symbol->name)) {
            add_object(c, symbol);
        }
    }
}

/// Stores ///

// The walk reached a function that holds addr.
static bool reached(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->a->node_count; i++) {
        const struct function_extent *extent = &c->a->nodes[i].extent;
        if (addr >= extent->entry_addr && addr < extent->end_addr) {
            return true;
        }
    }
    return false;
}

// By a run of the whole program, in which the instruction was executed, no code
// in RAM ever changes; or what changes is not executed, but a pool, and of each
// instruction of an outage the run knows where it goes.
static bool never_changes(const struct changes *c, uint32_t insn_addr) {
    bool never = whole_executed(c->a->whole, insn_addr);
    for (size_t i = 0; never && c->a->searched && i < c->count; i++) {
        never = whole_unchanged(c->a->whole, c->ranges[i].addr,
                c->ranges[i].size_bytes);
    }
    return never;
}

static void changed(struct changes *c, uint32_t insn_addr, uint32_t addr,
        const char *how) {
    if (never_changes(c, insn_addr)) {
        return;
    }
    const char *name = symbol_name(c->a, addr);
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_CODE_CHANGED,
                    .addr = insn_addr,
                    .target_addr = addr,
                    .target_known = true},
            NO_NODE, "%s code in RAM, %s (0x%08x)", how, name ? name : "?",
            (unsigned)addr);
}

static void object_changed(struct changes *c, uint32_t insn_addr,
        uint32_t addr) {
    const uint32_t object = object_at(c, addr);
    const char *name = symbol_name(c->a, object);
    if (name && whole_executed(c->a->whole, insn_addr)) {
        notes_refute(c->a, CHECK_NOTE_CONST, name, "code changes it",
                insn_addr);
    }
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_CONST_CHANGED,
                    .addr = insn_addr,
                    .target_addr = object,
                    .target_known = true},
            NO_NODE,
            "stores to %s (0x%08x), which a note says is never changed",
            name ? name : "?", (unsigned)addr);
}

// It is what the image has there.
static bool same_word(const struct changes *c, uint32_t addr, uint32_t bytes,
        const struct value *data) {
    uint32_t word;
    return bytes == 4 && data && value_is_const(data) &&
            model_word(&c->a->model, addr, &word) && word == data->v[0];
}

// The code of an outage to which the value leads; 0: to none. Compilers make a
// count by an immediate, and an address by a literal or MOVT.
static uint32_t leads_to(const struct changes *c, const struct value *v) {
    const bool known = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE ||
            (v->kind == VALUE_TOP && v->count != VALUE_MANY);
    for (unsigned i = 0; known && i < v->count; i++) {
        if ((v->v[i] > COUNT_MAX || c->low) && may_be_written(c, v->v[i]) &&
                reached(c, v->v[i])) {
            return v->v[i];
        }
    }
    return 0;
}

// Something from which code can be reached later.
static void kept(struct changes *c, const struct thumb_insn *insn,
        const struct value *v) {
    const uint32_t addr = leads_to(c, v);
    const bool length = v->kind == VALUE_CONST && v->distance && c->forms;
    if (is_pointer(c, addr) || length) {
        changed(c, insn ? insn->addr : c->function,
                length ? c->ranges[0].addr : addr,
                !length ? "keeps the address of"
                        : "keeps a distance that may lead to");
    }
}

// What is made from the address is followed.
static bool is_kept(const void *ctx, uint32_t addr) {
    const struct changes *c = ctx;
    return may_be_written(c, addr) && reached(c, addr);
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    if (where == FLOW_GONE_OTHER || where == FLOW_GONE_FRAME) {
        kept(ctx, insn, value);
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct changes *c = ctx;
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    if (how != FLOW_STORE ||
            (data && start_code_copies(c->a, c->function, addr, data))) {
        return;
    }
    if (data && addr->kind != VALUE_STACK) {
        kept(c, insn, data);
    }
    const uint32_t from = addr->kind == VALUE_TOP ? leads_to(c, addr) : 0;
    if (from || (c->bits && c->count && addr->kind == VALUE_TOP)) {
        changed(c, insn->addr, from ? from : c->ranges[0].addr,
                from ? "stores somewhere, maybe into"
                     : "stores a bit somewhere, maybe into");
        return;
    }
    for (unsigned i = 0; known && i < addr->count; i++) {
        if (is_code(c, addr->v[i]) && !same_word(c, addr->v[i], bytes, data) &&
                (addr->kind == VALUE_INSIDE || reached(c, addr->v[i]))) {
            changed(c, insn->addr, addr->v[i], "stores into");
            return;
        }
        if (object_at(c, addr->v[i]) &&
                !same_word(c, addr->v[i], bytes, data)) {
            object_changed(c, insn->addr, addr->v[i]);
            return;
        }
    }
}

// Start code copies, or its memcpy(): to, from, and how much.
static bool copies(const struct changes *c, const struct value *target,
        const struct value *regs) {
    bool found = false;
    for (unsigned k = 0; k < VALUE_REGISTER_ARGUMENTS && !found; k++) {
        found = start_code_copies_by(c->a, c->function, target, regs, k);
    }
    return found;
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct changes *c = ctx;
    (void)how, (void)direct, (void)sp_bytes;
    if (!regs || copies(c, target, regs)) {
        return;
    }
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const uint32_t addr = leads_to(c, flow_argument(regs, k));
        if (addr && !flow_left_over(&c->a->model, target, k)) {
            changed(c, insn->addr, addr, "passes on the address of");
            return;
        }
    }
}

static bool is_watched(const struct changes *c, uint32_t addr) {
    return is_code(c, addr) || near_object(c, addr);
}

// 0 is a null pointer, as of a weak function that is not there.
static bool is_low_code(const struct changes *c, uint32_t addr) {
    uint32_t word;
    return model_word(&c->a->model, addr, &word) && word && word <= COUNT_MAX &&
            is_code(c, word & ~1u);
}

// The instruction loads the address of code below 10000h, or may put one
// together.
static bool names_low(const struct changes *c, const struct thumb_insn *insn) {
    return (insn->op == THUMB_LOAD && insn->rn == PC && insn->immediate &&
                   is_low_code(c, insn->target)) ||
            (insn->op == THUMB_MOVT && !(insn->imm & 0xFFFF));
}

// So do words of the function that are no instructions.
static bool has_low(const struct changes *c,
        const struct function_extent *extent) {
    const struct elf_image *image =
            model_image(&c->a->model, extent->entry_addr);
    bool low = false;
    uint32_t size, end;
    for (uint32_t at = extent->entry_addr & ~1u;
            image && !low && at + 2 <= extent->end_addr; at += size) {
        struct thumb_insn insn;
        const uint32_t room = extent->end_addr - at < 4 ? 2 : 4;
        const uint8_t *bytes = model_bytes(&c->a->model, at, room);
        const bool code =
                elf_image_content(image, at, &end) == ELF_CONTENT_THUMB;
        size = 2;
        if (!code) {
            low = !(at & 3) && is_low_code(c, at);
        } else if (bytes && thumb_decode(&insn, at, bytes, room)) {
            low = names_low(c, &insn);
            size = insn.size_bytes;
        }
    }
    return low;
}

// Some code lies there.
static bool is_low(const struct changes *c) {
    bool low = false;
    for (size_t i = 0; i < c->count; i++) {
        low |= c->ranges[i].addr <= COUNT_MAX;
    }
    return low;
}

static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct changes *c = ctx;
    if (symbol->absolute) {
        return false;
    }
    const struct formed formed = analysis_formed(c->a, extent);
    bool found = formed.anything;
    c->bits = c->forms = false;
    // There a store may have its address from an immediate.
    found |= is_low(c) && formed.stores;
    c->low = is_low(c) && has_low(c, extent);
    c->function = symbol->addr;
    for (size_t i = 0; i < formed.count; i++) {
        const uint32_t word = formed.words[i];
        c->bits |= model_makes_bit_band(&c->a->model, word);
        c->forms |= is_pointer(c, word);
        found |= is_watched(c, word & ~1u);
    }
    for (size_t i = 0; i < c->count && formed.moves; i++) {
        found |= formed_near(&formed, c->ranges[i].addr,
                c->ranges[i].size_bytes);
    }
    return found || c->bits;
}

// A pointer to code in data.
static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct changes *c = ctx;
    const uint32_t addr = section->addr + at;
    // At other bytes, small numbers beside each other read like one. Where the
    // stack ends, code may begin.
    if (addr & 3 || !is_pointer(c, word) || !reached(c, word) ||
            (!(word & 1) && whole_has_table(c->a->whole, addr)) ||
            start_code_lists(c->a, section, section_bytes, at)) {
        return;
    }
    const struct elf_symbol *symbol = elf_image_symbol_at(c->image, addr);
    if (symbol ? symbol->object && !symbol->function : !section->execute) {
        changed(c, addr, word, "holds the address of");
    }
}

// Through a pointer, by parts or by DMA: what the run of the whole program sees
// that holds something else.
static void refute_objects(struct changes *c) {
    for (size_t i = 0; i < c->object_count; i++) {
        const struct range *object = &c->objects[i];
        const char *name = symbol_name(c->a, object->addr);
        bool by_device;
        const uint32_t by = whole_changed_by(c->a->whole, object->addr,
                object->size_bytes, &by_device);
        if (by && name) {
            notes_refute(c->a, CHECK_NOTE_CONST, name,
                    by_device ? "code gives its address to a device"
                              : "code changes it",
                    by);
        }
    }
}

#define SHIFT_BYTES 64

// What is stored to the word at addr is what the image has so many bytes behind
// it, or before. 0: it is not.
static int32_t shift_of(const struct changes *c, uint32_t addr,
        const uint32_t *values, unsigned count) {
    uint32_t own, word;
    if (!model_word(&c->a->model, addr, &own)) {
        return 0;
    }
    for (int32_t by = 1; by <= SHIFT_BYTES; by++) {
        for (unsigned i = 0; i < 2 * count; i++) {
            const int32_t shift = i & 1 ? -by : by;
            const uint32_t v = values[i / 2];
            if (v != own && v && v != UINT32_MAX &&
                    model_word(&c->a->model, addr + (uint32_t)shift, &word) &&
                    word == v) {
                return shift;
            }
        }
    }
    return 0;
}

// A label of the linker script there.
static const char *label_at(const struct changes *c, uint32_t addr) {
    const struct elf_symbol *s;
    for (size_t k = 0; k < c->a->model.image_count; k++) {
        const struct elf_image *image = c->a->model.images[k];
        for (size_t i = elf_image_symbol_from(image, addr);
                (s = elf_image_symbol_index(image, i)) && s->addr == addr;
                i++) {
            if (!s->function && !s->object && !s->size_bytes) {
                return s->name;
            }
        }
    }
    return "the label of the linker script";
}

// How a copy is shifted, behind a sentence; or "".
static const char *shifted(struct changes *c, uint32_t addr, int32_t shift) {
    const struct elf_section *s = model_section(&c->a->model, addr);
    if (!shift || !s) {
        return "";
    }
    return keep_text(c->a,
            "; the copy is shifted: what it stores there belongs %d byte%s %s. "
            "%s begins at 0x%08x (%s), and its load image at 0x%08x (%s)",
            abs(shift), abs(shift) == 1 ? "" : "s",
            shift > 0 ? "behind" : "before", s->name, (unsigned)s->addr,
            label_at(c, s->addr), (unsigned)s->load_addr,
            label_at(c, s->load_addr));
}

static const char other_code[] =
        "stores into code in RAM that runs, %s (0x%08x)%s";

// detail: of a name, an address and how far a copy is shifted.
static void report(struct changes *c, enum check_rule_id rule,
        const char *detail, uint32_t by, uint32_t addr, int32_t shift) {
    const char *name = symbol_name(c->a, addr);
    finding_add(c->a,
            &(struct check_finding){.rule = rule,
                    .addr = by,
                    .target_addr = addr,
                    .target_known = true,
                    .shifted_bytes = shift},
            NO_NODE, detail, name ? name : "?", (unsigned)addr,
            shifted(c, addr, shift));
}

// What the run of the whole program saw of code that an outage reaches.
static void report_seen(struct changes *c) {
    static const struct {
        enum check_rule_id rule;
        const char *detail;
    } seen[WHOLE_SEEN_COUNT] = {
            [WHOLE_SEEN_CHANGED] = {CHECK_RULE_CODE_CHANGED, other_code},
            [WHOLE_SEEN_GIVEN] = {CHECK_RULE_CODE_CHANGED,
                    "gives the address of code in RAM to a device, %s "
                    "(0x%08x)"},
            [WHOLE_SEEN_ABSENT] = {CHECK_RULE_CALL_UNKNOWN,
                    "leads to RAM, %s (0x%08x), where no image has code: what "
                    "was put there may run in an outage, as all code in RAM"},
            [WHOLE_SEEN_LATE] = {CHECK_RULE_UNDECODABLE,
                    "is executed where the code that copies %s to RAM has not "
                    "come to 0x%08x yet: what is there then is unknown"},
    };
    for (unsigned i = 0; i < WHOLE_SEEN_COUNT; i++) {
        uint32_t addr, by;
        const bool absent = i == WHOLE_SEEN_ABSENT;
        // Start code that runs too early what it copies copies nothing.
        const bool late = i == WHOLE_SEEN_LATE;
        if (!whole_saw(c->a->whole, i, &addr, &by) ||
                (absent ? c->a->options->root_count > 0 || reached(c, by)
                        : !late && !reached(c, addr)) ||
                (!late && findings_tell(c->a, by))) {
            continue;
        }
        uint32_t values[VALUE_CONSTS];
        const unsigned count = whole_changed_to(c->a->whole, values);
        const int32_t shift = i == WHOLE_SEEN_CHANGED
                ? shift_of(c, addr & ~3u, values, count)
                : 0;
        report(c, seen[i].rule, seen[i].detail, by, addr, shift);
    }
}

// Start code that copies from another place, or to one.
static void report_copies(struct changes *c) {
    uint32_t by = 0, at, word;
    for (size_t i = 0; i < c->count && !by; i++) {
        const struct range *code = &c->ranges[i];
        by = whole_other_copy(c->a->whole, code->addr, code->size_bytes, &at,
                &word);
    }
    if (by && !findings_tell(c->a, by)) {
        report(c, CHECK_RULE_CODE_CHANGED, other_code, by, at,
                shift_of(c, at, &word, 1));
    }
}

void code_stores_check(struct analysis *a) {
    struct changes c = {.a = a};
    const struct flow_events events = {
            .ctx = &c, .access = on_access, .call = on_call, .gone = on_gone};
    for (size_t i = 0; i < a->model.image_count; i++) {
        add_ranges(&c, a->model.images[i]);
        add_objects(&c, a->model.images[i]);
    }
    analysis_follow(a, is_kept, &c);
    for (size_t i = 0; (c.count || c.object_count) && i < a->model.image_count;
            i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
        c.image = a->model.images[i];
        analysis_scan_words(c.image, on_word, &c);
    }
    analysis_follow(a, NULL, NULL);
    refute_objects(&c);
    report_seen(&c);
    report_copies(&c);
    free(c.ranges);
    free(c.objects);
}
