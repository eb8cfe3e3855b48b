/*
 * peer - the other end of the simulated MCU's UART
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/line/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/cli.h"
#include "sim/snapshot.h"

#define AFTER_SEND (5 * SIM_S)   // for the device to act on it
#define INPUT_EVERY (1 * SIM_MS) // how often stdin or the pty is polled

/// The sender ///

static void plan_send_event(struct cmd_peer *p) {
    const uint64_t at = xmodem_send_deadline(&p->xmodem);
    if (at == XMODEM_NEVER) {
        sim_cancel(p->sim, &p->send_event);
    } else if (at != p->send_event.at) {
        sim_schedule(p->sim, &p->send_event, at);
    }
}

static void print_byte(struct cmd_peer *p, uint8_t byte) {
    const unsigned events = cmd_console_put(p->console, byte);
    if (events & CMD_CONSOLE_START && p->sending) {
        xmodem_send_arm(&p->xmodem);
    }
    if (events & CMD_CONSOLE_MET) {
        sim_request_stop(p->sim);
    }
    if (p->output_fd >= 0 && !(events & CMD_CONSOLE_OLD) &&
            write(p->output_fd, &byte, 1) != 1) {
        return; // the pty has no reader: the bytes are lost
    }
}

// Without an expected text or a time limit nothing else would end the run.
static void sending_ended(struct cmd_peer *p) {
    p->send_told = true;
    if (p->options.send_ends_run && p->input_fd < 0) {
        sim_schedule(p->sim, &p->end_event, sim_now(p->sim) + AFTER_SEND);
    }
}

static void end_event(void *ctx) {
    struct cmd_peer *p = ctx;
    sim_request_stop(p->sim);
}

static void sender_moved(struct cmd_peer *p) {
    const struct xmodem_send *x = &p->xmodem;
    const sim_time now = sim_now(p->sim);
    if (p->send_from == SIM_NEVER && xmodem_send_active(x)) {
        p->send_from = now;
    }
    if (p->send_from != SIM_NEVER && !p->send_told) {
        cmd_console_progress(p->console, xmodem_send_acknowledged(x), x->bytes,
                now - p->send_from);
    }
    if (x->state == XMODEM_DONE && p->send_to == SIM_NEVER) {
        p->send_to = now;
        sending_ended(p);
    }
    if (x->state == XMODEM_FAILED && !p->send_told) {
        sending_ended(p);
        if (cmd_console_is_new(p->console)) {
            cmd_console_say(p->console, "the transfer of %s was abandoned: %s",
                    p->options.send_name, x->why);
        }
    }
    plan_send_event(p);
    if (xmodem_send_active(x)) {
        sim_board_uart_kick(p->board);
    }
}

static void send_event(void *ctx) {
    struct cmd_peer *p = ctx;
    xmodem_send_tick(&p->xmodem, sim_now(p->sim));
    p->held_c = false; // it was a request: not text
    sender_moved(p);
}

static void line_tx(void *ctx, uint8_t byte) {
    struct cmd_peer *p = ctx;
    if (!p->sending) {
        print_byte(p, byte);
        return;
    }
    const enum xmodem_show show =
            xmodem_send_rx(&p->xmodem, sim_now(p->sim), byte);
    if (p->held_c) {
        p->held_c = false;
        print_byte(p, 'C');
    }
    if (show == XMODEM_HOLD) {
        p->held_c = true;
    } else if (show == XMODEM_SHOW) {
        print_byte(p, byte);
    }
    sender_moved(p);
}

static int line_next(void *ctx) {
    struct cmd_peer *p = ctx;
    if (p->sending) {
        const int byte = xmodem_send_next(&p->xmodem, sim_now(p->sim));
        if (byte >= 0 || xmodem_send_active(&p->xmodem)) {
            plan_send_event(p);
            return byte;
        }
        if (p->xmodem.state == XMODEM_FAILED && !p->send_told) {
            sender_moved(p);
        }
    }
    return p->input_at < p->input_bytes ? p->input[p->input_at++] : -1;
}

/// stdin and pty ///

static int64_t host_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Waits until the host's time has caught up with the machine's. After a long
// stall (a stopped process) it continues from there instead of catching up.
static void keep_pace(struct cmd_peer *p) {
    const int64_t sim_ns = (int64_t)(sim_now(p->sim) / SIM_NS);
    const int64_t now = host_now_ns();
    if (!p->clock_started || now - p->host_start_ns - sim_ns > 1000000000) {
        p->host_start_ns = now - sim_ns;
        p->clock_started = true;
        return;
    }
    const int64_t ahead = p->host_start_ns + sim_ns - now;
    if (ahead > 0) {
        const struct timespec wait = {ahead / 1000000000, ahead % 1000000000};
        nanosleep(&wait, NULL);
    }
}

static void take_input(struct cmd_peer *p, const struct peer_entry *input) {
    memcpy(p->input, input->data, input->bytes);
    p->input_at = 0;
    p->input_bytes = input->bytes;
    p->input_open = input->bytes || p->options.input == PEER_PTY;
    p->log_at++;
    if (input->bytes) {
        sim_board_uart_kick(p->board);
    }
}

static struct peer_entry *new_entry(struct peer_log *log) {
    if (log->count == log->room) {
        log->room = log->room ? 2 * log->room : 16;
        log->at = realloc(log->at, log->room * sizeof *log->at);
    }
    struct peer_entry *input = log->at ? &log->at[log->count++] : NULL;
    if (input) {
        input->data = malloc(sizeof((struct cmd_peer *)NULL)->input);
    }
    if (!input || !input->data) {
        cli_no_memory();
        exit(CLI_TROUBLE);
    }
    return input;
}

static void poll_input(struct cmd_peer *p) {
    struct pollfd poll_fd = {p->input_fd, POLLIN, 0};
    if (p->input_at < p->input_bytes || poll(&poll_fd, 1, 0) <= 0) {
        return;
    }
    struct peer_entry *input = new_entry(&p->log);
    const ssize_t got = read(p->input_fd, input->data, sizeof p->input);
    input->at = sim_now(p->sim);
    input->bytes = got > 0 ? (size_t)got : 0;
    // A pty returns EIO while its other end is closed.
    if (got <= 0 &&
            ((got < 0 && errno != EBADF) || p->options.input == PEER_PTY)) {
        free(input->data);
        p->log.count--;
        return;
    }
    take_input(p, input);
}

static void input_event(void *ctx) {
    struct cmd_peer *p = ctx;
    struct peer_log *log = &p->log;
    const sim_time now = sim_now(p->sim);
    if (log->any && now <= log->polled) {
        if (p->log_at < log->count && log->at[p->log_at].at == now) {
            take_input(p, &log->at[p->log_at]);
        }
    } else {
        if (p->paced) {
            keep_pace(p);
        }
        log->any = true;
        log->polled = now;
        poll_input(p);
    }
    if (p->input_open) {
        sim_schedule(p->sim, &p->input_event, sim_now(p->sim) + INPUT_EVERY);
    }
}

void cmd_peer_forget_future(struct cmd_peer *p) {
    struct peer_log *log = &p->log;
    while (log->count > p->log_at) {
        free(log->at[--log->count].data);
    }
    // An event at this very time has been dealt with.
    log->polled = sim_now(p->sim);
}

static int open_pty(struct cmd_peer *p) {
    const int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) || unlockpt(fd) ||
            ptsname_r(fd, p->pty_name, sizeof p->pty_name)) {
        const int result = cli_fail(CLI_TROUBLE,
                "cannot make a pty: %s; use --uart stdio", strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return result;
    }
    p->pty_hold_fd = open(p->pty_name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (p->pty_hold_fd >= 0 && tcgetattr(p->pty_hold_fd, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(p->pty_hold_fd, TCSANOW, &raw);
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    p->input_fd = fd;
    p->output_fd = fd;
    p->paced = true;
    cli_say("UART at %s", p->pty_name);
    return -1;
}

/// Life ///

int cmd_peer_open(struct cmd_peer *p, struct sim *sim,
        const struct peer_options *options, struct cmd_console *console) {
    memset(p, 0, sizeof *p);
    p->sim = sim;
    p->options = *options;
    p->console = console;
    p->input_fd = -1;
    p->output_fd = -1;
    p->pty_hold_fd = -1;
    p->send_from = SIM_NEVER;
    p->send_to = SIM_NEVER;
    p->send_event =
            (struct sim_event){.fire = send_event, .ctx = p, .at = SIM_NEVER};
    p->end_event =
            (struct sim_event){.fire = end_event, .ctx = p, .at = SIM_NEVER};
    p->input_event =
            (struct sim_event){.fire = input_event, .ctx = p, .at = SIM_NEVER};
    sim_add_state(sim, p, offsetof(struct cmd_peer, input_fd));
    sim_add_state(sim, console, offsetof(struct cmd_console, options));
    if (options->send_name) {
        p->sending = true;
        xmodem_send_init(&p->xmodem, options->send, options->send_bytes,
                options->send_waits);
        if (options->send_is_faulty) {
            p->xmodem.fault_at = options->fault_at;
            p->xmodem.fault_every = options->fault_every;
        }
    }
    if (options->input == PEER_PTY) {
        return open_pty(p);
    }
    if (options->input == PEER_STDIN) {
        p->input_fd = STDIN_FILENO;
        p->paced = isatty(STDIN_FILENO);
    }
    return -1;
}

struct sim_uart_peer cmd_peer_line(struct cmd_peer *p) {
    return (struct sim_uart_peer){
            .tx = line_tx,
            .next = line_next,
            .ctx = p,
            .baud = p->options.baud,
    };
}

void cmd_peer_attach(struct cmd_peer *p, struct sim_board *board) {
    p->board = board;
}

void cmd_peer_power_on(struct cmd_peer *p) {
    if (p->input_fd >= 0) {
        p->input_open = true;
        sim_schedule(p->sim, &p->input_event, sim_now(p->sim));
    }
}

void cmd_peer_power_lost(struct cmd_peer *p) {
    if (!p->sending) {
        return;
    }
    if (p->held_c) {
        p->held_c = false;
        print_byte(p, 'C');
    }
    if (xmodem_send_active(&p->xmodem)) {
        p->send_from = SIM_NEVER;
    }
    xmodem_send_line_lost(&p->xmodem);
    plan_send_event(p);
}

void cmd_peer_close(struct cmd_peer *p) {
    if (p->output_fd >= 0) {
        close(p->output_fd);
    }
    if (p->pty_hold_fd >= 0) {
        close(p->pty_hold_fd);
    }
    for (size_t i = 0; i < p->log.count; i++) {
        free(p->log.at[i].data);
    }
    free(p->log.at);
}
