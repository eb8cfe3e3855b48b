/*
 * sim_stm32 - the peripherals of an STM32L476 as the board model sees them
 *
 * SPDX-License-Identifier: MIT
 *
 * Private to the board model. Register behaviour follows RM0351 and ES0250;
 * where the manual leaves something open, the source says which way was taken
 * and takes the one that a driver is less likely to survive.
 *
 * All register handlers work on whole words: `off` is a multiple of 4, `mask`
 * has FFh for each byte of the word that the access touches, and values stand
 * in their place in the word. A handler returns false for a register it does
 * not model; the bus then lets it behave as memory and says so.
 */
#ifndef SIM_STM32_H
#define SIM_STM32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"
#include "sim/machine/sim_board.h"

struct stm32;

/// Bus ///

struct stm32_block {
    const char *name;
    uint32_t base, size;
    uint8_t gate; // RCC offset of the enable register, 0: always clocked
    uint8_t gate_bit;
    uint8_t index; // which of several equal blocks
    bool (*read)(struct stm32 *m, const struct stm32_block *b, uint32_t off,
            uint32_t mask, uint32_t *value);
    bool (*write)(struct stm32 *m, const struct stm32_block *b, uint32_t off,
            uint32_t value, uint32_t mask);
    void (*reset)(struct stm32 *m, const struct stm32_block *b);
};
// RCC offsets of the enable registers; the reset register stands 20h before.
#define STM32_AHB1 0x48u
#define STM32_AHB2 0x4Cu
#define STM32_AHB3 0x50u
#define STM32_APB1 0x58u
#define STM32_APB1_2 0x5Cu
#define STM32_APB2 0x60u

extern const struct stm32_block stm32l476_blocks[];
extern const size_t stm32l476_block_count;
extern const struct sim_irqs stm32l476_irqs;
#define STM32_MAX_BLOCKS 80

struct stm32_set {
    uint32_t addr, mask, value;
};

struct stm32_bus {
    struct stm32_set *sets;
    size_t set_count;
    const struct stm32_block *last;   // most accesses come in runs
    bool unclocked[STM32_MAX_BLOCKS]; // reported as used without its clock
};

uint32_t stm32_bus_read(struct stm32 *m, uint32_t addr, unsigned size);
void stm32_bus_write(struct stm32 *m, uint32_t addr, uint32_t value,
        unsigned size);
void stm32_bus_set(struct stm32 *m, uint32_t addr, uint32_t mask,
        uint32_t value);
void stm32_bus_free(struct stm32 *m);

// The word with the bytes of `mask` replaced.
static inline uint32_t stm32_merge(uint32_t old, uint32_t value,
        uint32_t mask) {
    return (old & ~mask) | (value & mask);
}

/// Clocks ///

enum stm32_osc {
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

struct stm32_rcc {
    uint32_t reg[0x9C / 4];
    sim_time ready_at[OSC_COUNT]; // SIM_NEVER: off, or cannot become ready
    bool ready[OSC_COUNT];
    bool lsi_forced;                     // by the watchdog
    uint32_t sysclk, hclk, pclk1, pclk2; // Hz, current
    bool latency_bad;                    // reported since it was last right
    bool pll_bad, sw_noted, hse_noted, pll_noted, range_noted, bdcr_noted;
    struct sim_event event;
};

bool stm32_rcc_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_rcc_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask);
void stm32_rcc_reset(struct stm32 *m, enum sim_reset kind);
void stm32_rcc_init(struct stm32 *m);
// False: the enable bit is 0 or the reset bit is 1.
bool stm32_clocked(const struct stm32 *m, const struct stm32_block *b);
// Recompute all frequencies from the registers and tell who depends on them.
void stm32_clock_update(struct stm32 *m);
// ACR.LATENCY against HCLK and the voltage range.
void stm32_clock_check(struct stm32 *m);
uint32_t stm32_osc_hz(const struct stm32 *m, enum stm32_osc osc);
uint32_t stm32_usart2_hz(const struct stm32 *m);
// The oscillator that the PLL takes; OSC_COUNT: none.
enum stm32_osc stm32_pll_source(const struct stm32 *m);

/// Power and backup domain ///

