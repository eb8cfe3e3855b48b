#!/usr/bin/env bash
# The first instruction of an ordinary handler after an outage, and of one that
# is resident.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 first_fetch --expect "passed, 0 failed"
all_passed
