/*
 * xip_compiler - the attributes that the library needs of a compiler
 *
 * SPDX-License-Identifier: MIT
 *
 * The one header to extend for another compiler. The attributes keep resident
 * code resident under the user's own flags: GCC turns copy loops into calls of
 * memcpy at -Os and constant switches into tables in .rodata, adds calls of
 * __stack_chk_fail with -fstack-protector-all, and inlines a RAM function back
 * into its caller in the flash.
 */
#ifndef XIP_COMPILER_H
#define XIP_COMPILER_H

// Section of resident code. The default is one that the linker scripts which
// CubeMX writes put into RAM and copy at start (*(.RamFunc*) in .data). A boot
// program in internal flash may leave it there.
#ifndef XIP_CFG_RESIDENT_SECTION
#define XIP_CFG_RESIDENT_SECTION ".RamFunc.xipsafe"
#endif

// Write XIP_RESIDENT at the definition of a function, not at declarations:
// clang refuses no_builtin there.

// clang-format off
#if defined(__clang__)
// Also armclang (untried), tiarmclang (untried). The stack protector is named
// as GCC 11 and clang 7 both know it.
#define XIP_RESIDENT \
    __attribute__((section(XIP_CFG_RESIDENT_SECTION), noinline, \
            no_stack_protector, no_builtin))
#define XIP_ALWAYS_INLINE static inline __attribute__((always_inline))
#define XIP_NOINIT __attribute__((section(".bss.xip_noinit")))
#define XIP_NOINLINE __attribute__((noinline))
#define XIP_MUST_CHECK __attribute__((warn_unused_result))
#elif defined(__GNUC__)
#define XIP_RESIDENT \
    __attribute__((section(XIP_CFG_RESIDENT_SECTION), noinline, noclone, \
            no_stack_protector, no_instrument_function, \
            optimize("no-tree-loop-distribute-patterns", \
                    "no-jump-tables", "no-tree-switch-conversion")))
#define XIP_ALWAYS_INLINE static inline __attribute__((always_inline))
#define XIP_NOINIT __attribute__((section(".noinit.xipsafe")))
#define XIP_NOINLINE __attribute__((noinline))
#define XIP_MUST_CHECK __attribute__((warn_unused_result))
#elif defined(__ICCARM__)
// Untried. Version 9 and later, which take GNU's __asm with operands; its
// start-up code copies __ramfunc. Compile with --no_unroll, no stack
// protection, and look at the map file for what resident code calls.
#define XIP_RESIDENT __ramfunc
#define XIP_ALWAYS_INLINE _Pragma("inline=forced") static inline
#define XIP_NOINIT __no_init
#define XIP_NOINLINE _Pragma("inline=never")
#define XIP_MUST_CHECK
#else
#error "name the attributes of this compiler here"
#endif
// clang-format on

#ifdef __cplusplus
#define XIP_NORETURN [[noreturn]]
#else
#define XIP_NORETURN _Noreturn
#endif

// XIP_NOINIT: a variable without a value at start, which takes no room in the
// image. clang knows that of .bss sections only: with it a variable stays
// over a reset only where a linker script says so (xip_noinit.ld).

// XIP_NOINLINE: a function that makes its callers larger by more than the calls
// take, in a boot program that has to be small; or one that a line of a notes
// file for `xipsafe check` is about.

// XIP_WEAK: a symbol that may be absent; its address is then NULL. Define it
// empty for a position-independent program that has them all: the address of a
// weak symbol comes from a table that such a program would have to fill in.
#ifndef XIP_WEAK
#ifdef __ICCARM__
#define XIP_WEAK __weak
#else
#define XIP_WEAK __attribute__((weak))
#endif
#endif

// A word at any address: an unaligned load on ARMv7-M, bytes on ARMv6-M.
struct xip_word_any {
    unsigned int value;
} __attribute__((packed, may_alias));

#endif
