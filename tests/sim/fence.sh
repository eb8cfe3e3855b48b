#!/usr/bin/env bash
# The MPU fence: what escapes into the window in an outage is a named fault.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 fence --expect "passed, 0 failed"
all_passed
