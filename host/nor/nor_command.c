/*
 * nor_command - the opcodes that a part has, and the frame of each
 *
 * SPDX-License-Identifier: MIT
 */
#include "nor/nor_priv.h"

enum { MODE_RESET = 0xFF };

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

// A command that the part has and the model has not.
#define OTHER PLAIN(CMD_NOT_MODELLED)
#define FOREIGN_RESUME \
    { .kind = CMD_NOP, .arg = 1 }
#define UNIQUE_ID \
    { .kind = CMD_UNIQUE, .data_lanes = 1 }
#define ADDRESSED(k, a, data, n, o) \
    { \
        .kind = (k), .arg = (a), .addr_bytes = 3, .addr_lanes = 1, \
        .data_lanes = (data), .clocks = (n), .out = (o) \
    }
#define LOCK_AT(bytes, a, data, o) \
    { \
        .kind = CMD_LOCK, .arg = (a), .addr_bytes = (bytes), .addr_lanes = 1, \
        .data_lanes = (data), .out = (o) \
    }
#define LOCK_ALL(a) \
    { .kind = CMD_LOCK, .arg = (a) }
#define PARAMETERS(lanes) \
    { .kind = CMD_WRAP, .arg = 1, .data_lanes = (lanes), .out = true }
#define ID_ON_FOUR \
    { .kind = CMD_ID, .data_lanes = 4, .wide = true }

const char nor_dummy_clocks_[] = "wrong number of dummy clocks";

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
        {0x7A, FOREIGN_RESUME}, // unless they resume
        {0x30, FOREIGN_RESUME},
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
        {0x4B, UNIQUE_ID},
        {0x77,
                {.kind = CMD_WRAP,
                        .data_lanes = 4,
                        .clocks = 6, // of anything
                        .out = true,
                        .quad = true}},
        {0x92, // identity on two lines, M7-0 behind the address
                {.kind = CMD_MFR_ID,
                        .addr_bytes = 3,
                        .addr_lanes = 2,
                        .data_lanes = 2,
                        .clocks = 4}},
        {0x94, // and on four, four more clocks
                {.kind = CMD_MFR_ID,
                        .addr_bytes = 3,
                        .addr_lanes = 4,
                        .data_lanes = 4,
                        .clocks = 6,
                        .quad = true}},
        {0xE7, OTHER}, // word reads
        {0xE3, OTHER},
};

static const struct entry security[] = {
        {0x44, ADDRESSED(CMD_SECURITY, SECURITY_ERASE, 0, 0, false)},
        {0x42, ADDRESSED(CMD_SECURITY, SECURITY_PROGRAM, 1, 0, true)},
        {0x48, ADDRESSED(CMD_SECURITY, SECURITY_READ, 1, 8, false)},
};

static const struct entry block_locks[] = {
        {0x36, LOCK_AT(3, LOCK_SET, 0, false)},
        {0x39, LOCK_AT(3, LOCK_CLEAR, 0, false)},
        {0x3D, LOCK_AT(3, LOCK_READ, 1, false)},
        {0x7E, LOCK_ALL(LOCK_SET_ALL)},
        {0x98, LOCK_ALL(LOCK_CLEAR_ALL)},
};

// W25Q128JV-DTR data sheet: read parameters and wrapped reads of QPI, reads on
// both edges.
static const struct entry winbond_qpi[] = {
        {0xC0,
                {.kind = CMD_WRAP,
                        .arg = 1,
                        .data_lanes = 4,
                        .out = true,
                        .wide = true}},
        {0x0C,
                {.kind = CMD_READ,
                        .addr_bytes = 3,
                        .addr_lanes = 4,
                        .data_lanes = 4,
                        .clocks = 2,
                        .wide = true}},
        {0x0D, OTHER},
        {0xBD, OTHER},
        {0xED, OTHER},
};