struct stm32_pwr {
    uint32_t reg[0x60 / 4];
    sim_time vos_ready;
    uint32_t backup[32]; // kept over every reset but power-on
    bool rtc_noted;
};
bool stm32_pwr_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_pwr_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask);
void stm32_pwr_reset(struct stm32 *m, const struct stm32_block *b);
bool stm32_pwr_backup_writable(const struct stm32 *m);
unsigned stm32_pwr_range(const struct stm32 *m); // 1 or 2
bool stm32_rtc_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_rtc_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask);

/// Internal flash ///

struct stm32_flash {
    uint32_t acr, sr, cr, eccr;
    uint32_t option[0x34 / 4]; // 20h..50h
    unsigned key_step, optkey_step;
    bool dead; // wrong key: locked until reset
    struct sim_event done;
    uint32_t erase_off, erase_bytes; // what `done` completes
    bool noted_locked, noted_options, noted_program;
};
bool stm32_flash_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value);
bool stm32_flash_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_flash_reset(struct stm32 *m, enum sim_reset kind);
void stm32_flash_init(struct stm32 *m);
unsigned stm32_flash_latency(const struct stm32 *m);
bool stm32_flash_iwdg_hardware(const struct stm32 *m); // OPTR.IWDG_SW = 0

/// Pins ///

struct stm32_pin {
    uint8_t port, pin, af; // port 0: A
};
#define STM32_PORTS 8u

struct stm32_gpio {
    uint32_t moder, otyper, ospeedr, pupdr, odr, afr[2], ascr, lckr;
    unsigned lock_step;
    uint32_t lock_pins;
    uint32_t level; // driven high, as last traced
};
bool stm32_gpio_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_gpio_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_gpio_reset(struct stm32 *m, const struct stm32_block *b);
// The pin is in alternate-function mode with exactly this function.
bool stm32_pin_is(const struct stm32 *m, const struct stm32_pin *pin);
// "PD5" into text, which is returned.
const char *stm32_pin_name(const struct stm32_pin *pin, char text[8]);

/// USART2 ///

struct stm32_usart {
    uint32_t cr1, cr2, cr3, brr, gtpr, rtor, isr;
    uint16_t rdr, tdr, shift;
    bool tdr_full, sending, preamble; // preamble: the idle frame after TE
    bool line_busy;                   // a byte of the peer is on the way
    uint8_t line_byte;
    sim_time line_from; // when its start bit began
    struct sim_event tx, line, idle, kick;
    uint64_t rx_count, tx_count, overruns;
    bool noted_tx_pin, noted_rx_pin, noted_baud, noted_off, noted_frame;
    bool noted_locked;
};
bool stm32_usart_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value);
bool stm32_usart_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_usart_reset(struct stm32 *m, const struct stm32_block *b);
void stm32_usart_init(struct stm32 *m);
void stm32_usart_kick(struct stm32 *m);
void stm32_usart_power(struct stm32 *m, bool on);
// Does it ask DMA to take a received word (or else for one to send)?
bool stm32_usart_request(const struct stm32 *m, bool receive);

/// DMA1, DMA2 ///

#define STM32_DMA_CHANNELS 7u
struct stm32_dma_channel {
    uint32_t ccr, cndtr, cpar, cmar;
    uint32_t par, mar; // where the next item comes from and goes to
    uint32_t count;    // CNDTR when the channel was enabled
    uint32_t pc;       // and who did it
};
struct stm32_dma {
    struct stm32 *m;
    unsigned index; // 0: DMA1
    uint32_t isr, cselr;
    struct stm32_dma_channel channel[STM32_DMA_CHANNELS];
    struct sim_event event; // the end of the item under way
    bool noted_request, noted_circular, noted_empty, noted_locked, noted_error;
};
bool stm32_dma_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_dma_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask);
void stm32_dma_reset(struct stm32 *m, const struct stm32_block *b);
void stm32_dma_init(struct stm32 *m);
void stm32_dma_power_off(struct stm32 *m);
// A request or a clock has changed.
void stm32_dma_kick(struct stm32 *m);

/// QUADSPI ///

#define QSPI_FIFO_BYTES 16u

enum stm32_qspi_phase {
    QSPI_IDLE,
    QSPI_COMMAND, // no data: ends at t_next
    QSPI_WRITE,
    QSPI_READ, // bytes come in, or wait to be popped
    QSPI_POLL,
    QSPI_MAPPED,
    QSPI_ABORT,
};

