/*
 * test_thumb - the decoder, instruction by instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * What the analysis stands on: jumps in every disguise, literal addresses,
 * register offsets and writeback, what is written by instructions that are
 * otherwise of no interest; and encodings that other decoders take for
 * something else. Every field is compared. test_thumb_objdump.c has the rest.
 */
// sources: host/thumb/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "thumb/thumb.h"

/// One line per instruction ///

static const char *const ops[] = {"undefined", "mov", "mvn", "add", "sub",
        "rsb", "and", "orr", "eor", "bic", "orn", "lsl", "lsr", "asr", "ror",
        "mul", "movt", "uxth", "uxtb", "other", "load", "store",
        "load-multiple", "store-multiple", "preload", "b", "bl", "bx", "blx",
        "cbz", "cbnz", "table", "it", "svc", "bkpt", "udf"};

struct out {
    char text[256];
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *out,
        const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(out->text + out->used, sizeof out->text - out->used,
            format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof out->text - out->used);
    out->used += (size_t)n;
}

static void put_registers(struct out *out, const char *what, unsigned set) {
    const char *separator = " ";
    if (set == 0) {
        return;
    }
    put(out, " %s", what);
    for (unsigned reg = 0; reg < 16; reg++) {
        if (set >> reg & 1) {
            put(out, "%s%u", separator, reg);
            separator = ",";
        }
    }
}

// Operation, then every field that is not nothing, in the order of thumb.h.
static const char *describe(const struct thumb_insn *insn, struct out *out) {
    static const char *const shifts[] = {"lsl", "lsr", "asr", "ror", "rrx"};
    const bool memory = insn->op == THUMB_LOAD || insn->op == THUMB_STORE;
    const struct {
        const char *name;
        unsigned value;
    } regs[] = {{"rd", insn->rd}, {"rd2", insn->rd2}, {"rn", insn->rn},
            {"rm", insn->rm}};
    const struct {
        const char *name;
        bool set;
    } flags[] = {{"signed", insn->sign_extended}, {"fp", insn->floating},
            {"minus", insn->subtract}, {"post", memory && !insn->indexed},
            {"back", insn->writeback}, {"down", insn->decrement},
            {"secure", insn->secure}};
    assert_true(insn->op < sizeof ops / sizeof ops[0]);
    put(out, "%s", ops[insn->op]);
    if (insn->cond != THUMB_AL) {
        put(out, " cond %u", insn->cond);
    }
    if (insn->it_mask != 0) {
        put(out, " mask %u", insn->it_mask);
    }
    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        if (regs[i].value != THUMB_NONE) {
            put(out, " %s %u", regs[i].name, regs[i].value);
        }
    }
    if (insn->immediate || insn->imm != 0) {
        put(out, " %s%x", insn->immediate ? "#" : "imm ", (unsigned)insn->imm);
    }
    put(out, "%s", insn->sets_flags ? " flags" : "");
    if (insn->shift != 0 || insn->amount != 0) {
        put(out, " %s %u", shifts[insn->shift], insn->amount);
    }
    put_registers(out, "in", insn->reads);
    put_registers(out, "out", insn->writes);
    if (insn->access_bytes != 0) {
        put(out, " bytes %u", insn->access_bytes);
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        put(out, "%s%s", flags[i].set ? " " : "",
                flags[i].set ? flags[i].name : "");
    }
    put_registers(out, "list", insn->list);
    if (insn->target != 0) {
        put(out, " -> %x", (unsigned)insn->target);
    }
    return out->text;
}

struct row {
    uint32_t addr;
    uint32_t encoding;
    const char *text;
    const char *fields;
};

static void decode(struct thumb_insn *insn, uint32_t addr, uint32_t encoding) {
    const bool wide = encoding >> 16 != 0;
    const uint32_t first = wide ? encoding >> 16 : encoding;
    const uint8_t bytes[] = {(uint8_t)first, (uint8_t)(first >> 8),
            (uint8_t)encoding, (uint8_t)(encoding >> 8)};
    memset(insn, 0xA5, sizeof *insn);
    assert_true(thumb_decode(insn, addr, bytes, wide ? 4 : 2));
    assert_int_equal(insn->addr, addr);
    assert_int_equal(insn->encoding, encoding);
    assert_int_equal(insn->size_bytes, wide ? 4 : 2);
}

