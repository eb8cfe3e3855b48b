/*
 * board_print - a board as a board file, as layout.h, as a CMake file
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "board/board_file.h"

/// As a board file ///

static const char *size_text(char text[16], uint32_t bytes) {
    if (bytes && bytes % (1u << 20) == 0) {
        snprintf(text, 16, "%" PRIu32 "M", bytes >> 20);
    } else if (bytes && bytes % 1024u == 0) {
        snprintf(text, 16, "%" PRIu32 "K", bytes >> 10);
    } else {
        snprintf(text, 16, "0x%" PRIX32, bytes);
    }
    return text;
}

static void print_text(FILE *out, const char *word, const char *text) {
    if (*text) {
        fprintf(out, "%-9s %s\n", word, text);
    }
}

static void print_size(FILE *out, const char *word, uint32_t bytes) {
    char text[16];
    if (bytes) {
        fprintf(out, "%-9s %s\n", word, size_text(text, bytes));
    }
}

static void print_region(FILE *out, const char *word,
        const struct board_region *r) {
    char text[16];
    if (r->bytes) {
        fprintf(out, "%-9s 0x%08" PRIX32 " %s\n", word, r->addr,
                size_text(text, r->bytes));
    }
}

static void print_pins(FILE *out, const struct board *b) {
    for (unsigned i = 0; b->pins_known && i < BOARD_SIGNALS; i++) {
        fprintf(out, "%-9s %s P%c%u AF%u\n", "pin", board_signal_names[i],
                'A' + b->pin[i].port, b->pin[i].pin, b->pin[i].af);
    }
    for (unsigned i = 0; i < 16u * BOARD_PORTS; i++) {
        if (b->pulled_up[i / 16u] & 1u << i % 16u) {
            fprintf(out, "%-9s P%c%u\n", "pulled-up", 'A' + (int)(i / 16u),
                    i % 16u);
        }
    }
}

void board_print(FILE *out, const struct board *b) {
    print_text(out, "name", b->name);
    print_text(out, "text", b->text);
    print_text(out, "mcu", b->mcu);
    print_text(out, "chip", b->chip);
    print_text(out, "port", b->port);
    print_text(out, "soc", b->soc);
    print_region(out, "internal", &b->internal);
    print_size(out, "boot", b->boot.bytes);
    if (b->table.line) {
        fprintf(out, "%-9s 0x%08" PRIX32 "\n", "table", b->table.addr);
    }
    if (b->vector_count) {
        fprintf(out, "%-9s %u\n", "vectors", b->vector_count);
    }
    for (unsigned i = 0; i < b->ram_count; i++) {
        print_region(out, "ram", &b->ram[i]);
    }
    print_region(out, "noinit", &b->noinit);
    print_region(out, "boot-ram", &b->boot_ram);
    print_region(out, "window", &b->window);
    for (unsigned i = 0; i < b->alias_count; i++) {
        const struct board_alias *alias = &b->alias[i];
        char text[16];
        fprintf(out, "%-9s 0x%08" PRIX32 " %s 0x%08" PRIX32 "\n", "alias",
                alias->region.addr, size_text(text, alias->region.bytes),
                alias->of);
    }
    for (unsigned i = 0; i < b->devices_count; i++) {
        print_region(out, "devices", &b->devices[i]);
    }
    print_text(out, "part", b->part);
    print_size(out, "flash", b->flash_bytes);
    for (unsigned i = 0; i < b->slot_count; i++) {
        print_region(out, "slot", &b->slot[i]);
    }
    print_size(out, "header", b->header_bytes);
    print_region(out, "journal", &b->journal);
    if (b->golden) {
        fprintf(out, "%-9s %u\n", "golden", b->golden - 1);
    }
    print_region(out, "counter", &b->counter);
    if (b->hse_hz) {
        fprintf(out, "%-9s %" PRIu32 "\n", "hse", b->hse_hz);
    }
    print_text(out, "hse-note", b->hse_note);
    print_pins(out, b);
    for (size_t i = 0; i < b->set_count; i++) {
        fprintf(out, "%-9s 0x%08" PRIX32 ":0x%" PRIX32 "=0x%" PRIX32 "\n",
                "set", b->sets[i].addr, b->sets[i].mask, b->sets[i].value);
    }
}

/// As layout.h ///

static void define(FILE *out, const char *name, uint32_t value) {
    fprintf(out, "#define LAYOUT_%s 0x%08" PRIX32 "\n", name, value);
}

static void define_region(FILE *out, const char *name,
        const struct board_region *r) {
    char text[40];
    snprintf(text, sizeof text, "%s_ADDR", name);
    define(out, text, r->addr);
    snprintf(text, sizeof text, "%s_BYTES", name);
    define(out, text, r->bytes);
}

// As a C string, whatever the board file has.
static void define_text(FILE *out, const char *name, const char *text) {
    fprintf(out, "#define LAYOUT_%s \"", name);
    for (; *text; text++) {
        fputc(*text == '"' || *text == '\\' ? '_' : *text, out);
    }
    fprintf(out, "\"\n");
}

static void define_rams(FILE *out, const struct board *b) {
    for (unsigned i = 0; i < b->ram_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "SRAM%u", i + 1);
        define_region(out, name, &b->ram[i]);
    }
    fprintf(out,
            "// Every RAM that an application may have its stack in.\n"
            "#define LAYOUT_RAMS ");
    for (unsigned i = 0; i < b->ram_count; i++) {
        fprintf(out, "%s\\\n    {LAYOUT_SRAM%u_ADDR, LAYOUT_SRAM%u_BYTES}",
                i ? ", " : "", i + 1, i + 1);
    }
    fprintf(out, "\n");
}

static void define_slots(FILE *out, const struct board *b) {
    fprintf(out, "#define LAYOUT_SLOT_COUNT %u\n", b->slot_count);
    for (unsigned i = 0; i < b->slot_count; i++) {
        char name[24];
        snprintf(name, sizeof name, "SLOT%u_OFF", i);
        define(out, name, b->slot[i].addr);
    }
    define(out, "SLOT_BYTES", b->slot[0].bytes);
    fprintf(out,
            "// As struct xip_boot_slot has them.\n"
            "#define LAYOUT_SLOTS ");
    for (unsigned i = 0; i < b->slot_count; i++) {
        fprintf(out,
                "%s\\\n"
                "    {(const void *)(LAYOUT_WINDOW_ADDR + LAYOUT_SLOT%u_OFF), \\\n"
                "            LAYOUT_WINDOW_ADDR + LAYOUT_SLOT%u_OFF, "
                "LAYOUT_SLOT_BYTES}",
                i ? ", " : "", i, i);
    }
    fprintf(out, "\n");
    fprintf(out, "#define LAYOUT_HEADER_BYTES 0x%" PRIX32 "\n",
            b->header_bytes);
}

void board_print_layout(FILE *out, const struct board *b) {
    fprintf(out,
            "/*\n"
            " * layout - where things lie on this board, made by `xipsafe board`\n"
            " *\n"
            " * SPDX-License-Identifier: MIT\n"
            " *\n"
            " * Change the board file instead: docs/BOARDS.md. Plain numbers, no "
            "casts and no\n"
            " * suffixes: C sources and, through the preprocessor, linker scripts "
            "read it.\n"
            " * _ADDR is an address on the bus, _OFF a position in the flash "
            "chip, _BYTES a\n"
            " * length.\n"
            " */\n"
            "#ifndef LAYOUT_H\n"
            "#define LAYOUT_H\n\n");
    define_text(out, "BOARD_NAME", b->name);
    fprintf(out,
            "\n// Internal flash, which begins with the boot program, which holds "
            "the table of\n"
            "// resident functions.\n");
    define_region(out, "INTERNAL", &b->internal);
    define(out, "BOOT_BYTES", b->boot.bytes);
    define(out, "RESIDENT_TABLE_ADDR", b->table.addr);
    fprintf(out, "\n");
    define_rams(out, b);
    fprintf(out,
            "\n// Shared by boot program and application, never cleared; begins "
            "with struct\n"
            "// xip_breadcrumb.\n");
    define_region(out, "NOINIT", &b->noinit);
    fprintf(out,
            "#define LAYOUT_BREADCRUMB_ADDR LAYOUT_NOINIT_ADDR\n"
            "// The boot program's own data and stack.\n");
    define_region(out, "BOOT_RAM", &b->boot_ram);
    fprintf(out, "\n// The flash chip, and where the controller maps it.\n");
    define(out, "WINDOW_ADDR", b->window.addr);
    define(out, "FLASH_BYTES", b->flash_bytes);
    fprintf(out, "\n// An image: header, vector table, code, TLVs.\n");
    define_slots(out, b);
    if (b->journal.bytes) {
        fprintf(out, "\n");
        define(out, "JOURNAL_OFF", b->journal.addr);
        define(out, "JOURNAL_BYTES", b->journal.bytes);
    }
    if (b->golden) {
        fprintf(out,
                "\n// Started if no other one can be.\n"
                "#define LAYOUT_GOLDEN_SLOT %u\n",
                b->golden - 1);
    }
    if (b->counter.bytes) {
        fprintf(out,
                "\n// Two pages of internal flash for the security counter.\n");
        define_region(out, "COUNTER", &b->counter);
    }
    fprintf(out, "\n#define LAYOUT_VECTOR_COUNT %u\n", b->vector_count);
    fprintf(out, "#define LAYOUT_VECTOR_ALIGN %" PRIu32 "\n",
            board_vector_align(b));
    fprintf(out, "\n#endif\n");
}

