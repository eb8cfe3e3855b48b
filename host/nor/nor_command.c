/*
 * nor_command - which opcodes a part has, and what a frame for one looks like
 *
 * SPDX-License-Identifier: MIT
 */
#include "nor_priv.h"

#define READ(addr, data, mode, n, qe) \
    { \
        .kind = CMD_READ, .addr_bytes = 3, .addr_lanes = (addr), \
        .data_lanes = (data), .mode_lanes = (mode), .clocks = (n), \
        .quad = (qe) \
    }
#define PROGRAM(addr, data, qe) \
    { \
        .kind = CMD_PROGRAM, .addr_bytes = 3, .addr_lanes = (addr), \
        .data_lanes = (data), .out = true, .quad = (qe) \
    }
#define PLAIN(k) \
    { .kind = (k) }
#define READ_REG(r) \
    { .kind = CMD_READ_REG, .arg = (r), .data_lanes = 1 }
#define WRITE_REG(r) \
    { .kind = CMD_WRITE_REG, .arg = (r), .data_lanes = 1, .out = true }

struct entry {
    uint8_t opcode;
    struct command command;
};

static const struct entry common[] = {
        {0x03, READ(1, 1, 0, 0, false)},
        {0x0B, READ(1, 1, 0, 8, false)},
        {0x3B, READ(1, 2, 0, 8, false)},
        {0x6B, READ(1, 4, 0, 8, true)},
        {0x02, PROGRAM(1, 1, false)},
        {0x32, PROGRAM(1, 4, true)},
        {0x9F, {.kind = CMD_ID, .data_lanes = 1}},
        // JESD216 clause 4.2: three address bytes, eight dummy clocks, always.
        {0x5A,
                {.kind = CMD_SFDP,
                        .addr_bytes = 3,
                        .addr_lanes = 1,
                        .data_lanes = 1,
                        .clocks = 8}},
        {0x05, READ_REG(REG_SR1)},
        {0x01, WRITE_REG(REG_SR1)},
        {0x06, PLAIN(CMD_WREN)},
        {0x04, PLAIN(CMD_WRDI)},
        {0x66, PLAIN(CMD_RESET_ENABLE)},
        {0x99, PLAIN(CMD_RESET)},
        {0xAB, {.kind = CMD_WAKE, .data_lanes = 1}},
        {0xFF, PLAIN(CMD_MODE_RESET)},
};

static const struct entry winbond[] = {
        {0xBB, READ(2, 2, 2, 4, false)}, // M7-0 on two lanes, no wait clocks
        {0xEB, READ(4, 4, 4, 6, true)},
        {0x90,
                {.kind = CMD_MFR_ID,
                        .addr_bytes = 3,
                        .addr_lanes = 1,
                        .data_lanes = 1}},
        {0x35, READ_REG(REG_SR2)},
        {0x15, READ_REG(REG_SR3)},
        {0x31, WRITE_REG(REG_SR2)},
        {0x11, WRITE_REG(REG_SR3)},
        {0x50, PLAIN(CMD_WREN_VOLATILE)},
};

// The dummy clocks of the reads come from the VCR.
static const struct entry micron[] = {
        {0x0B, READ(1, 1, 1, 8, false)},
        {0x3B, READ(1, 2, 1, 8, false)},
        {0x6B, READ(1, 4, 1, 8, false)},
        {0xBB, READ(2, 2, 2, 8, false)},
        {0xEB, READ(4, 4, 4, 10, false)},
        {0xA2, PROGRAM(1, 2, false)},
        {0xD2, PROGRAM(2, 2, false)},
        {0x32, PROGRAM(1, 4, false)},
        {0x9E, {.kind = CMD_ID, .data_lanes = 1}},
        {0x70, READ_REG(REG_FSR)},
        {0x50, PLAIN(CMD_CLEAR_FLAGS)},
        {0x85, READ_REG(REG_VCR)},
        {0x81, WRITE_REG(REG_VCR)},
        {0x65, READ_REG(REG_EVCR)},
        {0x61, WRITE_REG(REG_EVCR)},
        {0xB5, READ_REG(REG_NVCR)},
        {0xB1, WRITE_REG(REG_NVCR)},
};

