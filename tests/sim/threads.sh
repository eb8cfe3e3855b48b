#!/usr/bin/env bash
# A second thread uses the device in the middle of the first one's erase.
# command: optimised
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 threads --expect "passed, 0 failed"
all_passed
