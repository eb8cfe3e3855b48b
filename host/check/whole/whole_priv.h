/*
 * whole_priv - what the files of this room share
 *
 * SPDX-License-Identifier: MIT
 *
 * whole.c has the entries and repeats the run. whole_path.c runs the paths of
 * one call, whole_call.c goes from one to the other. whole_step.c and
 * whole_other.c execute one instruction, whole_flags.c decides its condition,
 * whole_memory.c and whole_frame.c what it loads and stores. whole_cell.c has
 * the words of RAM, whole_device.c the registers and what devices get,
 * whole_stack.c the stack pointers, whole_task.c what exceptions return to,
 * whole_fact.c what an instruction did, and what annotations say of pointers.
 */
#ifndef WHOLE_PRIV_H
#define WHOLE_PRIV_H

#include "base/index.h"
#include "check/whole/whole.h"
#include "check/whole/value/whole_value.h"
#include "thumb/thumb.h"

// Words of a frame below the stack pointer at its entry, and arguments above.
#define WHOLE_SLOTS 192u
#define WHOLE_INCOMING 8u

enum whole_flags_kind_ {
    WHOLE_FLAGS_UNKNOWN,
    WHOLE_FLAGS_DIFFERENCE, // of a - b
    WHOLE_FLAGS_RESULT,     // N and Z of a; nothing is known of V
};

struct whole_flags_ {
    uint8_t kind;
    // Registers that hold a, b and a - b; THUMB_NONE: none does any more.
    uint8_t ra, rb, rd;
    uint32_t carry; // of a result: enum whole_outcome_, whether C is set
    struct whole_value_ a, b;
};

// Register `to` is `from` plus a number, as where compilers compare a range;
// the same register: none is.
struct whole_sum_ {
    uint32_t to, from, by;
};

// Memory without contents in the image, that a path has written: exactly.
#define WHOLE_SPANS 6u
struct whole_written_ {
    uint32_t count;
    struct {
        uint32_t low, end;
    } span[WHOLE_SPANS]; // those that are used, and then zeros
};

// Words of RAM that a path has stored to, last of all: what they hold now,
// unless an exception or DMA stores there. The most recent is the last one.
#define WHOLE_RECENT 12u
// Whether it has stored to what lets interrupts in.
enum whole_loud_ { WHOLE_SILENT, WHOLE_LOUD, WHOLE_ONE_OF_BOTH };
struct whole_recent_ {
    uint32_t count;
    uint32_t loud;            // enum whole_loud_
    uint32_t begun;           // the same, of what an outage begins with
    uint32_t cached;          // the data cache may be on
    struct whole_value_ vtor; // NONE: what it is after a reset
    struct {
        uint32_t addr;
        uint32_t known; // bits of the value that are; all: it is any value
        struct whole_value_ value;
    } word[WHOLE_RECENT];
};

// Which of the two stack pointers SP is (Armv7-M ARM B1.4.1), and what the
// other one holds.
enum { WHOLE_MAIN, WHOLE_PROCESS, WHOLE_ONE_OF_THEM };
struct whole_stacks_ {
    uint32_t selected;
    struct whole_value_ other;
    struct whole_value_ top; // of SP's stack; 0: one that a table begins with
};

// Who begins a stack at an address: a main stack, a thread with its process
// stack, an exception that returns to a frame there.
enum whole_user_ {
    WHOLE_BY_MAIN,
    WHOLE_BY_PROCESS,
    WHOLE_BY_TASK,
    WHOLE_USERS
};

