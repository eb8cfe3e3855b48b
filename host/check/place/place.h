/*
 * place - where code and data lie, and whether they are copied there
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/place: where code and data lie, and what copies them there.
 */
#ifndef PLACE_H
#define PLACE_H

#include "check/analysis/analysis.h"

// Sections that were meant for RAM, and their copies.
void placement_check(struct analysis *a);

#endif
