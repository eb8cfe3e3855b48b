/*
 * start_code - what start code does that code behind main() does again
 *
 * SPDX-License-Identifier: MIT
 *
 * That a word of a load image is put where it belongs is assumption A2 only as
 * long as it is start code that does it. The run of the whole program ends
 * before main() comes there.
 */
// link: -e entry
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc,m0plus Os gcc,m33 O2 clang
// unsafe-build: BAD_CALLED vector-runtime
// unsafe-build: BAD_CALLED_BELOW vector-runtime
// unsafe-build: BAD_POINTER vector-runtime
// unsafe-build: BAD_POINTERS vector-runtime
// unsafe-build: BAD_LIST vector-runtime|vector
// unsafe-build: BAD_LIST_POINTER vector-runtime|vector
// unsafe-build: BAD_LISTS vector-runtime|vector
// unsafe-build: BAD_TURNED vector-runtime
// unsafe-build: BAD_KEPT vector-runtime
// unsafe-build: BAD_KEPT_CODE code-changed
// safe-build: OK_EARLY
// safe-build: OK_CALLEE
// safe-build: OK_LIST
#include "harness.h"

typedef void handler(void);
extern handler *ram_vectors[HARNESS_VECTORS];
extern handler *data_load_[]; // .data begins with the table
extern handler *data_start_[], *data_end_[];
extern handler *ramcode_start_[], *ramcode_end_[], *ramcode_load_[];
void Reset_Handler(void);
volatile uint32_t not_known;

FLASH void in_flash(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_CR = 1;
    while (QSPI_SR & 1) {
    }
    QSPI_AR = addr;
    QSPI_CR = 0;
}

#if defined BAD_CALLED || defined BAD_CALLED_BELOW || defined BAD_POINTER || \
        defined BAD_POINTERS || defined OK_EARLY
FLASH void set(unsigned to, unsigned from) {
    ram_vectors[to] = data_load_[from];
}
FLASH void early(void) {
    set(15 - (not_known & 1), 15 - (not_known & 1));
}
#if defined BAD_CALLED
#define LATER set(15, 1)
#elif defined BAD_CALLED_BELOW
#define LATER early()
#elif defined BAD_POINTER
void (*volatile pointer)(unsigned, unsigned) = set;
#define LATER pointer(15, 1)
#elif defined BAD_POINTERS
// What is called is one of many.
typedef void setter(unsigned, unsigned);
FLASH void other(unsigned to, unsigned from) {
    not_known = to + from;
}
setter *const pointers[] = {other, other, set, other, other, other, other};
setter *volatile chosen;
#define LATER \
    chosen = pointers[not_known % 7]; \
    chosen(15, 1)
#endif

#elif defined BAD_LIST || defined BAD_LIST_POINTER || defined BAD_LISTS || \
        defined OK_LIST
typedef struct {
    handler **to, **end, **from;
} copy;
static const copy copies[] = {{data_start_, data_end_, data_load_}};
FLASH void early(void) {
    const copy *list = copies;
    __asm__("" : "+r"(list)); // it is read where it lies
    handler *volatile *from = list->from;
    for (handler **to = list->to; to < list->end;) {
        *to++ = *from++;
    }
}
#if defined BAD_LIST
#define LATER copies[not_known].to[15] = in_flash
#elif defined BAD_LIST_POINTER
static const copy *const lists[] = {copies};
#define LATER lists[not_known][0].to[15] = in_flash
#elif defined BAD_LISTS
// One of many, of which the others lead elsewhere.
static handler *spare[HARNESS_VECTORS];
static const copy others[] = {{spare, spare, spare}};
static const copy *const many[] = {
        others, others, copies, others, others, others, others};
const copy *volatile chosen;
#define LATER \
    chosen = many[not_known % 7]; \
    chosen->to[15] = in_flash
#endif

#else
handler **volatile kept;
#if defined BAD_TURNED
#define TURN 14u
#else
#define TURN 0u
#endif
FLASH void put(handler **to, handler **from, unsigned count) {
#if defined BAD_KEPT || defined BAD_KEPT_CODE
    kept = to;
#endif
    for (unsigned i = 0; i < count; i++) {
        to[i ^ TURN] = ((handler *volatile *)from)[i];
    }
}
FLASH void early(void) {
#if defined BAD_KEPT_CODE
    put(ramcode_start_, ramcode_load_,
            (unsigned)(ramcode_end_ - ramcode_start_));
#elif !defined BAD_TURNED
    put(data_start_, data_load_, (unsigned)(data_end_ - data_start_));
#endif
}
#if defined BAD_TURNED
#define LATER put(data_start_, data_load_, (unsigned)(data_end_ - data_start_))
#elif defined BAD_KEPT_CODE
#define LATER kept[1 + (not_known & 1)] = in_flash
#elif defined BAD_KEPT
#define LATER kept[15 - (not_known & 1)] = in_flash
#endif
#endif

// Where a debugger or a loader begins.
FLASH void entry(void) {
    early();
    Reset_Handler();
}

int main(void) {
    // Ends the run of the whole program.
    *(volatile uint32_t *)REG(0x40001000u) = 1;
#if defined LATER
    LATER;
#endif
    REG(0xe000e010u) = 3;
    ram_erase(0);
    return 0;
}
