/*
 * settled - pointers in RAM whose address is handed on in some way, and some
 * whose values are all seen
 *
 * SPDX-License-Identifier: MIT
 *
 * One of each: what is called through hook_X changes what is in X. Those whose
 * change may reach other objects are firmwares of their own.
 */
// builds: m4 O0 gcc,m4 Os gcc,m4 O2 gcc,m4 O2 clang
// check: --assume settled
// safe: ram_never settled
// safe: ram_exact settled
// safe: ram_zero settled
// safe: ram_copied settled
// safe: ram_chosen settled
// safe: ram_table settled
// safe: ram_beside settled
// safe: ram_spilled_exactly settled
// unsafe: ram_bad_exact .*call.*
// unsafe: ram_bad_copy .*call.*
// unsafe: ram_getter .*call.*
// unsafe: ram_getter_pointer .*call.*
// unsafe: ram_second .*call.*
// unsafe: ram_argument .*call.*
// unsafe: ram_fifth .*call.*
// unsafe: ram_ninth .*call.*
// unsafe: ram_variadic .*call.*
// unsafe: ram_global .*call.*
// unsafe: ram_in_data .*call.*
// unsafe: ram_packed .*call.*
// unsafe: ram_list .*call.*
// unsafe: ram_shifted .*call.*
// unsafe: ram_negated .*call.*
// unsafe: ram_distance .*call.*
// unsafe: ram_past_end .*call.*
// unsafe: ram_bytes_of_place .*call.*
// unsafe: ram_halves .*call.*
// unsafe: ram_bytes .*call.*
// unsafe: ram_unaligned .*call.*
// unsafe: ram_memcpy .*call.*
// unsafe: ram_device .*call.*
// unsafe: ram_svc .*call.*
// unsafe: ram_special .*call.*
// unsafe: ram_nested .*call.*
// unsafe: ram_asm_frame .*call.*
// unsafe: ram_kept_in_r4 .*call.*
// unsafe: ram_parameter .*call.*
// unsafe: ram_loaded .*call.*
// unsafe: ram_noinit .*call.*
// unsafe: ram_half_cleared .*call.*
// unsafe: ram_exclusive .*call.*
// unsafe: ram_double .*call.*
// unsafe: ram_reversed .*call.*
// unsafe: ram_r12 .*call.*
// unsafe: ram_left_alone .*call.*
// safe-build: OK_FAR settled
// unsafe-build: BAD_LOOP .*call.*
// unsafe-build: BAD_ANCHOR .*call.*
// unsafe-build: BAD_BEFORE .*call.*
// unsafe-build: BAD_GOTO .*call.*
// unsafe-build: BAD_UNTYPED .*call.*
// unsafe-build: BAD_NO_SYMBOL .*call.*
// unsafe-build: BAD_LINKER .*call.*
// unsafe-build: BAD_LINKER_ARGUMENT .*call.*
// unsafe-build: BAD_BIT_BAND .*call.*
// unsafe-build: BAD_BIT_BAND_BASE .*call.*
// unsafe-build: BAD_JOINED .*call.*
// unsafe-build: BAD_EITHER .*call.*
// unsafe-build: BAD_XOR .*call.*
// unsafe-build: BAD_VOLATILE_PLACE .*call.*
// unsafe-build: BAD_FLOAT_LITERAL .*call.*
// unsafe-build: BAD_HALF_LITERAL .*call.*
// unsafe-build: BAD_RELATIVE .*call.*
// unsafe-build: BAD_FIELD .*call.*
// unsafe-build: BAD_MEMBER .*call.*
// unsafe-build: BAD_STATIC .*call.*
// unsafe-build: BAD_POOL .*call.*
#include "harness.h"

typedef void fn(void);
#define HOOK __attribute__((section(".data.hooks"), used))
#define BSS_HOOK __attribute__((section(".bss.hooks"), used))

uint32_t first = 1, first_zero; // linker symbols are at their addresses
volatile uint32_t vi;

RAM void ram_wait(void) {
    QSPI_CR = 1;
}
RAM void ram_idle(void) {
    QSPI_CR = 2;
}
FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

// The address of an object may be that of the end of the one before it.
#define GAP(name) HOOK uint32_t gap_##name[2] = {1}
#define CALLER(name) \
    GAP(name); \
    HOOK fn *hook_##name = ram_wait; \
    RAM void ram_##name(void) { \
        hook_##name(); \
    }

