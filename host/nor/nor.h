/*
 * nor - model of a serial NOR flash chip, stricter than silicon
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/nor: one model of a serial NOR flash chip, stricter than
 * silicon.
 *
 * One model for the simulator, the host tests of the library and power-cut
 * campaigns. A controller talks to it in frames: nor_begin() with everything
 * before the data phase, nor_in()/nor_out() per byte, nor_end() when nCS rises
 * (erase and program start there). Time is absolute and only moves forward, in
 * picoseconds; the model never reads a clock.
 *
 * What a data sheet forbids and silicon may tolerate (a read while busy, a
 * program without WEL or over bits that are not erased, a suspend that comes
 * too early, an unknown opcode) is reported through the callback; the model
 * then behaves as the part would. Not thread-safe.
 */
#ifndef NOR_H
#define NOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOR_US 1000000ull // picoseconds
#define NOR_MS 1000000000ull
#define NOR_NEVER UINT64_MAX

enum nor_qe { NOR_QE_NONE, NOR_QE_SR2_BIT1, NOR_QE_SR1_BIT6 };

// The command set and register layout of the part, as far as no field below
// describes them. Winbond: SR1..SR3, mode bits M5-4. Micron: VCR/EVCR/FSR.
// Macronix: configuration 15h, security register 2Bh. ISSI: function register
// 48h. GigaDevice: as Winbond, with a suspend flag for each kind.
enum nor_family { NOR_WINBOND, NOR_MICRON, NOR_MACRONIX, NOR_ISSI, NOR_GIGA };

struct nor_erase {
    uint32_t size_bytes; // 0: unused
    uint8_t opcode;
    uint32_t typ_us, max_us;
};

// A range in which some of the erase types exist only.
struct nor_region {
    uint32_t size_bytes; // 0: no more
    uint8_t types;       // bit i: erase[i]
};
#define NOR_REGIONS 16

// An SFDP parameter table besides the basic one, as the part has it.
struct nor_sfdp_table {
    uint8_t id_lsb, id_msb, minor, words; // words 0: unused
    uint16_t off;
    uint32_t word[4];
};

// A command that reads a register which says which sector map holds, and what
// it gives.
struct nor_detect {
    uint8_t opcode; // 0: none
    uint8_t addr_bytes, clocks, answer;
    uint32_t addr;
};
#define NOR_DETECTS 8

// The model's own description of a part, each figure with its source in
// nor_parts.c. Deliberately not shared with the library's quirk table.
struct nor_part {
    const char *name; // "w25q128jv"
    uint8_t id[3];
    uint32_t size_bytes, page_bytes;
    struct nor_erase erase[4];
    // From the start of the chip to its end. None: all types everywhere. One
    // opcode may belong to several types, of which the place chooses.
    struct nor_region region[NOR_REGIONS];
    struct nor_detect detect[NOR_DETECTS];
    uint32_t chip_typ_ms, chip_max_ms;
    uint32_t page_typ_us, page_max_us;
    uint32_t sr_write_typ_us, sr_write_max_us;
    enum nor_qe qe;
    bool qe_factory;      // value of the non-volatile bit as delivered
    bool volatile_sr;     // 50h exists
    bool flag_status;     // Micron 70h/50h
    bool volatile_config; // Micron VCR/EVCR 85h/81h/65h/61h, NVCR B5h/B1h
    uint8_t read_144_mode_clocks, read_144_wait_clocks; // EBh
    uint8_t suspend_opcode, resume_opcode;              // as SFDP names them
    uint8_t suspend_alias, resume_alias;                // do the same; 0: none
    uint32_t suspend_latency_us;
    // From a resume to the next suspend. Sooner than the first two the part
    // does not allow it (0: it states none, the last two count); sooner than
    // the last two, the operation makes no progress.
    uint32_t erase_least_us, program_least_us;
    uint32_t erase_interval_us, program_interval_us;
    uint32_t resume_gap_ns; // after a resume BUSY reads 0 for this long
    uint32_t reset_us, reset_erase_us; // 66h/99h, idle / in an erase
    uint32_t dpd_exit_us;              // 0: no deep power-down
    uint32_t dpd_enter_us;             // until then the chip ignores a release
    enum nor_family family;
    uint8_t device_id;          // ABh and 90h
    uint8_t chip_opcode[2];     // chip erase; 0: unused
    uint8_t program_144_opcode; // page program 1-4-4; 0: none
    // Highest clock of 03h and of all other commands; of all commands while a
    // MX25R is in its low-power mode. 0: not known, not checked.
    uint32_t read_mhz, other_mhz, low_power_mhz;
    // Least time between two frames: the first one was a read of any kind, or
    // something else.
    uint32_t high_read_ns, high_other_ns;
    // Commands on four lines throughout (QPI); 0: none. Clocks from address to
    // data of its reads, mode bits included; Micron: from the VCR.
    uint8_t qpi_enter_opcode, qpi_exit_opcode, qpi_read_clocks;
    uint16_t
            security_bytes; // of each security register, or of the OTP; 0: none
    bool block_locks;       // 36h, 39h, 3Dh, 7Eh, 98h with WPS
    // Above 16 MB: B7h/E9h, the 4-byte forms of reads and programs, and these
    // of erase[]. (A smaller one may have them too, and its table not say so.)
    bool four_byte;
    uint8_t erase_4byte_opcode[4];
    uint32_t power_up_us;       // supply good to first command
    uint32_t power_up_write_us; // and to the first write enable
    // A resumed operation makes no progress for this long. This is the cost of
    // a suspension; suspensions at shorter intervals starve the operation.
    uint32_t resume_loss_us;
    uint32_t nvcr_write_typ_us, nvcr_write_max_us;
    uint32_t first_byte_us, next_byte_us; // SFDP only; the model uses page_*
    uint8_t sfdp_minor, sfdp_words;       // of the basic table, JESD216
    uint16_t sfdp_off;                    // where that table starts
    // A dump that 5Ah answers with, instead of tables that follow from this
    // description. NULL: none.
    const uint8_t *sfdp_bytes;
    uint32_t sfdp_len;
    struct nor_sfdp_table sfdp_table[2];
    // Words of the basic table, numbered from 1, where the part's table differs
    // from what follows from the description. number 0: end.
    struct {
        uint8_t number;
        uint32_t value;
    } sfdp_word[4];
};

