/*
 * nor_priv - state of the chip model, shared by its own files only
 *
 * SPDX-License-Identifier: MIT
 *
 * All randomness is a hash of the seed, a counter of events and a position, so
 * that no result depends on when or how often a caller looks. Functions that
 * take a time expect it to be advanced already (nor_advance_).
 */
#ifndef NOR_PRIV_H
#define NOR_PRIV_H

#include "nor/nor.h"

#include <string.h>

#define NOR_PAGE_MAX 512u
#define NOR_WEAK_MAX 32u
#define NOR_SFDP_BYTES 320u
#define NOR_WEAR_BYTES 4096u
#define NOR_NOWHERE UINT32_MAX

enum {
    SR1_WIP = 0x01,
    SR1_WEL = 0x02,
    SR1_QE = 0x40, // Macronix, ISSI
    SR2_QE = 0x02,
    SR2_SUS2 = 0x04, // GigaDevice: a program; SUS is an erase only
    SR2_CMP = 0x40,
    SR2_SUS = 0x80,
    SR3_WPS = 0x04,        // Winbond: the locks of blocks count, not BP
    CR2_HIGH_POWER = 0x02, // MX25R, second configuration byte
    SEC_PSB = 0x04,        // Macronix security register
    SEC_ESB = 0x08,
    SEC_P_FAIL = 0x20,
    SEC_E_FAIL = 0x40,
    SEC_OTP_LOCKED = 0x02,
    SEC_WPSEL = 0x80, // the locks of blocks count, not BP
    CR_TB = 0x08,     // Macronix configuration register
    CR_4BYTE = 0x20,
    FUNC_TBS = 0x02, // ISSI function register
    FUNC_PSUS = 0x04,
    FUNC_ESUS = 0x08,
    ERP_PROT_E = 0x02, // ISSI extended read register
    ERP_P_ERR = 0x04,
    ERP_E_ERR = 0x08,
    FSR_PROT = 0x02,
    FSR_PS = 0x04,
    FSR_PROGRAM = 0x10,
    FSR_ERASE = 0x20,
    FSR_ES = 0x40,
    FSR_READY = 0x80,
    VCR_NO_XIP = 0x08,
};

enum command_kind {
    CMD_NONE,
    CMD_READ,   // the array
    CMD_ID,     // 9Fh
    CMD_MFR_ID, // 90h
    CMD_SFDP,
    CMD_READ_REG, // arg: enum reg
    CMD_WRITE_REG,
    CMD_WREN,
    CMD_WRDI,
    CMD_WREN_VOLATILE,
    CMD_CLEAR_FLAGS,
    CMD_PROGRAM,
    CMD_ERASE, // arg: index into part->erase
    CMD_ERASE_CHIP,
    CMD_SUSPEND,
    CMD_RESUME,
    CMD_RESET_ENABLE,
    CMD_RESET,
    CMD_SLEEP,
    CMD_WAKE,
    CMD_MODE_RESET, // FFh
    CMD_FOUR_BYTE,  // arg: on or off
    CMD_QPI,        // arg: on or off
    CMD_NOP,        // arg 1: a resume of other makers' parts
    CMD_NOT_MODELLED,
    CMD_UNIQUE,   // 4Bh
    CMD_WRAP,     // 77h of Winbond; arg 1: C0h of all others, parameters
    CMD_SECURITY, // arg: enum security
    CMD_OTP_MODE, // arg: in or out of Macronix's secured OTP
    CMD_SEC_SET,  // arg: bit of Macronix's security register, for ever
    CMD_LOCK,     // arg: enum lock
    CMD_UNLOCK,   // ISSI, arg: of one sector, or no more
    CMD_DETECT,   // reads nor_part.detect
};

enum security { SECURITY_READ, SECURITY_PROGRAM, SECURITY_ERASE };
enum lock {
    LOCK_READ,
    LOCK_WRITE, // as the byte says
    LOCK_SET,
    LOCK_CLEAR,
    LOCK_SET_ALL,
    LOCK_CLEAR_ALL,
    LOCK_LASTING = 0x10, // added: those that survive power-off
};
// Of a 4 KB sector.
enum { LOCKED = 0x01, LOCKED_LASTING = 0x02, LOCKED_DOWN = 0x04 };

#define SECURITY_REGISTERS 4u
#define SECURITY_MAX 1024u

// SR1 to SR3 can be written after 50h, those up to FSR read while busy.
enum reg {
    REG_SR1,
    REG_SR2,
    REG_SR3,
    REG_CR,  // Macronix, kept in sr[1] and sr[2]
    REG_SEC, // Macronix
    REG_ERP, // ISSI
    REG_FSR,
    REG_FUNC, // ISSI, kept in sr[1]
    REG_VCR,
    REG_EVCR,
    REG_NVCR,
    REG_EAR,       // Macronix: address bits 31 to 24
    REG_BANK,      // ISSI, bit 7: addresses of four bytes
    REG_PARAM,     // ISSI: dummy clocks, wrap
    REG_PARAM_NV,  // kept
    REG_DRIVER,    // ISSI: the upper bits of ERP
    REG_DRIVER_NV, // kept
};

