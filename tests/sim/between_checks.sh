#!/usr/bin/env bash
# What an ordinary interrupt changes between the checks and the mask, with a
# ceiling: enabled interrupts, priorities, vectors.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 between_checks --expect "passed, 0 failed"
all_passed
