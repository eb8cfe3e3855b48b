/*
 * explain_known - what compilers and libraries add to firmware
 *
 * SPDX-License-Identifier: MIT
 *
 * Each cure was tried with GCC 12 (newlib-nano), those for Clang with 14;
 * tests/check/fixes.sh tries them again. Names of run-time helpers: Run-time
 * ABI for the Arm Architecture (RTABI32) and the libgcc chapter of GCC's
 * internals manual.
 */
#include <string.h>

#include "check/explain/explain_priv.h"
#include "base/match.h"

#define LIBGCC "*libgcc.a:*"
// libc.a, libc_nano.a, libg.a and libg_nano.a.
#define LIBC "*lib[cg][._]*:"

// The first entry that matches counts.
static const struct explain_known code[] = {
        {"__aeabi_memcpy* __aeabi_memmove* __aeabi_memset* __aeabi_memclr* "
         "memcpy memmove memset bcopy bzero __memcpy_* __memset_*",
                LIBC "*mem*",
                "Compilers emit calls to memcpy, memmove and memset for loops "
                "that copy or clear, for `struct a = *b;` and for initialised "
                "local arrays, not only where the source calls them.",
                "Define the function yourself in RAM, which replaces the library's "
                "everywhere: "
                "__attribute__((section(\".RamFunc\"), noinline, optimize(\"no-tree-loop-distribute-patterns\"))), so that its loop is no call of itself. Or do without the call: for a loop, compile the file with -fno-tree-loop-distribute-patterns (Clang: -fno-builtin), or mark the function that has it __attribute__((optimize(\"no-tree-loop-distribute-patterns\"))); no flag stops it for structs and initialised arrays, so assign those member by member, or copy in such a loop.",
                EXPLAIN_ANYWHERE},
        {"strlen strcpy strncpy strcmp strncmp memcmp memchr strchr", LIBC "*",
                "A function of the C library; GCC also emits strlen for a loop "
                "that looks for the end of a string.",
                "Write the loop, in a file compiled with -fno-builtin "
                "-fno-tree-loop-distribute-patterns.",
                EXPLAIN_LIBRARY},
        {"__aeabi_uldivmod __aeabi_ldivmod __udivdi3 __divdi3 __umoddi3 "
         "__moddi3 __udivmoddi4 __divmoddi4",
                LIBGCC,
                "A Cortex-M has no 64-bit division: / and % on 64-bit values "
                "are a call into libgcc.",
                "Divide before the outage, keep the value in 32 bits, or "
                "divide by powers of two only.",
                EXPLAIN_ANYWHERE},
        {"__aeabi_uidiv* __aeabi_idiv* __udivsi3 __divsi3 __umodsi3 __modsi3",
                LIBGCC,
                "This core (ARMv6-M) has no division: / and % are a call into "
                "libgcc, even by a constant.",
                "Divide before the outage, or by powers of two only.",
                EXPLAIN_ANYWHERE},
        {"__aeabi_ldiv0 __aeabi_idiv0", LIBGCC,
                "libgcc's divisions call it on a division by zero.",
                "It disappears with the division that calls it.",
                EXPLAIN_ANYWHERE},
        {"__aeabi_lmul __muldi3", LIBGCC,
                "This core (ARMv6-M) has no 32 x 32 to 64 bit multiplication: "
                "a 64-bit product is a call into libgcc.",
                "Keep the product in 32 bits, or compute it before the outage.",
                EXPLAIN_ANYWHERE},
        {"__aeabi_llsl __aeabi_llsr __aeabi_lasr __ashldi3 __lshrdi3 __ashrdi3 "
         "__aeabi_lcmp __aeabi_ulcmp",
                LIBGCC,
                "A 64-bit shift or comparison that the compiler does by a call "
                "into libgcc.",
                "Use 32-bit values, or a shift by a constant.",
                EXPLAIN_ANYWHERE},
        {"__clz?i2 __ctz?i2 __ffs?i2 __popcount?i2 __parity?i2 __bswap?i2 "
         "__clrsb?i2",
                LIBGCC,
                "A bit-counting builtin that is no instruction on this core "
                "and becomes a call into libgcc, which may read a table.",
                "Write the loop over the bits.", EXPLAIN_ANYWHERE},
        {"__gnu_thumb1_case_*", LIBGCC,
                "On ARMv6-M a dense switch is a call of this helper with a "
                "table behind it.",
                "Compile the file with -fno-jump-tables, or mark the function "
                "__attribute__((optimize(\"no-jump-tables\"))).",
                EXPLAIN_ANYWHERE},
        {"__aeabi_d* __aeabi_cd* __aeabi_?2d __aeabi_??2d __aeabi_f2d __adddf3 "
         "__subdf3 __muldf3 __divdf3 __negdf2 __*df2 __fix*df?i __float*df "
         "__extendsfdf2 __truncdfsf2",
                LIBGCC,
                "Arithmetic in double, which the core does not have: each "
                "operation is a call into libgcc. A constant without `f` (2.5) "
                "and a float passed to printf are double.",
                "Write 2.5f, look with -Wdouble-promotion, or use integers in "
                "the outage.",
                EXPLAIN_ANYWHERE},
        {"__aeabi_f* __aeabi_cf* __aeabi_?2f __aeabi_??2f __addsf3 __subsf3 "
         "__mulsf3 __divsf3 __negsf2 __*sf2 __fix*sf?i __float*sf",
                LIBGCC,
                "Floating point in software: each operation is a call into "
                "libgcc.",
                "If the core has an FPU, compile everything with -mfpu= and "
                "-mfloat-abi=hard (Cortex-M4F: -mfpu=fpv4-sp-d16); else use "
                "integers in the outage.",
                EXPLAIN_ANYWHERE},
        {"sqrtf sqrt __ieee754_sqrt*", "*libm*.a:*",
                "With an FPU the square root is one instruction, but GCC calls "
                "the library anyway, because the library sets errno.",
                "Compile the file with -fno-math-errno (the function attribute "
                "does not reach this); without an FPU compute it before the "
                "outage.",
                EXPLAIN_LIBRARY},
        {"sin sinf cos cosf tan tanf exp expf log logf pow powf fmod fmodf "
         "floor floorf ceil ceilf round roundf lrint lrintf fmin fminf fmax "
         "fmaxf atan* asin* acos* ldexp* frexp* __ieee754_* __kernel_*",
                "*libm*.a:*", "A function of the C library's mathematics.",
                "Compute it before the outage, or use integers.",
                EXPLAIN_LIBRARY},
        {"__stack_chk_fail __stack_chk_fail_local", NULL,
                "-fstack-protector adds a check to the end of functions, and "
                "this call for the case that it fails.",
                "Mark the function __attribute__((no_stack_protector)) (GCC 11 "
                "and later, Clang; before: "
                "__attribute__((optimize(\"no-stack-protector\")))), compile "
                "its file with -fno-stack-protector, or define "
                "__stack_chk_fail in RAM, and keep __stack_chk_guard in RAM.",
                EXPLAIN_ANYWHERE},
        {"__cyg_profile_func_* __gnu_mcount_nc mcount", NULL,
                "-finstrument-functions or -pg adds a call to each function.",
                "Mark the function __attribute__((no_instrument_function)), or "
                "compile its file without the flag.",
                EXPLAIN_ANYWHERE},
        {"__assert_func __assert assert_failed", NULL,
                "An assertion and its report.",
                "Compile the file with -DNDEBUG (ST's HAL: without "
                "USE_FULL_ASSERT), or let the resident code count the failure "
                "and report it after the outage.",
                EXPLAIN_ANYWHERE},
        {"__atomic_* __sync_*", NULL,
                "An atomic operation that the core has no instruction for.",
                "Mask interrupts around a plain one; in an outage they mostly "
                "are.",
                EXPLAIN_ANYWHERE},
        {"abort", LIBC "*",
                "A function of the C library, which an assertion or a trap of "
                "the compiler calls.",
                "Compile the file with -DNDEBUG, or let the resident code count "
                "the failure and report it after the outage.",
                EXPLAIN_LIBRARY},
        {"printf ?printf ?nprintf v?printf v?nprintf iprintf ?iprintf "
         "?niprintf v?iprintf v?niprintf asprintf vasprintf asniprintf scanf "
         "?scanf v?scanf iscanf ?iscanf v?iscanf _*printf_r _*scanf_r puts "
         "putchar fputs fputc fwrite malloc free calloc realloc _malloc_r "
         "_free_r _calloc_r _realloc_r _puts_r _write _write_r _sbrk _sbrk_r",
                LIBC "*", "A function of the C library.",
                "It does not belong in an outage: keep the message, and print "
                "it afterwards.",
                EXPLAIN_LIBRARY},
        {"HAL_GetTick HAL_Delay HAL_IncTick HAL_InitTick", NULL,
                "The time base of ST's HAL. With interrupts masked it stands "
                "still, so that a wait for it never ends, from RAM as well.",
                "Count loops or the cycle counter (DWT->CYCCNT) in the outage; "
                "or define this weak function yourself, resident.",
                EXPLAIN_ANYWHERE},
        {"LL_* NVIC_* __NVIC_* SCB_* __get_* __set_* __disable_irq "
         "__enable_irq __DSB __ISB __DMB",
                NULL,
                "A `static inline` function of a vendor header that was not "
                "inlined: always at -O0, sometimes at -Os.",
                "Compile the file with -Og or higher; or write the register "
                "access itself.",
                EXPLAIN_HEADER},
        {"HAL_* BSP_* *_HAL_* SystemCoreClockUpdate", NULL,
                "By its name a function of the vendor's library. It is compiled "
                "into .text like any other, and what it calls as well (assert, tick, "
                "callbacks).",
                "Write the few register accesses into a resident function; or "
                "move the library's object, and look at what it calls.",
                EXPLAIN_ANYWHERE},
        {"xTask* vTask* xQueue* osDelay osKernel* k_sleep tx_thread_* "
         "tx_queue_* tx_semaphore_* tx_mutex_* tx_event_flags_* tx_byte_* "
         "tx_block_*",
                NULL,
                "By its name a service of the operating system. It may switch to code in "
                "flash.",
                "Not in an outage: call it before or after.", EXPLAIN_ANYWHERE},
};