#define ASM(name, lines) \
    __asm(".pushsection .text." name ", \"ax\", %progbits\n\t.thumb\n\t" \
          ".syntax unified\n\t.fpu fpv4-sp-d16\n\t.global " name \
          "\n\t.type " name ", %function\n\t.thumb_func\n" name ":\n\t" lines \
          "\n\t.align 2\n\t.ltorg\n\t.size " name ", . - " name \
          "\n\t.popsection")

#if defined NONE
/// All values are seen ///

CALLER(never)

CALLER(exact)
FLASH void set_exact(void) {
    hook_exact = vi ? ram_idle : ram_wait;
}

BSS_HOOK fn *hook_zero;
RAM void ram_zero(void) {
    if (hook_zero) {
        hook_zero();
    }
}
FLASH void set_zero(void) {
    hook_zero = ram_idle;
}

GAP(source);
HOOK fn *hook_source = ram_idle;
CALLER(copied)
FLASH void set_copied(void) {
    hook_copied = hook_source;
}

GAP(a);
HOOK fn *hook_a = ram_wait;
GAP(b);
HOOK fn *hook_b = ram_idle;
RAM void ram_chosen(void) {
    if (vi) {
        hook_a();
        QSPI_CR = 4;
    } else {
        hook_b();
    }
}

// Not reached from the anchor of other objects: the table might be another.
__attribute__((section(".data.table"), used))
fn *hook_table[3] = {ram_wait, ram_idle, ram_wait};
RAM void ram_table(void) {
    ((void (*)(uint32_t))hook_table[vi % 3u])(vi);
}
FLASH void set_table(void) {
    hook_table[1] = ram_wait;
}

// The address of another object is passed on, and that of this one is not.
HOOK uint32_t beside[4] = {5};
CALLER(beside)
HOOK uint32_t beside_too[4] = {5};
FLASH void change_any(uint32_t *which) {
    *which = vi;
}
FLASH void set_beside(void) {
    change_any(vi ? &beside[1] : &beside_too[1]);
}

CALLER(spilled_exactly)
FLASH void set_spilled_exactly(void) {
    fn **place = &hook_spilled_exactly;
    *place = ram_idle;
}

/// The value is bad ///

CALLER(bad_exact)
FLASH void set_bad_exact(void) {
    hook_bad_exact = flash_tick;
}

HOOK fn *hook_bad_source = ram_wait;
CALLER(bad_copy)
FLASH void set_bad_copy(fn *to) {
    hook_bad_source = to;
    hook_bad_copy = hook_bad_source;
}

/// The address goes elsewhere ///

CALLER(getter)
FLASH fn **get(void) {
    return &hook_getter;
}
FLASH void set_getter(void) {
    *get() = flash_tick;
}

CALLER(getter_pointer)
FLASH fn **get_pointer(void) {
    return &hook_getter_pointer;
}
fn **(*volatile getter_kept)(void) = get_pointer;
FLASH void set_getter_pointer(void) {
    *getter_kept() = flash_tick;
}

CALLER(second)
FLASH uint64_t get_second(void) {
    return (uint64_t)(uint32_t)&hook_second << 32 | vi;
}
FLASH void set_second(void) {
    *(fn **)(uint32_t)(get_second() >> 32) = flash_tick;
}

CALLER(argument)
FLASH void change(fn **where, fn *what) {
    *where = what;
}
FLASH void set_argument(void) {
    change(&hook_argument, flash_tick);
}

CALLER(fifth)
FLASH void change_fifth(int a, int b, int c, int d, fn **where) {
    if (a + b + c + d) {
        *where = flash_tick;
    }
}
FLASH void set_fifth(void) {
    change_fifth(1, 2, 3, 4, &hook_fifth);
}

CALLER(ninth)
FLASH void change_ninth(int a, int b, int c, int d, int e, int f, int g, int h,
        fn **where) {
    if (a + b + c + d + e + f + g + h) {
        *where = flash_tick;
    }
}
FLASH void set_ninth(void) {
    change_ninth(1, 2, 3, 4, 5, 6, 7, 8, &hook_ninth);
}

CALLER(variadic)
FLASH void change_variadic(int n, ...) {
    __builtin_va_list list;
    __builtin_va_start(list, n);
    while (n--) {
        (void)__builtin_va_arg(list, int);
    }
    *__builtin_va_arg(list, fn **) = flash_tick;
    __builtin_va_end(list);
}
FLASH void set_variadic(void) {
    change_variadic(9, 1, 2, 3, 4, 5, 6, 7, 8, 9, &hook_variadic);
}

