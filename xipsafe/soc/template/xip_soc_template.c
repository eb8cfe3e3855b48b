/*
 * xip_soc_template - your family: window, aliases, bus masters
 *
 * SPDX-License-Identifier: MIT
 *
 * Copy this folder to xipsafe/soc/<family>, rename `template` and TEMPLATE in
 * it, and add the family to xip_soc_family.h with the devices whose manual you
 * have read. As it stands it compiles and touches no register: it knows the
 * window and nothing else. Contracts: xip_soc.h.
 *
 * Registers go into a header beside this file, with the manual's section for
 * each, as soc/stm32l4 does. No vendor header: it would be one more thing that
 * a user's project has another version of.
 */
#include "xip_soc.h"
#include "xip_soc_family.h"

#ifdef XIP_CFG_SOC_TEMPLATE

// TODO: from the memory map of the manual. How much the controller can map, not
// how large the chip is.
#define WINDOW_ADDR 0x90000000u
#define WINDOW_BYTES 0x10000000u

// TODO: aliases. Can the family show the window at address 0 (SYSCFG_MEMRMP),
// at a second address, secure and non-secure? Does reading the register that
// says so need a clock?
bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    const uintptr_t a = (uintptr_t)p;
    return a < WINDOW_ADDR + WINDOW_BYTES && a + len_bytes > WINDOW_ADDR;
}

// TODO: every DMA controller: is it clocked, which channels or streams are
// enabled and not yet at their end, and where do they read from (the source
// depends on the direction)? Then name in the file comment the masters that
// stay unknown: Ethernet, USB, display, SDMMC, Chrom-ART, a second core.
int xip_soc_dma_in_window(void) {
    return -1;
}

// TODO: what the function above has looked at: whether each controller is
// clocked, the enable word of each channel, the source of each that is enabled.
struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end) {
    (void)end;
    return next;
}

#endif
