/*
 * begin_priv - vectors and what is stored into them
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEGIN_PRIV_H
#define BEGIN_PRIV_H

#include "check/analysis/findings.h"
#include "check/begin/begin.h"

// Code stores word into entry n.
void vector_stored(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word);
void vector_stores_check(struct analysis *a, const struct vector_table *table);

#endif
