/*
 * cpu_hook - the work of the Unicorn core at each instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * sim_cpu_on_code_ runs before every instruction: accounts for its cycles,
 * stops before the one that must not run yet, and traps instructions that
 * Unicorn executes but an Armv7-M does not (unaligned LDM, division by zero,
 * the FPU switched off, instructions that were never copied to RAM).
 */
#include <string.h>

#include "sim/cpu/unicorn/cpu_unicorn.h"

#define IT_BLOCK_BYTES 16u // four wide instructions

// Numbers of UC_HOOK_INTR. A fetch abort is one of execute-never memory.
enum {
    INTR_SVC = 2,
    INTR_FETCH = 3,
    INTR_UNALIGNED = 4,
    INTR_BKPT = 7,
    INTR_RETURN = 8,
};

static bool find_code(struct sim_cpu *cpu, uint32_t pc) {
    for (size_t i = 0; i < cpu->region_count; i++) {
        const struct region *region = &cpu->region[i];
        if (pc - region->base < region->size &&
                (region->kind != SIM_MEM_WINDOW || cpu->open)) {
            cpu->code_base = region->base;
            cpu->code_size = region->size;
            cpu->code = region->host;
            cpu->code_ram = region->kind == SIM_MEM_RAM;
            cpu->code_window = region->kind == SIM_MEM_WINDOW;
            return true;
        }
    }
    return false;
}

static uint32_t halfword(const struct sim_cpu *cpu, uint32_t addr) {
    const uint32_t off = addr - cpu->code_base;
    return off + 1 < cpu->code_size
            ? cpu->code[off] | (uint32_t)cpu->code[off + 1] << 8
            : 0;
}

static void end_with(struct sim_cpu *cpu, enum sim_cpu_stop why,
        uint32_t addr) {
    if (cpu->exit.why == SIM_CPU_BOUNDARY) {
        cpu->exit.why = why;
        cpu->exit.addr = addr;
    }
}

// Ends the run with a fault of the running instruction. Inside an IT block
// Unicorn goes on to its end: the registers are put back afterwards.
static void trap(struct sim_cpu *cpu, enum sim_cpu_stop why, uint32_t addr) {
    if (cpu->deferred.why != SIM_CPU_BOUNDARY) {
        return;
    }
    if (cpu->it_now) {
        cpu->deferred.why = why;
        cpu->deferred.addr = addr;
        cpu->deferred.size = cpu->clock.next_pc - cpu->clock.pc;
        sim_cpu_get_state(cpu, &cpu->before);
        cpu->clock.deadline = 0;
        return;
    }
    end_with(cpu, why, addr);
    uc_emu_stop(cpu->uc);
}

static bool condition(struct sim_cpu *cpu) {
    if (!cpu->it_now) {
        return true;
    }
    const uint32_t psr = sim_cpu_reg_(cpu, UC_ARM_REG_APSR);
    const bool n = psr >> 31, z = psr >> 30 & 1, c = psr >> 29 & 1,
               v = psr >> 28 & 1;
    bool holds = true;
    switch (cpu->it_now >> 5) {
    case 0:
        holds = z;
        break;
    case 1:
        holds = c;
        break;
    case 2:
        holds = n;
        break;
    case 3:
        holds = v;
        break;
    case 4:
        holds = c && !z;
        break;
    case 5:
        holds = n == v;
        break;
    case 6:
        holds = n == v && !z;
        break;
    default:
        return true;
    }
    return holds != (cpu->it_now >> 4 & 1);
}

static uint32_t operand(struct sim_cpu *cpu, unsigned number) {
    switch (number) {
    case 13:
        return sim_cpu_reg_(cpu, UC_ARM_REG_SP);
    case 14:
        return sim_cpu_reg_(cpu, UC_ARM_REG_LR);
    case 15:
        return cpu->clock.pc;
    default:
        return sim_cpu_reg_(cpu, UC_ARM_REG_R0 + (int)number);
    }
}

// MSR BASEPRI with low bits set, and MRS CONTROL after FP use, give what the
// four priority bits and the Armv7-M CONTROL do not have: the core runs these.
static bool special_register(struct sim_cpu *cpu, uint32_t op, uint32_t op2) {
    if ((op & 0xFFE0) == 0xF380 && (op2 & 0xD000) == 0x8000) {
        const uint32_t sysm = op2 & 0xFF;
        return (sysm == 17 || sysm == 18) && (operand(cpu, op & 0xF) & 0xF);
    }
    return (op & 0xFFF0) == 0xF3E0 && (op2 & 0xF0FF) == 0x8014 &&
            (sim_cpu_reg_(cpu, UC_ARM_REG_CONTROL) & 8);
}

