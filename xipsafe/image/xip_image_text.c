/*
 * xip_image_text - reasons in words; in a file of its own, since few programs
 * print them
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "xip_image.h"

// In the order of enum xip_image_reason, one after the other: 90 bytes less
// than with a table of pointers.
static const char texts[] = "accepted\0"
                            "empty\0"
                            "not an MCUboot image\0"
                            "ends before its header says it does\0"
                            "header sizes cannot be right\0"
                            "TLV area is damaged\0"
                            "encrypted, cannot execute in place\0"
                            "compressed, cannot execute in place\0"
                            "not bootable, or made to run from RAM\0"
                            "has no SHA-256\0"
                            "vector table is short or misaligned\0"
                            "initial stack is not in RAM or misaligned\0"
                            "reset vector is not Thumb code of the image\0"
                            "contents do not match the SHA-256\0"
                            "not signed\0"
                            "signature is not by our key\0"
                            "signature is wrong\0"
                            "does not say its address (ROM_FIXED)\0"
                            "linked for another address\0"
                            "not newer than the one that starts\0"
                            "older than the one that starts\0"
                            "security counter is too low\0"
                            "did not confirm itself\0"
                            "update is not complete\0"
                            "another slot is chosen\0"
                            "its trial cannot be recorded\0"
                            "signed with Ed25519, not with P-256\0"
                            "signed with RSA, not with P-256\0";

const char *xip_image_reason_text(unsigned reason) {
    if (reason >= XIP_REASON_APPLICATION) {
        return "rejected by the application";
    }
    const char *text = texts;
    for (; reason != 0u && *text != '\0'; reason--) {
        text += strlen(text) + 1u;
    }
    return *text != '\0' ? text : "unknown reason";
}
