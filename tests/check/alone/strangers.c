/*
 * strangers - firmwares that other people may write: names, annotated pointers,
 * frames of exceptions
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O2 gcc,m33 Os clang
// unsafe-build: BAD_FWD2 vector-runtime|vector
// unsafe-build: BAD_CONST_DEST memory-unknown
// unsafe-build: BAD_CONST_TABLE load-unknown
// unsafe-build: BAD_TWO_BEHIND load-unknown|address|data-pointer|load
// unsafe-build: BAD_SVC_FRAME2 return-unknown
// unsafe-build: BAD_SVC_FRAME3 return-unknown
// unsafe-build: BAD_SVC_FRAME load-unknown|return-unknown
// unsafe-build: BAD_STATIC_NAME call|tail-call
// unsafe-build: BAD_CASE_NAME load-unknown
// unsafe-build: BAD_MEMCPY_NAME load-unknown|call
// unsafe-build: BAD_MEMSET_NAME call-unknown|call
// unsafe-build: BAD_BSS_CODE undecodable|no-symbols|call-unknown|pointer-even
// safe-build: OK_REGS
// safe-build: OK_NVIC_ALL
// safe-build: OK_CALLBACKS
// safe-build: OK_STATE
// note: const dst: fixed
// note: const t: fixed
// note: const a: fixed
// unsafe-build: BAD_ROM address
// note: allow call-unknown prog: the function is in the ROM
// unsafe-build: BAD_BIT_BAND vector-runtime
#include "harness.h"

volatile uint32_t vi;
void *volatile vp;

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
}

#if defined BAD_FWD2
typedef void fn(harness_handler **);
FLASH void inst(harness_handler **t) {
    t[15] = flash_tick;
}
fn *volatile hook = inst;
FLASH void forward(harness_handler **t) {
    hook(t);
}
int main(void) {
    REG(0xe000ed08u) = (uint32_t)ram_vectors;
    forward(ram_vectors);
    return 0;
}
#elif defined BAD_CONST_DEST
uint32_t *dst = (uint32_t *)0x60000000;
RAM void use(void) {
    QSPI_CR = *dst;
}
int main(void) {
    dst++;
    use();
    return 0;
}
#elif defined BAD_CONST_TABLE
struct d {
    uint32_t n;
    const uint32_t *p;
};
struct d x = {1, (const uint32_t *)0x70000000};
struct d *t[2] = {&x, &x};
RAM void use(unsigned i) {
    QSPI_CR = t[i & 1]->p[0];
}
int main(void) {
    use(vi);
    x.n++;
    return 0;
}
#elif defined BAD_TWO_BEHIND
const uint32_t table[4] = {1, 2};
struct i {
    uint32_t n;
    const uint32_t *p;
};
struct i in = {1, table};
struct d {
    uint32_t n;
    struct i *i;
};
struct d a = {1, &in};
RAM void use(struct d *d) {
    QSPI_CR = d->i->p[0];
}
FLASH void call(void) {
    in.n++;
    use(&a);
}
int main(void) {
    call();
    return 0;
}
#elif defined BAD_SVC_FRAME2
volatile uint32_t next_pc;
RAM void svc_c(uint32_t *frame) {
    frame[6] = next_pc;
}
__attribute__((naked, section(".ramcode"))) void SVC_Handler(void) {
    __asm volatile("mov r0, sp\n ldr r1, =svc_c\n bx r1\n .ltorg");
}
int main(void) {
    return 0;
}
#elif defined BAD_SVC_FRAME3
volatile uint32_t next_pc;
RAM void svc_d(uint32_t *frame) {
    frame[6] = next_pc;
}
RAM void svc_c(uint32_t *frame) {
    svc_d(frame);
    QSPI_CR = 1;
}
__attribute__((naked, section(".ramcode"))) void SVC_Handler(void) {
    __asm volatile("mov r0, sp\n ldr r1, =svc_c\n bx r1\n .ltorg");
}
int main(void) {
    return 0;
}
#elif defined BAD_SVC_FRAME
RAM void svc_c(uint32_t *frame) {
    uint8_t n = ((uint8_t *)frame[6])[-2];
    frame[0] = n;
}
__attribute__((naked, section(".ramcode"))) void SVC_Handler(void) {
    __asm volatile("mov r0, sp\n ldr r1, =svc_c\n bx r1\n .ltorg");
}
int main(void) {
    return 0;
}
#elif defined BAD_STATIC_NAME
static __attribute__((section(".ramcode"), noinline, used)) void
__wait_veneer(void) {
    flash_tick();
}
int main(void) {
    __wait_veneer();
    return 0;
}
#elif defined BAD_CASE_NAME
RAM int __gnu_thumb1_case_mine(int i, const uint32_t *p) {
    return p[i];
}
int main(void) {
    return __gnu_thumb1_case_mine(1, vp);
}
#elif defined BAD_MEMCPY_NAME
uint32_t a_[4];
RAM __attribute__((optimize("no-builtin"))) void *memcpy(void *to,
        const void *from, size_t n) {
    QSPI_CR = n + (uint32_t)to + (uint32_t)from;
    return vp;
}
RAM void go(void) {
    uint32_t *p = memcpy(a_, a_ + 2, vi);
    *p = 1;
}
int main(void) {
    go();
    return 0;
}
#elif defined BAD_MEMSET_NAME
typedef void fn(void);
RAM void *memset(void *to, int c, size_t n) {
    QSPI_CR = n + (uint32_t)to + c;
    return vp;
}
RAM void go(void) {
    vp = (void *)REG(0x40004424u);
    fn *p = memset((void *)ram_erase, 3, vi);
    p();
}
int main(void) {
    go();
    return 0;
}
#elif defined BAD_BSS_CODE
uint32_t code[8] __attribute__((aligned(4)));
RAM void go(void) {
    ((void (*)(void))((uint32_t)code | 1))();
}
int main(void) {
    go();
    return 0;
}
#elif defined OK_REGS
RAM void set(volatile uint32_t *r, uint32_t m) {
    *r |= m;
}
RAM void go(void) {
    set((volatile uint32_t *)0x40020000u, 3);
    set(&((volatile uint32_t *)0x40020000u)[vi & 3], 3);
}
int main(void) {
    go();
    return 0;
}
#elif defined OK_NVIC_ALL
RAM void irq_on(uint32_t n) {
    ((volatile uint32_t *)0xe000e100u)[n >> 5] = 1u << (n & 31);
}
int main(void) {
    irq_on(vi);
    return 0;
}
#elif defined OK_CALLBACKS
typedef void cb(uint32_t);
RAM void done(uint32_t x) {
    QSPI_CR = x;
}
RAM void run(uint32_t n) {
    done(n);
}
FLASH void call(cb *c) {
    c(3);
}
int main(void) {
    call(done);
    run(2);
    return 0;
}
#elif defined OK_STATE
struct st {
    uint32_t state, count, ring[8];
} s;
RAM void step(void) {
    switch (s.state) {
    case 0:
        s.count++;
        s.state = 1;
        break;
    case 1:
        s.ring[s.count & 7] = QSPI_DR;
        s.state = 2;
        break;
    case 2:
        QSPI_CR = s.ring[(s.count - 1) & 7];
        s.state = 3;
        break;
    default:
        s.state = 0;
    }
}
int main(void) {
    step();
    return 0;
}
#elif defined BAD_BIT_BAND
int main(void) {
    const uint32_t byte = (uint32_t)&ram_vectors[15] - 0x20000000u;
    volatile uint32_t *bits = (uint32_t *)(0x22000000u + byte * 32u);
    for (unsigned i = 0; i < 32; i++) {
        bits[i] = (uint32_t)flash_tick >> i & 1u;
    }
    return 0;
}
#elif defined BAD_ROM
typedef void rom(uint32_t, const uint8_t *, uint32_t);
const uint8_t header[4] = {1, 2};
RAM void prog(uint32_t a, const uint8_t *p, uint32_t n) {
    ((rom *)0x00000101u)(a, p, n);
}
FLASH void call(void) {
    prog(0x1000, header, 4);
}
int main(void) {
    call();
    return 0;
}
#endif
