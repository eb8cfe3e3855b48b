/*
 * leaf - small functions that are called with an address in the caller's frame
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which is taken from a structure in a frame
 * that such a function has filled.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc,m4 Os clang,m33 O2 clang
// check: --root outage --interrupts none
// safe-build: OK
// safe-build: OK_RESIDENT
// unsafe-build: BAD_BEFORE load-unknown|load|address
// unsafe-build: BAD_COPIED load-unknown|load|address
// unsafe-build: BAD_PART load-unknown|load|address
// unsafe-build: BAD_KEPT load-unknown|load|address
// unsafe-build: BAD_KEPT_IN_FRAME load-unknown|load|address
// unsafe-build: BAD_KEPT_BEFORE load-unknown|load|address
// unsafe-build: BAD_TWO_CALLS load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define BAD_PLACE ((place)in_flash)
place cell = good;
static volatile uint32_t sum;

struct setting {
    uint32_t words[3];
    place from;
};
struct setting *keeper;

#ifdef OK_RESIDENT
#define LEAF RAM
#else
#define LEAF FLASH
#endif

LEAF void fill(void *to, uint32_t byte, uint32_t count) {
    volatile uint8_t *p = to;
    while (count--) {
        *p++ = (uint8_t)byte;
    }
}

LEAF void put(void *to, const void *from, uint32_t count) {
    volatile uint8_t *p = to;
    const volatile uint8_t *q = from;
    while (count--) {
        *p++ = *q++;
    }
}

FLASH void keep(struct setting *s) {
    keeper = s;
}

RAM void outage(void) {
#ifdef OK_RESIDENT
    uint8_t bytes[8];
    fill(bytes, 1, sizeof bytes);
    sum += bytes[3];
#endif
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

// Neither is a leaf: both call something.
FLASH void nothing(void) {
    __asm__ volatile("" : : : "memory");
}
FLASH void use(const struct setting *s) {
    nothing();
    cell = s->from;
    sum += s->words[1];
}
FLASH void use_kept(void) {
    nothing();
    cell = keeper->from;
}

struct holder {
    struct setting *of;
};
FLASH void use_held(const struct holder *h) {
    nothing();
    cell = h->of->from;
}
FLASH void hold(struct holder *h) {
    struct setting s;
    fill(&s, 0, sizeof s);
    s.from = good;
    h->of = &s;
    nothing();
    s.from = BAD_PLACE;
    __asm__ volatile("" : : "r"(&s) : "memory");
    use_held(h);
}

int main(void) {
    struct setting s;
#if defined OK || defined OK_RESIDENT
    fill(&s, 0, sizeof s);
    s.words[1] = 7;
    s.from = good;
    use(&s);
#elif defined BAD_BEFORE
    fill(&s, 0, sizeof s);
    s.from = BAD_PLACE;
    __asm__ volatile("" : : "r"(&s) : "memory");
    fill(&s, 0, 12);
    use(&s);
#elif defined BAD_COPIED
    const struct setting other = {{1, 2, 3}, BAD_PLACE};
    put(&s, &other, sizeof s);
    use(&s);
#elif defined BAD_PART
    const place from = BAD_PLACE;
    fill(&s, 0, sizeof s);
    s.from = good;
    put(&s.from, &from, 2);
    put((uint8_t *)&s.from + 2, (const uint8_t *)&from + 2, 2);
    use(&s);
#elif defined BAD_KEPT
    fill(&s, 0, sizeof s);
    s.from = good;
    keep(&s);
    s.from = BAD_PLACE;
    __asm__ volatile("" : : "r"(&s) : "memory");
    use_kept();
#elif defined BAD_KEPT_IN_FRAME
    struct holder h;
    fill(&h, 0, sizeof h);
    hold(&h);
#elif defined BAD_KEPT_BEFORE
    struct holder h = {&s};
    s.from = BAD_PLACE;
    __asm__ volatile("" : : "r"(&s) : "memory");
    use_held(&h);
#elif defined BAD_TWO_CALLS
    fill(&s, 0, sizeof s);
    s.from = good;
    use(&s);
    s.from = BAD_PLACE;
    use(&s);
#endif
    outage();
    return 0;
}
