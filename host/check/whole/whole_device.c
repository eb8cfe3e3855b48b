/*
 * whole_device - registers, and what devices get
 *
 * SPDX-License-Identifier: MIT
 *
 * An address that a device gets may be that of a buffer or of a descriptor, in
 * RAM or in flash: DMA may write to what it leads to (A6).
 */
#include "check/whole/whole_priv.h"

#define VTOR 0xE000ED08u
// Symbols before an address among which its object is looked for.
#define SYMBOLS_MAX 256u
// Below, a number is rather a count than an alias, or an address in flash
// without a name, unless a descriptor may be there.
#define SMALLEST_ADDR 0x10000u
// Of data without a name there that is looked at.
#define LOW_BYTES 4096u
// Values of a range that are looked at one by one.
#define VALUES_MAX 4096u

/// Where devices are ///

// Where no image has anything there may be memory or registers, unless the
// architecture or the board says which. Then what is stored there goes to a
// device, and what is loaded may be any number.

static bool is_board_ram(const struct whole *w, uint32_t addr) {
    const struct check_options *o = w->model->options;
    bool found = false;
    for (size_t i = 0; i < o->ram_count; i++) {
        found |= addr - o->memory[i].addr < o->memory[i].size_bytes;
    }
    return found;
}

bool whole_is_device_(const struct whole *w, uint32_t addr) {
    const uint32_t at = model_canonical(w->model, addr);
    return model_device(w->model, at) && !model_image(w->model, at) &&
            !whole_is_named_(w, at);
}

bool whole_never_executed_(const struct whole *w, uint32_t addr) {
    return model_arch_device(addr) && !model_image(w->model, addr) &&
            !whole_is_named_(w, addr);
}

// Between two parts of the images' own RAM, as a heap below the stack: RAM in
// one megabyte.
static bool is_own_ram(const struct whole *w, uint32_t addr) {
    bool below = false, above = false;
    const struct elf_section *s;
    for (size_t k = 0; k < w->model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(w->model->images[k], i));
                i++) {
            if (s->size_bytes && s->addr >> 20 == addr >> 20 &&
                    (s->write || s->zero || s->load_addr != s->addr)) {
                below |= s->addr <= addr;
                above |= s->addr > addr;
            }
        }
    }
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        const uint32_t last = w->stacks.stacks[i].top - 1;
        above |= last >> 20 == addr >> 20 && last >= addr;
    }
    return below && above;
}

// Peripherals, where a section without contents may be a block of registers.
// From 0xA0000000 on it may be memory as well, as SDRAM at 0xC0000000, which
// the options name.
static bool may_be_linked(const struct whole *w, uint32_t addr) {
    const struct elf_section *s = model_section(w->model, addr);
    return !model_image(w->model, addr) ||
            (s && s->zero && (addr < 0xA0000000u || !whole_is_named_(w, addr)));
}

// Where nobody says what is there, as the flash controller of the RP2040
// (RP2040 datasheet 2.2, 4.10). Where vectors are after a reset there is
// memory, and a small number that is no address leads there.
static bool is_elsewhere(const struct whole *w, uint32_t addr) {
    return addr >= SMALLEST_ADDR && !model_image(w->model, addr) &&
            !model_load_image(w->model, addr) && !is_own_ram(w, addr);
}

bool whole_may_be_device_(const struct whole *w, uint32_t addr) {
    const uint32_t at = model_canonical(w->model, addr);
    uint32_t bit;
    if (model_forbidden(w->model, addr) || is_board_ram(w, at)) {
        return false;
    }
    if (model_device(w->model, at)) {
        return may_be_linked(w, at);
    }
    return !model_bit_band(w->model, addr, &bit) && is_elsewhere(w, at);
}

/// What they get ///

static bool is_ram(const struct whole *w, uint32_t low, uint32_t high) {
    return w->world.is_ram(w->world.ctx, low, high);
}

static void give_to_device(struct whole *w, uint32_t addr);

