/*
 * advise - how to debug this image, and how to move what was found
 *
 * SPDX-License-Identifier: MIT
 *
 * The debugger part is printed as gdb commands with the reason above each.
 * Breakpoint units: Armv7-M ARM, C1.11 (FPB version 1 compares addresses
 * below 0x20000000 only); Armv8-M ARM, FP_CTRL.REV = 1 (all addresses).
 */
#include <stdlib.h>
#include <string.h>

#include "check/explain/explain_priv.h"
#include "base/array.h"
#include "base/match.h"

#define FPB_END 0x20000000u

/// What lies where ///

static bool inside(const struct check_region *regions, size_t count,
        uint32_t addr) {
    for (size_t i = 0; i < count; i++) {
        if (addr - regions[i].addr < regions[i].size_bytes) {
            return true;
        }
    }
    return false;
}

static bool in_xip(const struct check_options *options, uint32_t addr) {
    return inside(options->xip, options->xip_count, addr);
}

// A function that start code copies to where it runs.
static bool copied(const struct elf_image *image,
        const struct elf_symbol *symbol, const struct check_options *options) {
    const struct elf_section *section =
            elf_image_section_at(image, symbol->addr);
    return symbol->function && symbol->size_bytes && section &&
            !in_xip(options, symbol->addr) &&
            section->load_addr != section->addr;
}

static bool is_veneer(const char *name) {
    return match_name("__*_veneer", name) || match_name("__Thumb*", name);
}

static void list_copied(FILE *out, const struct elf_image *image,
        const struct check_options *options) {
    enum { MOST = 24 };
    size_t count = 0;
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)) != NULL; i++) {
        if (!copied(image, s, options) || is_veneer(s->name)) {
            continue;
        }
        if (!count) {
            fprintf(out, "\nFunctions that are copied to RAM in %s:\n",
                    elf_image_path(image));
        }
        if (count++ < MOST) {
            fprintf(out, "    0x%08x %5u bytes  %s%s\n", (unsigned)s->addr,
                    (unsigned)s->size_bytes, s->name,
                    s->addr < FPB_END ? "  (hardware breakpoint on any core)"
                                      : "");
        }
    }
    if (count > MOST) {
        fprintf(out, "    and %zu more\n", count - MOST);
    }
}

/// Debugger ///

static void advise_stepping(FILE *out) {
    fputs("\nStepping into them: a call from flash to RAM goes through a "
          "veneer of the\n"
          "linker. It has no line numbers, and `step` either stops in "
          "__NAME_veneer or\n"
          "runs over the call. Go there by name:\n"
          "    tbreak NAME\n"
          "    continue\n"
          "or compile the caller with -mlong-calls while debugging. Code "
          "without -g is\n"
          "stepped over as well, unless you say\n"
          "    set step-mode on\n",
            out);
}

static void advise_breakpoints(FILE *out) {
    fputs("\nBreakpoints: Cortex-M0, M0+, M3 and M4 compare addresses below "
          "0x20000000\n"
          "only. There is no hardware breakpoint in SRAM at 0x20000000 on "
          "them, nor in a\n"
          "window at 0x90000000: SRAM takes software breakpoints (`break`), "
          "the flash only\n"
          "those for which the probe rewrites it. Cortex-M7, M23, M33 and "
          "later compare\n"
          "all addresses: use `hbreak NAME` for both.\n"
          "A software breakpoint in RAM that is set before start code copies "
          "the function\n"
          "is overwritten by the copy, or copied bytes are by it. Stop behind "
          "the copy:\n"
          "    tbreak main\n"
          "    continue\n"
          "    break NAME\n"
          "A software breakpoint in the window is a change of the flash: take "
          "them out\n"
          "before an erase or program runs, and set none in an outage. A stop "
          "in an outage\n"
          "leaves the chip working: wait loops that count cycles "
          "(DWT->CYCCNT, which stands\n"
          "still while the core is halted) see less time than has passed, a "
          "watchdog more;\n"
          "freeze it (DBGMCU on STM32).\n",
            out);
}

