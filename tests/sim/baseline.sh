#!/usr/bin/env bash
# The library as ARMv6-M code: PRIMASK only, a timer as its counter.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 baseline
all_passed
