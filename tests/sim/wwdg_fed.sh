#!/usr/bin/env bash
# A window watchdog is fed by the library alone: in an erase right after its
# start, in a signature check and in an update.
# firmware: wwdg_fed boot
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 wwdg_fed --expect "PASS an update" --expect "passed, 0 failed"
all_passed
not_printed "reset by software"
not_printed "reset by watchdog"
! grep -q "window watchdog" "$scratch/err" || fail "the watchdog: $(cat err)"
finish