static void check_rows(const struct row *rows, size_t count) {
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        struct thumb_insn insn;
        struct out fields = {.used = 0};
        char text[80];
        decode(&insn, rows[i].addr, rows[i].encoding);
        thumb_print(&insn, text, sizeof text);
        describe(&insn, &fields);
        if (strcmp(text, rows[i].text) || strcmp(fields.text, rows[i].fields)) {
            print_error("        {0x%x, 0x%08x, \"%s\",\n"
                        "            \"%s\"},\n",
                    (unsigned)rows[i].addr, (unsigned)rows[i].encoding, text,
                    fields.text);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}
#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof((rows)[0]))

static void test_jumps(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x1000, 0xE7FE, "b.n 0x1000", "b out 15 -> 1000"},
            {0x1000, 0xE400, "b.n 0x804", "b out 15 -> 804"},
            {0x1000, 0xE3FF, "b.n 0x1802", "b out 15 -> 1802"},
            {0x1000, 0xD0FE, "beq.n 0x1000", "b cond 0 out 15 -> 1000"},
            {0x1000, 0xDD7F, "ble.n 0x1102", "b cond 13 out 15 -> 1102"},
            {0x1000, 0xF7FFBFFE, "b.w 0x1000", "b out 15 -> 1000"},
            {0x1000, 0xF0009000, "b.w 0xc01004", "b out 15 -> c01004"},
            {0x1000, 0xF43FAFFE, "beq.w 0x1000", "b cond 0 out 15 -> 1000"},
            {0x1000, 0xF7FFFFFE, "bl 0x1000", "bl out 14,15 -> 1000"},
            {0x1000, 0xF000F801, "bl 0x1006", "bl out 14,15 -> 1006"},
            {0x1000, 0xF400D000, "bl 0xff001004", "bl out 14,15 -> ff001004"},
            {0x1000, 0xF3FFD7FF, "bl 0x1001002", "bl out 14,15 -> 1001002"},
            {0x1000, 0x4770, "bx lr", "bx rm 14 in 14 out 15"},
            {0x1000, 0x4798, "blx r3", "blx rm 3 in 3 out 14,15"},
            {0x1000, 0xB3C8, "cbz r0, 0x1076", "cbz rn 0 in 0 out 15 -> 1076"},
            {0x1000, 0xBBF9, "cbnz r1, 0x1082",
                    "cbnz rn 1 in 1 out 15 -> 1082"},
            {0x1000, 0xE8D0F001, "tbb [r0, r1]",
                    "table rn 0 rm 1 in 0,1 out 15 bytes 1"},
            {0x1000, 0xE8DFF003, "tbb [pc, r3]",
                    "table rn 15 rm 3 in 3,15 out 15 bytes 1 -> 1004"},
            {0x1000, 0xE8DFF013, "tbh [pc, r3, lsl #1]",
                    "table rn 15 rm 3 lsl 1 in 3,15 out 15 bytes 2 -> 1004"},
            {0x1000, 0xE8D1F012, "tbh [r1, r2, lsl #1]",
                    "table rn 1 rm 2 lsl 1 in 1,2 out 15 bytes 2"},
            {0x1000, 0xBD10, "pop {r4, pc}",
                    "load-multiple rn 13 in 13 out 4,13,15 bytes 8 back "
                    "list 4,15"},
            {0x1000, 0xBD00, "pop {pc}",
                    "load-multiple rn 13 in 13 out 13,15 bytes 4 back list 15"},
            {0x1000, 0xE8BD8010, "ldmia.w sp!, {r4, pc}",
                    "load-multiple rn 13 in 13 out 4,13,15 bytes 8 back "
                    "list 4,15"},
            {0x1000, 0xF85DFB04, "ldr.w pc, [sp], #4",
                    "load rd 15 rn 13 #4 in 13 out 13,15 bytes 4 post back"},
            {0x1000, 0xF8D0F004, "ldr.w pc, [r0, #4]",
                    "load rd 15 rn 0 #4 in 0 out 15 bytes 4"},
            {0x1000, 0xF850F023, "ldr.w pc, [r0, r3, lsl #2]",
                    "load rd 15 rn 0 rm 3 lsl 2 in 0,3 out 15 bytes 4"},
            {0x1000, 0xF85FF000, "ldr.w pc, [pc]",
                    "load rd 15 rn 15 #0 in 15 out 15 bytes 4 minus -> 1004"},
            {0x1000, 0xE8908006, "ldmia.w r0, {r1, r2, pc}",
                    "load-multiple rn 0 in 0 out 1,2,15 bytes 12 list 1,2,15"},
            {0x1000, 0xE9308002, "ldmdb r0!, {r1, pc}",
                    "load-multiple rn 0 in 0 out 0,1,15 bytes 8 back "
                    "down list 1,15"},
            {0x1000, 0x4687, "mov pc, r0", "mov rd 15 rm 0 in 0 out 15"},
            {0x1000, 0x46F7, "mov pc, lr", "mov rd 15 rm 14 in 14 out 15"},
            {0x1000, 0x448F, "add pc, r1",
                    "add rd 15 rn 15 rm 1 in 1,15 out 15"},
            {0x1000, 0xBF08, "it eq", "it cond 0 mask 8"},
            {0x1000, 0xBF3A, "itte cc", "it cond 3 mask 10"},
            {0x1000, 0xDF05, "svc 5", "svc imm 5"},
            {0x1000, 0xBEAB, "bkpt 0x00ab", "bkpt imm ab"},
            {0x1000, 0xDE00, "udf #0", "udf"},
            {0x1000, 0xF7F0A000, "udf.w #0", "udf"},
    };
    CHECK_ROWS(rows);
}