static void put(struct command table[256], const struct entry *entry,
        size_t n) {
    for (size_t i = 0; i < n; i++) {
        table[entry[i].opcode] = entry[i].command;
    }
}

void nor_commands_(struct command table[256], const struct nor_part *part) {
    put(table, common, sizeof common / sizeof common[0]);
    if (part->family == NOR_MICRON) {
        put(table, micron, sizeof micron / sizeof micron[0]);
    } else {
        put(table, winbond, sizeof winbond / sizeof winbond[0]);
    }
    table[0xEB].clocks =
            (uint8_t)(part->read_144_mode_clocks + part->read_144_wait_clocks);
    for (unsigned i = 0; i < 4; i++) {
        if (part->erase[i].size_bytes) {
            table[part->erase[i].opcode] = (struct command){
                    .kind = CMD_ERASE,
                    .arg = (uint8_t)i,
                    .addr_bytes = 3,
                    .addr_lanes = 1,
            };
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        if (part->chip_opcode[i]) {
            table[part->chip_opcode[i]] = (struct command)PLAIN(CMD_ERASE_CHIP);
        }
    }
    if (part->program_144_opcode) {
        table[part->program_144_opcode] = (struct command)PROGRAM(4, 4, false);
    }
    if (part->suspend_opcode) {
        table[part->suspend_opcode] = (struct command)PLAIN(CMD_SUSPEND);
        table[part->resume_opcode] = (struct command)PLAIN(CMD_RESUME);
    }
    if (part->dpd_exit_us) {
        table[0xB9] = (struct command)PLAIN(CMD_SLEEP);
    }
}

unsigned nor_protocol_(const struct nor *nor) {
    if (!nor->part->volatile_config) {
        return 1;
    }
    return !(nor->evcr & 0x80) ? 4 : !(nor->evcr & 0x40) ? 2 : 1;
}

unsigned nor_clocks_(const struct nor *nor, const struct command *cmd) {
    if (cmd->kind != CMD_READ || !cmd->mode_lanes ||
            !nor->part->volatile_config) {
        return cmd->clocks;
    }
    // N25Q data sheet, volatile configuration register: 0 and 15 mean the
    // default of the command, which is 10 for any read on four address lanes.
    const unsigned dummy = nor->vcr >> 4;
    if (dummy != 0 && dummy != 15) {
        return dummy;
    }
    return nor_protocol_(nor) == 4 ? nor->command[0xEB].clocks : cmd->clocks;
}

const char *nor_shape_(const struct nor *nor, const struct nor_frame *f,
        const struct command *cmd) {
    const unsigned protocol = nor_protocol_(nor);
    const bool wide = protocol > 1;
    const unsigned addr_lanes = wide ? protocol : cmd->addr_lanes;
    const unsigned data_lanes = wide ? protocol : cmd->data_lanes;
    const unsigned mode_lanes = wide ? protocol : cmd->mode_lanes;
    if (f->has_opcode && f->opcode_lanes != protocol) {
        return "wrong number of opcode lanes";
    }
    if (cmd->kind == CMD_WAKE) {
        // Three bytes of anything come before the device id.
        const unsigned lead =
                f->addr_bytes * 8u / (f->addr_lanes ? f->addr_lanes : 1) +
                f->dummy_clocks;
        return lead != (f->data_lanes ? 24 : 0) ? "wrong number of dummy clocks"
                : f->data_lanes > 1             ? "wrong number of data lanes"
                                                : NULL;
    }
    if (f->addr_bytes != cmd->addr_bytes) {
        return "wrong number of address bytes";
    }
    if (f->addr_bytes && f->addr_lanes != addr_lanes) {
        return "wrong number of address lanes";
    }
    unsigned clocks = f->dummy_clocks;
    if (f->alt_bytes) {
        const unsigned lanes = f->alt_lanes ? f->alt_lanes : 1;
        if (mode_lanes && lanes != mode_lanes) {
            return "wrong number of lanes for the mode bits";
        }
        clocks += f->alt_bytes * 8u / lanes;
    }
    if (clocks != nor_clocks_(nor, cmd)) {
        return "wrong number of dummy clocks";
    }
    // A read may stop before its data; the chip does not mind.
    if (f->data_lanes != data_lanes && (f->data_lanes || cmd->out)) {
        return "wrong number of data lanes";
    }
    return NULL;
}
