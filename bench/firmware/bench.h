/*
 * bench - the parameters that scripts/bench gives its firmware
 *
 * SPDX-License-Identifier: MIT
 *
 * Words of 32 bits, little-endian, at this place of the chip: the firmware
 * reads them through the window, so that one program serves all runs.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

#define BENCH_PARAMS_OFF 0x1F0000u
#define BENCH_MAGIC 0x48434E42u // "BNCH"
#define BENCH_RATES 6u

enum bench_method { BENCH_LIBRARY, BENCH_MASKED, BENCH_BY_UNIT };
enum bench_interrupt {
    BENCH_WAITS,
    BENCH_ABOVE,    // the ceiling, and resident
    BENCH_MEASURES, // waits, and measures when it begins after an outage
};
enum bench_receive {
    BENCH_NOTHING,
    BENCH_WAITING,  // an interrupt that waits
    BENCH_RESIDENT, // one above the ceiling
    BENCH_DMA,      // circular; received bytes are not read
};

struct bench_params {
    uint32_t magic;
    uint32_t method;        // enum bench_method
    uint32_t interrupt;     // enum bench_interrupt: TIM2
    uint32_t erase_bytes;   // of the area from slot 1's start
    uint32_t program_bytes; // of it, from RAM
    uint32_t unit_bytes;    // largest erase unit, 0: any
    uint32_t flags;         // XIP_FLASH_*
    uint32_t receive;       // enum bench_receive
    uint32_t baud;
    uint32_t idle_ms;                               // length of the red phase
    uint32_t credits, slowdown_percent, latency_us; // of the configuration
    uint32_t rate_hz[BENCH_RATES]; // of TIM2; UINT32_MAX ends the list
};

#endif
