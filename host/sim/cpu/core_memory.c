/*
 * core_memory - loads, stores, multiples, exclusives, table branches:
 * Armv7-M ARM A5.2.4, A5.3.5 to A5.3.10
 *
 * SPDX-License-Identifier: MIT
 *
 * Registers change after the last access, so an instruction that faults can
 * be executed again; what a store multiple wrote before it faulted stays.
 */
#include "sim/cpu/core_priv.h"

/// Single loads and stores ///

// One function that does it, and one that does it if it is quick.
#define LOAD(name, address, bytes, convert) \
    static enum core_next name(struct sim_cpu *cpu, \
            const struct core_insn *in) { \
        uint32_t value; \
        if (!core_read_(cpu, address, bytes, &value)) { \
            return CORE_STOP; \
        } \
        cpu->r[in->rd] = convert(value); \
        return CORE_NEXT; \
    } \
    static enum core_next quick_##name(struct sim_cpu *cpu, \
            const struct core_insn *in) { \
        uint32_t value; \
        enum core_next next = CORE_NEXT; \
        if (!core_quick_read_(cpu, address, bytes, &value)) { \
            next = core_steady_read_(cpu, address, bytes, &value); \
            if (next == CORE_SLOW) { \
                return next; \
            } \
        } \
        cpu->r[in->rd] = convert(value); \
        return next; \
    }

#define STORE(name, address, bytes) \
    static enum core_next name(struct sim_cpu *cpu, \
            const struct core_insn *in) { \
        return core_write_(cpu, address, cpu->r[in->rd], bytes) ? CORE_NEXT \
                                                                : CORE_STOP; \
    } \
    static enum core_next quick_##name(struct sim_cpu *cpu, \
            const struct core_insn *in) { \
        return core_quick_write_(cpu, address, cpu->r[in->rd], bytes) \
                ? CORE_NEXT \
                : CORE_SLOW; \
    }

#define BY_IMMEDIATE (cpu->r[in->rn] + in->imm)
#define BY_REGISTER (cpu->r[in->rn] + (cpu->r[in->rm] << in->extra))

