#!/usr/bin/env bash
# command: optimised
# The boot program's options: it prints the application's fault record, and a
# warm reset does not check the signature again.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
run=(--internal "$firmware/boot_options.elf" --part n25q128a
    --load "$firmware/recorder.img@0" --time-limit 10s)

# The application asserts, and starts again.
sim 0 "${run[@]}" --expect "reset by power-on" \
    --expect "slot 0 v1.0.0+0 verified" --expect "reset by software" \
    --expect "the application left a fault record" \
    --expect "the signature was checked before the reset" \
    --expect "slot 0 v1.0.0+0 verified" --expect "passed, 0 failed"
all_passed
[ "$(grep -c "checked before the reset" out)" -eq 1 ] ||
    fail "the first start was no cold one"
[ "$(grep -c "left a fault record" out)" -eq 1 ] || fail "printed once more"
# What the boot program has printed is what `xipsafe crash` reads.
sed -n '/left a fault record/,/xipfault end/p' out >record
"$xipsafe" crash record "$firmware/recorder.elf" >out 2>err ||
    fail "the record cannot be read"
printed "main.c"
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
