/*
 * model - addresses to regions, images, symbols and bytes
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/model/model.h"

static bool inside(const struct check_region *regions, size_t count,
        uint32_t addr) {
    for (size_t i = 0; i < count; i++) {
        if (addr >= regions[i].addr &&
                addr - regions[i].addr < regions[i].size_bytes) {
            return true;
        }
    }
    return false;
}

uint32_t model_canonical(const struct model *model, uint32_t addr) {
    const struct check_options *o = model->options;
    for (size_t i = 0; i < o->alias_count; i++) {
        const struct check_alias *alias = &o->alias[i];
        if (addr >= alias->addr && addr - alias->addr < alias->size_bytes) {
            return alias->of + (addr - alias->addr);
        }
    }
    return addr;
}

bool model_bit_band(const struct model *model, uint32_t addr, uint32_t *at) {
    if (model->no_bit_band || addr < 0x22000000u || addr >= 0x24000000u ||
            model_image(model, addr)) {
        return false;
    }
    *at = 0x20000000u + (addr - 0x22000000u) / 32;
    return true;
}

// Before the shift, the same 27 bits, and above them nothing, or what takes the
// region's 0x20000000 away or has it.
bool model_makes_bit_band(const struct model *model, uint32_t number) {
    const uint32_t above = number & 0xF8000000u;
    uint32_t at;
    return model_bit_band(model, number, &at) ||
            ((above == 0 || above == 0xE0000000u || above == 0x20000000u) &&
                    model_bit_band(model, number << 5, &at));
}

uint32_t model_stored_at(const struct model *model, uint32_t addr) {
    uint32_t at;
    return model_bit_band(model, addr, &at) ? at : model_canonical(model, addr);
}

// Below, a number is rather a count than an address of an alias, unless the
// image is linked for it.
#define SMALLEST_ALIAS 0x10000000u

static bool may_be_alias(const struct model *model, uint32_t addr) {
    return model->options->alias_count &&
            (addr >= SMALLEST_ALIAS || model_image(model, addr));
}

bool model_forbidden(const struct model *model, uint32_t addr) {
    const struct check_options *o = model->options;
    return (inside(o->xip, o->xip_count, addr) ||
                   (may_be_alias(model, addr) &&
                           inside(o->xip, o->xip_count,
                                   model_canonical(model, addr)))) &&
            !inside(o->resident, o->resident_count, addr);
}

// Armv7-M ARM, B3.1, the system address map: 0x4.. and 0x5.. are peripherals,
// 0xA0000000 up devices, 0xE0000000 up the processor's own.
bool model_arch_device(uint32_t addr) {
    return (addr >= 0x40000000u && addr < 0x60000000u) || addr >= 0xA0000000u;
}

static bool is_device(const struct check_options *o, uint32_t addr) {
    return model_arch_device(addr) || inside(o->devices, o->device_count, addr);
}

bool model_device(const struct model *model, uint32_t addr) {
    return is_device(model->options, addr) ||
            (addr >= SMALLEST_ALIAS &&
                    is_device(model->options, model_canonical(model, addr)));
}

struct elf_image *model_image(const struct model *model, uint32_t addr) {
    for (size_t i = 0; i < model->image_count; i++) {
        if (elf_image_holds(model->images[i], addr)) {
            return model->images[i];
        }
    }
    return NULL;
}

const uint8_t *model_bytes(const struct model *model, uint32_t addr,
        uint32_t len) {
    const struct elf_image *image = model_image(model, addr);
    return image ? elf_image_bytes(image, addr, len) : NULL;
}

bool model_word(const struct model *model, uint32_t addr, uint32_t *word) {
    const uint8_t *bytes = model_bytes(model, addr, 4);
    if (bytes) {
        *word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
        return true;
    }
    *word = 0; // memory that the start code clears
    return model_image(model, addr) != NULL;
}

bool model_literal(const struct model *model, const struct thumb_insn *insn,
        uint32_t *word) {
    return insn->op == THUMB_LOAD && insn->rn == 15 && insn->immediate &&
            model_word(model, insn->target, word);
}

const struct elf_symbol *model_symbol(const struct model *model,
        uint32_t addr) {
    const struct elf_image *image = model_image(model, addr);
    return image ? elf_image_symbol_at(image, addr) : NULL;
}

bool model_is_entry(const struct model *model, uint32_t word) {
    bool is = false;
    for (size_t k = 0; !is && k < model->image_count; k++) {
        is = (elf_image_entry(model->images[k]) | 1) == word;
    }
    return is;
}

const struct elf_section *model_section(const struct model *model,
        uint32_t addr) {
    const struct elf_image *image = model_image(model, addr);
    return image ? elf_image_section_at(image, addr) : NULL;
}

// RAM behind the flash controller, as PSRAM on its other chip select.
static bool is_ram_in_window(const struct elf_section *section) {
    return section &&
            (section->zero || section->write ||
                    section->load_addr != section->addr);
}

bool model_constant(const struct model *model, uint32_t addr) {
    const struct elf_section *section = model_section(model, addr);
    if (model_forbidden(model, addr)) {
        return !is_ram_in_window(section);
    }
    // Flags alone do not decide: ld drops SHF_WRITE from a .data that begins
    // with code. What is copied somewhere or lies in the architecture's RAM
    // (Armv7-M ARM B3.1) can be written.
    if (section && !section->write && section->load_addr == section->addr &&
            (section->addr < 0x20000000u || section->addr >= 0x40000000u)) {
        return true;
    }
    const struct elf_symbol *symbol = model_symbol(model, addr);
    return symbol && symbol->function;
}

bool model_settled(const struct model *model, uint32_t addr) {
    uint32_t values[VALUE_CONSTS], word;
    if (model_constant(model, addr)) {
        return true;
    }
    const struct elf_symbol *symbol = model_symbol(model, addr);
    if (!model->settled || !symbol || !symbol->object) {
        return false;
    }
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        const uint32_t cell = symbol->addr + at;
        if (model_values(model, cell, values) != 1 ||
                !model_word(model, cell, &word) || values[0] != word) {
            return false;
        }
    }
    return symbol->size_bytes >= 4;
}

unsigned model_values(const struct model *model, uint32_t addr,
        uint32_t *values) {
    return model->settled ? model->settled(model->settled_ctx, addr, values)
                          : 0;
}

const struct elf_section *model_load_image(const struct model *model,
        uint32_t addr) {
    const struct elf_section *s;
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            if (s->load_addr != s->addr &&
                    addr - s->load_addr < s->size_bytes) {
                return s;
            }
        }
    }
    return NULL;
}

// Where code without a sized symbol ends: at the next symbol of code, or with
// its section.
static uint32_t next_code(const struct elf_image *image, uint32_t addr,
        uint32_t end_addr) {
    uint32_t best = end_addr;
    const struct elf_symbol *symbol;
    size_t i = elf_image_symbol_from(image, addr + 1);
    for (; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (symbol->addr >= best) {
            break;
        }
        if (symbol->code && !symbol->absolute) {
            best = symbol->addr;
            break;
        }
    }
    return best;
}

// The end of the section that holds addr, or without sections of the segment.
// 0: there is none.
static uint32_t code_end(const struct elf_image *image, uint32_t addr) {
    const struct elf_section *section = elf_image_section_at(image, addr);
    if (section) {
        return section->addr + section->size_bytes;
    }
    struct elf_segment segment;
    for (size_t i = 0; elf_image_segment(image, i, &segment); i++) {
        if (addr >= segment.run_addr &&
                addr - segment.run_addr < segment.file_bytes) {
            return segment.run_addr + segment.file_bytes;
        }
    }
    return 0;
}

// The most that one of the names of a function says.
static uint32_t largest_size(const struct elf_image *image,
        const struct elf_symbol *symbol) {
    const struct elf_symbol *other;
    uint32_t size = symbol->size_bytes;
    for (size_t i = elf_image_symbol_from(image, symbol->addr);
            (other = elf_image_symbol_index(image, i)) &&
            other->addr == symbol->addr;
            i++) {
        if (other->code && other->size_bytes > size) {
            size = other->size_bytes;
        }
    }
    return size;
}

// Functions with other entries in them are walked whole from each. With so many
// of them each is walked up to the next one, which it runs into.
#define MOST_ENTRIES 64u

static uint32_t up_to_next(const struct elf_image *image,
        const struct elf_symbol *symbol, uint32_t size) {
    const struct elf_symbol *s;
    uint32_t next = 0;
    unsigned inside = 0;
    for (size_t i = elf_image_symbol_from(image, symbol->addr + 1);
            (s = elf_image_symbol_index(image, i)) &&
            s->addr - symbol->addr < size && inside < MOST_ENTRIES;
            i++) {
        if (s->function && (s->addr & ~1u) > (symbol->addr & ~1u)) {
            next = next ? next : s->addr & ~1u;
            inside++;
        }
    }
    return inside < MOST_ENTRIES ? size : next - symbol->addr;
}

bool model_function(const struct model *model, uint32_t addr,
        struct function_extent *extent) {
    const struct elf_image *image = model_image(model, addr);
    const uint32_t end = image ? code_end(image, addr) : 0;
    if (!end) {
        return false;
    }
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    if (symbol && symbol->code && addr - symbol->addr < symbol->size_bytes) {
        const uint32_t size =
                up_to_next(image, symbol, largest_size(image, symbol));
        *extent = (struct function_extent){
                .entry_addr = symbol->addr & ~1u,
                .end_addr = size < end - symbol->addr
                        ? symbol->addr + size
                        : end, // a damaged file may claim more
        };
    } else {
        *extent = (struct function_extent){.entry_addr = addr & ~1u,
                .end_addr = next_code(image, addr, end)};
    }
    return extent->end_addr > extent->entry_addr;
}

// Symbols before an address among which a function that holds it is looked for.
#define MOST_INNER 4096u

// by_size: not by where the next one begins.
static bool in_function(const struct model *model, uint32_t addr,
        bool by_size) {
    const struct elf_image *image = model_image(model, addr);
    const struct elf_section *section = model_section(model, addr);
    const uint32_t from = section ? section->addr : 0;
    const struct elf_symbol *symbol;
    struct function_extent extent;
    unsigned left = MOST_INNER;
    for (size_t i = image ? elf_image_symbol_from(image, addr + 1) : 0; i--;) {
        symbol = elf_image_symbol_index(image, i);
        if (!symbol || symbol->addr < from) {
            break;
        }
        if (!left--) {
            return section && section->execute;
        }
        if (symbol->function && (symbol->size_bytes || !by_size) &&
                model_function(model, symbol->addr, &extent) &&
                addr < extent.end_addr) {
            return true;
        }
    }
    return false;
}

bool model_in_function(const struct model *model, uint32_t addr) {
    return in_function(model, addr, false);
}

bool model_in_sized(const struct model *model, uint32_t addr) {
    return in_function(model, addr, true);
}

/// Stacks ///

// Of memory that nothing is linked to: who stores there by a constant address
// knows how deep the stack is (A3).
#define STACK_LEAST 1024u

// The beginning of the object or section that the stack is part of, else the
// end of what is linked below it.
static uint32_t stack_low(const struct model *model, uint32_t top) {
    uint32_t low = top - STACK_LEAST;
    const struct elf_section *s;
    const struct elf_symbol *in = model_symbol(model, top - 4);
    if (in && in->object && top - 4 - in->addr < in->size_bytes) {
        return in->addr;
    }
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            const uint32_t end = s->addr + s->size_bytes;
            if (s->size_bytes && s->addr < top && end >= top) {
                return s->addr;
            }
            if (s->size_bytes && end < top && end > low) {
                low = end;
            }
        }
    }
    return low;
}

uint32_t model_stack_top(const struct model *model, uint32_t top) {
    return top < 4 ? top : model_canonical(model, top - 4) + 4;
}

void model_add_stack(struct model *model, uint32_t top) {
    top = model_stack_top(model, top);
    for (size_t i = 0; i < model->stack_count; i++) {
        if (model->stacks[i].top == top) {
            return;
        }
    }
    if (top && model->stack_count < MODEL_STACKS) {
        model->stacks[model->stack_count++] =
                (struct model_stack){stack_low(model, top), top};
    }
}

bool model_in_stack(const struct model *model, uint32_t addr) {
    addr = model_canonical(model, addr);
    const struct elf_symbol *symbol = model_symbol(model, addr);
    for (size_t i = 0; i < model->stack_count; i++) {
        const struct model_stack *s = &model->stacks[i];
        const bool object = symbol && addr - symbol->addr < symbol->size_bytes;
        if (object ? s->top - 4 - symbol->addr < symbol->size_bytes
                   : addr >= s->low && addr < s->top) {
            return true;
        }
    }
    return false;
}

struct function_code model_code(const struct model *model,
        const struct function_extent *extent) {
    struct function_code code = {.addr = extent->entry_addr & ~1u};
    code.size_bytes = extent->end_addr - code.addr;
    code.bytes = model_bytes(model, code.addr, code.size_bytes);
    while (!code.bytes && code.size_bytes) { // a damaged file
        code.size_bytes /= 2;
        code.bytes = model_bytes(model, code.addr, code.size_bytes);
    }
    return code;
}

/// For value.h ///

static bool world_forbidden(const void *ctx, uint32_t addr) {
    return model_forbidden(ctx, addr);
}

static uint32_t world_object(const void *ctx, uint32_t addr) {
    const struct model *model = ctx;
    uint32_t at;
    if (model_bit_band(model, addr, &at) && model_image(model, at)) {
        return 0x22000000u + (world_object(ctx, at) - 0x20000000u) * 32;
    }
    const struct elf_symbol *symbol = model_symbol(model, addr);
    if (symbol && addr - symbol->addr < symbol->size_bytes) {
        return symbol->addr;
    }
    const struct elf_section *s = symbol ? NULL : model_load_image(model, addr);
    if (s) {
        return s->load_addr;
    }
    // A block of registers: a loop over some of them stays inside. The
    // processor's own are smaller (Armv7-M ARM B3.2.1: NVIC, SCB).
    const uint32_t block = addr >> 12 == 0xE000Eu ? 0xFFu : 0xFFFu;
    return model_device(model, addr) && !model_forbidden(model, addr)
            ? addr & ~block
            : addr;
}

// A number below is a count or an offset: nothing but a vector table is linked
// there.
#define SMALLEST_ADDR 0x10000u

static bool world_address(const void *ctx, uint32_t addr) {
    const struct model *model = ctx;
    uint32_t at;
    return model_forbidden(model, addr) ||
            (model_bit_band(model, addr, &at) && model_image(model, at)) ||
            (addr >= SMALLEST_ADDR && model_image(model, addr)) ||
            (model_device(model, addr) && addr < 0xFFFF0000u) ||
            (addr >= SMALLEST_ADDR && model_load_image(model, addr));
}

static bool world_device(const void *ctx, uint32_t addr) {
    return model_device(ctx, addr);
}

// From some memory to the window, or back from an address of an image.
static bool world_distance(const void *ctx, uint32_t number) {
    const struct model *model = ctx;
    const struct elf_section *s;
    if (!model_device(model, number) || model_forbidden(model, number)) {
        return false;
    }
    const uint32_t back = 0u - number;
    // Compilers add 0xE0000000 to an index of the processor's registers.
    if (number != 0xE0000000u &&
            (model_forbidden(model, back) || model_image(model, back))) {
        return true;
    }
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            if (s->size_bytes && !model_forbidden(model, s->addr) &&
                    model_forbidden(model, s->addr + number)) {
                return true;
            }
        }
    }
    return false;
}

static bool world_offset(const void *ctx, uint32_t addr,
        const struct value *word, uint32_t *to) {
    const struct model *model = ctx;
    if (word->kind == VALUE_INITIAL) {
        *to = addr + word->v[0];
        return model_forbidden(model, *to);
    }
    for (unsigned i = 0; i < word->count; i++) {
        const struct elf_symbol *symbol = model_symbol(model, word->v[i]);
        uint32_t value;
        for (uint32_t at = 0; symbol && at + 4 <= symbol->size_bytes; at += 4) {
            *to = model_word(model, symbol->addr + at, &value) ? addr + value
                                                               : 0;
            if (model_forbidden(model, *to)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_far(const struct model *model, uint32_t word) {
    return word > VALUE_NUMBER_MAX && 0u - word > VALUE_NUMBER_MAX &&
            !world_address(model, word);
}

static bool world_far(const void *ctx, const struct value *word) {
    const struct model *model = ctx;
    if (word->kind == VALUE_INITIAL) {
        return is_far(model, word->v[0]);
    }
    for (unsigned i = 0; i < word->count; i++) {
        const struct elf_symbol *symbol = model_symbol(model, word->v[i]);
        uint32_t value;
        for (uint32_t at = 0; symbol && at + 4 <= symbol->size_bytes; at += 4) {
            if (model_word(model, symbol->addr + at, &value) &&
                    is_far(model, value)) {
                return true;
            }
        }
    }
    return false;
}

static bool world_kept(const void *ctx, uint32_t addr) {
    const struct model *model = ctx;
    return model->kept && model->kept(model->kept_ctx, addr);
}

static bool world_kept_word(const void *ctx, uint32_t addr) {
    const struct model *model = ctx;
    return (model->keep_word && addr == model->keep_word) ||
            (model->keep_words && !model_device(model, addr) &&
                    model_image(model, addr));
}

static bool is_armv8m(const struct elf_image *image) {
    const int arch = elf_image_cpu_arch(image);
    return arch == ELF_ARCH_V8_M_BASE || arch == ELF_ARCH_V8_M_MAIN ||
            arch == ELF_ARCH_V8_1_M_MAIN;
}

void model_init(struct model *model, struct elf_image *const *images,
        size_t image_count, struct check_options *options) {
    *model = (struct model){
            .images = images,
            .image_count = image_count,
            .options = options,
            .world = {world_forbidden, world_object, world_address,
                    world_device, world_distance, world_offset, world_far,
                    world_kept, world_kept_word, model},
            .no_bit_band = image_count && is_armv8m(images[0]),
    };
}
