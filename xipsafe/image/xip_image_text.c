/*
 * xip_image_text - reasons in words; in a file of its own, since few programs
 * print them
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_image.h"

const char *xip_image_reason_text(unsigned reason) {
    static const char *const text[] = {
            [XIP_REASON_NONE] = "accepted",
            [XIP_REASON_EMPTY] = "empty",
            [XIP_REASON_NO_MAGIC] = "not an MCUboot image",
            [XIP_REASON_TRUNCATED] = "ends before its header says it does",
            [XIP_REASON_HEADER] = "header sizes cannot be right",
            [XIP_REASON_TLV] = "TLV area is damaged",
            [XIP_REASON_ENCRYPTED] = "encrypted, cannot execute in place",
            [XIP_REASON_COMPRESSED] = "compressed, cannot execute in place",
            [XIP_REASON_NOT_XIP] = "not bootable, or made to run from RAM",
            [XIP_REASON_NO_DIGEST] = "has no SHA-256",
            [XIP_REASON_VECTORS] = "vector table is short or misaligned",
            [XIP_REASON_STACK] = "initial stack is not in RAM or misaligned",
            [XIP_REASON_ENTRY] = "reset vector is not Thumb code of the image",
            [XIP_REASON_DIGEST] = "contents do not match the SHA-256",
            [XIP_REASON_UNSIGNED] = "not signed",
            [XIP_REASON_UNKNOWN_KEY] = "signature is not by our key",
            [XIP_REASON_SIGNATURE] = "signature is wrong",
            [XIP_REASON_NOT_FIXED] = "does not say its address (ROM_FIXED)",
            [XIP_REASON_ADDRESS] = "linked for another address",
            [XIP_REASON_OLDER] = "not newer than the one that starts",
            [XIP_REASON_ED25519] = "signed with Ed25519, not with P-256",
            [XIP_REASON_RSA] = "signed with RSA, not with P-256",
            [XIP_REASON_DOWNGRADE] = "older than the one that starts",
            [XIP_REASON_COUNTER] = "security counter is too low",
            [XIP_REASON_UNCONFIRMED] = "did not confirm itself",
            [XIP_REASON_UNFINISHED] = "update is not complete",
            [XIP_REASON_OTHER] = "another slot is chosen",
            [XIP_REASON_NO_RECORD] = "its trial cannot be recorded",
    };
    if (reason >= XIP_REASON_APPLICATION) {
        return "rejected by the application";
    }
    if (reason >= sizeof(text) / sizeof(text[0])) {
        return "unknown reason";
    }
    return text[reason];
}
