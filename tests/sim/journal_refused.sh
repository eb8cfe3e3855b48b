#!/usr/bin/env bash
# command: optimised
# A journal that a loss of power has left unsettled, and a chip that does not do
# one of the operations of the boot program: what was read decides all the same,
# and an image that was rejected does not start.
# firmware: boot_hash cut_small_v1 cut_small_v2_slot1 cut_small_v2_gives_up
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
v1=$firmware/cut_small_v1.img
board() { # OPTION...
    sim 0 --internal "$firmware/boot_hash.elf" --flash chip --uart none \
        --time-limit 120s "$@"
}

# Version 2 is rejected, and the first record of the next update is torn.
rm -f chip
board --load "$v1@0" --send "$firmware/cut_small_v2_gives_up.img" \
    --expect "update: restarting" \
    --expect "slot 1 rejected: did not confirm itself" \
    --expect "app v1.0.0: alive, 1 s"
board --send "$firmware/cut_small_v2_slot1.img" --power-cut-op 1 \
    --power-cycles 0
"$xipsafe" slots chip >out
printed "record 8, not settled"
printed_like "^slot 1 .* rejected: did not confirm itself"

for fault in refused no-effect; do
    "$xipsafe" cut "$firmware/boot_hash.elf" --flash chip --approve "$v1@0" \
        --until "app v1.0.0 runs" --fault "$fault" \
        --forbid "slot 1 v2.0.0+0 intact" --jobs 1 --json=cut.json \
        >out 2>err || fail "$fault: something else starts"
    [ "$(json cut.json points)" -ge 4 ] || fail "the journal is not settled"
    [ "$(json cut.json bad)" = 0 ] || fail "$fault: bad points"
done
finish
