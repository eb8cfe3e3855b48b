/*
 * xip_attach - find the resident code, learn the chip, adopt the mapping
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "xip_cpu.h"
#include "xip_err.h"
#include "xip_flash_priv.h"
#include "xip_port_opcode.h"

#define OP_READ_ID 0x9Fu
#define OP_READ_SFDP 0x5Au
#define OP_READ_SR1 0x05u
#define OP_READ_SR2 0x35u
#define OP_WRITE_SR 0x01u
#define OP_WREN 0x06u
#define OP_WRDI 0x04u
#define OP_ENTER_4BYTE 0xB7u
#define OP_WRITE_SR2 0x31u
#define OP_SR_WREN 0x50u

// Time for a command that starts nothing. JESD216 gives none; status reads
// that find the chip busy here found it so before the call.
#define COMMAND_MAX_US 1000u
#define SR_WRITE_MAX_US 50000u
// Macronix configuration register: dummy clocks, volatile. MX25L51245G and
// MX25R6435F (bit 6) data sheets.
#define CR_DUMMY 0xC0u
// After a resume BUSY can read 0 for a moment (200 ns seen on GD25Q).
#define RESUME_GAP_US 2u

// Present if the resident code is linked into this image.
extern int xip_resident_run(struct xip_resident *r, struct xip_op *op,
        const struct xip_watch *watch) XIP_WEAK;

// Names the operation that a crash interrupted. A linker script may put it into
// memory that no start-up code clears.
XIP_NOINIT struct xip_breadcrumb xip_breadcrumb_;

static int table_usable(const struct xip_resident_table *table) {
    const uint32_t *const word = (const uint32_t *)table;
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof(*table) / sizeof(*word); i++) {
        sum += word[i];
    }
    if (table->magic != XIP_RESIDENT_MAGIC || sum != 0u ||
            table->abi != XIP_RESIDENT_ABI || table->port != XIP_PORT_KIND) {
        return XIP_ERR_ABI;
    }
    return 0;
}

static int find_resident(struct xip_flash *dev) {
    const struct xip_resident_table *const table = dev->config.resident;
    if (table != NULL) {
        const int err = table_usable(table);
        if (err != 0) {
            return err;
        }
        dev->run = table->run;
    } else {
        dev->run = xip_resident_run;
    }
    if (dev->run == NULL) {
        return XIP_ERR_ABI;
    }
    // An outage uses its code, its data, which was looked at before, and the
    // stack of the caller.
    int on_stack;
    if (xip_soc_in_window((const void *)(uintptr_t)dev->run, 4u) ||
            xip_soc_in_window(&on_stack, sizeof(on_stack))) {
        return XIP_ERR_RESIDENT;
    }
    return 0;
}

void xip_flash_times_(struct xip_flash *dev) {
    struct xip_resident *const r = &dev->resident;
    const uint32_t reset_us = dev->part.reset_max_us;
    r->gap_cycles = xip_flash_gap_cycles_(dev, RESUME_GAP_US);
    r->reset_cycles = xip_flash_cycles_(dev,
            reset_us > COMMAND_MAX_US ? reset_us : COMMAND_MAX_US);
    r->idle_max_cycles = xip_flash_cycles_(dev,
            reset_us > SR_WRITE_MAX_US ? reset_us : SR_WRITE_MAX_US);
    const struct xip_watchdog w = dev->config.watchdog;
    r->kick_value = w.value;
    r->kick_reg = &r->kick_value;
    r->kick_cycles = UINT32_MAX;
    r->last_kick_cycles = xip_cpu_cycles(); // it may not be started yet
    if (w.interval_us != 0u) {
        r->kick_reg = w.reg;
        r->kick_cycles = xip_flash_cycles_(dev, w.interval_us);
    }
}

void xip_flash_part_registers_(struct xip_flash *dev) {
    struct xip_resident *const r = &dev->resident;
    const struct xip_flash_part *const p = &dev->part;
    r->id = p->id[0] | ((uint32_t)p->id[1] << 8) | ((uint32_t)p->id[2] << 16);
    xip_flash_times_(dev);
    r->fail_opcode = p->fail_opcode;
    r->fail_clear_opcode = p->fail_clear_opcode;
    r->fail_mask = p->fail_mask;
}

// Of the window as much as its address is a multiple of, at most 256 MB: more
// has no family.
#if XIP_CFG_FENCE
static void set_fence(struct xip_flash *dev) {
    const uint32_t addr = dev->config.window_addr;
    uint32_t bits = 28;
    while ((addr & ((1u << bits) - 1u)) != 0u) {
        bits--;
    }
    xip_cpu_set_fence(&dev->resident, dev->config.fence, addr, bits);
    dev->fence_bytes = 1u << bits;
}
#endif

int xip_flash_configure_(struct xip_flash *dev,
        const struct xip_flash_config *config) {
    if (dev == NULL || config == NULL || config->hclk_hz < 1000000u ||
            !xip_cpu_ceiling_ok(config->ceiling) ||
            (config->slowdown_percent != 0u && config->latency_us == 0u)) {
        return XIP_ERR_PARAM;
    }
    if (config->fence > XIP_CFG_FENCE * 15u) {
        return XIP_ERR_PARAM;
    }
    if (xip_soc_in_window(dev, sizeof(*dev))) {
        return XIP_ERR_RESIDENT;
    }
    memset(dev, 0, sizeof(*dev));
    dev->config = *config;
    if (config->hooks != NULL) {
        dev->hooks = *config->hooks;
    }
    if (config->bounce != NULL &&
            xip_soc_in_window(config->bounce, config->bounce_bytes)) {
        return XIP_ERR_RESIDENT;
    }
    const int err = find_resident(dev);
    if (err != 0) {
        return err;
    }
    xip_flash_watch_nothing_(dev);
    dev->resident.breadcrumb = &xip_breadcrumb_;
    dev->resident.ceiling = config->ceiling;
    dev->resident.replay_mode_opcode = OP_WRDI;
#if XIP_CFG_FENCE
    if (config->fence != 0u) {
        set_fence(dev);
    }
#endif
    xip_flash_times_(dev);
    return 0;
}

/// Questions to the chip, one outage each ///

static int ask_at(struct xip_flash *dev, uint32_t cmd, uint32_t addr,
        uint8_t *data, uint32_t len) {
    struct xip_op op = {
            .cmd = cmd,
            .addr = addr,
            .data = data,
            .len_bytes = (uint16_t)len,
            .timeout_cycles = xip_flash_cycles_(dev, COMMAND_MAX_US),
            .slice_cycles = UINT32_MAX,
            .kind = XIP_OP_COMMAND,
    };
    return xip_flash_run_(dev, &op);
}

static int ask(struct xip_flash *dev, uint32_t cmd, uint8_t *data,
        uint32_t len) {
    return ask_at(dev, cmd, 0, data, len);
}

static int ask_register(struct xip_flash *dev, uint8_t opcode, uint8_t *value,
        uint32_t len) {
    return ask(dev, xip_port_command(opcode, 0, 0, XIP_DIR_IN, 1), value, len);
}

static int learn_part(struct xip_flash *dev) {
    uint8_t id[3];
    int err = ask_register(dev, OP_READ_ID, id, sizeof(id));
    if (err != 0) {
        return err;
    }
    if (dev->config.part != NULL) {
        dev->part = *dev->config.part;
        return memcmp(id, dev->part.id, sizeof(id)) == 0 ? 0 : XIP_ERR_PART;
    }
    if (!XIP_CFG_SFDP) {
        return XIP_ERR_PART;
    }
    uint8_t sfdp[XIP_SFDP_BYTES];
    uint8_t *to = sfdp;
    uint32_t off = 0;
    size_t bytes = sizeof(sfdp);
    while (bytes != 0u && err == 0) {
        err = ask_at(dev, xip_port_command(OP_READ_SFDP, 3, 8, XIP_DIR_IN, 1),
                off, to, bytes);
        bytes = xip_part_sfdp_far(sfdp, sizeof(sfdp), &off, &to);
    }
    uint32_t map = XIP_PART_ANY_MAP;
#if XIP_CFG_SECTOR_MAP
    struct xip_part_question q;
    for (uint32_t i = 0;
            err == 0 && xip_part_map_question(sfdp, sizeof(sfdp), i, &q); i++) {
        uint8_t answer = 0;
        err = ask_at(dev,
                xip_port_command(q.opcode, q.addr_bytes, q.dummy_clocks,
                        XIP_DIR_IN, 1),
                q.addr, &answer, 1);
        map = xip_part_map_answer(map, &q, answer);
    }
#endif
    return err != 0
            ? err
            : xip_part_from_sfdp_map(&dev->part, id, sfdp, sizeof(sfdp), map);
}

// A boot program that maps the chip by one line may leave quad enable alone;
// a program by four lines would then be ignored.
static int choose_program(struct xip_flash *dev) {
    struct xip_flash_part *const p = &dev->part;
    if (p->qe == XIP_QE_NONE || p->qe == XIP_QE_SR2_BIT7 ||
            p->program_lanes != 4u) {
        return 0;
    }
    const bool first = p->qe == XIP_QE_SR1_BIT6;
    uint8_t status;
    const int err =
            ask_register(dev, first ? OP_READ_SR1 : OP_READ_SR2, &status, 1);
    if (err == 0 && (status & (first ? 0x40u : 0x02u)) == 0u) {
        p->program_lanes = 1;
        // In 4-byte mode 02h takes four bytes too, and every part has it.
        const bool own = p->addr_bytes == 4u &&
                dev->resident.replay_mode_opcode == OP_WRDI;
        p->program_opcode = own ? 0x12u : 0x02u;
    }
    return err;
}

// Dummy clocks in a register of its own (Micron), or in a configuration
// register that is written behind SR1 (Macronix). SR1 keeps its value, but is
// not volatile there: nothing to write while the dummy clocks are those after a
// reset. All ones: the part has no such register.
static int save_dummy_clocks(struct xip_flash *dev) {
    const struct xip_flash_part *const p = &dev->part;
    struct xip_resident *const r = &dev->resident;
    uint8_t value;
    int err = ask_register(dev, p->volatile_read_opcode, &value, 1);
    r->replay_enable_opcode = OP_WREN;
    if (p->volatile_write_opcode != OP_WRITE_SR) {
        r->replay_opcode = p->volatile_write_opcode;
        r->replay_bytes = 1;
        r->replay_data[0] = value;
    } else if (err == 0 && (value & CR_DUMMY) != 0u && value != 0xFFu) {
        err = ask_register(dev, OP_READ_SR1, &r->replay_data[0], 1);
        r->replay_opcode = OP_WRITE_SR;
        r->replay_bytes = 2;
        r->replay_data[1] = value;
    }
    return err;
}

// By the part's own command, as bring-up writes it.
static int save_quad_enable(struct xip_flash *dev) {
    const enum xip_part_qe qe = dev->part.qe;
    struct xip_resident *const r = &dev->resident;
    uint8_t sr[2] = {0, 0x02}; // W2: SR2 cannot be read
    int err = ask_register(dev, OP_READ_SR1, &sr[0], 1);
    if (err == 0 && qe != XIP_QE_SR1_BIT6 && qe != XIP_QE_SR2_BIT1_W2) {
        err = ask_register(dev, OP_READ_SR2, &sr[1], 1);
    }
    const bool alone = qe == XIP_QE_SR2_BIT1_W31;
    r->replay_enable_opcode = OP_SR_WREN;
    r->replay_opcode = alone ? OP_WRITE_SR2 : OP_WRITE_SR;
    r->replay_bytes = qe == XIP_QE_SR1_BIT6 || alone ? 1u : 2u;
    r->replay_data[0] = sr[alone ? 1 : 0];
    r->replay_data[1] = sr[1];
    return err;
}

// Either quad enable or the dummy clocks are volatile: no known part has both.
int xip_flash_prepare_(struct xip_flash *dev) {
    const struct xip_flash_part *const p = &dev->part;
    if (dev->volatile_saved != 0u) {
        return 0;
    }
    xip_flash_set_pace_(dev);
    int err = xip_flash_outage_allowed_(dev);
    if (err == 0 && p->volatile_read_opcode != 0u) {
        err = save_dummy_clocks(dev);
    } else if (err == 0 && p->volatile_sr && p->qe != XIP_QE_NONE &&
            p->qe != XIP_QE_SR2_BIT7) {
        err = save_quad_enable(dev);
    }
    dev->volatile_saved = err == 0 ? 1u : 0u;
    return err;
}

/// The mapping of another program ///

// The same command with three address bytes; 0: it has three itself, or is
// unknown.
static uint8_t three_byte_form(uint8_t opcode) {
    static const uint8_t pairs[][2] = {{0x13, 0x03}, {0x0C, 0x0B}, {0x3C, 0x3B},
            {0xBC, 0xBB}, {0x6C, 0x6B}, {0xEC, 0xEB}, {0x0E, 0x0D},
            {0xBE, 0xBD}, {0xEE, 0xED}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i][0] == opcode) {
            return pairs[i][1];
        }
    }
    return 0;
}

// Linux drivers/mtd/spi-nor: winbond.c, macronix.c, micron-st.c, issi.c,
// gigadevice.c enter 4-byte mode by B7h.
static bool enters_by_b7(uint8_t manufacturer) {
    return manufacturer == 0xEFu || manufacturer == 0xC2u ||
            manufacturer == 0x20u || manufacturer == 0x9Du ||
            manufacturer == 0xC8u;
}

// Which mode the chip is in shows in the read: it is alive. A mode that a reset
// would end is entered again; one that does not show is a refusal, since
// 3-byte commands to a chip in 4-byte mode change another place.
static int adopt_address_mode(struct xip_flash *dev,
        const struct xip_mapped_read *read) {
    struct xip_flash_part *const p = &dev->part;
    const bool fixed = three_byte_form(read->opcode) != 0u;
    if (fixed) {
        return read->addr_bytes == 4u && p->addr_bytes == 4u ? 0
                                                             : XIP_ERR_CONFIG;
    }
    if (read->addr_bytes == 3u) {
        return 0;
    }
    if (read->addr_bytes != 4u || !enters_by_b7(p->id[0])) {
        return XIP_ERR_CONFIG;
    }
    dev->resident.replay_mode_opcode = OP_ENTER_4BYTE;
    p->addr_bytes = 4; // of each command that has no form of its own
    return 0;
}

// Clocks between address and data as after a reset; unknown: those of the read.
static uint8_t clocks_after_reset(const struct xip_flash_part *p,
        const struct xip_mapped_read *read) {
    uint8_t opcode = three_byte_form(read->opcode);
    opcode = opcode != 0u ? opcode : read->opcode;
    const uint8_t own = three_byte_form(p->read_opcode);
    if (opcode == (own != 0u ? own : p->read_opcode)) {
        return (uint8_t)(p->read_mode_clocks + p->read_wait_clocks);
    }
    if (opcode == 0x03u) {
        return 0;
    }
    return opcode == 0x0Bu || opcode == 0x3Bu || opcode == 0x6Bu ? 8u
                                                                 : read->clocks;
}

// Other dummy clocks than after a reset come from a register. It has to be one
// that a recovery writes again.
static int adopt_mapped_read(struct xip_flash *dev) {
    const struct xip_flash_part *const p = &dev->part;
    const struct xip_mapped_read read = xip_port_mapped_read(&dev->resident);
    if (read.opcode == 0u) {
        return 0; // a port that cannot tell
    }
    const int err = adopt_address_mode(dev, &read);
    if (err != 0) {
        return err;
    }
    if (p->qe == XIP_QE_SR2_BIT7 && p->volatile_sr && read.data_lanes == 4u) {
        return XIP_ERR_CONFIG; // no command writes it again
    }
    const bool saved = p->volatile_read_opcode != 0u;
    return saved || clocks_after_reset(p, &read) == read.clocks
            ? 0
            : XIP_ERR_CONFIG;
}

// A time-out in an earlier program can have left an operation suspended, and
// the chip would refuse to start another one.
static int end_inherited(struct xip_flash *dev) {
    const struct xip_part_suspend *const s = &dev->part.erase_suspend;
    if (s->suspend_opcode == 0u) {
        return 0;
    }
    uint8_t flags;
    const int err = ask_register(dev, s->flag_opcode, &flags, 1);
    if (err != 0 ||
            (flags & (s->flag_mask | dev->part.program_suspend.flag_mask)) ==
                    0) {
        return err;
    }
    dev->op.kind = XIP_OP_COMMAND;
    dev->op.resume_opcode = s->resume_opcode;
    dev->resident.suspended = 1;
    return xip_flash_end_suspended_(dev);
}

int xip_flash_attach(struct xip_flash *dev,
        const struct xip_flash_config *config) {
    int err = xip_flash_configure_(dev, config);
    if (err != 0) {
        return err;
    }
    err = xip_port_adopt(&dev->resident);
    if (err == 0) {
        err = xip_flash_outage_allowed_(dev);
    }
    // A recovery compares with the id that the chip has now.
    if (err == 0) {
        err = ask_register(dev, OP_READ_ID, (uint8_t *)&dev->resident.id, 3);
    }
    if (err == 0) {
        err = learn_part(dev);
    }
    if (err == 0) {
        err = adopt_mapped_read(dev);
    }
    if (err == 0) {
        err = choose_program(dev);
    }
    if (err == 0) {
        xip_flash_part_registers_(dev);
        err = xip_flash_prepare_(dev);
    }
    if (err == 0) {
        err = end_inherited(dev);
    }
    if (err == 0) {
        memset(&dev->stats, 0, sizeof(dev->stats));
        dev->ready = 1;
    }
    return err;
}
