/*
 * nor_command - the opcodes that a part has, and the frame of each
 *
 * SPDX-License-Identifier: MIT
 */
#include "nor/nor_priv.h"

#define READ_N(bytes, addr, data, mode, n, qe) \
    { \
        .kind = CMD_READ, .addr_bytes = (bytes), .addr_lanes = (addr), \
        .data_lanes = (data), .mode_lanes = (mode), .clocks = (n), \
        .quad = (qe) \
    }
#define READ(addr, data, mode, n, qe) READ_N(3, addr, data, mode, n, qe)
#define PROGRAM_N(bytes, addr, data, qe) \
    { \
        .kind = CMD_PROGRAM, .addr_bytes = (bytes), .addr_lanes = (addr), \
        .data_lanes = (data), .out = true, .quad = (qe) \
    }
#define PROGRAM(addr, data, qe) PROGRAM_N(3, addr, data, qe)
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
        {0x7A, PLAIN(CMD_NOP)}, // unless they resume: see nor_frame
        {0x30, PLAIN(CMD_NOP)},
        {0x66, PLAIN(CMD_RESET_ENABLE)},
        {0x99, PLAIN(CMD_RESET)},
        {0xAB, {.kind = CMD_WAKE, .data_lanes = 1}},
        {0xFF, PLAIN(CMD_MODE_RESET)},
};

// Commands of all parts but Micron's.
static const struct entry plain[] = {
        {0xBB, READ(2, 2, 2, 4, false)}, // M7-0 on two lanes, no wait clocks
        {0xEB, READ(4, 4, 4, 6, true)},
        {0x32, PROGRAM(1, 4, true)},
        {0x90,
                {.kind = CMD_MFR_ID,
                        .addr_bytes = 3,
                        .addr_lanes = 1,
                        .data_lanes = 1}},
};

// Winbond and GigaDevice.
static const struct entry winbond[] = {
        {0x35, READ_REG(REG_SR2)},
        {0x15, READ_REG(REG_SR3)},
        {0x31, WRITE_REG(REG_SR2)},
        {0x11, WRITE_REG(REG_SR3)},
        {0x50, PLAIN(CMD_WREN_VOLATILE)},
};

// Data sheets of MX25R6435F and MX25L51245G, command set. Not modelled: the
// commands of quad peripheral mode (35h), of the lockable blocks and of the
// secured OTP area, burst length, the extended address register (C5h/C8h).
static const struct entry macronix[] = {
        {0xBB, READ(2, 2, 0, 4, false)}, // four dummy clocks, no mode bits
        {0x32, {.kind = CMD_NONE}},
        {0x15, READ_REG(REG_CR)},
        {0x2B, READ_REG(REG_SEC)},
        {0x00, PLAIN(CMD_NOP)},
};

// IS25LP128F data sheet, instruction set. Not modelled: QPI (35h), read
// parameters (61h, 63h, 65h: dummy clocks stay at their default), bank register
// and 4-byte addresses, AutoBoot, sector locks, information rows.
static const struct entry issi[] = {
        {0xD7,
                {.kind = CMD_ERASE,
                        .arg = 0,
                        .addr_bytes = 3,
                        .addr_lanes = 1}}, // as 20h
        {0x38, PROGRAM(1, 4, true)},       // as 32h
        {0x48, READ_REG(REG_FUNC)},
        {0x42, WRITE_REG(REG_FUNC)},
        {0x81, READ_REG(REG_ERP)},
        {0x82, PLAIN(CMD_CLEAR_FLAGS)},
        {0x50, PLAIN(CMD_WREN_VOLATILE)},
};

// MX25L51245G data sheet, command set: these take four address bytes whatever
// the address mode.
static const struct entry four_byte[] = {
        {0x13, READ_N(4, 1, 1, 0, 0, false)},
        {0x0C, READ_N(4, 1, 1, 0, 8, false)},
        {0x3C, READ_N(4, 1, 2, 0, 8, false)},
        {0xBC, READ_N(4, 2, 2, 0, 4, false)},
        {0x6C, READ_N(4, 1, 4, 0, 8, true)},
        {0xEC, READ_N(4, 4, 4, 4, 6, true)},
        {0x12, PROGRAM_N(4, 1, 1, false)},
        {0x3E, PROGRAM_N(4, 4, 4, true)},
        {0xB7, {.kind = CMD_FOUR_BYTE, .arg = 1}},
        {0xE9, {.kind = CMD_FOUR_BYTE, .arg = 0}},
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

#define PUT(table, entries) \
    put((table), (entries), sizeof entries / sizeof(*(entries)))

static void put_family(struct command table[256], const struct nor_part *part) {
    if (part->family == NOR_MICRON) {
        PUT(table, micron);
        return;
    }
    PUT(table, plain);
    if (part->family == NOR_MACRONIX) {
        PUT(table, macronix);
    } else if (part->family == NOR_ISSI) {
        PUT(table, issi);
    } else {
        PUT(table, winbond);
    }
    if (part->four_byte) {
        PUT(table, four_byte);
    }
}

static void put_erase(struct command table[256], uint8_t opcode, unsigned type,
        unsigned addr_bytes) {
    if (opcode) {
        table[opcode] = (struct command){
                .kind = CMD_ERASE,
                .arg = (uint8_t)type,
                .addr_bytes = (uint8_t)addr_bytes,
                .addr_lanes = 1,
        };
    }
}

static void put_plain(struct command table[256], uint8_t opcode, uint8_t kind) {
    if (opcode) {
        table[opcode] = (struct command){.kind = kind};
    }
}

void nor_commands_(struct command table[256], const struct nor_part *part) {
    PUT(table, common);
    put_family(table, part);
    table[0xEB].clocks =
            (uint8_t)(part->read_144_mode_clocks + part->read_144_wait_clocks);
    for (unsigned i = 0; i < 4; i++) {
        if (part->erase[i].size_bytes) {
            put_erase(table, part->erase[i].opcode, i, 3);
            put_erase(table, part->erase_4byte_opcode[i], i, 4);
        }
    }
    put_plain(table, part->chip_opcode[0], CMD_ERASE_CHIP);
    put_plain(table, part->chip_opcode[1], CMD_ERASE_CHIP);
    if (part->program_144_opcode) {
        const bool quad = part->qe != NOR_QE_NONE;
        table[part->program_144_opcode] = (struct command)PROGRAM(4, 4, quad);
    }
    put_plain(table, part->suspend_opcode, CMD_SUSPEND);
    put_plain(table, part->suspend_alias, CMD_SUSPEND);
    put_plain(table, part->resume_opcode, CMD_RESUME);
    put_plain(table, part->resume_alias, CMD_RESUME);
    if (part->dpd_exit_us) {
        put_plain(table, 0xB9, CMD_SLEEP);
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

unsigned nor_addr_bytes_(const struct nor *nor, const struct command *cmd) {
    const bool by_mode = cmd->kind == CMD_READ || cmd->kind == CMD_PROGRAM ||
            cmd->kind == CMD_ERASE;
    return nor->four_byte && by_mode ? 4 : cmd->addr_bytes;
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
    if (f->addr_bytes != nor_addr_bytes_(nor, cmd)) {
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
    // A read may stop before its data: that is no error.
    if (f->data_lanes != data_lanes && (f->data_lanes || cmd->out)) {
        return "wrong number of data lanes";
    }
    return NULL;
}
