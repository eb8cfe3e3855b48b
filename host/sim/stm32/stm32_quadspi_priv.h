/*
 * stm32_quadspi_priv - what the three files of the QUADSPI share
 *
 * SPDX-License-Identifier: MIT
 *
 * stm32_quadspi.c      registers
 * stm32_quadspi_bus.c  the serial bus: frames, FIFO, time
 * stm32_quadspi_map.c  memory-mapped mode, pins, clock, power
 */
#ifndef STM32_QUADSPI_PRIV_H
#define STM32_QUADSPI_PRIV_H

#include "sim/stm32/stm32_quadspi.h"

#define QSPI_CR_EN 0x1u
#define QSPI_CR_ABORT 0x2u
#define QSPI_CR_DMAEN 0x4u
#define QSPI_CR_TCEN 0x8u
#define QSPI_CCR_DDRM (1u << 31)
#define QSPI_SR_TEF 0x01u
#define QSPI_SR_TCF 0x02u
#define QSPI_SR_FTF 0x04u
#define QSPI_SR_SMF 0x08u
#define QSPI_SR_TOF 0x10u
#define QSPI_SR_BUSY 0x20u

static inline sim_time qspi_now_(const struct stm32_qspi *q) {
    return sim_now(q->soc->sim);
}
// One CLK period by the prescaler and HCLK.
static inline sim_time qspi_clock_ps_(const struct stm32_qspi *q) {
    return SIM_S * ((q->cr >> 24) + 1u) /
            q->soc->clock_hz(q->soc->ctx, q->o.clock);
}

// The register that the command in CCR waits for.
static inline const char *qspi_missing_(const struct stm32_qspi *q) {
    const bool sends = (q->ccr >> 26 & 3u) == 0 && (q->ccr >> 24 & 3u) != 0;
    return sends ? "DR" : "AR";
}

bool qspi_busy_(const struct stm32_qspi *q);
bool qspi_ftf_(const struct stm32_qspi *q);

// Bring transfer and flags to the present, or to a later time.
void qspi_advance_(struct stm32_qspi *q, sim_time to);
void qspi_update_(struct stm32_qspi *q); // next event and interrupt line
void qspi_start_(struct stm32_qspi *q);
void qspi_abort_(struct stm32_qspi *q);
// By the program: "CR.EN=0".
void qspi_disable_(struct stm32_qspi *q, const char *how);
void qspi_push_(struct stm32_qspi *q, const uint8_t *data, unsigned len);
uint32_t qspi_pop_(struct stm32_qspi *q, unsigned len);
void qspi_frame_(const struct stm32_qspi *q, struct nor_frame *f);
uint64_t qspi_header_clocks_(const struct nor_frame *f, bool ddr);
uint64_t qspi_data_clocks_(const struct nor_frame *f, bool ddr, uint64_t bytes);
void qspi_begin_(struct stm32_qspi *q, sim_time at, const struct nor_frame *f);
uint8_t qspi_in_(struct stm32_qspi *q, sim_time at);
void qspi_out_(struct stm32_qspi *q, sim_time at, uint8_t byte);
void qspi_end_(struct stm32_qspi *q, sim_time at);

bool qspi_pins_ok_(const struct stm32_qspi *q, uint32_t ccr, char *text,
        size_t size);
void qspi_map_(struct stm32_qspi *q);
void qspi_map_check_(struct stm32_qspi *q); // open the window if possible
void qspi_unmap_(struct stm32_qspi *q, const char *reason);
sim_time qspi_map_event_(const struct stm32_qspi *q);
void qspi_unclocked_(void *device, bool reset);

#endif
