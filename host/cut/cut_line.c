/*
 * cut_line - the other end of the UART in a campaign: sender and texts
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_line.h"

#include <string.h>

#include "sim/snapshot.h"

/// One of the two senders ///

static void arm(struct cut_line *line) {
    if (line->by_smp) {
        smp_send_arm(&line->smp);
        sim_board_uart_kick(line->board);
    } else {
        xmodem_send_arm(&line->xmodem);
    }
}

static bool is_active(const struct cut_line *line) {
    return line->by_smp ? smp_send_active(&line->smp)
                        : xmodem_send_active(&line->xmodem);
}

static uint64_t deadline(const struct cut_line *line) {
    return line->by_smp ? smp_send_deadline(&line->smp)
                        : xmodem_send_deadline(&line->xmodem);
}

static void tick(struct cut_line *line, uint64_t now) {
    if (line->by_smp) {
        smp_send_tick(&line->smp, now);
    } else {
        xmodem_send_tick(&line->xmodem, now);
    }
}

static int next_byte(struct cut_line *line, uint64_t now) {
    return line->by_smp ? smp_send_next(&line->smp, now)
                        : xmodem_send_next(&line->xmodem, now);
}

static enum xmodem_show receive(struct cut_line *line, uint64_t now,
        uint8_t byte) {
    if (!line->by_smp) {
        return xmodem_send_rx(&line->xmodem, now, byte);
    }
    return smp_send_rx(&line->smp, now, byte) ? XMODEM_HIDE : XMODEM_SHOW;
}

/// Texts ///

static bool tail_is(const struct cut_line *line, const char *text,
        size_t bytes) {
    return bytes <= line->tail_bytes &&
            !memcmp(line->tail + line->tail_bytes - bytes, text, bytes);
}

static void print_byte(struct cut_line *line, uint8_t byte) {
    const struct cut_texts *texts = line->texts;
    if (*line->echo && byte != '\r') {
        fputc(byte, *line->echo);
    }
    if (line->tail_bytes == sizeof line->tail) {
        memmove(line->tail, line->tail + 1, sizeof line->tail - 1);
        line->tail_bytes--;
    }
    line->tail[line->tail_bytes++] = (char)byte;
    for (unsigned i = 0; i < texts->count; i++) {
        const size_t bytes = texts->bytes[i];
        if ((uint8_t)texts->at[i][bytes - 1] != byte ||
                !tail_is(line, texts->at[i], bytes)) {
            continue;
        }
        line->seen |= 1u << i;
        line->ever |= 1u << i;
        if (line->arms >> i & 1) {
            arm(line);
        }
        if (line->stops >> i & 1) {
            sim_request_stop(line->sim);
        }
    }
}

/// The sender ///

static void plan_event(struct cut_line *line) {
    const uint64_t at = deadline(line);
    if (at == XMODEM_NEVER) {
        sim_cancel(line->sim, &line->event);
    } else if (at != line->event.at) {
        sim_schedule(line->sim, &line->event, at);
    }
}

static void moved(struct cut_line *line) {
    plan_event(line);
    if (line->stops_failed && cut_line_failed(line)) {
        sim_request_stop(line->sim);
    }
    if (is_active(line)) {
        sim_board_uart_kick(line->board);
    }
}

static void on_event(void *ctx) {
    struct cut_line *line = ctx;
    tick(line, sim_now(line->sim));
    line->held_c = false; // it was a request: not text
    moved(line);
}

static void on_tx(void *ctx, uint8_t byte) {
    struct cut_line *line = ctx;
    if (!line->sending) {
        print_byte(line, byte);
        return;
    }
    const enum xmodem_show show = receive(line, sim_now(line->sim), byte);
    if (line->held_c) {
        line->held_c = false;
        print_byte(line, 'C');
    }
    if (show == XMODEM_HOLD) {
        line->held_c = true;
    } else if (show == XMODEM_SHOW) {
        print_byte(line, byte);
    }
    moved(line);
}

static int on_next(void *ctx) {
    struct cut_line *line = ctx;
    if (!line->sending) {
        return -1;
    }
    const int byte = next_byte(line, sim_now(line->sim));
    plan_event(line);
    return byte;
}

/// Life ///

void cut_line_init(struct cut_line *line, struct sim *sim,
        const struct cut_texts *texts, const uint8_t *data, size_t bytes,
        bool by_smp) {
    line->sim = sim;
    line->texts = texts;
    line->event =
            (struct sim_event){.fire = on_event, .ctx = line, .at = SIM_NEVER};
    line->sending = data != NULL;
    line->by_smp = by_smp;
    if (data && by_smp) {
        smp_send_init(&line->smp, data, bytes, line->arms != 0);
    } else if (data) {
        xmodem_send_init(&line->xmodem, data, bytes, line->arms != 0);
    }
    sim_add_state(sim, line, sizeof *line);
}

struct sim_uart_peer cut_line_peer(struct cut_line *line) {
    return (struct sim_uart_peer){
            .tx = on_tx, .next = on_next, .ctx = line, .baud = line->baud};
}

void cut_line_power_lost(struct cut_line *line) {
    line->held_c = false;
    if (line->sending && line->by_smp) {
        smp_send_line_lost(&line->smp);
        plan_event(line);
    } else if (line->sending) {
        xmodem_send_line_lost(&line->xmodem);
        plan_event(line);
    }
}

void cut_line_power_on(struct cut_line *line) {
    line->tail_bytes = 0;
    line->seen = 0;
}

const char *cut_line_failed(const struct cut_line *line) {
    if (!line->sending) {
        return NULL;
    }
    if (line->by_smp) {
        return line->smp.state == SMP_SEND_FAILED ? "the device refuses it"
                                                  : NULL;
    }
    return line->xmodem.state == XMODEM_FAILED ? line->xmodem.why : NULL;
}

bool cut_line_sent(const struct cut_line *line) {
    return line->sending &&
            (line->by_smp ? smp_send_arrived(&line->smp)
                          : line->xmodem.state == XMODEM_DONE);
}
