/*
 * nor_frame - how the chip interprets a frame, from nCS low to nCS high
 *
 * SPDX-License-Identifier: MIT
 */
#include "nor/nor_priv.h"

#include <stdio.h>

enum { MODE_RESET = 0xFF };

/// Beginning ///

static unsigned clocks_of(unsigned bytes, unsigned lanes) {
    return lanes ? bytes * 8 / lanes : 0;
}

// All driven bits of the frame are 1. Such a frame only ends continuous read.
static bool all_ones(const struct nor_frame *f) {
    const uint32_t addr =
            f->addr_bytes >= 4 ? f->addr : f->addr | ~0u << 8 * f->addr_bytes;
    return (!f->has_opcode || f->opcode == MODE_RESET) &&
            (!f->addr_bytes || addr == 0xFFFFFFFF) &&
            (!f->alt_bytes || f->alt == 0xFF) &&
            (f->has_opcode || f->addr_bytes || f->alt_bytes);
}

static const char quad_enable[] = "quad enable is not set";
static const char in_continuous[] =
        "the chip is in continuous read and takes the opcode as an address";

static void dead(struct nor *nor) {
    nor->frame.dead = true;
}

static void bad_frame(struct nor *nor, const char *why) {
    const struct nor_frame *f = &nor->frame.f;
    nor->frame.cause = why == quad_enable ? NOR_CAUSE_QUAD_ENABLE
            : why == nor_dummy_clocks_    ? NOR_CAUSE_DUMMY_CLOCKS
            : why == in_continuous        ? NOR_CAUSE_CONTINUOUS
                                          : NOR_CAUSE_OTHER;
    nor_say_(nor, NOR_BAD_FRAME, f->addr,
            "%02Xh: %s (opcode on %u lanes, %u address bytes on %u, "
            "%u mode bytes on %u, %u dummy clocks, data on %u)",
            nor->frame.opcode, why, f->has_opcode ? f->opcode_lanes : 0u,
            f->addr_bytes, f->addr_lanes, f->alt_bytes, f->alt_lanes,
            f->dummy_clocks, f->data_lanes);
    dead(nor);
}

// While an operation runs: true if the chip ignores the command.
static bool refused_busy(struct nor *nor) {
    const struct operation *op = &nor->run;
    const struct nor_frame *f = &nor->frame.f;
    nor->frame.cause = nor->suspend_ps != NOR_NEVER ? NOR_CAUSE_SUSPENDING
                                                    : NOR_CAUSE_OTHER;
    const uint64_t left_ps =
            op->end_ps == NOR_NEVER ? 0 : op->end_ps - nor->now_ps;
    char left[NOR_TIME_BYTES];
    switch (nor->frame.cmd->kind) {
    case CMD_SUSPEND:
    case CMD_RESET_ENABLE:
    case CMD_RESET:
    case CMD_MODE_RESET:
    case CMD_NOP:
        return false;
    case CMD_READ_REG:
        if (nor->frame.cmd->arg <= REG_FSR) {
            return false;
        }
        break;
    case CMD_WAKE:
        if (!f->data_lanes) {
            return true;
        }
        break;
    case CMD_READ:
    case CMD_ID:
    case CMD_MFR_ID:
    case CMD_SFDP:
        nor_say_(nor, NOR_READ_BUSY, f->addr,
                "read (%02Xh) at 0x%06X while the chip %s 0x%06X, "
                "%s before it is done",
                nor->frame.opcode, (unsigned)f->addr, nor_doing_(op),
                (unsigned)op->off, nor_time_(left, left_ps));
        nor->frame.garbage = true;
        return true;
    default:
        break;
    }
    nor_say_(nor, NOR_COMMAND_BUSY, f->addr,
            "%02Xh is ignored: the chip %s 0x%06X for another %s",
            nor->frame.opcode, nor_doing_(op), (unsigned)op->off,
            nor_time_(left, left_ps));
    return true;
}

static bool overlaps(const struct operation *op, uint32_t off, uint32_t len) {
    return off < op->off + op->len && op->off < off + len;
}

