/*
 * renewed - pointers that an outage stores where `pointers` speaks of what is
 * read
 *
 * SPDX-License-Identifier: MIT
 *
 * The note is true when the outage begins. In the clean ones code of the outage
 * stores numbers there, addresses in RAM and good arguments.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc,m0plus Os gcc,m33 O2 clang
// note: pointers transmit r0 r0*: the handle is a variable, and main() fills it
// safe-build: OK
// safe-build: OK_NUMBERS
// safe-build: OK_GOOD
// safe-build: OK_MOVED
// safe-build: OK_OTHER
// safe-build: OK_BYTES
// safe-build: OK_LOOP
// unsafe-build: BAD_ARGUMENT load-unknown
// unsafe-build: BAD_CALLEE load-unknown
// unsafe-build: BAD_GLOBAL load-unknown
// unsafe-build: BAD_WORD load-unknown
// unsafe-build: BAD_CHOSEN load-unknown
// unsafe-build: BAD_HANDLER load-unknown
// unsafe-build: BAD_CALLER load-unknown
// unsafe-build: BAD_ALIAS load-unknown
// unsafe-build: BAD_BEHIND load-unknown
// unsafe-build: BAD_BEHIND_WORD load-unknown
// unsafe-build: BAD_SOMEWHERE load-unknown
// unsafe-build: BAD_PASSED load-unknown
// unsafe-build: BAD_CYCLE load-unknown
#include "harness.h"

typedef const volatile uint32_t *place;
struct handle {
    volatile uint32_t *regs;
    place from;
    uint32_t left, state;
    struct handle *next;
    uint8_t kind;
};

const uint32_t in_flash[4] = {5, 6, 7, 8};
volatile uint32_t good[4] = {1, 2, 3, 4};
static struct handle handle, second, other;
static place kept;
static uint32_t *somewhere;

RAM void fill(struct handle *h, place from, uint32_t state) {
    h->state = state;
#if defined BAD_CALLEE
    h->from = from;
#else
    (void)from;
#endif
}

RAM void SysTick_Handler(void) {
#if defined BAD_HANDLER
    handle.from = kept;
#endif
    handle.left = REG(0x40004424u);
}

RAM void transmit(struct handle *h, place from, struct handle *to) {
    h->regs[0] = 1;
    h->left = 4;
    fill(h, from, 2);
    to->kind = 1;
#if defined BAD_ARGUMENT || defined OK_GOOD || defined BAD_PASSED
    h->from = from;
#elif defined BAD_GLOBAL
    handle.from = from;
#elif defined BAD_WORD
    h->from = kept;
#elif defined BAD_CHOSEN
    h->from = h->regs[3] & 1 ? from : good;
#elif defined BAD_ALIAS || defined OK_OTHER
    to->from = from;
#elif defined BAD_BEHIND || defined BAD_CYCLE
    h->next->from = from;
#elif defined BAD_BEHIND_WORD
    h->next->from = kept;
#elif defined BAD_SOMEWHERE
    *somewhere = (uint32_t)from;
#elif defined OK_NUMBERS
    h->state = REG(0x40004424u) - h->state;
    h->left = (h->regs[3] & 7) + 1;
    h->state |= 4;
#elif defined OK_MOVED
    h->from++;
#elif defined OK_BYTES
    h->kind = *(const volatile uint8_t *)&h->regs[3];
#endif
#if defined OK_LOOP
    h->left = 16;
#else
    __asm volatile("" ::: "memory");
#endif
#if defined BAD_BEHIND || defined BAD_BEHIND_WORD
    h->regs[8] = *h->next->from;
#else
    while (h->left) {
        h->regs[8] = *h->from;
        h->left--;
    }
#endif
    h->regs[0] = 2;
}

#if defined BAD_PASSED
RAM void begin(place from) {
    transmit(&handle, from, &other);
}
#elif defined BAD_CALLER
RAM void begin(struct handle *h, place from) {
    h->from = from;
    transmit(h, good, &other);
}
#endif

int main(void) {
    handle.regs = second.regs = (volatile uint32_t *)QSPI_BASE;
    handle.from = second.from = good;
    handle.next = &second;
    kept = in_flash;
    somewhere = (uint32_t *)&handle.from;
    REG(0xe000e010u) = 7; // SysTick
#if defined BAD_CYCLE
    handle.next = &handle;
#endif
#if defined BAD_PASSED
    begin(in_flash);
#elif defined BAD_CALLER
    begin(&handle, in_flash);
#elif defined BAD_ALIAS
    transmit(&handle, in_flash, &handle);
#elif defined OK_GOOD
    transmit(&handle, good, &other);
#else
    transmit(&handle, in_flash, &other);
#endif
    return 0;
}
