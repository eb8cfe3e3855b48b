/*
 * hostport - the library on the host, with the chip model as its flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/port: the library's port onto the chip model, to run the library
 * on the host.
 *
 * Supplies xip_port.h and xip_cpu.h. The window is the model's array, placed
 * in the low 4 GB where the library's 32-bit addresses reach it; it is made
 * unreadable while the controller is in command mode, so that a stray read
 * in an outage is a crash here as on the target.
 */
#ifndef HOSTPORT_H
#define HOSTPORT_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "nor/nor.h"
#include "xip_flash.h"

#define HOSTPORT_WINDOW 0x40000000u
#define HOSTPORT_HCLK_HZ 80000000u

struct hostport {
    struct nor *nor;
    uint64_t time_ps;
    uint64_t look_ps; // duration of a read of the cycle counter: 1 us
    bool mapped;
    uint32_t mask_depth;   // outages open
    uint64_t between_ps;   // duration of ordinary code after each outage
    uint64_t masked_at_ps; // when the outermost one began
    uint32_t ticks_lost;   // wraps of SysTick in outages, all but one of each
    uint32_t ceiling;      // of the last mask
    bool counter_stopped;  // as a debugger leaves it
    uint32_t counter_off;  // added to it: somebody has written to it

    // The state that the tests set around the port.
    bool context_bad;
    bool masked_by_caller;
    uint64_t caller_masked_ps; // since then, if it is: SysTick stays pending
    uint32_t basepri;          // of the caller
    uint32_t bad_vector;
    uint32_t dma; // not 0: a channel reads the window
    uintptr_t vectors;
    uint32_t tick_cycles;
    bool mapping_broken; // the controller is not in mapped mode

    // Interrupts: one becomes pending every irq_period_ps (0: none) and is
    // served when the mask is lifted. Longest wait, and how many.
    uint64_t irq_period_ps, irq_next_ps, irq_worst_ps;
    uint64_t irq_served;
    // A train instead of a period: when the interrupt after the one at at_ps
    // becomes pending, later than that. NULL: irq_period_ps counts.
    uint64_t (*irq_train)(void *ctx, uint64_t at_ps);
    void *irq_ctx;
    uint64_t irq_work_ps; // time a handler takes; less than the period

    // The core asleep.
    uint32_t naps;
    bool sleep_stops_counter; // as silicon without a debugger does
    uint64_t asleep_ps;       // that the counter has missed

    unsigned reports[32]; // nor_report by kind
    char last_report[160];
    uint32_t commands[256]; // frames sent, by opcode

    // A watchdog register: a store to it is detected at the next read of the
    // clock. Shortest and longest time between two stores.
    volatile uint32_t *watchdog;
    uint32_t watchdog_writes;
    uint64_t watchdog_at_ps, watchdog_min_ps, watchdog_max_ps;

    jmp_buf *fatal; // where an MCU reset goes; NULL: abort the test

    // Called at every read of the clock, and after a command, whenever time
    // moves: may end the session with hostport_power_cut(). NULL: not called.
    void (*tick)(void);
};
extern struct hostport hostport;

// A fresh chip and port; mapped as a boot program would leave it. Once a
// bring-up has chosen the mapped read, the chip has to accept it whenever the
// window opens: the test is aborted if it does not. Open it in the test itself,
// not in a fixture: cmocka sets its handler of faults between the two, and a
// page of the window that is read for the first time is a fault here.
void hostport_open(const char *part, const struct nor_options *options);
void hostport_open_part(const struct nor_part *part,
        const struct nor_options *options);
void hostport_close(void);

// One command to the chip, as a boot loader sends it: opcode, then data.
void hostport_command(uint8_t opcode, const uint8_t *data, uint32_t len_bytes);
// The boot loader has mapped the chip with this read; continuous: in continuous
// read, which the mode bits of the read have to start. The test is aborted when
// the window opens and the chip does not take it.
void hostport_map(const struct nor_frame *read, bool continuous);

// Let time pass with the window open: interrupts run as they arrive.
void hostport_run(uint64_t ps);

// The supply fails, whatever the chip is doing, and returns: the model tears
// the running operation, and the port is as hostport_open left it. Then
// longjmps to *where, since the state of the caller is lost too.
_Noreturn void hostport_power_cut(jmp_buf *where);

// A configuration for attach, bounce buffer included.
struct xip_flash_config hostport_config(void);

#endif