// What an opcode erases at an address: of one that a region cuts, as the first
// 256 KB of an S25FS512S behind their 4 KB sectors, what the region has of it.
struct unit {
    const struct nor_erase *erase; // NULL: nothing
    uint32_t off, len;
};

static struct unit unit_at(const struct nor *nor, uint32_t addr) {
    const struct nor_part *part = nor->part;
    const unsigned type = nor->frame.cmd->arg;
    const bool four = nor->frame.opcode == part->erase_4byte_opcode[type];
    const struct nor_region *region = part->region;
    uint32_t first = 0;
    if (!region->size_bytes) {
        const uint32_t size = part->erase[type].size_bytes;
        return (struct unit){&part->erase[type], addr & ~(size - 1), size};
    }
    while (region + 1 < part->region + NOR_REGIONS && region->size_bytes &&
            addr - first >= region->size_bytes) {
        first += region++->size_bytes;
    }
    for (unsigned t = 0; t < 4; t++) {
        const struct nor_erase *erase = &part->erase[t];
        const uint8_t opcode =
                four ? part->erase_4byte_opcode[t] : erase->opcode;
        const uint32_t off = addr & ~(erase->size_bytes - 1);
        if (region->types >> t & 1 && erase->size_bytes &&
                opcode == nor->frame.opcode) {
            const uint32_t from = off > first ? off : first;
            const uint32_t left = first + region->size_bytes - from;
            const uint32_t size = off + erase->size_bytes - from;
            return (struct unit){erase, from, size < left ? size : left};
        }
    }
    return (struct unit){.erase = NULL, .off = addr, .len = 1};
}

static bool is_volatile(enum reg reg) {
    return reg == REG_VCR || reg == REG_EVCR || reg == REG_EAR ||
            reg == REG_BANK || reg == REG_PARAM || reg == REG_DRIVER;
}

// While an operation is suspended and none runs.
static bool refused_suspended(struct nor *nor) {
    const struct operation *op = &nor->held;
    const struct command *cmd = nor->frame.cmd;
    const uint32_t addr = nor->frame.addr;
    const uint32_t rules = nor_suspend_rules_(nor->part);
    bool refused = false;
    if (cmd->kind == CMD_ERASE) {
        const struct unit unit = unit_at(nor, addr);
        refused = op->kind == 'E' || !(rules & RULE_ERASE_IN_PROGRAM) ||
                overlaps(op, unit.off, unit.len);
    } else if (cmd->kind == CMD_PROGRAM) {
        refused = op->kind == 'P' || !(rules & RULE_PROGRAM_IN_ERASE) ||
                overlaps(op, addr, 1);
    } else {
        refused = cmd->kind == CMD_ERASE_CHIP || cmd->kind == CMD_SLEEP ||
                (cmd->kind == CMD_WRITE_REG && !nor->volatile_wren &&
                        !is_volatile((enum reg)cmd->arg));
    }
    if (refused) {
        nor->frame.cause = NOR_CAUSE_SUSPENDED;
        nor_say_(nor, NOR_COMMAND_BUSY, addr,
                "%02Xh at 0x%06X is ignored: %s of 0x%06X is suspended",
                nor->frame.opcode, (unsigned)addr,
                op->kind == 'E' ? "an erase" : "a program", (unsigned)op->off);
    }
    return refused;
}

// Do these mode bits keep the chip in continuous read?
static bool mode_bits_stay(const struct nor *nor, uint8_t mode) {
    switch (nor->part->family) {
    case NOR_MACRONIX: // performance enhance: P7 to P4 are P3 to P0 inverted
        return ((mode >> 4 ^ mode) & 0x0F) == 0x0F;
    case NOR_ISSI: // AXh
        return (mode & 0xF0) == 0xA0;
    default: // M5-4 = 10
        return (mode & 0x30) == 0x20;
    }
}

