/*
 * judge_function - judges a function in an outage as a whole
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/begin/begin.h"
#include "check/judge/judge_priv.h"

/// Behind the end of an outage, or before its beginning ///

// What a function does with addresses in flash there is not judged, and is no
// reason to ask what becomes of them.
static void account_for(struct analysis *a, const struct value *value) {
    uint32_t word;
    if (value && value_forbidden(&a->model.world, value, &word)) {
        analysis_account_for(a, analysis_here(a), word);
    }
}

bool judge_is_over(struct analysis *a, const struct thumb_insn *insn,
        const struct value *first, const struct value *second) {
    const bool over = analysis_is_over(a, insn->addr);
    if (over) {
        account_for(a, first);
        account_for(a, second);
    }
    return over;
}

bool judge_call_is_over(struct analysis *a, const struct thumb_insn *insn,
        const struct value *target, const struct value *regs) {
    const bool over = judge_is_over(a, insn, target, NULL);
    for (unsigned k = 0; over && regs && k < VALUE_ARGUMENTS; k++) {
        account_for(a, flow_argument(regs, k));
    }
    return over;
}

/// The function as a whole ///

void judge_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct analysis *a = ctx;
    // Masks that are changed before an outage are so in it.
    if (analysis_is_over(a, addr) &&
            !(rule == CHECK_RULE_MASK_CHANGED && analysis_is_before(a, addr))) {
        return;
    }
    if (rule == CHECK_RULE_JUMP_UNKNOWN) {
        const struct thumb_insn insn = {.addr = addr};
        const struct call_site site = {&insn, FLOW_TAIL, NULL, -1};
        judge_unknown_call(a, &site, rule, NULL, detail);
        return;
    }
    if (rule == CHECK_RULE_RETURN_UNKNOWN && judge_followed(a, addr)) {
        return;
    }
    if (rule == CHECK_RULE_MASK_CHANGED && a->options->interrupts_all) {
        return; // all are judged already
    }
    finding_add(a, &(struct check_finding){.rule = rule, .addr = addr},
            a->current, "%s", detail);
}

// A function in flash is walked as well: what it calls has to move with it.
static void judge_place(struct analysis *a, const struct node *node) {
    const struct check_finding f = {.rule = CHECK_RULE_CODE,
            .addr = node->addr,
            .target_addr = node->addr,
            .target_known = true};
    if (node->why_root) {
        finding_add(a, &f, a->current,
                "it must run in an outage and lies in flash");
    } else {
        finding_add(a, &f, a->current,
                "it lies in flash, and %s, which must run in an outage, calls "
                "it",
                a->nodes[node->parent].name);
    }
}

void judge_enter(struct analysis *a) {
    ends_enter(a);
    const struct node *node = analysis_here(a);
    const struct check_finding f = {
            .rule = CHECK_RULE_NO_SYMBOLS, .addr = node->addr};
    if (model_forbidden(&a->model, node->addr)) {
        judge_place(a, node);
    }
    if (!node->extent.end_addr) {
        finding_add(a, &f, a->current, "no image holds code here");
        return;
    }
    const struct elf_section *section =
            elf_image_section_at(node->image, node->addr);
    if (section && section->zero) {
        finding_add(a,
                &(struct check_finding){
                        .rule = CHECK_RULE_UNDECODABLE, .addr = node->addr},
                a->current,
                "%s holds nothing in the image: its code is put there at run "
                "time",
                section->name);
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(node->image, node->addr);
    if (!symbol || !symbol->function) {
        finding_add(a, &f, a->current,
                "no function symbol begins at 0x%08x, so the end of the code "
                "is unknown",
                (unsigned)node->addr);
    }
}

// Words of pools that are flash addresses and that no instruction loads.
static void unread_literals(struct analysis *a) {
    const struct node *node = analysis_here(a);
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
            for (size_t i = 0; !known && i < node->new_address_count; i++) {
                known = node->new_addresses[i].value == word;
            }
            if (!known) {
                finding_add(a,
                        &(struct check_finding){
                                .rule = CHECK_RULE_UNREAD_LITERAL,
                                .addr = at,
                                .target_addr = word & ~1u,
                                .target_known = true},
                        a->current,
                        "the word at 0x%08x in its pool is an address in "
                        "flash, and no decoded instruction loads it",
                        (unsigned)at);
            }
        }
        addr = end > addr ? end : addr + 2;
    }
}

void judge_leave(struct analysis *a) {
    const struct node *node = analysis_here(a);
    if (!model_forbidden(&a->model, node->addr)) {
        unread_literals(a);
    }
}
