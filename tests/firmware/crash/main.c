/*
 * crash - faults in the way that a number says, and prints the record after
 * the reset
 *
 * SPDX-License-Identifier: MIT
 */
#include "cases.h"
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_fault.h"

// Nothing is there: the simulator's --set gives the number.
#define CASE_ADDR 0x4FFF0000u

static void put(void *ctx, char c) {
    (void)ctx;
    board_uart_putc(c);
}

int main(void) {
    static void (*const cases[])(void) = {
#define X(name) case_##name,
            CASES(X)
#undef X
    };
    static const char *const names[] = {
#define X(name) #name,
            CASES(X)
#undef X
    };
    const uint32_t n = *(volatile const uint32_t *)(uintptr_t)CASE_ADDR;
    fw_begin("crash");
    const uint32_t cause = RCC->CSR;
    RCC->CSR |= RCC_CSR_RMVF;
    const struct xip_fault_record *const record = xip_fault_begin(cause);
    if (record != NULL) {
        if (n < sizeof cases / sizeof cases[0] && cases[n] == case_twice &&
                record->later == 0u) {
            case_twice();
        }
        xip_fault_print(record, put, NULL);
        xip_fault_clear();
        fw_end();
    }
    if (n >= sizeof cases / sizeof cases[0]) {
        fw_check("no such case", false, (int)n);
        fw_end();
    }
    board_uart_puts("case ");
    board_uart_puts(names[n]);
    board_uart_puts("\n");
    board_uart_flush();
    cases[n]();
    board_uart_puts("no fault\n");
    fw_end();
}