struct whole_state_ {
    struct whole_written_ written;
    struct whole_written_ copied; // RAM with code, that it has filled
    struct whole_recent_ recent;
    struct whole_stacks_ stacks;
    struct whole_value_ reg[16]; // 15: unused
    struct whole_value_ back; // where a call that is run in the path returns to
    struct whole_flags_ flags;
    struct whole_sum_ sum;
    // The slot that register i is a copy of, plus 1; 0: none.
    uint8_t copy_of[16];
    // What is left of an IT block: bit 0 is the next instruction's, set if it
    // is executed where the condition holds; it_known: whether it holds.
    uint8_t it_left, it_bits, it_cond;
    bool it_known, it_holds;
    bool noted; // a function that `pointers` names runs, or was left by a jump
    bool shown; // other code has an address in the frame
    // The last member. i: at entry SP - 4 * (i + 1)
    struct whole_value_ slot[WHOLE_SLOTS];
};

// What paths did that came to one place.
struct whole_past_ {
    struct whole_written_ written, copied;
    struct whole_recent_ recent;
    struct whole_stacks_ stacks;
};
static inline struct whole_past_ whole_past_(const struct whole_state_ *state) {
    return (struct whole_past_){
            state->written, state->copied, state->recent, state->stacks};
}

#define WHOLE_LIMITS 8u

// What uses a slot: PUSH for a register of the caller, and POP; or something
// else.
enum whole_saved_ { WHOLE_UNUSED, WHOLE_SAVED_REGISTER, WHOLE_USED };

// A call of a function with certain arguments, from a certain entry of the
// program; or an entry itself.
struct whole_call_ {
    uint32_t addr;
    uint32_t root;
    bool entry;         // of the program
    bool handler;       // of an exception
    bool any_arguments; // one for all, since there were too many
    bool noted;         // called by what a note `pointers` names, or below
    // It begins with `given`, by a new stack pointer: a task, or the rest of a
    // function that sets one. Nothing called it.
    bool begun;
    bool task;        // of these, what an exception returns to
    bool interrupted; // no call, but the process stack at a handler's entry
    bool sets_stacks; // it or what it calls
    struct whole_value_ given[15];
    struct whole_value_ return_to; // behind the calls, with the Thumb bit
    struct whole_value_ argument[4];
    struct whole_value_ incoming[WHOLE_INCOMING]; // on the stack
    // What it returns with, in r0 to r12.
    bool returns;
    struct whole_value_ out[13];
    uint32_t number; // among the calls
    unsigned round;  // of the last run
    bool running;    // up the chain of calls
    unsigned depth;  // in it
    bool recursive;
    bool leaky;        // other code has an address in the frame
    bool writes_above; // to its arguments on the stack
    bool stack_set;    // to a table's first one, anew: it does not return
    // What it held when it called others, and what others stored there.
    struct whole_value_ visible[WHOLE_SLOTS];
    struct whole_value_ outside[WHOLE_SLOTS];
    bool renewed[WHOLE_SLOTS];  // by code that is noted
    uint8_t saved[WHOLE_SLOTS]; // enum whole_saved_
    // Its arguments, by debug information.
    bool only_scalars, no_stack_arguments;
    unsigned grown; // how often arguments or results grew
    // Numbers that it compares with, or masks plus 1: counts may end there.
    uint32_t limits[WHOLE_LIMITS];
    uint8_t limit_count;
    // Of all paths that led here, and of those that returned.
    bool came;
    struct whole_past_ past_in, past_out;
};

// How often a set changed, in how many rounds, and the last of these.
struct whole_growth_ {
    unsigned changes, rounds, round;
};

// Bytes of a word that code stores by themselves, as two counts of 16 bits in
// one word: all that they ever hold, whatever the others do.
struct whole_lane_ {
    uint8_t at, bytes;
    struct whole_value_ value;
    struct whole_growth_ growth;
};

struct whole_cell_ {
    uint32_t addr;
    struct whole_value_ value;
    struct whole_value_ live; // while interrupts may come: of a vector; of the
                              // core's, in an outage, too
    bool fixed;               // never changes: flash, code
    bool cleared; // no content in any image, value has only what was stored
    bool bss;     // and start code has to clear its section (A2)
    bool zeroed;  // the first that is done with it is that it becomes zero
    bool early;   // something else was
    bool shared;  // exceptions or DMA store there
    bool given;   // a device has the address of the object
    struct whole_value_ put; // of such a one: what code has put there
    bool renewed;            // stored by code that is noted
    uint32_t changed_by; // the first instruction that makes it another; 0: none
    uint8_t executed;    // by bit: its halfwords
    bool copied;         // RAM with code, which start code has to copy there
    bool copied_to;      // a path from the program's entry certainly writes it
    bool stored;         // some code stores there
    bool in_lanes;       // bytes of it are stored by themselves
    struct whole_growth_ growth;
};

