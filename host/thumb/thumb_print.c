/*
 * thumb_print - one instruction as text
 *
 * SPDX-License-Identifier: MIT
 *
 * The text is that of GNU objdump 2.40, so that a report and a listing agree,
 * without what objdump adds after '@'. thumb_names.c has the instructions that
 * the decoder does not describe (THUMB_OTHER).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "thumb/thumb_priv.h"

/// Pieces ///

void thumb_put_(struct thumb_text *out, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(out->text + out->used, out->size - out->used,
            format, args);
    va_end(args);
    if (n > 0) {
        const size_t left = out->size - out->used - 1;
        out->used += (size_t)n < left ? (size_t)n : left;
    }
}

const char *thumb_register_(unsigned reg) {
    static const char *const names[] = {"r0", "r1", "r2", "r3", "r4", "r5",
            "r6", "r7", "r8", "r9", "sl", "fp", "ip", "sp", "lr", "pc"};
    return reg < 16 ? names[reg] : "?";
}

static const char *condition(unsigned cond) {
    static const char *const names[] = {"eq", "ne", "cs", "cc", "mi", "pl",
            "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "?"};
    return names[cond & 15];
}

void thumb_put_shift_(struct thumb_text *out, const struct thumb_insn *insn) {
    static const char *const names[] = {"lsl", "lsr", "asr", "ror"};
    if (insn->shift == THUMB_SHIFT_RRX) {
        thumb_put_(out, ", rrx");
    } else if (insn->amount != 0) {
        thumb_put_(out, ", %s #%u", names[insn->shift], insn->amount);
    }
}

void thumb_put_operand2_(struct thumb_text *out,
        const struct thumb_insn *insn) {
    if (insn->immediate) {
        thumb_put_(out, "#%u", (unsigned)insn->imm);
    } else {
        thumb_put_(out, "%s", thumb_register_(insn->rm));
        thumb_put_shift_(out, insn);
    }
}

static void put_list(struct thumb_text *out, unsigned list) {
    const char *separator = "{";
    for (unsigned reg = 0; reg < 16; reg++) {
        if (list >> reg & 1) {
            thumb_put_(out, "%s%s", separator, thumb_register_(reg));
            separator = ", ";
        }
    }
    thumb_put_(out, "}");
}

static const char *wide(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 ? ".w" : "";
}

/// Arithmetic ///

static const char *const arithmetic_names[] = {
        [THUMB_MOV] = "mov",
        [THUMB_MVN] = "mvn",
        [THUMB_ADD] = "add",
        [THUMB_SUB] = "sub",
        [THUMB_RSB] = "rsb",
        [THUMB_AND] = "and",
        [THUMB_ORR] = "orr",
        [THUMB_EOR] = "eor",
        [THUMB_BIC] = "bic",
        [THUMB_ORN] = "orn",
        [THUMB_LSL] = "lsl",
        [THUMB_LSR] = "lsr",
        [THUMB_ASR] = "asr",
        [THUMB_ROR] = "ror",
        [THUMB_MUL] = "mul",
        [THUMB_UXTH] = "uxth",
        [THUMB_UXTB] = "uxtb",
};

static void print_compare(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const char *name = insn->op == THUMB_SUB ? "cmp"
            : insn->op == THUMB_ADD          ? "cmn"
            : insn->op == THUMB_AND          ? "tst"
                                             : "teq";
    thumb_put_(out, "%s%s %s, ", name, insn->op == THUMB_EOR ? "" : wide(insn),
            thumb_register_(insn->rn));
    thumb_put_operand2_(out, insn);
}

// The 16-bit forms name a register that is read and written once.
static void print_arithmetic16(struct thumb_text *out,
        const struct thumb_insn *insn) {
    static const char *const shifts[] = {"lsl", "lsr", "asr", "ror"};
    const bool shifted = insn->op == THUMB_MOV && insn->amount != 0;
    const bool three = (insn->encoding & 0xF800) == 0x1800 ||
            (insn->encoding & 0xF800) == 0x1000 || insn->encoding >> 12 == 0xA;
    if (insn->op == THUMB_RSB) {
        thumb_put_(out, "neg%s %s, %s", insn->sets_flags ? "s" : "",
                thumb_register_(insn->rd), thumb_register_(insn->rn));
        return;
    }
    if (insn->encoding == 0x46C0) {
        thumb_put_(out, "nop"); // MOV r8, r8, as Armv6-M pads
        return;
    }
    thumb_put_(out, "%s%s %s, ",
            shifted ? shifts[insn->shift] : arithmetic_names[insn->op],
            insn->sets_flags ? "s" : "", thumb_register_(insn->rd));
    if (insn->op == THUMB_MUL) {
        thumb_put_(out, "%s", thumb_register_(insn->rn));
    } else if (shifted) {
        thumb_put_(out, "%s, #%u", thumb_register_(insn->rm), insn->amount);
    } else {
        if (three && insn->rn != THUMB_NONE) {
            thumb_put_(out, "%s, ", thumb_register_(insn->rn));
        }
        thumb_put_operand2_(out, insn);
    }
}

static void print_arithmetic(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const bool plain = (w & 0xFA008000) == 0xF2000000; // MOVW, ADDW, SUBW
    const char *suffix = plain ? "w" : ".w";
    if (insn->rd == THUMB_NONE) {
        print_compare(out, insn);
        return;
    }
    if (insn->size_bytes == 2) {
        print_arithmetic16(out, insn);
        return;
    }
    if (insn->op == THUMB_RSB || insn->op == THUMB_ORN) {
        suffix = "";
    }
    thumb_put_(out, "%s%s%s %s, ", arithmetic_names[insn->op],
            insn->sets_flags ? "s" : "", suffix, thumb_register_(insn->rd));
    if (insn->rn != THUMB_NONE) {
        thumb_put_(out, "%s, ", thumb_register_(insn->rn));
    }
    thumb_put_operand2_(out, insn);
}

/// Memory ///

// objdump shows #-0 for some transfers, not for single ones.
static void put_address(struct thumb_text *out, const struct thumb_insn *insn) {
    const bool single = insn->encoding >> 25 == 0x7C;
    const bool minus = insn->subtract && (insn->imm != 0 || !single);
    const char *sign = minus ? "-" : "";
    thumb_put_(out, "[%s", thumb_register_(insn->rn));
    if (!insn->immediate) {
        thumb_put_(out, ", %s", thumb_register_(insn->rm));
        thumb_put_shift_(out, insn);
        thumb_put_(out, "]");
    } else if (!insn->indexed && insn->writeback) {
        thumb_put_(out, "], #%s%u", sign, (unsigned)insn->imm);
    } else if (insn->imm != 0 || insn->writeback || minus ||
            insn->size_bytes == 2) {
        thumb_put_(out, ", #%s%u]%s", sign, (unsigned)insn->imm,
                insn->writeback ? "!" : "");
    } else {
        thumb_put_(out, "]");
    }
}

static void put_fp_register(struct thumb_text *out, uint32_t w) {
    const unsigned low = w >> 12 & 15, bit = w >> 22 & 1;
    if (w & 0x100) {
        thumb_put_(out, "d%u", bit << 4 | low);
    } else {
        thumb_put_(out, "s%u", low << 1 | bit);
    }
}

// LDC, STC.
static void print_coprocessor(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    thumb_put_(out, "%s%s%s %u, cr%u, ", insn->op == THUMB_LOAD ? "ldc" : "stc",
            w & 1u << 28 ? "2" : "", w & 1u << 22 ? "l" : "", w >> 8 & 15,
            w >> 12 & 15);
    if (insn->indexed || insn->writeback) {
        put_address(out, insn);
    } else {
        thumb_put_(out, "[%s], {%u}", thumb_register_(insn->rn), w & 0xFF);
    }
}

// LDREX, LDA and their relatives: no suffix for width, one for the kind.
static bool print_exclusive(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const bool load = insn->op == THUMB_LOAD;
    const char *size = insn->access_bytes == 1 ? "b"
            : insn->access_bytes == 2          ? "h"
                                               : "";
    if (w >> 25 != 0xE8 >> 1 || insn->access_bytes == 8) {
        return false;
    }
    const bool ordered = w & 1u << 23 && w & 0x80;
    const bool plain = ordered && !(w & 0x40);
    thumb_put_(out, "%s%s%s%s ", load ? "ld" : "st",
            ordered ? load ? "a" : "l" : "r", plain ? "" : "ex", size);
    if (!load && !plain) {
        thumb_put_(out, "%s, ", thumb_register_(insn->rd2));
    }
    thumb_put_(out, "%s, ", thumb_register_(insn->rd));
    put_address(out, insn);
    return true;
}

static void print_single(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const char *name = insn->op == THUMB_LOAD ? "ldr" : "str";
    if (insn->floating) {
        if ((w >> 9 & 7) != 5) {
            print_coprocessor(out, insn);
            return;
        }
        thumb_put_(out, "v%s ", name);
        put_fp_register(out, w);
        thumb_put_(out, ", ");
    } else if (insn->size_bytes == 4 && print_exclusive(out, insn)) {
        return;
    } else if (insn->access_bytes == 8) {
        thumb_put_(out, "%sd %s, %s, ", name, thumb_register_(insn->rd),
                thumb_register_(insn->rd2));
    } else {
        const bool user = insn->size_bytes == 4 && !(w & 1u << 23) &&
                insn->rn != THUMB_PC && (w & 0xF00) == 0xE00;
        thumb_put_(out, "%s%s%s%s %s, ", name, insn->sign_extended ? "s" : "",
                insn->access_bytes == 1           ? "b"
                        : insn->access_bytes == 2 ? "h"
                                                  : "",
                user ? "t" : wide(insn), thumb_register_(insn->rd));
    }
    put_address(out, insn);
}

static void print_fp_multiple(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const bool load = insn->op == THUMB_LOAD_MULTIPLE;
    const bool doubles = w & 0x100, odd = doubles && w & 1;
    const unsigned count = (w & 0xFF) >> (doubles ? 1 : 0);
    const unsigned low = w >> 12 & 15, bit = w >> 22 & 1;
    const unsigned first = doubles ? bit << 4 | low : low << 1 | bit;
    if (!(w & 1u << 24 || w & 1u << 23)) {
        thumb_put_(out, "%s %s", load ? "vlldm" : "vlstm",
                thumb_register_(insn->rn));
        return;
    }
    if (insn->rn == THUMB_SP && insn->writeback && load != insn->decrement &&
            !odd) {
        thumb_put_(out, "%s ", load ? "vpop" : "vpush");
    } else {
        thumb_put_(out, "%s%sm%s%s %s%s, ", odd ? "f" : "v", load ? "ld" : "st",
                insn->decrement ? "db" : "ia", odd ? "x" : "",
                thumb_register_(insn->rn), insn->writeback ? "!" : "");
    }
    thumb_put_(out, "{%c%u", doubles ? 'd' : 's', first);
    if (count > 1) {
        thumb_put_(out, "-%c%u", doubles ? 'd' : 's', first + count - 1);
    }
    thumb_put_(out, "}");
}

static void print_multiple(struct thumb_text *out,
        const struct thumb_insn *insn) {
    const bool load = insn->op == THUMB_LOAD_MULTIPLE;
    if (insn->floating) {
        print_fp_multiple(out, insn);
        return;
    }
    if (insn->size_bytes == 2 && insn->rn == THUMB_SP) {
        thumb_put_(out, "%s ", load ? "pop" : "push");
    } else {
        thumb_put_(out, "%s%s%s %s%s, ", load ? "ldm" : "stm",
                insn->decrement ? "db" : "ia",
                insn->decrement ? "" : wide(insn), thumb_register_(insn->rn),
                insn->writeback ? "!" : "");
    }
    put_list(out, insn->list);
}

/// Control flow ///

static void print_it(struct thumb_text *out, const struct thumb_insn *insn) {
    const unsigned first = insn->cond & 1, mask = insn->it_mask;
    thumb_put_(out, "it");
    for (unsigned bit = 3; bit > 0 && mask & ((1u << bit) - 1); bit--) {
        thumb_put_(out, "%c", (mask >> bit & 1) == first ? 't' : 'e');
    }
    thumb_put_(out, " %s", condition(insn->cond));
}

static void print_table(struct thumb_text *out, const struct thumb_insn *insn) {
    const bool halves = insn->access_bytes == 2;
    thumb_put_(out, "tb%c [%s, %s%s]", halves ? 'h' : 'b',
            thumb_register_(insn->rn), thumb_register_(insn->rm),
            halves ? ", lsl #1" : "");
}

static void print_trap(struct thumb_text *out, const struct thumb_insn *insn) {
    const unsigned imm = (unsigned)insn->imm;
    if (insn->op == THUMB_SVC) {
        thumb_put_(out, "svc %u", imm);
    } else if (insn->op == THUMB_BKPT) {
        thumb_put_(out, "bkpt 0x%04x", imm);
    } else {
        thumb_put_(out, "udf%s #%u", wide(insn), imm);
    }
}

static void print_branch(struct thumb_text *out,
        const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_B:
        thumb_put_(out, "b%s%s",
                insn->cond == THUMB_AL ? "" : condition(insn->cond),
                insn->size_bytes == 2 ? ".n" : ".w");
        break;
    case THUMB_BL:
        thumb_put_(out, "bl");
        break;
    case THUMB_BX:
    case THUMB_BLX:
        thumb_put_(out, "%s%s %s", insn->op == THUMB_BX ? "bx" : "blx",
                insn->secure ? "ns" : "", thumb_register_(insn->rm));
        return;
    default:
        thumb_put_(out, "cb%sz %s,", insn->op == THUMB_CBZ ? "" : "n",
                thumb_register_(insn->rn));
        break;
    }
    thumb_put_(out, " 0x%x", (unsigned)insn->target);
}

/// Entry ///

static void print_raw(struct thumb_text *out, const struct thumb_insn *insn) {
    thumb_put_(out, ".inst%s 0x%0*x", insn->size_bytes == 2 ? ".n" : ".w",
            insn->size_bytes * 2, (unsigned)insn->encoding);
}

void thumb_print(const struct thumb_insn *insn, char *text, size_t size) {
    struct thumb_text out = {text, size, 0};
    if (size == 0) {
        return;
    }
    text[0] = '\0';
    switch (insn->op) {
    case THUMB_UNDEFINED:
        print_raw(&out, insn);
        break;
    case THUMB_OTHER:
        if (!thumb_print_other_(&out, insn)) {
            print_raw(&out, insn);
        }
        break;
    case THUMB_MOVT:
        thumb_put_(&out, "movt %s, #%u", thumb_register_(insn->rd),
                (unsigned)insn->imm);
        break;
    case THUMB_LOAD:
    case THUMB_STORE:
        print_single(&out, insn);
        break;
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
        print_multiple(&out, insn);
        break;
    case THUMB_PRELOAD:
        thumb_put_(&out, insn->encoding & 1u << 24 ? "pli " : "pld ");
        put_address(&out, insn);
        break;
    case THUMB_IT:
        print_it(&out, insn);
        break;
    case THUMB_TABLE:
        print_table(&out, insn);
        break;
    case THUMB_SVC:
    case THUMB_BKPT:
    case THUMB_UDF:
        print_trap(&out, insn);
        break;
    case THUMB_B:
    case THUMB_BL:
    case THUMB_BX:
    case THUMB_BLX:
    case THUMB_CBZ:
    case THUMB_CBNZ:
        print_branch(&out, insn);
        break;
    default:
        print_arithmetic(&out, insn);
        break;
    }
}

bool thumb_print_bytes(uint32_t addr, const uint8_t *bytes, size_t available,
        char *text, size_t size) {
    struct thumb_insn insn;
    const bool whole = thumb_decode(&insn, addr, bytes, available);
    if (whole) {
        thumb_print(&insn, text, size);
    } else if (size) {
        text[0] = '\0';
    }
    return whole;
}
