/*
 * test_core_cycles - the time of instructions, against the TRMs
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M4: figures are from tables and rules of the TRM (Arm 100166) 3.3.1,
 * 3.3.2 and 7.2.3, with zero wait states and three cycles for a branch taken.
 * Its code lies in RAM below 20000000h, and in a second table above, where it
 * shares the bus. Cortex-M0+: TRM (DDI 0484C) table 3.1.
 */
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/sim_cpu.h"

enum { RAM = 0x10000000, SHARED = 0x20000000, DATA = 0x800, BYTES = 4096 };

struct row {
    const char *what;
    uint32_t cycles;
    uint16_t code[40];
};

static const struct row rows[] = {
        // ldr r0,[r4]; ldr r1,[r4,#4]; ldr r0,[r4,#8]; ldr r1,[r4,#12]; ldr
        // r0,[r4]; ldr r1,[r4,r5]; ldr r0,[r4]; ldr r1,[r4]
        {"8 loads: 1 + n", 9,
                {0x6820, 0x6861, 0x68A0, 0x68E1, 0x6820, 0x5961, 0x6820, 0x6821,
                        0xBE00}},
        // str r0,[r4]; str r0,[r4]; str r0,[r4]; str r0,[r4]; str r0,[r4]; str
        // r0,[r4]; str r0,[r4]; str r0,[r4]
        {"8 stores: n", 8,
                {0x6020, 0x6020, 0x6020, 0x6020, 0x6020, 0x6020, 0x6020, 0x6020,
                        0xBE00}},
        // ldr r0,[r4]; str r0,[r4,#4]; ldr r0,[r4]; str r0,[r4,#4]; ldr
        // r0,[r4]; str r0,[r4,#4]; ldr r0,[r4]; str r0,[r4,#4]
        {"4 loads and stores", 12,
                {0x6820, 0x6060, 0x6820, 0x6060, 0x6820, 0x6060, 0x6820, 0x6060,
                        0xBE00}},
        // str r0,[r4,r5]; str r0,[r4,r5]
        {"stores with a register", 4, {0x5160, 0x5160, 0xBE00}},
        // ldr r0,[r4]; str r0,[r4,r5]
        {"a load and a store with a register", 3, {0x6820, 0x5160, 0xBE00}},
        // ldr r4,[r4]; ldr r0,[r4]
        {"a load whose address was loaded", 4, {0x6824, 0x6820, 0xBE00}},
        // adds r4,#4; ldr r0,[r4]
        {"an address just computed", 4, {0x3404, 0x6820, 0xBE00}},
        // adds r4,#4; str r0,[r4]
        {"the same for a store", 3, {0x3404, 0x6020, 0xBE00}},
        // adds r0,#4; ldr r0,[r4]
        {"another register just computed", 3, {0x3004, 0x6820, 0xBE00}},
        // ldr r0,[r4],#4; ldr r0,[r4],#4
        {"loads with writeback", 4, {0xF854, 0x0B04, 0xF854, 0x0B04, 0xBE00}},
        // ldr r0,[r4,#2]; nop; ldr r0,[r4,#1]
        {"unaligned words", 8,
                {0xF8D4, 0x0002, 0xBF00, 0xF8D4, 0x0001, 0xBE00}},
        // ldmia r4,{r0-r3}; stmia r4,{r0-r3}
        {"LDM, STM: 1 + n", 10, {0xE894, 0x000F, 0xE884, 0x000F, 0xBE00}},
        // ldrd r0,r1,[r4]; strd r0,r1,[r4]
        {"LDRD, STRD: 1 + 2", 6, {0xE9D4, 0x0100, 0xE9C4, 0x0100, 0xBE00}},
        // push {r0-r3}; pop {r0-r3}
        {"PUSH, POP", 10, {0xB40F, 0xBC0F, 0xBE00}},
        // mul r0,r1,r2; umull r0,r1,r2,r3; smull r0,r1,r2,r3; smlal
        // r0,r1,r2,r3
        {"multiplications", 4,
                {0xFB01, 0xF002, 0xFBA2, 0x0103, 0xFB82, 0x0103, 0xFBC2, 0x0103,
                        0xBE00}},
        // mla r0,r1,r2,r3; mls r0,r1,r2,r3
        {"MLA, MLS", 4, {0xFB01, 0x3002, 0xFB01, 0x3012, 0xBE00}},
        // adds r0,#1; lsls r1,r2,#3; movw r3,#77; nop; it ne; movne r0,#1; bfi
        // r0,r1,#2,#3
        {"ALU, NOP, IT", 7,
                {0x3001, 0x00D1, 0xF240, 0x034D, 0xBF00, 0xBF18, 0x2001, 0xF361,
                        0x0084, 0xBE00}},
        // dsb; dmb; isb
        {"barriers", 5,
                {0xF3BF, 0x8F4F, 0xF3BF, 0x8F5F, 0xF3BF, 0x8F6F, 0xBE00}},
        // vadd.f32 s0,s1,s2; vmul.f32 s0,s1,s2; vsub.f32 s0,s1,s2; vabs.f32
        // s0,s1; vcmp.f32 s0,s1; vmov s0,r0
        {"FP", 6,
                {0xEE30, 0x0A81, 0xEE20, 0x0A81, 0xEE30, 0x0AC1, 0xEEB0, 0x0AE0,
                        0xEEB4, 0x0A60, 0xEE00, 0x0A10, 0xBE00}},
        // vmla.f32 s0,s1,s2; vfma.f32 s0,s1,s2
        {"FP multiply-accumulate: 3", 6,
                {0xEE00, 0x0A81, 0xEEA0, 0x0A81, 0xBE00}},
        // vdiv.f32 s0,s1,s2; vsqrt.f32 s0,s1
        {"FP divide, root: 14", 28, {0xEE80, 0x0A81, 0xEEB1, 0x0AE0, 0xBE00}},
        // vldr s0,[r4]; vstr s0,[r4]; vldr d0,[r4]; vstr d0,[r4]
        {"VLDR, VSTR: 2, of a double 3", 10,
                {0xED94, 0x0A00, 0xED84, 0x0A00, 0xED94, 0x0B00, 0xED84, 0x0B00,
                        0xBE00}},
        // vldmia r4,{s0-s3}; vstmia r4,{s0-s3}
        {"VLDM, VSTM: 1 + n", 10, {0xEC94, 0x0A04, 0xEC84, 0x0A04, 0xBE00}},
        // movs r0,#100; 1: subs r0,#1; bne 1b
        {"a loop of 100: 1 + 3, the last 1 + 1", 399,
                {0x2064, 0x3801, 0xD1FD, 0xBE00}},
        // bl 1f; b 2f; 1: bx lr; 2:
        {"calls", 9, {0xF000, 0xF801, 0xE000, 0x4770, 0xBE00}},
        // mov r0,pc; tbb [pc,r5]; .byte 1,1; nop
        {"TBB: 6", 8, {0x4678, 0xE8DF, 0xF005, 0x0101, 0xBF00, 0xBE00}},
        // adr r0,1f; adds r0,#1; push {r0}; pop {pc}; nop; nop; .align 2; 1:
        {"POP to the PC", 9,
                {0xA002, 0x3001, 0xB401, 0xBD00, 0xBF00, 0xBF00, 0xBE00,
                        0xBF00}},
        // movs r0,#32; 1: ldr r1,[r4]; str r1,[r4,#4]; subs r0,#1; bne 1b
        {"copy of 32 words", 223,
                {0x2020, 0x6821, 0x6061, 0x3801, 0xD1FB, 0xBE00}},
};

