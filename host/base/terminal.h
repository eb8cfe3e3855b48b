/*
 * terminal - what a terminal can show
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

// Lines can be drawn over: a terminal, and not a "dumb" one.
bool terminal_moves(FILE *file);
// As above, and the user does not refuse colours (https://no-color.org).
bool terminal_has_colour(FILE *file);
// Its width now. One that does not say it has 80, or what COLUMNS says.
unsigned terminal_columns(FILE *file);

#endif
