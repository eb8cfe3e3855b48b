#!/usr/bin/env bash
# What pends but would not run suspends nothing; what would run does.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 pending_traps --expect "passed, 0 failed"
all_passed
