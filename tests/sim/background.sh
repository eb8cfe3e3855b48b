#!/usr/bin/env bash
# An erase in steps, with the main loop in the flash between them.
# command: optimised
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 background --expect "passed, 0 failed"
all_passed