// Mode bits or XIP confirmation bit (Micron) of a read.
static void take_mode_bits(struct nor *nor) {
    const struct nor_frame *f = &nor->frame.f;
    if (!nor->frame.cmd->mode_lanes) {
        return;
    }
    bool stay = false;
    if (nor->part->family == NOR_MICRON) {
        // IO0 in the first clock; a line that is not driven counts as 1.
        const unsigned lanes = f->alt_lanes ? f->alt_lanes : 1;
        stay = f->alt_bytes && !(nor->vcr & VCR_NO_XIP) &&
                !(f->alt >> (8 - lanes) & 1);
    } else if (f->alt_bytes) {
        stay = mode_bits_stay(nor, f->alt);
    } else {
        nor_say_(nor, NOR_MODE_BITS, f->addr,
                "%02Xh at 0x%06X: the mode bits are not driven (send FFh as "
                "an alternate byte); the floating lines may start continuous "
                "read",
                nor->frame.opcode, (unsigned)f->addr);
    }
    nor->continuous = stay ? nor->frame.opcode : 0;
}

// Clocks of ones that end continuous read. W25Q data sheets: FFh on one line
// for EBh (address and mode bits on four), FFFFh for BBh. Micron: the address
// and the clock of the confirmation bit.
static unsigned ones_to_leave(const struct nor *nor) {
    const unsigned protocol = nor_protocol_(nor);
    const struct command *cmd = &nor->command[nor->continuous];
    const unsigned lanes = protocol > 1 ? protocol : cmd->addr_lanes;
    const unsigned clocks = 8 * nor_addr_bytes_(nor, cmd) / lanes;
    return nor->part->family == NOR_MICRON ? clocks + 1 : clocks + 8 / lanes;
}

static bool asks_status(const struct nor *nor) {
    const struct nor_frame *f = &nor->frame.f;
    const struct command *cmd = &nor->command[f->has_opcode ? f->opcode : 0];
    return cmd->kind == CMD_READ_REG && cmd->arg <= REG_FSR;
}

// What brings a chip back from any state: one that starts up is in the state
// that they lead to, so that nothing is lost.
static bool recovers(const struct nor *nor) {
    static const uint8_t opcodes[] = {0x66, 0x99, 0xAB, 0xFF, 0xF5, 0xF0};
    const struct nor_frame *f = &nor->frame.f;
    return nor->ready_cause == NOR_CAUSE_POWER_UP && f->has_opcode &&
            memchr(opcodes, f->opcode, sizeof opcodes) != NULL;
}

// A poll is how a driver waits: the lines stay high, which reads as busy in SR1
// (and as ready in Micron's FSR, so that the next command is too early).
static bool too_early(struct nor *nor) {
    nor->frame.cause = nor->ready_cause;
    char left[NOR_TIME_BYTES];
    nor_time_(left, nor->ready_ps - nor->now_ps);
    if (!nor->asleep && asks_status(nor)) {
        nor_say_(nor, NOR_NO_ANSWER, 0,
                "%02Xh is not answered, and reads FFh: power-up, wake-up or "
                "reset takes another %s",
                nor->frame.opcode, left);
    } else if (!nor->asleep && recovers(nor)) {
        nor_say_(nor, NOR_NO_ANSWER, 0,
                "%02Xh is not heard: power-up takes another %s",
                nor->frame.opcode, left);
    } else {
        nor_say_(nor, NOR_TOO_FAST, nor->frame.f.addr,
                "%02Xh, but %s takes another %s", nor->frame.opcode,
                nor->asleep ? "power-down" : "power-up, wake-up or reset",
                left);
    }
    return false;
}

// Power-up is over for reads, not yet for writes. They mostly work.
static void check_early_write(struct nor *nor) {
    const uint8_t kind = nor->frame.cmd->kind;
    if (nor->now_ps < nor->write_ready_ps &&
            (kind == CMD_WREN || kind == CMD_WREN_VOLATILE)) {
        nor_say_(nor, NOR_EARLY_WRITE, 0,
                "%02Xh %llu us too early after power-up: %s guarantees writes "
                "from %u us on (tPUW)",
                nor->frame.opcode,
                (unsigned long long)((nor->write_ready_ps - nor->now_ps) /
                        NOR_US),
                nor->part->name, (unsigned)nor->part->power_up_write_us);
    }
}

