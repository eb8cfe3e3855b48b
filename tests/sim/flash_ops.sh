#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# Every call of the library, on both homes of resident code, and with the fence.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 flash_ops --expect "passed, 0 failed"
all_passed
sim_app 0 flash_ops_table --expect "passed, 0 failed"
all_passed
sim_app 0 flash_ops_fence --expect "passed, 0 failed"
all_passed

# A byte that a read leaves in the FIFO must not reach the next command.
sim_app 0 minimal --fifo-residue --expect "minimal: stored and read back"

# The chip at its slowest must not be taken for one that hangs.
sim_app 0 minimal --max-times --expect "minimal: stored and read back"