// What the instruction at addr did so far.
struct whole_fact_ {
    uint32_t addr;
    bool accesses, jumps;
    bool switches;              // goes to any task, later or at once
    bool any_place, any_target; // not known
    bool resets;                // the core: whole_resets_core()
    bool renewed;               // an unknown place that WHOLE_RENEWED marks
    uint8_t tables; // enum whole_tables, where an exception may come
    uint8_t span_count, target_count;
    struct whole_span span[WHOLE_SPANS_MAX]; // ascending, apart
    uint32_t target[WHOLE_TARGETS_MAX];
};

// A function whose arguments an annotation `pointers` names, by bit.
struct whole_claim_ {
    uint32_t addr, end;
    size_t note; // among those of the options
    uint8_t own, behind;
    bool used;                   // the run rests on it
    struct whole_value_ good[4]; // what `own` were, but for the window
};

#define WHOLE_VTORS 16u
// Armv7-M ARM B1.5.2: exceptions of the core, then at most 496 interrupts.
#define WHOLE_VECTORS 512u
// The first exception that does not come until code lets it in.
#define WHOLE_PENDSV 14u

enum whole_entry_ {
    WHOLE_RESET,
    WHOLE_HANDLER,
    WHOLE_TASK, // what an exception returns to, and did not interrupt
};

struct whole_root_ {
    uint32_t addr; // with the Thumb bit
    enum whole_entry_ kind;
    bool by_svc; // a handler that SVC may lead to
    bool early;  // one that may come before code lets interrupts in
    // Of a task: its registers, and which stack it has.
    struct whole_value_ given[15];
    uint32_t selected;
};

#define WHOLE_BARE 64u