// True if the frame has to be decoded as a command.
static bool awake(struct nor *nor) {
    const struct nor_frame *f = &nor->frame.f;
    if (!nor->powered) {
        nor_say_(nor, NOR_ASLEEP, f->addr, "%02Xh to an unpowered chip",
                nor->frame.opcode);
        return false;
    }
    if (nor->now_ps < nor->ready_ps) {
        return too_early(nor);
    }
    if (nor->asleep && !(f->has_opcode && f->opcode == 0xAB)) {
        if (!all_ones(f)) {
            nor_say_(nor, NOR_ASLEEP, f->addr,
                    "%02Xh in deep power-down: only ABh wakes the chip",
                    nor->frame.opcode);
        }
        return false;
    }
    return true;
}

// Frames without opcode, and all frames in continuous read. True: a read.
static bool without_opcode(struct nor *nor) {
    const struct nor_frame *f = &nor->frame.f;
    if (!nor->continuous) {
        if (!all_ones(f)) {
            bad_frame(nor, "no opcode, and not in continuous read");
        }
        dead(nor);
        return false;
    }
    if (all_ones(f)) {
        nor->frame.ones = clocks_of(f->has_opcode, f->opcode_lanes) +
                clocks_of(f->addr_bytes, f->addr_lanes) +
                clocks_of(f->alt_bytes, f->alt_lanes);
        if (f->has_opcode) {
            dead(nor); // counts its data, see nor_out
            return false;
        }
        if (f->data_lanes == 0) { // too few of them have no effect
            if (nor->frame.ones >= ones_to_leave(nor)) {
                nor->continuous = 0;
            }
            dead(nor);
            return false;
        }
    } else if (f->has_opcode) {
        bad_frame(nor, in_continuous);
        return false;
    }
    nor->frame.opcode = nor->continuous;
    return true;
}

static void open_frame(struct nor *nor, const struct nor_frame *f) {
    nor->frame.open = true;
    nor->frame.dead = false;
    nor->frame.garbage = false;
    nor->frame.f = *f;
    nor->frame.opcode = f->has_opcode ? f->opcode : nor->continuous;
    nor->frame.cmd = &nor->command[0];
    const uint32_t sent = f->addr_bytes == 3 ? 0xFFFFFF : ~0u; // on the lines
    const uint32_t above = f->addr_bytes == 3 ? (uint32_t)nor->ear << 24 : 0;
    nor->frame.addr = ((f->addr & sent) | above) & (nor->part->size_bytes - 1);
    nor->frame.count = 0;
    nor->frame.reported = 0;
    nor->frame.cause = NOR_CAUSE_OTHER;
    nor->frame.ones = 0;
}

// A resume of other makers' parts is a note: code that recovers from any state
// sends them all.
static void no_command(struct nor *nor) {
    const struct nor_part *part = nor->part;
    const bool resume = nor->frame.cmd->kind == CMD_NOP;
    if (resume && part->resume_opcode) {
        nor_say_(nor, NOR_IDLE, nor->frame.f.addr,
                "%s has no command %02Xh: it resumes by %02Xh%s", part->name,
                nor->frame.opcode, part->resume_opcode,
                nor->held.active ? ", and its operation stays suspended" : "");
    } else {
        nor_say_(nor, resume ? NOR_IDLE : NOR_UNKNOWN_OPCODE, nor->frame.f.addr,
                "%s has no command %02Xh", part->name, nor->frame.opcode);
    }
    dead(nor);
}

// What a driver does with a chip that it knows.
static bool is_use(const struct command *cmd) {
    switch (cmd->kind) {
    case CMD_READ:
    case CMD_ID:
    case CMD_MFR_ID:
    case CMD_SFDP:
    case CMD_PROGRAM:
    case CMD_ERASE:
    case CMD_ERASE_CHIP:
    case CMD_RESET:
        return true;
    default:
        return false;
    }
}

