/*
 * loader_calls - the calls of debug probes, and what is wrong with the answers
 *
 * SPDX-License-Identifier: MIT
 *
 * After each call all of the chip is compared with what it should hold.
 */
#include "loader/loader_calls.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"

// pyOCD up to 0.34 gives a .FLM so much; for the other kind no figure is
// published.
#define FLM_STACK_BYTES 512u
#define STLDR_STACK_BYTES 2048u
#define INIT_LIMIT (2 * SIM_S) // UM2237 and CMSIS-Pack give none
#define STLDR_LIMIT (30 * SIM_S)
#define WHOLE_LIMIT (400 * SIM_S)
#define SHORT_CHIP_MS 100u // of an erase of the whole chip, without --whole
#define SHORT_ERASE_US 500u
enum { FOR_ERASE = 1, FOR_PROGRAM, FOR_VERIFY };

/// What is said ///

static void wrong(struct loader_run *run, const char *fix, const char *format,
        ...) __attribute__((format(printf, 3, 4)));

static void wrong(struct loader_run *run, const char *fix, const char *format,
        ...) {
    run->run_wrong++;
    if (run->silent) {
        return;
    }
    va_list args;
    va_start(args, format);
    printf("WRONG  %s\n       ", run->call);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    if (fix) {
        printf("       fix: %s\n", fix);
    }
    run->wrong++;
}

static const char *place(const struct loader_run *run, uint32_t pc,
        char text[200]) {
    const struct elf_place at = elf_image_place(run->file->image, pc);
    if (at.file) {
        snprintf(text, 200, "%s+0x%" PRIx32 " (%s:%d)", at.function, at.offset,
                at.file, at.line);
    } else {
        snprintf(text, 200, "%s+0x%" PRIx32, at.function, at.offset);
    }
    return text;
}

static bool has_ended(struct loader_run *run, const struct loader_outcome *out,
        sim_time limit) {
    char at[200], time[NUMBER_TEXT_BYTES];
    place(run, out->pc, at);
    switch (out->end) {
    case LOADER_RETURNED:
        return false;
    case LOADER_FAULT:
        wrong(run,
                "a loader runs where the probe puts it, with its own vectors "
                "or none, and on a small stack",
                "a fault at %s: %s", at, out->what);
        break;
    case LOADER_VIOLATION:
        wrong(run, "xipsafe sim --rules=RULE says why it is wrong", "at %s: %s",
                at, out->what);
        break;
    case LOADER_LATE:
        wrong(run,
                "probes call with interrupts masked: a wait for a tick "
                "(HAL_Delay, HAL_GetTick) never ends. Count cycles or polls",
                "did not return within %s; the core is at %s",
                number_format_time(time, limit), at);
        break;
    case LOADER_RESET:
        wrong(run,
                "feed a watchdog that runs already, and never reset the MCU: "
                "the probe loses its connection",
                "the MCU was reset, at %s", at);
        break;
    }
    run->ended = true;
    return true;
}

/// One call ///

static bool has(const struct loader_run *run, const char *name) {
    return loader_file_function(run->file, name) != 0;
}

// False: it did not return, which was said.
static bool call(struct loader_run *run, const char *name, unsigned count,
        const uint32_t args[4], sim_time limit, struct loader_outcome *out) {
    if (run->ended) {
        return false;
    }
    int length = snprintf(run->call, sizeof run->call, "%s(", name);
    for (unsigned i = 0; i < count; i++) {
        length +=
                snprintf(run->call + length, sizeof run->call - (size_t)length,
                        args[i] < 16 ? "%s%" PRIu32 : "%s0x%" PRIx32,
                        i ? ", " : "", args[i]);
    }
    snprintf(run->call + length, sizeof run->call - (size_t)length, ")");
    loader_probe_call(&run->probe, loader_file_function(run->file, name), args,
            limit, out);
    const uint32_t stack =
            run->file->stldr ? STLDR_STACK_BYTES : FLM_STACK_BYTES;
    if (out->stack_bytes > stack) {
        wrong(run,
                "keep buffers static, or move to a stack of its own at entry",
                "uses %" PRIu32 " bytes of stack or more, a probe may give "
                "%" PRIu32,
                out->stack_bytes, stack);
    }
    return !has_ended(run, out, limit);
}

