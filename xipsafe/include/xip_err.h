/*
 * xip_err - every error code of the library, in one place
 *
 * SPDX-License-Identifier: MIT
 *
 * 0 or a count is success, a negative value is one of these. A code says what
 * is true of the flash afterwards, since the caller has to choose between
 * retry, rollback and reboot. "Nothing was changed" is a promise: no command
 * that erases or programs was sent.
 */
#ifndef XIP_ERR_H
#define XIP_ERR_H

#include "xip_compiler.h"

enum xip_err {
    XIP_OK = 0,

    // Refused before an outage was opened; nothing was changed.
    XIP_ERR_PARAM = -1, // a null pointer or a value out of its range
    XIP_ERR_RANGE = -2, // outside the chip, slot or region
    XIP_ERR_ALIGN = -3, // not whole erase units
    XIP_ERR_RUNNING =
            -4,        // the running image, its vectors or its .data live there
    XIP_ERR_BUSY = -5, // another call on this device is under way
    XIP_ERR_CONTEXT = -6, // interrupt handler or unprivileged thread
    XIP_ERR_VECTOR = -7,  // an enabled exception has its vector in the window
    XIP_ERR_DMA = -8,     // an enabled DMA channel reads the window
    XIP_ERR_ABI = -9, // resident table absent, damaged or of another version
    XIP_ERR_RESIDENT =
            -10, // resident code or the device struct is in the window
    XIP_ERR_CONFIG =
            -11, // the controller is not mapped, or in an unusable mode

    // The chip has answered, or failed to.
    XIP_ERR_PART = -12, // no answer, a part without a description, or one
                        // that cannot do this
    XIP_ERR_PROTECT =
            -13, // write enable or the operation refused; unit unchanged
    XIP_ERR_TIMEOUT =
            -14, // busy too long; the unit is undefined. The chip was reset,
                 // or holds the unit suspended until the next call
    XIP_ERR_VERIFY =
            -15, // finished but reads back wrong; the unit is undefined

    // Images and updates; the flash that runs is not affected.
    XIP_ERR_IMAGE = -16, // no image, or a header or TLV that cannot be right
    XIP_ERR_HASH = -17,  // contents do not match the image's own digest
    XIP_ERR_SIGNATURE = -18, // no signature by the expected key, or a wrong one
    XIP_ERR_ADDRESS = -19,   // linked for another address than its own
    XIP_ERR_VERSION = -20,   // not newer than what is installed
    XIP_ERR_TRANSFER = -21,  // the sender gave up or sent damaged packets

    XIP_ERR_HELD = -22, // DMA, vectors or enabled interrupts kept an operation
                        // that had begun from going on for 10 s (a core that
                        // sleeps in a hook counts no time); as TIMEOUT

    XIP_ERR_TRIAL = -23, // refused, nothing was changed: the running image is
                         // on trial, and that slot is what it would go back to
};

#endif
