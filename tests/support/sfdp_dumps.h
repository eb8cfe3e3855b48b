/*
 * sfdp_dumps - SFDP tables of real parts, and their meaning
 *
 * SPDX-License-Identifier: MIT
 *
 * The dumps are not part of this repository. XIPSAFE_SFDP_DUMPS names their
 * folder: files <part>.hex, lines "offset: bytes", '#' comments.
 */
#ifndef SFDP_DUMPS_H
#define SFDP_DUMPS_H

#include "xip_part.h"

#define SFDP_IMAGE_MAX 4096u

struct sfdp_image {
    uint8_t bytes[SFDP_IMAGE_MAX];
    size_t len;
    uint8_t id[3];
};

struct sfdp_expected {
    const char *file;
    uint8_t id[3];
    uint8_t addr_bytes; // 0: refused
    uint32_t size_mib;
    struct {
        uint32_t kib;
        uint8_t opcode;
        uint32_t typ_ms, max_ms;
    } erase[4];
    uint32_t page_typ_us, page_max_us;
    uint8_t read[4];    // opcode, lanes, mode, wait
    uint8_t program[2]; // opcode, lanes
    enum xip_part_qe qe;
    bool volatile_sr;
    struct xip_part_suspend erase_suspend, program_suspend;
};

#define SFDP_DUMPS 29u
extern const struct sfdp_expected sfdp_dumps[SFDP_DUMPS];

// False if there is no such dump.
bool sfdp_dump_load(struct sfdp_image *image, const struct sfdp_expected *part);

#endif