static void advise_window(FILE *out) {
    fputs("\nThe window: in an outage a read by the debugger is a read like "
          "any other and\n"
          "disturbs the operation, hangs the bus or faults. Close disassembly "
          "and memory\n"
          "views and live watches of it. gdb can take its contents from the "
          "ELF and refuse\n"
          "to touch what is not in this list, from which the window is left "
          "out on purpose:\n"
          "    set trust-readonly-sections on\n"
          "    set mem inaccessible-by-default on\n"
          "    # internal memory, RAM and peripherals, the core\n"
          "    mem 0x00000000 0x20000000 ro\n"
          "    mem 0x20000000 0x60000000 rw\n"
          "    mem 0xe0000000 0xe0100000 rw\n"
          "    # the flash controller, where it lies elsewhere (STM32L4, F7)\n"
          "    mem 0xa0001000 0xa0002000 rw\n"
          "`delete mem` makes the window visible again.\n",
            out);
}

static void advise_faults(FILE *out) {
    fputs("\nFaults: a read of the window in an outage often arrives as a "
          "HardFault whose\n"
          "handler cannot be read either. Stop at the fault itself, before "
          "its vector:\n"
          "    # OpenOCD\n"
          "    monitor cortex_m vector_catch hard_err bus_err state_err\n"
          "Then see where the vector table is and what the fault was:\n"
          "    # VTOR: must not lie in the window\n"
          "    x/1xw 0xE000ED08\n"
          "    # CFSR, HFSR, DFSR\n"
          "    x/3xw 0xE000ED28\n"
          "    # BFAR: the address, if CFSR has 0x8000\n"
          "    x/1xw 0xE000ED38\n"
          "Other lines for OpenOCD:\n"
          "    # no interrupt while stepping\n"
          "    monitor cortex_m maskisr steponly\n"
          "    # M3 and M4: breakpoints in RAM, if gdb asks for hardware ones\n"
          "    monitor gdb_breakpoint_override soft\n"
          "    # start anew; RAM functions are not copied yet\n"
          "    monitor reset halt\n",
            out);
}

static void advise_images(FILE *out, struct elf_image *const *images,
        size_t count) {
    if (count < 2) {
        return;
    }
    fputs("\nSymbols of the other program:\n", out);
    for (size_t i = 1; i < count; i++) {
        fprintf(out, "    add-symbol-file %s\n", elf_image_path(images[i]));
    }
}

/// Linker lines ///

struct move {
    char file[160];
    const char *section; // ".text" or ".rodata"
    const char *names[4];
    size_t name_count; // may be more than fit
};

struct moves {
    struct move *list;
    size_t count;
    bool own_sources, unnamed;
};

static bool leads_to_code(const struct check_finding *f) {
    return f->rule == CHECK_RULE_CALL || f->rule == CHECK_RULE_TAIL_CALL ||
            f->rule == CHECK_RULE_INDIRECT_CALL || f->rule == CHECK_RULE_VECTOR;
}

static void add_name(struct move *move, const char *name) {
    const size_t most = sizeof move->names / sizeof move->names[0];
    for (size_t i = 0; i < move->name_count && i < most; i++) {
        if (!strcmp(move->names[i], name)) {
            return;
        }
    }
    if (move->name_count < most) {
        move->names[move->name_count] = name;
    }
    move->name_count++;
}

static void add_move(struct moves *m, const char *file, const char *section,
        const char *name) {
    for (size_t i = 0; i < m->count; i++) {
        if (!strcmp(m->list[i].file, file) &&
                !strcmp(m->list[i].section, section)) {
            add_name(&m->list[i], name);
            return;
        }
    }
    struct move *list = array_one_more(m->list, m->count, sizeof *list);
    if (!list) {
        m->unnamed = true;
        return;
    }
    m->list = list;
    struct move *move = &list[m->count++];
    *move = (struct move){.section = section};
    snprintf(move->file, sizeof move->file, "%s", file);
    add_name(move, name);
}

