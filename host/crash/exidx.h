/*
 * exidx - from a frame to its caller by .ARM.exidx
 *
 * SPDX-License-Identifier: MIT
 *
 * Exception Handling ABI for the Arm Architecture (EHABI32), sections 6 and 7
 * and table 4. Written for calls: in a prologue or an epilogue it is wrong.
 */
#ifndef EXIDX_H
#define EXIDX_H

#include "elf/elf_image.h"

// As elf_image_unwind(), for code without .debug_frame.
bool exidx_unwind(struct elf_image *image, uint32_t regs[16],
        bool (*read)(void *ctx, uint32_t addr, uint32_t *word), void *ctx);

#endif
