#!/usr/bin/env bash
# A reset while the chip erases, while its erase is suspended (by software and
# by the watchdog), while it programs: the boot program gets it back each time.
# command: optimised
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

midway() {
    sim_app 0 reset_midway --expect "run 1" \
        --expect "reset by software" \
        --expect "the reset cut an erase at flash offset 0x00100000" \
        --expect "run 2" --expect "PASS and is" \
        --expect "reset by software" --expect "run 3" --expect "PASS and is" \
        --expect "reset by watchdog" --expect "run 4" --expect "PASS and is" \
        --expect "reset by software" \
        --expect "the reset cut a program operation at flash offset 0x00100" \
        --expect "run 5" --expect "passed, 0 failed" "$@"
    all_passed
}

midway
midway --part n25q128a
