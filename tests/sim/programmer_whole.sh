#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# Erasing all of the chip by each loader: three minutes, so only if asked for.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

[ -n "${XIPSAFE_DEEP:-}" ] || exit 77

sim 0 --part w25q128jv --internal "$firmware/programmer_whole.elf" \
    --time-limit 300s --expect "passed, 0 failed"
all_passed
