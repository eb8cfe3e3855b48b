/*
 * core - the record as an ELF core file, for gdb
 *
 * SPDX-License-Identifier: MIT
 *
 * What gdb-multiarch 13 takes for a Cortex-M: ET_CORE of EM_ARM with notes as
 * Linux has them (elf(5), core(5)), and a note of gdb's own with a target
 * description, so that it knows xpsr and the FP registers. Registers are those
 * of the code at fault, already taken from the exception frame; code and
 * constants come from the ELF. gdb reads FPCCR to unwind exceptions.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "crash/crash.h"
#include "fault/fault_words.h"
#include "xip_fault.h"

#define PRSTATUS_BYTES 148
#define VFP_BYTES 260 // 32 doubles and FPSCR, also of an FPU with 16
#define NOTE_VFP 0x400
#define NOTE_TDESC 0xff000000u
#define LOADS_MAX (RECORD_MEMORIES + 2)

static const char registers_xml[] =
        "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
        "<target><architecture>arm</architecture>"
        "<feature name=\"org.gnu.gdb.arm.m-profile\">"
        "<reg name=\"r0\" bitsize=\"32\"/><reg name=\"r1\" bitsize=\"32\"/>"
        "<reg name=\"r2\" bitsize=\"32\"/><reg name=\"r3\" bitsize=\"32\"/>"
        "<reg name=\"r4\" bitsize=\"32\"/><reg name=\"r5\" bitsize=\"32\"/>"
        "<reg name=\"r6\" bitsize=\"32\"/><reg name=\"r7\" bitsize=\"32\"/>"
        "<reg name=\"r8\" bitsize=\"32\"/><reg name=\"r9\" bitsize=\"32\"/>"
        "<reg name=\"r10\" bitsize=\"32\"/><reg name=\"r11\" bitsize=\"32\"/>"
        "<reg name=\"r12\" bitsize=\"32\"/>"
        "<reg name=\"sp\" bitsize=\"32\" type=\"data_ptr\"/>"
        "<reg name=\"lr\" bitsize=\"32\"/>"
        "<reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\"/>"
        "<reg name=\"xpsr\" bitsize=\"32\" regnum=\"25\"/></feature>";
static const char fp_xml[] =
        "<feature name=\"org.gnu.gdb.arm.vfp\">"
        "<reg name=\"d0\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d1\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d2\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d3\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d4\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d5\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d6\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d7\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d8\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d9\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d10\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d11\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d12\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d13\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d14\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"d15\" bitsize=\"64\" type=\"ieee_double\"/>"
        "<reg name=\"fpscr\" bitsize=\"32\" type=\"int\" group=\"float\"/>"
        "</feature>";
static const char end_xml[] = "</target>";

static void put32(uint8_t *p, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> 8 * i);
    }
}

// Notes grow in a stream of memory.
static void put_note(FILE *notes, const char *owner, uint32_t type,
        const void *data, size_t size) {
    static const uint8_t zeros[4];
    uint8_t head[12];
    const size_t name = strlen(owner) + 1;
    put32(head, (uint32_t)name);
    put32(head + 4, (uint32_t)size);
    put32(head + 8, type);
    fwrite(head, 1, sizeof head, notes);
    fwrite(owner, 1, name, notes);
    fwrite(zeros, 1, -name & 3, notes);
    fwrite(data, 1, size, notes);
    fwrite(zeros, 1, -size & 3, notes);
}

static uint32_t signal_of(const struct record *r) {
    const uint32_t cfsr = r->scb[SCB_CFSR];
    if (r->flags & XIP_FAULT_PANIC) {
        return 6; // SIGABRT
    }
    if (r->scb[SCB_HFSR] & FAULT_DEBUGEVT) {
        return 5; // SIGTRAP
    }
    if (cfsr & FAULT_DIVBYZERO) {
        return 8; // SIGFPE
    }
    if (cfsr & (FAULT_UNDEFINSTR | FAULT_INVSTATE | FAULT_NOCP)) {
        return 4; // SIGILL
    }
    return 11; // SIGSEGV
}

// A PC that gdb can start from: inside the call of a panic; the best guess if
// the frame was lost.
static uint32_t start_pc(const struct crash *c) {
    if (c->record.flags & XIP_FAULT_PANIC) {
        return c->record.r[RECORD_PC] - 4;
    }
    return c->record.frame_known || !c->bt.count ? c->record.r[RECORD_PC]
                                                 : c->bt.frames[0].look;
}

static void put_notes(const struct crash *c, FILE *notes) {
    const struct record *r = &c->record;
    uint8_t status[PRSTATUS_BYTES] = {0};
    put32(status, signal_of(r));
    status[12] = (uint8_t)signal_of(r);
    put32(status + 24, 1);
    for (unsigned i = 0; i < 17; i++) {
        put32(status + 72 + 4 * i, r->r[i]);
    }
    put32(status + 72 + 4 * RECORD_PC, start_pc(c));
    put_note(notes, "CORE", NT_PRSTATUS, status, sizeof status);
    uint8_t vfp[VFP_BYTES] = {0};
    if (r->fp) {
        memcpy(vfp, r->fp, 128);
        memcpy(vfp + 256, r->fp + 128, 4);
        put_note(notes, "LINUX", NOTE_VFP, vfp, sizeof vfp);
    }
    char xml[4096];
    const int size = snprintf(xml, sizeof xml, "%s%s%s", registers_xml,
            r->fp ? fp_xml : "", end_xml);
    put_note(notes, "GDB", NOTE_TDESC, xml, (size_t)size + 1);
    put_note(notes, "xipsafe", 1, r->bytes, r->size);
}

static size_t take_loads(const struct record *r, uint8_t scb[64],
        uint8_t fp[12], struct record_memory loads[LOADS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < r->memories; i++) {
        if (r->memory[i].bytes) {
            loads[count++] = r->memory[i];
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        put32(scb + 4 * i, r->scb[i]);
    }
    put32(fp, r->fpccr);
    put32(fp + 4, r->fpcar);
    put32(fp + 8, r->fpdscr);
    loads[count++] = (struct record_memory){0xE000ED00u, 64, scb};
    loads[count++] = (struct record_memory){0xE000EF34u, 12, fp};
    return count;
}

bool crash_core(const struct crash *c, FILE *out) {
    char *notes = NULL;
    size_t notes_size = 0;
    FILE *stream = open_memstream(&notes, &notes_size);
    if (!stream) {
        return false;
    }
    put_notes(c, stream);
    if (fclose(stream)) {
        free(notes);
        return false;
    }
    struct record_memory loads[LOADS_MAX];
    uint8_t scb[64], fp[12];
    const size_t count = take_loads(&c->record, scb, fp, loads);
    // Little-endian, as every host that this runs on.
    Elf32_Ehdr header = {
            .e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
                    EV_CURRENT},
            .e_type = ET_CORE,
            .e_machine = EM_ARM,
            .e_version = EV_CURRENT,
            .e_phoff = sizeof header,
            .e_flags = 0x05000000,
            .e_ehsize = sizeof header,
            .e_phentsize = sizeof(Elf32_Phdr),
            .e_phnum = (Elf32_Half)(count + 1),
    };
    Elf32_Phdr segments[LOADS_MAX + 1] = {{
            .p_type = PT_NOTE,
            .p_offset = (uint32_t)(sizeof header +
                    (count + 1) * sizeof segments[0]),
            .p_filesz = (uint32_t)notes_size,
    }};
    uint32_t at = segments[0].p_offset + (uint32_t)notes_size;
    for (size_t i = 0; i < count; i++) {
        segments[i + 1] = (Elf32_Phdr){
                .p_type = PT_LOAD,
                .p_offset = at,
                .p_vaddr = loads[i].addr,
                .p_paddr = loads[i].addr,
                .p_filesz = loads[i].bytes,
                .p_memsz = loads[i].bytes,
                .p_flags = PF_R | PF_W,
                .p_align = 4,
        };
        at += loads[i].bytes;
    }
    fwrite(&header, 1, sizeof header, out);
    fwrite(segments, sizeof segments[0], count + 1, out);
    fwrite(notes, 1, notes_size, out);
    for (size_t i = 0; i < count; i++) {
        fwrite(loads[i].data, 1, loads[i].bytes, out);
    }
    free(notes);
    return !ferror(out);
}