static bool takes_page(const struct command *cmd) {
    return cmd->kind == CMD_PROGRAM ||
            (cmd->kind == CMD_SECURITY && cmd->arg == SECURITY_PROGRAM);
}

void nor_begin(struct nor *nor, uint64_t time_ps, const struct nor_frame *f) {
    if (nor->frame.open) {
        nor_end(nor, time_ps);
    }
    nor_advance_(nor, time_ps);
    open_frame(nor, f);
    if (!awake(nor)) {
        dead(nor);
        return;
    }
    if (nor_qpi_frame_(nor, f, all_ones(f))) {
        dead(nor);
        return;
    }
    if ((nor->continuous || !f->has_opcode) && !without_opcode(nor)) {
        return;
    }
    const struct command *cmd = &nor->command[nor->frame.opcode];
    nor->frame.cmd = cmd;
    if (cmd->kind != CMD_RESET) {
        nor->reset_enabled = false;
    }
    if (cmd->kind == CMD_MODE_RESET) {
        dead(nor);
        return;
    }
    if (cmd->kind == CMD_NONE ||
            (cmd->kind == CMD_NOP && cmd->arg && !nor->bringing_up)) {
        no_command(nor);
        return;
    }
    if (cmd->kind == CMD_NOT_MODELLED) {
        nor_say_(nor, NOR_NOT_MODELLED, f->addr,
                "%s has the command %02Xh, but it is not modelled: the chip "
                "here ignores it",
                nor->part->name, nor->frame.opcode);
        dead(nor);
        return;
    }
    if ((cmd->kind == CMD_SECURITY || cmd->kind == CMD_LOCK) &&
            cmd->addr_bytes && !f->addr_bytes && !f->data_lanes) {
        nor_say_(nor, NOR_INCOMPLETE, 0,
                "%02Xh ends before its address: the chip ignores it",
                nor->frame.opcode);
        dead(nor);
        return;
    }
    const char *why = nor_shape_(nor, f, cmd);
    if (!why && cmd->quad && !nor_quad_enabled_(nor)) {
        why = quad_enable;
    }
    if (why) {
        bad_frame(nor, why);
        return;
    }
    nor_check_bus_(nor, cmd);
    check_early_write(nor);
    nor->bringing_up &= !is_use(cmd);
    if ((nor->run.active && refused_busy(nor)) ||
            (!nor->run.active && nor->held.active && refused_suspended(nor))) {
        dead(nor);
    }
    if (cmd->kind == CMD_READ && !nor->frame.dead) {
        take_mode_bits(nor);
    }
    if (nor->frame.garbage || (cmd->kind == CMD_READ && nor->weak_count) ||
            (cmd->kind == CMD_READ && nor->held.active)) {
        nor->frame.key = nor_key_(nor);
    }
    if (takes_page(cmd)) {
        memset(nor->frame.data, 0xFF, nor->part->page_bytes);
    }
}

/// Data ///

// The offset of the next byte of a read.
static uint32_t read_off(const struct nor *nor) {
    const uint32_t addr = nor->frame.addr;
    const uint32_t wrap = nor_wrap_(nor, nor->frame.cmd, nor->frame.opcode);
    const uint32_t mask = wrap ? wrap - 1 : ~0u;
    const uint32_t off = (addr & ~mask) | ((addr + nor->frame.count) & mask);
    return off & (nor->part->size_bytes - 1);
}

static uint8_t read_array(struct nor *nor) {
    const uint32_t off = read_off(nor);
    if (nor->otp_mode) {
        return nor_otp_byte_(nor, off);
    }
    if (nor->held.active && overlaps(&nor->held, off, 1)) {
        nor->frame.cause = NOR_CAUSE_SUSPENDED;
        nor_say_(nor, NOR_READ_BUSY, off,
                "read (%02Xh) at 0x%06X, inside the suspended %s of 0x%06X",
                nor->frame.opcode, (unsigned)off,
                nor->held.kind == 'E' ? "erase" : "program",
                (unsigned)nor->held.off);
        return (uint8_t)nor_mix_(nor->frame.key + off);
    }
    return nor->weak_count ? nor_shake_byte_(nor, off) : nor->array[off];
}

