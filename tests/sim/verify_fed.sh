#!/usr/bin/env bash
# The watchdog, with and without a window, is fed in a signature check that is
# longer than its period.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 verify_fed --expect "passed, 0 failed"
all_passed
not_printed "reset by watchdog"
finish
