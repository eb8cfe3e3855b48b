#!/usr/bin/env bash
# The watchdog bites in a loop and in an erase, and is fed in a third run.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 iwdg_reset \
    --expect "reset by power-on" \
    --expect "run 1, reset by power-on" \
    --expect "reset by watchdog" \
    --expect "run 2, reset by watchdog" \
    --expect "the reset cut an erase at flash offset 0x00100000" \
    --expect "run 3, reset by watchdog" \
    --expect "PASS an erase with the watchdog fed" \
    --expect "passed, 0 failed"
all_passed
