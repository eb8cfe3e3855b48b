/*
 * model - several linked images and the regions, seen as one memory
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/model: the images as one memory, and what a register can
 * hold.
 *
 * Where two images claim an address, it belongs to the first one: the boot
 * program's RAM is the application's once that runs.
 */
#ifndef MODEL_H
#define MODEL_H

#include "check/check.h"
#include "check/model/value.h"
#include "thumb/thumb.h"
#include "elf/elf_image.h"

// Memory below a stack pointer that a vector table gives.
struct model_stack {
    uint32_t low, top;
};
#define MODEL_STACKS 16u

// Armv7-M ARM B3.2.1: the registers of the processor itself, a page of them.
#define MODEL_SCS_ADDR 0xE000E000u
#define MODEL_SCS_BYTES 0x1000u
// Armv8-M ARM B8.1: the secure state has the space of the other one, too, so
// much above its own.
#define MODEL_SCS_NON_SECURE 0x20000u

struct model {
    struct elf_image *const *images;
    size_t image_count;
    struct check_options *options;
    struct value_world world; // for value.h; ctx is the model
    // All that the word of RAM at addr ever holds, up to VALUE_CONSTS values,
    // ascending; returns how many, 0: not known. NULL: of no word. settled.c
    // finds out.
    unsigned (*settled)(const void *ctx, uint32_t addr, uint32_t *values);
    const void *settled_ctx;
    // For value.h; NULL: nothing is followed.
    bool (*kept)(const void *ctx, uint32_t addr);
    const void *kept_ctx;
    bool keep_words;    // what is loaded from RAM is followed
    uint32_t keep_word; // of registers what this one holds; 0: none
    // The difference of two exact addresses is a length: it does not lead back
    // to either but from the other one (A4). Not so for code, whose address may
    // be made of offsets.
    bool kept_lengths;
    struct model_stack stacks[MODEL_STACKS];
    size_t stack_count;
    struct flow_memo *memo; // of flow.h; NULL: nothing is remembered
    bool no_bit_band;       // the ELF says that the core has none
};

void model_init(struct model *model, struct elf_image *const *images,
        size_t image_count, struct check_options *options);

// The address of which addr is an alias, or addr.
uint32_t model_canonical(const struct model *model, uint32_t addr);
// Armv7-M ARM B3.1: a word that shows one bit of the byte at *at, where no
// image has memory. Not every core has it, and none of Armv8-M.
bool model_bit_band(const struct model *model, uint32_t addr, uint32_t *at);
// The number may become such an address: it is one, or what is added to an
// address in RAM, or to its offset, before the shift by five that makes it one.
bool model_makes_bit_band(const struct model *model, uint32_t number);
// The memory that a store to addr changes: past an alias, a bit-band word.
uint32_t model_stored_at(const struct model *model, uint32_t addr);
// In an XIP region, or an alias of one, and in no resident one.
bool model_forbidden(const struct model *model, uint32_t addr);
// Armv7-M ARM B3.1: where the architecture has registers, and executes nothing.
bool model_arch_device(uint32_t addr);
// Where the architecture or the board has registers.
bool model_device(const struct model *model, uint32_t addr);
// An image's first instruction, with the Thumb bit.
bool model_is_entry(const struct model *model, uint32_t word);
// The image that owns addr; NULL if none does.
struct elf_image *model_image(const struct model *model, uint32_t addr);
// Contents of the image at addr, or NULL.
const uint8_t *model_bytes(const struct model *model, uint32_t addr,
        uint32_t len);
bool model_word(const struct model *model, uint32_t addr, uint32_t *word);
// The word that an instruction loads relative to PC; false: it is no such load.
bool model_literal(const struct model *model, const struct thumb_insn *insn,
        uint32_t *word);
const struct elf_symbol *model_symbol(const struct model *model, uint32_t addr);
const struct elf_section *model_section(const struct model *model,
        uint32_t addr);
// The section that start code copies from addr; NULL: none.
const struct elf_section *model_load_image(const struct model *model,
        uint32_t addr);
// What the image holds at addr never changes: read-only sections, pools and
// tables inside functions.
bool model_constant(const struct model *model, uint32_t addr);

// Some function's symbol covers addr, whatever other symbol is there.
bool model_in_function(const struct model *model, uint32_t addr);
// The same of symbols that have a size: without one, it is up to the next code.
bool model_in_sized(const struct model *model, uint32_t addr);

// A stack pointer to begin with, of the memory that it is an alias of.
uint32_t model_stack_top(const struct model *model, uint32_t top);
void model_add_stack(struct model *model, uint32_t top);
// The address, or the object there, may be in one of those stacks.
bool model_in_stack(const struct model *model, uint32_t addr);

// As model_constant(), or an object that nothing in the images ever changes.
bool model_settled(const struct model *model, uint32_t addr);
// The object at addr is one of several beside each other that a label of the
// linker script may be the beginning of: they are from *start to *end.
bool model_set(const struct model *model, uint32_t addr, uint32_t *start,
        uint32_t *end);
// What struct model's settled() says.
unsigned model_values(const struct model *model, uint32_t addr,
        uint32_t *values);

// The function that a branch to addr (Thumb bit removed) enters: its extent, by
// its symbol, else up to the next symbol or the end of the section.
struct function_extent {
    uint32_t entry_addr; // of the function that contains addr
    uint32_t end_addr;
};
bool model_function(const struct model *model, uint32_t addr,
        struct function_extent *extent);

// The bytes of a function, as far as the image has them, fetched once.
struct function_code {
    uint32_t addr; // even
    const uint8_t *bytes;
    uint32_t size_bytes;
};
struct function_code model_code(const struct model *model,
        const struct function_extent *extent);

static inline uint32_t model_word_in(const uint8_t *b) {
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
            (uint32_t)b[3] << 24;
}

#endif
