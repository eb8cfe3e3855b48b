/*
 * load_image - words of a section's load image that code stores elsewhere in
 * that section
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code puts each word where it belongs (A2), if it can; main() does not.
 * The run of the whole program ends before it comes there.
 */
// link: -e entry
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc,m0plus Os gcc,m33 O2 clang
// unsafe-build: BAD_PLACE vector-runtime
// unsafe-build: BAD_ORDER vector-runtime
// unsafe-build: BAD_STEP vector-runtime
// unsafe-build: BAD_CALLEE vector-runtime
// unsafe-build: BAD_CODE code-changed
// unsafe-build: BAD_CODE_CALLEE code-changed
// unsafe-build: BAD_LONG vector-runtime|code-changed
// unsafe-build: BAD_START_PLACE vector-runtime
// unsafe-build: BAD_START_SECTION vector-runtime
// safe-build: OK
// safe-build: OK_START
#include "harness.h"

typedef void handler(void);
extern handler *ram_vectors[HARNESS_VECTORS];
extern handler *data_load_[]; // .data begins with the table
void Reset_Handler(void);
extern uint32_t ramcode_start_[], ramcode_load_[];
volatile uint32_t not_known;

RAM void ram_erase(uint32_t addr) {
    QSPI_CR = 1;
    while (QSPI_SR & 1) {
    }
    QSPI_AR = addr;
    QSPI_CR = 0;
}

#if defined BAD_PLACE
FLASH void set(unsigned to, unsigned from) {
    ram_vectors[to] = data_load_[from];
}
#define SET set(15, 1)
#elif defined BAD_ORDER
FLASH void set(void) {
    for (unsigned i = 0; i < HARNESS_VECTORS; i++) {
        ram_vectors[i] = data_load_[i ^ 14];
    }
}
#define SET set()
#elif defined BAD_STEP
FLASH void set(void) {
    handler **from = data_load_;
    for (handler **to = ram_vectors; to < ram_vectors + HARNESS_VECTORS;
            to += 3) {
        *to = *from++;
    }
}
#define SET set()
#elif defined BAD_CODE
FLASH void set(unsigned to, unsigned from) {
    ramcode_start_[to] = ramcode_load_[from];
}
#define SET set(2, not_known)
#elif defined BAD_LONG
// What follows the section there does not follow its load image.
#define SET memcpy(ramcode_start_, ramcode_load_, not_known)
#elif defined OK || defined OK_START || defined BAD_START_PLACE || \
        defined BAD_START_SECTION
#define SET (void)0
#else
FLASH void set(uint32_t *to, const uint32_t *from, unsigned by) {
    to[by] = from[15 & not_known];
}
#if defined BAD_CALLEE
#define SET \
    set((uint32_t *)(uintptr_t)ram_vectors, \
            (const uint32_t *)(uintptr_t)data_load_, 15)
#else
#define SET set(ramcode_start_, ramcode_load_, 2)
#endif
#endif

// Where a debugger or a loader begins.
FLASH void entry(void) {
#if defined BAD_START_PLACE
    handler *const *behind = data_load_ + 1;
    for (unsigned i = 0; i < 8; i++) {
        ram_vectors[i] = behind[i];
    }
#elif defined BAD_START_SECTION
    uint32_t *to =
            not_known ? ramcode_start_ : (uint32_t *)(uintptr_t)ram_vectors;
    for (unsigned i = 0; i < (not_known & 3); i++) {
        to[i] = ramcode_load_[i];
    }
#elif defined OK_START
    for (unsigned i = 0; i < HARNESS_VECTORS; i++) {
        ram_vectors[i] = data_load_[i];
    }
#endif
    Reset_Handler();
}

int main(void) {
    // Ends the run of the whole program.
    *(volatile uint32_t *)REG(0x40001000u) = 1;
    SET;
    REG(0xe000e010u) = 3;
    ram_erase(0);
    return 0;
}
