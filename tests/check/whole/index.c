/*
 * index - counting through an array in a frame
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`. What is stored by an index goes to an object
 * of the frame: to a pointer beside it as well, as far as is known, but not to
 * the registers that the function has saved.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc,m33 Os gcc,m0plus Os gcc
// check: --root outage --interrupts none
// safe-build: OK
// safe-build: OK_CALLEE
// unsafe-build: BAD_BESIDE load-unknown|load|address
// unsafe-build: BAD_ARRAY load-unknown|load|address
// unsafe-build: BAD_ON_STACK load-unknown|load|address
// unsafe-build: BAD_CALLEE load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
place cell = good;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

FLASH void out(char c) {
    sum += (uint32_t)c;
}

#if defined OK || defined OK_CALLEE
// As many digits as there are.
FLASH void print(uint32_t v, uint32_t base) {
    char digits[12];
    int n = 0;
    do {
        const uint32_t d = v % base;
        digits[n++] = (char)(d < 10 ? '0' + d : 'a' + d - 10);
        v /= base;
    } while (v && n < 12);
    while (n) {
        out(digits[--n]);
    }
}
#endif

#ifdef OK_CALLEE
FLASH void reverse(char *s, const char *from) {
    char *end = s;
    while (*from) {
        *end++ = *from++;
    }
    *end = 0;
    out(*s);
}
#endif

#if defined BAD_BESIDE || defined BAD_ARRAY
// It may be any of them.
FLASH place choose(uint32_t v, uint32_t n) {
    place volatile places[20];
    for (uint32_t i = 0; i < 20; i++) {
        places[i] = good;
    }
    uint32_t k = 0;
    do {
        places[k++] = in_flash;
        v /= n;
    } while (v && k < 20);
    return
#ifdef BAD_ARRAY
            places[n & 15];
#else
            places[16];
#endif
}
#endif

#ifdef BAD_ON_STACK
struct four {
    place at[4];
};
FLASH place fifth(uint32_t a, uint32_t b, uint32_t c, uint32_t d,
        struct four all) {
    uint32_t k = 4;
    do {
        ((place volatile *)all.at)[--k] = in_flash;
        a /= b;
    } while (a && k);
    return ((place volatile *)all.at)[c + d];
}
#endif

#ifdef BAD_CALLEE
FLASH void put(place *at, uint32_t a, uint32_t b) {
    uint32_t k = 0;
    do {
        at[k++] = in_flash;
        a /= b;
    } while (a && k < 4);
    out('.');
}
#endif

int main(void) {
    const uint32_t seen = REG(0x40004424u);
#ifdef OK
    print(seen, 10);
    print(seen, 16);
#elif defined OK_CALLEE
    char text[16];
    print(seen, 10);
    reverse(text, "abc");
    out(text[1]);
#elif defined BAD_ON_STACK
    const struct four all = {{good, good, good, good}};
    cell = fifth(seen, 10, 1, 1, all);
#elif defined BAD_CALLEE
    place at[4] = {good, good, good, good};
    put(at, seen, 10);
    cell = at[2];
#else
    cell = choose(seen, 10);
#endif
    outage();
    return 0;
}
