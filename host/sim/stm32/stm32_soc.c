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
    sim_note(soc->sim, "%s", line);
}

const char *stm32_pin_name(const struct sim_pin *pin, char text[8]) {
    snprintf(text, 8, "P%c%u", 'A' + pin->port % 26, pin->pin % 100u);
    return text;
}
