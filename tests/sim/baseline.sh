#!/usr/bin/env bash
# The library as ARMv6-M code: PRIMASK only, a timer as its counter.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 baseline
all_passed
