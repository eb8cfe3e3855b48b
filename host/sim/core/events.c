/*
 * events - simulated time and the event queue
 *
 * SPDX-License-Identifier: MIT
 *
 * The cycle counter of the CPU is the only clock. Time in picoseconds follows
 * from it with integers: base_time + cycles since base * 10^12 / hclk, so no
 * error adds up. An event at t fires before the first instruction that starts
 * at or after t, and sees t as the time. An access sees the start of its
 * instruction, so every event up to that moment has fired.
 */
#include "sim/core/sim_core.h"

#define PS_PER_S 1000000000000ull

__extension__ typedef unsigned __int128 wide;

sim_time sim_time_of_(const struct sim *sim, uint64_t cycles) {
    const uint64_t span = cycles - sim->base_cycles;
    if (sim->cycle_ps) { // the same, without a division of 128 bits
        return sim->base_time + span * sim->cycle_ps;
    }
    return sim->base_time + (sim_time)((wide)span * PS_PER_S / sim->hclk);
}

static uint64_t span_cycles(const struct sim *sim, sim_time span) {
    if (sim->cycle_ps) {
        return span / sim->cycle_ps + (span % sim->cycle_ps != 0);
    }
    const wide cycles = ((wide)span * sim->hclk + PS_PER_S - 1) / PS_PER_S;
    return cycles > SIM_NEVER ? SIM_NEVER : (uint64_t)cycles;
}

uint64_t sim_cycles_in_(const struct sim *sim, sim_time span) {
    return span_cycles(sim, span);
}

uint64_t sim_cycles_of_(const struct sim *sim, sim_time time) {
    if (time == SIM_NEVER) {
        return SIM_NEVER;
    }
    if (time <= sim->base_time) {
        return sim->base_cycles;
    }
    const uint64_t span = span_cycles(sim, time - sim->base_time);
    return span > SIM_NEVER - sim->base_cycles ? SIM_NEVER
                                               : sim->base_cycles + span;
}

sim_time sim_now(const struct sim *sim) {
    return sim->event_time != SIM_NEVER ? sim->event_time
                                        : sim_time_of_(sim, sim->clock->cycles);
}

uint64_t sim_cycles(const struct sim *sim) {
    return sim->clock->cycles;
}

void sim_start_clock_(struct sim *sim, uint32_t hz) {
    sim->hclk = sim->wanted_hclk = hz;
    sim->cycle_ps = PS_PER_S % hz ? 0 : PS_PER_S / hz;
}

void sim_apply_hclk_(struct sim *sim) {
    if (sim->wanted_hclk == sim->hclk) {
        return;
    }
    sim->base_time = sim_time_of_(sim, sim->clock->cycles);
    sim->base_cycles = sim->clock->cycles;
    sim_start_clock_(sim, sim->wanted_hclk);
    sim->due = 0;
    sim_window_costs_(sim);
    sim_systick_rebase_(sim);
}

void sim_set_hclk(struct sim *sim, uint32_t hz) {
    sim->wanted_hclk = hz ? hz : 1;
    sim->clock->deadline = 0;
    if (!sim->in_cpu && sim->event_time == SIM_NEVER) {
        sim_apply_hclk_(sim);
    }
}

void sim_set_deadline_(struct sim *sim) {
    sim_time next = sim->options.time_limit;
    if (sim->events && sim->events->at < next) {
        next = sim->events->at;
    }
    sim->due = sim_cycles_of_(sim, next);
    sim->clock->deadline = sim->due;
}

// The deadline is found anew before the next instruction: whether a multiple
// is interrupted must not depend on an event that was.
void sim_cancel(struct sim *sim, struct sim_event *event) {
    if (sim->events == event) {
        sim->due = 0;
        sim->clock->deadline = 0;
    }
    for (struct sim_event **at = &sim->events; *at; at = &(*at)->next) {
        if (*at == event) {
            *at = event->next;
            break;
        }
    }
    event->next = NULL;
    event->at = SIM_NEVER;
}

void sim_schedule(struct sim *sim, struct sim_event *event, sim_time at) {
    sim_cancel(sim, event);
    if (at == SIM_NEVER) {
        return;
    }
    event->at = at;
    event->order = sim->event_order++;
    struct sim_event **place = &sim->events;
    while (*place && (*place)->at <= at) {
        place = &(*place)->next;
    }
    event->next = *place;
    *place = event;
    if (sim->events == event && sim->due) {
        const uint64_t cycle = sim_cycles_of_(sim, at);
        sim->due = cycle < sim->due ? cycle : sim->due;
        if (cycle < sim->clock->deadline) {
            sim->clock->deadline = cycle;
        }
    }
}

bool sim_fire_events_(struct sim *sim) {
    const sim_time now = sim_time_of_(sim, sim->clock->cycles);
    bool fired = false;
    while (sim->events && sim->events->at <= now && !sim->power_cut &&
            !sim->stop_request && !sim->reset_request && !sim->stop_violation) {
        struct sim_event *event = sim->events;
        // Scheduled in the past: as soon as possible, but time never runs back.
        const sim_time at = event->at > sim->floor ? event->at : sim->floor;
        sim_cancel(sim, event);
        sim->floor = at;
        sim->event_time = at;
        event->fire(event->ctx);
        fired = true;
    }
    sim->event_time = SIM_NEVER;
    return fired;
}