// GNU as gives a local variable without contents no type.
static bool is_object(const struct elf_symbol *symbol) {
    return symbol->size_bytes && !symbol->code;
}

// Where what has no name ends: in flash before the next object.
static uint32_t end_of_nameless(const struct elf_image *image,
        const struct elf_section *section, uint32_t addr) {
    const struct elf_symbol *symbol;
    const uint32_t end = section->addr + section->size_bytes;
    size_t i = image ? elf_image_symbol_from(image, addr + 1) : 0;
    while (image && !section->write &&
            (symbol = elf_image_symbol_index(image, i++)) &&
            symbol->addr < end) {
        if (is_object(symbol)) {
            return symbol->addr;
        }
    }
    return end;
}

// Some word from there on, in data without a name, leads to RAM without code.
static bool may_be_descriptor(const struct whole *w, uint32_t addr) {
    const struct model *model = w->model;
    const struct elf_section *section = model_section(model, addr);
    const uint32_t end = section && !(addr & 3)
            ? end_of_nameless(model_image(model, addr), section, addr)
            : addr;
    bool leads = false;
    for (uint32_t at = addr; !leads && at < end && at - addr < LOW_BYTES;
            at += 4) {
        uint32_t v;
        if (whole_is_code_(model, at)) {
            break;
        }
        leads = model_word(model, at, &v) && v >= SMALLEST_ADDR &&
                is_ram(w, v, v) && !whole_is_code_(model, v);
    }
    return leads;
}

// Data of an image, which may be a descriptor: an object, or what no name is
// given to, as in assembly and for strings.
static bool is_data(const struct whole *w, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(w->model, addr);
    const struct elf_section *section = model_section(w->model, addr);
    return (symbol && symbol->object &&
                   addr - symbol->addr < symbol->size_bytes) ||
            (addr >= SMALLEST_ADDR && section &&
                    !whole_is_code_(w->model, addr)) ||
            (addr >= 4 && addr < SMALLEST_ADDR && may_be_descriptor(w, addr));
}

// The last object of some memory ends there.
static bool ends_object(const struct whole *w, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(w->model, addr - 1);
    return symbol && symbol->object &&
            symbol->addr + symbol->size_bytes == addr;
}

// The number may be the address of something that a device may use; `at` is
// where that is stored.
static bool leads_to(const struct whole *w, uint32_t v, uint32_t *at) {
    *at = v < SMALLEST_ADDR ? v : model_stored_at(w->model, v);
    return is_ram(w, *at, *at) || is_data(w, *at) ||
            (v >= SMALLEST_ADDR && ends_object(w, *at) &&
                    is_ram(w, *at - 1, *at - 1));
}

// No number of the range is an address, as of counts.
static bool has_no_address(const struct whole *w,
        const struct whole_value_ *range) {
    const struct elf_section *s;
    uint32_t low, high;
    bool meets = !whole_bounds_(range, &low, &high) || is_ram(w, low, high);
    const bool counts = whole_is_null_(w, low) && high < SMALLEST_ADDR;
    for (size_t k = 0; !counts && k < w->model->image_count; k++) {
        const struct elf_image *image = w->model->images[k];
        for (size_t i = 0; !meets && (s = elf_image_section(image, i)); i++) {
            meets = s->size_bytes && s->addr <= high &&
                    s->addr + (s->size_bytes - 1) >= low;
        }
    }
    return !meets;
}

// Numbers that are few enough to look at each.
static bool are_few(const struct whole_value_ *value) {
    return value->kind == WHOLE_SET ||
            (value->kind == WHOLE_RANGE &&
                    (value->high - value->low) >> value->step < VALUES_MAX);
}

static bool is_harmless(const struct whole *w,
        const struct whole_value_ *value) {
    return value->kind == WHOLE_NUMBER || value->kind == WHOLE_NONE ||
            (value->kind == WHOLE_RANGE && has_no_address(w, value));
}