const struct nor_part *nor_part_find(const char *name); // NULL: unknown
const struct nor_part *nor_part_at(size_t i);           // NULL: end of list

enum nor_report_kind {
    NOR_READ_BUSY,    // array, id or SFDP read while WIP=1, or an array read
                      // inside the suspended range: the data is garbage
    NOR_NOT_BLANK,    // program asks for a 1 where the array has a 0
    NOR_NO_WEL,       // erase, program or status write without write enable
    NOR_COMMAND_BUSY, // a command the part ignores while busy or suspended
    NOR_UNKNOWN_OPCODE,
    NOR_BAD_FRAME,       // wrong lanes, address or dummy clocks for the opcode,
                         // quad enable not set, 99h without 66h
    NOR_PROTECTED,       // the range is protected; nothing was changed
    NOR_SUSPEND_EARLY,   // suspend sooner after a resume than is allowed
    NOR_PAGE_WRAP,       // more bytes than the page holds: silently wrapped
    NOR_ASLEEP,          // command in deep power-down or without supply
    NOR_TOO_FAST,        // power-up, power-down or reset time not over
    NOR_ERASE_UNALIGNED, // the address is not that of a unit: others go too
    NOR_ERASE_UNIT,      // the part has no such unit at the address: ignored
    NOR_STATUS_WRITE,    // takes quad enable away, turns protection around, or
                         // sets a bit that stays for ever
    NOR_RESET_BUSY,      // 66h/99h tears an operation
    NOR_CLOCK,           // faster than the command allows
    NOR_SELECT_HIGH,     // nCS high too short between two frames
    NOR_DDR,             // both edges, for a command of one edge
    NOR_MODE_BITS,       // a read whose mode bits nobody drives
    NOR_NOTES,           // from here on: worth a note, nothing is wrong
    NOR_NOT_MODELLED = NOR_NOTES, // the part has the command, the model has not
    NOR_INCOMPLETE, // no more than the opcode of a command with an address
    // A status read of a chip that starts or resets gives FFh; one that starts
    // does not hear a reset.
    NOR_NO_ANSWER,
    NOR_EARLY_WRITE,   // before the time from which the part guarantees them
    NOR_NOW_PROTECTED, // a status write protects more than before
    NOR_IDLE,          // a suspend or resume, of nothing
    NOR_KINDS,
};

// What it comes from, where one kind has several cures.
enum nor_cause {
    NOR_CAUSE_OTHER,
    NOR_CAUSE_QUAD_ENABLE, // NOR_BAD_FRAME
    NOR_CAUSE_DUMMY_CLOCKS,
    NOR_CAUSE_CONTINUOUS,
    NOR_CAUSE_SUSPENDING, // NOR_READ_BUSY, NOR_COMMAND_BUSY: tSUS is not over
    NOR_CAUSE_SUSPENDED,  // inside what is suspended
    NOR_CAUSE_POWER_UP,   // NOR_TOO_FAST
    NOR_CAUSE_WAKE,
    NOR_CAUSE_RESET,
};

