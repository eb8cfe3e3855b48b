#!/usr/bin/env bash
# The supply fails in the middle of an erase or a page program of the update.
# The chip keeps a torn unit; version 1 still starts; the update, begun again,
# arrives.

# shellcheck source=tests/sim/lib_update.sh
. "$(dirname "$0")/lib_update.sh"

for operation in 1 2 9; do
    rm -f chip.bin
    update --flash chip.bin --uart file:out.txt --quiet --json cut.json \
        --power-cut-op $operation --power-cycles 0 --time-limit 60s
    [ "$(json cut.json result)" = '"power cut"' ] ||
        fail "operation $operation: $(json cut.json result)"
    same_bytes chip.bin 0 "$v1_img" ||
        fail "operation $operation: the cut changed version 1"
    same_bytes chip.bin $slot_bytes "$v2_img" &&
        fail "operation $operation: version 2 is complete, so nothing was cut"
    cp chip.bin torn.bin

    # What the file holds is enough: version 1 starts from it again.
    boots --flash chip.bin --quiet --expect "$v1_text" --uart file:out.txt \
        --time-limit 10s || fail "operation $operation: version 1 is dead"

    # And from the torn chip the update can be done once more.
    boots --flash torn.bin --send "$v2_img" --expect "$v2_text" --quiet \
        --uart file:out.txt || fail "operation $operation: no update after the cut"
    same_bytes torn.bin $slot_bytes "$v2_img" ||
        fail "operation $operation: slot 1 is not version 2"
done

# A cut during an erase leaves neither the old nor the erased contents.
head -c 65536 /dev/zero >zeros.bin
rm -f chip.bin
update --flash chip.bin --load zeros.bin@$slot_bytes --quiet --uart none \
    --power-cut-op 1 --power-cycles 0 --json cut.json --time-limit 60s
head -c 4096 /dev/zero | tr '\0' '\377' >erased.bin
same_bytes chip.bin $slot_bytes erased.bin &&
    fail "half an erase left all bits erased"
head -c 4096 /dev/zero >old.bin
same_bytes chip.bin $slot_bytes old.bin &&
    fail "half an erase changed nothing"

# All in one run: cut twice, power up again, and the transfer starts over.
rm -f chip.bin
update --flash chip.bin --power-cut-op 5 --power-cycles 2 --quiet \
    --expect "$v1_text" --expect "$v1_text" --expect "$v2_text" \
    --uart file:out.txt --json again.json || fail "no update after two cuts"
[ "$(json again.json power_cuts)" = 2 ] || fail "not two cuts"

# At a time instead of at an operation.
boots --load "$v1_img@0" --power-cut 5ms --power-cycles 0 --quiet --uart none \
    --json time.json || fail "cut at a time: exit $?"
[ "$(json time.json time_s)" = 0.005 ] ||
    fail "cut at $(json time.json time_s) s instead of 0.005"
