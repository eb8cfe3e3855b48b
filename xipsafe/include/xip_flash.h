/*
 * xip_flash - erase, program and read the NOR flash this firmware runs from
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/flash: ordinary code over resident code: argument checks,
 * page splitting, bounce buffer, policy, regions.
 *
 * Room xipsafe/include: the contract: every type and function that a user of
 * the library sees.
 *
 * A NOR chip that is erasing or programming answers reads with garbage, and
 * its controller cannot serve the window while it sends commands. Nothing may
 * fetch from the window meanwhile: not the caller, not an interrupt handler,
 * not DMA, not a constant table. Each call below opens a series of outages,
 * one per erase unit or page. During an outage only resident code runs, with
 * interrupts masked, or with those above the ceiling running from resident
 * code; between outages the firmware runs normally.
 *
 * NMI and HardFault cannot be masked: the vector table and their handlers have
 * to be resident whatever you configure (xip_flash_vectors_move helps).
 *
 * Call context, unless a function says otherwise:
 *   privileged thread: yes   interrupt handler: no (XIP_ERR_CONTEXT)
 *   interrupts masked by the caller: yes, they stay masked, and while any
 *   mask is raised nothing is suspended for an interrupt that waits
 *   two threads on one device: refused with XIP_ERR_BUSY, or they wait if a
 *   lock hook is set
 *
 * Power loss, unless a function says otherwise: the unit (erase block or page)
 * under operation is undefined, even if it reads as 0xff; nothing else changes.
 */
#ifndef XIP_FLASH_H
#define XIP_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xip_err.h"
#include "xip_part.h"
#include "xip_resident.h"
#include "xip_version.h"

