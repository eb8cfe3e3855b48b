/*
 * cut_name - is this the name of a point, and can this campaign have it?
 *
 * SPDX-License-Identifier: MIT
 *
 * What the options alone say, before anything is run.
 */
#ifndef CUT_NAME_H
#define CUT_NAME_H

#include "cut/cut_options.h"

// NULL, or what is wrong with it: for the user.
const char *cut_name_wrong(const struct cut_options *o, const char *name);

#endif
