#!/usr/bin/env bash
# Interrupts above and below the ceiling, measured by themselves.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 irq_latency --expect "passed, 0 failed"
all_passed