#ifdef __cplusplus
extern "C" {
#endif

// Allow erasing and programming what the running image occupies. You then
// answer for every fetch until the next reset.
#define XIP_FLASH_ALLOW_RUNNING 0x01u
// Do not read back after erase and program.
#define XIP_FLASH_NO_VERIFY 0x02u
// bringup only: set the non-volatile quad enable bit where the part has no
// volatile one. Never written when it is already set.
#define XIP_FLASH_NONVOLATILE_QE 0x04u

// Throughput first: on a part that cannot suspend use its largest erase unit,
// not its smallest. Costs latency: see xip_flash_latency_us.
#define XIP_FLASH_THROUGHPUT 0x08u

// Words that are compared behind the mask of each outage: what an interrupt
// between the checks and the mask may have changed. 3; with a ceiling besides
// NVIC enable words, priority words of enabled interrupts, vectors above the
// ceiling; STM32L4: up to 29 for DMA. Each costs 8 bytes of struct xip_flash
// and, in xip_flash_latency_us, 14 cycles. Too few: XIP_ERR_CONFIG.
#ifndef XIP_CFG_WATCH_WORDS
#define XIP_CFG_WATCH_WORDS 64u
#endif

// A store that keeps a watchdog from expiring. interval_us 0: none.
struct xip_watchdog {
    volatile uint32_t *reg;
    uint32_t value;
    uint32_t interval_us;
};

// Ordinary code, called with the window open; may live in the flash. ctx is
// the config's hook_ctx. Any of them may be NULL.
struct xip_flash_hooks {
    // Between two units and while one is suspended: let other work run (an
    // RTOS delay, a poll loop). With it each page is an outage of its own,
    // which costs a program a fifth of its speed. Threads that run meanwhile
    // may use the device: they wait for the lock, or get XIP_ERR_BUSY without
    // one.
    void (*yield)(void *ctx);
    // After each erase unit and each few pages. done_bytes of total_bytes of
    // this call.
    void (*progress)(void *ctx, uint32_t done_bytes, uint32_t total_bytes);
    // Mutual exclusion of threads. lock blocks until it has the device.
    void (*lock)(void *ctx);
    void (*unlock)(void *ctx);
    // Stop and restart bus masters that read the window. quiesce returns 0, or
    // a negative code that the call hands to its caller, nothing changed.
    int (*quiesce)(void *ctx);
    void (*release)(void *ctx);
    // SysTick wraps lost in one outage and, while the caller masks the tick,
    // since the one before it in the same call; never called with 0. Keep the
    // caller's mask as it is.
    void (*lost_ticks)(void *ctx, uint32_t ticks);
};

struct xip_flash_config {
    uint32_t window_addr; // where the chip is mapped, 0x90000000 on STM32
    uint32_t hclk_hz;     // core clock: turns microseconds into cycles

    // BASEPRI value during an outage, in register form (priority in the upper
    // bits). 0: mask everything (PRIMASK). Interrupts of a smaller number than
    // this, priority 0 included, go on and must be resident: checked. Cores
    // without BASEPRI (M0, M0+, M23) refuse any but 0 with XIP_ERR_PARAM.
    uint8_t ceiling;
    uint8_t flags; // XIP_FLASH_*

    // Number of the MPU region that fences the window off while an outage is
    // open: each load, store and fetch of the core there then is a MemManage
    // fault (or a HardFault) with the breadcrumb open, from handlers above the
    // ceiling, too. Free, and above the regions that are in use there, or
    // XIP_ERR_CONFIG: best the highest, 7 on most. On Armv8-M it and the one
    // below it have to be free, and no more. An MPU that is off is on in
    // outages only. 0: none. Needs XIP_CFG_FENCE (XIP_ERR_PARAM). Not seen: DMA
    // and vector fetches, which are checked beforehand.
    uint8_t fence;

    // How long the chip works before it is suspended for an interrupt that
    // waits, in microseconds. 0, or less than the part needs to make progress:
    // that minimum. More: faster erases, longer waits.
    uint32_t slice_us;
    // How many interrupts in a row may find an operation that was begun or
    // resumed less than a slice ago and are served early all the same: after
    // the least time that the part allows, its least_us. Such a run makes no
    // progress. It is on credit: each whole slice that a resumed operation runs
    // later pays one back, so that progress stays guaranteed; a unit begins
    // owing nothing. 0, or a part without least_us: none. See
    // xip_flash_latency_sporadic_us.
    uint8_t credits;
    // Percent by which suspensions may slow down an erase; 0: no limit, the
    // lowest latency. A slice is then as long as the rate of the interrupts and
    // the cost of a suspension ask for, which is measured but for what a resume
    // costs the part: twice its suspend latency is assumed. Long runs pay for
    // some suspensions in advance, so that a rare interrupt waits for slice_us
    // as ever. credits then count for programs only.
    uint8_t slowdown_percent;
    // With it: latency in microseconds that may be declared for that, and is.
    // Less than the part needs: that. Where it does not suffice, the slow-down
    // is larger.
    uint32_t latency_us;
    // Largest erase unit to use, in bytes; 0: any. The smallest always may.
    uint32_t erase_max_bytes;

    // The running image in the window, start and length in bytes; refuses to
    // erase it. XIP_FLASH_IMAGE_FROM_LINKER fills it. 0, 0: not in the window.
    uint32_t image_addr;
    uint32_t image_bytes;

    // NULL: read SFDP (needs xip_sfdp.c in the build). May lie in the flash.
    const struct xip_flash_part *part;

    // RAM, at least one page (256 bytes), better several: a source in the
    // window passes through here, as much as it holds in one outage; read-back
    // uses none of it. NULL: such a source is refused with XIP_ERR_PARAM.
    void *bounce;
    uint32_t bounce_bytes;

    // Watchdog during an outage: a store of `value` to `*reg` whenever
    // `interval_us` have passed (0 = no watchdog). Not a call, so it is
    // provably resident. IWDG: &IWDG->KR, 0xAAAA. For a window watchdog choose
    // an interval in which its window opens, and feed it nowhere else but by
    // xip_flash_feed(). The first store comes an interval after attach, and
    // after a change of the clock.
    struct xip_watchdog watchdog;

    const struct xip_flash_hooks *hooks; // may lie in the flash
    void *hook_ctx;

    // NULL: the resident code linked into this image. Otherwise the table that
    // the boot program publishes (XIP_RESIDENT_TABLE_ADDR).
    const struct xip_resident_table *resident;
};

// Times in core cycles unless named otherwise; divide by hclk_hz.
struct xip_flash_stats {
    uint32_t outages;
    uint32_t suspensions; // outages that ended with the operation open
    uint32_t early;       // of them, before the slice was over: on credit
    uint32_t held_back;   // outages put off: the surroundings did not allow one
    uint32_t outage_max_cycles; // longest outage, whether or not one waited
    // Longest time an interrupt can have waited for the end of an outage: from
    // the last look that found none waiting. By enum xip_op_kind, and of all.
    uint32_t wait_max_cycles;
    uint32_t wait_cycles[XIP_OP_KINDS];
    uint64_t masked_cycles; // sum, sleep apart
    // Longest single chip operation; of pages that shared an outage the last
    // one is looked at.
    uint32_t busy_max_cycles;
    uint64_t busy_cycles; // sum: what the chip itself needed
    uint32_t erases;      // erase commands sent
    uint32_t programs;    // page programs sent
    uint32_t recoveries;  // chip resets after a time-out
    uint32_t sleeps;      // deep power-downs
    uint32_t lost_ticks;
};

// How long runs of an operation last, in core cycles.
struct xip_flash_pace {
    uint32_t slice;   // at least, UINT32_MAX: cannot be suspended
    uint32_t early;   // the same on credit
    uint32_t longest; // of a slice, for slowdown_percent
    uint32_t resume;  // that costs the part so much
};

// Caller-allocated, in resident RAM. Public, to be read: part, stats, stop_off,
// dirty_off, dirty_bytes, bad_exception. The rest belongs to the library.
struct xip_flash {
    struct xip_resident resident; // seen by resident code
    struct xip_flash_part part;
    struct xip_flash_config config;
    struct xip_flash_hooks hooks;
    struct xip_flash_stats stats;
    int (*run)(struct xip_resident *r, struct xip_op *op,
            const struct xip_watch *watch);
    struct xip_op op;  // under way or suspended
    uint32_t op_bytes; // of the array it works on
    uint32_t background_start, background_off, background_end;
    // After a cancel or XIP_ERR_TIMEOUT: the unit that was under way. 0 bytes:
    // none.
    uint32_t dirty_off, dirty_bytes;
    struct xip_flash_pace pace[2]; // of erases, of programs
    uint8_t owed;                  // slices, for early runs of this operation
    // With slowdown_percent: what erases have still to run for the suspensions
    // they have had, and the price of the last one.
    uint32_t due_cycles, price_cycles;
    uint8_t background;
    uint8_t polling; // in a poll or cancel, hooks included
    // SysTick at the end of the last outage of this call, followed while the
    // caller masks it.
    uint8_t tick_followed, tick_was_pending;
    uint32_t tick_end_cycles, tick_left_cycles;
#if XIP_CFG_FENCE
    uint32_t fence_bytes; // from window_addr on
#endif
    uint8_t volatile_saved; // what a recovery would write back is known
    uint32_t stop_off;      // after an error, first unit not completed
    uint16_t bad_exception; // after XIP_ERR_VECTOR: its exception number
    volatile uint8_t held;  // a call is under way
    uint8_t ready;
    struct xip_watch watch[XIP_CFG_WATCH_WORDS]; // as it was checked last
};

// Adopt a flash that is already mapped: the application's way in.
//
// Changes no bit of the chip and leaves the mapping exactly as it was, but for
// an operation that an earlier time-out has left suspended: that one it ends by
// a reset of the chip. Opens outages of at most a few hundred microseconds to
// read id, SFDP and registers. Works before a scheduler runs and with
// interrupts masked.
// Returns 0; PARAM, CONTEXT, VECTOR, ABI, RESIDENT; CONFIG if the window is
// not mapped, or by a mode that could not be left or restored after a reset of
// the chip; PART if the chip is unknown or does not answer.
int xip_flash_attach(struct xip_flash *dev,
        const struct xip_flash_config *config) XIP_MUST_CHECK;

// Take a controller that is clocked and has its pins, but in an unknown state,
// and a chip in any state, and end with the window mapped: the boot program's
// way in, from resident code's point of view not different from attach.
//
// Recovers a chip left in quad, continuous read, 4-byte address, deep
// power-down, suspended or busy state (waits up to the longest erase; the
// watchdog is kept alive). prescaler divides hclk for the flash clock
// (1 = undivided, at most 256).
// Returns as attach.
int xip_flash_bringup(struct xip_flash *dev,
        const struct xip_flash_config *config, unsigned prescaler)
        XIP_MUST_CHECK;

// Copy len bytes at chip offset off to data, through the window. No outage.
// Returns 0, PARAM or RANGE.
int xip_flash_read(struct xip_flash *dev, uint32_t off, void *data,
        uint32_t len_bytes) XIP_MUST_CHECK;

// Erase [off, off + len) to 0xff, lowest unit first, by the largest erase
// command that fits each place, and read it back.
//
// Both must be whole erase units: multiples of the smallest one, or what the
// chip has there (part.region_end). One outage per unit of up
// to that unit's part.erase[].max_us.
// Returns 0; refusals as listed in xip_err.h; PROTECT, TIMEOUT, VERIFY with
// dev->stop_off at the failing unit, units below it done.
int xip_flash_erase(struct xip_flash *dev, uint32_t off, uint32_t len_bytes)
        XIP_MUST_CHECK;

// Program len bytes from data, lowest page first, and read them back. Can only
// clear bits: over bytes that are not erased the result is the AND, reported
// as VERIFY.
//
// off and len are free; the library splits at page boundaries. data may lie in
// the flash (it is copied through the bounce buffer). One outage per page of
// up to part.page_max_us plus the transfer; as long as no interrupt waits and
// no yield hook is set, whole pages that follow each other share one.
// Returns as erase.
int xip_flash_program(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) XIP_MUST_CHECK;

// Compare [off, off + len) with data, through the window. No outage.
// Returns 0, PARAM, RANGE, or VERIFY with stop_off at the first difference.
int xip_flash_verify(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) XIP_MUST_CHECK;

// True if [off, off + len) reads as 0xff. No outage. A unit whose erase was
// interrupted can read blank and still lose bits: erase it again.
bool xip_flash_blank(struct xip_flash *dev, uint32_t off, uint32_t len_bytes);

// Erase in the background: begin, then poll until it no longer returns
// XIP_FLASH_MORE. Each poll is one outage of about a slice; between polls the
// erase is suspended and the window open (its unit reads as garbage, and
// xip_flash_read refuses it). Other calls get XIP_ERR_BUSY until it has ended
// or is cancelled. On a part that cannot suspend a poll is one whole unit.
// A poll that returns CONTEXT, VECTOR, DMA or a code of the quiesce hook has
// done nothing: poll again. quiesce and release are called around the outage of
// each poll. From a hook, poll and cancel return BUSY.
#define XIP_FLASH_MORE 1
int xip_flash_erase_begin(struct xip_flash *dev, uint32_t off,
        uint32_t len_bytes) XIP_MUST_CHECK;
int xip_flash_erase_poll(struct xip_flash *dev) XIP_MUST_CHECK;
// Ends a background erase. Lets the unit under way finish, in outages as an
// erase has them, and names it in dirty_off and dirty_bytes: not verified.
int xip_flash_erase_cancel(struct xip_flash *dev) XIP_MUST_CHECK;

// For a boot program, after xip_flash_bringup: erase the smallest unit at off,
// or program len bytes within one page from data, which is in RAM, and read
// back. A tenth of the code of the calls above. The caller answers for what
// those check: no interrupt is enabled, no bus master reads the window, the
// caller is not in it, and nothing else uses the device. Nothing is suspended.
// After TIMEOUT the chip was reset: bring it up again before reading.
// Returns 0, PARAM, RANGE, ALIGN; PROTECT, TIMEOUT, VERIFY.
int xip_flash_bare_erase(struct xip_flash *dev, uint32_t off) XIP_MUST_CHECK;
int xip_flash_bare_program(struct xip_flash *dev, uint32_t off,
        const void *data, uint32_t len_bytes) XIP_MUST_CHECK;

// Tell the new core clock after changing it. XIP_ERR_BUSY while an operation
// is under way, a background erase included: change the clock when it has
// ended.
int xip_flash_clock_changed(struct xip_flash *dev, uint32_t hclk_hz)
        XIP_MUST_CHECK;

// Feed the watchdog of the configuration, unless its interval since the last
// store has not passed, of an outage or of this function: in loops, in hooks
// and while an image is verified, as often as you like. Thread, or an interrupt
// that no outage leaves running; the cycle counter has to count.
void xip_flash_feed(struct xip_flash *dev);

// A window watchdog was just started, or fed by other code: the interval begins
// now. Context as above.
void xip_flash_fed(struct xip_flash *dev);

// False while an operation is under way or suspended: no stop mode then (it
// stops the controller's clock), no reset, no clock change. Suspended, too, is
// what XIP_ERR_TIMEOUT or XIP_ERR_HELD has left, until the next erase, program,
// sleep or attach ends it. Any context.
bool xip_flash_idle(const struct xip_flash *dev);

// Put the chip into deep power-down (JEDEC B9h; some 20 uA less on most parts),
// wait for an interrupt (WFI), release it (ABh) and map it again. Returns as
// soon as an enabled interrupt is pending, which then runs unless the caller
// masks it, by PRIMASK or BASEPRI; at once if one is.
//
// All interrupts are masked meanwhile, those above the ceiling too: any of them
// waits for up to xip_flash_wake_us(). Nothing feeds the watchdog: wake up in
// time. SLEEPDEEP counts as the caller has set it; untried on silicon. Meant
// for an idle loop; with PRIMASK set by the caller nothing can become pending
// unnoticed between its last look and this call. Takes no lock and calls no
// hook.
// Power loss and reset leave the chip asleep at worst: xip_flash_bringup wakes
// it. Returns 0; PARAM; PART if the part has no deep power-down; BUSY while an
// operation is under way or suspended; CONTEXT, VECTOR, DMA as the others;
// TIMEOUT if the chip had to be reset to wake up.
int xip_flash_sleep(struct xip_flash *dev) XIP_MUST_CHECK;

// Declared worst time in microseconds that xip_flash_sleep adds to an
// interrupt's latency; contained in xip_flash_latency_us. 0: cannot sleep.
uint32_t xip_flash_wake_us(const struct xip_flash *dev);

// Declared worst time in microseconds for which one outage keeps a waiting
// interrupt from running, for this part and configuration: slice, suspend
// latency and the commands around them; the longest unit on a part that cannot
// suspend. Recoveries (stats.recoveries) apart. Any context.
//
// It ends with the outage. A handler that lies in the flash is then fetched
// from the window before its first instruction runs: at 80 MHz 3 us with EBh
// at 40 MHz, 7 us with 0Bh on one line; a resident one begins in 0.5 us.
uint32_t xip_flash_latency_us(const struct xip_flash *dev);

// The same for interrupts that come rarely: in any window_ms at most n of them
// find an operation that was begun or resumed less than a slice ago; those that
// find it later do not count. What runs while an operation is suspended
// (handlers, the yield hook, other threads) takes at most half of any such
// time.
//
// With config.credits at least n, and a window in which the credit is surely
// paid back (6 n + 2 times xip_flash_latency_us, rounded up to milliseconds),
// least_us takes the place of the slice: 109 us for a W25Q128JV at 80 MHz with
// a flash clock of 40 MHz, from 8 ms on for n 1. Otherwise, and for
// xip_flash_erase_poll in any case, as xip_flash_latency_us. xip_flash_sleep
// apart: xip_flash_wake_us. Any context.
uint32_t xip_flash_latency_sporadic_us(const struct xip_flash *dev, uint32_t n,
        uint32_t window_ms);

// Copy the vector table in use to `table` and point VTOR there. table must be
// resident RAM aligned to the next power of two of 4 * count bytes (512 for
// the 98 entries of an STM32L476). Any context but an interrupt handler.
// Returns 0, PARAM or CONTEXT.
int xip_flash_vectors_move(uint32_t *table, unsigned count) XIP_MUST_CHECK;

// Name of a code, for messages: "XIP_ERR_TIMEOUT". Lives in the flash.
const char *xip_err_name(int err);

// Symbols of xipsafe/linker/xip_image.ld, and image_addr and image_bytes from
// them: as two initialisers for C, one by one for C++.
extern const uint8_t xip_image_start_[], xip_image_end_[];
#ifdef __cplusplus
#define XIP_FLASH_IMAGE_ADDR \
    static_cast<uint32_t>(reinterpret_cast<uintptr_t>(xip_image_start_))
#define XIP_FLASH_IMAGE_BYTES \
    static_cast<uint32_t>(xip_image_end_ - xip_image_start_)
#else
#define XIP_FLASH_IMAGE_ADDR ((uint32_t)(uintptr_t)xip_image_start_)
#define XIP_FLASH_IMAGE_BYTES ((uint32_t)(xip_image_end_ - xip_image_start_))
#define XIP_FLASH_IMAGE_FROM_LINKER \
    .image_addr = XIP_FLASH_IMAGE_ADDR, .image_bytes = XIP_FLASH_IMAGE_BYTES
#endif

#ifdef __cplusplus
}
#endif

#endif