CALLER(global)
fn **volatile global_place;
FLASH void set_global(void) {
    global_place = &hook_global;
    *global_place = flash_tick;
}

CALLER(in_data)
fn **volatile in_data_place = &hook_in_data;
FLASH void set_in_data(void) {
    *in_data_place = flash_tick;
}

CALLER(packed)
struct __attribute__((packed)) item {
    uint8_t id;
    fn **where;
};
const struct item items[2] = {{7, &hook_packed}, {9, 0}};
FLASH void set_packed(void) {
    for (unsigned i = 0; i < 2; i++) {
        if (items[i].id == vi) {
            *items[i].where = flash_tick;
        }
    }
}

CALLER(list)
struct node {
    struct node *next;
    fn **where;
};
struct node *volatile list_head;
FLASH void set_list(void) {
    volatile struct node node = {0, &hook_list};
    list_head = (struct node *)&node;
    while (vi) { // an interrupt goes through the list
    }
}
FLASH void apply_list(void) {
    for (struct node *n = list_head; n; n = n->next) {
        *n->where = flash_tick;
    }
}

CALLER(shifted)
FLASH void change_word(uint32_t number) {
    *(fn **)(number << 2) = flash_tick;
}
FLASH void set_shifted(void) {
    change_word((uint32_t)&hook_shifted >> 2);
}

CALLER(negated)
FLASH void change_negated(uint32_t number) {
    *(fn **)(0u - number) = flash_tick;
}
FLASH void set_negated(void) {
    change_negated(0u - (uint32_t)&hook_negated);
}

CALLER(distance)
uint32_t distance_from[2];
FLASH void change_behind(uint32_t *from, uint32_t bytes) {
    *(fn **)((uint8_t *)from + bytes) = flash_tick;
}
FLASH void set_distance(void) {
    change_behind(distance_from,
            (uint32_t)&hook_distance - (uint32_t)distance_from);
}

CALLER(past_end)
FLASH void change_before(fn **end) {
    end[-1] = flash_tick;
}
FLASH void set_past_end(void) {
    change_before(&hook_past_end + 1);
}

CALLER(bytes_of_place)
FLASH void set_bytes_of_place(void) {
    volatile union {
        fn **place;
        uint8_t b[4];
    } u;
    u.place = &hook_bytes_of_place;
    *(fn **)((uint32_t)u.b[0] | (uint32_t)u.b[1] << 8 | (uint32_t)u.b[2] << 16 |
            (uint32_t)u.b[3] << 24) = flash_tick;
}

/// Not as a word ///

CALLER(halves)
FLASH void set_halves(void) {
    volatile uint16_t *half = (volatile uint16_t *)(void *)&hook_halves;
    half[0] = (uint16_t)(uint32_t)flash_tick;
    half[1] = (uint16_t)((uint32_t)flash_tick >> 16);
}

CALLER(bytes)
FLASH void set_bytes(void) {
    ((volatile uint8_t *)&hook_bytes)[3] = 0x90;
}

CALLER(unaligned)
FLASH void set_unaligned(void) {
    typedef uint32_t __attribute__((aligned(1))) loose;
    *(volatile loose *)((uint8_t *)&hook_unaligned + 2) = 0x9000u;
}

CALLER(memcpy)
FLASH void copy_bytes(uint8_t *to, const uint8_t *from, uint32_t n) {
    while (n--) {
        *to++ = *from++;
    }
}
FLASH void set_memcpy(fn *what) {
    copy_bytes((uint8_t *)&hook_memcpy, (const uint8_t *)&what, sizeof what);
}

/// Where the checker does not look ///

CALLER(device)
FLASH void set_device(void) {
    REG(0x40020014u) = (uint32_t)&hook_device;
}

CALLER(svc)
FLASH void set_svc(void) {
    register fn **r0 __asm("r0") = &hook_svc;
    __asm volatile("svc #1" : "+r"(r0) : : "memory");
}

CALLER(special)
FLASH void set_special(void) {
    fn **place = &hook_special;
    __asm volatile("msr psp, %0\n\tmrs %0, psp" : "+r"(place));
    *place = flash_tick;
}

CALLER(nested)
FLASH void change_nested(void (*f)(fn **)) {
    f(&hook_nested);
}
FLASH void really_change(fn **where) {
    *where = flash_tick;
}
FLASH void set_nested(void) {
    change_nested(really_change);
}

