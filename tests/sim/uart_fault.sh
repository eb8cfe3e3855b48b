#!/usr/bin/env bash
# A wrong bit on the line: the packet is sent again and the update succeeds. A
# line that stays bad, or an image that was wrong from the start: version 1
# keeps running.

# shellcheck source=tests/sim/lib_update.sh
. "$(dirname "$0")/lib_update.sh"

# One bit, in the header, the data and the last packet.
bytes=$(stat -c %s "$v2_img")
for fault in 1 700 $((bytes - 100)); do
    rm -f chip.bin
    update --flash chip.bin --send-fault $fault --expect "$v2_text" --quiet \
        --uart file:out.txt --json report.json ||
        fail "fault at byte $fault: exit $?"
    [ "$(json report.json packets_sent_again)" -ge 1 ] ||
        fail "fault at byte $fault: nothing was sent again"
    same_bytes chip.bin $slot_bytes "$v2_img" ||
        fail "fault at byte $fault: slot 1 is not version 2"
done

# Every packet is hit: the sender gives up, the device goes on with version 1.
rm -f chip.bin
update --flash chip.bin --send-fault 3000/500 --quiet --uart file:out.txt \
    --json report.json 2>err.txt
status=$?
[ $status -eq 1 ] || fail "a bad line: exit $status, wanted 1"
[ "$(wc -l <err.txt)" -eq 1 ] || fail "a bad line: not one line on stderr"
grep -q "was not transferred" err.txt || fail "a bad line: $(cat err.txt)"
[ "$(json report.json software)" = 0 ] || fail "a bad line: device was reset"
boots --flash chip.bin --quiet --uart file:out.txt --expect "$v1_text" \
    --time-limit 10s || fail "a bad line: version 1 does not start"

# The image is damaged although every packet is right.
cp "$v2_img" bad.img
printf '\377\376\375' | dd of=bad.img bs=1 seek=$((bytes / 2)) conv=notrunc \
    status=none
boots --load "$v1_img@0" --send bad.img --quiet --uart file:out.txt \
    --time-limit 60s --expect "$v1_text" --expect "still running" \
    --expect "app v1.0.0: alive" ||
    fail "a damaged image: version 1 does not go on"
grep -q "$v2_text" out.txt && fail "a damaged image was started"
exit 0