// Two cycles a word of code and one for each of data, if that is longer; and a
// branch takes one more.
static const struct row shared[] = {
        // nop; movs r0,#1; adds r0,#1; nop
        {"halfwords: as they are", 4, {0xBF00, 0x2001, 0x3001, 0xBF00, 0xBE00}},
        // movw r3,#77; movw r3,#77
        {"words: 2", 4, {0xF240, 0x034D, 0xF240, 0x034D, 0xBE00}},
        // str r0,[r4]; str r0,[r4]
        {"stores: 2", 4, {0x6020, 0x6020, 0xBE00}},
        // ldr r0,[r4]; ldr r1,[r4,#4]; nop
        {"loads: 2", 5, {0x6820, 0x6861, 0xBF00, 0xBE00}},
        // ldr.w r0,[r4]; nop
        {"a load of a word: 3", 4, {0xF8D4, 0x0000, 0xBF00, 0xBE00}},
        // ldmia r4,{r0-r3}; stmia r4,{r0-r3}
        {"LDM, STM: 2 + n", 12, {0xE894, 0x000F, 0xE884, 0x000F, 0xBE00}},
        // udiv r0,r1,r2
        {"a division: as it is", 6, {0xFBB1, 0xF0F2, 0xBE00}},
        // movs r0,#100; 1: subs r0,#1; bne 1b
        {"a loop of 100: 1 + 4, the last 1 + 1", 498,
                {0x2064, 0x3801, 0xD1FD, 0xBE00}},
};