// Data sheets of MX25R6435F and MX25L51245G, command set.
static const struct entry macronix[] = {
        {0xBB, READ(2, 2, 0, 4, false)}, // four dummy clocks, no mode bits
        {0x32, {.kind = CMD_NONE}},
        {0x15, READ_REG(REG_CR)},
        {0x2B, READ_REG(REG_SEC)},
        {0x00, PLAIN(CMD_NOP)},
        {0xC0, PARAMETERS(1)},
        {0xB1, {.kind = CMD_OTP_MODE, .arg = 1}},
        {0xC1, {.kind = CMD_OTP_MODE}},
        {0x2F, {.kind = CMD_SEC_SET, .arg = SEC_OTP_LOCKED}},
};

// Of the larger one in addition: extended address register, locks of blocks.
static const struct entry macronix_large[] = {
        {0xC5, WRITE_REG(REG_EAR)},
        {0xC8, READ_REG(REG_EAR)},
        {0x68, {.kind = CMD_SEC_SET, .arg = SEC_WPSEL}},
        {0xE0, LOCK_AT(4, LOCK_READ, 1, false)},
        {0xE1, LOCK_AT(4, LOCK_WRITE, 1, true)},
        {0xE2, LOCK_AT(4, LOCK_READ | LOCK_LASTING, 1, false)},
        {0xE3, LOCK_AT(4, LOCK_SET | LOCK_LASTING, 0, false)},
        {0xE4, LOCK_ALL(LOCK_CLEAR_ALL | LOCK_LASTING)},
        {0x7E, LOCK_ALL(LOCK_SET_ALL)},
        {0x98, LOCK_ALL(LOCK_CLEAR_ALL)},
        {0xAF, ID_ON_FOUR},
        {0x2C, OTHER}, // lock register
        {0x2D, OTHER},
        {0x0D, OTHER},
        {0xBD, OTHER},
        {0xED, OTHER},
        {0xEE, OTHER},
        {0x16, OTHER}, // fast boot
        {0x17, OTHER},
        {0x18, OTHER},
};

