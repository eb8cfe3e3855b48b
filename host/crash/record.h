/*
 * record - the fault record of a device, from a file
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/crash: the command `xipsafe crash`: what a fault record says, in
 * words, as a call stack, as JSON and as a core file.
 *
 * The file comes from a device that failed: any byte of it may be wrong, and
 * none may lead outside of the record.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_MEMORIES 20
#define RECORD_WHY_BYTES 240

struct record_memory {
    uint32_t addr, bytes;
    const uint8_t *data;
};

enum { RECORD_SP = 13, RECORD_LR, RECORD_PC, RECORD_XPSR };

struct record {
    uint8_t *bytes; // all of it
    size_t size;
    unsigned found;                // records in the file; this is the last one
    char damage[RECORD_WHY_BYTES]; // empty: CRC and sizes are right

    uint32_t flags, reset_cause, later;
    uint32_t r[17]; // r0 to r12, sp, lr, pc, xPSR
    bool frame_known;
    uint32_t msp, psp, msplim, psplim;
    uint32_t control, primask, basepri, faultmask, exc_return, ipsr;
    uint32_t scb[16]; // as at 0xE000ED00
    uint32_t cpacr, mpu_ctrl, sfsr, sfar, abfsr, fpccr, fpcar, fpdscr;
    uint32_t breadcrumb, breadcrumb_off;
    uint32_t file, line;
    uint8_t build_id[20];
    struct record_memory memory[RECORD_MEMORIES]; // the first is the stack
    size_t memories;
    const uint8_t *fp; // S0 to S31, FPSCR; NULL: none
    // Of another recorder: its name, and the reason that it gives.
    const char *foreign;
    uint32_t reason;
    bool no_status; // CFSR and the like are not in it
};

// Words of scb[].
enum {
    SCB_CPUID,
    SCB_ICSR,
    SCB_VTOR,
    SCB_CCR = 5,
    SCB_SHCSR = 9,
    SCB_CFSR,
    SCB_HFSR,
    SCB_DFSR,
    SCB_MMFAR,
    SCB_BFAR,
    SCB_AFSR,
};

// What the boot program printed of a reset without a record.
struct record_cut {
    bool seen;
    char kind[24]; // "an erase"
    uint32_t off;
    char reset[24]; // "watchdog"
};

enum record_result {
    RECORD_GOOD,
    RECORD_DAMAGED, // *record is filled as far as it goes; see damage
    RECORD_NONE,    // *cut may have something
    RECORD_TROUBLE, // why says what is wrong
};
// The last record in data: bytes of memory, or a log with the lines of
// xip_fault_print() in it. The record keeps nothing of data.
enum record_result record_find(const uint8_t *data, size_t size,
        struct record *record, struct record_cut *cut,
        char why[RECORD_WHY_BYTES]);
void record_free(struct record *record);

// A word of the recorded memory.
bool record_word(const struct record *record, uint32_t addr, uint32_t *word);
// Was an outage open? Then the kind of operation, "erase".
const char *record_outage(const struct record *record);

#endif