struct stm32_qspi {
    uint32_t cr, dcr, flags, dlr, ccr, ar, abr, psmkr, psmar, pir, lptr;
    bool ccr_armed; // CCR was written since reset: FTF means something
    enum stm32_qspi_phase phase;
    uint8_t fifo[QSPI_FIFO_BYTES + 1]; // one more for the residue of a read
    unsigned level;
    bool connected;     // pins are right: the chip sees this frame
    bool in_frame;      // nCS is low
    uint64_t remaining; // bytes still to cross the bus
    uint64_t unread;    // of an indirect read: bytes software has not popped
    sim_time clock_ps;  // one CLK period of the running transfer
    sim_time byte_ps;
    sim_time t_next;   // when the next byte has crossed; end of the phase
    bool paused;       // FIFO full or empty: CLK is stopped
    sim_time free_at;  // nCS has been high long enough
    sim_time nor_time; // last time told to the chip: never goes back
    unsigned polls;    // real polls since the start
    sim_time poll_start, poll_period;
    bool poll_ftf;
    bool ar_dirty;      // an indirect command had AR[1:0] != 0, no abort yet
    bool window_wanted; // mapped: window closed since the chip is busy
    struct sim_event event;
    bool noted_pins, noted_fsize, noted_residue, noted_dma, noted_disabled;
    bool noted_dr, noted_sioo, noted_speed;
};
#define QSPI_CR_EN 0x1u
#define QSPI_CR_ABORT 0x2u
#define QSPI_SR_TEF 0x01u
#define QSPI_SR_TCF 0x02u
#define QSPI_SR_FTF 0x04u
#define QSPI_SR_SMF 0x08u
#define QSPI_SR_TOF 0x10u
#define QSPI_SR_BUSY 0x20u

bool stm32_qspi_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_qspi_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_qspi_reset(struct stm32 *m, const struct stm32_block *b);
void stm32_qspi_init(struct stm32 *m);
void stm32_qspi_power(struct stm32 *m, bool on);
// Called when a pin's mode or function changed.
void stm32_qspi_pins(struct stm32 *m);
// Called when HCLK changed from `old_hz`.
void stm32_qspi_hclk(struct stm32 *m, uint32_t old_hz);
// Called when RCC takes the clock away or holds the block in reset.
void stm32_qspi_unclocked(struct stm32 *m, bool reset);

// Between its two halves: registers (stm32_quadspi.c) and the serial bus
// (stm32_quadspi_bus.c, stm32_quadspi_map.c).
sim_time stm32_qspi_now(struct stm32 *m);
// Bring transfer and flags to the present, or to a later time.
void stm32_qspi_advance(struct stm32 *m, sim_time to);
void stm32_qspi_settle(struct stm32 *m); // next event and interrupt line
void stm32_qspi_start(struct stm32 *m);
void stm32_qspi_abort(struct stm32 *m);
void stm32_qspi_stop(struct stm32 *m); // at once: EN=0, reset
void stm32_qspi_push(struct stm32 *m, const uint8_t *data, unsigned len);
uint32_t stm32_qspi_pop(struct stm32 *m, unsigned len);
bool stm32_qspi_busy(const struct stm32 *m);
bool stm32_qspi_ftf(const struct stm32 *m);
void stm32_qspi_frame(const struct stm32 *m, struct nor_frame *f);
uint64_t stm32_qspi_header_clocks(const struct nor_frame *f, bool ddr);
uint64_t stm32_qspi_data_clocks(const struct nor_frame *f, bool ddr,
        uint64_t bytes);
void stm32_qspi_begin(struct stm32 *m, sim_time at, const struct nor_frame *f);
uint8_t stm32_qspi_in(struct stm32 *m, sim_time at);
void stm32_qspi_out(struct stm32 *m, sim_time at, uint8_t byte);
void stm32_qspi_end(struct stm32 *m, sim_time at);
bool stm32_qspi_pins_ok(const struct stm32 *m, uint32_t ccr, char *text,
        size_t size);
void stm32_qspi_map(struct stm32 *m);
void stm32_qspi_map_check(struct stm32 *m); // open the window if possible
void stm32_qspi_unmap(struct stm32 *m, const char *reason);
sim_time stm32_qspi_map_event(const struct stm32 *m);

/// Watchdog ///

struct stm32_iwdg {
    bool unlocked, running;
    uint32_t pr, rlr, winr;
    sim_time busy_until[3]; // PVU, RVU, WVU
    uint32_t count;         // at `since`
    sim_time since;
    struct sim_event event;
};
bool stm32_iwdg_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_iwdg_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_iwdg_reset(struct stm32 *m, const struct stm32_block *b);
void stm32_iwdg_init(struct stm32 *m);

