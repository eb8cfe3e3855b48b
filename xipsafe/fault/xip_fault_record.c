/*
 * xip_fault_record - the handlers: from the fault to the record, resident
 *
 * SPDX-License-Identifier: MIT
 *
 * Arm v6-M, v7-M and v8-M Architecture Reference Manuals: exception entry,
 * EXC_RETURN, system control block. The header of the record is sealed before
 * anything doubtful is read, so that it is there even if that read hangs the
 * bus and a watchdog ends it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "xip_fault_priv.h"
#include "xip_resident.h"

#if defined(__ICCARM__) || !defined(__GNUC__)
#error "the fault recorder is GNU C (GCC, Clang, armclang): docs/CAVEATS.md"
#endif

#define REG(addr) (*(volatile uint32_t *)(addr))
#define CFSR REG(0xE000ED28u)
#define CCR REG(0xE000ED14u)

// 2: Armv7-M and v8-M Mainline (ACLE).
#define MAINLINE (__ARM_ARCH_ISA_THUMB == 2)
#define V8M (MAINLINE && __ARM_ARCH >= 8)

// May the recorder read the word at addr? Stack and code, never a register,
// never the window. A core with a BusFault survives a wrong yes.
#ifndef XIP_CFG_FAULT_MAY_READ
#ifdef XIP_CFG_FAULT_RAM_BYTES
#define XIP_CFG_FAULT_MAY_READ(addr) \
    ((addr)-XIP_CFG_FAULT_RAM_ADDR < XIP_CFG_FAULT_RAM_BYTES)
#elif MAINLINE
#define XIP_CFG_FAULT_MAY_READ(addr) ((addr) < 0x40000000u)
#else
#error "a wrong read locks this core up: set XIP_CFG_FAULT_RAM_BYTES"
#endif
#endif

enum {
    CFSR_MSTKERR = 1 << 4,
    CFSR_PRECISERR = 1 << 9,
    CFSR_STKERR = 1 << 12,
    CFSR_BFARVALID = 1 << 15,
    CFSR_STKOF = 1 << 20,
    CCR_BFHFNMIGN = 1 << 8,
    RETURN_PSP = 1 << 2,
    RETURN_THREAD = 1 << 3,
    RETURN_BASIC = 1 << 4,
    XPSR_ALIGNED = 1 << 9,
    CONTROL_SPSEL = 1 << 1,
    CONTROL_FPCA = 1 << 2,
};
#define SCB_VTOR 2
#define SCB_CFSR 10

// clang knows memory without contents by the name .bss only.
#ifdef __clang__
#define KEPT section(".bss.noinit.xip_fault")
#else
#define KEPT section(".noinit.xip_fault")
#endif
__attribute__((KEPT, aligned(8))) union xip_fault_store xip_fault_record_;
struct xip_fault_state xip_fault_state_;
// In use only while a fault is recorded.
__attribute__((aligned(8), used))
uint32_t xip_fault_stack_[XIP_CFG_FAULT_OWN_STACK_BYTES / 4];

// Absent without the rest of the library.
extern struct xip_breadcrumb xip_breadcrumb_ XIP_WEAK;

/// Entry ///

#define ENTRY_TEXT_(text) #text
#define ENTRY_TEXT(text) ENTRY_TEXT_(text)

#if V8M
#define ENTRY_MORE \
    "mrs r1, basepri\n mrs r2, faultmask\n mrs r4, msplim\n mrs r5, psplim\n" \
    "stmia r3!, {r1, r2, r4, r5}\n" \
    "movs r1, #0\n msr msplim, r1\n msr psplim, r1\n"
#elif MAINLINE
#define ENTRY_MORE "mrs r1, basepri\n mrs r2, faultmask\n stmia r3!, {r1, r2}\n"
#else
#define ENTRY_MORE ""
#endif

// r0, r1: file and line of a panic, else 0. Only instructions of every
// Cortex-M; no push, since the stack may be what is wrong.
XIP_RESIDENT __attribute__((naked, used)) void xip_fault_entry_(void) {
    __asm volatile(
            ".syntax unified\n"
            "mrs r2, primask\n"
            "cpsid i\n"
            "ldr r3, =xip_fault_state_\n"
            "stmia r3!, {r0, r1, r2, r4, r5, r6, r7}\n"
            "mov r4, r8\n"
            "mov r5, r9\n"
            "mov r6, r10\n"
            "mov r7, r11\n"
            "stmia r3!, {r4, r5, r6, r7}\n"
            "mov r1, lr\n"
            "mrs r2, msp\n"
            "mrs r4, psp\n"
            "mrs r5, control\n"
            "stmia r3!, {r1, r2, r4, r5}\n" ENTRY_MORE
            "ldr r1, =xip_fault_stack_ + " ENTRY_TEXT(
                    XIP_CFG_FAULT_OWN_STACK_BYTES) "\n"
                                                   "mov sp, r1\n"
                                                   "bl xip_fault_capture_\n"
                                                   ".ltorg\n");
}

XIP_RESIDENT __attribute__((naked)) void xip_fault_handler(void) {
    __asm volatile(".syntax unified\n"
                   "movs r0, #0\n"
                   "movs r1, #0\n"
                   "b xip_fault_entry_\n");
}

// An unprivileged thread may not read what is recorded: there an undefined
// instruction makes it a fault, with file and line in r0 and r1. In a handler
// CONTROL.nPRIV is the thread's and has no effect.
XIP_RESIDENT __attribute__((naked)) XIP_NORETURN void
xip_fault_panic(const char *file __attribute__((unused)),
        uint32_t line __attribute__((unused))) {
    __asm volatile(".syntax unified\n"
                   "mrs r2, ipsr\n"
                   "cmp r2, #0\n"
                   "bne 1f\n"
                   "mrs r2, control\n"
                   "lsls r2, r2, #31\n"
                   "bmi 2f\n"
                   "1: b xip_fault_entry_\n"
                   "2: udf #241\n");
}

#if XIP_CFG_FAULT_HANDLERS
#define HANDLER __attribute__((alias("xip_fault_handler")))
void HardFault_Handler(void) HANDLER;
#if XIP_CFG_FAULT_NMI
void NMI_Handler(void) HANDLER;
#endif
#if MAINLINE
void MemManage_Handler(void) HANDLER;
void BusFault_Handler(void) HANDLER;
void UsageFault_Handler(void) HANDLER;
#endif
#if V8M
void SecureFault_Handler(void) HANDLER;
#endif
#endif

/// Sealing ///

XIP_RESIDENT static uint32_t crc_of(uint32_t size_bytes) {
    return xip_fault_crc_words_(&xip_fault_record_.record.layout,
            &xip_fault_record_.words[size_bytes / 4u]);
}

// Positions in the record are indices, so that `xipsafe check` sees that no
// store leaves it.
XIP_RESIDENT static void seal(uint32_t end, uint32_t flags) {
    struct xip_fault_record *const r = &xip_fault_record_.record;
    r->flags = flags;
    r->size_bytes = 4u * end;
    r->crc = crc_of(r->size_bytes);
    r->magic = XIP_FAULT_MAGIC;
    __asm volatile("dsb" ::: "memory");
}

/// Doubtful memory ///

// Can the word at addr be read? Then it is in xip_fault_state_.word.
XIP_RESIDENT static bool xip_fault_read_word(uint32_t addr) {
    if ((addr & 3u) != 0u || !(XIP_CFG_FAULT_MAY_READ(addr))) {
        return false;
    }
#if MAINLINE
    // With BFHFNMIGN and the priority of HardFault a bus error only leaves its
    // status, which is in the record already.
    CFSR = CFSR_PRECISERR | CFSR_BFARVALID;
    xip_fault_state_.word = *(const volatile uint32_t *)(uintptr_t)addr;
    __asm volatile("dsb" ::: "memory");
    return (CFSR & CFSR_PRECISERR) == 0u;
#else
    xip_fault_state_.word = *(const volatile uint32_t *)(uintptr_t)addr;
    return true;
#endif
}

// As many of `words` as can be read. Returns where the next piece begins.
XIP_RESIDENT static uint32_t save_memory(uint32_t piece, uint32_t addr,
        uint32_t words) {
    uint32_t *const to = xip_fault_record_.words;
    uint32_t at = piece + 2u;
    to[piece + 1u] = addr;
    while (words-- != 0u && xip_fault_read_word(addr)) {
        to[at++] = xip_fault_state_.word;
        addr += 4u;
    }
    to[piece] = XIP_FAULT_PIECE_MEMORY << 24 | 4u * (at - piece - 2u);
    return at;
}

#if XIP_CFG_FAULT_FP
// S0 to S15 of the code at fault may still be in the registers, with only room
// for them on the stack (LSPACT). Any FP instruction would store them there
// first, to a stack that may not be writable, and then reset FPSCR. Without
// LSPACT nothing is stored; with FPCA set FPSCR stays.
XIP_RESIDENT static uint32_t save_fp(uint32_t piece, uint32_t control) {
    uint32_t *const to = xip_fault_record_.words;
    if ((REG(0xE000ED88u) & 0x00F00000u) != 0x00F00000u) {
        return piece;
    }
    REG(0xE000EF34u) &= ~1u;
    __asm volatile("msr control, %0\n"
                   "isb\n"
                   "vstm %1, {s0-s31}\n"
                   "vmrs %0, fpscr\n"
                   : "+r"(control)
                   : "r"(&to[piece + 2u])
                   : "memory");
    to[piece] = XIP_FAULT_PIECE_FP << 24 | 33u * 4u;
    to[piece + 1u] = 0;
    to[piece + 2u + 32u] = control;
    return piece + 2u + 33u;
}
#endif

/// Capture ///

#if MAINLINE
#define LOST_BITS (CFSR_MSTKERR | CFSR_STKERR | CFSR_STKOF)
#else
#define LOST_BITS 0
#endif

XIP_ALWAYS_INLINE uint32_t frame_bytes(uint32_t exc_return) {
    if ((exc_return & RETURN_BASIC) != 0u || !MAINLINE) {
        return 0x20u;
    }
#if V8M
    if ((REG(0xE000EF34u) & 1u << 26) != 0u) { // FPCCR.TS
        return 0xA8u;
    }
#endif
    return 0x68u;
}

// Armv8-M: EXC_RETURN.S and .ES differ. Not so without Security Extension.
XIP_ALWAYS_INLINE uint32_t other_state(uint32_t exc_return) {
    return __ARM_ARCH >= 8 && ((exc_return ^ (exc_return >> 6)) & 1u) != 0u
            ? XIP_FAULT_OTHER_STATE
            : 0u;
}

// Registers of the interrupted code from its exception frame. False: lost.
XIP_ALWAYS_INLINE bool take_frame(struct xip_fault_record *r) {
    const uint32_t exc_return = r->saved.exc_return;
    uint32_t frame = (exc_return & RETURN_PSP) != 0u &&
                    (exc_return & RETURN_THREAD) != 0u
            ? r->saved.process_sp
            : r->saved.main_sp;
    r->sp = frame;
    if ((r->scb[SCB_CFSR] & LOST_BITS) != 0u) {
        return false;
    }
    for (unsigned i = 0; i < 8u; i++) {
        if (!xip_fault_read_word(frame + 4u * i)) {
            return false;
        }
        r->frame[i] = xip_fault_state_.word;
    }
    r->sp = frame + frame_bytes(exc_return) +
            ((r->frame[XIP_FAULT_XPSR] & XPSR_ALIGNED) != 0u ? 4u : 0u);
    return true;
}

XIP_ALWAYS_INLINE void take_registers(struct xip_fault_record *r) {
    // Word by word: an assignment would be a call of memcpy().
    const volatile uint32_t *const from =
            (const volatile uint32_t *)&xip_fault_state_.saved;
    volatile uint32_t *const to = (volatile uint32_t *)&r->saved;
    for (unsigned i = 0; i < sizeof(r->saved) / 4u; i++) {
        to[i] = from[i];
    }
    r->sp = 0;
    for (unsigned i = 0; i < 8u; i++) {
        r->frame[i] = 0;
    }
    __asm volatile("mrs %0, ipsr" : "=r"(r->ipsr));
    const volatile uint32_t *const scb = &REG(0xE000ED00u);
    for (unsigned i = 0; i < 16u; i++) {
        r->scb[i] = scb[i];
    }
    r->cpacr = 0;
    r->mpu_ctrl = 0;
    r->sfsr = 0;
    r->sfar = 0;
    r->abfsr = 0;
    r->fpccr = 0;
    r->fpcar = 0;
    r->fpdscr = 0;
#if MAINLINE
    r->cpacr = scb[0x88 / 4];
    r->mpu_ctrl = scb[0x94 / 4];
    r->fpccr = scb[0x234 / 4];
    r->fpcar = scb[0x238 / 4];
    r->fpdscr = scb[0x23C / 4];
    if ((r->scb[0] & 0xFFF0u) == 0xC270u) { // Cortex-M7
        r->abfsr = scb[0x2A8 / 4];
    }
#if V8M
    r->sfsr = scb[0xE4 / 4];
    r->sfar = scb[0xE8 / 4];
#endif
#endif
    r->breadcrumb = 0;
    r->breadcrumb_off = 0;
    if (&xip_breadcrumb_ != NULL) {
        r->breadcrumb = xip_breadcrumb_.state;
        r->breadcrumb_off = xip_breadcrumb_.off;
    }
}

XIP_ALWAYS_INLINE void capture(struct xip_fault_record *r,
        struct xip_fault_state *s) {
    s->busy = XIP_FAULT_BUSY_;
    r->later = 0;
    r->reset_cause = XIP_FAULT_NO_CAUSE;
    r->layout = sizeof(*r) << 16 | XIP_FAULT_LAYOUT;
    take_registers(r);
    uint32_t flags = (V8M ? XIP_FAULT_V8M : 0u) |
            (MAINLINE ? 0u : XIP_FAULT_BASELINE) |
            (s->has_build_id & XIP_FAULT_HAS_BUILD_ID);
    uint32_t end = sizeof(*r) / 4u;
    const bool panic = r->saved.exc_return < 0xFF000000u; // no EXC_RETURN
    if (panic) {
        flags |= XIP_FAULT_PANIC;
        r->sp = (r->saved.control & CONTROL_SPSEL) != 0u ? r->saved.process_sp
                                                         : r->saved.main_sp;
    } else {
        flags |= XIP_FAULT_FRAME_LOST | other_state(r->saved.exc_return);
    }
    seal(end, flags | XIP_FAULT_HEADER_ONLY);
#if MAINLINE
    __asm volatile("cpsid f" ::: "memory");
    REG(0xE000ED94u) = 0; // the MPU, which BFHFNMIGN does not cover
    CCR |= CCR_BFHFNMIGN;
    __asm volatile("dsb\n\tisb" ::: "memory");
#endif
    if (!panic && (flags & XIP_FAULT_OTHER_STATE) == 0u && take_frame(r)) {
        flags &= ~XIP_FAULT_FRAME_LOST;
        seal(end, flags | XIP_FAULT_HEADER_ONLY);
    }
    // After an overflow SP is below the memory: its contents begin above. With
    // nothing above, what the stack of this vector table ends with.
    const uint32_t sp = r->sp & ~3u;
    uint32_t from = sp;
    for (unsigned i = 0; i < 256u && !xip_fault_read_word(from); i++) {
        from = (from | 0x3FFu) + 1u;
    }
    if (from < sp && xip_fault_read_word(r->scb[SCB_VTOR])) {
        from = xip_fault_state_.word - 4u * XIP_CFG_FAULT_STACK_WORDS;
    }
    end = save_memory(end, from, XIP_CFG_FAULT_STACK_WORDS);
    end = save_memory(end, r->frame[XIP_FAULT_PC] & ~3u, XIP_FAULT_CODE_WORDS_);
#if XIP_FAULT_RANGES_ > 0
    uint32_t used = 0;
    for (unsigned i = 0; i < XIP_FAULT_RANGES_; i++) {
        // Start-up may not have cleared it yet.
        const uint32_t words = s->range[i].len_bytes / 4u;
        if (words <= XIP_CFG_FAULT_RANGE_BYTES / 4u - used) {
            end = save_memory(end, s->range[i].addr, words);
            used += words;
        }
    }
#endif
#if XIP_CFG_FAULT_FP
    end = save_fp(end, s->saved.control | CONTROL_FPCA);
#endif
    seal(end, flags);
}

XIP_RESIDENT __attribute__((used)) void xip_fault_capture_(void) {
    struct xip_fault_record *const r = &xip_fault_record_.record;
    struct xip_fault_state *const s = &xip_fault_state_;
    // A fault in xip_fault_finish(), or one before the first was read.
    if (s->busy == XIP_FAULT_BUSY_ || r->magic == XIP_FAULT_MAGIC) {
        r->later++;
    } else {
        capture(r, s);
    }
    for (;;) {
        xip_fault_finish(r);
    }
}

XIP_RESIDENT __attribute__((weak)) void
xip_fault_finish(const struct xip_fault_record *record) {
    (void)record;
#if MAINLINE
    while ((REG(0xE000EDF0u) & 1u) != 0u) { // DHCSR.C_DEBUGEN
        // No BKPT: without a debugger it would be a fault.
    }
#endif
    __asm volatile("dsb" ::: "memory");
    REG(0xE000ED0Cu) = 0x05FA0004u; // AIRCR: SYSRESETREQ
    for (;;) {
        // The reset takes a few cycles.
    }
}
