#!/usr/bin/env bash
# OpenOCD reads our configuration and finds in it what it is to do. Skipped
# where there is no OpenOCD; a board is not needed.

set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
config=$(dirname "$0")/../../boards/stm32l476g-disco/openocd.cfg
openocd=${OPENOCD:-openocd}
command -v "${openocd%% *}" >/dev/null || exit 77

# OPENOCD may carry options (-s DIR).
# shellcheck disable=SC2086
$openocd -f "$config" -c 'echo "bank [xipsafe_qspi_bank]"' \
    -c 'echo [dict get [lindex [flash list] [xipsafe_qspi_bank]] driver]' \
    -c 'echo [info procs xipsafe_*]' -c shutdown >"$scratch/out" 2>&1 ||
    fail "OpenOCD does not accept the configuration"
grep -q '^bank [0-9]' "$scratch/out" || fail "no bank at 0x90000000"
grep -qx 'stmqspi' "$scratch/out" || fail "the bank's driver is another one"
for name in begin end program factory; do
    grep -q "xipsafe_$name" "$scratch/out" || fail "no xipsafe_$name"
done
