#!/usr/bin/env bash
# What pends but would not run suspends nothing; what would run does.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 pending_traps --expect "passed, 0 failed"
all_passed
