/*
 * peer - the other end of the simulated MCU's UART
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/line: the other end of the UART: terminal, pty, XMODEM
 * sender.
 *
 * Connects the console, the XMODEM sender and typed input (stdin, pty) to one
 * line. With stdin and pty the host's time matters; otherwise nothing here
 * reads a host clock.
 */
#ifndef PEER_H
#define PEER_H

#include "sim/line/console.h"
#include "sim/line/xmodem_send.h"
#include "sim/machine/sim_board.h"

struct peer_options {
    enum peer_input {
        PEER_NO_INPUT, // output of the MCU only
        PEER_STDIN,
        PEER_PTY, // a new one; both ways
    } input;
    uint32_t baud;

    const char *send_name; // file to send by XMODEM; NULL: none
    const uint8_t *send;
    size_t send_bytes;
    bool send_waits;     // until the console has seen its text
    bool send_is_faulty; // flips a bit of byte fault_at, and of every
    uint64_t fault_at;   // fault_every-th one after it (0: once)
    uint64_t fault_every;
    bool send_ends_run; // some time after it is done
};

// Input from outside, which a run that was taken back gets again.
struct peer_log {
    struct peer_entry {
        sim_time at;
        uint8_t *data;
        size_t bytes; // 0: it has ended
    } * at;
    size_t count, room;
    bool any;        // was looked for, last at:
    sim_time polled; // input up to here is in the log
};

struct cmd_peer {
    struct sim *sim;
    struct sim_board *board;
    struct peer_options options;
    struct cmd_console *console;

    bool sending; // options.send_name is set
    struct xmodem_send xmodem;
    bool held_c; // a 'C' that may turn out to be text
    struct sim_event send_event, end_event;
    sim_time send_from, send_to; // first byte, last ACK; SIM_NEVER: not yet
    bool send_told;              // its end was reported

    bool input_open;
    struct sim_event input_event;
    uint8_t input[4096]; // 20 ms at 2 Mbaud: hardly a pause on the line
    size_t input_at, input_bytes;
    size_t log_at; // of the next entry

    // What is above is the state of a snapshot; the rest is of the host.

    int input_fd, output_fd; // -1: none. pty: the same
    struct peer_log log;
    bool paced;
    bool clock_started;
    int64_t host_start_ns; // host time that belongs to sim time 0
    char pty_name[128];
    int pty_hold_fd; // keeps the pty open while no other program has it
};

// board is set later, by cmd_peer_attach, since it needs the peer first.
// Returns -1 or an exit code after one line.
int cmd_peer_open(struct cmd_peer *p, struct sim *sim,
        const struct peer_options *options, struct cmd_console *console);
struct sim_uart_peer cmd_peer_line(struct cmd_peer *p);
void cmd_peer_attach(struct cmd_peer *p, struct sim_board *board);
// After sim_power_on, and when the MCU has lost power.
void cmd_peer_power_on(struct cmd_peer *p);
void cmd_peer_power_lost(struct cmd_peer *p);
// The run has gone back, and what follows is another future.
void cmd_peer_forget_future(struct cmd_peer *p);
void cmd_peer_close(struct cmd_peer *p);

#endif
