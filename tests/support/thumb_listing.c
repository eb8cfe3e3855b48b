/*
 * thumb_listing - lines of GNU objdump, for test_thumb_objdump.c
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/thumb_listing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/// Lines ///

// "be10 " or "f000 f800 ". Words and data (8, 2 digits) are no instructions.
static const char *parse_bytes(struct listing *line, const char *text) {
    char *end;
    line->size_bytes = 0;
    line->encoding = 0;
    while (isxdigit((unsigned char)*text)) {
        const unsigned long half = strtoul(text, &end, 16);
        if (end - text != 4 || *end != ' ' || line->size_bytes == 4) {
            return NULL;
        }
        line->encoding = line->encoding << 16 | (uint32_t)half;
        line->size_bytes += 2;
        text = end + 1;
    }
    while (*text == ' ') {
        text++;
    }
    return line->size_bytes != 0 && *text == '\t' ? text + 1 : NULL;
}

static void trim(char *text) {
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
}

// "... @ 0x12", "... @ (0x1234)", "@ (adr r1, 0x1234)", "@ 50 <c+0x4>".
static void parse_comment(struct listing *line, const char *comment) {
    const bool literal = strstr(line->text, "[pc, ") != NULL;
    const char *adr = strstr(comment, "(adr ");
    if (adr) {
        comment = strstr(adr, ", ") + 1;
    }
    if (literal || adr) {
        comment += strspn(comment, " (");
        line->target = (uint32_t)strtoul(comment, NULL, 16);
        line->target_known = true;
    }
}

static void parse_branch(struct listing *line) {
    char *text = line->text, *end;
    char *at = strchr(text, ' ');
    if (!at || (*text != 'b' && strncmp(text, "cb", 2)) ||
            !strncmp(text, "bkpt", 4)) {
        return;
    }
    if (*text == 'c') {
        at = strrchr(text, ',') + 1;
    }
    const unsigned long target = strtoul(at, &end, 16);
    if (end > at + 1 && (*end == '\0' || *end == ' ')) {
        line->target = (uint32_t)target;
        line->target_known = true;
        *at = '\0';
    }
}

bool listing_parse(struct listing *line, const char *text) {
    char *end;
    memset(line, 0, sizeof *line);
    line->addr = (uint32_t)strtoul(text, &end, 16);
    if (end == text || *end != ':' || end[1] != '\t') {
        return false;
    }
    const char *words = parse_bytes(line, end + 2);
    if (!words || *words == '.') {
        return false;
    }
    size_t used = 0;
    for (; *words != '\0' && used < sizeof line->text - 1; words++) {
        line->text[used++] = *words == '\t' ? ' ' : *words;
    }
    line->undefined = strstr(line->text, "<UNDEFINED>") ||
            strstr(line->text, "<UNPREDICTABLE>") != NULL ||
            !strncmp(line->text, "undefined", 9);
    char *comment = strchr(line->text, '@');
    if (comment) {
        *comment = '\0';
    }
    trim(line->text);
    if (comment) {
        parse_comment(line, comment + 1);
    }
    parse_branch(line);
    return true;
}

void listing_bytes(const struct listing *line, uint8_t *bytes) {
    uint32_t w = line->encoding;
    if (line->size_bytes == 4) {
        w = w >> 16 | w << 16;
    }
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(w >> 8 * i);
    }
}

/// IT blocks ///

static const char *const conditions[] = {"eq", "ne", "cs", "cc", "mi", "pl",
        "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"};

int listing_it(unsigned *left, uint8_t *conds, struct thumb_insn *insn) {
    if (insn->op == THUMB_IT) {
        const unsigned mask = insn->it_mask;
        const unsigned length = 4 - (unsigned)__builtin_ctz(mask);
        conds[0] = insn->cond;
        for (unsigned i = 1; i < length; i++) {
            conds[i] = (insn->cond & 14) | (mask >> (4 - i) & 1);
        }
        memmove(conds + 4 - length, conds, length);
        *left = length;
        return -1;
    }
    if (*left == 0) {
        return -1;
    }
    if (insn->size_bytes == 2 && insn->rd != THUMB_NONE) {
        insn->sets_flags = false;
    }
    return conds[4 - (*left)--];
}

void listing_condition(char *text, size_t size, int cond) {
    if (cond < 0 || cond > 14) {
        return;
    }
    const size_t length = strlen(text), at = strcspn(text, ". ");
    if (length + 3 < size) {
        memmove(text + at + 2, text + at, length - at + 1);
        memcpy(text + at, conditions[cond], 2);
    }
}

void listing_target(char *text, const struct thumb_insn *insn) {
    char *target = strstr(text, " 0x");
    if (target &&
            (insn->op == THUMB_B || insn->op == THUMB_BL ||
                    insn->op == THUMB_CBZ || insn->op == THUMB_CBNZ)) {
        *target = '\0';
    }
}

/// Registers ///

static const char *const register_names[] = {"r0", "r1", "r2", "r3", "r4", "r5",
        "r6", "r7", "r8", "r9", "sl", "fp", "ip", "sp", "lr", "pc"};

struct operands {
    uint8_t regs[20]; // core registers in the order of the text
    unsigned count;
    unsigned before_fp; // how many of them stand before s0, d0, ..
    bool fp;
    unsigned commas;
    uint16_t list;     // those in braces
    unsigned fp_bytes; // of those in braces
};

static void note_word(struct operands *o, const char *word, size_t length,
        bool braces) {
    for (uint8_t reg = 0; reg < 16; reg++) {
        if (length == 2 && !strncmp(word, register_names[reg], 2)) {
            o->regs[o->count++] = reg;
            o->before_fp += !o->fp;
            o->list |= braces ? (uint16_t)(1u << reg) : 0;
        }
    }
    if (length == 3 && !strncmp(word, "r12", 3)) {
        o->regs[o->count++] = 12;
    }
    if ((word[0] == 's' || word[0] == 'd') && isdigit((unsigned char)word[1])) {
        o->fp = true;
    }
}

// {d8-d9}
static unsigned fp_bytes(const char *text) {
    const char *brace = strchr(text, '{');
    if (!brace || (brace[1] != 's' && brace[1] != 'd')) {
        return 0;
    }
    char *end;
    const unsigned long first = strtoul(brace + 2, &end, 10);
    const unsigned long last = *end == '-' ? strtoul(end + 2, NULL, 10) : first;
    return (unsigned)(last - first + 1) * (brace[1] == 'd' ? 8 : 4);
}

static void split(struct operands *o, const char *text) {
    const char *at = strchr(text, ' ');
    bool braces = false;
    memset(o, 0, sizeof *o);
    while (at && *at != '\0' && o->count < sizeof o->regs) {
        if (isalpha((unsigned char)*at)) {
            const size_t length = strcspn(at, ",]}! []-");
            note_word(o, at, length, braces);
            at += length;
            continue;
        }
        braces = *at == '{' || (braces && *at != '}');
        o->commas += *at == ',';
        at += *at == '#' ? strcspn(at, ", ]") : 1;
    }
    o->fp_bytes = fp_bytes(text);
}

// How many of the leading registers are written. The first match counts.
struct destinations {
    const char *mnemonic; // prefix
    unsigned count;
    bool read_too;
};

static const struct destinations destinations[] = {{"bfi", 1, true},
        {"bfc", 1, true}, {"bic", 1, false}, {"bti", 0, false}, {"b", 0, false},
        {"cb", 0, false}, {"cmp", 0, false}, {"cmn", 0, false},
        {"tst", 0, false}, {"teq", 0, false}, {"tb", 0, false},
        {"strex", 1, false}, {"stlex", 1, false}, {"st", 0, false},
        {"ldrd", 2, false}, {"ldm", 0, false}, {"ldc", 0, false},
        {"push", 0, false}, {"pop", 0, false}, {"pld", 0, false},
        {"pli", 0, false}, {"msr", 0, false}, {"mcr", 0, false},
        {"mrrc", 2, false}, {"movt", 1, true}, {"smull", 2, false},
        {"umull", 2, false}, {"smlal", 2, true}, {"umlal", 2, true},
        {"umaal", 2, true}, {"smlsld", 2, true}, {"fld", 0, false},
        {"fst", 0, false}, {"vmrs", 1, false}, {"v", 0, false},
        {"svc", 0, false}, {"aut", 0, false}, {"", 1, false}};

static const struct destinations *find_destinations(const char *text) {
    const struct destinations *d = destinations;
    while (strncmp(text, d->mnemonic, strlen(d->mnemonic)) != 0) {
        d++;
    }
    return d;
}

// 16-bit arithmetic with two operands reads the first, too.
static bool reads_first(const struct listing *line, const struct operands *o) {
    static const char *const only_written[] = {
            "mov", "mvn", "neg", "ld", "sxt", "uxt", "rev", "st"};
    for (size_t i = 0; i < sizeof only_written / sizeof only_written[0]; i++) {
        if (!strncmp(line->text, only_written[i], strlen(only_written[i]))) {
            return false;
        }
    }
    return line->size_bytes == 2 && o->commas == 1;
}

static void expect(const struct listing *line, const struct operands *o,
        uint16_t *reads, uint16_t *writes) {
    const char *text = line->text;
    const struct destinations *d = find_destinations(text);
    unsigned count = d->count;
    if (!strncmp(text, "vmov", 4) && o->before_fp != o->count) {
        count = 0;
    } else if (!strncmp(text, "vmov", 4)) {
        count = o->fp && o->before_fp == o->count ? o->count : 0;
    }
    *reads = *writes = 0;
    for (unsigned i = 0; i < o->count; i++) {
        const uint16_t bit = (uint16_t)(1u << o->regs[i]);
        const bool written = i < count;
        *writes |= written ? bit : 0;
        *reads |= !written || d->read_too || reads_first(line, o) ? bit : 0;
    }
    if (!strncmp(text, "ldm", 3) || !strncmp(text, "pop", 3)) {
        *writes |= o->list;
        *reads &= (uint16_t)~o->list;
    }
    if (!strncmp(text, "ldm", 3)) {
        *reads |= (uint16_t)(1u << o->regs[0]);
    }
    if (strstr(text, "push") || strstr(text, "pop")) {
        *reads |= 1u << 13;
        *writes |= 1u << 13;
    }
    const char *base = strchr(text, '[');
    if (strstr(text, "]!") || strstr(text, "], #")) {
        struct operands in;
        split(&in, base - 1);
        *writes |= (uint16_t)(1u << in.regs[0]);
    } else if (strstr(text, "!, {")) {
        *writes |= (uint16_t)(1u << o->regs[0]);
    }
    if (!strncmp(text, "bl", 2) && (text[2] == '\0' || text[3] != '.')) {
        *writes |= 1u << 14;
    }
    if ((*text == 'b' && d->count == 0 && strncmp(text, "bkpt", 4) &&
                strncmp(text, "bti", 3)) ||
            !strncmp(text, "cb", 2) || !strncmp(text, "tb", 2)) {
        *writes |= 1u << 15;
    }
    // Instructions whose text names more or fewer registers than they use.
    if (!strncmp(text, "msr MSP", 7) || !strncmp(text, "msr PSP", 7) ||
            !strncmp(text, "msr CONTROL", 11)) {
        *writes |= strstr(text, "LIM") || strstr(text, "_NS") ? 0 : 1u << 13;
    }
}

/// All fields that the text does not show ///

// Of one transfer, by the mnemonic's suffix.
static unsigned single_bytes(const char *text) {
    const size_t length = strcspn(text, ". ");
    const char *kind = text + 2; // after "ld", "st"
    if (*text == 'v') {
        return strstr(text, " d") ? 8 : 4;
    }
    if (memchr(text, 'c', length)) {
        return 4; // LDC, STC
    }
    if (memchr(kind, 'b', length - 2)) {
        return 1;
    }
    if (memchr(kind, 'h', length - 2)) {
        return 2;
    }
    return !strncmp(kind, "rd", 2) ? 8 : 4;
}

static unsigned expected_bytes(const struct listing *line,
        const struct operands *o, const struct thumb_insn *insn) {
    const char *text = line->text;
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
        return single_bytes(text);
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
        if (!strncmp(text, "vlstm", 5) || !strncmp(text, "vlldm", 5)) {
            return 34 * 4;
        }
        if (*text == 'f' || *text == 'v') { // FLDMX, FSTMX: and a word
            return o->fp_bytes + (*text == 'f' ? 4 : 0);
        }
        return 4 * (unsigned)__builtin_popcount(o->list);
    case THUMB_TABLE:
        return text[2] == 'h' ? 2 : 1;
    case THUMB_PRELOAD:
        return 1;
    default:
        return 0;
    }
}

const char *listing_check(const struct listing *line,
        const struct thumb_insn *insn) {
    struct operands o;
    uint16_t reads, writes;
    split(&o, line->text);
    expect(line, &o, &reads, &writes);
    if (line->target_known && line->target != insn->target) {
        return "target";
    }
    if (writes != insn->writes) {
        return "writes";
    }
    if (reads != insn->reads) {
        return "reads";
    }
    return expected_bytes(line, &o, insn) == insn->access_bytes ? NULL
                                                                : "bytes";
}
