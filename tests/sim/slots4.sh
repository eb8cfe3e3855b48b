#!/usr/bin/env bash
# command: optimised
# firmware: boot_slots4 slots4_slot0 slots4_slot1 slots4_slot2 slots4_slot3
# A board with four slots: which one starts, the golden one last; the security
# counter in internal flash, with the power cut in each of its operations.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
board=$tests/firmware/slots4/board.txt

# image SLOT VERSION COUNTER
image() {
    "$xipsafe" image sign --key "$tests/../boot/keys/test_p256.pem" \
        --header-size 0x200 --pad-header --slot-size 0x100000 \
        --rom-fixed "0x90${1}00000" --version "$2" --security-counter "$3" \
        "$firmware/slots4_slot$1.bin" "slot$1.img" || fail "image sign"
}

# run STATUS SLOT... -- OPTIONS: with the images of these slots.
run() {
    local wanted=$1 loads=()
    shift
    while [ "$1" != -- ]; do
        loads+=(--load "slot$1.img@0x${1}00000")
        shift
    done
    shift
    sim "$wanted" --board-file "$board" --internal "$firmware/boot_slots4.elf" \
        "${loads[@]}" --time-limit 20s "$@"
}

image 0 1.0.0 5
image 1 0.9.0 4
image 2 3.0.0 5
image 3 9.0.0 5

# The golden slot has the highest version, and is tried last.
run 0 1 2 3 -- --expect "slot 2 v3.0.0+0 verified" --expect "slot 2 runs"
run 0 1 3 -- --expect "slot 1 v0.9.0+0 verified" --expect "slot 1 runs"
run 0 3 -- --expect "slot 3 v9.0.0+0 verified" --expect "slot 3 runs"
# Another one that does not verify.
cp slot2.img good2.img
printf 'X' | dd of=slot2.img bs=1 seek=1000 conv=notrunc status=none
run 0 2 3 -- --expect "slot 2 rejected: contents do not match" \
    --expect "slot 3 v9.0.0+0 verified" --expect "slot 3 runs"
mv good2.img slot2.img

# A confirmed image raises the floor; an older one is refused from then on.
refused=(--expect "slots4: floor 0" --expect "slots4: floor 5"
    --expect "slot 1 rejected: security counter is too low"
    --expect "slot 0 v1.0.0+0 verified" --expect "slot 0 runs"
    --expect "passed, 0 failed")
run 0 0 1 -- "${refused[@]}"
all_passed
# The same with the power cut in the erase, the record and its seal.
nmis=0
for operation in 1 2 3; do
    for tear in 0 1 2 3 4; do
        run 0 0 1 -- --power-cut-internal $operation --tear $tear \
            "${refused[@]}"
        all_passed
        not_printed "boot: exception"
        ! grep -q "damaged words" out || nmis=$((nmis + 1))
    done
done
[ "$nmis" -gt 0 ] || fail "no cut has left a damaged double word"
# There are no more operations.
run 2 0 1 -- --power-cut-internal 4 "${refused[@]}"
reported "the power was never cut"
finish