bool whole_leads_(const struct whole *w, const struct whole_value_ *value) {
    uint32_t v, at;
    bool leads = !is_harmless(w, value) && !are_few(value);
    for (uint32_t i = 0;
            !leads && !is_harmless(w, value) && whole_each_(value, i, &v);
            i++) {
        leads = leads_to(w, v, &at);
    }
    return leads;
}

// As for who writes there: a pointer to a function is odd, and with 16 zero
// bits a number is rather a bit of a register.
static void see_code(struct whole *w, uint32_t v, uint32_t at) {
    const struct elf_section *section = model_section(w->model, at);
    if (!(v & 1) && v & 0xFFFFu && section && is_ram(w, at, at) &&
            whole_is_code_(w->model, at) && !w->gives_flash) {
        whole_see_(w, WHOLE_SEEN_GIVEN, at, w->pc);
    }
}

void whole_give_(struct whole *w, const struct whole_value_ *value) {
    uint32_t v, at;
    if (is_harmless(w, value)) {
        return;
    }
    if (!are_few(value)) {
        whole_stop_(w, "gives an address that is not known to a device");
        return;
    }
    for (uint32_t i = 0; whole_each_(value, i, &v) && !whole_stopped_(w); i++) {
        if (leads_to(w, v, &at)) {
            see_code(w, v, at);
            give_to_device(w, at);
        }
    }
}

// The words that lie across two words of a packed object.
static void give_unaligned(struct whole *w, const struct whole_value_ *first,
        const struct whole_value_ *second) {
    for (unsigned at = 1;
            at < 4 && first->kind == WHOLE_SET && second->kind == WHOLE_SET;
            at++) {
        const struct whole_value_ low =
                whole_part_(&w->world, first, at, 4 - at);
        const struct whole_value_ high = whole_part_(&w->world, second, 0, at);
        const struct whole_value_ v =
                whole_with_part_(&w->world, &low, 4 - at, at, &high);
        for (unsigned i = 0; i < v.count; i++) {
            uint32_t to;
            if (leads_to(w, v.v[i], &to)) {
                give_to_device(w, to);
            }
        }
    }
}

// Where RAM without a name begins that addr lies in, or that ends there.
static uint32_t begin_of_nameless(const struct model *model, uint32_t addr) {
    const struct elf_image *image = model_image(model, addr - 1);
    const struct elf_section *section = model_section(model, addr - 1);
    const struct elf_symbol *symbol;
    unsigned left = SYMBOLS_MAX;
    if (!image || !section ||
            (!section->write && section->load_addr == section->addr)) {
        return addr;
    }
    uint32_t from = section->addr;
    for (size_t i = elf_image_symbol_from(image, addr); i-- && left--;) {
        symbol = elf_image_symbol_index(image, i);
        const uint32_t end = symbol->addr + symbol->size_bytes;
        if (is_object(symbol) && end > from) {
            from = end < addr ? end : addr;
        }
    }
    return from;
}

// The largest object that addr lies in, and the one that ends there: some
// devices get the end of a buffer.
static void object_of(const struct model *model, uint32_t addr, uint32_t *from,
        uint32_t *end) {
    const struct elf_image *here = model_image(model, addr);
    const struct elf_image *image = here ? here : model_image(model, addr - 1);
    const struct elf_section *section = model_section(model, addr);
    const struct elf_symbol *symbol;
    unsigned left = SYMBOLS_MAX;
    *from = addr;
    *end = addr;
    for (size_t i = image ? elf_image_symbol_from(image, addr + 1) : 0;
            i-- && left--;) {
        symbol = elf_image_symbol_index(image, i);
        const uint32_t last = symbol->addr + symbol->size_bytes;
        if (is_object(symbol) && symbol->addr <= addr && last >= addr) {
            *from = symbol->addr < *from ? symbol->addr : *from;
            *end = last > *end ? last : *end;
        }
    }
    *from = *from == addr ? begin_of_nameless(model, addr) : *from;
    if (*end <= addr && whole_is_code_(model, addr)) {
        *end = *from;                     // which devices leave alone (A6)
    } else if (*end <= addr && section) { // no object
        *end = end_of_nameless(image, section, addr);
    }
}