struct whole {
    const struct model *model;
    struct model stacks; // the same, with the stacks of the vector tables
    struct whole_world_ world;
    struct whole_call_ **calls;
    size_t call_count, call_room;
    struct index call_index; // key: address
    struct whole_cell_ *cells;
    size_t cell_count, cell_room;
    struct index cell_index; // key: address
    struct whole_lane_ *lanes;
    size_t lane_count, lane_room;
    struct index lane_index; // key: address of the word
    struct whole_fact_ *facts;
    size_t fact_count, fact_room;
    struct index fact_index; // key: address
    struct whole_claim_ *claims;
    size_t claim_count, claim_room;
    struct whole_root_ *roots;
    size_t root_count, root_room;
    // Addresses of vector tables: those that VTOR is set to, and all.
    uint32_t *vtor, *tables;
    uint32_t vtor_by[WHOLE_VTORS]; // by which instruction, the first ones
    size_t vtor_count, vtor_room, table_count, table_room;
    bool has_reset; // some table leads to a first instruction
    uint32_t root;  // that is run: its number
    // It is an exception's or a task's: other code runs before it, and between
    // any two instructions.
    bool in_handler;
    bool from_entry;        // of an image
    enum whole_entry_ kind; // of the root
    // Stacks and tasks.
    uint32_t interrupted;    // number of the call that is `interrupted`
    struct whole_value_ psp; // what threads that do not use it set PSP to
    struct whole_value_ tops[WHOLE_USERS];
    struct whole_value_ ends; // where tasks return to
    bool psp_used;            // a thread uses the process stack
    bool reset_on_psp;        // one that a reset began
    bool lr_saved;            // a handler has stored its lr in a task's stack
    bool psp_by_handler;      // set
    bool resumes;             // a task that was saved
    bool resumes_any;         // whatever used the main stack
    bool svc_returns;         // an exception that SVC leads to, to where it was
    bool vtor_shared;         // an exception sets VTOR
    uint8_t exception_tables; // enum whole_tables, when one may come
    bool loud;                // an exception lets interrupts in
    bool begins_early;        // an outage may begin in an early handler
    bool loses_any;           // an exception invalidates the cache
    uint32_t blocks_hold;     // blocks of core registers that hold an address
    // Exceptions that code enables, by bit: while the first tables may be in
    // use, each; while others may; and all.
    uint32_t enabled[WHOLE_VTORS + 2][WHOLE_VECTORS / 32];
    bool enables_any;        // which ones is not known
    uint32_t ends_at, ended; // see whole_given_by_end()
    bool gives_flash;        // what an object in flash leads to
    bool gives_parts; // bytes that are not known go into what a device has
    // A device has an address there, and no image has anything.
    struct whole_span bare[WHOLE_BARE];
    unsigned bare_count;
    bool changed; // since the beginning of this round
    unsigned round;
    unsigned depth;
    uint64_t steps;
    uint64_t stores;     // to places that are known, outside frames
    uint32_t leaf_loops; // whole_runs_here_()
    bool failed;         // out of memory
    bool complete;
    const char *why; // NULL: goes on
    uint32_t why_addr;
    uint32_t window_stack; // top of one in the window, the first; 0: none
    uint32_t window_stack_by;
    uint32_t seen[WHOLE_SEEN_COUNT], seen_by[WHOLE_SEEN_COUNT]; // 0: nothing
    struct whole_value_ changed_to; // of WHOLE_SEEN_CHANGED
    uint32_t pc;                    // of the instruction
    bool floating; // the store is one of floating-point registers
    bool pushes;   // the access is one of PUSH or POP
    bool by_sp;    // the store is one at a distance from SP
    const struct whole_call_ *storing; // the call that stores
};

static inline bool whole_stopped_(const struct whole *w) {
    return w->why || w->failed;
}

/// whole_stack.c ///

// SP becomes the value.
void whole_set_sp_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *value);
// MRS and MSR of MSP, PSP and CONTROL.
struct whole_value_ whole_read_stack_(struct whole *w,
        const struct whole_state_ *state, unsigned which);
void whole_write_stack_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned which,
        const struct whole_value_ *value);
// A stack ends there: nothing else is known of that memory.
void whole_stack_at_(struct whole *w, uint32_t top, enum whole_user_ user);
// The address lies in a stack that others than tasks use, or tasks.
void whole_users_of_(const struct whole *w, uint32_t addr, bool *others,
        bool *tasks);
// Frames may lie there: in a stack as far as it is known to reach, or `deep`
// below it where nothing is linked.
bool whole_holds_frames_(const struct whole *w, uint32_t addr, bool deep);
// Stores there by a number, which code may have made of a place in a frame.
void whole_stores_number_(struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, uint32_t addr, bool is_exact);
// Both stack pointers lead to one place, where an exception's frame and its
// handler would meet.
bool whole_both_meet_(const struct whole_state_ *state);
// What both may be.
void whole_stacks_join_(const struct whole_world_ *world,
        struct whole_stacks_ *into, const struct whole_stacks_ *other,
        bool widen);
// SP is a number now: the path ends, and what follows at pc is a call of its
// own.
void whole_stack_begins_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, uint32_t pc);

/// whole_task.c ///

// v is an EXC_RETURN, or what a handler has saved of one.
bool whole_is_exc_return_(uint32_t v);
// A handler leaves by v, or the address that it was entered with (NULL).
void whole_returns_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const uint32_t *v);
// What follows SVC is executed.
bool whole_svc_returns_(const struct whole *w,
        const struct whole_state_ *state);
// Stores the address that an exception returns to, in its frame.
void whole_diverts_(struct whole *w, const struct whole_value_ *to);
// A word of memory that no task has used yet.
struct whole_value_ whole_prepared_(struct whole *w, uint32_t addr);

