#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
#
# A run without a cut, then one with the supply gone in the middle of an
# operation, and the start after it.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../../tests/support.bash"
out=$scratch/out

run() {
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" \
        --load "$firmware/settings.img@0" --symbols "$firmware/settings.elf" \
        --time-limit 10s --uart "file:$out" --quiet "$@" || fail "exit $?: $*"
}

run --expect "settings: new" --expect "starts: 1" --expect "number: 0" \
    --expect "stored 70" --expect "settings: all stored"

# Formatting, the first records, and the move of the values to the other block.
cuts=0
for at in 2 13 14 188 197; do
    percent=$((at * 37 % 90 + 5))
    run --seed "$at" --power-cut-op "$at" --power-cut-percent "$percent" \
        --expect "settings: all stored" --json="$scratch/out.json"
    grep -q '"power_cuts": 1' "$scratch/out.json" || fail "operation $at: no cut"
    cuts=$((cuts + 1))
    # The promises before the cut, and what the start after it found.
    acked=$(awk '/reset by power-on/ {starts++}
        starts == 1 && /^stored / {n = $2 + 0} END {print n + 0}' "$out")
    found=$(tr -d '\r' <"$out" | sed -n 's/^number: //p' | tail -n 1)
    if [ "$found" -ne "$acked" ] && [ "$found" -ne $((acked + 1)) ]; then
        fail "operation $at: $acked was stored, $found is there"
    fi
done
echo "settings: $cuts cuts survived"