static void collect(struct moves *m, const struct check_finding *f) {
    char file[160];
    const bool code = leads_to_code(f);
    const bool load = f->rule == CHECK_RULE_LOAD;
    if (f->class == CHECK_WARNING || (!code && !load) || !f->target) {
        return;
    }
    const struct explain_known *known =
            code ? explain_code_(f) : explain_data_(f);
    const bool archive = f->target_object && strchr(f->target_object, '(');
    const bool library = known && known->library && !explain_elsewhere_(f);
    if (!archive && !library && !match_name("HAL_*", f->target)) {
        m->own_sources = true;
        return;
    }
    if (!explain_target_file_(f, known, file, sizeof file)) {
        m->unnamed = true;
        return;
    }
    add_move(m, file, code ? ".text" : ".rodata", f->target);
}

static void put_section(FILE *out, const struct moves *m, const char *section) {
    size_t files = 0;
    for (size_t i = 0; i < m->count; i++) {
        files += !strcmp(m->list[i].section, section);
    }
    if (!files) {
        return;
    }
    fprintf(out, "    in %s, instead of *(%s) *(%s*):\n        EXCLUDE_FILE(",
            section, section, section);
    const char *between = "";
    for (size_t i = 0; i < m->count; i++) {
        if (!strcmp(m->list[i].section, section)) {
            fprintf(out, "%s%s", between, m->list[i].file);
            between = "\n            ";
        }
    }
    fprintf(out, ")\n            *(%s %s*)\n", section, section);
}

static void put_moves(FILE *out, const struct moves *m) {
    fputs("    in the output section that is copied to RAM (.data in scripts "
          "of CubeMX):\n",
            out);
    for (size_t i = 0; i < m->count; i++) {
        const struct move *move = &m->list[i];
        fprintf(out, "        %s(%s %s*) /*", move->file, move->section,
                move->section);
        size_t k = 0;
        for (; k < move->name_count &&
                k < sizeof move->names / sizeof move->names[0];
                k++) {
            fprintf(out, "%s %s", k ? "," : "", move->names[k]);
        }
        fprintf(out, "%s */\n", k < move->name_count ? ", ..." : "");
    }
    put_section(out, m, ".text");
    put_section(out, m, ".rodata");
    fputs("    in front of .ARM.exidx, if ld says \"relocation truncated ... "
          ".ARM.exidx\"\n"
          "    (unwind tables; a C program does not need them):\n"
          "        /DISCARD/ : { *(.ARM.exidx* .ARM.extab*) }\n"
          "    Then check again: what was moved may call more.\n",
            out);
}

static void advise_linker(FILE *out, const struct check_report *report) {
    struct moves m = {0};
    for (size_t i = 0; i < report->finding_count; i++) {
        collect(&m, &report->findings[i]);
    }
    if (m.count) {
        fputs("\nLinker script lines that move what was found in libraries. "
              "ld takes the first\n"
              "line that matches, so both halves are needed:\n",
                out);
        put_moves(out, &m);
    }
    if (m.own_sources) {
        fputs("\nFunctions of your own that were found: mark them, as each "
              "fix above says.\n",
                out);
    }
    if (m.unnamed) {
        fputs("\nSome findings have no object: give the map file by --map.\n",
                out);
    }
    free(m.list);
}

void explain_advise(FILE *out, struct elf_image *const *images,
        size_t image_count, const struct check_report *report,
        const struct check_options *options) {
    fputs("\nAdvice for debugging (gdb commands are indented)\n", out);
    for (size_t i = 0; i < image_count; i++) {
        list_copied(out, images[i], options);
    }
    advise_stepping(out);
    advise_breakpoints(out);
    advise_window(out);
    advise_faults(out);
    advise_images(out, images, image_count);
    advise_linker(out, report);
}