/// whole.c ///

// The run ends.
void whole_stop_(struct whole *w, const char *why);
// One of what whole_saw() tells.
void whole_see_(struct whole *w, enum whole_seen what, uint32_t addr,
        uint32_t by);
// WHOLE_SEEN_CHANGED: the word at addr holds v.
void whole_see_changed_(struct whole *w, uint32_t addr, uint32_t by,
        const struct whole_value_ *v);
struct whole_root_ *whole_root_add_(struct whole *w, uint32_t addr,
        enum whole_entry_ kind);

// The options name memory there.
bool whole_is_named_(const struct whole *w, uint32_t addr);
// That memory, or the megabyte.
struct whole_span whole_named_(const struct whole *w, uint32_t addr);
// No image has anything there, and a device has an address in it.
bool whole_is_bare_(const struct whole *w, uint32_t addr);
// VTOR is set to it.
void whole_sets_vtor_(struct whole *w, const struct whole_state_ *state,
        uint32_t addr);

/// whole_vector.c ///

// A device's register at addr is stored to, which may let interrupts in.
void whole_stores_register_(struct whole *w, struct whole_state_ *state,
        uint32_t addr, const struct whole_value_ *data);
// Interrupts may come while the table at addr is in use.
void whole_table_used_(struct whole *w, const struct whole_state_ *state,
        uint32_t addr);
// The path stores v to the word.
void whole_stores_vector_(struct whole *w, const struct whole_state_ *state,
        struct whole_cell_ *cell, const struct whole_value_ *v);
// Which tables VTOR may lead to when an exception comes: enum whole_tables; 0:
// none comes.
unsigned whole_tables_(const struct whole *w, const struct whole_state_ *state);
// Exceptions may come now.
void whole_lets_in_(struct whole *w, const struct whole_state_ *state);
// What the word n of a table leads to when an exception comes.
struct whole_value_ whole_vector_(const struct whole *w,
        const struct whole_cell_ *cell, uint32_t n);
// Or when one comes in an outage.
struct whole_value_ whole_vector_in_outage_(const struct whole *w,
        const struct whole_cell_ *cell, uint32_t n);
// Behind the last exception that code enables while that table may be in use.
uint32_t whole_enabled_end_(const struct whole *w, uint32_t table);
bool whole_enables_(const struct whole *w, uint32_t n);
// Word n of that table is a vector: of its object, or behind it.
bool whole_is_vector_(const struct whole *w, uint32_t table, uint32_t n);

/// whole_cell.c ///

// Joins more into what is kept over the rounds.
void whole_grow_(struct whole *w, struct whole_value_ *kept,
        const struct whole_value_ *more);
// The image has code there.
bool whole_is_code_(const struct model *model, uint32_t addr);
// The word at addr, which is aligned; made if it is new, or NULL: there is none
// yet. Making one moves the others.
struct whole_cell_ *whole_cell_(struct whole *w, uint32_t addr);
struct whole_cell_ *whole_cell_at_(const struct whole *w, uint32_t addr);
// What the image or start code put there is known, and all that is stored.
bool whole_cell_known_(const struct whole_cell_ *cell);
// Bytes of one word, from byte `at` of it on.
struct whole_value_ whole_cell_load_(struct whole *w, uint32_t word,
        unsigned at, unsigned bytes, const struct whole_state_ *state);
// These become `part`, and with them the word one of `word`.
void whole_cell_store_(struct whole *w, struct whole_cell_ *cell, unsigned at,
        unsigned bytes, const struct whole_value_ *part,
        const struct whole_value_ *word);
// Exceptions or DMA store there.
void whole_share_(struct whole *w, struct whole_cell_ *cell);
// DMA may store anything to the word.
void whole_device_writes_(struct whole *w, struct whole_cell_ *cell);
// The path has written all from low to before end.
bool whole_has_written_(const struct whole_written_ *written, uint32_t low,
        uint32_t end);
void whole_written_add_(struct whole_written_ *written, uint32_t low,
        uint32_t end);
