#!/usr/bin/env bash
# What has a limit in `make size` is within it.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

FIRMWARE=$firmware OUT=$scratch/size "$tests/../scripts/size" --check \
    >"$scratch/out" 2>"$scratch/err" || fail "over a limit"
printed_like '^\| boot program: .* \| +16384 B \| +[0-9]+ B \| met +\|$'
[ "$(grep -c '^| .* B | .* B | ' "$scratch/out")" -eq 8 ] || fail "not 8 limits"
# A limit that is exceeded is noticed.
sed 's/ 16384 / 1000 /' "$tests/../scripts/size" >"$scratch/smaller"
sed -i "s|^cd .*|cd '$tests/..'|" "$scratch/smaller"
! FIRMWARE=$firmware OUT=$scratch/size bash "$scratch/smaller" --check \
    >"$scratch/out" 2>&1 || fail "MISSED is not an error"
printed_like ' 1000 B .* MISSED'
finish
