/*
 * stm32_soc - what devices say through their wires
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/stm32/stm32_soc.h"

#include <stdarg.h>
#include <stdio.h>

void stm32_violate(const struct stm32_soc *soc, const struct stm32_violation *v,
        const char *what, ...) {
    struct sim_violation entry = {
            .rule = v->rule,
            .has_addr = v->has_addr,
            .addr = v->addr,
    };
    va_list args;
    va_start(args, what);
    vsnprintf(entry.what, sizeof entry.what, what, args);
    va_end(args);
    if (v->source) {
        snprintf(entry.why, sizeof entry.why, "%s (%s)", sim_rules[v->rule].why,
                v->source);
    }
    sim_violate(soc->sim, &entry);
}

void stm32_note_once(const struct stm32_soc *soc, bool *noted,
        const char *format, ...) {
    if (*noted) {
        return;
    }
    *noted = true;

    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    char master[160];
    if (soc->master && soc->master(soc->ctx, master, sizeof master)) {
        sim_note(soc->sim, "%s. The access is one of %s", line, master);
    } else {
        sim_note(soc->sim, "%s", line);
    }
}

const char *stm32_pin_name(const struct sim_pin *pin, char text[8]) {
    snprintf(text, 8, "P%c%u", 'A' + pin->port % 26, pin->pin % 100u);
    return text;
}

// In two steps: a remainder times 10^12 does not fit 64 bits.
sim_time stm32_clocks_ps(uint64_t hz, uint64_t clocks) {
    const uint64_t micro = clocks % hz * 1000000u;
    return clocks / hz * SIM_S + micro / hz * SIM_US + micro % hz * SIM_US / hz;
}

uint64_t stm32_clocks_in(uint64_t hz, sim_time ps) {
    const uint64_t us = ps / SIM_US;
    return us * hz / 1000000u +
            ((us * hz % 1000000u) * SIM_US + ps % SIM_US * hz) / SIM_S;
}