static uint8_t read_id(const struct nor *nor) {
    const uint32_t i = nor->frame.count;
    if (i < 3) {
        return nor->part->id[i];
    }
    if (nor->part->family == NOR_MICRON && i < 20) {
        return i == 3 ? 0x10 : 0x00; // length of the unique id, then the id
    }
    return 0xFF;
}

// What the driver knows from it.
static void see_status(struct nor *nor, enum reg reg) {
    if (reg <= REG_FSR) {
        nor->seen_busy |= nor_status_busy_(nor) || nor->held.active;
        nor->seen_idle |= !nor_status_busy_(nor);
    }
}

uint8_t nor_in(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    const struct command *cmd = nor->frame.cmd;
    uint8_t byte = 0xFF;
    if (!nor->frame.open || nor->opt.silent) {
        return byte;
    }
    if (nor->frame.garbage) {
        byte = (uint8_t)nor_mix_(nor->frame.key + nor->frame.count);
    } else if (!nor->frame.dead) {
        switch (cmd->kind) {
        case CMD_READ:
            byte = read_array(nor);
            break;
        case CMD_ID:
            byte = read_id(nor);
            break;
        case CMD_READ_REG:
            byte = nor_read_reg_(nor, (enum reg)cmd->arg, nor->frame.count);
            see_status(nor, (enum reg)cmd->arg);
            break;
        case CMD_DETECT:
            byte = nor_detected_(nor);
            break;
        case CMD_MFR_ID:
            byte = (nor->frame.addr + nor->frame.count) & 1
                    ? nor->part->device_id
                    : nor->part->id[0];
            break;
        case CMD_WAKE:
            byte = nor->frame.f.data_lanes ? nor->part->device_id : 0xFF;
            break;
        case CMD_SFDP: {
            const uint32_t at = nor->frame.addr + nor->frame.count;
            size_t len;
            const uint8_t *sfdp = nor_sfdp(nor, &len);
            byte = at < len ? sfdp[at] : 0xFF;
            break;
        }
        case CMD_UNIQUE:
        case CMD_SECURITY:
            byte = nor_extra_in_(nor);
            break;
        case CMD_LOCK:
            byte = nor_lock_in_(nor);
            break;
        default:
            bad_frame(nor, "the command returns no data");
            break;
        }
    }
    nor->frame.count++;
    return byte;
}

void nor_out(struct nor *nor, uint64_t time_ps, uint8_t byte) {
    nor_advance_(nor, time_ps);
    if (!nor->frame.open) {
        return;
    }
    const uint32_t i = nor->frame.count++;
    if (nor->frame.dead) {
        nor->frame.ones = byte == 0xFF && nor->frame.ones
                ? nor->frame.ones + clocks_of(1, nor->frame.f.data_lanes)
                : 0;
        return;
    }
    if (!nor->frame.cmd->out) {
        bad_frame(nor, "the command takes no data");
        return;
    }
    if (takes_page(nor->frame.cmd)) {
        const uint32_t page = nor->part->page_bytes;
        const uint32_t at = (nor->frame.addr + i) & (page - 1);
        if (i && at == 0) {
            nor_say_(nor, NOR_PAGE_WRAP, nor->frame.addr,
                    "%02Xh at 0x%06X crosses the end of its page after %u "
                    "bytes and continues at 0x%06X",
                    nor->frame.opcode, (unsigned)nor->frame.addr, (unsigned)i,
                    (unsigned)(nor->frame.addr & ~(page - 1)));
        }
        nor->frame.data[at] = byte;
    } else if (i < NOR_PAGE_MAX) {
        nor->frame.data[i] = byte;
    }
}

/// End: nCS rises ///