struct nor_report {
    enum nor_report_kind kind;
    enum nor_cause cause;
    uint64_t time_ps;
    uint8_t opcode;
    uint32_t off;
    char text[160]; // one sentence: what, where
};

struct nor_options {
    bool max_times; // the part's maximum times instead of typical ones
    unsigned resume_loss_percent; // of the part's figure; 0: 100
    // The supply comes at time 0, as with nor_power_on; early writes are noted.
    // Otherwise the chip is ready at time 0.
    bool cold;
    // So long before nor_power_on (and time 0) the supply was good already: an
    // MCU leaves its own power-on reset later.
    uint32_t head_start_us;
    uint64_t seed; // torn bits, garbage
    void (*report)(void *ctx, const struct nor_report *report); // may be NULL
    // Array bytes changed by an operation (the simulator drops translations).
    void (*changed)(void *ctx, uint32_t off, uint32_t len_bytes);
    // An operation began or ended, for traces. kind 'E' erase, 'P' program, 'S'
    // status write. begun: true at the start.
    void (*operation)(void *ctx, char kind, uint32_t off, uint32_t len_bytes,
            uint64_t time_ps, bool begun);
    // Called with true on suspend, false on resume. An operation aborted while
    // suspended only reports its end.
    void (*suspension)(void *ctx, char kind, uint32_t off, uint64_t time_ps,
            bool suspended);
    void *ctx;
    // Faults that the model injects, for tests. 0: none.
    bool stuck_busy;  // WIP never clears: only a power cut ends an operation,
                      // 66h/99h does not
    bool ignore_wren; // WEL never sets
    bool silent;      // reads give FFh
};

// What goes wrong with the next operation, and with that one only.
enum nor_fault {
    NOR_FAULT_NONE,
    NOR_FAULT_NO_EFFECT, // it takes its time and changes nothing
    NOR_FAULT_REFUSED,   // WEL does not set: the command is ignored
    NOR_FAULT_NEIGHBOUR, // it flips a bit just behind its range
};

struct nor;

// Memory as large as a chip, of zeros and on pages of its own, which the CPU
// core needs to map it; an access just outside it is a fault. `whole` says that
// all of it will be written at once. NULL when out of memory.
uint8_t *nor_pages_new(size_t bytes, bool whole);
void nor_pages_free(uint8_t *pages, size_t bytes);

// array: size_bytes of storage that the caller owns (a mapped file, say), used
// as is. NULL: the model allocates it, erased. Powered on at time 0, ready.
// Returns NULL when out of memory. *options is copied.
struct nor *nor_new(const struct nor_part *part, uint8_t *array,
        const struct nor_options *options);
void nor_free(struct nor *nor);
// Change the injected faults (stuck_busy, ignore_wren, silent) from now on; the
// other options stay. stuck_busy applies to operations begun later.
void nor_set_faults(struct nor *nor, const struct nor_options *faults);

void nor_fault_next(struct nor *nor, enum nor_fault fault);
// Another tear and other values of unstable bits from now on: a number for each
// of them, 0 for those that come without a call.
void nor_set_tear(struct nor *nor, uint64_t tear);

// FFh on any number of lanes is the mode-reset sequence; ABh, 7Ah and 30h are
// no-ops if there is nothing to wake or resume; a lone opcode on four lines is
// too short for a chip that takes one. None of them is reported, since a
// bring-up sends them before it knows the chip. Once the chip was identified,
// read, changed or reset by this driver, 7Ah and 30h are.
struct nor_frame {
    bool has_opcode; // false in continuous read and for mode-reset clocks
    uint8_t opcode;
    uint8_t opcode_lanes; // 1, 2, 4; 0 with has_opcode false
    uint8_t addr_bytes;   // 0, 3, 4
    uint8_t addr_lanes;
    uint32_t addr;
    uint8_t alt_bytes; // mode bits, 0 or 1
    uint8_t alt_lanes;
    uint8_t alt;
    uint8_t dummy_clocks;
    uint8_t data_lanes; // 0: no data phase
    bool ddr;           // all but the opcode on both edges
    uint32_t clock_ps;  // one period of CLK; 0: not known
};