static void test_literals(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x1000, 0x4801, "ldr r0, [pc, #4]",
                    "load rd 0 rn 15 #4 in 15 out 0 bytes 4 -> 1008"},
            {0x1002, 0x4801, "ldr r0, [pc, #4]",
                    "load rd 0 rn 15 #4 in 15 out 0 bytes 4 -> 1008"},
            {0x1000, 0xA001, "add r0, pc, #4",
                    "add rd 0 rn 15 #4 in 15 out 0 -> 1008"},
            {0x1002, 0xA001, "add r0, pc, #4",
                    "add rd 0 rn 15 #4 in 15 out 0 -> 1008"},
            {0x1002, 0xF85F0004, "ldr.w r0, [pc, #-4]",
                    "load rd 0 rn 15 #4 in 15 out 0 bytes 4 minus -> 1000"},
            {0x1002, 0xF89F1003, "ldrb.w r1, [pc, #3]",
                    "load rd 1 rn 15 #3 in 15 out 1 bytes 1 -> 1007"},
            {0x1002, 0xF93F1002, "ldrsh.w r1, [pc, #-2]",
                    "load rd 1 rn 15 #2 in 15 out 1 bytes 2 signed minus "
                    "-> 1002"},
            {0x1002, 0xE9DF0102, "ldrd r0, r1, [pc, #8]",
                    "load rd 0 rd2 1 rn 15 #8 in 15 out 0,1 bytes 8 -> 100c"},
            {0x1002, 0xE95F0102, "ldrd r0, r1, [pc, #-8]",
                    "load rd 0 rd2 1 rn 15 #8 in 15 out 0,1 bytes 8 minus "
                    "-> ffc"},
            {0x1002, 0xED9F0A02, "vldr s0, [pc, #8]",
                    "load rn 15 #8 in 15 bytes 4 fp -> 100c"},
            {0x1002, 0xED1F0B02, "vldr d0, [pc, #-8]",
                    "load rn 15 #8 in 15 bytes 8 fp minus -> ffc"},
            {0x1002, 0xF20F0008, "addw r0, pc, #8",
                    "add rd 0 rn 15 #8 in 15 out 0 -> 100c"},
            {0x1002, 0xF2AF0008, "subw r0, pc, #8",
                    "sub rd 0 rn 15 #8 in 15 out 0 -> ffc"},
            {0x1002, 0xF89FF010, "pld [pc, #16]",
                    "preload rn 15 #10 in 15 bytes 1 -> 1014"},
            {0x1002, 0xF81FF004, "pld [pc, #-4]",
                    "preload rn 15 #4 in 15 bytes 1 minus -> 1000"},
            {0x1002, 0xF99FF004, "pli [pc, #4]",
                    "preload rn 15 #4 in 15 bytes 1 -> 1008"},
            {0x1002, 0xED9F3104, "ldc 1, cr3, [pc, #16]",
                    "load rn 15 #10 in 15 bytes 4 fp -> 1014"},
    };
    CHECK_ROWS(rows);
}