// IS25LP128F data sheet, instruction set.
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
        {0x61, READ_REG(REG_PARAM)},
        {0x63, WRITE_REG(REG_PARAM)},
        {0xC0, WRITE_REG(REG_PARAM)},
        {0x65, WRITE_REG(REG_PARAM_NV)},
        {0x83, WRITE_REG(REG_DRIVER)},
        {0x85, WRITE_REG(REG_DRIVER_NV)},
        {0x4B, UNIQUE_ID},
        // Information rows.
        {0x64, ADDRESSED(CMD_SECURITY, SECURITY_ERASE, 0, 0, false)},
        {0x62, ADDRESSED(CMD_SECURITY, SECURITY_PROGRAM, 1, 0, true)},
        {0x68, ADDRESSED(CMD_SECURITY, SECURITY_READ, 1, 8, false)},
        {0x16, READ_REG(REG_BANK)},
        {0xC8, READ_REG(REG_BANK)},
        {0x17, WRITE_REG(REG_BANK)},
        {0xC5, WRITE_REG(REG_BANK)},
        {0x18, OTHER}, // bank register, kept
        {0xB7, {.kind = CMD_FOUR_BYTE, .arg = 1}},
        {0x29, {.kind = CMD_FOUR_BYTE, .arg = 0}},
        {0x13, READ_N(4, 1, 1, 0, 0, false)},
        {0x0C, READ_N(4, 1, 1, 0, 8, false)},
        {0x3C, READ_N(4, 1, 2, 0, 8, false)},
        {0xBC, READ_N(4, 2, 2, 2, 4, false)},
        {0x6C, READ_N(4, 1, 4, 0, 8, true)},
        {0xEC, READ_N(4, 4, 4, 4, 6, true)},
        {0x12, PROGRAM_N(4, 1, 1, false)},
        {0x34, PROGRAM_N(4, 1, 4, true)},
        {0x3E, PROGRAM_N(4, 1, 4, true)},
        {0x14, OTHER},
        {0x15, OTHER}, // AutoBoot
        {0x26, ADDRESSED(CMD_UNLOCK, 1, 0, 0, false)},
        {0x24, {.kind = CMD_UNLOCK}},
        // Advanced sector protection: locks, and what chooses and freezes them.
        {0xFA, LOCK_AT(3, LOCK_READ, 1, false)},
        {0xFB, LOCK_AT(3, LOCK_WRITE, 1, true)},
        {0xFC, LOCK_AT(3, LOCK_READ | LOCK_LASTING, 1, false)},
        {0xFD, LOCK_AT(3, LOCK_SET | LOCK_LASTING, 0, false)},
        {0xE0, LOCK_AT(4, LOCK_READ, 1, false)},
        {0xE1, LOCK_AT(4, LOCK_WRITE, 1, true)},
        {0xE2, LOCK_AT(4, LOCK_READ | LOCK_LASTING, 1, false)},
        {0xE3, LOCK_AT(4, LOCK_SET | LOCK_LASTING, 0, false)},
        {0xE4, LOCK_ALL(LOCK_CLEAR_ALL | LOCK_LASTING)},
        {0x7E, LOCK_ALL(LOCK_SET_ALL)},
        {0x98, LOCK_ALL(LOCK_CLEAR_ALL)},
        {0x2B, OTHER},
        {0x2F, OTHER},
        {0x91, OTHER},
        {0xA6, OTHER},
        {0xA7, OTHER},
        {0xE7, OTHER},
        {0xE8, OTHER},
        {0xE9, OTHER},
        {0xAF, ID_ON_FOUR},
        {0x0D, OTHER},
        {0xBD, OTHER}, // reads on both edges
        {0xED, OTHER},
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
        {0x0B, READ(1, 1, 1, 8, false)}, {0x3B, READ(1, 2, 1, 8, false)},
        {0x6B, READ(1, 4, 1, 8, false)}, {0xBB, READ(2, 2, 2, 8, false)},
        {0xEB, READ(4, 4, 4, 10, false)}, {0xA2, PROGRAM(1, 2, false)},
        {0xD2, PROGRAM(2, 2, false)}, {0x32, PROGRAM(1, 4, false)},
        {0x9E, {.kind = CMD_ID, .data_lanes = 1}}, {0x70, READ_REG(REG_FSR)},
        {0x50, PLAIN(CMD_CLEAR_FLAGS)}, {0x85, READ_REG(REG_VCR)},
        {0x81, WRITE_REG(REG_VCR)}, {0x65, READ_REG(REG_EVCR)},
        {0x61, WRITE_REG(REG_EVCR)}, {0xB5, READ_REG(REG_NVCR)},
        {0xB1, WRITE_REG(REG_NVCR)},
        {0x4B, ADDRESSED(CMD_SECURITY, SECURITY_READ, 1, 8, false)}, // OTP
        {0x42, ADDRESSED(CMD_SECURITY, SECURITY_PROGRAM, 1, 0, true)},
        {0xE8, LOCK_AT(3, LOCK_READ, 1, false)}, // lock registers
        {0xE5, LOCK_AT(3, LOCK_WRITE, 1, true)}, {0xAF, ID_ON_FOUR}, // or two
};

// MT25QL128ABA data sheet, what the N25Q128A has not: locks that stay, what
// freezes them, CRC.
static const struct entry mt25[] = {
        {0xE2, LOCK_AT(4, LOCK_READ | LOCK_LASTING, 1, false)},
        {0xE3, LOCK_AT(4, LOCK_SET | LOCK_LASTING, 0, false)},
        {0xE4, LOCK_ALL(LOCK_CLEAR_ALL | LOCK_LASTING)},
        {0x2C, OTHER},
        {0x2D, OTHER},
        {0xA6, OTHER},
        {0xA7, OTHER},
        {0x27, OTHER},
        {0x28, OTHER},
        {0x29, OTHER},
        {0x9B, OTHER},
};

static void put(struct command table[256], const struct entry *entry,
        size_t n) {
    for (size_t i = 0; i < n; i++) {
        table[entry[i].opcode] = entry[i].command;
    }
}

#define PUT(table, entries) \
    put((table), (entries), sizeof(entries) / sizeof(*(entries)))

