#!/usr/bin/env bash
# A second thread uses the device in the middle of the first one's erase.
# command: optimised
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 threads --expect "passed, 0 failed"
all_passed
