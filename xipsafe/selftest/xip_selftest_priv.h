/*
 * xip_selftest_priv - shared by the files of the self-test
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_SELFTEST_PRIV_H
#define XIP_SELFTEST_PRIV_H

#include "xip_flash.h"
#include "xip_port.h"
#include "xip_soc.h"
#include "xip_selftest.h"

#define OP_READ 0x03u
#define OP_READ_4 0x13u
#define OP_READ_SR1 0x05u
#define OP_WREN 0x06u
#define OP_WRDI 0x04u
#define OP_READ_ID 0x9Fu
#define OP_READ_SFDP 0x5Au
#define OP_PROGRAM 0x02u
#define OP_PROGRAM_4 0x12u

#define SR_WIP 0x01u
#define SR_WEL 0x02u

struct selftest {
    const struct xip_selftest_config *config;
    struct xip_flash dev;
    struct xip_flash_part part;
    struct xip_part_erase unit; // at spare_off; size_bytes: what it has there
    uint8_t id[3];
    uint8_t sfdp[320];
    uint8_t pattern[256], back[256]; // pattern: what the spare unit's start has
    int faults;
    bool step_bad;
};

// Say what is wrong. Each adds to the line; fault() begins it.
void selftest_fault_(struct selftest *t, const char *text);
void selftest_more_(const struct selftest *t, const char *text);
void selftest_hex_(const struct selftest *t, const uint8_t *data, uint32_t n);
void selftest_number_(const struct selftest *t, uint32_t value);

// Commands as the library sends them, with the window closed.
void selftest_send_(uint8_t opcode);
uint8_t selftest_status_(void);
void selftest_read_(uint8_t opcode, uint8_t addr_bytes, uint8_t dummy,
        uint32_t addr, uint8_t *data, uint32_t len);
void selftest_read_array_(const struct selftest *t, uint32_t off, uint8_t *data,
        uint32_t len);
// True when the chip became idle in time; *us is how long it took.
bool selftest_wait_idle_(const struct selftest *t, uint32_t max_us,
        uint32_t *us);
void selftest_pause_(const struct selftest *t, uint32_t us);

// The steps, in order. False: what follows would only repeat the fault.
bool selftest_commands_(struct selftest *t);
bool selftest_counter_(struct selftest *t);
bool selftest_setup_(struct selftest *t);
bool selftest_id_(struct selftest *t);
bool selftest_sfdp_(struct selftest *t);
bool selftest_write_enable_(struct selftest *t);
bool selftest_erase_(struct selftest *t);
bool selftest_program_(struct selftest *t);
bool selftest_places_(struct selftest *t);
bool selftest_bringup_(struct selftest *t);
bool selftest_window_(struct selftest *t);
bool selftest_again_(struct selftest *t);
bool selftest_adopt_(struct selftest *t);
bool selftest_suspend_(struct selftest *t);
bool selftest_library_(struct selftest *t);
bool selftest_interrupts_(struct selftest *t);

#endif
