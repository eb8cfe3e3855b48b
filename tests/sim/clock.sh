#!/usr/bin/env bash
# From 80 to 16 MHz between two erases.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 clock --expect "passed, 0 failed"
all_passed