bool nor_write_enabled_(struct nor *nor, uint32_t off, uint32_t len,
        uint8_t flag) {
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, off, "%02Xh at 0x%06X without write enable",
                nor->frame.opcode, (unsigned)off);
        return false;
    }
    if (nor_protected_(nor, off, len)) {
        nor_say_(nor, NOR_PROTECTED, off,
                "%02Xh at 0x%06X: protected by SR1=%02Xh SR2=%02Xh, "
                "nothing was changed",
                nor->frame.opcode, (unsigned)off, nor->live.sr[0],
                nor->live.sr[1]);
        nor->flags |= flag | FSR_PROT;
        if (!nor->part->flag_status) { // Micron keeps WEL set until 04h
            nor->wel = false;
        }
        return false;
    }
    return true;
}

static void end_program(struct nor *nor) {
    const struct nor_part *part = nor->part;
    const uint32_t page = nor->frame.addr & ~(part->page_bytes - 1);
    const uint32_t count = nor->frame.count;
    if (!count) {
        bad_frame(nor, "program without data is ignored");
        return;
    }
    const bool wrapped = nor->frame.addr - page + count > part->page_bytes;
    const uint32_t off = wrapped ? page : nor->frame.addr;
    const uint32_t len = wrapped ? part->page_bytes : count;
    if (nor->otp_mode) {
        nor_otp_program_(nor);
        return;
    }
    if (!nor_write_enabled_(nor, off, len, FSR_PROGRAM)) {
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        const uint8_t want = nor->frame.data[off - page + i];
        // Bytes that a wrapped write skipped are FFh and program nothing.
        if (want & ~nor->array[off + i] && !(wrapped && want == 0xFF)) {
            nor_say_(nor, NOR_NOT_BLANK, off + i,
                    "program of 0x%02X at 0x%06X, which holds 0x%02X and "
                    "is not erased",
                    want, (unsigned)(off + i), nor->array[off + i]);
            break;
        }
    }
    memcpy(nor->page, nor->frame.data, part->page_bytes);
    nor_start_(nor,
            &(struct operation){
                    .kind = 'P',
                    .opcode = nor->frame.opcode,
                    .off = page,
                    .len = part->page_bytes,
                    .touch_off = off,
                    .touch_len = len,
                    .total_ps = (nor->opt.max_times ? part->page_max_us
                                                    : part->page_typ_us) *
                            NOR_US,
            });
}

static void end_erase(struct nor *nor) {
    const struct nor_part *part = nor->part;
    if (nor->otp_mode) {
        nor_say_(nor, NOR_PROTECTED, nor->frame.addr,
                "%02Xh is ignored: the secured OTP, which B1h shows, is never "
                "erased",
                nor->frame.opcode);
        nor->wel = false;
        return;
    }
    const bool chip = nor->frame.cmd->kind == CMD_ERASE_CHIP;
    const struct unit unit = unit_at(nor, nor->frame.addr);
    if (!chip && !unit.erase) {
        nor_say_(nor, NOR_ERASE_UNIT, nor->frame.addr,
                "%02Xh at 0x%06X is ignored: the sector map has no such unit "
                "there",
                nor->frame.opcode, (unsigned)nor->frame.addr);
        nor->wel = false;
        return;
    }
    const uint32_t len = chip ? part->size_bytes : unit.len;
    const uint32_t off = chip ? 0 : unit.off;
    if (!chip && nor->frame.addr != off) {
        nor_say_(nor, NOR_ERASE_UNALIGNED, nor->frame.addr,
                "%02Xh at 0x%06X erases the whole unit from 0x%06X to 0x%06X",
                nor->frame.opcode, (unsigned)nor->frame.addr, (unsigned)off,
                (unsigned)(off + len - 1));
    }
    if (!nor_write_enabled_(nor, off, len, FSR_ERASE)) {
        return;
    }
    const bool max = nor->opt.max_times;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'E',
                    .chip_erase = chip,
                    .opcode = nor->frame.opcode,
                    .off = off,
                    .len = len,
                    .touch_off = off,
                    .touch_len = len,
                    .total_ps = chip
                            ? (max ? part->chip_max_ms : part->chip_typ_ms) *
                                    NOR_MS
                            : (max ? unit.erase->max_us : unit.erase->typ_us) *
                                    NOR_US,
            });
}

