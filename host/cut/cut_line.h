/*
 * cut_line - the other end of the UART in a campaign: sender and texts
 *
 * SPDX-License-Identifier: MIT
 *
 * Sends a file by XMODEM-1K or SMP and looks for texts in what the MCU prints.
 * All of struct cut_line is state of the machine: it goes back with a snapshot.
 */
#ifndef CUT_LINE_H
#define CUT_LINE_H

#include <stdio.h>

#include "cut/smp_send.h"
#include "sim/line/xmodem_send.h"
#include "sim/machine/sim_board.h"

#define CUT_TEXTS_MAX 24
#define CUT_TEXT_BYTES 255 // longest text

struct cut_texts {
    const char *at[CUT_TEXTS_MAX];
    size_t bytes[CUT_TEXTS_MAX];
    unsigned count;
};

struct cut_line {
    struct sim *sim;
    struct sim_board *board;
    const struct cut_texts *texts;
    FILE *const *echo; // where to show what the MCU prints; NULL: nowhere
    uint32_t baud;
    uint32_t arms; // texts that let the sender begin; 0: it needs none

    bool sending, by_smp, held_c;
    struct xmodem_send xmodem;
    struct smp_send smp;
    struct sim_event event;
    char tail[CUT_TEXT_BYTES];
    size_t tail_bytes;
    uint32_t seen;     // a bit for each text, since the last power-on
    uint32_t ever;     // since the beginning
    uint32_t stops;    // sim_run ends when one of these is seen
    bool stops_failed; // ... or when the sender has given up
};

// data NULL: nothing is sent. by_smp: not by XMODEM.
void cut_line_init(struct cut_line *line, struct sim *sim,
        const struct cut_texts *texts, const uint8_t *data, size_t bytes,
        bool by_smp);
struct sim_uart_peer cut_line_peer(struct cut_line *line);
void cut_line_power_lost(struct cut_line *line);
void cut_line_power_on(struct cut_line *line);
// The device has acknowledged the whole file.
bool cut_line_sent(const struct cut_line *line);
// The sender has given up for good: as a clause why. NULL: it has not.
const char *cut_line_failed(const struct cut_line *line);

#endif
