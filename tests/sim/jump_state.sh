#!/usr/bin/env bash
# What an application finds at its first instruction: after the boot program, and
# after a jump out of a state that is as bad as can be.
# firmware: jump_state boot
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 jump_state --expect "jump_state: by the boot program" \
    --expect "jump_state: out of a mess" --expect "passed, 0 failed"
[ "$(grep -c '^PASS ' "$scratch/out")" = 30 ] || fail "not 30 checks"
not_printed "FAIL"
finish