/// As a CMake file ///

static void set(FILE *out, const char *name, const char *value) {
    fprintf(out, "set(BOARD_%s [==[%s]==])\n", name, value);
}

static void set_number(FILE *out, const char *name, uint32_t value) {
    fprintf(out, "set(BOARD_%s 0x%08" PRIX32 ")\n", name, value);
}

void board_print_cmake(FILE *out, const struct board *b) {
    char loader[BOARD_NAME_BYTES + 10];
    board_loader(b, loader);
    set(out, "NAME", b->name);
    set(out, "PORT", b->port);
    set(out, "SOC", b->soc);
    set(out, "CHIP", b->chip);
    set(out, "LOADER", loader);
    set_number(out, "INTERNAL_ADDR", b->internal.addr);
    set_number(out, "WINDOW_ADDR", b->window.addr);
    set_number(out, "FLASH_BYTES", b->flash_bytes);
    set_number(out, "SLOT_BYTES", b->slot_count ? b->slot[0].bytes : 0);
    fprintf(out, "set(BOARD_SLOT_OFFS");
    for (unsigned i = 0; i < b->slot_count; i++) {
        fprintf(out, " 0x%08" PRIX32, b->slot[i].addr);
    }
    fprintf(out, ")\n");
    set_number(out, "HEADER_BYTES", b->header_bytes);
}