// Each frame reports a kind at most once. The mode bits take effect here. A
// read whose mode clocks are sent as dummy clocks returns its data, with a
// NOR_BAD_FRAME on all but a Micron: the bits that end continuous read are not
// driven.
void nor_begin(struct nor *nor, uint64_t time_ps, const struct nor_frame *f);
uint8_t nor_in(struct nor *nor, uint64_t time_ps); // chip to controller
void nor_out(struct nor *nor, uint64_t time_ps, uint8_t byte);
void nor_end(struct nor *nor, uint64_t time_ps);
// nCS rises in the middle of a byte: the chip does nothing of what it was told.
void nor_cut(struct nor *nor, uint64_t time_ps);

// Would a mapped read with this frame's lanes, address width, mode and dummy
// clocks get array data now? If not, *why (static text) says what is wrong:
// "the chip is erasing", "quad enable is not set", ... The address is not
// considered: see nor_operation() for the range that is unreadable in a
// suspension.
bool nor_readable(struct nor *nor, uint64_t time_ps, const struct nor_frame *f,
        const char **why);

// What a controller that maps the chip with such a frame does wrong, in the
// long run: clock, nCS high time between two bursts (0: not known), both edges,
// mode bits. It is reported as of a frame.
void nor_check_mapping(struct nor *nor, uint64_t time_ps,
        const struct nor_frame *f, uint64_t high_ps);

// The controller was reset: the driver that comes next knows nothing of an
// operation that the chip is busy with, so its reset of the chip is a recovery
// and no NOR_RESET_BUSY.
void nor_new_driver(struct nor *nor);

bool nor_busy(struct nor *nor, uint64_t time_ps);
// When the running operation ends; NOR_NEVER if none or stuck.
uint64_t nor_busy_until(const struct nor *nor);
// The sector or page under operation or suspended. False: none.
bool nor_operation(const struct nor *nor, uint32_t *off, uint32_t *len_bytes);

// The kind of the operation that runs: 'E' erase, 'P' program, 'S' a write of
// registers (which has no place); 0: none.
char nor_running(const struct nor *nor, uint32_t *off, uint32_t *len_bytes);
// Status register 1 to 3 as the chip keeps it without its supply.
uint8_t nor_stored_status(const struct nor *nor, unsigned number);
// The sector or page whose operation is suspended, and its kind: 'E' erase, 'P'
// program. 0: none.
char nor_suspended(const struct nor *nor, uint32_t *off, uint32_t *len_bytes);
// Since when it is.
uint64_t nor_suspended_since_ps(const struct nor *nor);

// The array. Holds garbage in a range while it is being erased. Unstable bits
// (see nor_power_off) change their value in it, with a call to `changed`, at
// power-on, at a 66h/99h reset, whenever an operation begins, is suspended or
// resumed, and byte by byte in read frames.
const uint8_t *nor_array(const struct nor *nor);
// All memory that is the chip's state: `pages` are as large as the array and
// change where it changes, as options->changed says; the rest is small.
void nor_state(struct nor *nor,
        void (*add)(void *ctx, void *at, size_t bytes, bool pages), void *ctx);
const struct nor_part *nor_part_of(const struct nor *nor);

// The supply fails: an unfinished program is torn (a random subset of its bits
// is programmed), an unfinished erase leaves random bits; some bits of it may
// read differently each time until the range is erased again, so a range can
// read as blank, as before or as finished at one time and not at the next. A
// status register write leaves each changed bit old or new. A second call, or a
// frame in between, has no further effect. Volatile registers and continuous
// read are lost, non-volatile ones are kept. The chip answers power_up_us after
// on.
void nor_power_off(struct nor *nor, uint64_t time_ps);
void nor_power_on(struct nor *nor, uint64_t time_ps);

// A bit of [off, off + len_bytes) reads differently each time.
bool nor_unstable(const struct nor *nor, uint32_t off, uint32_t len_bytes);
// Of the registers that survive nor_power_off; the array is not part of it.
uint64_t nor_registers_hash(const struct nor *nor);

// Counters since nor_new: operations begun, chip busy time (of finished,
// suspended or cut runs; volatile writes take none).
struct nor_counters {
    uint64_t erases, programs, status_writes;
    uint64_t busy_ps;
    uint64_t short_runs; // from a resume to a suspend, without progress
};
struct nor_counters nor_counters(const struct nor *nor);
// Number of erases since nor_new of the 4 KB that hold `off`.
uint32_t nor_wear(const struct nor *nor, uint32_t off);

// The SFDP image built from the part's description; *len gets its size.
const uint8_t *nor_sfdp(const struct nor *nor, size_t *len);

#endif
