#!/usr/bin/env bash
# An erase in steps, with the main loop in the flash between them.
# command: optimised
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 background --expect "passed, 0 failed"
all_passed