#define LOAD_FORMS(name, bytes, convert) \
    LOAD(name##_immediate, BY_IMMEDIATE, bytes, convert) \
    LOAD(name##_register, BY_REGISTER, bytes, convert) \
    LOAD(name##_literal, in->imm, bytes, convert)

#define STORE_FORMS(name, bytes) \
    STORE(name##_immediate, BY_IMMEDIATE, bytes) \
    STORE(name##_register, BY_REGISTER, bytes)

#define AS_IT_IS(value) (value)
#define FROM_BYTE(value) ((uint32_t)(int8_t)(value))
#define FROM_HALF(value) ((uint32_t)(int16_t)(value))

LOAD_FORMS(ldr, 4, AS_IT_IS)
LOAD_FORMS(ldrh, 2, AS_IT_IS)
LOAD_FORMS(ldrb, 1, AS_IT_IS)
LOAD_FORMS(ldrsh, 2, FROM_HALF)
LOAD_FORMS(ldrsb, 1, FROM_BYTE)
STORE_FORMS(str, 4)
STORE_FORMS(strh, 2)
STORE_FORMS(strb, 1)

// The bits of `shift` in the general forms below.
enum {
    GENERAL_INDEXED = 1,
    GENERAL_WRITEBACK = 2,
    GENERAL_SIGNED = 4,
    GENERAL_REGISTER = 8,
    GENERAL_LITERAL = 16,
    GENERAL_BYTES = 32, // and 64: log2
};

static unsigned general_bytes(const struct core_insn *in) {
    return 1u << (in->shift / GENERAL_BYTES & 3);
}

static uint32_t general_address(const struct sim_cpu *cpu,
        const struct core_insn *in, uint32_t *moved) {
    if (in->shift & GENERAL_LITERAL) {
        return in->imm;
    }
    const uint32_t base = cpu->r[in->rn];
    *moved = base +
            (in->shift & GENERAL_REGISTER ? cpu->r[in->rm] << in->extra
                                          : in->imm);
    return in->shift & GENERAL_INDEXED ? *moved : base;
}

static bool writeback_allowed(struct sim_cpu *cpu, const struct core_insn *in,
        uint32_t moved) {
    return !(in->shift & GENERAL_WRITEBACK) ||
            core_base_allowed_(cpu, in->rn, moved);
}

// With writeback, or to SP or PC.
static enum core_next load_general(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const unsigned bytes = general_bytes(in);
    uint32_t value, moved = 0;
    const uint32_t addr = general_address(cpu, in, &moved);
    if (!writeback_allowed(cpu, in, moved)) {
        return CORE_STOP;
    }
    if (!core_read_(cpu, addr, bytes, &value)) {
        return CORE_STOP;
    }
    if (in->shift & GENERAL_SIGNED) {
        value = bytes == 1 ? FROM_BYTE(value) : FROM_HALF(value);
    }
    if (in->shift & GENERAL_WRITEBACK) {
        core_set_(cpu, in->rn, moved);
    }
    if (in->rd == CORE_PC) {
        return core_exchange_(cpu, value);
    }
    core_set_(cpu, in->rd, value);
    return CORE_NEXT;
}

static enum core_next quick_load_general(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const unsigned bytes = general_bytes(in);
    uint32_t value, moved = 0;
    if (!core_quick_read_(cpu, general_address(cpu, in, &moved), bytes,
                &value)) {
        return CORE_SLOW;
    }
    if (in->shift & GENERAL_SIGNED) {
        value = bytes == 1 ? FROM_BYTE(value) : FROM_HALF(value);
    }
    if (in->shift & GENERAL_WRITEBACK) {
        core_set_(cpu, in->rn, moved);
    }
    core_set_(cpu, in->rd, value);
    return CORE_NEXT;
}

static enum core_next quick_store_general(struct sim_cpu *cpu,
        const struct core_insn *in) {
    uint32_t moved = 0;
    const uint32_t addr = general_address(cpu, in, &moved);
    if (!core_quick_write_(cpu, addr, cpu->r[in->rd], general_bytes(in))) {
        return CORE_SLOW;
    }
    core_set_(cpu, in->rn, moved);
    return CORE_NEXT;
}

static enum core_next store_general(struct sim_cpu *cpu,
        const struct core_insn *in) {
    uint32_t moved = 0;
    const uint32_t addr = general_address(cpu, in, &moved);
    if (!writeback_allowed(cpu, in, moved)) {
        return CORE_STOP;
    }
    if (!core_write_(cpu, addr, cpu->r[in->rd], general_bytes(in))) {
        return CORE_STOP;
    }
    core_set_(cpu, in->rn, moved);
    return CORE_NEXT;
}

// LDRT, STRT and their sisters: with the rights of an unprivileged thread.
static enum core_next load_as_user(struct sim_cpu *cpu,
        const struct core_insn *in) {
    uint32_t value;
    cpu->as_user = true;
    const bool done = core_read_slow_(cpu, cpu->r[in->rn] + in->imm,
            general_bytes(in), &value);
    cpu->as_user = false;
    if (!done) {
        return CORE_STOP;
    }
    if (in->shift & GENERAL_SIGNED) {
        value = general_bytes(in) == 1 ? FROM_BYTE(value) : FROM_HALF(value);
    }
    core_set_(cpu, in->rd, value);
    return CORE_NEXT;
}

static enum core_next store_as_user(struct sim_cpu *cpu,
        const struct core_insn *in) {
    cpu->as_user = true;
    const bool done = core_write_slow_(cpu, cpu->r[in->rn] + in->imm,
            cpu->r[in->rd], general_bytes(in));
    cpu->as_user = false;
    return done ? CORE_NEXT : CORE_STOP;
}

static enum core_next nothing(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)cpu;
    (void)in;
    return CORE_NEXT;
}

#define BOTH(name) \
    { name, quick_##name }
#define LOADS(name) \
    { BOTH(name##_immediate), BOTH(name##_register), BOTH(name##_literal) }

// What computes an address with the PC, or goes there, is not quick.
static core_fn *single(struct core_insn *record,
        const struct thumb_insn *insn) {
    static core_fn *const loads[2][3][3][2] = {
            {LOADS(ldrb), LOADS(ldrh), LOADS(ldr)},
            {LOADS(ldrsb), LOADS(ldrsh), {{NULL}}},
    };
    static core_fn *const stores[3][2][2] = {
            {BOTH(strb_immediate), BOTH(strb_register)},
            {BOTH(strh_immediate), BOTH(strh_register)},
            {BOTH(str_immediate), BOTH(str_register)},
    };
    const unsigned log2 = (unsigned)__builtin_ctz(insn->access_bytes);
    const bool load = insn->op == THUMB_LOAD;
    const bool literal = insn->rn == CORE_PC;
    core_fn *const *both;
    if (insn->size_bytes == 4 && !literal &&
            (insn->encoding & 0xFE800F00u) == 0xF8000E00u) {
        record->shift = (uint8_t)((insn->sign_extended ? GENERAL_SIGNED : 0) |
                log2 * GENERAL_BYTES);
        return load ? load_as_user : store_as_user;
    }
    if (!insn->writeback && load &&
            (insn->rd < CORE_SP || insn->rd == CORE_LR)) {
        both = loads[insn->sign_extended][log2][literal ? 2
                        : insn->immediate               ? 0
                                                        : 1];
    } else if (!insn->writeback && !load) {
        both = stores[log2][insn->immediate ? 0 : 1];
    } else {
        static core_fn *const general[2][2] = {
                BOTH(store_general), BOTH(load_general)};
        record->shift = (uint8_t)((insn->indexed ? GENERAL_INDEXED : 0) |
                (insn->writeback ? GENERAL_WRITEBACK : 0) |
                (insn->sign_extended ? GENERAL_SIGNED : 0) |
                (insn->immediate ? 0 : GENERAL_REGISTER) |
                (literal ? GENERAL_LITERAL : 0) | log2 * GENERAL_BYTES);
        both = general[load];
    }
    record->quick = insn->writes >> CORE_PC & 1 ? NULL : both[1];
    return both[0];
}

/// Two words; rd and extra are the registers ///

static enum core_next unaligned(struct sim_cpu *cpu, uint32_t addr) {
    return core_stop_(cpu, SIM_CPU_UNALIGNED, addr);
}

static enum core_next ldrd(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t first, second, moved = 0;
    const uint32_t addr = general_address(cpu, in, &moved);
    if (addr & 3) {
        return unaligned(cpu, addr);
    }
    if (!writeback_allowed(cpu, in, moved)) {
        return CORE_STOP;
    }
    if (!core_read_(cpu, addr, 4, &first) ||
            !core_read_(cpu, addr + 4, 4, &second)) {
        return CORE_STOP;
    }
    if (in->shift & GENERAL_WRITEBACK) {
        core_set_(cpu, in->rn, moved);
    }
    cpu->r[in->rd] = first;
    cpu->r[in->extra] = second;
    return CORE_NEXT;
}

static enum core_next strd(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t moved = 0;
    const uint32_t addr = general_address(cpu, in, &moved);
    if (addr & 3) {
        return unaligned(cpu, addr);
    }
    if (!writeback_allowed(cpu, in, moved)) {
        return CORE_STOP;
    }
    if (!core_write_(cpu, addr, cpu->r[in->rd], 4) ||
            !core_write_(cpu, addr + 4, cpu->r[in->extra], 4)) {
        return CORE_STOP;
    }
    if (in->shift & GENERAL_WRITEBACK) {
        core_set_(cpu, in->rn, moved);
    }
    return CORE_NEXT;
}

static core_fn *dual(struct core_insn *record, const struct thumb_insn *insn) {
    record->extra = insn->rd2;
    record->shift = (uint8_t)((insn->indexed ? GENERAL_INDEXED : 0) |
            (insn->writeback ? GENERAL_WRITEBACK : 0) |
            (insn->rn == CORE_PC ? GENERAL_LITERAL : 0));
    return insn->op == THUMB_LOAD ? ldrd : strd;
}

/// Exclusives; extra is the status register ///

// Cortex-M4 TRM 3.7: the monitor holds no address, all memory is one granule.
static enum core_next ldrex(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t addr = cpu->r[in->rn] + in->imm;
    uint32_t value;
    if (addr & (in->shift - 1u)) {
        return unaligned(cpu, addr);
    }
    if (!core_read_(cpu, addr, in->shift, &value)) {
        return CORE_STOP;
    }
    cpu->exclusive = true;
    cpu->r[in->rd] = value;
    return CORE_NEXT;
}

static enum core_next strex(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t addr = cpu->r[in->rn] + in->imm;
    if (addr & (in->shift - 1u)) {
        return unaligned(cpu, addr);
    }
    const bool allowed = cpu->exclusive;
    if (allowed && !core_write_(cpu, addr, cpu->r[in->rd], in->shift)) {
        return CORE_STOP;
    }
    cpu->exclusive = false;
    cpu->r[in->extra] = !allowed;
    return CORE_NEXT;
}

// TT, TTT: what the MPU says of an address. All of it is Secure. TTA, TTAT:
// what that of the Non-secure state says, which is off.
enum core_next core_test_target_(struct sim_cpu *cpu,
        const struct core_insn *in) {
    enum { MRVALID = 1 << 16, R = 1 << 18, RW = 1 << 19, S = 1 << 22 };
    const struct sim_mpu *const mpu = &cpu->config.mpu;
    const uint32_t addr = cpu->r[in->rn];
    const bool user = in->encoding & 0x40;
    uint32_t result = S;
    if (in->encoding & 0x80) {
        result |= R | RW;
    } else if (core_privileged_(cpu)) {
        const int region =
                sim_mpu_applies(mpu, false) ? sim_mpu_region(mpu, addr) : -1;
        const unsigned rights = cpu->mpu_applies
                ? sim_mpu_rights(mpu, addr, !user)
                : SIM_MPU_READ | SIM_MPU_WRITE;
        result |= region >= 0 ? MRVALID | (uint32_t)region : 0;
        result |= rights & SIM_MPU_READ ? R : 0;
        result |= rights & SIM_MPU_WRITE ? RW : 0;
    }
    cpu->r[in->rd] = result;
    return CORE_NEXT;
}

// LDA and STL: ordered, and aligned; not exclusive.
static enum core_next lda(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t addr = cpu->r[in->rn];
    uint32_t value;
    if (addr & (in->shift - 1u)) {
        return unaligned(cpu, addr);
    }
    if (!core_read_(cpu, addr, in->shift, &value)) {
        return CORE_STOP;
    }
    cpu->r[in->rd] = value;
    return CORE_NEXT;
}

static enum core_next stl(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t addr = cpu->r[in->rn];
    if (addr & (in->shift - 1u)) {
        return unaligned(cpu, addr);
    }
    return core_write_(cpu, addr, cpu->r[in->rd], in->shift) ? CORE_NEXT
                                                             : CORE_STOP;
}

// E84x, E85x and E8Cx, E8Dx.
static bool is_exclusive(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xFF600000u) == 0xE8400000u;
}

static core_fn *exclusive(struct core_insn *record,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const bool load = insn->op == THUMB_LOAD;
    record->shift = insn->access_bytes;
    record->extra = insn->rd2;
    if ((w & 0xFFE000C0u) == 0xE8C00080u) {
        return load ? lda : stl;
    }
    return load ? ldrex : strex;
}

/// Multiples; imm is the list ///

// A multiple that an event interrupts goes on behind it (B1.5.10): the
// registers below cpu->resume are done. Not in an IT block; not if the base is
// among the registers to load, which would be lost; not PUSH, whose words the
// frame of the exception would overwrite.
static inline bool may_pause(const struct sim_cpu *cpu,
        const struct core_insn *in) {
    return !(cpu->it_now & 15) && in->continues;
}

// The accesses done so far have taken `done` cycles; the rest runs later.
static enum core_next pause_at(struct sim_cpu *cpu, int reg, unsigned done) {
    cpu->clock.cost = done;
    cpu->it = (uint8_t)(reg << 4);
    cpu->target = cpu->clock.pc;
    cpu->clock.next_pc = cpu->target; // no branch
    return CORE_JUMP;
}

static bool is_due(const struct sim_cpu *cpu, unsigned done) {
    return done && cpu->clock.cycles + done >= cpu->clock.deadline;
}

// Registers that are left, and the address of the first.
static uint32_t rest_of(struct sim_cpu *cpu, const struct core_insn *in,
        uint32_t *addr) {
    const uint32_t base = cpu->r[in->rn];
    *addr = in->shift & GENERAL_INDEXED ? base - in->extra : base;
    if (!cpu->resume) {
        return in->imm;
    }
    const uint32_t before = in->imm & ((1u << cpu->resume) - 1);
    const uint32_t skipped = (uint32_t)__builtin_popcount(before);
    cpu->clock.cost -= skipped < cpu->clock.cost ? skipped : 0;
    *addr += 4 * skipped;
    return in->imm & ~before;
}

static void write_base(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t base = cpu->r[in->rn];
    if (in->shift & GENERAL_WRITEBACK) {
        cpu->r[in->rn] = in->shift & GENERAL_INDEXED ? base - in->extra
                                                     : base + in->extra;
    }
}

// The lowest address, before or after the base has moved.
static bool multiple_allowed(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t down = in->shift & GENERAL_INDEXED ? in->extra : 0;
    return !(in->shift & GENERAL_WRITEBACK) ||
            core_base_allowed_(cpu, in->rn, cpu->r[in->rn] - down);
}

static void take_loaded(struct sim_cpu *cpu, const uint32_t *loaded,
        uint32_t list) {
    for (list &= 0x7FFF; list; list &= list - 1) {
        const int reg = __builtin_ctz(list);
        cpu->r[reg] = loaded[reg];
    }
}

static enum core_next ldm(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t addr, loaded[16];
    if (cpu->r[in->rn] & 3) {
        return unaligned(cpu, cpu->r[in->rn]);
    }
    const uint32_t all = rest_of(cpu, in, &addr);
    if (!multiple_allowed(cpu, in)) {
        return CORE_STOP;
    }
    unsigned done = 0;
    for (uint32_t list = all; list; list &= list - 1) {
        const int reg = __builtin_ctz(list);
        if (is_due(cpu, done) && may_pause(cpu, in)) {
            take_loaded(cpu, loaded, all & ((1u << reg) - 1));
            return pause_at(cpu, reg, done);
        }
        if (!core_read_(cpu, addr, 4, &loaded[reg])) {
            return CORE_STOP;
        }
        addr += 4;
        done++;
    }
    write_base(cpu, in);
    take_loaded(cpu, loaded, all);
    return all & 1u << CORE_PC ? core_exchange_(cpu, loaded[CORE_PC])
                               : CORE_NEXT;
}

static enum core_next stm(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t addr;
    if (cpu->r[in->rn] & 3) {
        return unaligned(cpu, cpu->r[in->rn]);
    }
    if (!multiple_allowed(cpu, in)) {
        return CORE_STOP;
    }
    unsigned done = 0;
    for (uint32_t list = rest_of(cpu, in, &addr); list; list &= list - 1) {
        const int reg = __builtin_ctz(list);
        if (is_due(cpu, done) && may_pause(cpu, in)) {
            return pause_at(cpu, reg, done);
        }
        if (!core_write_(cpu, addr, cpu->r[reg], 4)) {
            return CORE_STOP;
        }
        addr += 4;
        done++;
    }
    write_base(cpu, in);
    return CORE_NEXT;
}

static core_fn *multiple(struct core_insn *record,
        const struct thumb_insn *insn) {
    record->imm = insn->list;
    record->extra = insn->access_bytes;
    record->shift = (uint8_t)((insn->decrement ? GENERAL_INDEXED : 0) |
            (insn->writeback ? GENERAL_WRITEBACK : 0));
    const bool load = insn->op == THUMB_LOAD_MULTIPLE;
    record->continues = load ? !(insn->list >> insn->rn & 1)
                             : insn->rn != CORE_SP || !insn->decrement;
    return load ? ldm : stm;
}

/// Table branches ///

static enum core_next table_branch(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const unsigned bytes = 1u << in->extra;
    uint32_t halfwords;
    if (!core_read_(cpu, cpu->r[in->rn] + (cpu->r[in->rm] << in->extra), bytes,
                &halfwords)) {
        return CORE_STOP;
    }
    cpu->target = cpu->r[CORE_PC] + 2 * halfwords;
    return CORE_JUMP;
}

/// Choice ///

core_fn *core_memory_(struct core_insn *record, const struct thumb_insn *insn) {
    record->extra = insn->amount;
    if (insn->subtract) {
        record->imm = 0 - insn->imm;
    }
    if (insn->rn == CORE_PC && insn->op != THUMB_TABLE) {
        record->imm = insn->target;
    }
    switch (insn->op) {
    case THUMB_TABLE:
        return table_branch;
    case THUMB_PRELOAD:
        return nothing;
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
        return multiple(record, insn);
    default:
        break;
    }
    if (is_exclusive(insn)) {
        return exclusive(record, insn);
    }
    return insn->access_bytes == 8 ? dual(record, insn) : single(record, insn);
}
