/*
 * sim_board - a machine put together: MCU model, NOR chip, UART peer
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/machine: MCU, flash chip and UART line put together into a
 * board.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include "nor/nor.h"
#include "sim/sim.h"
#include "sim/soc.h"

struct sim_board_custom;

struct sim_board_options {
    const char *board;                     // "stm32l476g-disco"
    const struct sim_board_custom *custom; // instead of board; may be NULL
    const struct sim_soc *soc;             // NULL: the one of the board's MCU
    uint8_t *internal; // internal flash contents, `internal_bytes` of the board
    struct nor *nor;
    struct sim_uart_peer peer; // tx NULL: nothing attached
};

struct sim_board_info {
    const char *name;
    const char *mcu;
    const char *part; // default NOR part
    uint32_t internal_addr, internal_bytes;
    uint32_t window_addr, window_bytes;
    const char *text; // one line
};
const struct sim_board_info *sim_board_find(const char *name);
const struct sim_board_info *sim_board_at(size_t i); // NULL: end of list

// A board that a user describes: other memories around the same peripherals.
#define SIM_BOARD_RAMS SIM_SOC_RAMS
#define SIM_BOARD_SYSTEM_ADDR 0x1FFF7000u // OTP, identification, options
#define SIM_BOARD_SYSTEM_BYTES 0x1000u
#define SIM_BOARD_NAME_BYTES 40
struct sim_board_custom {
    struct sim_board_info info; // name, mcu and text point into this struct
    char name[SIM_BOARD_NAME_BYTES];
    char part[SIM_BOARD_NAME_BYTES];
    struct {
        uint32_t addr, bytes;
    } ram[SIM_BOARD_RAMS];
    unsigned ram_count;
    uint32_t hse_hz; // 0: no crystal
    // A known board with the same pins. NULL: every pin counts as connected,
    // whatever its configuration.
    const char *like;
};
// The memory map of the modelled MCU, without a name.
struct sim_board_info sim_board_default(void);

// The SoC whose name begins the MCU's name; NULL: it is not simulated.
const struct sim_soc *sim_soc_find(const char *mcu);

struct sim_board;
// Adds memories and peripherals to a new machine. NULL: the board or its MCU is
// unknown, or there is no memory left.
struct sim_board *sim_board_new(struct sim *sim,
        const struct sim_board_options *options);
void sim_board_free(struct sim_board *board);

// The peer has new bytes: call next() from now on.
void sim_board_uart_kick(struct sim_board *board);

// The supply of MCU and chip has failed (nor_power_off) or returned
// (nor_power_on). After SIM_STOP_POWER_CUT: false, then true, then
// sim_power_on().
void sim_board_power(struct sim_board *board, bool on);

// --set ADDR[:MASK]=VALUE: reads of addr give the memory with the bits of mask
// replaced by those of value.
void sim_board_set(struct sim_board *board, uint32_t addr, uint32_t mask,
        uint32_t value);

// Ready-made callbacks for struct nor_options; its ctx is a struct
// sim_board_nor that outlives the chip. A report becomes a violation "nor-...".
struct sim_board_nor {
    struct sim *sim;
    uint32_t window_addr; // of the board's info
};
void sim_board_nor_report(void *ctx, const struct nor_report *report);
void sim_board_nor_changed(void *ctx, uint32_t off, uint32_t len_bytes);
void sim_board_nor_operation(void *ctx, char kind, uint32_t off,
        uint32_t len_bytes, uint64_t time_ps, bool begun);
void sim_board_nor_suspension(void *ctx, char kind, uint32_t off,
        uint64_t time_ps, bool suspended);

struct sim_soc_counters sim_board_counters(const struct sim_board *board);

#endif
