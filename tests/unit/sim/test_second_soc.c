/*
 * test_second_soc - the devices work in another SoC, without an edit in them
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/thumb/*.c
// sources: host/sim/*.c host/base/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/core/*.c host/sim/cpu/*.c host/sim/cpu/unicorn/*.c
// sources: host/sim/stm32/*.c
// sources: host/sim/stm32l4/*.c host/sim/machine/*.c host/nor/*.c
// sources: host/sim/observe/measure.c
// sources: tests/support/toy_soc.c
// libs: unicorn
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/sim_board.h"
#include "sim/observe/measure.h"
#include "support/toy_soc.h"

#define ROM_BYTES 0x10000u
#define RAM_BYTES 0x8000u
#define CODE 0x400u

/// A firmware for it ///

// Sends 'A' and 'B' through the two UARTs, reads the chip's id by a command,
// maps it, sends a byte of the window through UART A, lets DMA send four others
// through UART B, takes an interrupt of UART A and sends '!' through UART B.
// RAM: id, first word of the window, number of the exception.
static const uint16_t firmware[] = {
        // start:
        0xF04F, 0x44A0, // mov.w r4, #1342177280
        0x4D31,         // ldr r5, [pc, #196]
        0x4E32,         // ldr r6, [pc, #200]
        0xF04F, 0x57C0, // mov.w r7, #402653184
        0x68E8,         // ldr r0, [r5, #12]
        0x200F,         // movs r0, #15
        0x6020,         // str r0, [r4, #0]
        0xF240, 0x202C, // movw r0, #556
        0x60E8,         // str r0, [r5, #12]
        0x2045,         // movs r0, #69
        0x60F0,         // str r0, [r6, #12]
        0x2009,         // movs r0, #9
        0x6028,         // str r0, [r5, #0]
        0x6030,         // str r0, [r6, #0]
        0x462A,         // mov r2, r5
        0x2141,         // movs r1, #65
        0xF000, 0xF845, // bl 4b4 <send>
        0x4632,         // mov r2, r6
        0x2142,         // movs r1, #66
        0xF000, 0xF841, // bl 4b4 <send>
        // command:
        0x4C28, // ldr r4, [pc, #160]
        0x4828, // ldr r0, [pc, #160]
        0x6060, // str r0, [r4, #4]
        0x4828, // ldr r0, [pc, #160]
        0x6020, // str r0, [r4, #0]
        0x2002, // movs r0, #2
        0x6120, // str r0, [r4, #16]
        0x4827, // ldr r0, [pc, #156]
        0x6160, // str r0, [r4, #20]
        // busy:
        0x68A0, // ldr r0, [r4, #8]
        0x0780, // lsls r0, r0, #30
        0xD5FC, // bpl.n 444 <busy>
        0x6A20, // ldr r0, [r4, #32]
        0x6038, // str r0, [r7, #0]
        0x4825, // ldr r0, [pc, #148]
        0x6020, // str r0, [r4, #0]
        // abort:
        0x6820, // ldr r0, [r4, #0]
        0x0780, // lsls r0, r0, #30
        0xD4FC, // bmi.n 452 <abort>
        0x201B, // movs r0, #27
        0x60E0, // str r0, [r4, #12]
        // map:
        0x4822,         // ldr r0, [pc, #136]
        0x6160,         // str r0, [r4, #20]
        0x4B22,         // ldr r3, [pc, #136]
        0x6818,         // ldr r0, [r3, #0]
        0x6078,         // str r0, [r7, #4]
        0x7819,         // ldrb r1, [r3, #0]
        0x462A,         // mov r2, r5
        0xF000, 0xF823, // bl 4b4 <send>
        // dma:
        0x4C20,         // ldr r4, [pc, #128]
        0x2080,         // movs r0, #128
        0x60B0,         // str r0, [r6, #8]
        0xF106, 0x0028, // add.w r0, r6, #40
        0x63A0,         // str r0, [r4, #56]
        0xF503, 0x7380, // add.w r3, r3, #256
        0x63E3,         // str r3, [r4, #60]
        0x2004,         // movs r0, #4
        0x6360,         // str r0, [r4, #52]
        0xF44F, 0x6010, // mov.w r0, #2304
        0xF8C4, 0x00A8, // str.w r0, [r4, #168]
        0x2091,         // movs r0, #145
        0x6320,         // str r0, [r4, #48]
        // moved:
        0x6820, // ldr r0, [r4, #0]
        0x0580, // lsls r0, r0, #22
        0xD5FC, // bpl.n 490 <moved>
        // interrupt:
        0x4817,         // ldr r0, [pc, #92]
        0xF44F, 0x1100, // mov.w r1, #2097152
        0x6001,         // str r1, [r0, #0]
        0x2049,         // movs r0, #73
        0x6028,         // str r0, [r5, #0]
        // wait:
        0x68B8,         // ldr r0, [r7, #8]
        0x2800,         // cmp r0, #0
        0xD0FC,         // beq.n 4a2 <wait>
        0x4632,         // mov r2, r6
        0x2121,         // movs r1, #33
        0xF000, 0xF802, // bl 4b4 <send>
        // sleep:
        0xBF30, // wfi
        0xE7FD, // b.n 4b0 <sleep>
        // send:
        0x69D0, // ldr r0, [r2, #28]
        0x0600, // lsls r0, r0, #24
        0xD5FC, // bpl.n 4b4 <send>
        0x6291, // str r1, [r2, #40]
        0x4770, // bx lr
        // handler:
        0x2009,         // movs r0, #9
        0x6028,         // str r0, [r5, #0]
        0xF3EF, 0x8005, // mrs r0, IPSR
        0x60B8,         // str r0, [r7, #8]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0x1000, 0x5000, // .word 0x50001000
        0x2000, 0x5000, // .word 0x50002000
        0x5000, 0x5200, // .word 0x52005000
        0x0100, 0x0017, // .word 0x00170100
        0x0001, 0x0100, // .word 0x01000001
        0x019F, 0x0500, // .word 0x0500019f
        0x0003, 0x0100, // .word 0x01000003
        0x250B, 0x0D20, // .word 0x0d20250b
        0x0100, 0x7000, // .word 0x70000100
        0x3000, 0x5000, // .word 0x50003000
        0xE110, 0xE000, // .word 0xe000e110
};
enum {
    firmware_map = 0x5C,
    firmware_dma = 0x6E,
    firmware_interrupt = 0x96,
    firmware_handler = 0xBE,
};

/// The machine ///

struct line {
    char text[64];
    size_t count;
};

struct toy_machine {
    struct sim *sim;
    struct nor *nor;
    struct sim_board *board;
    uint8_t *rom, *array;
    struct line a, b;
    char note[512];
    unsigned notes;
    struct sim_trace entered;
};

static void line_tx(void *ctx, uint8_t byte) {
    struct line *line = ctx;
    assert_true(line->count + 1 < sizeof line->text);
    line->text[line->count++] = (char)byte;
}

static void note(void *ctx, const char *text) {
    struct toy_machine *m = ctx;
    m->notes++;
    snprintf(m->note, sizeof m->note, "%s", text);
}

static void trace(void *ctx, const struct sim_trace *e) {
    struct toy_machine *m = ctx;
    if (e->kind == SIM_TRACE_EXC_ENTER) {
        m->entered = *e;
    }
}

static void put(uint8_t *at, const char *text) {
    while (*text) {
        *at++ = (uint8_t)*text++;
    }
}

static void put_word(struct toy_machine *m, uint32_t off, uint32_t value) {
    memcpy(m->rom + off, &value, 4);
}

static uint32_t ram_word(struct toy_machine *m, uint32_t off) {
    uint32_t value;
    memcpy(&value, sim_memory(m->sim, TOY_RAM_ADDR + off, 4), 4);
    return value;
}

static int setup(void **state) {
    struct toy_machine *m = calloc(1, sizeof *m);
    const struct nor_part *part = nor_part_find("w25q128jv");
    static const struct nor_options no_options;
    m->rom = aligned_alloc(4096, ROM_BYTES);
    m->array = aligned_alloc(4096, part->size_bytes);
    memset(m->rom, 0xFF, ROM_BYTES);
    memset(m->array, 0xFF, part->size_bytes);
    put(m->array + 0x100, "windowed");
    put(m->array + 0x200, "dma\n");
    m->nor = nor_new(part, m->array, &no_options);
    m->sim = sim_new(&(struct sim_options){.time_limit = SIM_S});
    assert_non_null(m->sim);
    sim_set_note(m->sim, note, m);
    sim_add_trace(m->sim, trace, m);
    toy_second_peer =
            (struct sim_uart_peer){.tx = line_tx, .ctx = &m->b, .baud = 115200};
    static const struct board board = {
            .mcu = "TOY1",
            .internal = {.addr = 0, .bytes = ROM_BYTES},
            .window = {.addr = TOY_WINDOW_ADDR, .bytes = 0x08000000},
            .ram = {{TOY_RAM_ADDR, RAM_BYTES, 0}},
            .ram_count = 1,
    };
    const struct sim_board_options options = {
            .soc = &toy_soc,
            .board = &board,
            .internal = m->rom,
            .nor = m->nor,
            .peer = {.tx = line_tx, .ctx = &m->a, .baud = 115200},
    };
    m->board = sim_board_new(m->sim, &options);
    assert_non_null(m->board);
    put_word(m, 0, TOY_RAM_ADDR + RAM_BYTES);
    put_word(m, 4, CODE | 1);
    put_word(m, 4 * (16 + TOY_UART_A_IRQ), (CODE + firmware_handler) | 1);
    memcpy(m->rom + CODE, firmware, sizeof firmware);
    *state = m;
    return 0;
}

static int teardown(void **state) {
    struct toy_machine *m = *state;
    sim_board_free(m->board);
    sim_free(m->sim);
    nor_free(m->nor);
    free(m->rom);
    free(m->array);
    free(m);
    return 0;
}

/// Tests ///

static void runs_a_firmware(void **state) {
    struct toy_machine *m = *state;
    sim_power_on(m->sim);
    memset(sim_memory(m->sim, TOY_RAM_ADDR, 12), 0, 12);
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    if (sim_violation_of(m->sim)) {
        fail_msg("%s", sim_violation_of(m->sim)->what);
    }
    assert_string_equal(m->a.text, "Aw");
    assert_string_equal(m->b.text, "Bdma\n!");
    assert_int_equal(sim_board_counters(m->board).uart_tx, 8);
    const struct nor_part *part = nor_part_of(m->nor);
    assert_int_equal(ram_word(m, 0) & 0xFFFFFF,
            part->id[0] | part->id[1] << 8 | part->id[2] << 16);
    assert_memory_equal(sim_memory(m->sim, TOY_RAM_ADDR + 4, 4), "wind", 4);
    // One note: UART A was read before it had a clock.
    assert_int_equal(m->notes, 1);
    assert_non_null(strstr(m->note, "UART A is used at pc 0x0000040C"));
    assert_non_null(strstr(m->note, "Set its bit in TOYCLK (bit 0) first"));
}

static void takes_the_last_interrupt(void **state) {
    struct toy_machine *m = *state;
    char name[CMD_NAME_BYTES];
    sim_power_on(m->sim);
    memset(sim_memory(m->sim, TOY_RAM_ADDR, 12), 0, 12);
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    assert_int_equal(ram_word(m, 8), 16 + TOY_UART_A_IRQ);
    assert_int_equal(m->entered.a, 16 + TOY_UART_A_IRQ);
    assert_string_equal(cmd_exception_name(name, m->entered.a,
                                sim_irqs(m->sim)),
            "UART A");
}

// The rule is the device's, the manual that it comes from the SoC's.
static void cites_its_own_manual(void **state) {
    struct toy_machine *m = *state;
    const uint16_t store = 0x6060; // str r0, [r4, #4]: DCR, when it was read
    memcpy(m->rom + CODE + firmware_map + 8, &store, 2);
    sim_power_on(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *v = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[v->rule].name, "quadspi-busy-write");
    assert_non_null(strstr(v->what, "wrote QUADSPI_DCR in memory-mapped mode"));
    assert_non_null(strstr(v->why, "ignores the write (TM1 5)"));
}

static void reads_the_window_only_while_open(void **state) {
    struct toy_machine *m = *state;
    const uint16_t nop = 0xBF00;
    // Without the write of CCR that maps the chip.
    memcpy(m->rom + CODE + firmware_map + 2, &nop, 2);
    sim_power_on(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *v = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[v->rule].name, "window-read");
    assert_int_equal(v->addr, TOY_WINDOW_ADDR + 0x100);
}

// By its MCU's name, which says more than the SoC's.
static void a_soc_is_found_by_name(void **state) {
    (void)state;
    assert_non_null(sim_soc_find("STM32L476VG"));
    assert_string_equal(sim_soc_find("STM32L476RG")->name, "STM32L476");
    assert_null(sim_soc_find("STM32L4"));
    assert_null(sim_soc_find("TOY1"));
}

/// The sources ///

static void look(const char *name, const regex_t *unwanted) {
    char path[300];
    char line[300];
    snprintf(path, sizeof path, "host/sim/stm32/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (unsigned n = 1; fgets(line, sizeof line, file); n++) {
        if (!regexec(unwanted, line, 0, NULL, 0)) {
            fclose(file);
            fail_msg("%s:%u belongs to a SoC: %s", path, n, line);
        }
    }
    fclose(file);
}

// Names of SoCs, numbers of interrupts, addresses, manuals in messages, and
// what lies above the devices.
static void devices_know_no_soc(void **state) {
    (void)state;
    regex_t unwanted;
    assert_int_equal(
            regcomp(&unwanted,
                    "STM32[FGHLUW][0-9]|L4|L476|_IRQ_|"
                    "0x(1FFF[0-7]|(08|20|4[0-9]|5[0-9]|90|A0|E0)[0-9A-F]{3})[0-9A-F]{3}[^0-9A-F]|"
                    "^[^/]*\"[^\"]*(RM|ES|DS)[0-9]{4}|"
                    "include \"sim/(machine|stm32l4|command|line|observe)",
                    REG_EXTENDED | REG_NOSUB),
            0);
    DIR *dir = opendir("host/sim/stm32");
    assert_non_null(dir);
    unsigned files = 0;
    for (const struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            look(e->d_name, &unwanted);
            files++;
        }
    }
    closedir(dir);
    regfree(&unwanted);
    assert_true(files > 20);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(runs_a_firmware),
            TEST(takes_the_last_interrupt),
            TEST(cites_its_own_manual),
            TEST(reads_the_window_only_while_open),
            cmocka_unit_test(a_soc_is_found_by_name),
            cmocka_unit_test(devices_know_no_soc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
