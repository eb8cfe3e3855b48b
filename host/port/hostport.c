/*
 * hostport - see hostport.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "port/hostport.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature) // clang
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif
#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
#endif

#include "xip_cpu.h"
#include "xip_err.h"
#include "xip_port.h"
#include "xip_port_opcode.h"
#include "xip_soc.h"

#define CLOCK_PS 25000u // 40 MHz
#define CYCLE_PS 12500u // 80 MHz
#define PAGE_BYTES 4096u
#define CHUNK_BYTES 0x10000u
#define WINDOW_MAX_BYTES 0x10000000u

struct hostport hostport;
const uint8_t xip_image_start_[1], xip_image_end_[1];

static int array_file;
static uint8_t *array;
static uint32_t array_room, array_bytes; // of the file, of the chip
static uint8_t bounce[256];
static struct nor_frame mapped_read; // data_lanes 0: not known
static bool last_had_address;
static bool continuous; // the mapped read is

static void count_report(void *ctx, const struct nor_report *report) {
    (void)ctx;
    hostport.reports[report->kind]++;
    memcpy(hostport.last_report, report->text, sizeof hostport.last_report);
}

// The model can write its array even while the CPU must not read it: two views
// of the same pages. A test may have put something else at the second one.
static void map_window(void) {
    void *view = mmap((void *)(uintptr_t)HOSTPORT_WINDOW, array_bytes,
            PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, array_file, 0);
    if (view != (void *)(uintptr_t)HOSTPORT_WINDOW) {
        abort();
    }
}

// Pages are dear to have anew: those of the largest chip until now are kept.
static void map_array(uint32_t size) {
    if (array) {
        munmap(array, array_room);
        close(array_file);
    }
    array_file = memfd_create("nor", 0);
    if (array_file < 0 || ftruncate(array_file, size) != 0) {
        abort();
    }
    array = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, array_file, 0);
    if (array == MAP_FAILED) {
        abort();
    }
    array_room = size;
    memset(array, 0xFF, size);
}

// Few pages were programmed, and those are cheap to find.
static void blank(void) {
    for (uint32_t off = 0; off < array_bytes; off += PAGE_BYTES) {
        uint8_t *const page = array + off;
        if (page[0] != 0xFF || memcmp(page, page + 1, PAGE_BYTES - 1) != 0) {
            memset(page, 0xFF, PAGE_BYTES);
        }
    }
}

#ifdef SANITIZED

// The sanitizer closes what has been read, without a system call, of which
// there would be two for each outage; the rest stays unreadable until a first
// read. Until the window is closed for the first time all of it can be read.
static bool is_open, was_closed;
static uint32_t was_read[WINDOW_MAX_BYTES / CHUNK_BYTES];
static uint32_t was_read_count;
static struct sigaction others;

static void *chunk_at(uint32_t index) {
    return (void *)(uintptr_t)(HOSTPORT_WINDOW + index * CHUNK_BYTES);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    const uintptr_t off = (uintptr_t)info->si_addr - HOSTPORT_WINDOW;
    (void)number, (void)context;
    if (!is_open || off >= array_bytes ||
            was_read_count == sizeof was_read / sizeof was_read[0]) {
        sigaction(SIGSEGV, &others, NULL); // comes again, for them
        return;
    }
    const uint32_t index = (uint32_t)(off / CHUNK_BYTES);
    mprotect(chunk_at(index), CHUNK_BYTES, PROT_READ);
    was_read[was_read_count++] = index;
}

static void take_faults(void) {
    struct sigaction now;
    sigaction(SIGSEGV, NULL, &now);
    if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_fault) {
        const struct sigaction ours = {
                .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
        sigaction(SIGSEGV, &ours, &others);
    }
}

static void open_window(bool on) {
    is_open = on;
    if (!on && !was_closed) {
        mprotect((void *)(uintptr_t)HOSTPORT_WINDOW, array_bytes, PROT_NONE);
        was_closed = true;
    }
    for (uint32_t i = 0; i < was_read_count; i++) {
        if (on) {
            __asan_unpoison_memory_region(chunk_at(was_read[i]), CHUNK_BYTES);
        } else {
            __asan_poison_memory_region(chunk_at(was_read[i]), CHUNK_BYTES);
        }
    }
    if (on && was_closed) {
        take_faults();
    }
}

static void forget_reads(void) {
    open_window(true);
    was_read_count = 0;
    was_closed = false;
}

#else

static void open_window(bool on) {
    mprotect((void *)(uintptr_t)HOSTPORT_WINDOW, array_bytes,
            on ? PROT_READ : PROT_NONE);
}

static void forget_reads(void) {
}

#endif

// A read of the closed window ends the test.
static void set_mapped(bool on) {
    hostport.mapped = on;
    open_window(on);
}

void hostport_open(const char *part, const struct nor_options *options) {
    hostport_open_part(nor_part_find(part), options);
}

void hostport_open_part(const struct nor_part *p,
        const struct nor_options *options) {
    memset(&hostport, 0, sizeof hostport);
    memset(&mapped_read, 0, sizeof mapped_read);
    last_had_address = false;
    continuous = false;
    struct nor_options o = {0};
    if (options) {
        o = *options;
    }
    o.report = count_report;
    if (array_room < p->size_bytes) {
        map_array(p->size_bytes);
    }
    forget_reads();
    if (array_bytes != 0) {
        munmap((void *)(uintptr_t)HOSTPORT_WINDOW, array_bytes);
    }
    array_bytes = p->size_bytes;
    blank();
    map_window();
    hostport.nor = nor_new(p, array, &o);
    set_mapped(true);
    hostport.look_ps = NOR_US;
}

void hostport_close(void) {
    nor_free(hostport.nor);
    hostport.nor = NULL;
}

void hostport_power_cut(jmp_buf *where) {
    nor_power_off(hostport.nor, hostport.time_ps);
    hostport.time_ps += NOR_MS;
    nor_power_on(hostport.nor, hostport.time_ps);
    hostport.time_ps += nor_part_of(hostport.nor)->power_up_us * NOR_US;
    hostport.mask_depth = 0;
    last_had_address = false;
    set_mapped(true);
    longjmp(*where, 1);
}

static void tick(void) {
    if (hostport.tick) {
        hostport.tick();
    }
}

struct xip_flash_config hostport_config(void) {
    return (struct xip_flash_config){
            .window_addr = HOSTPORT_WINDOW,
            .hclk_hz = HOSTPORT_HCLK_HZ,
            .bounce = bounce,
            .bounce_bytes = sizeof bounce,
    };
}

/// xip_cpu.h ///

uint32_t xip_cpu_mask(uint32_t ceiling) {
    hostport.ceiling = ceiling;
    if (hostport.mask_depth == 0) {
        hostport.masked_at_ps = hostport.time_ps;
    }
    return hostport.mask_depth++;
}

// One wrap stays pending; a second one is lost.
static void lose_ticks(void) {
    const uint64_t period_ps = (uint64_t)hostport.tick_cycles * CYCLE_PS;
    if (period_ps != 0) {
        const uint64_t wraps = hostport.time_ps / period_ps -
                hostport.masked_at_ps / period_ps;
        hostport.ticks_lost += wraps > 1 ? (uint32_t)wraps - 1 : 0;
    }
}

static bool interrupts_on(void) {
    return hostport.irq_period_ps != 0 || hostport.irq_train;
}

static uint64_t next_after(uint64_t at_ps, uint64_t waited_ps) {
    if (hostport.irq_train) {
        return hostport.irq_train(hostport.irq_ctx, at_ps);
    }
    // A period that is pending already is not pended twice.
    return at_ps +
            hostport.irq_period_ps * (1 + waited_ps / hostport.irq_period_ps);
}

// All interrupts that became pending meanwhile are served together; one that
// arrives while a handler runs did not wait for the flash.
static void serve_interrupts(void) {
    const uint64_t open_ps = hostport.time_ps;
    while (interrupts_on() && hostport.irq_next_ps <= hostport.time_ps) {
        const uint64_t at_ps = hostport.irq_next_ps;
        const uint64_t waited = open_ps > at_ps ? open_ps - at_ps : 0;
        if (waited > hostport.irq_worst_ps) {
            hostport.irq_worst_ps = waited;
        }
        hostport.irq_served++;
        hostport.irq_next_ps = next_after(at_ps, waited);
        hostport.time_ps += hostport.irq_work_ps;
    }
}

void hostport_run(uint64_t ps) {
    const uint64_t end_ps = hostport.time_ps + ps;
    while (interrupts_on() && hostport.irq_next_ps <= end_ps) {
        if (hostport.irq_next_ps > hostport.time_ps) {
            hostport.time_ps = hostport.irq_next_ps;
        }
        serve_interrupts();
    }
    if (end_ps > hostport.time_ps) {
        hostport.time_ps = end_ps;
    }
}

void xip_cpu_unmask(uint32_t ceiling, uint32_t old) {
    (void)ceiling;
    hostport.mask_depth = old;
    if (old == 0) {
        lose_ticks();
        serve_interrupts();
        hostport.time_ps += hostport.between_ps;
    }
}

uint32_t xip_cpu_interrupt_waits(void) {
    return interrupts_on() && hostport.irq_next_ps <= hostport.time_ps;
}

bool xip_cpu_masked_by_caller(void) {
    return hostport.masked_by_caller;
}

void xip_cpu_drain(void) {
}

// The counter stops meanwhile unless the test lets it run.
void xip_cpu_sleep(void) {
    hostport.naps++;
    if (!interrupts_on() || hostport.basepri != 0) {
        abort(); // would sleep forever
    }
    if (hostport.irq_next_ps > hostport.time_ps) {
        const uint64_t ps = hostport.irq_next_ps - hostport.time_ps;
        hostport.time_ps += ps;
        hostport.asleep_ps += hostport.sleep_stops_counter ? ps : 0;
    }
}

void xip_cpu_counter_start(void) {
}

static uint64_t looked_ps; // at the counter, before a store

static void watch_watchdog(void) {
    if (!hostport.watchdog || *hostport.watchdog == 0) {
        return;
    }
    *hostport.watchdog = 0;
    if (hostport.watchdog_writes++ != 0) {
        const uint64_t gap = looked_ps - hostport.watchdog_at_ps;
        if (hostport.watchdog_min_ps == 0 || gap < hostport.watchdog_min_ps) {
            hostport.watchdog_min_ps = gap;
        }
        if (gap > hostport.watchdog_max_ps) {
            hostport.watchdog_max_ps = gap;
        }
    }
    hostport.watchdog_at_ps = looked_ps;
}

uint32_t xip_cpu_cycles(void) {
    watch_watchdog();
    hostport.time_ps += hostport.look_ps;
    tick();
    looked_ps = hostport.time_ps;
    return hostport.counter_stopped
            ? 0
            : (uint32_t)((hostport.time_ps - hostport.asleep_ps) / CYCLE_PS) +
                    hostport.counter_off;
}

uint32_t xip_cpu_systick(void) {
    const uint32_t period = hostport.tick_cycles;
    const uint64_t now = hostport.time_ps / CYCLE_PS;
    return period == 0 ? 0 : period - 1u - (uint32_t)(now % period);
}

void xip_cpu_reset(void) {
    if (!hostport.fatal) {
        abort();
    }
    longjmp(*hostport.fatal, 1);
}

bool xip_cpu_ceiling_ok(uint32_t ceiling) {
    (void)ceiling;
    return true;
}

bool xip_cpu_context_ok(void) {
    return !hostport.context_bad;
}

unsigned xip_cpu_bad_vector(uint32_t ceiling) {
    (void)ceiling;
    return hostport.bad_vector;
}

struct xip_watch *xip_cpu_watch(struct xip_watch *next,
        const struct xip_watch *end, uint32_t ceiling) {
    (void)ceiling;
    tick();
    return xip_watch_add(next, end, &hostport.bad_vector);
}

uint32_t xip_cpu_swap_basepri(uint32_t value) {
    const uint32_t old = hostport.basepri;
    hostport.basepri = value;
    return old;
}

bool xip_cpu_tick_pending(void) {
    const uint64_t period_ps = (uint64_t)hostport.tick_cycles * CYCLE_PS;
    return hostport.masked_by_caller && period_ps != 0 &&
            hostport.time_ps / period_ps !=
            hostport.caller_masked_ps / period_ps;
}

bool xip_cpu_tick_masked(void) {
    return hostport.masked_by_caller;
}

uintptr_t xip_cpu_vectors(void) {
    return hostport.vectors;
}

void xip_cpu_set_vectors(uintptr_t table) {
    hostport.vectors = table;
}

uint32_t xip_cpu_tick_cycles(uint32_t ceiling) {
    (void)ceiling;
    return hostport.tick_cycles;
}

/// xip_port.h ///

void xip_port_unmap_(void) {
    // Whatever interrupts have done up to the mask. Bring-up has no window yet.
    if (hostport.mask_depth != 0 &&
            (hostport.dma != 0 || hostport.bad_vector != 0)) {
        fprintf(stderr, "closed the window under DMA or a vector\n");
        abort();
    }
    set_mapped(false);
}

void xip_port_map_(const struct xip_resident *r) {
    (void)r;
    if (nor_busy(hostport.nor, hostport.time_ps)) {
        abort(); // the library promises to map an idle chip only
    }
    if (last_had_address) {
        fprintf(stderr, "mapped after a command with an address\n");
        abort(); // xip_port.h; on some controllers an erratum follows
    }
    const char *why = NULL;
    if (mapped_read.data_lanes != 0 &&
            !nor_readable(hostport.nor, hostport.time_ps, &mapped_read, &why)) {
        fprintf(stderr, "mapped a chip that cannot be read: %s\n", why);
        abort();
    }
    // A first fetch starts continuous read.
    if (continuous) {
        nor_begin(hostport.nor, hostport.time_ps, &mapped_read);
        hostport.time_ps += 40 * CLOCK_PS;
        (void)nor_in(hostport.nor, hostport.time_ps);
        nor_end(hostport.nor, hostport.time_ps);
        hostport.time_ps += 4 * CLOCK_PS;
    }
    set_mapped(true);
}

void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes) {
    const uint32_t addr_bytes = (cmd >> CMD_ADDR_POS) & 0xFu;
    const uint32_t dummy = (cmd >> CMD_DUMMY_POS) & 0xFFu;
    const uint32_t dir = (cmd >> CMD_DIR_POS) & 0xFu;
    const uint32_t lanes = (cmd >> CMD_LANES_POS) & 0xFu;
    const struct nor_frame frame = {
            .has_opcode = true,
            .opcode = (uint8_t)(cmd & CMD_OPCODE),
            .opcode_lanes = 1,
            .addr_bytes = (uint8_t)addr_bytes,
            .addr_lanes = addr_bytes ? 1 : 0,
            .addr = addr,
            .dummy_clocks = (uint8_t)dummy,
            .data_lanes = (uint8_t)(dir == XIP_DIR_NONE ? 0u : lanes),
    };
    if (hostport.mapped) {
        abort(); // a command through a mapped controller is lost
    }
    hostport.commands[frame.opcode]++;
    last_had_address = addr_bytes != 0;
    hostport.time_ps += CLOCK_PS * (8u + 8u * addr_bytes + dummy);
    nor_begin(hostport.nor, hostport.time_ps, &frame);
    for (uint32_t i = 0; i < len_bytes; i++) {
        hostport.time_ps += CLOCK_PS * 8u / lanes;
        if (dir == XIP_DIR_IN) {
            data[i] = nor_in(hostport.nor, hostport.time_ps);
        } else {
            nor_out(hostport.nor, hostport.time_ps, data[i]);
        }
    }
    nor_end(hostport.nor, hostport.time_ps);
    tick();
}

uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes) {
    return CMD_VALID | opcode | ((uint32_t)addr_bytes << CMD_ADDR_POS) |
            ((uint32_t)dummy_clocks << CMD_DUMMY_POS) |
            ((uint32_t)dir << CMD_DIR_POS) |
            ((uint32_t)data_lanes << CMD_LANES_POS);
}

int xip_port_adopt(struct xip_resident *r) {
    r->map[0] = 0;
    r->mode_exit_opcode = continuous ? 0xFF : 0;
    return hostport.mapping_broken || !hostport.mapped ? XIP_ERR_CONFIG : 0;
}

struct xip_mapped_read xip_port_mapped_read(const struct xip_resident *r) {
    (void)r;
    const struct nor_frame *const f = &mapped_read;
    return (struct xip_mapped_read){
            .opcode = f->opcode,
            .addr_bytes = f->addr_bytes,
            .clocks = (uint8_t)(f->dummy_clocks +
                    (f->alt_lanes ? 8 * f->alt_bytes / f->alt_lanes : 0)),
            .data_lanes = f->data_lanes,
    };
}

int xip_port_setup(uint32_t prescaler, uint32_t size_bytes) {
    continuous = false;
    (void)prescaler;
    (void)size_bytes;
    set_mapped(false);
    return 0;
}

uint32_t xip_port_divider(void) {
    return CLOCK_PS / CYCLE_PS;
}

// As the QUADSPI port: eight clocks of ones on four lines, sixteen on one. It
// is the beginning of a bring-up, which follows a reset of the controller.
void xip_port_rescue(void) {
    nor_new_driver(hostport.nor);
    const struct nor_frame frames[2] = {
            {.alt_bytes = 4, .alt_lanes = 4, .alt = 0xFF},
            {.has_opcode = true,
                    .opcode = 0xFF,
                    .opcode_lanes = 1,
                    .alt_bytes = 1,
                    .alt_lanes = 1,
                    .alt = 0xFF},
    };
    for (unsigned i = 0; i < 2; i++) {
        hostport.time_ps += 16u * CLOCK_PS;
        nor_begin(hostport.nor, hostport.time_ps, &frames[i]);
        nor_end(hostport.nor, hostport.time_ps);
    }
}

void xip_port_read_mode(struct xip_resident *r,
        const struct xip_flash_part *part) {
    r->map[0] = 0;
    const uint8_t lanes = part->read_lanes;
    const bool mode_byte = part->read_mode_clocks * lanes == 8;
    mapped_read = (struct nor_frame){
            .has_opcode = true,
            .opcode = part->read_opcode,
            .opcode_lanes = 1,
            .addr_bytes = part->addr_bytes,
            .addr_lanes = lanes,
            .alt_bytes = mode_byte ? 1 : 0,
            .alt_lanes = mode_byte ? lanes : 0,
            .alt = 0xFF,
            .dummy_clocks = (uint8_t)(part->read_wait_clocks +
                    (mode_byte ? 0 : part->read_mode_clocks)),
            .data_lanes = lanes,
    };
}

bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    const uintptr_t a = (uintptr_t)p;
    return a < HOSTPORT_WINDOW + 0x10000000u && a + len_bytes > HOSTPORT_WINDOW;
}

int xip_soc_dma_in_window(void) {
    const int found = hostport.dma != 0 ? 3 : -1;
    tick(); // an interrupt can come right behind the look
    return found;
}

struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end) {
    return xip_watch_add(next, end, &hostport.dma);
}

/// The boot loader ///

void hostport_command(uint8_t opcode, const uint8_t *data, uint32_t len_bytes) {
    const struct nor_frame frame = {
            .has_opcode = true,
            .opcode = opcode,
            .opcode_lanes = 1,
            .data_lanes = len_bytes ? 1 : 0,
    };
    hostport.time_ps += 8 * CLOCK_PS;
    nor_begin(hostport.nor, hostport.time_ps, &frame);
    for (uint32_t i = 0; i < len_bytes; i++) {
        hostport.time_ps += 8 * CLOCK_PS;
        nor_out(hostport.nor, hostport.time_ps, data[i]);
    }
    nor_end(hostport.nor, hostport.time_ps);
    hostport.time_ps += NOR_US;
}

void hostport_map(const struct nor_frame *read, bool with_continuous) {
    mapped_read = *read;
    continuous = with_continuous;
    last_had_address = false;
    set_mapped(false);
    xip_port_map_(NULL);
}
