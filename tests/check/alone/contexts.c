/*
 * contexts - what one function by itself does not show, but its callers do
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os clang,m0plus Os gcc
// safe: ram_descriptor
// safe: ram_two_deep
// safe: ram_filled
// safe: ram_filled_fifth
// safe: ram_returned
// safe: ram_structure
// safe: ram_argument
// safe: ram_called
// safe: ram_linked
// safe: ram_two_callers
// safe: ram_counted
// safe: ram_list
// safe: ram_dead
// unsafe: ram_descriptor_bad load.*
// unsafe: ram_two_deep_bad load.*
// unsafe: ram_filled_bad load.*|address
// unsafe: ram_filled_tail load.*|address
// unsafe: ram_filled_byte load.*
// unsafe: ram_filled_somewhere load.*
// unsafe: ram_filled_caller load.*|address
// unsafe: ram_linked_bad load.*|address
// unsafe: ram_returned_bad load.*|address
// unsafe: ram_structure_bad load.*|address
// unsafe: ram_argument_bad load.*|address
// unsafe: ram_argument_holds load.*|address
// unsafe: ram_called_bad .*call.*|address
// unsafe: ram_two_callers_bad load.*|address
// unsafe: ram_flash_caller load.*|address
// unsafe: ram_kept load.*|address
// unsafe: ram_kept_later load.*|address
// unsafe: ram_recurs load.*|address
// unsafe: ram_by_pointer load.*|address
// unsafe: ram_unknown_callee .*call.*
// unsafe: ram_index load.*
// unsafe: ram_counted_bad load.*|address
// unsafe: ram_list_bad load.*|address
// unsafe: ram_waits load.*
#include "harness.h"

typedef const volatile uint32_t *words;
typedef uint32_t fn(uint32_t);
struct item {
    uint32_t n;
    words p;
    uint32_t m;
};

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t bad[4] = {5, 6, 7, 8};
volatile uint32_t vi;
words volatile any; // set before the outage

// Each root has functions of its own, since all callers count.
#define READS(name) \
    RAM uint32_t read_##name(const struct item *d) { \
        return d->n + d->p[1] + d->m; \
    }

// As often as the caller says.
RAM void copy_words(words *to, const words *from, uint32_t n) {
    while (n--) {
        *to++ = *from++;
    }
}
RAM void ram_counted(void) {
    words from[3], to[3];
    from[0] = from[2] = to[0] = to[1] = to[2] = good;
    from[1] = any;
    copy_words(to, from, 1);
    vi = to[0][1] + to[1][1] + to[2][1];
}
RAM void copy_words_bad(words *to, const words *from, uint32_t n) {
    while (n--) {
        *to++ = *from++;
    }
}
RAM void ram_counted_bad(void) {
    words from[3], to[3];
    from[0] = from[2] = to[0] = to[1] = to[2] = good;
    from[1] = any;
    copy_words_bad(to, from, 2);
    vi = to[1][1];
}

struct chained {
    struct chained *next;
    words p;
};
RAM uint32_t walk_list(const struct chained *l) {
    uint32_t n = 0;
    for (; l; l = l->next) {
        n += l->p[1];
    }
    return n;
}
RAM void ram_list(void) {
    struct chained first, second;
    first.next = 0;
    first.p = second.p = good;
    second.next = &first;
    vi = walk_list(&second);
}
RAM uint32_t walk_list_bad(const struct chained *l) {
    uint32_t n = 0;
    for (; l; l = l->next) {
        n += l->p[1];
    }
    return n;
}
RAM void ram_list_bad(void) {
    struct chained first, second;
    first.next = 0;
    first.p = any;
    second.p = good;
    second.next = &first;
    vi = walk_list_bad(&second);
}

// What callers pass says that it is never read.
RAM uint32_t read_if(words p, uint32_t n) {
    return n > 3 ? p[1] : good[1];
}
RAM void ram_dead(void) {
    vi = read_if(any, 2);
}

// An interrupt changes what its frame holds.
int *volatile frame_place;
RAM void ram_waits(void) {
    volatile int done = 0;
    words p = good;
    frame_place = (int *)&done;
    if (done) {
        p = any;
    }
    vi = p[1];
}

READS(descriptor)
RAM void ram_descriptor(void) {
    struct item d = {vi, good, 1};
    vi = read_descriptor(&d);
}
READS(descriptor_bad)
RAM void ram_descriptor_bad(void) {
    struct item d = {vi, bad, 1};
    vi = read_descriptor_bad(&d);
}

READS(two)
RAM uint32_t pass_two(struct item *d, uint32_t n) {
    d->n = n;
    return read_two(d) + 1;
}
RAM void ram_two_deep(void) {
    struct item d = {vi, good, 1};
    vi = pass_two(&d, vi);
}
READS(two_bad)
RAM uint32_t pass_two_bad(struct item *d, uint32_t n) {
    d->n = n;
    return read_two_bad(d) + 1;
}
RAM void ram_two_deep_bad(void) {
    struct item d = {vi, good, 1};
    vi = pass_two_bad(&d, vi);
    struct item e = {vi, any, 1};
    vi = pass_two_bad(&e, vi);
}

RAM void fill(words *where, words what) {
    *where = what;
}
RAM void ram_filled(void) {
    words p;
    fill(&p, good);
    vi = p[1];
}
RAM void fill_bad(words *where, words what) {
    *where = vi ? what : any;
}
RAM void ram_filled_bad(void) {
    words p;
    fill_bad(&p, good);
    vi = p[1];
}
RAM void fill_tail(words *where) {
    vi++;
    fill_bad(where, good);
}
RAM void ram_filled_tail(void) {
    words p = good;
    fill_tail(&p);
    vi = p[1];
}
RAM void fill_byte(volatile uint8_t *where) {
    where[3] = 0x90;
}
RAM void ram_filled_byte(void) {
    words p = good;
    fill_byte((volatile uint8_t *)&p);
    vi = p[1];
}
RAM void fill_somewhere(uint32_t *where, uint32_t i, uint32_t what) {
    where[i] = what;
}
RAM void ram_filled_somewhere(void) {
    words p[3] = {good, good, good};
    fill_somewhere((uint32_t *)&p[2], vi, vi);
    vi = p[0][1] + p[1][1];
}
RAM void fill_inner(words **place) {
    fill_bad(*place, good);
}
RAM void fill_caller(words *where) {
    words *place = where;
    fill_inner(&place);
}
RAM void ram_filled_caller(void) {
    words p = good;
    fill_caller(&p);
    vi = p[1];
}
RAM void fill_fifth(int a, int b, int c, int d, words *where, words what) {
    if (a + b + c + d) {
        *where = what;
    }
}
RAM void ram_filled_fifth(void) {
    words p = good;
    fill_fifth(1, 2, 3, (int)vi, &p, good + 1);
    vi = p[1];
}

struct link {
    words *where;
    words what;
    uint32_t n;
};
RAM void link_to(struct link *l, words *where) {
    l->where = where;
}
RAM void link_store(struct link *l) {
    *l->where = l->what;
}
RAM void ram_linked(void) {
    words p = good;
    struct link l = {NULL, good + 2, vi};
    link_to(&l, &p);
    link_store(&l);
    vi = p[1];
}
RAM void ram_linked_bad(void) {
    words p = good;
    struct link l = {NULL, any, vi};
    link_to(&l, &p);
    link_store(&l);
    vi = p[1];
}

RAM words choose(words a, words b, uint32_t n) {
    return n & 1 ? a : b;
}
RAM void ram_returned(void) {
    vi = choose(good, good + 1, vi)[1];
}
RAM void ram_returned_bad(void) {
    vi = choose(good, bad, vi)[1];
}

RAM struct item make(uint32_t n, words p) {
    struct item d = {n, p, 1};
    return d;
}
RAM void ram_structure(void) {
    struct item d = make(vi, good);
    vi = d.p[1];
}
RAM struct item make_bad(uint32_t n, words p) {
    struct item d = {n, n & 8 ? any : p, 1};
    return d;
}
RAM void ram_structure_bad(void) {
    struct item d = make_bad(vi, good);
    vi = d.p[1];
}

RAM uint32_t take(uint32_t a, uint32_t b, uint32_t c, words q, words p) {
    fill(&p, q);
    return p[1] + a + b + c;
}
RAM void ram_argument(void) {
    vi = take(vi, 2, 3, good, 0);
}
RAM uint32_t take_bad(uint32_t a, uint32_t b, uint32_t c, words q, words p) {
    fill_bad(&p, q);
    return p[1] + a + b + c;
}
RAM void ram_argument_bad(void) {
    vi = take_bad(vi, 2, 3, good, good);
}
// The argument on the stack holds the address of a local variable.
RAM void through(struct link *l) {
    *l->where = vi ? l->what : any;
}
RAM uint32_t take_link(int a, int b, int c, int d, struct link l) {
    words p = good;
    l.where = &p;
    through(&l);
    return p[1] + (uint32_t)(a + b + c + d);
}
RAM void ram_argument_holds(void) {
    struct link l = {NULL, good, vi};
    vi = take_link(1, 2, 3, (int)vi, l);
}

RAM uint32_t ram_twice(uint32_t n) {
    return n * 2;
}
FLASH uint32_t flash_twice(uint32_t n) {
    return n * 2 + vi;
}
struct action {
    uint32_t n;
    fn *f;
};
RAM uint32_t act(const struct action *d) {
    return d->f(d->n);
}
RAM void ram_called(void) {
    struct action d = {vi, ram_twice};
    vi = act(&d);
}
RAM uint32_t act_bad(const struct action *d) {
    return d->f(d->n);
}
RAM void ram_called_bad(void) {
    struct action d = {vi, vi ? ram_twice : flash_twice};
    vi = act_bad(&d);
}
READS(two_callers)
RAM void ram_other(void) {
    struct item d = {vi, good + 1, 1};
    vi = read_two_callers(&d);
}
RAM void ram_two_callers(void) {
    struct item d = {vi, good, 1};
    vi = read_two_callers(&d);
    ram_other();
}
READS(two_callers_bad)
RAM void ram_other_bad(void) {
    struct item d = {vi, any, 1};
    vi = read_two_callers_bad(&d);
}
RAM void ram_two_callers_bad(void) {
    struct item d = {vi, good, 1};
    vi = read_two_callers_bad(&d);
    ram_other_bad();
}
// Code that is not in an outage calls it, too.
READS(flash_caller)
FLASH void flash_calls(void) {
    struct item d = {vi, bad, 1};
    vi = read_flash_caller(&d);
}
RAM void ram_flash_caller(void) {
    struct item d = {vi, good, 1};
    vi = read_flash_caller(&d);
}

words *volatile place;
FLASH void flash_changes(void) {
    *place = bad;
}
fn *volatile hook;
RAM void keep(words *where) {
    place = where;
}
RAM void ram_kept(void) {
    words p = good;
    keep(&p);
    *place = any;
    vi = p[1];
}
RAM void ram_kept_later(void) {
    words p = good;
    keep(&p);
    vi = hook(1);
    vi = p[1];
}
RAM uint32_t down(uint32_t n, words p) {
    return n ? down(n - 1, n == 2 ? any : p) + 1 : p[1];
}
RAM void ram_recurs(void) {
    vi = down(3, good);
}
READS(by_pointer)
uint32_t (*volatile reader)(const struct item *d) = read_by_pointer;
RAM void ram_by_pointer(void) {
    struct item d = {vi, good, 1};
    vi = read_by_pointer(&d);
}
RAM uint32_t calls_anything(words *where) {
    vi = hook(1);
    return (uint32_t)where;
}
RAM void ram_unknown_callee(void) {
    words p = good;
    vi = calls_anything(&p);
    vi = p[1];
}
RAM uint32_t read_index(words *list, uint32_t i) {
    return list[i][1];
}
RAM void ram_index(void) {
    words list[2] = {good, good};
    vi = read_index(list, vi);
}

int main(void) {
    flash_changes();
    flash_calls();
    any = bad;
    return 0;
}