struct command {
    uint8_t kind;
    uint8_t arg;
    uint8_t addr_bytes, addr_lanes, data_lanes;
    uint8_t mode_lanes; // lanes of the mode bits; 0: the opcode has none
    uint8_t clocks;     // address to data, mode bits included
    bool out;           // data goes to the chip
    bool quad;          // needs quad enable
    bool wide;          // with its opcode on two or four lines only
};

// One erase ('E'), program ('P') or register write ('S').
struct operation {
    bool active;
    bool chip_erase;
    bool security; // kind 'S': of a security register
    char kind;
    uint8_t opcode;
    uint32_t off, len;             // unreadable during the operation
    uint32_t touch_off, touch_len; // as requested
    uint64_t key;                  // of its garbage and of its tear
    uint64_t total_ps, left_ps;    // work; left_ps at start_ps
    uint64_t start_ps;             // this run began here
    uint64_t loss_ps;              // without progress, at its beginning
    uint64_t end_ps;
    bool resumed;             // this run follows a resume
    bool no_effect, disturbs; // enum nor_fault
};

// Registers. nv survives power-off.
struct registers {
    uint8_t sr[3];
    uint8_t sec;    // Macronix security register: bits that stay
    uint8_t param;  // ISSI read parameters
    uint8_t driver; // ISSI, in ERP
    uint16_t nvcr;
};

struct weak_range {
    uint32_t off, len;
};

struct nor {
    const struct nor_part *part;
    struct nor_options opt;
    uint8_t *array;
    bool own_array;
    uint64_t now_ps;
    uint64_t events;      // feeds the hash
    uint64_t tear;        // see nor_set_tear
    enum nor_fault fault; // of the next operation

    bool powered;
    bool asleep;
    uint64_t ready_ps; // power-up, reset and wake-up end
    enum nor_cause ready_cause;
    uint64_t write_ready_ps; // writes are ignored until then
    bool wel, volatile_wren, reset_enabled;
    uint8_t continuous;     // opcode of frames without one; 0: none
    bool four_byte;         // B7h: addresses have four bytes
    bool qpi;               // all lanes are four (but Micron: see the EVCR)
    uint8_t wrap_bytes;     // a burst wraps at this size; 0: it does not
    uint8_t qpi_param;      // Winbond, C0h in QPI; bit 7: was set
    uint8_t ear;            // Macronix, extended address register
    bool otp_mode;          // Macronix: B1h
    uint32_t unlocked_off;  // ISSI, 26h; NOR_NOWHERE: none
    uint64_t frame_end_ps;  // of the frame before
    bool frame_end_is_read; // of that frame
    uint64_t driver_ps;     // the controller was reset last
    bool seen_busy;   // the driver has seen the operation, or did not begin it
    bool seen_idle;   // it has seen that none runs, or has begun none
    bool bringing_up; // it has not used the chip yet
    struct registers nv, live;
    uint8_t vcr, evcr; // Micron
    uint8_t flags;     // failures, as sticky bits of Micron's FSR

    struct operation run, held; // running, suspended
    uint64_t held_ps;           // suspended since
    uint64_t suspend_ps;        // an accepted suspend takes effect; NOR_NEVER
    uint64_t gap_ps;            // status shows idle until then
    struct registers pending;   // of a register write: nv afterwards
    struct registers pending_live; // and live
    uint8_t page[NOR_PAGE_MAX];    // of the running or suspended program

    // The open frame.
    struct {
        bool open, dead;
        bool garbage; // reads give garbage
        struct nor_frame f;
        const struct command *cmd;
        uint8_t opcode; // effective, also in continuous read
        uint32_t addr, count;
        uint32_t reported;    // bit per kind
        enum nor_cause cause; // of the next report
        uint32_t ones;        // clocks of ones seen in a mode reset
        uint64_t key;
        uint8_t data[NOR_PAGE_MAX];
    } frame;

    uint8_t security[SECURITY_REGISTERS][SECURITY_MAX]; // security registers
    uint8_t *locked;                                    // 4 KB each

    uint8_t *weak; // mask of unstable bits, one byte per array byte
    struct weak_range weak_range[NOR_WEAK_MAX];
    unsigned weak_count;

    uint32_t *wear;
    struct nor_counters counters;
    uint8_t sfdp[NOR_SFDP_BYTES];
    struct command command[256];
};

/// nor.c ///

