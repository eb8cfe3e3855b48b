/*
 * probe - what a debug probe does with an external loader
 *
 * SPDX-License-Identifier: MIT
 */
#include "probe.h"

#include <string.h>

#include "layout.h"

// clang-format off
__asm(".section .rodata.probe_files, \"a\"\n"
      ".balign 4\n"
      ".global probe_flm_file\n"
      "probe_flm_file: .incbin \"" PROBE_FLM "\"\n"
      ".balign 4\n"
      ".global probe_stldr_file\n"
      "probe_stldr_file: .incbin \"" PROBE_STLDR "\"\n"
              ".previous\n");
// clang-format on

// ELF for the Arm architecture (Arm IHI 0044), the fields that are used.
struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version, entry, phoff, shoff, flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_segment {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
struct elf_section {
    uint32_t name, type, flags, addr, offset, size, link, info, align, entsize;
};
struct elf_symbol {
    uint32_t name, value, size;
    uint8_t info, other;
    uint16_t shndx;
};
#define PT_LOAD 1u
#define SHT_PROGBITS 1u
#define SHT_SYMTAB 2u

// One that holds nothing but what a call may use: a probe may give 512.
#define STACK_BYTES 512u
#define STACK_USE_MAX 64u
#define PAINT 0xA5u

static uint8_t stack[STACK_BYTES] __attribute__((aligned(8)));
static uint32_t broken;

/// The file ///

static const struct elf_header *header(const uint8_t *file) {
    return (const struct elf_header *)(const void *)file;
}

static const struct elf_section *section_at(const uint8_t *file, unsigned i) {
    return (const struct elf_section *)(const void *)(file +
                   header(file)->shoff) +
            i;
}

static const struct elf_section *section(const uint8_t *file,
        const char *name) {
    const uint8_t *const names =
            file + section_at(file, header(file)->shstrndx)->offset;
    for (unsigned i = 1; i < header(file)->shnum; i++) {
        const struct elf_section *const s = section_at(file, i);
        if (s->type == SHT_PROGBITS &&
                strcmp((const char *)names + s->name, name) == 0) {
            return s;
        }
    }
    return NULL;
}

static const struct elf_symbol *symbol(const uint8_t *file, const char *name) {
    for (unsigned i = 1; i < header(file)->shnum; i++) {
        const struct elf_section *const s = section_at(file, i);
        if (s->type != SHT_SYMTAB) {
            continue;
        }
        const struct elf_symbol *sym =
                (const struct elf_symbol *)(const void *)(file + s->offset);
        const uint8_t *const names = file + section_at(file, s->link)->offset;
        for (uint32_t n = s->size / sizeof(*sym); n != 0u; n--, sym++) {
            if (strcmp((const char *)names + sym->name, name) == 0) {
                return sym;
            }
        }
    }
    return NULL;
}

struct probe probe_load_flm(const uint8_t *file, uint32_t base) {
    struct probe p = {.file = file, .base = base};
    const struct elf_section *const code = section(file, "PrgCode");
    const struct elf_section *const data = section(file, "PrgData");
    // The same conditions as in pyOCD's flash_algo.py.
    if (code == NULL || data == NULL || code->addr != 0u ||
            code->size != data->addr) {
        return p;
    }
    memcpy((uint8_t *)(uintptr_t)base, file + code->offset, code->size);
    memcpy((uint8_t *)(uintptr_t)base + data->addr, file + data->offset,
            data->size);
    p.static_base = base + data->addr;
    p.end = p.static_base + data->size;
    p.usable = true;
    return p;
}

struct probe probe_load_fixed(const uint8_t *file) {
    struct probe p = {.file = file, .static_base = 0xBAD0BAD0u};
    const struct elf_segment *segment =
            (const struct elf_segment *)(const void *)(file +
                    header(file)->phoff);
    for (unsigned i = 0; i < header(file)->phnum; i++, segment++) {
        if (segment->type != PT_LOAD ||
                segment->vaddr < LAYOUT_SRAM1_ADDR + 4u ||
                segment->vaddr + segment->memsz >
                        LAYOUT_SRAM1_ADDR + LAYOUT_SRAM1_BYTES) {
            return p;
        }
        // Memory beyond the file's bytes is not cleared by all of them.
        memcpy((void *)(uintptr_t)segment->vaddr, file + segment->offset,
                segment->filesz);
        p.end = segment->vaddr + segment->memsz;
    }
    p.usable = true;
    return p;
}

// DEh DEh is a permanently undefined instruction.
void probe_wipe(void) {
    memset((void *)LAYOUT_SRAM1_ADDR, 0xDE, LAYOUT_SRAM1_BYTES);
}

/// Calls ///

struct registers {
    uint32_t r0, r1, r2, r3, sp, r9, entry;
};
struct after {
    uint32_t r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, sp;
};
static struct after after __attribute__((used));
static uint32_t own_sp __attribute__((used));

// r arrives in R0, which the compiler does not see.
__attribute__((naked, noinline)) static void enter(const struct registers *r
        __attribute__((unused))) {
    __asm volatile("push {r4-r11, lr}\n"
                   "ldr r1, =own_sp\n"
                   "str sp, [r1]\n"
                   "mov r12, r0\n"
                   "ldr r3, [r12, #16]\n"
                   "mov sp, r3\n"
                   "ldr r9, [r12, #20]\n"
                   "mov r4, #0x44\n"
                   "mov r5, #0x55\n"
                   "mov r6, #0x66\n"
                   "mov r7, #0x77\n"
                   "mov r8, #0x88\n"
                   "mov r10, #0xAA\n"
                   "mov r11, #0xBB\n"
                   "ldr r0, [r12, #0]\n"
                   "ldr r1, [r12, #4]\n"
                   "ldr r2, [r12, #8]\n"
                   "ldr r3, [r12, #12]\n"
                   "ldr r12, [r12, #24]\n"
                   "blx r12\n"
                   // The probe's breakpoint.
                   "ldr r2, =after\n"
                   "stmia r2!, {r0, r1, r4-r11}\n"
                   "mov r3, sp\n"
                   "str r3, [r2]\n"
                   "ldr r1, =own_sp\n"
                   "ldr r1, [r1]\n"
                   "mov sp, r1\n"
                   "pop {r4-r11, pc}\n"
                   ".ltorg\n");
}

static bool kept(const struct registers *r) {
    uint32_t untouched = 0;
    while (untouched < STACK_BYTES && stack[untouched] == PAINT) {
        untouched++;
    }
    return after.r4 == 0x44u && after.r5 == 0x55u && after.r6 == 0x66u &&
            after.r7 == 0x77u && after.r8 == 0x88u && after.r9 == r->r9 &&
            after.r10 == 0xAAu && after.r11 == 0xBBu && after.sp == r->sp &&
            STACK_BYTES - untouched <= STACK_USE_MAX;
}

struct probe_result probe_call(const struct probe *p, const char *name,
        uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3) {
    const struct elf_symbol *const entry = symbol(p->file, name);
    if (entry == NULL) {
        broken++;
        return (struct probe_result){0xDEADDEADu, 0};
    }
    memset(stack, PAINT, sizeof stack);
    const struct registers r = {r0, r1, r2, r3,
            (uint32_t)(uintptr_t)stack + STACK_BYTES, p->static_base,
            (p->base + entry->value) | 1u};
    enter(&r);
    if (!kept(&r)) {
        broken++;
    }
    return (struct probe_result){after.r0, after.r1};
}

uint32_t probe_broken(void) {
    return broken;
}

uint32_t probe_stack_left(const struct probe *p) {
    const struct elf_symbol *const low = symbol(p->file, "loader_stack_");
    if (low == NULL) {
        return 0;
    }
    const uint8_t *const at =
            (const uint8_t *)(uintptr_t)(p->base + low->value);
    uint32_t left = 0;
    while (left < low->size && at[left] == 0u) {
        left++;
    }
    return left;
}