static void end_reset(struct nor *nor) {
    if (!nor->reset_enabled) {
        nor_say_(nor, NOR_BAD_FRAME, 0,
                "99h is ignored: it was not sent directly after 66h");
        return;
    }
    if (nor->run.active && nor->run.end_ps == NOR_NEVER) {
        return; // stuck_busy
    }
    const bool working = nor->run.active || nor->held.active;
    if (working && !nor->seen_busy) {
        const struct operation *op = nor->run.active ? &nor->run : &nor->held;
        nor_say_(nor, NOR_RESET_BUSY, op->off,
                "66h 99h while the chip %s 0x%06X%s: its contents are unknown",
                nor_doing_(op), (unsigned)op->off,
                nor->run.active ? "" : " (suspended)");
    }
    nor_abort_(nor);
    nor_defaults_(nor);
    nor_shake_(nor);
    nor->ready_cause = NOR_CAUSE_RESET;
    nor->ready_ps = nor->now_ps +
            NOR_US *
                    (working ? nor->part->reset_erase_us : nor->part->reset_us);
}

static void end_wake(struct nor *nor) {
    if (nor->asleep) {
        nor->asleep = false;
        nor->ready_ps = nor->now_ps + nor->part->dpd_exit_us * NOR_US;
        nor->ready_cause = NOR_CAUSE_WAKE;
    }
}

void nor_cut(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    nor->frame.open = false;
    nor->frame_end_ps = nor->now_ps;
    nor->frame_end_is_read = false;
}

void nor_end(struct nor *nor, uint64_t time_ps) {
    nor_advance_(nor, time_ps);
    if (!nor->frame.open) {
        return;
    }
    nor->frame.open = false;
    nor->frame_end_ps = nor->now_ps;
    nor->frame_end_is_read =
            nor->frame.f.data_lanes != 0 && !nor->frame.cmd->out;
    if (nor->frame.dead) {
        if (nor->continuous && nor->powered &&
                nor->frame.ones >= ones_to_leave(nor)) {
            nor->continuous = 0;
        }
        return;
    }
    switch (nor->frame.cmd->kind) {
    case CMD_WREN:
        nor->wel = !nor->opt.ignore_wren && nor->fault != NOR_FAULT_REFUSED;
        if (nor->fault == NOR_FAULT_REFUSED) {
            nor->fault = NOR_FAULT_NONE;
        }
        nor->volatile_wren = false;
        break;
    case CMD_WRDI:
        nor->wel = false;
        break;
    case CMD_WREN_VOLATILE:
        nor->volatile_wren = true;
        break;
    case CMD_CLEAR_FLAGS:
        nor->flags = 0;
        break;
    case CMD_WRITE_REG:
        nor_write_reg_(nor, (enum reg)nor->frame.cmd->arg, nor->frame.data,
                nor->frame.count);
        break;
    case CMD_PROGRAM:
        end_program(nor);
        break;
    case CMD_ERASE:
    case CMD_ERASE_CHIP:
        end_erase(nor);
        break;
    case CMD_SUSPEND:
        nor_suspend_(nor);
        break;
    case CMD_RESUME:
        nor_resume_(nor);
        break;
    case CMD_RESET_ENABLE:
        nor->reset_enabled = true;
        break;
    case CMD_RESET:
        end_reset(nor);
        break;
    case CMD_SLEEP:
        nor->asleep = true;
        nor->ready_ps = nor->now_ps + nor->part->dpd_enter_us * NOR_US;
        nor->ready_cause = NOR_CAUSE_WAKE;
        break;
    case CMD_WAKE:
        end_wake(nor);
        break;
    case CMD_FOUR_BYTE:
        nor->four_byte = nor->frame.cmd->arg != 0;
        break;
    default:
        nor_extra_end_(nor);
        break;
    }
}