static const struct row m0plus_rows[] = {
        // ldr r0,[r4]; str r0,[r4]; ldrb r0,[r4]; strh r0,[r4]
        {"loads and stores: 2", 8, {0x6820, 0x6020, 0x7820, 0x8020, 0xBE00}},
        // push {r0-r3}; pop {r0-r3}; ldm r4!,{r0,r1}
        {"multiples: 1 + n", 13, {0xB40F, 0xBC0F, 0xCC03, 0xBE00}},
        // movs r0,#100; 1: subs r0,#1; bne 1b
        {"a loop of 100: 1 + 2, the last 1 + 1", 300,
                {0x2064, 0x3801, 0xD1FD, 0xBE00}},
        // bl 1f; b 2f; 1: bx lr; 2:
        {"BL 3, B and BX 2", 7, {0xF000, 0xF801, 0xE000, 0x4770, 0xBE00}},
        // adr r0,1f; adds r0,#1; push {r0}; pop {pc}; nop; nop; .align 2; 1:
        {"POP to the PC: 3 + n", 8,
                {0xA002, 0x3001, 0xB401, 0xBD00, 0xBF00, 0xBF00, 0xBE00,
                        0xBF00}},
        // dsb; dmb; isb; mrs r0,primask; msr primask,r0
        {"MRS, MSR and barriers: 3", 15,
                {0xF3BF, 0x8F4F, 0xF3BF, 0x8F5F, 0xF3BF, 0x8F6F, 0xF3EF, 0x8010,
                        0xF380, 0x8810, 0xBE00}},
        // muls r0,r1; adcs r0,r1; rev r0,r1; cpsid i; nop
        {"all others: 1", 5, {0x4348, 0x4148, 0xBA08, 0xB672, 0xBF00, 0xBE00}},
};

static uint64_t cycles_of(const char *core, const struct row *row,
        uint32_t base) {
    const struct sim_cpu_bus bus = {0};
    struct sim_cpu *cpu = sim_cpu_new(&bus, sim_profile_find(core));
    uint8_t *ram = calloc(1, BYTES);
    assert_true(sim_cpu_map(cpu, SIM_MEM_RAM, base, BYTES, ram));
    memcpy(ram, row->code, sizeof row->code);
    for (uint32_t off = 0x800; off < BYTES; off += 4) {
        memcpy(ram + off, &(uint32_t){base + DATA}, 4); // a pointer, too
    }
    sim_cpu_configure(cpu,
            &(struct sim_cpu_config){.fpu = 3, .fp_automatic = true});
    sim_cpu_set_state(cpu,
            &(struct sim_cpu_state){
                    .r = {[4] = base + DATA},
                    .pc = base,
                    .xpsr = 1u << 24,
                    .msp = base + BYTES,
            });
    struct sim_cpu_clock *clock = sim_cpu_clock(cpu);
    clock->deadline = SIM_NEVER;
    clock->limit = 10000;
    struct sim_cpu_exit stop;
    sim_cpu_run(cpu, &stop);
    assert_int_equal(stop.why, SIM_CPU_BKPT);
    const uint64_t cycles = clock->cycles - 1; // without BKPT
    sim_cpu_free(cpu);
    free(ram);
    return cycles;
}

static void compare(const char *core, const struct row *table, size_t count,
        uint32_t base) {
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned cycles = (unsigned)cycles_of(core, &table[i], base);
        if (cycles != table[i].cycles) {
            print_error("%s: %u cycles, expected %u\n", table[i].what, cycles,
                    (unsigned)table[i].cycles);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void test_cortex_m4(void **state) {
    (void)state;
    compare("cortex-m4", rows, sizeof rows / sizeof rows[0], RAM);
}

static void test_cortex_m4_bus(void **state) {
    (void)state;
    compare("cortex-m4", shared, sizeof shared / sizeof shared[0], SHARED);
}

static void test_cortex_m0plus(void **state) {
    (void)state;
    compare("cortex-m0plus", m0plus_rows,
            sizeof m0plus_rows / sizeof m0plus_rows[0], SHARED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_cortex_m4),
            cmocka_unit_test(test_cortex_m4_bus),
            cmocka_unit_test(test_cortex_m0plus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
