/*
 * describe - the target description and the memory map, as XML for gdb
 *
 * SPDX-License-Identifier: MIT
 *
 * Features as gdb's manual names them for M-profile cores (Arm Features).
 * m-system lets gdb unwind from a handler to a thread on the process stack.
 */
#include "sim/gdb/describe.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct text {
    char *at;
    size_t bytes;
};

static void put(struct text *text, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(text->at + text->bytes,
            DESCRIBE_BYTES - text->bytes, format, args);
    va_end(args);
    if (length > 0 && text->bytes + (size_t)length < DESCRIBE_BYTES) {
        text->bytes += (size_t)length;
    }
}

static bool has(const struct sim_profile *core, unsigned number) {
    switch (number) {
    case DESCRIBE_BASEPRI:
    case DESCRIBE_FAULTMASK:
        return sim_profile_is_main(core);
    case DESCRIBE_MSPLIM:
    case DESCRIBE_PSPLIM:
        return sim_profile_is_v8(core);
    default:
        break;
    }
    return core->fpu || number < DESCRIBE_D0 || number > DESCRIBE_FPSCR;
}

void describe_registers(struct describe_set *to,
        const struct sim_profile *core) {
    to->count = 0;
    for (unsigned i = 0; i < DESCRIBE_ALL; i++) {
        if (has(core, i)) {
            to->of[to->count++] = (uint8_t)i;
        }
    }
}

static void put_register(struct text *text, unsigned number) {
    static const struct {
        const char *name, *type;
    } words[] = {
            {"sp", "data_ptr"},
            {"lr", "uint32"},
            {"pc", "code_ptr"},
            {"xpsr", "uint32"},
            {"fpscr", "uint32"},
            {"msp", "data_ptr"},
            {"psp", "data_ptr"},
            {"primask", "uint32"},
            {"basepri", "uint32"},
            {"faultmask", "uint32"},
            {"control", "uint32"},
            {"msplim", "data_ptr"},
            {"psplim", "data_ptr"},
    };
    const bool wide = number >= DESCRIBE_D0 && number < DESCRIBE_FPSCR;
    char name[8];
    if (number < 13 || wide) {
        snprintf(name, sizeof name, wide ? "d%u" : "r%u",
                wide ? number - DESCRIBE_D0 : number);
        put(text, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>", name,
                wide ? 64 : 32, wide ? "ieee_double" : "uint32");
        return;
    }
    const unsigned i =
            number <= DESCRIBE_XPSR ? number - 13 : number - DESCRIBE_FPSCR + 4;
    put(text, "<reg name=\"%s\" bitsize=\"32\" type=\"%s\"/>", words[i].name,
            words[i].type);
}

size_t describe_target(char to[DESCRIBE_BYTES],
        const struct sim_profile *core) {
    static const struct {
        const char *feature;
        unsigned first;
    } starts[] = {
            {"org.gnu.gdb.arm.m-profile", 0},
            {"org.gnu.gdb.arm.vfp", DESCRIBE_D0},
            {"org.gnu.gdb.arm.m-system", DESCRIBE_MSP},
            {"org.xipsafe.masks", DESCRIBE_PRIMASK},
            {NULL, DESCRIBE_ALL},
    };
    struct text text = {to, 0};
    put(&text,
            "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM "
            "\"gdb-target.dtd\"><target version=\"1.0\">"
            "<architecture>arm</architecture>");
    for (size_t i = 0; starts[i].feature; i++) {
        if (!has(core, starts[i].first)) {
            continue;
        }
        put(&text, "<feature name=\"%s\">", starts[i].feature);
        for (unsigned n = starts[i].first; n < starts[i + 1].first; n++) {
            if (has(core, n)) {
                put_register(&text, n);
            }
        }
        put(&text, "</feature>");
    }
    put(&text, "</target>");
    return text.bytes;
}

/// Memory ///

struct region {
    uint64_t addr, end;
    enum { RAM, ROM, INTERNAL, WINDOW } kind;
};

static int by_addr(const void *a, const void *b) {
    const struct region *x = a, *y = b;
    return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void put_region(struct text *text, const struct region *r) {
    static const char *const kinds[] = {"ram", "rom", "flash", "flash"};
    put(text, "<memory type=\"%s\" start=\"0x%llx\" length=\"0x%llx\"",
            kinds[r->kind], (unsigned long long)r->addr,
            (unsigned long long)(r->end - r->addr));
    if (r->kind < INTERNAL) {
        put(text, "/>");
        return;
    }
    put(text, "><property name=\"blocksize\">0x%x</property></memory>",
            r->kind == WINDOW ? 0x1000 : 0x800);
}

// gdb takes what is between two regions for inaccessible, but registers are
// there: so nothing is between.
size_t describe_memory(char to[DESCRIBE_BYTES], const struct board *board,
        uint32_t window_bytes) {
    struct text text = {to, 0};
    struct region all[BOARD_RAMS_MAX + 3];
    size_t count = 0;
    const uint64_t internal = board->internal.bytes;
    all[count++] = (struct region){0, internal, ROM}; // the alias
    all[count++] = (struct region){
            board->internal.addr, board->internal.addr + internal, INTERNAL};
    all[count++] = (struct region){board->window.addr,
            (uint64_t)board->window.addr + window_bytes, WINDOW};
    for (unsigned i = 0; i < board->ram_count; i++) {
        const struct board_region *ram = &board->ram[i];
        all[count++] = (struct region){
                ram->addr, (uint64_t)ram->addr + ram->bytes, RAM};
    }
    qsort(all, count, sizeof all[0], by_addr);
    put(&text,
            "<?xml version=\"1.0\"?><!DOCTYPE memory-map PUBLIC "
            "\"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" "
            "\"http://sourceware.org/gdb/gdb-memory-map.dtd\">"
            "<memory-map>");
    uint64_t at = 0;
    for (size_t i = 0; i <= count; i++) {
        const uint64_t next = i < count ? all[i].addr : 1ull << 32;
        if (at < next) {
            put_region(&text, &(struct region){at, next, RAM});
        }
        if (i < count && all[i].addr >= at) {
            put_region(&text, &all[i]);
            at = all[i].end;
        }
    }
    put(&text, "</memory-map>");
    return text.bytes;
}
