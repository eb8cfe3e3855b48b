/*
 * stm32l4_priv - what the files of the STM32L476 share
 *
 * SPDX-License-Identifier: MIT
 *
 * stm32l4.c        the SoC as a whole: life, resets, the wires
 * stm32l4_map.c    memory map, clock gates, interrupts: makes the devices
 * stm32l4_rcc.c    RCC's registers, oscillators
 * stm32l4_clock.c  frequencies
 * stm32l4_pwr.c    PWR and the backup registers
 * stm32l4_flash.c  internal flash
 * stm32l4_fast.c   fast programming of it
 * stm32l4_option.c option bytes
 * stm32l4_ecc.c    double words of it whose bits are not right
 */
#ifndef STM32L4_PRIV_H
#define STM32L4_PRIV_H

#include "sim/stm32/stm32_bus.h"
#include "sim/stm32/stm32_dma.h"
#include "sim/stm32/stm32_exti.h"
#include "sim/stm32/stm32_gpio.h"
#include "sim/stm32/stm32_iwdg.h"
#include "sim/stm32/stm32_misc.h"
#include "sim/stm32/stm32_quadspi.h"
#include "sim/stm32/stm32_syscfg.h"
#include "sim/stm32/stm32_tim.h"
#include "sim/stm32/stm32_usart.h"
#include "sim/stm32/stm32_wwdg.h"
#include "sim/stm32l4/stm32l4.h"

#define L4_INTERNAL_ADDR STM32L4_INTERNAL_ADDR
#define L4_SRAM1_ADDR 0x20000000u
#define L4_DBGMCU_IDCODE 0x10076415u

#define L4_PORTS 8u
#define L4_TIMERS 3u
#define L4_BLOCKS 80u

// RCC offsets of the enable registers; the reset register is 20h before.
#define L4_AHB1 0x48u
#define L4_AHB2 0x4Cu
#define L4_AHB3 0x50u
#define L4_APB1 0x58u
#define L4_APB1_2 0x5Cu
#define L4_APB2 0x60u
#define L4_ALWAYS 0u // no enable bit

// Interrupts of what is modelled in this folder.
#define L4_IRQ_FLASH 4u
#define L4_IRQ_RCC 5u

// Numbers for the wire clock_hz.
enum l4_clock { L4_HCLK, L4_PCLK1, L4_TIMERS_CLOCK, L4_USART2_CLOCK, L4_CLK48 };

/// Clocks ///

enum l4_osc {
    OSC_MSI,
    OSC_HSI,
    OSC_HSE,
    OSC_PLL,
    OSC_SAI1,
    OSC_SAI2,
    OSC_LSI,
    OSC_LSE,
    OSC_COUNT
};

struct l4_rcc {
    uint32_t reg[0x9C / 4];
    sim_time ready_at[OSC_COUNT]; // SIM_NEVER: off, or cannot become ready
    bool ready[OSC_COUNT];
    uint32_t sysclk, hclk, pclk1, pclk2; // Hz, current
    bool latency_bad, low_power_bad;     // reported since last right
    bool pll_bad, sw_noted, hse_noted, pll_noted, range_noted, bdcr_noted;
    struct sim_event event;
};

/// Power and backup domain ///

struct l4_pwr {
    uint32_t reg[0x60 / 4];
    sim_time vos_ready;
    uint32_t backup[32]; // kept over every reset but power-on
    bool rtc_noted;
};

/// Internal flash ///

// What is true of double words beside their 64 bits.
enum l4_mark {
    L4_MARK_FULL, // programmed, though it may read as erased
    L4_MARK_ECCC, // one bit is corrected
    L4_MARK_ECCD, // two bits are wrong, or more
};
struct l4_marked {
    uint32_t off, bytes;
    enum l4_mark kind;
};
#define L4_MARKED 64u

// A row under way; the double word under the high voltage is in struct
// l4_flash.
struct l4_fast {
    bool active;
    uint32_t begun_off; // of the row
    uint32_t want_off;  // of the next store
    uint32_t first;     // word of a double word
    uint32_t next[2];   // double word that waits
    bool has_first, has_next;
    unsigned count; // programmed
};

#define L4_SR_OPERR (1u << 1)
#define L4_SR_PROGERR (1u << 3)
#define L4_SR_WRPERR (1u << 4)
#define L4_SR_PGAERR (1u << 5)
#define L4_SR_SIZERR (1u << 6)
#define L4_SR_PGSERR (1u << 7)
#define L4_SR_MISERR (1u << 8)
#define L4_SR_FASTERR (1u << 9)
#define L4_SR_RDERR (1u << 14)
#define L4_SR_ERRORS 0x3FAu // all that block the next operation
#define L4_CR_PG 1u
#define L4_CR_ERASES 0x8006u // PER, MER1, MER2
#define L4_OPTIONS 13u       // registers, 20h..50h
#define L4_OPTIONS2_ADDR 0x1FFFF800u
#define L4_OPTIONS2_BYTES 0x400u

