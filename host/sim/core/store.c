/*
 * store - stores of the CPU to flash memory
 *
 * SPDX-License-Identifier: MIT
 *
 * The CPU below has this memory read-only and stops before the instruction.
 * Executed here, word by word, by the device that programs the flash.
 */
#include "sim/core/sim_core.h"
#include "thumb/thumb.h"

void sim_set_store(struct sim *sim, const struct sim_store *store) {
    sim->store = *store;
}

static uint32_t reg(const struct sim_cpu_state *state, unsigned number) {
    const bool psp = !(state->xpsr & 0x1FF) && (state->control & CONTROL_SPSEL);
    return number < 13     ? state->r[number]
            : number == 13 ? psp ? state->psp : state->msp
            : number == 14 ? state->lr
                           : state->pc + 4;
}

static bool put(struct sim *sim, uint32_t addr, uint32_t value, unsigned size) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    if (!memory || memory->kind != SIM_MEM_FLASH) {
        return false;
    }
    return sim->store.store(sim->store.ctx, sim_without_alias_(sim, addr),
            value, size);
}

static bool store_one(struct sim *sim, const struct sim_cpu_state *state,
        const struct thumb_insn *insn, uint32_t addr) {
    const uint32_t value = reg(state, insn->rd);
    if (insn->access_bytes == 8) { // STRD
        return put(sim, addr, value, 4) &&
                put(sim, addr + 4, reg(state, insn->rd2), 4);
    }
    const uint32_t mask = insn->access_bytes == 4
            ? UINT32_MAX
            : (1u << 8 * insn->access_bytes) - 1;
    return put(sim, addr, value & mask, insn->access_bytes);
}

static bool store_list(struct sim *sim, const struct sim_cpu_state *state,
        const struct thumb_insn *insn, uint32_t addr) {
    addr -= insn->decrement ? insn->access_bytes : 0;
    for (unsigned i = 0; i < 16; i++) {
        if (insn->list >> i & 1) {
            if (!put(sim, addr, reg(state, i), 4)) {
                return false;
            }
            addr += 4;
        }
    }
    return true;
}

// Armv7-M ARM: ITAdvance().
static uint32_t advance_it(uint32_t xpsr) {
    const uint32_t it = (xpsr >> 25 & 3) | (xpsr >> 8 & 0xFC);
    const uint32_t next = it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
    return (xpsr & ~0x0600FC00u) | (next & 3) << 25 | (next & 0xFC) << 8;
}

static bool decode(struct sim *sim, uint32_t pc, struct thumb_insn *insn) {
    const struct memory *code = sim_memory_at_(sim, pc);
    return code &&
            thumb_decode(insn, pc, code->host + (pc - code->base),
                    code->size - (pc - code->base)) &&
            !insn->floating && insn->rn <= 12 &&
            (insn->op == THUMB_STORE || insn->op == THUMB_STORE_MULTIPLE);
}

// Only the base register has changed since.
bool sim_store_late_(struct sim *sim, uint32_t addr, uint32_t pc) {
    struct sim_cpu_state state;
    struct thumb_insn insn;
    if (pc == sim->rest_pc && addr == sim->rest_addr && addr < sim->rest_end) {
        sim->rest_addr += 4;
        return true;
    }
    sim_cpu_get_state(sim->cpu, &state);
    if (!decode(sim, pc, &insn)) {
        return false;
    }
    insn.decrement = false; // addr is the lowest one already
    sim->rest_pc = pc;
    sim->rest_addr = addr + 4;
    sim->rest_end = addr + insn.access_bytes;
    return insn.op == THUMB_STORE ? store_one(sim, &state, &insn, addr)
                                  : store_list(sim, &state, &insn, addr);
}

bool sim_store_to_flash_(struct sim *sim) {
    struct sim_cpu_state state;
    struct thumb_insn insn;
    sim_cpu_get_state(sim->cpu, &state);
    if (!decode(sim, state.pc, &insn)) {
        return false;
    }
    const bool many = insn.op == THUMB_STORE_MULTIPLE;
    const uint32_t base = state.r[insn.rn];
    const uint32_t step = many || insn.immediate
            ? (many ? insn.access_bytes : insn.imm)
            : reg(&state, insn.rm) << insn.amount;
    const bool down = many ? insn.decrement : insn.subtract;
    const uint32_t moved = down ? base - step : base + step;
    const bool good = many
            ? store_list(sim, &state, &insn, base)
            : store_one(sim, &state, &insn, insn.indexed ? moved : base);
    if (!good) {
        return false;
    }
    if (insn.writeback) {
        state.r[insn.rn] = moved;
    }
    state.pc += insn.size_bytes;
    state.xpsr = advance_it(state.xpsr);
    sim_cpu_set_state(sim->cpu, &state);
    return true;
}
