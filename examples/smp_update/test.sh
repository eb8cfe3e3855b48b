#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
#
# `xipsafe device` at the pty of the simulator: version 2 is sent to version 1,
# which says which of the two builds it can take, and starts. Then it faults:
# the records are fetched, decoded, saved and cleared.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../../tests/support.bash"
cd "$scratch"
v1=$firmware/smp_update_v1_slot0.img
v2_slot0=$firmware/smp_update_v2_slot0.img
v2_slot1=$firmware/smp_update_v2_slot1.img

sim_pty --part w25q128jv --internal "$firmware/boot.elf" --load "$v1@0" \
    --symbols "$firmware/smp_update_v1_slot0.elf" \
    --symbols "$firmware/smp_update_v2_slot1.elf" --flash flash.bin \
    --expect 'smp_update: version 1.0.0' \
    --expect 'reset by software' --expect 'smp_update: version 2.0.0' \
    --expect 'a fault was recorded' --expect 'a fault was recorded' \
    --expect 'reset by software' --expect 'smp_update: version 2.0.0'
device 0 echo 'hello there'
printed 'hello there'
device 0 info
printed 'board        stm32l476g-disco'
printed 'firmware     smp_update 1.0.0'
printed_like '^slot 1  0x90100000 .* empty$'
# DTR stays where it is behind a command.
stty -a -F "$port" | grep -q -e '-hupcl' || fail "hupcl is set"
# For the slot that runs: refused with what to do.
device 1 upload "$v2_slot0"
reported 'linked for slot 0, which runs now; give the build for 0x90100000'
device 1 erase 0
reported 'the device does not erase the slot: the image runs'
# In one file: the device says which one it needs.
"$xipsafe" image pack -o v2.xip "$v2_slot0" "$v2_slot1"
head -c 20000 v2.xip >cut.xip
device 1 upload cut.xip
reported 'cut.xip: the pack is cut off'
device 0 upload v2.xip
printed "v2.xip[0x90100000]: v2.0.0+0, "
device 0 list --json=list.json
[ "$(json list.json pending)" = false ] || fail "version 1 is pending"
grep -q '"version": "2.0.0"' list.json || fail "no version 2 in the list"
device 0 upload "$v2_slot0" "$v2_slot1"
printed 'is in slot 1 already'
device 0 test v2.xip --reset
# It is on trial until a client, or the application itself, confirms it.
device 0 list
printed_like '^slot 1 .* runs, not confirmed$'
# Until then it keeps what the boot program would go back to.
device 1 erase 0
reported 'is kept while the image that runs is on trial; confirm that first'
device 1 upload "$v2_slot0"
reported 'is kept while the image that runs is on trial; confirm that first'
device 0 confirm
printed_like '^slot 1 .* runs, confirmed$'

# A fault, and what it leaves behind.
v2=$firmware/smp_update_v2_slot1.elf
device 0 crash
printed 'no fault records'
device 1 crash "$v2"
reported 'the device has no fault record of age 0'
printf '!' >"$port"
device 0 crash "$v2" --save first.bin
printed 'CRASH BusFault'
printed 'what   the firmware touched 0x30000000'
printed_like '^  where  fault_on_purpose \(.*smp_update/main.c:[0-9]+\)$'
printf '!' >"$port"
device 0 crash
printed_like '^0  BusFault at 0x9[0-9a-f]+, build [0-9a-f]{40}$'
printed_like '^1  BusFault at '
[ "$(wc -l <out)" = 2 ] || fail "more than two records: $(cat out)"
device 0 crash "$v2" --age 1 --save again.bin --json=crash.json
cmp first.bin again.bin || fail "the first record has changed"
[ "$(json crash.json verdict)" = '"fault"' ] || fail "$(cat crash.json)"
"$xipsafe" crash first.bin "$v2" >out || fail "crash first.bin"
printed 'touched 0x30000000'
device 1 crash "$firmware/smp_update_v1_slot0.elf" --clear
reported 'the record is of the build'
device 0 crash "$firmware/smp_update_v1_slot0.elf" --force --clear
printed 'doubtful: --force'
device 0 crash
printed 'no fault records'
device 0 reset
sim_pty_ends
same_bytes flash.bin 0x100000 "$v2_slot1" || fail "slot 1 is not the image"