// What both have written.
void whole_written_by_both_(struct whole_written_ *into,
        const struct whole_written_ *other);

/// whole_memory.c ///

// A null pointer, or a place behind one: no memory is named there.
bool whole_is_null_(const struct whole *w, uint32_t addr);
// Without null pointers, beside which others are.
struct whole_value_ whole_not_null_(const struct whole *w,
        const struct whole_value_ *addr);
struct whole_value_ whole_load_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes);
void whole_store_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes, const struct whole_value_ *stores);

/// whole_device.c ///

// Registers: no memory that an image has, or that the options name.
bool whole_is_device_(const struct whole *w, uint32_t addr);
// Armv7-M ARM B3.1: nothing is executed there, a fault comes.
bool whole_never_executed_(const struct whole *w, uint32_t addr);
// Or what may be some: what is read there may be anything, and what is stored
// there goes to a device.
bool whole_may_be_device_(const struct whole *w, uint32_t addr);
// Armv7-M ARM B3.1: of the core, whose registers switch no flash off.
bool whole_is_core_(uint32_t addr);
// A device gets the value, which may be an address (A6).
void whole_give_(struct whole *w, const struct whole_value_ *value);
// Bytes of a word that a device has become `data`: it gets the words that
// result. now: the word, where it is known; or NULL.
void whole_give_part_(struct whole *w, uint32_t word, unsigned at,
        unsigned bytes, const struct whole_value_ *data,
        const struct whole_value_ *now, bool is_exact);
// The same of a word across two.
void whole_give_across_(struct whole *w, uint32_t word,
        const struct whole_value_ *data);
// A part of the word is read, and may be copied to what a device has.
void whole_reads_part_(struct whole *w, const struct whole_value_ *word);
void whole_reads_part_at_(struct whole *w, uint32_t word);
// That would change something: it may be the address of data.
bool whole_leads_(const struct whole *w, const struct whole_value_ *value);
// What is read from the register is no address of RAM.
bool whole_delivers_numbers_(const struct whole *w, uint32_t addr);
void whole_store_to_device_(struct whole *w, struct whole_state_ *state,
        uint32_t addr, unsigned bytes, const struct whole_value_ *data);

/// whole_cell.c: what a path has just stored ///

// NULL: not known.
const struct whole_value_ *whole_recent_(const struct whole_recent_ *recent,
        uint32_t addr);
void whole_recent_set_(struct whole_recent_ *recent, uint32_t addr,
        const struct whole_value_ *value);
// Bits of the word become what they are in `value`.
void whole_recent_part_(const struct whole_world_ *world,
        struct whole_recent_ *recent, uint32_t addr, uint32_t bits,
        const struct whole_value_ *value);
void whole_recent_drop_(struct whole_recent_ *recent, uint32_t addr);
// Of memory all.
void whole_recent_drop_all_(struct whole_recent_ *recent);
// What both know.
void whole_recent_join_(const struct whole_world_ *world,
        struct whole_recent_ *into, const struct whole_recent_ *other,
        bool widen);
// Without places of that frame below the stack pointer.
void whole_recent_above_(struct whole_recent_ *recent, uint32_t own,
        int32_t sp);
// Without places in frames of calls that have returned, and of `callee`.
void whole_recent_after_(const struct whole *w, struct whole_recent_ *recent,
        const struct whole_call_ *callee);

/// whole_fact.c ///

// The instruction at w->pc reads or writes there, or goes to these targets.
void whole_accesses_(struct whole *w, const struct whole_value_ *place,
        unsigned bytes);
void whole_goes_(struct whole *w, const struct whole_value_ *targets);
// It goes to the tasks, and is followed.
void whole_switches_(struct whole *w);
// It stores to a device, or lets an exception in, while VTOR leads to one of
// these.
void whole_stores_with_(struct whole *w, unsigned tables);
void whole_resets_core_(struct whole *w);
// A round begins. What the last one does is all: by it no set grows.
void whole_facts_begin_(struct whole *w);
// The run is complete: what goes to tasks goes to all.
void whole_facts_end_(struct whole *w);