struct l4_flash {
    uint32_t acr, sr, cr, eccr;
    uint32_t told;               // errors that OPERR has followed, or need not
    uint32_t option[L4_OPTIONS]; // as the registers are written
    uint32_t stored[L4_OPTIONS], loaded[L4_OPTIONS];
    bool option_programs; // what `done` completes
    bool options_torn;    // words and complements do not fit
    bool launched;        // the reset that comes is OBL_LAUNCH's
    bool bank_erased[2];  // by a mass erase since the reset
    struct l4_fast fast;
    unsigned key_step, optkey_step;
    bool dead; // wrong key: locked until reset
    struct sim_event done;
    uint32_t erase_off, erase_bytes; // what `done` completes
    uint32_t program_off;            // of the double word
    uint32_t word[2];
    bool has_word; // the first one, of two
    bool programs;
    uint64_t tear; // how a cut tears; 0: always alike
    unsigned torn; // operations, by resets
    bool noted_locked, noted_options, noted_program, noted_fast, noted_optlock,
            noted_eccc, noted_eccd, noted_optverr, noted_level, noted_otp,
            noted_pcrop, noted_bank, noted_erase;
    bool reads_watched[2]; // of the banks
    struct l4_marked marked[L4_MARKED];
    size_t marked_count;
};

/// SRAM2 ///

#define L4_SRAM2_ADDR 0x10000000u
#define L4_SRAM2_BYTES 0x8000u

struct l4_parity {
    bool watched; // `written` follows each write
    bool noted;
    uint8_t written[L4_SRAM2_BYTES / 8]; // a bit for each byte
};

/// The whole ///

struct stm32l4 {
    struct stm32_soc soc; // the wires
    struct sim *sim;
    const struct sim_wiring *wiring;
    struct sim_region internal, window;
    uint32_t sram1_bytes;
    struct nor *nor;
    bool powered;
    uint8_t system[STM32L4_SYSTEM_BYTES];
    uint8_t options2[L4_OPTIONS2_BYTES]; // words of bank 2
    struct stm32_bus bus;
    struct stm32_block block[L4_BLOCKS];

    struct l4_rcc rcc;
    struct l4_pwr pwr;
    struct l4_flash flash;
    struct stm32_gpio gpio[L4_PORTS];
    struct stm32_usart usart2;
    struct stm32_dma dma[2];
    struct stm32_qspi qspi;
    struct stm32_iwdg iwdg;
    struct stm32_wwdg wwdg;
    struct stm32_tim tim[L4_TIMERS];
    struct stm32_syscfg syscfg;
    struct stm32_exti exti;
    struct stm32_crc crc;
    struct stm32_rng rng;
    struct stm32_dbgmcu dbgmcu;
    struct l4_parity parity;
    bool remap_noted, bank_noted;
};

// stm32l4_map.c
extern const struct sim_irqs l4_irqs;
bool l4_map_init(struct stm32l4 *m, const struct sim_soc_options *options);
enum stm32_target l4_target(const void *ctx, uint32_t addr, unsigned bytes);

// stm32l4.c
void l4_reset(void *ctx, enum sim_reset kind);
void l4_nmi(struct stm32l4 *m); // the line, after all that drives it
void l4_remap(void *ctx, uint32_t memrmp);
enum stm32_request l4_request(const void *ctx, unsigned index, unsigned channel,
        unsigned selection);

// stm32l4_rcc.c
extern const struct stm32_ops l4_rcc_ops;
void l4_rcc_init(struct stm32l4 *m);
// launched: by FLASH_CR.OBL_LAUNCH.
void l4_rcc_reset(struct stm32l4 *m, enum sim_reset kind, bool launched);
void l4_rcc_keep_wwdg(struct stm32l4 *m); // its clock is on
// False: the enable bit is 0 or the reset bit is 1.
bool l4_block_clocked(const void *ctx, const struct stm32_block *block);
void l4_gate_text(const struct stm32_block *block, char *text, size_t size);

// stm32l4_clock.c
// Recompute all frequencies from the registers and tell the devices.
void l4_clock_update(struct stm32l4 *m);
// ACR.LATENCY against HCLK and the voltage range.
void l4_clock_check(struct stm32l4 *m);
uint32_t l4_osc_hz(const struct stm32l4 *m, enum l4_osc osc);
// The oscillator that the PLL takes; OSC_COUNT: none.
enum l4_osc l4_pll_source(const struct stm32l4 *m);
uint32_t l4_clock_hz(const void *ctx, unsigned clock);