CALLER(asm_frame)
FLASH void set_asm_frame(void) {
    fn **place = &hook_asm_frame;
    __asm volatile("push {%0}\n\tldrh r3, [sp]\n\tldrh r2, [sp, #2]\n\t"
                   "orr r3, r3, r2, lsl #16\n\tstr %1, [r3]\n\tadd sp, #4"
                   :
                   : "r"(place), "r"(flash_tick)
                   : "r2", "r3", "memory");
}

CALLER(kept_in_r4)
__attribute__((naked, noinline)) void change_r4(void) {
    __asm volatile("str r0, [r4]\n\tbx lr");
}
FLASH void set_kept_in_r4(void) {
    register fn **r4 __asm("r4") = &hook_kept_in_r4;
    register fn *r0 __asm("r0") = flash_tick;
    __asm volatile("push {r3, lr}\n\tbl change_r4\n\tpop {r3, lr}"
                   :
                   : "r"(r4), "r"(r0)
                   : "r1", "r2", "r12", "memory");
}

CALLER(parameter)
FLASH void set_parameter(fn *to) {
    hook_parameter = to;
}

CALLER(loaded)
fn *volatile loaded_from = flash_tick;
FLASH void set_loaded(void) {
    hook_loaded = loaded_from;
}

#define NO_INIT(name) \
    __asm(".pushsection .noinit, \"aw\", %nobits\n\t.align 2\n\t" \
          ".global " #name "\n\t.type " #name ", %object\n\t.size " #name \
          ", 4\n" #name ":\n\t.space 4\n\t.popsection"); \
    extern fn *name

NO_INIT(hook_noinit);
RAM void ram_noinit(void) {
    hook_noinit();
}
FLASH void set_noinit(void) {
    hook_noinit = ram_idle;
}

// Only under a condition: before, it holds what it held before the reset.
NO_INIT(hook_half_cleared);
RAM void ram_half_cleared(void) {
    hook_half_cleared();
}
FLASH void set_half_cleared(void) {
    if (vi) {
        hook_half_cleared = 0;
    }
    hook_half_cleared = ram_idle;
}

CALLER(exclusive)
FLASH void set_exclusive(void) {
    uint32_t failed;
    __asm volatile("ldrex %0, [%1]\n\tstrex %0, %2, [%1]"
                   : "=&r"(failed)
                   : "r"(&hook_exclusive), "r"(vi ? flash_tick : 0)
                   : "memory");
}

// A callee of it leaves r3 alone, which it uses then.
CALLER(left_alone)
ASM("leaves_alone", "bx lr");
ASM("by_left_alone",
        "push {r4, lr}\n\tbl leaves_alone\n\tstr r0, [r3]\n\tpop {r4, pc}");
void by_left_alone(fn *to, int b, int c, fn **where);
FLASH void set_left_alone(void) {
    by_left_alone(flash_tick, 2, 3, &hook_left_alone);
}

CALLER(double)
ASM("by_double",
        "ldr r3, =hook_double\n\tvmov d0, r3, r3\n\tvmov r2, s1\n\t"
        "str r0, [r2]\n\tbx lr");

CALLER(reversed)
ASM("by_reversed",
        "ldr r3, =hook_reversed\n\trev r3, r3\n\trev r3, r3\n\t"
        "str r0, [r3]\n\tbx lr");

CALLER(r12)
ASM("by_r12", "str r0, [r12]\n\tbx lr");
ASM("to_r12", "ldr r12, =hook_r12\n\tb by_r12");

int main(void) {
    first++;
    first_zero++;
    return 0;
}

#else
/// What reaches other objects ///

#ifndef OK_FAR
CALLER(it)
#endif

#if defined OK_FAR
HOOK uint32_t before[1200] = {1};
CALLER(far)
HOOK uint32_t after[1200] = {1};
BSS_HOOK uint32_t changed[8];
int main(void) {
    changed[vi & 7u] = vi;
    for (unsigned i = 0; i < 8; i++) {
        changed[i] += (uint32_t)flash_tick;
    }
    hook_far = ram_idle;
    return 0;
}
#elif defined BAD_LOOP
HOOK fn *hooks[4] = {ram_wait, ram_wait, ram_wait, ram_wait};
RAM void ram_again(void) {
    hooks[2]();
}
int main(void) {
    for (volatile unsigned i = 0; i < 4; i++) {
        hooks[i] = flash_tick;
    }
    return 0;
}
#elif defined BAD_ANCHOR
HOOK uint32_t counts[6] = {1};
HOOK fn *hooks[4] = {ram_wait, ram_wait, ram_wait, ram_wait};
RAM void ram_again(void) {
    hooks[2]();
}
FLASH void set(uint32_t i) {
    counts[i]++;
    hooks[i] = flash_tick;
}
int main(void) {
    set(vi);
    return 0;
}
#elif defined BAD_BEFORE
// With the constant part of the index, the address is that of what is before.
HOOK uint32_t counts[10] = {1};
ASM("by_index", "ldr r3, =hook_it - 40\n\tstr r0, [r3, r1, lsl #2]\n\tbx lr");
void by_index(fn *to, uint32_t i);
int main(void) {
    by_index(flash_tick, vi + 10);
    return 0;
}
#elif defined BAD_GOTO
FLASH void interpret(volatile uint8_t *pc) {
    static const void *const ops[] = {&&a, &&b, &&c};
    goto *ops[*pc++];
a:
    QSPI_DR = 1;
    goto *ops[*pc++];
b:
    hook_it = flash_tick;
    goto *ops[*pc++];
c:
    return;
}
volatile uint8_t program[4] = {1, 2};
int main(void) {
    interpret(program);
    return 0;
}
#elif defined BAD_UNTYPED
__asm(".pushsection .text.untyped,\"ax\",%progbits\n\t.thumb\n\t"
      ".global untyped\nuntyped:\n\tmovw r3, #:lower16:hook_it\n\t"
      "movt r3, #:upper16:hook_it\n\t"
      "str r0, [r3]\n\tbx lr\n\t.ltorg\n\t.popsection");
extern const uint8_t untyped[];
int main(void) {
    ((void (*)(fn *))((uint32_t)untyped | 1u))(flash_tick);
    return 0;
}
#elif defined BAD_NO_SYMBOL
// A jump leads behind the end of the function, by its symbol.
__asm(".pushsection .text.short,\"ax\",%progbits\n\t.thumb\n\t.syntax unified\n\t"
      ".global short_one\n\t.type short_one, %function\n\t.thumb_func\n"
      "short_one:\n\tldr r3, 2f\n\tb 1f\n\t.size short_one, . - short_one\n\t"
      ".align 2\n1:\tstr r0, [r3]\n\tbx lr\n\t.align 2\n2:\t.word hook_it\n\t"
      ".popsection");
void short_one(fn *to);
int main(void) {
    short_one(flash_tick);
    return 0;
}
#elif defined BAD_LINKER
HOOK uint32_t mark = 0x5a5a1234u;
int main(void) {
    extern uint32_t data_start_[], data_end_[];
    for (uint32_t *w = data_start_; w < data_end_; w++) {
        if (*w == (uint32_t)ram_wait) {
            *w = (uint32_t)flash_tick;
        }
    }
    return 0;
}
#elif defined BAD_LINKER_ARGUMENT
FLASH void patch(uint32_t *w, const uint32_t *end) {
    for (; w < end; w++) {
        if (*w == (uint32_t)ram_wait) {
            *w = (uint32_t)flash_tick;
        }
    }
}
int main(void) {
    extern uint32_t data_start_[], data_end_[];
    patch(data_start_, data_end_);
    return 0;
}
#elif defined BAD_BIT_BAND
FLASH void set(uint32_t what) {
    volatile uint32_t *bits = (volatile uint32_t *)(0x22000000u +
            ((uint32_t)&hook_it - 0x20000000u) * 32u);
    for (int i = 0; i < 32; i++) {
        bits[i] = what >> i & 1u;
    }
}
int main(void) {
    set((uint32_t)flash_tick);
    return 0;
}
#elif defined BAD_BIT_BAND_BASE
FLASH void set(uint32_t offset, uint32_t bit) {
    *(volatile uint32_t *)(0x22000000u + (offset << 5) + (bit << 2)) = 1;
}
int main(void) {
    set(vi, 31);
    return 0;
}
#elif defined BAD_JOINED
FLASH void set(fn **other) {
    fn **where = vi ? &hook_it : other;
    *where = flash_tick;
}
int main(void) {
    fn *local;
    set(&local);
    return 0;
}
#elif defined BAD_EITHER
HOOK fn *hooks[6];
int main(void) {
    fn **where = &hooks[0];
    switch (vi) {
    case 0:
        where = &hook_it;
        break;
    case 1:
        where = &hooks[2];
        break;
    case 2:
        where = (fn **)&first;
        break;
    case 3:
        where = (fn **)&first_zero;
        break;
    case 4:
        where = (fn **)&vi;
        break;
    }
    __asm volatile("" : "+r"(where));
    *where = flash_tick;
    return 0;
}
#elif defined BAD_XOR
FLASH void set(uint32_t key) {
    uint32_t hidden = (uint32_t)&hook_it ^ key;
    __asm volatile("" : "+r"(hidden));
    *(fn **)(hidden ^ key) = flash_tick;
}
int main(void) {
    set(vi);
    return 0;
}
#elif defined BAD_VOLATILE_PLACE
FLASH void set(fn **other) {
    fn **volatile place = &hook_it;
    if (vi) {
        place = other;
    }
    *place = flash_tick;
}
int main(void) {
    fn *local;
    set(&local);
    return 0;
}
#elif defined BAD_FLOAT_LITERAL
ASM("by_float",
        "vldr s0, 1f\n\tvmov r3, s0\n\tstr r0, [r3]\n\tbx lr\n\t.align 2\n"
        "1:\t.word hook_it");
void by_float(fn *to);
int main(void) {
    by_float(flash_tick);
    return 0;
}
#elif defined BAD_HALF_LITERAL
ASM("by_halves",
        "ldrh r3, 1f\n\tldrh r2, 1f + 2\n\torr r3, r3, r2, lsl #16\n\t"
        "ldr r1, 1f\n\tldr r1, [r1]\n\tstr r0, [r3]\n\tbx lr\n\t.align 2\n"
        "1:\t.word hook_it");
void by_halves(fn *to);
int main(void) {
    by_halves(flash_tick);
    return 0;
}
#elif defined BAD_RELATIVE
__asm(".pushsection .rodata.relative, \"a\", %progbits\n\t.align 2\n\t"
      ".global relative\n\t.type relative, %object\n\t.size relative, 8\n"
      "relative:\n\t.word hook_it - ., hook_it - .\n\t"
      ".popsection");
extern const uint32_t relative[2];
FLASH void set_relative(void) {
    const uint32_t *at = &relative[vi & 1u];
    *(fn **)((uint32_t)at + *at) = flash_tick;
}

int main(void) {
    set_relative();
    return 0;
}
#elif defined BAD_FIELD
ASM("by_field",
        "ldr r3, =hook_it\n\tubfx r2, r3, #0, #16\n\tlsrs r1, r3, #16\n\t"
        "orr r2, r2, r1, lsl #16\n\tstr r0, [r2]\n\tbx lr");
void by_field(fn *to);
int main(void) {
    by_field(flash_tick);
    return 0;
}
#elif defined BAD_MEMBER
HOOK struct {
    uint32_t log[4];
    fn *call;
} member = {{1}, ram_wait};
RAM void ram_again(void) {
    member.call();
}
int main(void) {
    uint32_t *at = &member.log[vi & 7u];
    *at = (uint32_t)flash_tick;
    return 0;
}
#elif defined BAD_STATIC
static uint32_t log_of[3] = {1};
static fn *call_of = ram_wait;
RAM void ram_again(void) {
    call_of();
}
FLASH void keep(uint32_t *from, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        log_of[i % 3u] += from[i];
    }
    *(fn *volatile *)(vi ? &call_of : (fn **)from) = flash_tick;
}
int main(void) {
    uint32_t local[4] = {1, 2, 3, vi};
    keep(local, 4);
    return 0;
}
#elif defined BAD_POOL
// A pool that another function reads, too, by its own means.
__asm(".pushsection .text.pool,\"ax\",%progbits\n\t.thumb\n\t.syntax unified\n\t"
      ".global pool\n\t.type pool, %function\n\t.thumb_func\n"
      "pool:\n\tldr r3, 1f\n\tldr r0, [r3]\n\tbx lr\n\t.align 2\n1:\t"
      ".word hook_it, hook_it\n\t.size pool, . - pool\n\t"
      ".global reader\n\t.type reader, %function\n\t.thumb_func\n"
      "reader:\n\tadr r3, 2f\n\tldr r3, [r3, r1, lsl #2]\n\tstr r0, [r3]\n\t"
      "bx lr\n\t.align 2\n2:\t.word 0, hook_it\n\t.size reader, . - reader\n\t"
      ".popsection");
void pool(void);
void reader(fn *to, uint32_t i);
int main(void) {
    pool();
    reader(flash_tick, vi);
    return 0;
}
#endif
#endif
