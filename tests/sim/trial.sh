#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# An update is on trial until it confirms itself. One that never does is
# rejected after three starts, and stays where it is; what a loss of power ends
# does not count as a start, three times.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

boot() { # STATUS OPTION...
    local status=$1
    shift
    sim "$status" --part w25q128jv --internal "$firmware/boot.elf" \
        --time-limit 120s --flash "$scratch/flash.bin" "$@"
}
starts() { grep -c "boot: slot $1 v.* verified, starting" "$scratch/out"; }

sim_app 0 self_update_v1 --flash "$scratch/flash.bin" \
    --send "$firmware/self_update_v2_slot1.img" \
    --expect "boot: slot 1 v2.0.0+0 verified" \
    --expect "app v2.0.0: on trial, start 1, confirmed"
# Confirmed: no trial any more, whatever ends it.
boot 0 --expect "app v2.0.0: alive, 2 s"
printed "boot: slot 0 v1.0.0+0 not started: another slot is chosen"
not_printed "on trial"

rm "$scratch/flash.bin"
sim_app 0 self_update_v1 --flash "$scratch/flash.bin" \
    --send "$firmware/self_update_v2_gives_up.img" \
    --expect "boot: slot 1 v2.0.0+0 verified" \
    --expect "boot: slot 1 rejected: did not confirm itself" \
    --expect "app v1.0.0: alive, 1 s"
[ "$(starts 1)" -eq 3 ] || fail "$(starts 1) starts of a trial, expected 3"
# Nothing is erased, and the reason is kept.
cmp --ignore-initial=$((0x100000)):0 \
    --bytes="$(stat -c %s "$firmware/self_update_v2_gives_up.img")" \
    "$scratch/flash.bin" "$firmware/self_update_v2_gives_up.img" ||
    fail "slot 1 does not hold the image any more"
boot 0 --expect "boot: slot 1 rejected: did not confirm itself" \
    --expect "app v1.0.0: alive, 1 s"
[ "$(starts 1)" -eq 0 ] || fail "a rejected image was started"

rm "$scratch/flash.bin"
sim_app 0 self_update_v1 --flash "$scratch/flash.bin" \
    --send "$firmware/self_update_v2_gives_up.img" \
    --expect "app v2.0.0 runs"
for _ in 1 2 3; do
    boot 0 --expect "app v2.0.0 runs" # and then the supply fails
    [ "$(starts 1)" -eq 1 ] || fail "expected one start"
done
boot 0 --expect "boot: slot 1 rejected: did not confirm itself" \
    --expect "app v1.0.0: alive, 1 s"
[ "$(starts 1)" -eq 2 ] ||
    fail "$(starts 1) starts after three that were refunded, expected 2"