static void good(struct loader_run *run, const struct loader_outcome *out) {
    char time[NUMBER_TEXT_BYTES];
    if (!run->quiet && !run->silent) {
        printf("ok     %-44s %10s  stack %" PRIu32 "\n", run->call,
                number_format_time(time, out->took), out->stack_bytes);
    }
}

/// The chip ///

struct difference {
    uint32_t first, last, count; // count 0: none
};

static struct difference compare(const struct loader_run *run) {
    struct difference d = {0, 0, 0};
    const uint8_t *is = run->probe.chip;
    const uint8_t *want = run->want;
    if (!memcmp(is, want, run->probe.chip_bytes)) {
        return d;
    }
    for (uint32_t i = 0; i < run->probe.chip_bytes; i++) {
        if (is[i] != want[i]) {
            d.first = d.count++ ? d.first : i;
            d.last = i;
        }
    }
    return d;
}

// The next call is judged by itself.
static void accept_chip(struct loader_run *run) {
    memcpy(run->want, run->probe.chip, run->probe.chip_bytes);
}

static void say_difference(struct loader_run *run, struct difference d,
        const char *cause, const char *fix) {
    const uint32_t start = run->file->start_addr;
    wrong(run, fix,
            "says that it did, but %s: %" PRIu32 " byte%s from 0x%08" PRIx32
            " to 0x%08" PRIx32 " %s wrong, the first is 0x%02x and should be "
            "0x%02x",
            cause, d.count, d.count > 1 ? "s" : "", start + d.first,
            start + d.last, d.count > 1 ? "are" : "is",
            run->probe.chip[d.first], run->want[d.first]);
}

/// Erase ///

static void judge_chip_erase(struct loader_run *run, struct difference d) {
    const bool some = d.count < run->probe.chip_bytes / 2;
    say_difference(run, d,
            some ? "not all of the chip was erased" : "the chip was not erased",
            some ? "erase up to the last byte of the last sector, or send the "
                   "chip erase command"
                 : "send the chip erase command after a write enable, wait "
                   "until WIP is 0, and answer a failure if it does not come: "
                   "it takes a minute or more");
}

static void judge_erase(struct loader_run *run, uint32_t off, uint32_t bytes,
        bool inclusive) {
    memset(run->want + off, run->file->erased, bytes);
    const struct difference d = compare(run);
    if (!d.count) {
        return;
    }
    if (bytes == run->probe.chip_bytes) {
        judge_chip_erase(run, d);
        accept_chip(run);
        return;
    }
    const bool missing = d.first >= off && d.last < off + bytes;
    say_difference(run, d,
            missing && inclusive
                    ? "the last sector was not erased: the end is inclusive"
                    : missing ? "it was not erased"
                              : "neighbours were erased, too",
            missing && inclusive
                    ? "erase every sector up to the one that holds the end "
                      "address, that one as well (UM2237)"
                    : missing
                    ? "wait until the chip is idle, and check that it took "
                      "the command"
                    : "erase in units of the size that the description gives");
    accept_chip(run);
}

