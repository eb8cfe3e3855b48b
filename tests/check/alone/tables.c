/*
 * tables - ways to write to the vector table, or to VTOR, that no store to an
 * exact address shows
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe-build: BAD_ALIASNAME vector-runtime|vector
// unsafe-build: BAD_CALLEE vector
// unsafe-build: BAD_CALLEE_DESCRIPTOR vector-runtime|vector
// unsafe-build: BAD_CALLEE_INDEX vector-runtime
// unsafe-build: BAD_CALLEE_KEEPS vector-runtime|vector
// unsafe-build: BAD_CALLEE_LOOP vector-runtime|vector
// unsafe-build: BAD_CALLEE_RECURS vector-runtime|vector
// unsafe-build: BAD_CALLEE_RETURNS vector-runtime|vector
// unsafe-build: BAD_CALLEE_TAIL vector-runtime|vector
// unsafe-build: BAD_CALLEE_UNKNOWN vector-runtime|vector
// unsafe-build: BAD_CHOSEN vector-runtime|vector
// unsafe-build: BAD_CHOSEN_ARG vector-runtime|vector
// unsafe-build: BAD_DISGUISED vector-runtime|vector
// unsafe-build: BAD_FWD vector-runtime|vector
// unsafe-build: BAD_GETTER vector-runtime|vector
// unsafe-build: BAD_HALFWORD vector-runtime|vector
// unsafe-build: BAD_LENGTH vector-runtime|vector
// unsafe-build: BAD_LDREX vector-runtime|vector
// unsafe-build: BAD_LOOP_END vector-runtime|vector
// unsafe-build: BAD_MEMCPY_SLOT vector-runtime|vector
// unsafe-build: BAD_POINTER vector-runtime|vector
// unsafe-build: BAD_POINTER_CONST vector-runtime|vector
// unsafe-build: BAD_POOL_BEHIND vector-runtime|vector
// unsafe-build: BAD_SCS vector-runtime|vector
// unsafe-build: BAD_SCS_DATA vector-runtime|vector
// unsafe-build: BAD_SCS_INDEX vector-runtime|vector
// unsafe-build: BAD_STRUCT vector-runtime|vector
// unsafe-build: BAD_VTOR_ARG vector-runtime|vector
// unsafe-build: BAD_VTOR_BACK vector-runtime|vector
// unsafe-build: BAD_VTOR_INSIDE vector-runtime|vector
// unsafe-build: BAD_VTOR_SCB vector-runtime|vector
// unsafe-build: BAD_VTOR_UNNAMED vector-runtime|vector
// safe-build: OK_CALLEE
// safe-build: OK_CALLEE_FIFTH
// safe-build: OK_READ
// safe-build: OK_STORE
// safe-build: OK_VOIDTABLE
// builds: m4 O2 gcc,m0plus O0 gcc,m33 Os clang
#include "harness.h"

extern harness_handler *const flash_vectors[];
#define vi REG(0x40004424u) // of a device: not known
void *volatile vp;

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
}

RAM void own(void) {
    QSPI_CR = 7;
}

#if defined BAD_ALIASNAME
static volatile uint32_t in_ram;
int main(void) {
    uint32_t base = (uint32_t)&in_ram & 0xfffff000u;
    *(uint32_t *)(base + ((uint32_t)ram_vectors & 0xfffu) + 60) =
            (uint32_t)flash_tick;
    return 0;
}
#elif defined BAD_CALLEE || defined OK_CALLEE || defined BAD_CALLEE_INDEX
FLASH void set_vector(harness_handler **t, uint32_t n, harness_handler *to) {
    t[n + 16] = to;
}
int main(void) {
#ifdef BAD_CALLEE
    set_vector(ram_vectors, 0, own);
    set_vector(ram_vectors, 1, flash_tick);
#elif defined BAD_CALLEE_INDEX
    set_vector(ram_vectors, vi, own);
#else
    set_vector(ram_vectors, 0, own);
    set_vector(ram_vectors, 1, own);
#endif
    vi = 1;
    return 0;
}
#elif defined OK_CALLEE_FIFTH
FLASH void set_vector(uint32_t a, uint32_t b, uint32_t c, uint32_t n,
        harness_handler **t, harness_handler *to) {
    if (a + b + c) {
        t[n] = to;
    }
}
int main(void) {
    set_vector(vi, vi, vi, 17, ram_vectors, own);
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_DESCRIPTOR
struct change {
    harness_handler **t;
    uint32_t n;
};
FLASH void change_vector(const struct change *c, harness_handler *to) {
    c->t[c->n] = to;
}
int main(void) {
    struct change c = {ram_vectors, 15};
    change_vector(&c, flash_tick);
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_KEEPS
harness_handler **kept_table;
FLASH void keep(harness_handler **t) {
    kept_table = t;
}
FLASH void change_kept(void) {
    kept_table[15] = flash_tick;
}
int main(void) {
    keep(ram_vectors);
    change_kept();
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_LOOP
FLASH void fill(harness_handler **t, harness_handler *volatile *from, int n) {
    while (n--) {
        *t++ = *from++;
    }
}
harness_handler *volatile handlers[3];
int main(void) {
    handlers[1] = flash_tick;
    fill(ram_vectors + 14, handlers, 3);
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_RECURS
FLASH void set_down(harness_handler **t, uint32_t n) {
    if (n) {
        set_down(t + 1, n - 1);
        vi = n;
        return;
    }
    *t = flash_tick;
}
int main(void) {
    set_down(ram_vectors, 15);
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_RETURNS
FLASH harness_handler **entry(harness_handler **t, uint32_t n) {
    return t + n;
}
int main(void) {
    *entry(ram_vectors, 15) = flash_tick;
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_TAIL
FLASH harness_handler **entry(harness_handler **t, uint32_t n) {
    return t + n;
}
FLASH harness_handler **own_entry(uint32_t n) {
    return entry(ram_vectors, n);
}
int main(void) {
    *own_entry(15) = flash_tick;
    vi = 1;
    return 0;
}
#elif defined BAD_CALLEE_UNKNOWN
FLASH void set_tick(harness_handler **t) {
    t[15] = flash_tick;
}
typedef void set_fn(harness_handler **);
set_fn *volatile set_hook = set_tick;
FLASH void by_hook(harness_handler **t) {
    set_hook(t);
}
int main(void) {
    by_hook(ram_vectors);
    vi = 1;
    return 0;
}
#elif defined BAD_CHOSEN
harness_handler **volatile other_table;
int main(void) {
    harness_handler **t = vi ? ram_vectors : other_table;
    t[15] = flash_tick;
    return 0;
}
#elif defined BAD_CHOSEN_ARG
harness_handler **volatile other_table;
FLASH void set_tick(harness_handler **t) {
    t[15] = flash_tick;
}
int main(void) {
    set_tick(vi ? ram_vectors : other_table);
    return 0;
}
#elif defined BAD_DISGUISED
int main(void) {
    const uint32_t x = vi;
    uint32_t t = (uint32_t)ram_vectors ^ x;
    __asm volatile("" : "+r"(t));
    ((harness_handler **)(t ^ x))[15] = flash_tick;
    return 0;
}
#elif defined BAD_FWD
typedef void fn(harness_handler **);
FLASH void inst(harness_handler **t) {
    t[15] = flash_tick;
}
fn *volatile hook = inst;
FLASH void forward(harness_handler **t) {
    hook(t);
}
int main(void) {
    forward(ram_vectors);
    return 0;
}
#elif defined BAD_GETTER
FLASH harness_handler **table_(void) {
    return ram_vectors;
}
int main(void) {
    table_()[15] = flash_tick;
    return 0;
}
#elif defined BAD_HALFWORD
int main(void) {
    volatile uint16_t *p = (volatile uint16_t *)&ram_vectors[15];
    p[1] = 0x9000;
    return 0;
}
#elif defined BAD_LDREX
int main(void) {
    volatile uint32_t *p = (volatile uint32_t *)&ram_vectors[15];
    uint32_t s = 0;
#if __ARM_ARCH >= 7
    __asm volatile(
            "1: ldrex r2, [%0]\n strex r2, %1, [%0]\n cmp r2, #0\n bne 1b"
            :
            : "r"(p), "r"(flash_tick)
            : "r2", "cc", "memory");
#else
    *p = (uint32_t)flash_tick;
#endif
    return 0;
}
#elif defined BAD_LOOP_END
int main(void) {
    harness_handler **p = ram_vectors + HARNESS_VECTORS;
    while (p != ram_vectors + 2)
        *--p = flash_tick;
    return 0;
}
#elif defined BAD_MEMCPY_SLOT
FLASH void copy4(void *t, const void *f, uint32_t n) {
    uint8_t *a = t;
    const uint8_t *b = f;
    while (n--)
        *a++ = *b++;
}
int main(void) {
    harness_handler *h = flash_tick;
    copy4(&ram_vectors[15], &h, 4);
    return 0;
}
#elif defined BAD_POINTER
harness_handler **vt = ram_vectors;
int main(void) {
    vt[15] = flash_tick;
    return 0;
}
#elif defined BAD_POINTER_CONST
harness_handler **const vt[2] = {ram_vectors, 0};
int main(void) {
    vt[vi][15] = flash_tick;
    return 0;
}
#elif defined BAD_STRUCT
struct d {
    harness_handler **t;
    uint32_t n;
};
FLASH void inst(struct d *d) {
    d->t[d->n] = flash_tick;
}
int main(void) {
    struct d d = {ram_vectors, 15};
    inst(&d);
    return 0;
}
#elif defined BAD_VTOR_ARG
struct scb {
    volatile uint32_t cpuid, icsr, vtor;
};
FLASH void set(struct scb *s, const void *t) {
    s->vtor = (uint32_t)t;
}
int main(void) {
    set((struct scb *)0xe000ed00u, flash_vectors);
    return 0;
}
#elif defined BAD_VTOR_BACK
int main(void) {
    REG(0xe000ed08u) = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_VTOR_INSIDE
int main(void) {
    ((volatile uint32_t *)0xe000ed00u)[vi] = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_VTOR_SCB
struct scb {
    volatile uint32_t cpuid, icsr, vtor;
};
struct scb *scb = (struct scb *)0xe000ed00u;
int main(void) {
    scb->vtor = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_VTOR_UNNAMED
__attribute__((section(".data.vector_table"), aligned(256), used))
harness_handler *vector_table[24] = {(harness_handler *)stack_top_,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler};
int main(void) {
    REG(0xe000ed08u) = 0x20009800u;
    ram_erase(vector_table[0] != 0);
    return 0;
}
#elif defined BAD_LENGTH
volatile uint32_t off;
FLASH void save(void) {
    off = (uint32_t)stack_top_ - (uint32_t)ram_vectors;
}
int main(void) {
    save();
    ((harness_handler **)((uint32_t)stack_top_ - off))[15] = flash_tick;
    return 0;
}
#elif defined BAD_POOL_BEHIND
// As hand-written start files have it: the pool is behind the symbol's end.
void set(void);
__asm__(".text\n"
        "    .syntax unified\n"
        "    .thumb\n"
        "    .thumb_func\n"
        "    .balign 4\n"
        "    .global set\n"
        "    .type set, %function\n"
        "set:\n"
        "    ldr r0, =0xe000ed08\n"
        "    ldr r1, =flash_vectors\n"
        "    str r1, [r0]\n"
        "    bx lr\n"
        "    .size set, . - set\n"
        "    .balign 4\n"
        "    .ltorg\n");
int main(void) {
    set();
    return 0;
}
#elif defined BAD_SCS || defined BAD_SCS_DATA
#ifdef BAD_SCS
static volatile uint32_t *volatile scs;
#else
static volatile uint32_t *volatile scs = (volatile uint32_t *)0xe000e000u;
#endif
FLASH void save(void) {
#ifdef BAD_SCS
    scs = (volatile uint32_t *)0xe000e000u;
#endif
}
int main(void) {
    save();
    scs[0xd08 / 4] = (uint32_t)flash_vectors;
    return 0;
}
#elif defined BAD_SCS_INDEX
static const struct write {
    uint16_t at;
    uint32_t value;
} writes[] = {{0x14, 0}, {0xd08, (uint32_t)flash_vectors}};
int main(void) {
    const struct write *w = &writes[vi & 1];
    uint32_t at = w->at;
#if __ARM_ARCH >= 7 // as -O0 does: the base is no constant of its own
    __asm volatile("add.w %0, %0, #0xe000e000" : "+r"(at));
#else
    at += 0xe000e000u;
#endif
    REG(at) = w->value;
    return 0;
}
#elif defined OK_READ
int main(void) {
    if (ram_vectors[15] != own)
        ram_vectors[15] = own;
    return 0;
}
#elif defined OK_STORE
int main(void) {
    ram_vectors[15] = own;
    return 0;
}
#elif defined OK_VOIDTABLE
FLASH void init(void) {
    harness_handler **t = ram_vectors;
    REG(0xe000ed08u) = (uint32_t)t;
}
int main(void) {
    init();
    return 0;
}
#endif