void nor_changed_(struct nor *nor, uint32_t off, uint32_t len);
// Report a violation, once per kind and frame. The format has %s and numbers
// only.
void nor_say_(struct nor *nor, enum nor_report_kind kind, uint32_t off,
        const char *format, ...) __attribute__((format(printf, 4, 5)));
// For such a text: "34 us", "698 ms"; rounded up.
#define NOR_TIME_BYTES 32
const char *nor_time_(char text[NOR_TIME_BYTES], uint64_t ps);
// Volatile state as after power-on or 66h/99h.
void nor_defaults_(struct nor *nor);
static inline uint64_t nor_mix_(uint64_t x) { // splitmix64, public domain
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}
static inline uint64_t nor_key_(struct nor *nor) { // of the next event
    return nor_mix_(nor->opt.seed ^ nor->tear ^ nor_mix_(++nor->events));
}

/// nor_command.c ///

void nor_commands_(struct command table[256], const struct nor_part *part);
// Clocks between address and data that the chip expects now.
unsigned nor_clocks_(const struct nor *nor, const struct command *cmd);
// Address bytes that it expects now.
unsigned nor_addr_bytes_(const struct nor *nor, const struct command *cmd);
// The error in the frame's lanes, address or clocks for this command: static
// text or NULL.
extern const char nor_dummy_clocks_[]; // one of these texts
const char *nor_shape_(const struct nor *nor, const struct nor_frame *f,
        const struct command *cmd);
// 1, or 2 or 4 when a Micron is in its dual or quad protocol.
unsigned nor_protocol_(const struct nor *nor);

/// nor_extra.c ///

// Bus clock, nCS high time, edges.
void nor_check_bus_(struct nor *nor, const struct command *cmd);
// A frame in or for QPI that is no command: true if it was dealt with.
bool nor_qpi_frame_(struct nor *nor, const struct nor_frame *f, bool ones);
uint8_t nor_extra_in_(struct nor *nor);
void nor_extra_end_(struct nor *nor);
void nor_security_done_(struct nor *nor, const struct operation *op, bool torn);
uint8_t nor_detected_(const struct nor *nor); // of the open frame
// Size at which a burst of this read wraps; 0: it does not.
uint32_t nor_wrap_(const struct nor *nor, const struct command *cmd,
        uint8_t opcode);
// Macronix in its secured OTP: a read of the array, and a program.
uint8_t nor_otp_byte_(const struct nor *nor, uint32_t off);
void nor_otp_program_(struct nor *nor);

/// nor_lock.c ///

// By locks of single blocks.
bool nor_locked_(const struct nor *nor, uint32_t off, uint32_t len);
void nor_lock_defaults_(struct nor *nor);
uint8_t nor_lock_in_(const struct nor *nor);
void nor_lock_end_(struct nor *nor);

/// nor_op.c ///

void nor_advance_(struct nor *nor, uint64_t time_ps);
void nor_start_(struct nor *nor, const struct operation *op);
void nor_suspend_(struct nor *nor);
void nor_resume_(struct nor *nor);
// Abort the running and the suspended operation, half done.
void nor_abort_(struct nor *nor);
bool nor_status_busy_(const struct nor *nor);
const char *nor_doing_(const struct operation *op); // "erases", ...

/// nor_torn.c ///

void nor_garble_(struct nor *nor, const struct operation *op);
void nor_tear_erase_(struct nor *nor, const struct operation *op, unsigned f);
void nor_tear_program_(struct nor *nor, const struct operation *op, unsigned f);
void nor_part_program_(struct nor *nor, const struct operation *op);
void nor_tear_registers_(struct nor *nor, const struct operation *op);
void nor_shake_(struct nor *nor);
uint8_t nor_shake_byte_(struct nor *nor, uint32_t off);
void nor_settle_(struct nor *nor, uint32_t off, uint32_t len);

/// nor_frame.c ///

bool nor_write_enabled_(struct nor *nor, uint32_t off, uint32_t len,
        uint8_t flag);

/// nor_reg.c ///

uint8_t nor_read_reg_(const struct nor *nor, enum reg reg, uint32_t index);
void nor_write_reg_(struct nor *nor, enum reg reg, const uint8_t *data,
        uint32_t len);
bool nor_quad_enabled_(const struct nor *nor);
bool nor_protected_(const struct nor *nor, uint32_t off, uint32_t len);

/// nor_sfdp.c ///

// Low byte of DW12: commands that a suspension forbids.
uint32_t nor_suspend_rules_(const struct nor_part *part);
enum {
    RULE_ERASE_IN_PROGRAM = 0x01, // an erase elsewhere is allowed
    RULE_PROGRAM_IN_ERASE = 0x20,
};
void nor_sfdp_build_(uint8_t image[NOR_SFDP_BYTES],
        const struct nor_part *part);

#endif
