#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# The main job: version 1 installs version 2 and is replaced by it; a second
# power-up starts version 2, which installs version 3 in the first slot.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 self_update_v1 --flash "$scratch/flash.bin" \
    --symbols "$firmware/self_update_v2_slot1.elf" \
    --send "$firmware/self_update_v2_slot1.img" \
    --json="$scratch/report.json" \
    --expect "app v1.0.0 runs at 0x90000200, table checksum 0x" \
    --expect "app v1.0.0: alive, 1 s" \
    --expect "update: installed in slot 1, bytes $(stat -c %s \
        "$firmware/self_update_v2_slot1.img")" \
    --expect "lost 0, packets again 0" \
    --expect "reset by software" \
    --expect "app v2.0.0 runs at 0x90100200, table checksum 0x" \
    --expect "app v2.0.0: alive, 1 s"

[ "$(json "$scratch/report.json" lost_bytes)" -eq 0 ] ||
    fail "bytes were lost"
[ "$(json "$scratch/report.json" packets_sent_again)" -eq 0 ] ||
    fail "packets were sent again"

# Not what the firmware says of itself: the chip holds the image.
cmp --ignore-initial=$((0x100000)):0 \
    --bytes="$(stat -c %s "$firmware/self_update_v2_slot1.img")" \
    "$scratch/flash.bin" "$firmware/self_update_v2_slot1.img" ||
    fail "slot 1 does not hold the image"

# The tables are real and differ.
sums=$(grep -oE 'table checksum 0x[0-9a-f]{8}' "$scratch/out" | sort -u | wc -l)
[ "$sums" -eq 2 ] || fail "expected two table checksums, saw $sums"

sim 0 --part w25q128jv --internal "$firmware/boot.elf" --time-limit 120s \
    --flash "$scratch/flash.bin" --send "$firmware/self_update_v3.img" \
    --expect "app v2.0.0 runs at 0x90100200" \
    --expect "update: installed in slot 0" \
    --expect "app v3.0.0 runs at 0x90000200"
