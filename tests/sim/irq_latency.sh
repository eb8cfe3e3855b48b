#!/usr/bin/env bash
# Interrupts above and below the ceiling, measured by themselves.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 irq_latency --expect "passed, 0 failed"
all_passed