static const struct explain_known data[] = {
        {"CSWTCH.* *switch.table.*", NULL,
                "A switch that only picks constants became a table, which lies "
                "in .rodata, wherever the function is.",
                "Compile the file with -fno-tree-switch-conversion (Clang: "
                "-fno-jump-tables), or mark the function "
                "__attribute__((optimize(\"no-tree-switch-conversion\"))).",
                EXPLAIN_ANYWHERE},
        {"__func__.* __FUNCTION__.* __PRETTY_FUNCTION__.*", NULL,
                "The function's name as a string, from an assertion or a log "
                "macro.",
                "Compile the file with -DNDEBUG, or take the macro out.",
                EXPLAIN_ANYWHERE},
        {"__stack_chk_guard", NULL, "The stack protector's reference value.",
                "Define it as a variable: `uintptr_t __stack_chk_guard = "
                "0xbadc0de5;` without const, with __attribute__((used)) under "
                "LTO and a section: section(\".data.guard\").",
                EXPLAIN_ANYWHERE},
        {"__clz_tab __popcount_tab", LIBGCC,
                "A table of libgcc for counting bits.",
                "Write the loop over the bits.", EXPLAIN_ANYWHERE},
        {"_ctype_ __ctype_ptr__", LIBC "*",
                "The table behind isdigit() and its like.",
                "Compare with characters: c >= '0' && c <= '9'.",
                EXPLAIN_LIBRARY},
        {"_impure_ptr _global_impure_ptr __sf_fake_*", LIBC "*",
                "State of the C library.",
                "A function of the library is used; avoid that one.",
                EXPLAIN_LIBRARY},
        {"AHBPrescTable APBPrescTable MSIRangeTable", NULL,
                "A table of CMSIS, read when clocks are computed.",
                "Compute clock figures before the outage.", EXPLAIN_ANYWHERE},
};