// CPSID, or MSR PRIMASK, BASEPRI, BASEPRI_MAX, FAULTMASK with a value.
static bool raises_mask(struct sim_cpu *cpu, uint32_t op, uint32_t op2) {
    if (op < 0xE800) {
        return op & 0x10;
    }
    const uint32_t sysm = op2 & 0xFF;
    return sysm >= 16 && sysm <= 19 && operand(cpu, op & 0xF);
}

// Of a coprocessor instruction: CP10 or CP11.
static bool is_fpu(uint32_t op2) {
    return (op2 >> 9 & 7) == 5;
}

// SIM_OP_RARE: returns true if the instruction must not run.
static bool rare(struct sim_cpu *cpu, uint32_t op, uint32_t op2) {
    if (op < 0xE800) {
        if (cpu->code_ram && op2 == op) {
            trap(cpu, SIM_CPU_FILL, cpu->clock.pc);
            return true;
        }
        return false;
    }
    if ((op & 0xFE40) == 0xE800) { // LDM, STM
        cpu->clock.cost += (uint32_t)__builtin_popcount(op2);
        return false;
    }
    if ((op & 0xFFF0) == 0xE850 ||
            ((op & 0xFFF0) == 0xE8D0 && (op2 & 0xC0) == 0x40)) {
        cpu->exclusive = true; // LDREX
    } else if ((op & 0xFFF0) == 0xE840 ||
            ((op & 0xFFF0) == 0xE8C0 && (op2 & 0xC0) == 0x40)) {
        // STREX, STREXB, STREXH: Unicorn looks at the address of loads only.
        const uint32_t base = operand(cpu, op & 0xF);
        const uint32_t mask = (op & 0x80) ? op2 >> 4 & 1 : 3;
        if ((base & mask) && condition(cpu)) {
            trap(cpu, SIM_CPU_UNALIGNED, base);
            return true;
        }
        cpu->exclusive = false;
    }
    return false;
}

// Properties of the instruction that are not in the table. Returns true if the
// run ends and the instruction must not execute.
static bool special(struct sim_cpu *cpu, uint32_t op, uint32_t flags) {
    const uint32_t op2 = halfword(cpu, cpu->clock.pc + 2);
    if ((flags & SIM_OP_RARE) && rare(cpu, op, op2)) {
        return true;
    }
    if ((flags & (SIM_OP_MASK | SIM_OP_RARE)) && op >= 0xE800 &&
            special_register(cpu, op, op2) && !cpu->it_now) {
        cpu->exit.op = op << 16 | op2;
        trap(cpu, SIM_CPU_MSR, 0);
        return true;
    }
    if (flags & SIM_OP_MASK) {
        if (raises_mask(cpu, op, op2)) {
            cpu->clock.mask_pc = cpu->clock.pc;
        }
        if (cpu->irq_waiting) {
            cpu->clock.deadline = 0;
        }
    }
    if ((flags & SIM_OP_FP & cpu->watch) && condition(cpu)) {
        trap(cpu, SIM_CPU_NOCP, 0);
        return true;
    }
    if ((flags & SIM_OP_ALIGN) && (op < 0xEC00 || is_fpu(op2)) &&
            condition(cpu)) {
        const uint32_t base =
                operand(cpu, op < 0xE800 ? op >> 8 & 7 : op & 0xF);
        if (base & 3) {
            trap(cpu, SIM_CPU_UNALIGNED, base);
            return true;
        }
    }
    if ((flags & SIM_OP_DIVIDE & cpu->watch) && condition(cpu) &&
            operand(cpu, op2 & 0xF) == 0) {
        trap(cpu, SIM_CPU_DIVIDE, 0);
        return true;
    }
    // BF00 is NOP; F3AF 80xx are the wide hints.
    if ((flags & SIM_OP_HINT) && !cpu->it_now && op != 0xBF00 &&
            (op != 0xF3AF || (op2 & 0xFFF8) == 0x8000) &&
            !(op == 0xF3AF && op2 == 0x8000)) {
        cpu->exit.op = op << 16 | op2;
        trap(cpu, SIM_CPU_HINT, 0);
        return true;
    }
    return false;
}