static void test_memory(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x0, 0x6848, "ldr r0, [r1, #4]",
                    "load rd 0 rn 1 #4 in 1 out 0 bytes 4"},
            {0x0, 0x5688, "ldrsb r0, [r1, r2]",
                    "load rd 0 rn 1 rm 2 in 1,2 out 0 bytes 1 signed"},
            {0x0, 0x9802, "ldr r0, [sp, #8]",
                    "load rd 0 rn 13 #8 in 13 out 0 bytes 4"},
            {0x0, 0xB510, "push {r4, lr}",
                    "store-multiple rn 13 in 4,13,14 out 13 bytes 8 back "
                    "down list 4,14"},
            {0x0, 0xBC03, "pop {r0, r1}",
                    "load-multiple rn 13 in 13 out 0,1,13 bytes 8 back "
                    "list 0,1"},
            {0x0, 0xC903, "ldmia r1, {r0, r1}",
                    "load-multiple rn 1 in 1 out 0,1 bytes 8 list 0,1"},
            {0x0, 0xC906, "ldmia r1, {r1, r2}",
                    "load-multiple rn 1 in 1 out 1,2 bytes 8 list 1,2"},
            {0x0, 0xC103, "stmia r1!, {r0, r1}",
                    "store-multiple rn 1 in 0,1 out 1 bytes 8 back list 0,1"},
            {0x0, 0xF8D01123, "ldr.w r1, [r0, #291]",
                    "load rd 1 rn 0 #123 in 0 out 1 bytes 4"},
            {0x0, 0xF8501C04, "ldr.w r1, [r0, #-4]",
                    "load rd 1 rn 0 #4 in 0 out 1 bytes 4 minus"},
            {0x0, 0xF8501D04, "ldr.w r1, [r0, #-4]!",
                    "load rd 1 rn 0 #4 in 0 out 0,1 bytes 4 minus back"},
            {0x0, 0xF8501904, "ldr.w r1, [r0], #-4",
                    "load rd 1 rn 0 #4 in 0 out 0,1 bytes 4 minus post back"},
            {0x0, 0xF8501B04, "ldr.w r1, [r0], #4",
                    "load rd 1 rn 0 #4 in 0 out 0,1 bytes 4 post back"},
            {0x0, 0xF8501F00, "ldr.w r1, [r0, #0]!",
                    "load rd 1 rn 0 #0 in 0 out 0,1 bytes 4 back"},
            {0x0, 0xF8501E08, "ldrt r1, [r0, #8]",
                    "load rd 1 rn 0 #8 in 0 out 1 bytes 4"},
            {0x0, 0xF8001002, "strb.w r1, [r0, r2]",
                    "store rd 1 rn 0 rm 2 in 0,1,2 bytes 1"},
            {0x0, 0xF84D8D04, "str.w r8, [sp, #-4]!",
                    "store rd 8 rn 13 #4 in 8,13 out 13 bytes 4 minus back"},
            {0x0, 0xE9D01202, "ldrd r1, r2, [r0, #8]",
                    "load rd 1 rd2 2 rn 0 #8 in 0 out 1,2 bytes 8"},
            {0x0, 0xE9701202, "ldrd r1, r2, [r0, #-8]!",
                    "load rd 1 rd2 2 rn 0 #8 in 0 out 0,1,2 bytes 8 minus back"},
            {0x0, 0xE8601202, "strd r1, r2, [r0], #-8",
                    "store rd 1 rd2 2 rn 0 #8 in 0,1,2 out 0 bytes 8 "
                    "minus post back"},
            {0x0, 0xE8901006, "ldmia.w r0, {r1, r2, ip}",
                    "load-multiple rn 0 in 0 out 1,2,12 bytes 12 list 1,2,12"},
            {0x0, 0xE8A05006, "stmia.w r0!, {r1, r2, ip, lr}",
                    "store-multiple rn 0 in 0,1,2,12,14 out 0 bytes 16 back "
                    "list 1,2,12,14"},
            {0x0, 0xE92D41F0, "stmdb sp!, {r4, r5, r6, r7, r8, lr}",
                    "store-multiple rn 13 in 4,5,6,7,8,13,14 out 13 bytes 24 "
                    "back down list 4,5,6,7,8,14"},
            {0x0, 0xE9101006, "ldmdb r0, {r1, r2, ip}",
                    "load-multiple rn 0 in 0 out 1,2,12 bytes 12 down "
                    "list 1,2,12"},
            {0x0, 0xE8511F02, "ldrex r1, [r1, #8]",
                    "load rd 1 rn 1 #8 in 1 out 1 bytes 4"},
            {0x0, 0xE8412304, "strex r3, r2, [r1, #16]",
                    "store rd 2 rd2 3 rn 1 #10 in 1,2 out 3 bytes 4"},
            {0x0, 0xE8C12F54, "strexh r4, r2, [r1]",
                    "store rd 2 rd2 4 rn 1 #0 in 1,2 out 4 bytes 2"},
            {0x0, 0xE8D12F4F, "ldrexb r2, [r1]",
                    "load rd 2 rn 1 #0 in 1 out 2 bytes 1"},
            {0x0, 0xED900A01, "vldr s0, [r0, #4]",
                    "load rn 0 #4 in 0 bytes 4 fp"},
            {0x0, 0xED000A01, "vstr s0, [r0, #-4]",
                    "store rn 0 #4 in 0 bytes 4 fp minus"},
            {0x0, 0xED2D8B04, "vpush {d8-d9}",
                    "store-multiple rn 13 in 13 out 13 bytes 16 fp back down"},
            {0x0, 0xEC900B04, "vldmia r0, {d0-d1}",
                    "load-multiple rn 0 in 0 bytes 16 fp"},
            {0x0, 0xED200A02, "vstmdb r0!, {s0-s1}",
                    "store-multiple rn 0 in 0 out 0 bytes 8 fp back down"},
            {0x0, 0xECB02B05, "fldmiax r0!, {d2-d3}",
                    "load-multiple rn 0 in 0 out 0 bytes 20 fp back"},
            {0x0, 0xF890F004, "pld [r0, #4]", "preload rn 0 #4 in 0 bytes 1"},
            {0x0, 0xF810F023, "pld [r0, r3, lsl #2]",
                    "preload rn 0 rm 3 lsl 2 in 0,3 bytes 1"},
            {0x0, 0xED901101, "ldc 1, cr1, [r0, #4]",
                    "load rn 0 #4 in 0 bytes 4 fp"},
            {0x0, 0xECB01101, "ldc 1, cr1, [r0], #4",
                    "load rn 0 #4 in 0 out 0 bytes 4 fp post back"},
    };
    CHECK_ROWS(rows);
}