// One of the words of patterns.
static bool matches(const char *patterns, const char *name) {
    char word[64];
    while (*patterns) {
        const size_t length = strcspn(patterns, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, patterns);
        if (match_name(word, name)) {
            return true;
        }
        patterns += length;
        patterns += strspn(patterns, " ");
    }
    return false;
}

/// Where it comes from ///

// An archive of a compiler or a C library.
static bool of_toolchain(const char *archive) {
    static const char patterns[] =
            "libc.a libc_*.a libg.a libg_*.a libm.a libm_*.a libgcc*.a libnosys*.a "
            "librdimon*.a libsemihost*.a libclang_rt* libstdc++*.a libsupc++*.a "
            "libc++*.a libpicolibc*.a";
    return matches(patterns, archive);
}

static bool is_source(const char *name) {
    return matches("*.c *.cc *.cpp *.cxx *.C *.S *.s *.asm", name);
}

// Sources of newlib, picolibc and libgcc, as their debug information has them.
static bool is_toolchain_source(const char *name) {
    return matches("*newlib/* *picolibc/* *libgcc/* libgcc2.c *libc/* *libm/*",
            name);
}

bool explain_elsewhere_(const struct check_finding *f) {
    const char *object = f->target_object;
    const char *open = object ? strrchr(object, '(') : NULL;
    if (open) {
        char archive[64];
        const char *slash = memrchr(object, '/', (size_t)(open - object));
        const char *name = slash ? slash + 1 : object;
        snprintf(archive, sizeof archive, "%.*s", (int)(open - name), name);
        return !of_toolchain(archive);
    }
    return object &&
            (f->target_mapped ||
                    (is_source(object) && !is_toolchain_source(object)));
}

static bool is_header(const char *file) {
    return matches("*.h *.hh *.hpp *.inl", file);
}

static bool fits(const struct explain_known *known,
        const struct check_finding *f) {
    switch (known->where) {
    case EXPLAIN_LIBRARY:
        return !explain_elsewhere_(f);
    case EXPLAIN_HEADER:
        return !f->target_file || is_header(f->target_file);
    case EXPLAIN_ANYWHERE:
        break;
    }
    return true;
}

static const struct explain_known *find(const struct explain_known *list,
        size_t count, const struct check_finding *f) {
    const char *const names[] = {f->target, f->alias};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; names[k] && i < count; i++) {
            if (matches(list[i].pattern, names[k]) && fits(&list[i], f)) {
                return &list[i];
            }
        }
    }
    return NULL;
}

const struct explain_known *explain_code_(const struct check_finding *f) {
    return find(code, sizeof code / sizeof code[0], f);
}

const struct explain_known *explain_data_(const struct check_finding *f) {
    return find(data, sizeof data / sizeof data[0], f);
}
