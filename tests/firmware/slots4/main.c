/*
 * slots4 - says which slot it runs from and the security counter's floor; in
 * slot 0 it also has the counter raised and an older image refused
 *
 * SPDX-License-Identifier: MIT
 *
 * The counter may hold double words that a loss of power has torn: the NMI
 * handler tells them from other NMIs.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_counter.h"
#include "xip_slots.h"

#define NMI 2u
#define OWN_COUNTER 5u // as the script signs the image of slot 0
#define OLDER_SLOT 1u  // its image has a lower one

static const struct xip_boot_slot places[LAYOUT_SLOT_COUNT] = {LAYOUT_SLOTS};
static struct xip_slots slots;
static struct xip_counter_io counter;
static uint32_t damaged, others; // NMIs

XIP_RESIDENT static void take_nmi(void) {
    if (xip_counter_nmi()) {
        damaged++;
    } else {
        others++;
    }
}

static void open_slots(void) {
    static struct xip_journal_flash place;
    struct xip_journal_io io;
    const struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    if (err == 0) {
        err = xip_journal_flash_io(&io, &place, &fw_flash, LAYOUT_JOURNAL_OFF,
                LAYOUT_JOURNAL_BYTES);
    }
    if (err == 0) {
        err = xip_slots_open(&slots, &io, places, LAYOUT_SLOT_COUNT);
    }
    fw_check("journal", err == 0, err);
}

static uint32_t get_floor(void) {
    uint32_t floor = 0;
    const int err = xip_counter_get(&counter, &floor);
    fw_check("counter", err == 0, err);
    fw_check("no NMI of another kind", others == 0u, (int)others);
    board_uart_puts("slots4: floor ");
    board_uart_put_dec(floor);
    board_uart_puts(damaged != 0u ? ", damaged words\n" : "\n");
    return floor;
}

// Whatever ECCR has kept of double words.
static void raise_another_nmi(void) {
    const uint32_t before = damaged;
    SCB->ICSR = SCB_ICSR_NMIPENDSET;
    __asm volatile("dsb\n\tisb" ::: "memory");
    fw_check("an NMI of another kind is told apart",
            others == 1u && damaged == before, (int)others);
}

static _Noreturn void restart(void) {
    board_uart_flush();
    board_reset();
    for (;;) {
    }
}

int main(void) {
    fw_begin("slots4");
    fw_handler(NMI, take_nmi);
    xip_counter_open(&counter, LAYOUT_COUNTER_ADDR);
    open_slots();
    const uint32_t floor = get_floor();
    raise_another_nmi();
    if (XIP_SLOT == 0 && floor == 0u) {
        // The boot program raises it when it starts a confirmed image.
        const int err = xip_slots_confirm(&slots, 0);
        fw_check("confirm", err == 0, err);
        restart();
    }
    if (XIP_SLOT == 0 && floor == OWN_COUNTER &&
            xip_slots_chosen(&slots) == 0) {
        const int err = xip_slots_choose(&slots, OLDER_SLOT);
        fw_check("choose", err == 0, err);
        restart();
    }
    board_uart_puts("slots4: slot ");
    board_uart_put_dec(XIP_SLOT);
    board_uart_puts(" runs\n");
    fw_end();
}