/// Basic timers: TIM2, TIM6, TIM7 count up ///

#define STM32_TIMERS 3u
struct stm32_tim {
    struct stm32 *m;
    uint32_t cr1, dier, sr, psc, arr, ccr[4], ccmr[2], ccer;
    uint32_t psc_now; // in force since the last update event
    uint32_t count;   // at `since`
    sim_time since;
    struct sim_event event;
    unsigned irq;
    uint32_t top; // largest ARR
};
bool stm32_tim_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value);
bool stm32_tim_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask);
void stm32_tim_reset(struct stm32 *m, const struct stm32_block *b);
void stm32_tim_init(struct stm32 *m);
// The timer clock is about to change: keep what was counted so far.
void stm32_tim_freeze(struct stm32 *m);
void stm32_tim_thaw(struct stm32 *m);

/// The small ones: SYSCFG, EXTI, CRC, RNG, DBGMCU ///

struct stm32_misc {
    uint32_t syscfg[0x28 / 4];
    uint32_t exti[0x38 / 4];
    uint32_t crc_dr, crc_idr, crc_cr, crc_init, crc_pol;
    uint32_t rng_cr, rng_sr;
    uint64_t rng_state;
    sim_time rng_ready;
    uint32_t dbg[5];
    bool remap_noted, bank_noted;
};
#define STM32_HANDLERS(what) \
    bool stm32_##what##_read(struct stm32 *m, const struct stm32_block *b, \
            uint32_t off, uint32_t mask, uint32_t *value); \
    bool stm32_##what##_write(struct stm32 *m, const struct stm32_block *b, \
            uint32_t off, uint32_t value, uint32_t mask); \
    void stm32_##what##_reset(struct stm32 *m, const struct stm32_block *b)
STM32_HANDLERS(syscfg);
STM32_HANDLERS(exti);
STM32_HANDLERS(crc);
STM32_HANDLERS(rng);
bool stm32_dbgmcu_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value);
bool stm32_dbgmcu_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask);
void stm32_dbgmcu_power_on(struct stm32 *m);

/// The whole ///

// What the board connects to the MCU.
struct stm32_wiring {
    struct stm32_pin qspi_clk, qspi_ncs, qspi_io[4];
    struct stm32_pin uart_tx, uart_rx;
    uint32_t hse_hz;
    const char *hse_note; // said once when the firmware starts the HSE
    uint32_t pulled_up[STM32_PORTS]; // inputs the board holds high
    bool any_pin; // the pins above are not known: take them for connected
};

struct stm32 {
    struct sim *sim;
    const struct stm32_wiring *wiring;
    uint8_t *internal;
    uint32_t internal_bytes;
    uint32_t window_addr, window_bytes;
    uint32_t sram1_bytes;
    struct nor *nor;
    struct sim_uart_peer peer;
    bool powered;

    struct stm32_bus bus;
    struct stm32_rcc rcc;
    struct stm32_pwr pwr;
    struct stm32_flash flash;
    struct stm32_gpio gpio[STM32_PORTS];
    struct stm32_usart usart;
    struct stm32_dma dma[2];
    struct stm32_qspi qspi;
    struct stm32_iwdg iwdg;
    struct stm32_tim tim[STM32_TIMERS];
    struct stm32_misc misc;
};

// m is zeroed but for sim, wiring, memories, nor and peer.
void stm32_init(struct stm32 *m);
void stm32_reset(struct stm32 *m, enum sim_reset kind);
// Another power cycle is about to begin, or the supply is gone.
void stm32_power(struct stm32 *m, bool on);
void stm32_free(struct stm32 *m);

// addr 0 with has_addr false. `what` is a printf format.
void stm32_violate(struct stm32 *m, const char *rule, bool has_addr,
        uint32_t addr, const char *why, const char *fix, const char *what, ...)
        __attribute__((format(printf, 7, 8)));
// sim_note, but only while *noted is false; sets it.
void stm32_note_once(struct stm32 *m, bool *noted, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#define STM32_IRQ_FLASH 4u
#define STM32_IRQ_RCC 5u
#define STM32_IRQ_TIM2 28u
#define STM32_IRQ_USART2 38u
#define STM32_IRQ_TIM6 54u
#define STM32_IRQ_TIM7 55u
#define STM32_IRQ_QUADSPI 71u
#define STM32_IRQ_RNG 80u

#endif