static void advance_it(struct sim_cpu *cpu) {
    cpu->it_now = cpu->it;
    if (cpu->it) {
        cpu->it = (cpu->it & 7)
                ? (uint8_t)((cpu->it & 0xE0) | (cpu->it << 1 & 0x1F))
                : 0;
    }
}

static inline void fetch_cost(struct sim_cpu *cpu, uint32_t pc, uint32_t size) {
    const uint32_t first = pc >> 2, last = (pc + size - 1) >> 2;
    if (cpu->burst_word == NO_BURST) {
        cpu->clock.cost +=
                cpu->first_cycles + (uint64_t)(last - first) * cpu->next_cycles;
    } else {
        cpu->clock.cost +=
                (uint64_t)(last - cpu->burst_word) * cpu->next_cycles;
    }
    cpu->burst_word = last;
    cpu->read_end = NO_BURST;
    cpu->window_read = true;
}

// Bytes that follow those of the last read come with their burst; anything else
// begins one, as does the fetch behind it.
static void read_cost(struct sim_cpu *cpu, uint32_t addr, uint32_t size) {
    const uint32_t last = (addr + size - 1) >> 2;
    if (addr == cpu->read_end) {
        cpu->clock.cost +=
                (uint64_t)(last - ((addr - 1) >> 2)) * cpu->next_cycles;
    } else {
        cpu->clock.cost += cpu->first_cycles +
                (uint64_t)(last - (addr >> 2)) * cpu->next_cycles;
    }
    cpu->read_end = addr + size;
    cpu->burst_word = NO_BURST;
    cpu->window_read = true;
}

static inline void look_at_hole(struct sim_cpu *cpu, uint32_t addr,
        bool fetch) {
    if (addr - cpu->hole_addr < cpu->hole_len) {
        cpu->bus.hole(cpu->bus.ctx, addr, fetch);
    }
}

// The instruction at clock.next_pc begins.
static void begin(struct sim_cpu *cpu, uint32_t pc, uint32_t size) {
    struct sim_cpu_clock *clock = &cpu->clock;
    clock->next_pc = pc + size;
    clock->instructions++;
    clock->hash = (clock->hash ^ pc) * FNV_PRIME;
}

// Unicorn jumps over instructions whose IT condition fails, without a call of
// the hook: those between next_pc and pc.
void sim_cpu_step_over_(struct sim_cpu *cpu, uint32_t pc) {
    struct sim_cpu_clock *clock = &cpu->clock;
    while (cpu->it && clock->next_pc != pc &&
            pc - clock->next_pc <= IT_BLOCK_BYTES) {
        const uint32_t at = clock->next_pc;
        const uint32_t size = halfword(cpu, at) >= 0xE800 ? 4 : 2;
        advance_it(cpu);
        begin(cpu, at, size);
        clock->cost = 1;
        if (cpu->code_window) {
            fetch_cost(cpu, at, size);
        }
        clock->cycles += clock->cost;
        clock->cost = 0;
    }
}

// The window and its alias begin at a multiple of 256 MB.
static bool behind_limit(const struct sim_cpu *cpu, uint32_t addr,
        uint32_t size) {
    return cpu->limit && (addr & 0x0FFFFFFF) + size > cpu->limit;
}

void sim_cpu_on_code_(uc_engine *uc, uint64_t address, uint32_t size,
        void *user) {
    struct sim_cpu *cpu = user;
    struct sim_cpu_clock *clock = &cpu->clock;
    const uint32_t pc = (uint32_t)address;

    clock->cycles += clock->cost;
    clock->cost = 0;
    if (cpu->it && !cpu->internal) {
        sim_cpu_step_over_(cpu, pc);
    }
    if (pc != clock->next_pc) {
        clock->cycles += SIM_BRANCH_CYCLES;
        clock->next_pc = pc; // a stop here must not charge it again
        cpu->burst_word = NO_BURST;
    }
    if ((clock->cycles >= clock->deadline ||
                clock->instructions >= clock->limit) &&
            !cpu->it) {
        uc_emu_stop(uc);
        return;
    }
    if (cpu->internal) {
        return;
    }
    advance_it(cpu);
    clock->pc = pc;
    if (pc - cpu->code_base >= cpu->code_size && !find_code(cpu, pc)) {
        trap(cpu, SIM_CPU_FETCH, pc);
        return;
    }
    if (cpu->code_window && behind_limit(cpu, pc, size)) {
        trap(cpu, SIM_CPU_FETCH, pc);
        return;
    }
    begin(cpu, pc, size);
    uint16_t op;
    memcpy(&op, cpu->code + (pc - cpu->code_base), 2);
    const uint32_t entry = cpu->table[op];
    clock->cost = entry & 0xFF;
    if (cpu->code_window) {
        fetch_cost(cpu, pc, size);
        look_at_hole(cpu, pc, true);
    }
    if (entry & cpu->watch) {
        if (entry & SIM_OP_IT) {
            cpu->it = (uint8_t)op;
        } else {
            special(cpu, op, entry);
        }
    }
}

