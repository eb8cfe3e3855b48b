/*
 * thumb_print - one instruction as text
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "thumb_priv.h"

void thumb_print(const struct thumb_insn *insn, char *text, size_t size) {
    snprintf(text, size, ".inst%s 0x%0*x", insn->size_bytes == 2 ? ".n" : ".w",
            insn->size_bytes * 2, (unsigned)insn->encoding);
}
