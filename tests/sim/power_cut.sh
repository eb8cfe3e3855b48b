#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# The supply fails in the middle of an erase or a page program of the update.
# The chip keeps a torn unit; version 1 still starts; the update, begun again,
# arrives.

set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

head -c 65536 /dev/zero >zeros.bin

# Nine operations open the journal and mark the slot; the tenth erases zeros
# here; the twentieth is a page program.
for operation in 10 20; do
    rm -f chip.bin
    update --flash chip.bin --load zeros.bin@$slot_bytes --uart file:out.txt \
        --json=cut.json --time-limit 60s \
        --power-cut-op $operation --power-cycles 0 --seed 2 2>cut.txt ||
        fail "operation $operation: exit $?"
    named='the erase of the [0-9]+ bytes at 0x[0-9a-f]+'
    [ $operation = 10 ] || named='the program of the [0-9]+ bytes at 0x'
    grep -qE "power cut at [0-9.]+ m?s, in $named" cut.txt ||
        fail "operation $operation: what was cut is not named: $(cat cut.txt)"
    [ "$(json cut.json result)" = '"power cut"' ] ||
        fail "operation $operation: $(json cut.json result)"
    same_bytes chip.bin 0 "$v1_img" ||
        fail "operation $operation: the cut changed version 1"
    # This tear (--seed) shows; another one may read as before, or blank, with
    # bits that are weak all the same.
    for whole in "$v2_img" zeros.bin; do
        same_bytes chip.bin $slot_bytes "$whole" &&
            fail "operation $operation: slot 1 is as $whole: nothing was torn"
    done
    # What the file holds is enough: version 1 starts from it again.
    boots --flash chip.bin --quiet --expect "$v1_text" --uart file:out.txt \
        --time-limit 10s || fail "operation $operation: version 1 is dead"
done

# From the torn chip, cut once more, power up, and the transfer starts over.
boots --flash chip.bin --send "$v2_img" --power-cut-op 6 --quiet \
    --expect "$v1_text" --expect "$v1_text" --expect "$v2_text" \
    --uart file:out.txt --json=again.json || fail "no update after the cuts"
[ "$(json again.json power_cuts)" = 1 ] || fail "not one cut"
[ "$(json again.json power_on)" = 2 ] || fail "not two power-ons"
same_bytes chip.bin $slot_bytes "$v2_img" ||
    fail "slot 1 is not version 2 after the cuts"

# At a time instead of at an operation; it ends at the next instruction.
boots --load "$v1_img@0" --power-cut 5ms --power-cycles 0 --quiet --uart none \
    --json=time.json || fail "cut at a time: exit $?"
case $(json time.json time_s) in
0.005 | 0.00500*) ;;
*) fail "cut at $(json time.json time_s) s instead of 0.005" ;;
esac
