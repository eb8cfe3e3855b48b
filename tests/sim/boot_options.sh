#!/usr/bin/env bash
# command: optimised
# The boot program's options: a warm reset does not check the signature again,
# and an application's fault record is printed before it starts.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
run=(--internal "$firmware/boot_options.elf" --part n25q128a
    --load "$firmware/recorder.img@0" --time-limit 10s)

# The application asserts, and starts again.
sim 0 "${run[@]}" --expect "reset by power-on" \
    --expect "slot 0 v1.0.0+0 verified" --expect "reset by software" \
    --expect "xipfault end" \
    --expect "the signature was checked before the reset" \
    --expect "slot 0 v1.0.0+0 verified" --expect "passed, 0 failed"
all_passed
[ "$(grep -c "checked before the reset" out)" -eq 1 ] ||
    fail "the first start was no cold one"
# A loss of power: all is checked again.
sim 0 "${run[@]}" --power-cut 700ms --expect "before the reset" \
    --expect "reset by power-on" --expect "slot 0 v1.0.0+0 verified"
[ "$(grep -c "checked before the reset" out)" -eq 1 ] ||
    fail "the record has survived a loss of power"

XIPSAFE=$xipsafe FIRMWARE=$firmware "$tests/../scripts/bench-boot" >out
cold=$(sed -n 's/^| cold.*| \([0-9]*\) |$/\1/p' out)
warm=$(sed -n 's/^| warm.*| \([0-9]*\) |$/\1/p' out)
[ "$((5 * warm))" -lt "$cold" ] || fail "warm $warm ms, cold $cold ms"
finish