static void test_arithmetic(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x0, 0x2005, "movs r0, #5", "mov rd 0 #5 flags out 0"},
            {0x0, 0x4240, "negs r0, r0", "rsb rd 0 rn 0 #0 flags in 0 out 0"},
            {0x0, 0x43C8, "mvns r0, r1", "mvn rd 0 rm 1 flags in 1 out 0"},
            {0x0, 0x1840, "adds r0, r0, r1",
                    "add rd 0 rn 0 rm 1 flags in 0,1 out 0"},
            {0x0, 0x1C48, "adds r0, r1, #1",
                    "add rd 0 rn 1 #1 flags in 1 out 0"},
            {0x0, 0x3805, "subs r0, #5", "sub rd 0 rn 0 #5 flags in 0 out 0"},
            {0x0, 0x4288, "cmp r0, r1", "sub rn 0 rm 1 flags in 0,1"},
            {0x0, 0x4348, "muls r0, r1",
                    "mul rd 0 rn 1 rm 0 flags in 0,1 out 0"},
            {0x0, 0x4088, "lsls r0, r1",
                    "lsl rd 0 rn 0 rm 1 flags in 0,1 out 0"},
            {0x0, 0x0048, "lsls r0, r1, #1",
                    "mov rd 0 rm 1 flags lsl 1 in 1 out 0"},
            {0x0, 0x0808, "lsrs r0, r1, #32",
                    "mov rd 0 rm 1 flags lsr 32 in 1 out 0"},
            {0x0, 0x1008, "asrs r0, r1, #32",
                    "mov rd 0 rm 1 flags asr 32 in 1 out 0"},
            {0x0, 0x0008, "movs r0, r1", "mov rd 0 rm 1 flags in 1 out 0"},
            {0x0, 0x4608, "mov r0, r1", "mov rd 0 rm 1 in 1 out 0"},
            {0x0, 0x46C0, "nop", "mov rd 8 rm 8 in 8 out 8"},
            {0x0, 0x4468, "add r0, sp", "add rd 0 rn 0 rm 13 in 0,13 out 0"},
            {0x0, 0x4485, "add sp, r0", "add rd 13 rn 13 rm 0 in 0,13 out 13"},
            {0x0, 0xB002, "add sp, #8", "add rd 13 rn 13 #8 in 13 out 13"},
            {0x0, 0xB082, "sub sp, #8", "sub rd 13 rn 13 #8 in 13 out 13"},
            {0x0, 0xB288, "uxth r0, r1", "uxth rd 0 rm 1 in 1 out 0"},
            {0x0, 0xF04F4010, "mov.w r0, #2415919104",
                    "mov rd 0 #90000000 out 0"},
            {0x0, 0xF04F30AA, "mov.w r0, #2863311530",
                    "mov rd 0 #aaaaaaaa out 0"},
            {0x0, 0xF04F2055, "mov.w r0, #1426085120",
                    "mov rd 0 #55005500 out 0"},
            {0x0, 0xF44F7080, "mov.w r0, #256", "mov rd 0 #100 out 0"},
            {0x0, 0xF2402034, "movw r0, #564", "mov rd 0 #234 out 0"},
            {0x0, 0xF2C90000, "movt r0, #36864", "movt rd 0 #9000 in 0 out 0"},
            {0x0, 0xF06F0005, "mvn.w r0, #5", "mvn rd 0 #5 out 0"},
            {0x0, 0xF5B07F7A, "cmp.w r0, #1000", "sub rn 0 #3e8 flags in 0"},
            {0x0, 0xF1C10001, "rsb r0, r1, #1", "rsb rd 0 rn 1 #1 in 1 out 0"},
            {0x0, 0xEA4F0031, "mov.w r0, r1, rrx",
                    "mov rd 0 rm 1 rrx 1 in 1 out 0"},
            {0x0, 0xEA4F10B1, "mov.w r0, r1, ror #6",
                    "mov rd 0 rm 1 ror 6 in 1 out 0"},
            {0x0, 0xEB000281, "add.w r2, r0, r1, lsl #2",
                    "add rd 2 rn 0 rm 1 lsl 2 in 0,1 out 2"},
            {0x0, 0xEBA01251, "sub.w r2, r0, r1, lsr #5",
                    "sub rd 2 rn 0 rm 1 lsr 5 in 0,1 out 2"},
            {0x0, 0xEBC00001, "rsb r0, r0, r1",
                    "rsb rd 0 rn 0 rm 1 in 0,1 out 0"},
            {0x0, 0xEA610002, "orn r0, r1, r2",
                    "orn rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xEA910F02, "teq r1, r2", "eor rn 1 rm 2 flags in 1,2"},
            {0x0, 0xF0110F04, "tst.w r1, #4", "and rn 1 #4 flags in 1"},
            {0x0, 0xF1AD0D10, "sub.w sp, sp, #16",
                    "sub rd 13 rn 13 #10 in 13 out 13"},
            {0x0, 0xF20D0D04, "addw sp, sp, #4",
                    "add rd 13 rn 13 #4 in 13 out 13"},
            {0x0, 0xF6A171FF, "subw r1, r1, #4095",
                    "sub rd 1 rn 1 #fff in 1 out 1"},
            {0x0, 0xFA01F002, "lsl.w r0, r1, r2",
                    "lsl rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xFA31F002, "lsrs.w r0, r1, r2",
                    "lsr rd 0 rn 1 rm 2 flags in 1,2 out 0"},
            {0x0, 0xFB01F002, "mul.w r0, r1, r2",
                    "mul rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xFA1FF180, "uxth.w r1, r0", "uxth rd 1 rm 0 in 0 out 1"},
            {0x0, 0xEB0D0003, "add.w r0, sp, r3",
                    "add rd 0 rn 13 rm 3 in 3,13 out 0"},
    };
    CHECK_ROWS(rows);
}

