#!/usr/bin/env bash
# The chip sleeps with the core, from either home of the resident code; the
# watchdog ends a sleep that nothing else ends, and the boot program wakes the
# chip.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

for name in deep_power_down deep_power_down_table; do
    sim_app 0 $name \
        --expect "PASS no sleep in the middle of it" \
        --expect "good night" \
        --expect "boot: xipsafe, reset by watchdog" \
        --expect "PASS the watchdog ended the sleep" \
        --expect "passed, 0 failed"
    all_passed
done
