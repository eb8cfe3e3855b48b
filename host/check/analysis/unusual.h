/*
 * unusual - addresses that code makes in unusual ways, to store or jump there
 *
 * SPDX-License-Identifier: MIT
 *
 * Who keeps the address of the object behind the vector table, or of a
 * function with its Thumb bit, does no harm as long as nobody goes down from
 * there, or by an odd number of bytes; nor does a number that is the complement
 * of an address. Such a word tells nothing; whether any code makes an address
 * of one, the code says: all of the images', in the order of its addresses,
 * with what is passed to functions and returned by them. What is kept in memory
 * in between is not followed.
 */
#ifndef UNUSUAL_H
#define UNUSUAL_H

#include "check/analysis/analysis.h"

#define UNUSUAL_DOWN 1u // a word is stored below an address of unknown origin
#define UNUSUAL_ODD 2u  // an odd number of bytes beside one, or without bit 0
#define UNUSUAL_SHIFTED 4u // at one that was shifted, and is no index
#define UNUSUAL_ROTATED 8u // at one that was rotated
#define UNUSUAL_TURNED 16u // negated, reversed, or the complement
#define UNUSUAL_MIXED 32u  // made of two words
#define UNUSUAL_JUMP 64u   // code jumps to one of the last four
// An address is not what was kept.
#define UNUSUAL_DISGUISED \
    (UNUSUAL_SHIFTED | UNUSUAL_ROTATED | UNUSUAL_TURNED | UNUSUAL_MIXED)

// Which of them some code of the images does; it is found out once.
unsigned unusual_uses(struct analysis *a);

// By one of the first three of those, in use, the word becomes an address that
// wanted() asks for. aligned: it lies where words are, or code makes it.
bool unusual_becomes(struct analysis *a, uint32_t word, bool aligned,
        bool (*wanted)(void *ctx, uint32_t addr), void *ctx);

#endif