static void test_only_written_registers_matter(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x0, 0xFBA01203, "umull r1, r2, r0, r3",
                    "other rd 1 rd2 2 rn 0 rm 3 in 0,3 out 1,2"},
            {0x0, 0xFBE01203, "umlal r1, r2, r0, r3",
                    "other rd 1 rd2 2 rn 0 rm 3 in 0,1,2,3 out 1,2"},
            {0x0, 0xFBB1F0F2, "udiv r0, r1, r2",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xFB010203, "mla r2, r1, r3, r0",
                    "other rd 2 rn 1 rm 3 in 0,1,3 out 2"},
            {0x0, 0xF3C10003, "ubfx r0, r1, #0, #4",
                    "other rd 0 rn 1 in 1 out 0"},
            {0x0, 0xF3610003, "bfi r0, r1, #0, #4",
                    "other rd 0 rn 1 in 0,1 out 0"},
            {0x0, 0xF36F0047, "bfc r0, #1, #7", "other rd 0 in 0 out 0"},
            {0x0, 0xF3010007, "ssat r0, #8, r1", "other rd 0 rn 1 in 1 out 0"},
            {0x0, 0xFAB1F081, "clz r0, r1", "other rd 0 rm 1 in 1 out 0"},
            {0x0, 0xFA91F081, "rev.w r0, r1", "other rd 0 rm 1 in 1 out 0"},
            {0x0, 0xB208, "sxth r0, r1", "other rd 0 rm 1 in 1 out 0"},
            {0x0, 0xFA0FF191, "sxth.w r1, r1, ror #8",
                    "other rd 1 rm 1 in 1 out 1"},
            {0x0, 0xFA51F0A2, "uxtab r0, r1, r2, ror #16",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xEAC10002, "pkhbt r0, r1, r2",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xFA81F002, "sadd8 r0, r1, r2",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xFAA1F082, "sel r0, r1, r2",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0x4148, "adcs r0, r1",
                    "other rd 0 rn 0 rm 1 flags in 0,1 out 0"},
            {0x0, 0xF1410001, "adc.w r0, r1, #1",
                    "other rd 0 rn 1 #1 in 1 out 0"},
            {0x0, 0xF3EF8005, "mrs r0, IPSR", "other rd 0 out 0"},
            {0x0, 0xF3808811, "msr BASEPRI, r0", "other rn 0 in 0"},
            {0x0, 0xF3808808, "msr MSP, r0", "other rn 0 in 0 out 13"},
            {0x0, 0xF3808809, "msr PSP, r0", "other rn 0 in 0 out 13"},
            {0x0, 0xF3808814, "msr CONTROL, r0", "other rn 0 in 0 out 13"},
            {0x0, 0xF3808800, "msr APSR_nzcvq, r0", "other rn 0 flags in 0"},
            {0x0, 0xB672, "cpsid i", "other"},
            {0x0, 0xBF30, "wfi", "other"},
            {0x0, 0xF3BF8F4F, "dsb sy", "other"},
            {0x0, 0xF3BF8F6F, "isb sy", "other"},
            {0x0, 0xEE100A10, "vmov r0, s0", "other rd 0 out 0"},
            {0x0, 0xEE000A10, "vmov s0, r0", "other in 0"},
            {0x0, 0xEC510B10, "vmov r0, r1, d0", "other rd 0 rd2 1 out 0,1"},
            {0x0, 0xEC410B10, "vmov d0, r0, r1", "other in 0,1"},
            {0x0, 0xEE310B10, "vmov.32 r0, d1[1]", "other rd 0 out 0"},
            {0x0, 0xEEF1FA10, "vmrs APSR_nzcv, fpscr", "other flags"},
            {0x0, 0xEEF10A10, "vmrs r0, fpscr", "other rd 0 out 0"},
            {0x0, 0xEEE10A10, "vmsr fpscr, r0", "other in 0"},
            {0x0, 0xEE300A01, "vadd.f32 s0, s0, s2", "other"},
            {0x0, 0xEEB40A60, "vcmp.f32 s0, s1", "other"},
            {0x0, 0xFEB80A40, "vrinta.f32 s0, s0", "other"},
            {0x0, 0xEE110710, "mrc 7, 0, r0, cr1, cr0, {0}",
                    "other rd 0 out 0"},
            {0x0, 0xEE11F710, "mrc 7, 0, APSR_nzcv, cr1, cr0, {0}",
                    "other flags"},
            {0x0, 0xEE010710, "mcr 7, 0, r0, cr1, cr0, {0}", "other in 0"},
            {0x0, 0xEC510702, "mrrc 7, 0, r0, r1, cr2",
                    "other rd 0 rd2 1 out 0,1"},
            {0x0, 0xEC410702, "mcrr 7, 0, r0, r1, cr2", "other in 0,1"},
            {0x0, 0xEE010700, "cdp 7, 0, cr0, cr1, cr0, {0}", "other"},
            {0x0, 0xFE110710, "mrc2 7, 0, r0, cr1, cr0, {0}",
                    "other rd 0 out 0"},
    };
    CHECK_ROWS(rows);
}

