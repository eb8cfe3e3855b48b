/*
 * pending_traps - what pends, and what does not, ends a slice
 *
 * SPDX-License-Identifier: MIT
 *
 * An operation is to be suspended for an interrupt that would run if the
 * outage were over, and for no other. ICSR offers two fields that look like
 * the answer and are not (ARMv7-M B3.2.4): ISRPENDING is also set by an
 * interrupt that is disabled, VECTPENDING hides one that BASEPRI masks, which
 * is how an outage with a ceiling masks.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define AREA_BYTES 0x10000u
#define CEILING 0x40u
#define EXTI0_IRQ 6u
#define EXTI1_IRQ 7u
#define TIM2_IRQ 28u
#define ICSR_ISRPENDING (1u << 22)
#define ICSR_VECTPENDING 0x001FF000u

#define BREADCRUMB \
    ((const volatile struct xip_breadcrumb *)LAYOUT_BREADCRUMB_ADDR)

static volatile uint32_t exti0_runs, exti1_runs, pendsv_runs;

// What `spy` does.
static volatile bool spy_pends_pendsv;
static volatile uint32_t spied, hidden;

static void count_exti0(void) {
    exti0_runs++;
}

XIP_RESIDENT static void count_exti1(void) {
    exti1_runs++;
}

static void count_pendsv(void) {
    pendsv_runs++;
}

// A tick above the ceiling: in the outage it pends one below, and looks what
// ICSR makes of that.
XIP_RESIDENT static void spy(void) {
    if ((BREADCRUMB->state & XIP_BREADCRUMB_MASK) != XIP_BREADCRUMB_OPEN) {
        return;
    }
    spied++;
    if (spy_pends_pendsv) {
        SCB->ICSR = SCB_ICSR_PENDSVSET;
    } else {
        NVIC_ISPR[0] = 1u << EXTI0_IRQ;
    }
    if ((SCB->ICSR & ICSR_VECTPENDING) == 0u) {
        hidden++;
    }
}

static uint32_t get_basepri(void) {
    uint32_t value;
    __asm volatile("mrs %0, basepri" : "=r"(value));
    return value;
}

static void set_basepri(uint32_t value) {
    __asm volatile("msr basepri, %0\n\tisb" ::"r"(value) : "memory");
}

static void attach(uint8_t ceiling) {
    struct xip_flash_config config = fw_config();
    config.ceiling = ceiling;
    config.flags = XIP_FLASH_NO_VERIFY;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    exti0_runs = 0;
    exti1_runs = 0;
    pendsv_runs = 0;
    spied = 0;
    hidden = 0;
}

static void erase(const char *name) {
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_check(name, err == 0, err);
}

/// Nothing waits ///

static void disabled(uint8_t ceiling) {
    attach(ceiling);
    NVIC_ICER[0] = 1u << EXTI0_IRQ;
    NVIC_ISPR[0] = 1u << EXTI0_IRQ;
    NVIC_IPR[TIM2_IRQ] = 0x10; // above a ceiling, and disabled as well
    NVIC_ISPR[TIM2_IRQ / 32u] = 1u << (TIM2_IRQ % 32u);
    fw_check("ISRPENDING misleads",
            (SCB->ICSR & (ICSR_ISRPENDING | ICSR_VECTPENDING)) ==
                    ICSR_ISRPENDING,
            (int)SCB->ICSR);
    erase("erase with disabled interrupts pending");
    fw_check("they suspend nothing", fw_flash.stats.suspensions == 0u,
            (int)fw_flash.stats.suspensions);
    fw_check("they are still pending", (NVIC_ISPR[0] & (1u << EXTI0_IRQ)) != 0u,
            (int)NVIC_ISPR[0]);
    NVIC_ICPR[0] = 1u << EXTI0_IRQ | 1u << TIM2_IRQ;
}

// What a caller's own mask keeps back, a suspension would not let run.
static void masked_by_basepri(uint8_t ceiling) {
    attach(ceiling);
    set_basepri(0x80);
    NVIC_ISPR[0] = 1u << EXTI0_IRQ; // priority C0h, enabled
    SCB->ICSR = SCB_ICSR_PENDSVSET;
    erase("erase with all that pends masked by the caller");
    fw_check("it suspends nothing", fw_flash.stats.suspensions == 0u,
            (int)fw_flash.stats.suspensions);
    fw_check("the caller's mask is as it was", get_basepri() == 0x80u,
            (int)get_basepri());
    fw_check("and has kept them back", exti0_runs == 0u && pendsv_runs == 0u,
            (int)(exti0_runs + pendsv_runs));
    set_basepri(0);
    fw_check("until it was lifted", exti0_runs == 1u && pendsv_runs == 1u,
            (int)(exti0_runs + pendsv_runs));
}

static void masked_by_primask(void) {
    attach(0);
    uint32_t primask;
    __asm volatile("cpsid i" ::: "memory");
    NVIC_ISPR[0] = 1u << EXTI0_IRQ;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    __asm volatile("mrs %0, primask" : "=r"(primask));
    const bool kept = exti0_runs == 0u;
    __asm volatile("cpsie i\n\tisb" ::: "memory");
    fw_check("erase under the caller's PRIMASK", err == 0, err);
    fw_check("it is as it was, and keeps back", primask == 1u && kept,
            (int)primask);
    fw_check("it suspends nothing", fw_flash.stats.suspensions == 0u,
            (int)fw_flash.stats.suspensions);
    fw_check("what waited runs", exti0_runs == 1u, (int)exti0_runs);
}

// A mask stricter than the ceiling is obeyed: an interrupt that the ceiling
// would let through waits.
static void stricter_than_the_ceiling(void) {
    attach(CEILING);
    set_basepri(0x20);
    fw_enable_irq(EXTI1_IRQ, 0x30);
    NVIC_ISPR[0] = 1u << EXTI1_IRQ;
    erase("erase with a caller's mask above the ceiling");
    fw_check("it keeps back what the ceiling would let through",
            exti1_runs == 0u && get_basepri() == 0x20u, (int)exti1_runs);
    set_basepri(0);
    fw_check("until it is lifted: that one runs", exti1_runs == 1u,
            (int)exti1_runs);
    NVIC_ICER[0] = 1u << EXTI1_IRQ;
}

/// Something waits ///

// BASEPRI hides it from VECTPENDING, and it has to be seen all the same.
static void kept_back_by_the_ceiling(bool pendsv) {
    attach(CEILING);
    spy_pends_pendsv = pendsv;
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0x10);
    erase("erase with one that the ceiling keeps back");
    fw_stop_tick();
    fw_check("VECTPENDING misleads", hidden == spied && hidden > 10u,
            (int)hidden);
    const uint32_t suspensions = fw_flash.stats.suspensions;
    const uint32_t runs = pendsv ? pendsv_runs : exti0_runs;
    fw_check("it is seen", suspensions > 10u, (int)suspensions);
    // The last one may wait for the end of the erase.
    fw_check("and runs each time", runs - suspensions <= 1u, (int)runs);
    const uint32_t wait_us =
            fw_flash.stats.wait_max_cycles / (BOARD_HCLK_HZ / 1000000u);
    fw_check("within the declared time",
            wait_us <= xip_flash_latency_us(&fw_flash), (int)wait_us);
}

int main(void) {
    fw_begin("pending_traps");
    fw_handler(14, count_pendsv);
    fw_handler(15, spy);
    fw_handler(16u + EXTI0_IRQ, count_exti0);
    fw_handler(16u + EXTI1_IRQ, count_exti1);
    SCB->SHPR[SCB_SHPR_PENDSV] = 0xF0;
    disabled(0);
    disabled(CEILING);
    fw_enable_irq(EXTI0_IRQ, 0xC0);
    masked_by_basepri(0);
    masked_by_basepri(CEILING);
    masked_by_primask();
    stricter_than_the_ceiling();
    kept_back_by_the_ceiling(false);
    kept_back_by_the_ceiling(true);
    fw_end();
}
