#!/usr/bin/env bash
# From 80 to 16 MHz between two erases.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 clock --expect "passed, 0 failed"
all_passed