// What capstone 4 takes for something else, or stops at.
static void test_newer_than_armv7m(void **state) {
    (void)state;
    static const struct row rows[] = {
            {0x0, 0xE97FE97F, "sg", "other"},
            {0x0, 0xE841F000, "tt r0, r1", "other rd 0 rn 1 in 1 out 0"},
            {0x0, 0xE841F0C0, "ttat r0, r1", "other rd 0 rn 1 in 1 out 0"},
            {0x0, 0x4774, "bxns lr", "bx rm 14 in 14 out 15 secure"},

            {0x0, 0x479C, "blxns r3", "blx rm 3 in 3 out 14,15 secure"},
            {0x0, 0xF3EF810A, "mrs r1, MSPLIM", "other rd 1 out 1"},
            {0x0, 0xF380880B, "msr PSPLIM, r0", "other rn 0 in 0"},
            {0x0, 0xF3EF8188, "mrs r1, MSP_NS", "other rd 1 out 1"},
            {0x0, 0xF3808898, "msr SP_NS, r0", "other rn 0 in 0"},
            {0x0, 0xE8D10FAF, "lda r0, [r1]",
                    "load rd 0 rn 1 #0 in 1 out 0 bytes 4"},
            {0x0, 0xE8D10F8F, "ldab r0, [r1]",
                    "load rd 0 rn 1 #0 in 1 out 0 bytes 1"},
            {0x0, 0xE8C10FAF, "stl r0, [r1]",
                    "store rd 0 rn 1 #0 in 0,1 bytes 4"},
            {0x0, 0xE8C10F9F, "stlh r0, [r1]",
                    "store rd 0 rn 1 #0 in 0,1 bytes 2"},
            {0x0, 0xE8D10FEF, "ldaex r0, [r1]",
                    "load rd 0 rn 1 #0 in 1 out 0 bytes 4"},
            {0x0, 0xE8C21FE0, "stlex r0, r1, [r2]",
                    "store rd 1 rd2 0 rn 2 #0 in 1,2 out 0 bytes 4"},
            {0x0, 0xE8C21FC0, "stlexb r0, r1, [r2]",
                    "store rd 1 rd2 0 rn 2 #0 in 1,2 out 0 bytes 1"},
            {0x0, 0xEC200A00, "vlstm r0",
                    "store-multiple rn 0 in 0 bytes 136 fp"},
            {0x0, 0xEC300A00, "vlldm r0",
                    "load-multiple rn 0 in 0 bytes 136 fp"},
            {0x0, 0xFE010A02, "vseleq.f32 s0, s2, s4", "other"},
            {0x0, 0xFEBC0A40, "vcvta.u32.f32 s0, s0", "other"},
            {0x0, 0xEA518002, "csel r0, r1, r2, eq",
                    "other rd 0 rn 1 rm 2 in 1,2 out 0"},
            {0x0, 0xF3AF801D, "pac r12, lr, sp", "other rd 12 in 13,14 out 12"},
            {0x0, 0xF3AF800D, "pacbti r12, lr, sp",
                    "other rd 12 in 13,14 out 12"},
    };
    CHECK_ROWS(rows);
}