static void give_cell(struct whole *w, struct whole_cell_ *cell) {
    cell->given = true;
    cell->put = cell->value;
    if (!cell->fixed) {
        whole_device_writes_(w, cell);
    }
}

bool whole_is_bare_(const struct whole *w, uint32_t addr) {
    bool bare = false;
    for (unsigned i = 0; i < w->bare_count; i++) {
        bare |= addr - w->bare[i].first <= w->bare[i].last - w->bare[i].first;
    }
    return bare;
}

// Where no image has anything, what the object is nobody says: it is all from
// the section before to the next one, or the memory.
static struct whole_span bare_at(const struct whole *w, uint32_t addr) {
    struct whole_span span = whole_named_(w, addr);
    const struct elf_section *s;
    for (size_t k = 0; k < w->model->image_count; k++) {
        const struct elf_image *image = w->model->images[k];
        for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
            const uint32_t end = s->addr + s->size_bytes;
            if (s->size_bytes && s->addr > addr && s->addr <= span.last) {
                span.last = s->addr - 1;
            } else if (s->size_bytes && end <= addr && end > span.first) {
                span.first = end & ~3u;
            }
        }
    }
    return span;
}

static void give_bare(struct whole *w, uint32_t addr) {
    if (whole_is_bare_(w, addr)) {
        return;
    }
    if (w->bare_count == WHOLE_BARE) {
        whole_stop_(w,
                "gives one more address of memory without a section to "
                "a device");
        return;
    }
    w->bare[w->bare_count++] = bare_at(w, addr);
    w->changed = true;
    for (size_t i = 0; i < w->cell_count && !whole_stopped_(w); i++) {
        if (whole_is_bare_(w, w->cells[i].addr) && !w->cells[i].given) {
            const struct whole_value_ old = w->cells[i].value;
            give_cell(w, &w->cells[i]);
            whole_give_(w, &old);
        }
    }
}

// The object that addr lies in begins behind the word at `at`.
static bool is_end(const struct model *model, uint32_t at, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    return symbol && symbol->object && at + 4 <= symbol->addr;
}

// DMA may write there (A6): to the object at an address that a device gets, and
// to what the words of that object lead to, which may be descriptors.
static void give_to_device(struct whole *w, uint32_t addr) {
    uint32_t from, end;
    const bool past = whole_may_be_device_(w, addr);
    if (past && !ends_object(w, addr)) {
        return;
    }
    if (!past && !model_image(w->model, addr)) {
        give_bare(w, addr);
    }
    object_of(w->model, addr, &from, &end);
    const struct elf_symbol *symbol = model_symbol(w->model, addr);
    if (!w->ended && from < addr && symbol && symbol->object &&
            symbol->addr == addr) {
        w->ended = from;
        w->ends_at = addr;
    }
    struct whole_value_ before = whole_const_(0);
    for (uint32_t at = from & ~3u; at < end && !whole_stopped_(w); at += 4) {
        struct whole_cell_ *cell = whole_cell_(w, at);
        if (cell && !cell->changed_by && !is_end(w->model, at, addr)) {
            cell->changed_by = w->pc;
        }
        if (!cell || cell->given || whole_is_code_(w->model, at)) {
            continue;
        }
        const struct whole_value_ old = cell->value;
        const bool before_flash = w->gives_flash;
        w->gives_flash |= cell->fixed;
        give_cell(w, cell);
        whole_give_(w, &old);
        w->gives_flash = before_flash;
        give_unaligned(w, &before, &old);
        before = old;
    }
}

/// Words that are put there in parts ///

// Code may copy an address byte by byte, and the bytes are a word only when all
// are there. Where the path knows them, or they are few, the device gets what
// they are together; else all words of which code reads parts, anywhere.

