/*
 * xip_selftest_command - steps with the window closed: commands and transfers
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "xip_cpu.h"
#include "xip_port_opcode.h"
#include "xip_port_question.h"
#include "xip_selftest_priv.h"

#define SIZE_UNKNOWN_BYTES 0x10000000u
#define RESET_US 200u
#define LEFTOVER_BUSY_MAX_US 8000000u

bool selftest_commands_(struct selftest *t) {
    const uint32_t words[] = {
            xip_port_command(OP_READ_ID, 0, 0, XIP_DIR_IN, 1),
            xip_port_command(OP_WREN, 0, 0, XIP_DIR_NONE, 1),
            xip_port_command(OP_READ_SFDP, 3, 8, XIP_DIR_IN, 1),
            xip_port_command(OP_READ_SFDP, 3, 0, XIP_DIR_IN, 1),
            xip_port_command(OP_READ, 3, 0, XIP_DIR_IN, 1),
            xip_port_command(OP_PROGRAM, 3, 0, XIP_DIR_OUT, 1),
            xip_port_command(OP_PROGRAM, 3, 0, XIP_DIR_OUT, 4),
            xip_port_command(OP_PROGRAM, 4, 0, XIP_DIR_OUT, 1),
            xip_port_command(0xD8, 3, 0, XIP_DIR_NONE, 1),
    };
    const unsigned n = sizeof(words) / sizeof(words[0]);
    for (unsigned i = 0; i < n; i++) {
        if (words[i] == 0u) {
            selftest_fault_(t,
                    "xip_port_command gives 0, which means \"no command\"\n");
        }
        for (unsigned k = i + 1u; k < n; k++) {
            if (words[i] == words[k]) {
                selftest_fault_(t,
                        "xip_port_command gives the same word for two "
                        "commands: opcode, address bytes, dummy clocks, "
                        "direction and lanes all have to be in it\n");
                return true;
            }
        }
    }
    return true;
}

bool selftest_counter_(struct selftest *t) {
    xip_cpu_counter_start();
    const uint32_t first = xip_cpu_cycles();
    for (unsigned i = 0; i < 1000u; i++) {
        if (xip_cpu_cycles() != first) {
            return true;
        }
    }
    selftest_fault_(t,
            "xip_cpu_cycles stands still: no time-out would work; is the "
            "counter there, and started (DEMCR.TRCENA, DWT_CTRL)?\n");
    return false;
}

bool selftest_setup_(struct selftest *t) {
    const uint32_t wanted = t->config->prescaler;
    const int err = xip_port_setup(wanted, SIZE_UNKNOWN_BYTES);
    if (err != 0) {
        selftest_fault_(t, "xip_port_setup returns ");
        selftest_more_(t, xip_err_name(err));
        selftest_more_(t,
                ": clock of the controller on? prescaler in range?\n");
        return false;
    }
    if (xip_port_divider() != wanted) {
        selftest_fault_(t, "xip_port_divider says ");
        selftest_number_(t, xip_port_divider());
        selftest_more_(t, ", set up was ");
        selftest_number_(t, wanted);
        selftest_more_(t, ": declared latencies will be wrong\n");
    }
    return true;
}

/// Reading ///

static bool all(const uint8_t *data, uint32_t n, uint8_t value) {
    for (uint32_t i = 0; i < n; i++) {
        if (data[i] != value) {
            return false;
        }
    }
    return true;
}

static void say_two(struct selftest *t, const uint8_t *a, const uint8_t *b,
        uint32_t n) {
    selftest_hex_(t, a, n);
    selftest_more_(t, ", then");
    selftest_hex_(t, b, n);
}

// Lengths that leave a controller's FIFO in different states.
static bool id_is_stable(struct selftest *t) {
    static const uint8_t lengths[] = {3, 1, 3, 5, 3, 2, 3};
    for (unsigned i = 0; i < sizeof(lengths); i++) {
        uint8_t again[5];
        selftest_read_(OP_READ_ID, 0, 0, 0, again, lengths[i]);
        const uint32_t n = lengths[i] < 3u ? lengths[i] : 3u;
        if (memcmp(again, t->id, n) != 0) {
            selftest_fault_(t, "xip_port_transfer_: the id reads");
            say_two(t, t->id, again, n);
            selftest_more_(t,
                    ": does a byte of the last read stay in the FIFO? "
                    "sampling edge?\n");
            return false;
        }
    }
    return true;
}

bool selftest_id_(struct selftest *t) {
    uint32_t us;
    xip_port_rescue();
    selftest_send_(0xAB);
    selftest_pause_(t, RESET_US);
    // A run that was stopped may have left it busy.
    (void)selftest_wait_idle_(t, LEFTOVER_BUSY_MAX_US, &us);
    selftest_send_(0x66);
    selftest_send_(0x99);
    selftest_pause_(t, RESET_US);
    selftest_read_(OP_READ_ID, 0, 0, 0, t->id, 3);
    if (all(t->id, 3, 0xFF) || all(t->id, 3, 0)) {
        selftest_fault_(t, "no answer, the id reads");
        selftest_hex_(t, t->id, 3);
        selftest_more_(t,
                ": xip_port_setup leaves the window closed? clock, chip "
                "select, data pins? does xip_port_transfer_ start a command "
                "without an address?\n");
        return false;
    }
    if (!id_is_stable(t)) {
        return false;
    }
    const struct xip_flash_part *const part = t->config->part;
    if (part != NULL && memcmp(part->id, t->id, 3) != 0) {
        selftest_fault_(t, "the id reads");
        selftest_hex_(t, t->id, 3);
        selftest_more_(t, ", the part description has");
        selftest_hex_(t, part->id, 3);
        selftest_more_(t, "\n");
        return false;
    }
    return true;
}

static bool sfdp_in_pieces(struct selftest *t) {
    uint8_t piece[7];
    for (uint32_t i = 0; i + sizeof(piece) <= 64u; i += sizeof(piece)) {
        selftest_read_(OP_READ_SFDP, 3, 8, i, piece, sizeof(piece));
        if (memcmp(piece, t->sfdp + i, sizeof(piece)) != 0) {
            selftest_fault_(t, "xip_port_transfer_: SFDP from ");
            selftest_number_(t, i);
            selftest_more_(t, " reads");
            selftest_hex_(t, piece, sizeof(piece));
            selftest_more_(t, ", as part of one long read it was");
            selftest_hex_(t, t->sfdp + i, sizeof(piece));
            selftest_more_(t,
                    ": address not sent whole, or a long read loses bytes\n");
            return false;
        }
    }
    return true;
}

bool selftest_sfdp_(struct selftest *t) {
    if (t->config->part != NULL) {
        t->part = *t->config->part;
        return true;
    }
    memset(t->sfdp, 0x5A, sizeof(t->sfdp));
    selftest_read_(OP_READ_SFDP, 3, 8, 0, t->sfdp, sizeof(t->sfdp));
    if (memcmp(t->sfdp, "SFDP", 4) != 0) {
        selftest_fault_(t, "SFDP begins with");
        selftest_hex_(t, t->sfdp, 4);
        selftest_more_(t,
                " instead of 53 46 44 50: three address bytes, then "
                "8 dummy clocks; or a part without SFDP, then give "
                "config.part\n");
        return false;
    }
    if (!sfdp_in_pieces(t)) {
        return false;
    }
    const int err = xip_part_from_sfdp_map(&t->part, t->id, t->sfdp,
            sizeof(t->sfdp), xip_port_sector_map(t->sfdp, sizeof(t->sfdp)));
    if (err != 0) {
        selftest_fault_(t,
                "xip_part_from_sfdp does not take the table: all "
                "320 bytes read? otherwise give config.part\n");
        return false;
    }
    return true;
}

/// Writing ///

bool selftest_write_enable_(struct selftest *t) {
    selftest_send_(OP_WREN);
    const uint8_t on = selftest_status_();
    selftest_send_(OP_WRDI);
    const uint8_t off = selftest_status_();
    if ((on & SR_WEL) == 0u) {
        selftest_fault_(t, "write enable (06h) does not set WEL, status is");
        selftest_hex_(t, &on, 1);
        selftest_more_(t,
                ": is a command without address and data sent, and "
                "does chip select rise behind it?\n");
        return false;
    }
    if ((off & (SR_WEL | SR_WIP)) != 0u) {
        selftest_fault_(t, "write disable (04h) does not clear WEL, status is");
        selftest_hex_(t, &off, 1);
        selftest_more_(t, ": an old value from the FIFO?\n");
        return false;
    }
    // As resident code makes the same commands.
    uint8_t status = 0;
    xip_port_transfer_(xip_port_opcode(OP_WREN), 0, NULL, 0);
    xip_port_transfer_(xip_port_opcode_in(OP_READ_SR1), 0, &status, 1);
    selftest_send_(OP_WRDI);
    if (status != on) {
        selftest_fault_(t, "by the words of xip_port_opcode.h status is");
        selftest_hex_(t, &status, 1);
        selftest_more_(t, " instead of");
        selftest_hex_(t, &on, 1);
        selftest_more_(t, "\n");
    }
    return true;
}

static bool begin_erase(struct selftest *t) {
    selftest_send_(OP_WREN);
    xip_port_transfer_(xip_port_command(t->unit.opcode, t->part.addr_bytes, 0,
                               XIP_DIR_NONE, 1),
            t->config->spare_off, NULL, 0);
    const uint8_t status = selftest_status_();
    if ((status & SR_WIP) == 0u) {
        selftest_fault_(t, "the erase does not begin, status is");
        selftest_hex_(t, &status, 1);
        selftest_more_(t,
                ": is a command with an address and no data sent? "
                "the sector protected?\n");
        return false;
    }
    return true;
}

// The smallest one, which has to begin there.
static bool choose_unit(struct selftest *t) {
    const uint32_t off = t->config->spare_off;
    const uint32_t bytes = xip_part_unit(&t->part, off);
    const struct xip_part_erase *const type = off < t->part.size_bytes
            ? xip_part_fit(&t->part, off, bytes)
            : NULL;
    if (type == NULL) {
        return false;
    }
    t->unit = *type;
    t->unit.size_bytes = bytes;
    return true;
}

bool selftest_erase_(struct selftest *t) {
    const struct xip_part_erase *const type = &t->unit;
    if (!choose_unit(t)) {
        selftest_fault_(t, "spare_off is not at an erase unit of this chip\n");
        return false;
    }
    uint32_t us = 0;
    if (!begin_erase(t)) {
        return false;
    }
    if (!selftest_wait_idle_(t, 2u * type->max_us, &us)) {
        selftest_fault_(t,
                "the erase does not end: is status really read "
                "each time?\n");
        return false;
    }
    if (us < type->typ_us / 50u) {
        selftest_fault_(t, "the erase ended after ");
        selftest_number_(t, us);
        selftest_more_(t, " us, which no chip can: wrong status, or hclk_hz\n");
    }
    for (uint32_t i = 0; i < type->size_bytes; i += sizeof(t->back)) {
        selftest_read_array_(t, t->config->spare_off + i, t->back,
                sizeof(t->back));
        if (!all(t->back, sizeof(t->back), 0xFF)) {
            selftest_fault_(t,
                    "the unit is not blank after its erase: does "
                    "the whole address arrive?\n");
            return false;
        }
    }
    return true;
}

// Offsets and lengths that FIFO loops by words get wrong.
static const struct {
    uint8_t off, len, skew;
} pieces[] = {{0, 64, 0}, {64, 1, 1}, {66, 2, 0}, {70, 3, 2}, {75, 4, 1},
        {80, 5, 0}, {87, 6, 3}, {96, 7, 1}, {105, 31, 0}, {138, 118, 2}};

static bool program_piece(struct selftest *t, unsigned n) {
    static uint8_t source[128]; // at any alignment
    const uint32_t off = pieces[n].off;
    const uint32_t len = pieces[n].len;
    const bool four = t->part.addr_bytes == 4u;
    uint32_t us;
    memcpy(source + pieces[n].skew, t->pattern + off, len);
    selftest_send_(OP_WREN);
    xip_port_transfer_(xip_port_command(four ? OP_PROGRAM_4 : OP_PROGRAM,
                               t->part.addr_bytes, 0, XIP_DIR_OUT, 1),
            t->config->spare_off + off, source + pieces[n].skew, len);
    if (!selftest_wait_idle_(t, 2u * t->part.page_max_us + 1000u, &us)) {
        selftest_fault_(t, "a page program does not end\n");
        return false;
    }
    selftest_read_array_(t, t->config->spare_off, t->back, sizeof(t->back));
    if (memcmp(t->back + off, t->pattern + off, len) != 0 ||
            !all(t->back + off + len, sizeof(t->back) - off - len, 0xFF)) {
        selftest_fault_(t, "xip_port_transfer_: programmed ");
        selftest_number_(t, len);
        selftest_more_(t, " bytes at offset ");
        selftest_number_(t, off);
        selftest_more_(t, " as");
        selftest_hex_(t, t->pattern + off, len < 8u ? len : 8u);
        selftest_more_(t, ", they read");
        selftest_hex_(t, t->back + off, len < 7u ? len + 1u : 8u);
        selftest_more_(t,
                ": the last bytes of a length that is no multiple "
                "of 4, or a source that is not aligned?\n");
        return false;
    }
    return true;
}

bool selftest_program_(struct selftest *t) {
    for (uint32_t i = 0; i < sizeof(t->pattern); i++) {
        t->pattern[i] = 0xFF;
    }
    for (unsigned n = 0; n < sizeof(pieces) / sizeof(pieces[0]); n++) {
        for (uint32_t i = 0; i < pieces[n].len; i++) {
            const uint32_t at = pieces[n].off + i;
            t->pattern[at] = (uint8_t)(at * 29u + 17u) & 0x7Fu;
        }
        if (!program_piece(t, n)) {
            return false;
        }
    }
    return true;
}