/// whole_fact.c: what annotations say of pointers ///

void whole_claims_find_(struct whole *w);
// The path goes from one instruction to another, maybe to a function that is
// named.
void whole_enters_(struct whole *w, struct whole_state_ *state, uint32_t from,
        uint32_t to);
// Code that is noted, or not, stores to the word, or to the slot of a frame.
void whole_renews_(struct whole *w, const struct whole_state_ *state,
        bool *renewed);
// What was loaded from a place that has marks.
struct whole_value_ whole_behind_(struct whole *w,
        const struct whole_value_ *place, const struct whole_value_ *loaded,
        unsigned bytes);

/// whole_frame.c ///

struct whole_value_ whole_frame_load_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        unsigned bytes);
void whole_frame_store_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *addr,
        unsigned bytes, const struct whole_value_ *data);
// The word at an exact place of the own frame, and what other code may have
// stored there, apart. False: it is no such place.
bool whole_frame_parts_(const struct whole *w, const struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        struct whole_value_ *own, struct whole_value_ *others);
// The word at a place, of an own frame.
struct whole_value_ whole_frame_word_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, int32_t offset);
// The frame is seen by what is called.
void whole_frame_shown_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state);

/// whole_flags.c ///

enum whole_outcome_ { WHOLE_EITHER, WHOLE_HOLDS, WHOLE_FAILS };
enum whole_outcome_ whole_condition_(const struct whole *w,
        const struct whole_state_ *state, unsigned cond);
// The state where the condition holds, or not.
void whole_refine_(const struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned cond, bool does);

/// whole_step.c, whole_other.c ///

enum whole_next_ {
    WHOLE_NEXT,  // the next instruction
    WHOLE_ENDS,  // the path ends here
    WHOLE_GOES,  // to targets
    WHOLE_CALLS, // targets, and comes back
};

struct whole_jump_ {
    enum whole_next_ next;
    struct whole_value_ targets; // with the Thumb bit
    struct whole_value_ others;  // that other code stored in a frame; or NONE
};
// in_it: in an IT block, where narrow instructions leave the flags alone.
struct whole_jump_ whole_step_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it);
// What the function counts may end at that number.
void whole_limit_(struct whole_call_ *call, uint32_t limit);
// THUMB_OTHER. False: the path ends.
bool whole_other_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it);
struct whole_value_ whole_multiply_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_get_(const struct whole_state_ *state,
        const struct thumb_insn *insn, unsigned r);
void whole_set_(struct whole_state_ *state, unsigned r,
        struct whole_value_ value);
// The stack pointer too.
void whole_set_any_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned r,
        const struct whole_value_ *value);

/// whole_path.c ///

// Runs all paths of the call.
void whole_run_(struct whole *w, struct whole_call_ *call);

/// whole_call.c ///

#define WHOLE_JOINS_MAX 300u // before what still grows is widened

// From the state of a path of `caller`, the function at target, which returns
// to return_addr. False: it does not come back; else the state is that behind
// the call.
bool whole_calls_(struct whole *w, struct whole_call_ *caller, uint32_t target,
        uint32_t return_addr, struct whole_state_ *state);
// A call of the function at target is run as a part of the path: it calls
// nothing, and gets an address in the frame.
bool whole_runs_here_(struct whole *w, const struct whole_call_ *call,
        const struct whole_state_ *state, uint32_t target);
// Joins more into the past of all; the first time there are not `some` yet.
void whole_past_add_(struct whole *w, struct whole_past_ *all, bool *some,
        const struct whole_past_ *more);
// The call returns in that state.
void whole_leaves_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state);
// The call that begins with `given` at addr: the root that is run, or in it.
struct whole_call_ *whole_begun_(struct whole *w, uint32_t addr, bool task);
void whole_run_root_(struct whole *w, uint32_t number);

#endif