// Of a packed object, with what lies beside it.
static void give_beside(struct whole *w, uint32_t word,
        const struct whole_value_ *v) {
    const struct whole_value_ none = {0};
    const struct whole_cell_ *low = whole_cell_at_(w, word - 4);
    const struct whole_value_ before = low && low->given ? low->put : none;
    give_unaligned(w, &before, v);
    const struct whole_cell_ *high = whole_cell_at_(w, word + 4);
    const struct whole_value_ behind = high && high->given ? high->put : none;
    give_unaligned(w, v, &behind);
}

static void gives_some(struct whole *w, const struct whole_value_ *data) {
    if (data->kind != WHOLE_NUMBER && data->kind != WHOLE_NONE) {
        w->changed |= !w->gives_parts;
        w->gives_parts = true;
    }
}

void whole_give_part_(struct whole *w, uint32_t word, unsigned at,
        unsigned bytes, const struct whole_value_ *data,
        const struct whole_value_ *now, bool is_exact) {
    struct whole_cell_ *cell = whole_cell_(w, word);
    if (!cell || !cell->given) {
        return;
    }
    // Of several bytes at several places it is not known which ones meet.
    const struct whole_value_ v = now ? *now
            : is_exact || (bytes == 2 && whole_is_const_(data))
            ? whole_with_part_(&w->world, &cell->put, at, bytes, data)
            : whole_any_();
    struct whole_value_ all = whole_join_(&w->world, &cell->put, &v);
    all = all.kind == WHOLE_SET ? all : whole_any_();
    w->changed |= !whole_equal_(&all, &cell->put);
    cell->put = all;
    give_beside(w, word, &v);
    if (data->kind == WHOLE_SET || bytes == 4) {
        whole_give_(w, data);
    }
    if (v.kind == WHOLE_SET) {
        whole_give_(w, &v);
    } else {
        gives_some(w, data);
    }
}

void whole_reads_part_(struct whole *w, const struct whole_value_ *word) {
    if (w->gives_parts && word->kind == WHOLE_SET) {
        whole_give_(w, word);
    }
}

void whole_reads_part_at_(struct whole *w, uint32_t word) {
    struct whole_value_ v[3] = {{0}};
    for (unsigned i = 0; w->gives_parts && i < 3; i++) {
        const struct whole_cell_ *cell = whole_cell_at_(w, word + 4 * i - 4);
        v[i] = cell && !cell->given ? cell->value : v[i];
    }
    whole_reads_part_(w, &v[1]);
    give_unaligned(w, &v[0], &v[1]);
    give_unaligned(w, &v[1], &v[2]);
}

void whole_give_across_(struct whole *w, uint32_t word,
        const struct whole_value_ *data) {
    const struct whole_cell_ *low = whole_cell_at_(w, word);
    const struct whole_cell_ *high = whole_cell_at_(w, word + 4);
    if ((low && low->given) || (high && high->given)) {
        whole_give_(w, data);
    }
}

#define FPCAR 0xE000EF38u

bool whole_is_core_(uint32_t addr) {
    return addr >> 20 == 0xE00u;
}

// Armv7-M ARM B3.1: of the core's own registers those through which nothing
// writes to memory: ITM, DWT, FPB, and the system control space but for FPCAR.
static bool keeps_to_itself(uint32_t addr) {
    return (addr >= 0xE0000000u && addr < 0xE0003000u) ||
            (addr >> 12 == 0xE000Eu && (addr & ~3u) != FPCAR);
}

// Armv7-M ARM B3.2.2, B3.3, B3.4: what is read there is no address that was put
// there, unless code keeps one there. -1: it may be an address.
static int numbers_of(uint32_t addr) {
    static const struct {
        uint32_t first, last;
    } core[] = {
            {0xE000E010u, 0xE000E01Fu}, // SysTick
            {0xE000E100u, 0xE000E4EFu}, // NVIC
            {0xE000ED00u, 0xE000ED07u}, // CPUID, ICSR
            {0xE000ED0Cu, 0xE000ED33u}, // AIRCR to DFSR
            {0xE000ED88u, 0xE000ED8Bu}, // CPACR
            {0xE000EDF0u, 0xE000EDFFu}, // DHCSR to DEMCR
            {0xE0001000u, 0xE0001007u}, // DWT_CTRL, CYCCNT
            {0xE0042000u, 0xE0042FFFu}, // DBGMCU of the STM32
    };
    for (size_t i = 0; i < sizeof core / sizeof core[0]; i++) {
        if (addr >= core[i].first && addr <= core[i].last) {
            return (int)i;
        }
    }
    return -1;
}

