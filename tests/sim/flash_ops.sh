#!/usr/bin/env bash
# Every call of the library, on both homes of resident code and both parts.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 flash_ops --expect "passed, 0 failed"
all_passed
sim_app 0 flash_ops_table --expect "passed, 0 failed"
all_passed
sim_app 0 flash_ops --part n25q128a --expect "passed, 0 failed"
all_passed

# The chip at its slowest must not be taken for one that hangs.
sim_app 0 minimal --max-times --expect "minimal: stored and read back"
