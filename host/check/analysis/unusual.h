/*
 * unusual - stores through addresses that code makes in unusual ways
 *
 * SPDX-License-Identifier: MIT
 *
 * Who keeps the address of the object behind the vector table, or of a
 * function with its Thumb bit, does no harm as long as nobody goes down from
 * there, or by an odd number of bytes. Such an address tells nothing; whether
 * any code does so, the code says: all of the images', in the order of its
 * addresses, with what is passed to functions and returned by them. What is kept
 * in memory in between is not followed.
 */
#ifndef UNUSUAL_H
#define UNUSUAL_H

#include "check/analysis/analysis.h"

#define UNUSUAL_DOWN 1u // a word is stored below an address of unknown origin
#define UNUSUAL_ODD 2u // an odd number of bytes beside one, or without its bit 0
#define UNUSUAL_MADE 4u // at a product, a complement, something shifted

// Which of them some code of the images does; it is found out once.
unsigned unusual_stores(struct analysis *a);

#endif