// stm32l4_pwr.c
extern const struct stm32_ops l4_pwr_ops, l4_rtc_ops;
bool l4_backup_writable(const struct stm32l4 *m);
unsigned l4_voltage_range(const struct stm32l4 *m); // 1 or 2
bool l4_low_power_run(const struct stm32l4 *m);     // PWR_CR1.LPR

// stm32l4_flash.c
extern const struct stm32_ops l4_flash_ops;
void l4_flash_init(struct stm32l4 *m);
void l4_flash_reset(struct stm32l4 *m, bool loads_options);
void l4_flash_tear(struct stm32l4 *m, uint64_t tear);
// A store of the CPU to internal flash. false: a bus error.
bool l4_flash_store(void *ctx, uint32_t addr, uint32_t value, unsigned size);
// When the operation that runs will be done; SIM_NEVER: none does.
sim_time l4_flash_until(const struct stm32l4 *m);
// Before a read or fetch: one of the bank that is programmed or erased waits.
void l4_flash_read(struct stm32l4 *m, uint32_t addr);
void l4_flash_irq(struct stm32l4 *m); // the lines, after its registers
unsigned l4_flash_latency(const struct stm32l4 *m);
// What fast programming needs of it: BSY for that long; the double word goes
// into the array; the operation has ended. l4_flash_bank_of_pc: -1 for none.
void l4_flash_busy(struct stm32l4 *m, sim_time time);
void l4_flash_commit(struct stm32l4 *m);
void l4_flash_ready(struct stm32l4 *m);
int l4_flash_bank_of_pc(const struct stm32l4 *m);

// stm32l4_fast.c
// A store while CR.FSTPG is set. Returns the bits of SR that it has set.
uint32_t l4_fast_store(struct stm32l4 *m, uint32_t off, uint32_t value,
        unsigned size);
void l4_fast_done(struct stm32l4 *m);

// stm32l4_option.c
void l4_option_init(struct stm32l4 *m);
void l4_option_load(struct stm32l4 *m);
bool l4_option_refused(struct stm32l4 *m); // OPTSTRT does nothing
void l4_option_program(struct stm32l4 *m); // OPTSTRT is done
void l4_option_tear(struct stm32l4 *m);    // OPTSTRT was cut
// OPTR.SRAM2_RST = 0: a system reset erases SRAM2.
bool l4_option_loses_sram2(const struct stm32l4 *m);
bool l4_option_checks_sram2(const struct stm32l4 *m); // OPTR.SRAM2_PE = 0
// Before a read of data. false: it gives 0.
bool l4_option_read(struct stm32l4 *m, uint32_t addr, uint32_t len);
bool l4_option_protects(const struct stm32l4 *m, uint32_t off, uint32_t bytes);
bool l4_iwdg_hardware(const struct stm32l4 *m); // OPTR.IWDG_SW = 0
bool l4_wwdg_hardware(const struct stm32l4 *m); // OPTR.WWDG_SW = 0

// stm32l4_ecc.c: off is that of a double word, from the start of the flash.
void l4_ecc_mark(struct stm32l4 *m, uint32_t off, uint32_t bytes,
        enum l4_mark kind);
void l4_ecc_unmark(struct stm32l4 *m, uint32_t off, uint32_t bytes);
bool l4_ecc_erased(const struct stm32l4 *m, uint32_t off); // can be programmed
void l4_ecc_read(void *ctx, uint32_t addr, unsigned size, bool fetch);
void l4_ecc_write(struct stm32l4 *m, uint32_t value, uint32_t mask); // to ECCR
bool l4_ecc_interrupts(const struct stm32l4 *m);
bool l4_ecc_nmi(const struct stm32l4 *m);

// stm32l4_parity.c
void l4_parity_power_on(struct stm32l4 *m);
void l4_parity_load(struct stm32l4 *m); // the option bytes are loaded
void l4_parity_access(struct stm32l4 *m, uint32_t addr, uint32_t len,
        enum sim_access access);
void l4_parity_erase(void *ctx);   // SRAM2 becomes 0
void l4_parity_changed(void *ctx); // SYSCFG_CFGR2.SPF
// The programming of that double word was cut.
void l4_tear_program(struct stm32l4 *m, uint32_t off, const uint32_t word[2],
        uint64_t tear);
uint32_t l4_tear_random(uint64_t *state);

#endif