bool whole_delivers_numbers_(const struct whole *w, uint32_t addr) {
    const int block = numbers_of(addr);
    return addr < 0xE0000000u ? whole_is_device_(w, addr)
                              : block >= 0 && !(w->blocks_hold >> block & 1);
}

// Code keeps an address in a register of the core, or what may be one.
static void keeps_in_core(struct whole *w, uint32_t addr,
        const struct whole_value_ *data) {
    const int block = numbers_of(addr);
    if (block >= 0 && !(w->blocks_hold >> block & 1) && whole_leads_(w, data)) {
        w->blocks_hold |= 1u << block;
        w->changed = true;
    }
}

#define CCR 0xE000ED14u
#define CCR_DC (1u << 16)
#define DCIMVAC 0xE000EF5Cu
#define DCISW 0xE000EF60u

// Armv7-M ARM B3.2.8, B3.2.36: the data cache is invalidated, or not used any
// more, and stores that are only there are lost, so that a word may hold again
// what it held before. Not what it held before start code (A2): then the cache
// is off. Vectors hold all that is stored from then on: CCR is loud.
static void loses_stores(struct whole *w, struct whole_state_ *state,
        uint32_t addr, unsigned bytes, const struct whole_value_ *data) {
    const uint32_t word = addr & ~3u & ~0x20000u; // of both security states
    if (word != CCR && word != DCIMVAC && word != DCISW) {
        return;
    }
    if (w->in_handler && !w->loses_any) {
        w->changed = w->loses_any = true;
        for (size_t i = 0; i < w->cell_count; i++) {
            whole_share_(w, &w->cells[i]);
        }
    }
    if (w->in_handler || state->recent.cached) {
        whole_recent_drop_all_(&state->recent);
    }
    bool on = data->kind != WHOLE_SET || bytes != 4; // a byte may be that one
    for (unsigned i = 0; i < data->count; i++) {
        on |= (data->v[i] & CCR_DC) != 0;
    }
    state->recent.cached |= word == CCR && on;
}

void whole_store_to_device_(struct whole *w, struct whole_state_ *state,
        uint32_t addr, unsigned bytes, const struct whole_value_ *data) {
    whole_stores_register_(w, state, addr, data);
    if (!whole_is_core_(addr)) {
        whole_stores_with_(w, whole_tables_(w, state));
    }
    keeps_in_core(w, addr, data);
    if ((addr & ~3u) == (VTOR | 0x20000u)) {
        whole_stop_(w, "sets the vector table of the non-secure state");
    }
    if (addr >> 12 == 0xE0002u) {
        whole_stop_(w, "puts other code in place of that of the image");
    }
    loses_stores(w, state, addr, bytes, data);
    if (keeps_to_itself(addr)) {
        if ((addr & ~3u) == VTOR) {
            whole_recent_set_(&state->recent, VTOR, data);
            state->recent.vtor = *data;
            w->changed |= w->in_handler && !w->vtor_shared;
            w->vtor_shared |= w->in_handler;
            for (unsigned i = 0; i < data->count; i++) {
                whole_sets_vtor_(w, state, data->v[i]);
                if (model_forbidden(w->model, data->v[i])) {
                    whole_stores_with_(w, WHOLE_WINDOW_TABLE);
                }
            }
            if (data->kind != WHOLE_SET) {
                whole_stop_(w, "sets VTOR to an unknown address");
            }
        }
        return;
    }
    if (bytes < 4 && !are_few(data)) {
        gives_some(w, data);
    } else {
        whole_give_(w, data);
    }
}