static void put_family(struct command table[256], const struct nor_part *part) {
    if (part->family == NOR_MICRON) {
        PUT(table, micron);
        if (part->qpi_enter_opcode) {
            PUT(table, mt25);
        }
        return;
    }
    PUT(table, plain);
    if (part->family == NOR_MACRONIX) {
        PUT(table, macronix);
    } else if (part->family == NOR_ISSI) {
        PUT(table, issi);
    } else {
        PUT(table, winbond);
        PUT(table, security);
    }
    if (part->block_locks) {
        PUT(table, block_locks);
    }
    if (part->family == NOR_WINBOND && part->qpi_enter_opcode) {
        PUT(table, winbond_qpi);
    }
    if (part->four_byte) {
        if (part->family == NOR_MACRONIX) {
            PUT(table, macronix_large);
        }
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

// One that the model has as a register answers as that.
static void put_detect(struct command table[256], const struct nor_detect *d) {
    struct command *c = &table[d->opcode];
    if (d->opcode && (c->kind == CMD_NONE || c->kind == CMD_NOT_MODELLED)) {
        *c = (struct command){
                .kind = CMD_DETECT,
                .addr_bytes = d->addr_bytes,
                .addr_lanes = d->addr_bytes ? 1 : 0,
                .data_lanes = 1,
                .clocks = d->clocks,
        };
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
    for (unsigned i = 0; i < NOR_DETECTS; i++) {
        put_detect(table, &part->detect[i]);
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
    if (part->qpi_enter_opcode) {
        table[part->qpi_enter_opcode] = (struct command){
                .kind = CMD_QPI, .arg = 1, .quad = part->family == NOR_WINBOND};
        if (part->qpi_exit_opcode != MODE_RESET) {
            put_plain(table, part->qpi_exit_opcode, CMD_QPI); // arg 0
        }
    }
}

unsigned nor_protocol_(const struct nor *nor) {
    if (!nor->part->volatile_config) {
        return nor->qpi ? 4 : 1;
    }
    return !(nor->evcr & 0x80) ? 4 : !(nor->evcr & 0x40) ? 2 : 1;
}

unsigned nor_clocks_(const struct nor *nor, const struct command *cmd) {
    const unsigned set = nor->live.param >> 3 & 15; // ISSI; 0: by the command
    if (nor->qpi && nor->qpi_param && cmd->kind == CMD_READ) {
        return 2 + 2 * (nor->qpi_param >> 4 & 3);
    }
    if (cmd->kind == CMD_READ && cmd->clocks && set) {
        return set;
    }
    if (nor->qpi && cmd->kind == CMD_READ) {
        return nor->part->qpi_read_clocks;
    }
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

// 4Bh, 77h, C0h: bytes of anything come before the data, however they are sent.
static const char *lead_shape(const struct nor_frame *f,
        const struct command *cmd) {
    const unsigned lead = cmd->kind == CMD_UNIQUE ? 32 : cmd->clocks;
    unsigned clocks = f->dummy_clocks;
    if (f->addr_bytes) {
        clocks += f->addr_bytes * 8u / (f->addr_lanes ? f->addr_lanes : 1);
    }
    if (f->alt_bytes) {
        clocks += f->alt_bytes * 8u / (f->alt_lanes ? f->alt_lanes : 1);
    }
    // Without data nothing happens.
    if (f->data_lanes == 0) {
        return NULL;
    }
    return clocks != lead ? "wrong number of clocks before the data"
            : f->data_lanes != cmd->data_lanes ? "wrong number of data lanes"
                                               : NULL;
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
    if (cmd->wide && !wide) {
        return "the part has it with its opcode on two or four lines only";
    }
    if (cmd->kind == CMD_WAKE) {
        // Three bytes of anything come before the device id.
        const unsigned lead =
                f->addr_bytes * 8u / (f->addr_lanes ? f->addr_lanes : 1) +
                f->dummy_clocks;
        return lead != (f->data_lanes ? 24 : 0) ? nor_dummy_clocks_
                : f->data_lanes > 1             ? "wrong number of data lanes"
                                                : NULL;
    }
    if (cmd->kind == CMD_UNIQUE || cmd->kind == CMD_WRAP) {
        return lead_shape(f, cmd);
    }
    if (nor->qpi && cmd->kind == CMD_READ && cmd->clocks == 0) {
        return "the part has no such command in QPI";
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
        return nor_dummy_clocks_;
    }
    // A read may stop before its data: that is no error.
    if (f->data_lanes != data_lanes && (f->data_lanes || cmd->out)) {
        return "wrong number of data lanes";
    }
    return NULL;
}