// A load from the window, in any region's code. It ends like an access to the
// bus that fails: Unicorn finishes the load, and the registers are put back.
void sim_cpu_on_window_read_(uc_engine *uc, uc_mem_type type, uint64_t address,
        int size, int64_t value, void *user) {
    (void)uc;
    (void)type;
    (void)value;
    struct sim_cpu *cpu = user;
    if (cpu->open && !behind_limit(cpu, (uint32_t)address, (uint32_t)size)) {
        read_cost(cpu, (uint32_t)address, (uint32_t)size);
        look_at_hole(cpu, (uint32_t)address, false);
    } else {
        sim_cpu_bus_error(cpu, (uint32_t)address, false);
    }
}

// The FPU is on, or the hook had stopped: no other coprocessor exists.
static enum sim_cpu_stop undefined(const struct sim_cpu *cpu) {
    const uint32_t op = halfword(cpu, cpu->clock.pc);
    const bool coprocessor = (op & 0xEC00) == 0xEC00 && (op & 0xEF00) != 0xEF00;
    return coprocessor && !is_fpu(halfword(cpu, cpu->clock.pc + 2))
            ? SIM_CPU_NOCP
            : SIM_CPU_UNDEFINED;
}

void sim_cpu_on_interrupt_(uc_engine *uc, uint32_t number, void *user) {
    struct sim_cpu *cpu = user;
    switch (number) {
    case INTR_SVC:
        end_with(cpu, SIM_CPU_SVC, 0);
        break;
    case INTR_BKPT:
        end_with(cpu, SIM_CPU_BKPT, 0);
        break;
    case INTR_RETURN:
        end_with(cpu, SIM_CPU_RETURN,
                sim_cpu_reg_(cpu, UC_ARM_REG_PC) |
                        (sim_cpu_reg_(cpu, UC_ARM_REG_XPSR) & XPSR_T ? 1 : 0));
        break;
    case INTR_FETCH:
        end_with(cpu, SIM_CPU_FETCH, sim_cpu_reg_(cpu, UC_ARM_REG_PC));
        cpu->fetch_fault = true;
        break;
    case INTR_UNALIGNED:
        end_with(cpu, SIM_CPU_UNALIGNED, 0);
        break;
    default:
        end_with(cpu, undefined(cpu), 0);
        break;
    }
    uc_emu_stop(uc);
}

bool sim_cpu_on_invalid_(uc_engine *uc, void *user) {
    (void)uc;
    struct sim_cpu *cpu = user;
    if (!(sim_cpu_reg_(cpu, UC_ARM_REG_XPSR) & XPSR_T)) {
        end_with(cpu, SIM_CPU_STATE, 0);
        return false;
    }
    const uint32_t op = halfword(cpu, cpu->clock.pc);
    if (op < 0xE800 && (cpu->table[op] & SIM_OP_HINT)) {
        cpu->skipped = true; // WFE in an IT block: may end at once
    } else {
        end_with(cpu, undefined(cpu), 0);
    }
    return false;
}

bool sim_cpu_on_invalid_memory_(uc_engine *uc, uc_mem_type type,
        uint64_t address, int size, int64_t value, void *user) {
    (void)uc;
    (void)size;
    (void)value;
    struct sim_cpu *cpu = user;
    enum sim_cpu_stop why = SIM_CPU_READ;
    if (type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT) {
        why = SIM_CPU_FETCH;
        cpu->fetch_fault = true;
    } else if (type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT) {
        why = SIM_CPU_WRITE;
    }
    end_with(cpu, why, (uint32_t)address);
    return false;
}