static void erase(struct loader_run *run, const char *name, unsigned count,
        uint32_t r0, uint32_t r1, uint32_t off, uint32_t bytes,
        bool inclusive) {
    const struct loader_file *f = run->file;
    const uint32_t args[4] = {r0, r1};
    struct loader_outcome out;
    const sim_time limit = count == 0 ? WHOLE_LIMIT
            : f->stldr                ? STLDR_LIMIT
                                      : f->erase_ms * SIM_MS;
    const unsigned before = run->run_wrong;
    if (!call(run, name, count, args, limit, &out)) {
        return;
    }
    if (out.r0 != (f->stldr ? 1 : 0)) {
        wrong(run, NULL, "fails: returned %" PRIu32, out.r0);
        accept_chip(run);
        return;
    }
    judge_erase(run, off, bytes, inclusive);
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

/// Program ///

static void judge_program(struct loader_run *run, uint32_t off,
        uint32_t bytes) {
    const struct difference d = compare(run);
    if (!d.count) {
        return;
    }
    const uint32_t page = run->board.part->page_bytes;
    const uint32_t end = off + bytes;
    if (d.first >= end) {
        say_difference(run, d, "it programmed behind the end of the data",
                "program exactly as many bytes as the call says");
    } else if (d.first + 16 > end && d.last < end) {
        say_difference(run, d, "the end of an odd length is left out",
                "program the rest that does not fill a word or a burst");
    } else if (off / page != (end - 1) / page) {
        say_difference(run, d,
                "a program that crosses the end of a page of the chip wraps "
                "to its beginning",
                "split the data at the page ends of the chip");
    } else {
        say_difference(run, d, "the chip holds other bytes",
                "look at the address and at the data of the command");
    }
    accept_chip(run);
}

static void program(struct loader_run *run, uint32_t off, uint32_t bytes) {
    const struct loader_file *f = run->file;
    const uint32_t args[4] = {
            f->start_addr + off, bytes, run->probe.buffer_addr};
    struct loader_outcome out;
    uint8_t *buffer = loader_probe_buffer(&run->probe);
    for (uint32_t i = 0; i < bytes; i++) {
        buffer[i] = (uint8_t)(loader_fill(off + i) ^ 0x3C);
    }
    const sim_time limit = f->stldr ? STLDR_LIMIT : f->program_ms * SIM_MS;
    const unsigned before = run->run_wrong;
    if (!call(run, f->stldr ? "Write" : "ProgramPage", 3, args, limit, &out)) {
        return;
    }
    if (out.r0 != (f->stldr ? 1 : 0)) {
        wrong(run, NULL, "fails: returned %" PRIu32, out.r0);
        accept_chip(run);
        return;
    }
    memcpy(run->want + off, buffer, bytes);
    judge_program(run, off, bytes);
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

/// Verify ///

// The buffer is what the last program() has left in it; bad: the byte of it
// that differs.
static void verify(struct loader_run *run, uint32_t off, uint32_t bytes,
        int bad) {
    const struct loader_file *f = run->file;
    const uint32_t addr = f->start_addr + off;
    const uint32_t flm[4] = {addr, bytes, run->probe.buffer_addr};
    const uint32_t stldr[4] = {addr, run->probe.buffer_addr, bytes / 4};
    struct loader_outcome out;
    uint8_t *buffer = loader_probe_buffer(&run->probe);
    memcpy(buffer, run->want + off, bytes);
    if (bad >= 0) {
        buffer[bad] ^= 0x10;
    }
    const unsigned before = run->run_wrong;
    if (!call(run, "Verify", f->stldr ? 4 : 3, f->stldr ? stldr : flm,
                STLDR_LIMIT, &out)) {
        return;
    }
    const bool equal = out.r0 == (f->stldr ? 0 : addr + bytes);
    if (equal != (bad < 0)) {
        wrong(run,
                f->stldr ? "0 says that all is equal, else the address of the "
                           "first difference"
                         : "address + length says that all is equal, else the "
                           "address of the first difference",
                "returned 0x%08" PRIx32 " for data that %s", out.r0,
                bad < 0 ? "is equal" : "differs");
    }
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

static void blank_check(struct loader_run *run, uint32_t off, uint32_t bytes) {
    const struct loader_file *f = run->file;
    const uint32_t args[4] = {f->start_addr + off, bytes, f->erased};
    struct loader_outcome out;
    const unsigned before = run->run_wrong;
    if (!call(run, "BlankCheck", 3, args, STLDR_LIMIT, &out)) {
        return;
    }
    if (!out.r0) { // what is never blank is always erased first
        wrong(run, "0 says blank; return 1 to be erased always",
                "calls a programmed range blank: it will not be erased");
    }
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

static void read_back(struct loader_run *run, uint32_t off, uint32_t bytes) {
    const uint32_t args[4] = {
            run->file->start_addr + off, bytes, run->probe.buffer_addr};
    struct loader_outcome out;
    uint8_t *buffer = loader_probe_buffer(&run->probe);
    memset(buffer, 0, bytes + 1);
    buffer[bytes] = 0x77;
    const unsigned before = run->run_wrong;
    if (!call(run, "Read", 3, args, STLDR_LIMIT, &out)) {
        return;
    }
    if (out.r0 != 1 || memcmp(buffer, run->want + off, bytes) ||
            buffer[bytes] != 0x77) {
        wrong(run, NULL,
                out.r0 != 1 ? "fails: returned %" PRIu32
                        : buffer[bytes] != 0x77
                        ? "returned %" PRIu32
                          " and wrote behind the end of the buffer"
                        : "returned %" PRIu32
                          " and gave other bytes than the chip has",
                out.r0);
    }
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

/// The order of a probe ///

static void simple(struct loader_run *run, const char *name, unsigned count,
        const uint32_t args[4]) {
    struct loader_outcome out;
    const unsigned before = run->run_wrong;
    if (!call(run, name, count, args, INIT_LIMIT, &out)) {
        return;
    }
    if (out.r0 != (run->file->stldr ? 1 : 0)) {
        wrong(run, NULL, "fails: returned %" PRIu32, out.r0);
        run->ended = true;
    }
    const struct difference d = compare(run);
    if (d.count) {
        say_difference(run, d, "it has changed the chip",
                "erase and program in their own functions only");
        accept_chip(run);
    }
    if (run->run_wrong == before) {
        good(run, &out);
    }
}

static void begin(struct loader_run *run, uint32_t function) {
    const uint32_t args[4] = {run->file->start_addr, 0, function};
    simple(run, "Init", run->file->stldr ? 0 : 3, args);
}

static void end(struct loader_run *run, uint32_t function) {
    const uint32_t args[4] = {function};
    if (!run->file->stldr) {
        simple(run, "UnInit", 1, args);
    }
}

static void programs(struct loader_run *run, uint32_t off, uint32_t room) {
    const uint32_t page = run->file->page_bytes;
    const uint32_t chip_page = run->board.part->page_bytes;
    program(run, off, page);
    if (room >= 3 * page) {
        program(run, off + page, page > 4 ? page - 3 : 1);
        program(run, off + 2 * page, 1);
    }
    // Only CubeProgrammer gives a length and a beginning of any kind.
    if (run->file->stldr && room >= 3 * page + 4 * chip_page) {
        const uint32_t at = (off + 3 * page + chip_page) & ~(chip_page - 1);
        program(run, at + chip_page - 5, page > 14 ? 14 : page);
        program(run, at + 2 * chip_page + 1, page > 7 ? 7 : page);
    }
}

static void erases(struct loader_run *run, uint32_t off, uint32_t bytes) {
    const uint32_t start = run->file->start_addr;
    if (!run->file->stldr) {
        erase(run, "EraseSector", 1, start + off, 0, off, bytes, false);
        return;
    }
    erase(run, "SectorErase", 2, start + off, start + off + bytes - 1, off,
            bytes, true);
    erase(run, "SectorErase", 2, start + off + bytes, start + off + bytes,
            off + bytes, bytes, true);
    erase(run, "SectorErase", 2, start + off + 2 * bytes,
            start + off + 3 * bytes, off + 2 * bytes, 2 * bytes, true);
}

// By one command, or sector by sector. Only with --whole the loader has to wait
// as long as it takes.
static void erase_chip(struct loader_run *run, uint32_t bytes) {
    const char *name = run->file->stldr ? "MassErase" : "EraseChip";
    const struct nor_part part = run->part;
    if (!has(run, name)) {
        return;
    }
    if (!run->whole) {
        run->part.chip_typ_ms = SHORT_CHIP_MS;
        for (unsigned i = 0; i < 4; i++) {
            run->part.erase[i].typ_us = SHORT_ERASE_US;
        }
    }
    begin(run, FOR_ERASE);
    erase(run, name, 0, 0, 0, 0, bytes, false);
    run->part = part;
}

static void all_calls(struct loader_run *run) {
    const struct loader_file *f = run->file;
    const uint32_t size = f->size_bytes < run->probe.chip_bytes
            ? f->size_bytes
            : run->probe.chip_bytes;
    uint32_t off, bytes, last, last_bytes;
    loader_file_sector(f, size / 4, &off, &bytes);
    loader_file_sector(f, size - 1, &last, &last_bytes);
    begin(run, FOR_ERASE);
    erases(run, off, bytes);
    erase(run, f->stldr ? "SectorErase" : "EraseSector", f->stldr ? 2 : 1,
            f->start_addr + last, f->start_addr + last + last_bytes - 1, last,
            last_bytes, f->stldr);
    end(run, FOR_ERASE);
    begin(run, FOR_PROGRAM);
    programs(run, off, bytes);
    program(run, last + last_bytes - f->page_bytes, f->page_bytes);
    end(run, FOR_PROGRAM);
    begin(run, FOR_VERIFY);
    if (has(run, "Verify")) {
        verify(run, off, f->page_bytes & ~3u, -1);
        verify(run, off, f->page_bytes & ~3u, (int)(f->page_bytes & ~3u) - 2);
    }
    if (!f->stldr && has(run, "BlankCheck")) {
        blank_check(run, off, f->page_bytes);
    }
    if (f->stldr && has(run, "Read")) {
        read_back(run, off + 1, f->page_bytes > 3 ? f->page_bytes - 3 : 1);
    }
    end(run, FOR_VERIFY);
    if (!run->ended && !loader_probe_window_open(&run->probe) && !run->quiet &&
            !run->silent) {
        printf("note   the flash cannot be read through the window now; probes "
               "that verify by reading memory (pyOCD, probe-rs) need it\n");
    }
    erase_chip(run, size);
}

// What every probe calls.
static bool has_all(struct loader_run *run) {
    static const char *const flm[] = {
            "Init", "UnInit", "EraseSector", "ProgramPage"};
    static const char *const stldr[] = {"Init", "SectorErase", "Write"};
    const char *const *names = run->file->stldr ? stldr : flm;
    const unsigned count = run->file->stldr ? 3 : 4;
    bool all = true;
    run->call[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        if (!has(run, names[i])) {
            snprintf(run->call, sizeof run->call, "%s", names[i]);
            wrong(run, "export it, and keep it from the linker's clean-up",
                    "there is no such function");
            all = false;
        }
    }
    return all;
}

// Probes refuse what lies behind the size that is described, and nothing else.
static void check_size(struct loader_run *run) {
    const struct loader_file *f = run->file;
    if (f->size_bytes <= run->probe.chip_bytes) {
        return;
    }
    snprintf(run->call, sizeof run->call, "%s",
            f->stldr ? "StorageInfo" : "FlashDevice");
    wrong(run, "correct it, or name the chip that it is for by --part",
            "it describes %" PRIu32 " bytes, and the chip has %" PRIu32
            ": what is written behind its end lands at its beginning",
            f->size_bytes, run->probe.chip_bytes);
}

int loader_calls(struct loader_run *run, uint32_t base, bool linked) {
    run->run_wrong = 0;
    run->ended = false;
    if (!has_all(run)) {
        return -1;
    }
    const int result = loader_probe_open(&run->probe, &run->board, run->file,
            base, run->file->stldr ? STLDR_STACK_BYTES : FLM_STACK_BYTES);
    if (result < 0 && linked) {
        loader_probe_show(&run->probe);
    }
    if (result < 0) {
        run->want = malloc(run->probe.chip_bytes);
        if (!run->want) {
            loader_probe_close(&run->probe);
            return cli_no_memory();
        }
        accept_chip(run);
        check_size(run);
        all_calls(run);
        free(run->want);
    }
    loader_probe_close(&run->probe);
    return result;
}
