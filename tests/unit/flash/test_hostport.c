/*
 * test_hostport - a read of the closed window ends a test
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/hostport.h"
#include "xip_port.h"

#define READ_BEFORE 0x123456u
#define NEW 0xABCDEFu

static uint8_t read_window(uint32_t off) {
    return *(const volatile uint8_t *)(uintptr_t)(HOSTPORT_WINDOW + off);
}

// Whether a process can read there.
static bool can_read(uint32_t off) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); // not cmocka's, which goes on
        if (hostport.mapped) {
            xip_port_map_(NULL);
        }
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        _exit(read_window(off) == 0xFF ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void it_can_be_read_while_it_is_mapped(void **state) {
    (void)state;
    hostport_open("w25q128jv", NULL);
    for (unsigned round = 0; round < 3; round++) {
        assert_true(can_read(NEW));
        assert_int_equal(read_window(READ_BEFORE), 0xFF);
        xip_port_unmap_();
        assert_false(can_read(NEW));
        assert_false(can_read(READ_BEFORE));
        xip_port_map_(NULL);
    }
    hostport_close();
}

// What one chip left closed, another one has not.
static void a_new_chip_is_open(void **state) {
    (void)state;
    hostport_open("w25q128jv", NULL);
    xip_port_unmap_();
    xip_port_map_(NULL);
    assert_int_equal(read_window(READ_BEFORE), 0xFF);
    xip_port_unmap_();
    hostport_close();
    hostport_open("w25q128jv", NULL);
    assert_int_equal(read_window(READ_BEFORE), 0xFF);
    assert_int_equal(read_window(NEW), 0xFF);
    hostport_close();
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(it_can_be_read_while_it_is_mapped),
            cmocka_unit_test(a_new_chip_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