static void test_undefined_has_a_size_and_nothing_else(void **state) {
    (void)state;
    static const uint32_t encodings[] = {
            // BX PC; ADD PC, PC; CMP of two low registers
            0x4778, 0x44FF, 0x4500,
            // SETEND; HLT; a hole; PUSH and STM of nothing
            0xB650, 0xBA80, 0xB700, 0xB400, 0xC000,
            // ITTE AL; IT NV; hints nobody has
            0xBFE6, 0xBFF8, 0xBF50, 0xF3AF8005, 0xF3AF8110,
            // LDM, STM: one register; base in the list; LR and PC; SP
            0xE8900001, 0xE8B00003, 0xE890C001, 0xE8902001, 0xE8800001,
            // LDRD twice into one register, over its base; LDREXD; TBB SP
            0xE9D01100, 0xE9F11200, 0xE8D0007F, 0xE8D0F00D,
            // SP or PC where neither may be
            0xEA4F0D0D, 0xEA000F01, 0xEB000D01, 0xF0000D00, 0xF1000D00,
            0xF2400D00, 0xF3C00F00, 0xFB010D02, 0xFAC1F082,
            // a repeated zero; USAT's hole; BFI from 1 to 0
            0xF0001000, 0xF3700000, 0xF3630040,
            // doubleword, signed word, PLDW, LDR with offset of no kind
            0xF8F01000, 0xF9500000, 0xF83FF000, 0xF8501804,
            // shift without its ones; REV of two registers; UMULL into one
            0xFA000002, 0xFA91F082, 0xFBA11102, 0xFB91E0F2,
            // BLX to Arm state; WLS, LE; SMC
            0xF000E800, 0xF040C001, 0xF00FC001, 0xF7F08000,
            // vectors, of integers, of structures, complex
            0xEF000000, 0xFF000000, 0xF9000000, 0xFC110A00, 0xEE001B30,
            // D16; 17 doubles; no singles; half precision; CLRM
            0xEEB01B60, 0xEC900B22, 0xEC900A00, 0xED901900, 0xE89F0003,
            // coprocessors 8 and 14; FPSID; EPSR's hole; MSR by half a mask
            0xEE010810, 0xEE010E10, 0xEEF00A10, 0xF3EF8004, 0xF3808408};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct thumb_insn insn;
        struct out fields = {.used = 0};
        decode(&insn, 0x1000, encodings[i]);
        if (strcmp(describe(&insn, &fields), "undefined")) {
            print_error("%08x: %s\n", (unsigned)encodings[i], fields.text);
            fail();
        }
    }
}

static void test_end_of_the_bytes(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0xDF, 0xF8, 0x04, 0x00}; // ldr.w
    struct thumb_insn insn;
    assert_false(thumb_decode(&insn, 0, bytes, 0));
    assert_false(thumb_decode(&insn, 0, bytes, 1));
    assert_false(thumb_decode(&insn, 0, bytes, 2));
    assert_int_equal(insn.size_bytes, 4);
    assert_int_equal(insn.op, THUMB_UNDEFINED);
    assert_false(thumb_decode(&insn, 0, bytes, 3));
    assert_true(thumb_decode(&insn, 0, bytes, 4));
    assert_int_equal(insn.op, THUMB_LOAD);
    assert_true(thumb_decode(&insn, 0, bytes + 2, 2)); // movs r4, r0
    assert_int_equal(insn.size_bytes, 2);
}

static void test_text_is_cut_to_the_buffer(void **state) {
    (void)state;
    struct thumb_insn insn;
    char text[8] = "xxxxxxx", none = 'x';
    decode(&insn, 0, 0xE8BD81F0); // ldmia.w sp!, {r4, ..., pc}
    thumb_print(&insn, text, sizeof text);
    assert_string_equal(text, "ldmia.w");
    thumb_print(&insn, &none, 0);
    assert_int_equal(none, 'x');
    thumb_print(&insn, &none, 1);
    assert_int_equal(none, '\0');
}

static void test_text_of_bytes(void **state) {
    (void)state;
    const uint8_t bytes[] = {0x53, 0x68, 0xDF, 0xF8, 0x04, 0x00};
    char text[40];
    assert_true(thumb_print_bytes(0x20000104, bytes, 6, text, sizeof text));
    assert_string_equal(text, "ldr r3, [r2, #4]");
    assert_true(thumb_print_bytes(0x20000106, bytes + 2, 4, text, sizeof text));
    assert_string_equal(text, "ldr.w r0, [pc, #4]");
    assert_false(thumb_print_bytes(0x20000106, bytes + 2, 3, text, 1));
    assert_string_equal(text, "");
    assert_false(thumb_print_bytes(0, bytes, 0, NULL, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_jumps),
            cmocka_unit_test(test_literals),
            cmocka_unit_test(test_memory),
            cmocka_unit_test(test_arithmetic),
            cmocka_unit_test(test_only_written_registers_matter),
            cmocka_unit_test(test_newer_than_armv7m),
            cmocka_unit_test(test_undefined_has_a_size_and_nothing_else),
            cmocka_unit_test(test_end_of_the_bytes),
            cmocka_unit_test(test_text_is_cut_to_the_buffer),
            cmocka_unit_test(test_text_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
