/*
 * flow_table - switch tables: of offsets (TBB, TBH, libgcc's helpers) and of
 * addresses
 *
 * SPDX-License-Identifier: MIT
 *
 * No instruction holds the length of a table; the comparison before it may have
 * been optimised away. But a table ends where the first of its targets begins,
 * and where the mapping symbols say that code begins.
 */
#include "check/flow/flow_priv.h"

// The end of the data that begins at the table.
static uint32_t data_end(const struct flow_ *flow, uint32_t table_addr) {
    uint32_t end = flow->end_addr;
    const struct elf_image *image = model_image(flow->model, table_addr);
    if (!image) {
        return table_addr;
    }
    const struct elf_symbol *symbol = model_symbol(flow->model, table_addr);
    if (symbol && symbol->object && symbol->size_bytes) {
        return symbol->addr + symbol->size_bytes;
    }
    uint32_t addr = table_addr;
    // Several data symbols can follow each other.
    while (elf_image_content(image, addr, &end) == ELF_CONTENT_DATA &&
            end > addr && end < flow->end_addr) {
        addr = end;
    }
    return addr > table_addr ? addr : end;
}

static int32_t entry_at(const uint8_t *bytes, unsigned width, bool sign) {
    if (width == 1) {
        return sign ? (int8_t)bytes[0] : bytes[0];
    }
    const uint16_t half = (uint16_t)(bytes[0] | bytes[1] << 8);
    return sign ? (int16_t)half : half;
}

bool flow_table_offsets_(struct flow_ *flow, const struct flow_state_ *state,
        uint32_t table_addr, unsigned width, bool sign, uint32_t base_addr) {
    uint32_t end = data_end(flow, table_addr);
    unsigned found = 0;
    bool told = false;
    for (uint32_t addr = table_addr; addr + width <= end; addr += width) {
        const uint8_t *bytes = model_bytes(flow->model, addr, width);
        if (!bytes) {
            break;
        }
        const uint32_t target =
                base_addr + 2 * (uint32_t)entry_at(bytes, width, sign);
        // A padding byte leads into the table itself, as the last one.
        const bool inner = target >= table_addr && target < addr + width;
        if (!flow_inside_(flow, target) || !flow_is_code_(flow, target) ||
                inner) {
            if (end - addr > 1 && !told) {
                told = true;
                flow_unknown_(flow, flow->insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                        "an entry of the switch table leads out of the "
                        "function, or is none");
            }
            continue;
        }
        if (target > addr && target < end) {
            end = target;
        }
        flow_reach_(flow, target, state);
        found++;
    }
    return found > 0;
}

// Where a table of addresses ends: with its data in the function's own code,
// else with its object.
static uint32_t words_end(const struct flow_ *flow, uint32_t table_addr) {
    if (flow_inside_(flow, table_addr)) {
        return data_end(flow, table_addr);
    }
    const struct elf_symbol *symbol = model_symbol(flow->model, table_addr);
    return symbol && symbol->object ? symbol->addr + symbol->size_bytes
                                    : table_addr;
}

// An arm in another function, or in flash.
static bool leads_out(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, uint32_t word) {
    const struct elf_symbol *symbol = model_symbol(flow->model, word & ~1u);
    if (!(word & 1) ||
            (!model_forbidden(flow->model, word) &&
                    !(symbol && symbol->function))) {
        return false;
    }
    const struct value target = value_const(word);
    if (flow->emit && flow->events->new_address &&
            model_forbidden(flow->model, word)) {
        flow->events->new_address(flow->events->ctx, insn, word);
    }
    flow_tail_(flow, state, insn, &target, true);
    return true;
}

bool flow_table_words_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, uint32_t table_addr,
        uint32_t base_addr) {
    uint32_t end = words_end(flow, table_addr);
    unsigned found = 0;
    for (uint32_t addr = table_addr; addr + 4 <= end; addr += 4) {
        uint32_t word;
        if (!model_word(flow->model, addr, &word)) {
            break;
        }
        const uint32_t target = (base_addr + word) & ~1u;
        if (!flow_inside_(flow, target) || !flow_is_code_(flow, target)) {
            if (base_addr || !leads_out(flow, state, insn, word)) {
                if (found) {
                    flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                            "an entry of the switch table is no code, and "
                            "those behind it were not followed");
                }
                break;
            }
            found++;
            continue;
        }
        if (target > addr && target < end) {
            end = target;
        }
        flow_reach_(flow, target, state);
        found++;
    }
    return found > 0;
}
