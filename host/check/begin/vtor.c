/*
 * vtor - what code sets VTOR to
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/begin/begin_priv.h"

static void vtor_unknown(struct vtor *vtor, uint32_t addr, const char *how) {
    if (!vtor->unknown) {
        vtor->unknown = how;
        vtor->unknown_addr = addr;
    }
}

// The block's address goes where it is not followed.
static void scb_unknown(struct vtor *vtor, uint32_t addr, const char *how) {
    vtor->unknown_scb |= !vtor->unknown;
    vtor_unknown(vtor, addr, how);
}

// Armv7-M ARM B3.2.2 and B3.2.4: blocks of the system control space in which no
// pointer is to VTOR, and which a pointer into them does not leave (A4).
static const struct {
    uint32_t addr, size_bytes;
} blocks[] = {
        {0xE000E010u, 0x10},  // SysTick
        {0xE000E100u, 0x500}, // NVIC
        {0xE000ED90u, 0x60},  // MPU, SAU
        {0xE000EDF0u, 0x10},  // debug
        {0xE000EF00u, 0xC0},  // STIR, FPU, cache maintenance
};

static bool is_non_secure(uint32_t addr) {
    return addr - (MODEL_SCS_ADDR + MODEL_SCS_NON_SECURE) <= MODEL_SCS_BYTES;
}

// Its place in the space of the own state.
static uint32_t own_place(uint32_t addr) {
    return is_non_secure(addr) ? addr - MODEL_SCS_NON_SECURE : addr;
}

// Who has the address may set VTOR through it: it is that of the space, of the
// system control block or of a gap beside it.
static bool is_scb(uint32_t at) {
    const uint32_t addr = own_place(at);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (addr - blocks[i].addr < blocks[i].size_bytes) {
            return false;
        }
    }
    // One past its end is an address of the space, too.
    return addr - MODEL_SCS_ADDR <= MODEL_SCS_BYTES;
}

bool vtor_leads_to_scb(const struct value *v) {
    const unsigned count = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE
            ? v->count
            : v->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        if (is_scb(v->v[i])) {
            return true;
        }
    }
    return false;
}

bool vtor_is_base(const struct value *v) {
    bool found = false;
    for (unsigned i = 0; vtor_leads_to_scb(v) && i < VALUE_CONSTS; i++) {
        const uint32_t addr = own_place(v->v[i]);
        found |= addr == MODEL_SCS_ADDR || addr == FLOW_SCB_ADDR ||
                addr == FLOW_VTOR_ADDR;
    }
    return found;
}

// A store of so many bytes may change VTOR.
static bool writes_vtor(const struct value *addr, uint32_t bytes) {
    if (addr->kind == VALUE_INSIDE) {
        // An index into the block, from VTOR or before it, or into all of the
        // processor's registers.
        for (unsigned i = 0; i < addr->count; i++) {
            if (own_place(addr->v[i]) <= FLOW_VTOR_ADDR && is_scb(addr->v[i])) {
                return true;
            }
        }
        return bytes == 4 && addr->count == 1 &&
                own_place(addr->v[0]) >> 8 == MODEL_SCS_ADDR >> 8;
    }
    const unsigned count = addr->kind == VALUE_CONST
            ? addr->count
            : addr->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t at = own_place(addr->v[i]);
        if (at <= FLOW_VTOR_ADDR && FLOW_VTOR_ADDR - at < bytes) {
            return true;
        }
    }
    return false;
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct vtor *vtor = ctx;
    if (how != FLOW_STORE) {
        return;
    }
    if (!writes_vtor(addr, bytes)) {
        if (data && addr->kind != VALUE_STACK && vtor_leads_to_scb(data)) {
            scb_unknown(vtor, insn->addr,
                    "keeps the address of the system control block, and VTOR "
                    "may be set through it");
        }
        return;
    }
    for (unsigned i = 0; i < addr->count; i++) {
        if (is_non_secure(addr->v[i])) {
            vtor->non_secure = insn->addr;
            return;
        }
    }
    if (addr->kind == VALUE_INSIDE || bytes != 4 || !data ||
            data->kind != VALUE_CONST) {
        vtor->sets_unknown = true;
        vtor_unknown(vtor, insn->addr,
                "sets VTOR to an address that is only known at run time");
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        // Where another program has its memory, the table is not there while
        // that runs; it is judged when the program is checked by itself.
        if (elf_image_holds(vtor->image, data->v[i]) &&
                model_image(&vtor->a->model, data->v[i]) != vtor->image) {
            continue;
        }
        if (vtor->count == sizeof vtor->value / sizeof vtor->value[0]) {
            vtor_unknown(vtor, insn->addr, "sets VTOR to one of many tables");
            return;
        }
        vtor->at[vtor->count] = insn->addr;
        vtor->value[vtor->count++] = data->v[i];
    }
}

static const char passes_on[] =
        "passes on the address of the system control block, and VTOR may be "
        "set through it";

// Argument k of a call is such an address, and the callee may look at it.
static bool passed(const struct vtor *vtor, const struct value *target,
        const struct value *regs, unsigned k) {
    return vtor_leads_to_scb(flow_argument(regs, k)) &&
            !flow_left_over(&vtor->a->model, target, k);
}

static bool walks_into(void *ctx, uint32_t target, const struct value *regs) {
    const struct value callee = value_const(target | 1);
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        if (passed(ctx, &callee, regs, k)) {
            return true;
        }
    }
    return false;
}

static void on_inlined(void *ctx, const struct thumb_insn *insn,
        uint32_t callee, enum flow_inlined how) {
    struct vtor *vtor = ctx;
    (void)callee;
    if (!passing_inlined(&vtor->passing, insn, how)) {
        scb_unknown(vtor, insn->addr, passes_on);
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct vtor *vtor = ctx;
    (void)direct, (void)sp_bytes;
    for (unsigned k = 0; regs && k < VALUE_ARGUMENTS; k++) {
        if (passed(vtor, target, regs, k) &&
                !passing_add(&vtor->passing, insn, how, target)) {
            scb_unknown(vtor, insn->addr, passes_on);
        }
    }
}

static void end_function(struct vtor *vtor) {
    uint32_t at;
    if (passing_end(&vtor->passing, &at)) {
        scb_unknown(vtor, at, passes_on);
    }
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct vtor *vtor = ctx;
    const bool high = where == FLOW_GONE_RETURN_HIGH;
    const bool result = where == FLOW_GONE_RETURN || high;
    // A callee's result is followed in its caller.
    if (!vtor_leads_to_scb(value) || (result && vtor->passing.depth)) {
        return;
    }
    if (!result) {
        scb_unknown(vtor, insn ? insn->addr : vtor->function,
                "uses the address of the system control block in a way that is "
                "not followed");
    } else if (result_used(vtor->a, vtor->function, high)) {
        scb_unknown(vtor, insn->addr,
                "returns the address of the system control block, and VTOR may "
                "be set through it");
    }
}

// A pointer to the block in data.
static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct vtor *vtor = ctx;
    (void)section_bytes;
    if (!is_scb(word)) {
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(vtor->image, section->addr + at);
    if (symbol ? symbol->object && !symbol->function : !section->execute) {
        scb_unknown(vtor, section->addr + at,
                "holds the address of the system control block, and VTOR may "
                "be set through it");
    }
}

static bool mentions_scs(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct vtor *vtor = ctx;
    end_function(vtor);
    vtor->function = symbol->addr;
    const struct formed formed = analysis_formed(vtor->a, extent);
    return formed_near(&formed, MODEL_SCS_ADDR, MODEL_SCS_BYTES) ||
            formed_near(&formed, MODEL_SCS_ADDR + MODEL_SCS_NON_SECURE,
                    MODEL_SCS_BYTES);
}

void vtor_find(struct analysis *a, struct vtor *vtor) {
    const struct flow_events events = {.ctx = vtor,
            .access = on_access,
            .call = on_call,
            .gone = on_gone,
            .inlined = on_inlined,
            .walks_into = walks_into};
    *vtor = (struct vtor){.a = a};
    for (size_t k = 0; k < a->model.image_count; k++) {
        vtor->image = a->model.images[k];
        analysis_scan_words(vtor->image, on_word, vtor);
        analysis_scan(a, vtor->image, &events, mentions_scs);
        end_function(vtor);
    }
}
