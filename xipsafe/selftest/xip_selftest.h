/*
 * xip_selftest - finds what is wrong with a new port, and says where to look
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/selftest: calls a new port as the library will and says what
 * is wrong with it.
 *
 * For the author of a folder in xipsafe/port: calls each function of
 * xip_port.h as the library will, from the simplest to the whole, on one erase
 * unit that may be lost, and prints for each step "good" or what it saw and
 * where to look. A step that would only repeat an earlier fault is left out.
 *
 * The program that contains it must not lie in the window, since the window is
 * closed most of the time: link it for internal flash or RAM. Clock and pins
 * are set up before; interrupts may run.
 *
 * If the MCU resets after the line of a step, the port's bounded wait has
 * ended in xip_fatal_(): the controller did not answer in that step.
 */
#ifndef XIP_SELFTEST_H
#define XIP_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_part.h"

#ifdef __cplusplus
extern "C" {
#endif

struct xip_selftest_config {
    uint32_t window_addr; // where the chip is mapped
    uint32_t hclk_hz;     // core clock
    uint32_t prescaler;   // core clocks per flash clock, for xip_port_setup
    // One smallest erase unit of the chip: its contents are lost.
    uint32_t spare_off;
    const struct xip_flash_part *part; // NULL: from SFDP

    // A piece of text; "\n" ends a line.
    void (*print)(void *ctx, const char *text);
    // Start or stop an interrupt that comes about every millisecond, and the
    // longest time in microseconds that one had to wait since the start. NULL:
    // the step is left out.
    void (*interrupts)(void *ctx, bool on);
    uint32_t (*waited_us)(void *ctx);
    void *ctx;
};

// Some seconds. Ends with the window mapped and the unit erased if all is well.
// Returns the number of faults found; the last line says it too.
int xip_selftest_run(const struct xip_selftest_config *config);

#ifdef __cplusplus
}
#endif

#endif
