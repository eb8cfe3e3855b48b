/*
 * flow_memory - loads and stores: stack slots, pools, objects
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/flow_priv.h"

struct value flow_address_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, struct value *after) {
    if (insn->rn == PC) {
        *after = value_top();
        if (insn->immediate) {
            return value_const(insn->target);
        }
    }
    const struct value base = flow_get_(state, insn, insn->rn);
    struct value offset = flow_operand2_(flow, state, insn);
    *after = insn->subtract ? flow_subtract_(flow, insn, &base, &offset)
                            : value_add(&flow->model->world, &base, &offset);
    flow_follow_(flow, insn, &base, &offset, after);
    flow->result->above_made |= base.kind == VALUE_STACK && base.count &&
            (int32_t)base.v[0] >= 0 && !after->count;
    return insn->indexed ? *after : base;
}

void flow_emit_assumption_(struct flow_ *flow, const struct thumb_insn *insn,
        uint32_t addr) {
    if (flow->emit && flow->events->assumption &&
            !model_constant(flow->model, addr)) {
        flow->events->assumption(flow->events->ctx, insn, addr);
    }
}

// Joins the words at a set of known addresses.
static struct value load_const(struct flow_ *flow,
        const struct thumb_insn *insn, const struct value *addr) {
    const struct value_world *world = &flow->model->world;
    uint32_t values[VALUE_CONSTS];
    struct value sum = {.kind = VALUE_NONE};
    for (unsigned i = 0; i < addr->count; i++) {
        uint32_t word;
        unsigned count;
        struct value one;
        if (addr->v[i] == FLOW_VTOR_ADDR ||
                (addr->v[i] == FLOW_VTOR_ADDR + MODEL_SCS_NON_SECURE &&
                        flow->model->keep_word == FLOW_VTOR_ADDR)) {
            one = (struct value){
                    .kind = VALUE_INITIAL, .v = {0, FLOW_VTOR_ADDR}};
        } else if (!model_word(flow->model, addr->v[i], &word)) {
            one = model_device(flow->model, addr->v[i]) ? value_delivered()
                                                        : value_top();
        } else if ((insn->rn == PC && flow_inside_(flow, addr->v[i] & ~3u)) ||
                model_constant(flow->model, addr->v[i])) {
            one = value_const(word);
        } else if ((count = model_values(flow->model, addr->v[i], values))) {
            one = (struct value){.kind = VALUE_NONE};
            for (unsigned k = 0; k < count; k++) {
                const struct value next = value_const(values[k]);
                one = value_join(world, &one, &next);
            }
            flow_emit_assumption_(flow, insn, addr->v[i]);
        } else {
            one = (struct value){
                    .kind = VALUE_INITIAL, .v = {word, addr->v[i]}};
        }
        sum = value_join(world, &sum, &one);
    }
    return sum;
}

// The word at addr is among the bytes at the place in the stack.
static bool overlaps(const struct value *place, uint32_t bytes, int32_t addr) {
    const int32_t first = (int32_t)place->v[0];
    return !place->count || (addr < first + (int32_t)bytes && addr + 4 > first);
}

// A word that may hold what is read.
static void remember_word(struct value *read, const struct value *place,
        const struct value *word, int32_t at) {
    const int32_t first = (int32_t)place->v[0];
    if (place->count ||
            (value_is_range(place) && at + 4 > first &&
                    at < first + (int32_t)place->v[2] + 4)) {
        value_remember(read, word);
    }
}

// What is behind arguments.
static struct value behind(const struct value *addr) {
    const bool deep = addr->v[0] >= VALUE_BEHIND(0);
    struct value result = {
            .kind = VALUE_PARAM, .v = {0, deep ? 1 | VALUE_DEEP : 1}};
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        if (addr->v[0] & (VALUE_ARGUMENT(k) | VALUE_BEHIND(k))) {
            result.v[0] |= VALUE_BEHIND(k);
        }
    }
    return result;
}

// What is read of the frame is no whole word of it that is tracked: an address
// in it can be made again from its bytes, which remember it. An index may go
// anywhere, but stays in its object (A4): it reads none.
static struct value lose_frame(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr,
        uint32_t bytes) {
    const struct value anywhere = value_some_stack(false);
    struct value read = value_top();
    const bool index = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    if (index) {
        value_remember(&read, addr);
    } else if (addr->kind == VALUE_PARAM) {
        const struct value word = behind(addr);
        value_remember(&read, &word);
    }
    if (index || !value_tells_stack(addr)) {
        return read;
    }
    addr = addr->of_stack ? &anywhere : addr;
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (overlaps(addr, bytes, -4 * (int32_t)(i + 1))) {
            flow_lose_(flow, insn, &state->slot[i]);
            flow_escape_(state, &state->slot[i]);
            remember_word(&read, addr, &state->slot[i], -4 * (int32_t)(i + 1));
        }
    }
    for (unsigned i = 0; state->inlined && i < FLOW_ABOVE; i++) {
        if (overlaps(addr, bytes, 4 * (int32_t)i)) {
            flow_escape_(state, &state->above[i]);
            remember_word(&read, addr, &state->above[i], 4 * (int32_t)i);
        }
    }
    return read;
}

// The word of the frame that holds byte i of the place.
static struct value *word_with(struct flow_state_ *state,
        const struct value *place, uint32_t i) {
    const struct value word = value_stack((int32_t)((place->v[0] + i) & ~3u));
    return place->kind == VALUE_STACK && place->count ? flow_slot_(state, &word)
                                                      : NULL;
}

// False: not all of the bytes there are known.
static bool gather(struct flow_state_ *state, const struct value *place,
        uint32_t bytes, uint32_t *number) {
    *number = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        const struct value *word = word_with(state, place, i);
        uint8_t byte;
        if (!word || !value_byte(word, (place->v[0] + i) & 3, &byte)) {
            return false;
        }
        *number |= (uint32_t)byte << 8 * i;
    }
    return true;
}

static struct value load_narrow(struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr,
        uint32_t bytes) {
    uint32_t number;
    if (bytes <= 4 && gather(state, addr, bytes, &number)) {
        const uint32_t sign = 1u << (8 * bytes - 1);
        return value_const(insn->sign_extended ? (number ^ sign) - sign
                                               : number);
    }
    if (insn->sign_extended || bytes > 2) {
        return value_top();
    }
    return value_bounded(0, bytes == 1 ? 0xFF : 0xFFFF, 0);
}

#define RANGE_MAX 64u // bytes

// Only whole words are in the range. Not NULL: the one at byte `at`.
static bool has_words(const struct value *range) {
    return range->v[2] <= RANGE_MAX && range->v[3] >= 2 && !(range->v[0] & 3);
}
static struct value *word_in(struct flow_state_ *state,
        const struct value *range, uint32_t at) {
    const struct value place = value_stack((int32_t)(range->v[0] + at));
    return flow_slot_(state, &place);
}

// One of the words of the frame.
static struct value load_range(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr) {
    struct value sum = {.kind = VALUE_NONE};
    bool all = has_words(addr);
    for (uint32_t at = 0; all && at <= addr->v[2]; at += 4) {
        const struct value *word = word_in(state, addr, at);
        all = word && word->kind != VALUE_BYTES;
        if (all) {
            sum = value_join(&flow->model->world, &sum, word);
        }
    }
    if (all && sum.kind != VALUE_TOP && sum.kind != VALUE_STACK) {
        return sum;
    }
    // An address in the frame may be among them.
    const struct value read = lose_frame(flow, state, insn, addr, 4);
    return all ? sum : read;
}

static bool all_devices(const struct flow_ *flow, const struct value *addr) {
    bool all = true;
    for (unsigned i = 0; i < addr->count; i++) {
        all &= model_device(flow->model, addr->v[i]);
    }
    return all;
}

// The register that is followed (model.keep_word), or a part of it, may be
// read: by an index into its block, from before it.
static bool maybe_kept(const struct flow_ *flow, const struct value *addr,
        uint32_t bytes) {
    const uint32_t kept = flow->model->keep_word;
    bool found = false;
    for (unsigned i = 0; kept && addr->kind == VALUE_INSIDE && i < addr->count;
            i++) {
        const uint32_t at = addr->v[i] & ~MODEL_SCS_NON_SECURE;
        found |= at <= kept && (at >> 8 == kept >> 8 || at == MODEL_SCS_ADDR);
    }
    for (unsigned i = 0; kept && addr->kind == VALUE_CONST && i < addr->count;
            i++) {
        const uint32_t at = addr->v[i] & ~MODEL_SCS_NON_SECURE;
        found |= at < kept + 4 && at + bytes > kept;
    }
    return found;
}

// What is made of it.
static struct value of_kept(const struct flow_ *flow) {
    return (struct value){
            .kind = VALUE_TOP, .count = 1, .v = {flow->model->keep_word}};
}

static struct value load(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr,
        uint32_t bytes) {
    if (bytes != 4) {
        const struct value read = lose_frame(flow, state, insn, addr, bytes);
        struct value number = load_narrow(state, insn, addr, bytes);
        if (number.kind != VALUE_CONST) {
            value_remember(&number, &read);
        }
        return maybe_kept(flow, addr, bytes) ? of_kept(flow) : number;
    }
    if (value_is_range(addr)) {
        return load_range(flow, state, insn, addr);
    }
    if (addr->kind == VALUE_STACK) {
        uint32_t word;
        struct value read = value_top();
        if (!flow_slot_(state, addr)) {
            read = lose_frame(flow, state, insn, addr, bytes);
            if (gather(state, addr, bytes, &word)) {
                return value_const(word);
            }
        }
        struct value word_there = flow_frame_word_(flow, state, addr);
        value_remember(&word_there, &read);
        return value_variable(&word_there);
    }
    switch (addr->kind) {
    case VALUE_CONST:
        return load_const(flow, insn, addr);
    case VALUE_INSIDE: {
        struct value word = *addr;
        if (maybe_kept(flow, addr, bytes)) {
            return of_kept(flow);
        }
        word.kind = VALUE_WORD_OF;
        return all_devices(flow, addr) ? value_delivered() : word;
    }
    case VALUE_INITIAL: {
        uint32_t word;
        if (addr->v[0] && model_word(flow->model, addr->v[0], &word)) {
            // The inner object is the one that must not change either.
            return (struct value){
                    .kind = VALUE_INITIAL, .v = {word, addr->v[0]}};
        }
        return value_top();
    }
    case VALUE_PARAM:
        return behind(addr);
    default:
        return lose_frame(flow, state, insn, addr, bytes);
    }
}

void flow_overwrite_(struct flow_ *flow, struct flow_state_ *state,
        const struct value *addr, uint32_t bytes) {
    if (!addr->count) {
        flow_forget_frame_(flow, state);
        return;
    }
    const int32_t first = (int32_t)addr->v[0];
    const int32_t end = first + (int32_t)bytes;
    state->arguments_changed |= end > 0;
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        const int32_t at = -4 * (int32_t)(i + 1);
        if (at < end && at + 4 > first) {
            flow_escape_(state, &state->slot[i]);
            state->slot[i] =
                    value_lost(&flow->model->world, &state->slot[i], NULL);
        }
    }
    flow->far |= state->inlined && end > (int32_t)(4 * FLOW_ABOVE);
    for (unsigned i = 0; state->inlined && i < FLOW_ABOVE; i++) {
        const int32_t at = 4 * (int32_t)i;
        if (at < end && at + 4 > first) {
            flow_escape_(state, &state->above[i]);
            state->above[i] =
                    value_lost(&flow->model->world, &state->above[i], NULL);
        }
    }
}

// Bytes, or a word that is not aligned, into words that are followed.
static bool scatter(struct flow_ *flow, struct flow_state_ *state,
        const struct value *addr, uint32_t bytes, const struct value *data) {
    for (uint32_t i = 0; i < bytes; i++) {
        const struct value *word = word_with(state, addr, i);
        if (!word || value_is_return(word)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < bytes; i++) {
        struct value *word = word_with(state, addr, i);
        uint8_t byte;
        const bool known = value_is_const(data) && value_byte(data, i, &byte);
        flow_escape_(state, word); // an address in the frame is cut there
        *word = value_with_byte(&flow->model->world, word, (addr->v[0] + i) & 3,
                known ? &byte : NULL, data);
    }
    return true;
}

// The place in the stack is one that other code knows.
static bool known_place(const struct flow_state_ *state,
        const struct value *addr) {
    const bool above = addr->count && (int32_t)addr->v[0] >= 0;
    return !addr->count || (above ? state->above_escaped : state->escaped);
}

static bool stores_into_stack(const struct flow_ *flow,
        const struct value *addr) {
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    for (unsigned i = 0; known && i < addr->count; i++) {
        if (model_in_stack(flow->model, addr->v[i])) {
            return true;
        }
    }
    return false;
}

// One of the words of the frame has another value. False: they are not known.
static bool store_range(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr,
        const struct value *data) {
    for (uint32_t at = 0; at <= addr->v[2]; at += 4) {
        if (!has_words(addr) || !word_in(state, addr, at)) {
            return false;
        }
    }
    flow_lose_(flow, insn, data);
    flow_escape_(state, data);
    for (uint32_t at = 0; at <= addr->v[2]; at += 4) {
        struct value *word = word_in(state, addr, at);
        flow_escape_(state, word);
        *word = value_join(&flow->model->world, word, data);
        state->arguments_changed |= (int32_t)(addr->v[0] + at) >= 0;
    }
    return true;
}

// What is stored there is what a device may change.
static bool is_given(const struct flow_state_ *state,
        const struct value *addr) {
    const bool above = addr->count && (int32_t)addr->v[0] >= 0;
    return addr->kind == VALUE_STACK &&
            (above                         ? state->above_given
                            : !addr->count ? state->given || state->above_given
                                           : state->given);
}

static void put(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    if (is_given(state, addr)) {
        if (data) {
            flow_lose_(flow, insn, data);
            flow_give_(flow, state, data);
        }
        flow_overwrite_(flow, state, addr, bytes);
        return;
    }
    if (value_is_range(addr) && bytes == 4 && data &&
            store_range(flow, state, insn, addr, data)) {
        return;
    }
    if (addr->kind == VALUE_STACK) {
        struct value *slot = flow_slot_(state, addr);
        if (slot && bytes == 4 && data) {
            *slot = *data;
            if (state->inlined && known_place(state, addr)) {
                flow_escape_(state, data);
            }
            return;
        }
        if (data) {
            flow_lose_(flow, insn, data);
            flow_escape_(state, data);
        }
        // For what is followed through memory, a part of an address is lost.
        if (!data || bytes > 4 || flow->model->kept ||
                !scatter(flow, state, addr, bytes, data)) {
            flow_overwrite_(flow, state, addr, bytes);
        }
        return;
    }
    if (data) {
        flow_give_(flow, state, data);
    }
    if (stores_into_stack(flow, addr)) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                "stores into the memory that a vector table gives the stack, "
                "and maybe into a frame");
        flow_forget_frame_(flow, state);
    }
    // Exact addresses and objects of the image are not in the frame.
    if ((flow_known_(state) || addr->of_stack) && addr->kind != VALUE_CONST &&
            addr->kind != VALUE_INSIDE) {
        flow_forget_frame_(flow, state);
    }
}

static void store(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    flow_emit_access_(flow, insn, FLOW_STORE, addr, bytes, data);
    put(flow, state, insn, addr, bytes, data);
}

// From and to floating-point registers, word by word where they are followed.
static void store_float(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr) {
    const struct value four = value_const(4);
    struct value at = *addr;
    unsigned first, count;
    if (!flow_float_block_(state, insn, &first, &count)) {
        store(flow, state, insn, addr, insn->access_bytes, NULL);
        flow_give_unseen_(flow, state, insn, &state->floats);
        return;
    }
    flow_emit_access_(flow, insn, FLOW_STORE, addr, insn->access_bytes, NULL);
    for (unsigned i = 0; i < count; i++) {
        put(flow, state, insn, &at, 4, &state->single[first + i]);
        at = value_add(&flow->model->world, &at, &four);
    }
}

static void load_float(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr) {
    const struct value four = value_const(4);
    struct value at = *addr;
    unsigned first, count;
    const struct value read =
            lose_frame(flow, state, insn, addr, insn->access_bytes);
    value_remember(&state->floats, &read);
    if (!flow_float_block_(state, insn, &first, &count)) {
        flow_float_forget_(state, FLOW_SINGLES);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        state->single[first + i] = load(flow, state, insn, &at, 4);
        at = value_add(&flow->model->world, &at, &four);
    }
}

static enum flow_end_ jump_loaded(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *addr, const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return flow_leave_(flow, state, insn);
    }
    if (insn->rn == SP && target->kind != VALUE_CONST) {
        return flow_return_unknown_(flow, state, insn,
                "returns to an address that it pops, and that is not the one "
                "it was called with");
    }
    uint32_t start, end;
    if (addr->kind == VALUE_INSIDE && addr->count == 1 &&
            model_settled(flow->model, addr->v[0]) &&
            !model_set(flow->model, addr->v[0], &start, &end) &&
            flow_table_words_(flow, state, insn, addr->v[0], 0)) {
        flow_emit_assumption_(flow, insn, addr->v[0]);
        return FLOW_STOP;
    }
    if (insn->rn == PC && target->kind == VALUE_CONST) {
        const struct value at = *target;
        if (flow_all_inside_(flow, &at)) {
            return flow_jump_(flow, state, insn, &at);
        }
        flow_tail_(flow, state, insn, &at, true);
        return FLOW_STOP;
    }
    return flow_jump_(flow, state, insn, target);
}

enum flow_end_ flow_load_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    const struct value addr = flow_address_(flow, state, insn, &after);
    const bool pair = insn->rd2 < 16 && insn->access_bytes == 8;
    const uint32_t bytes = pair ? 4 : insn->access_bytes;
    flow_emit_access_(flow, insn, insn->rn == PC ? FLOW_LITERAL : FLOW_LOAD,
            &addr, insn->access_bytes, NULL);
    if (insn->floating) {
        load_float(flow, state, insn, &addr);
        if (insn->writeback) {
            flow_set_(flow, state, insn->rn, after);
        }
        return FLOW_FALL;
    }
    const struct value first = load(flow, state, insn, &addr, bytes);
    const struct value four = value_const(4);
    const struct value next = value_add(&flow->model->world, &addr, &four);
    const struct value second =
            pair ? load(flow, state, insn, &next, 4) : value_top();
    if (addr.kind == VALUE_CONST) {
        flow_emit_new_address_(flow, insn, &addr, NULL, &first);
        flow_emit_new_address_(flow, insn, &addr, NULL, &second);
    }
    if (insn->writeback) {
        flow_set_(flow, state, insn->rn, after);
    }
    if (insn->rd == PC) {
        return jump_loaded(flow, state, insn, &addr, &first);
    }
    flow_set_(flow, state, insn->rd, first);
    if (pair) {
        flow_set_(flow, state, insn->rd2, second);
    }
    return FLOW_FALL;
}

// A function saves registers before it uses its frame. `below`: those that are
// kept and lie below.
static void saves(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r, unsigned below,
        struct value *data) {
    if (r == LR && insn->rn == SP && insn->writeback &&
            data->kind == VALUE_RETURN && !state->escaped) {
        data->v[1] = 1 + below;
    }
}

enum flow_end_ flow_store_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    const struct value addr = flow_address_(flow, state, insn, &after);
    const bool pair = insn->rd2 < 16 && insn->access_bytes == 8;
    struct value first = flow_get_(state, insn, insn->rd);
    const bool exclusive = !pair && insn->rd2 < 16;
    struct flow_state_ before = {0};
    if (exclusive) { // it may store nothing (Armv7-M ARM A7.7.167)
        before = *state;
    }
    if (insn->subtract && insn->indexed) {
        saves(state, insn, insn->rd, 0, &first);
    }
    if (insn->floating) {
        store_float(flow, state, insn, &addr);
    } else {
        store(flow, state, insn, &addr, pair ? 4 : insn->access_bytes, &first);
    }
    if (pair) {
        const struct value four = value_const(4);
        const struct value next = value_add(&flow->model->world, &addr, &four);
        struct value second = flow_get_(state, insn, insn->rd2);
        if (insn->subtract && insn->indexed) {
            saves(state, insn, insn->rd2, KEPT >> insn->rd & 1, &second);
        }
        store(flow, state, insn, &next, 4, &second);
    } else if (exclusive) {
        (void)flow_join_(flow, state, &before);
        flow_set_(flow, state, insn->rd2, value_top()); // the status
    }
    if (insn->writeback) {
        flow_set_(flow, state, insn->rn, after);
    }
    return FLOW_FALL;
}

// Lowest address of a block transfer, and the base register after it.
static struct value block_of(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        struct value *after) {
    const struct value base = flow_get_(state, insn, insn->rn);
    const struct value bytes = value_const(insn->access_bytes);
    const struct value minus = value_const(0u - insn->access_bytes);
    *after = value_add(&flow->model->world, &base,
            insn->decrement ? &minus : &bytes);
    return insn->decrement ? *after : base;
}

enum flow_end_ flow_load_block_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    struct value addr = block_of(flow, state, insn, &after);
    flow_emit_access_(flow, insn, insn->rn == PC ? FLOW_LITERAL : FLOW_LOAD,
            &addr, insn->access_bytes, NULL);
    if (insn->floating) {
        load_float(flow, state, insn, &addr);
    }
    const struct value four = value_const(4);
    const struct value start = addr;
    struct value loaded[16];
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            loaded[r] = load(flow, state, insn, &addr, 4);
            if (addr.kind == VALUE_CONST) {
                flow_emit_new_address_(flow, insn, &addr, NULL, &loaded[r]);
            }
            addr = value_add(&flow->model->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        flow_set_(flow, state, insn->rn, after);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (insn->list >> r & 1) {
            flow_set_(flow, state, r, loaded[r]);
        }
    }
    return insn->list >> PC
            ? jump_loaded(flow, state, insn, &start, &loaded[PC])
            : FLOW_FALL;
}

enum flow_end_ flow_store_block_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    struct value addr = block_of(flow, state, insn, &after);
    const struct value four = value_const(4);
    const unsigned kept = (unsigned)__builtin_popcount(insn->list & KEPT);
    if (insn->floating) {
        store_float(flow, state, insn, &addr);
    }
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            struct value data = flow_get_(state, insn, r);
            if (insn->decrement) {
                saves(state, insn, r, kept, &data);
            }
            store(flow, state, insn, &addr, 4, &data);
            addr = value_add(&flow->model->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        flow_set_(flow, state, insn->rn, after);
    }
    return FLOW_FALL;
}
