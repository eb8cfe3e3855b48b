#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# A wrong bit on the line: the packet is sent again and the update succeeds. A
# line that stays bad, or an image that was wrong from the start: version 1
# keeps running.

set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

# A bit in the first packet, and then one in every 20,000 bytes.
bytes=$(stat -c %s "$v2_img")
faults=$(((bytes - 1) / 20000 + 1))
update --flash chip.bin --send-fault 1/20000 --expect "$v2_text" --quiet \
    --uart file:out.txt --json=report.json || fail "single faults: exit $?"
again=$(json report.json packets_sent_again)
[ "$again" -ge $((faults - 1)) ] ||
    fail "single faults: $again packets again, about $faults bits were wrong"
same_bytes chip.bin $slot_bytes "$v2_img" ||
    fail "single faults: slot 1 is not version 2"

# Every packet is hit: the sender gives up, the device goes on with version 1.
rm -f chip.bin
update --flash chip.bin --send-fault 3000/500 --quiet --uart file:out.txt \
    --json=report.json 2>err.txt
status=$?
[ $status -eq 1 ] || fail "a bad line: exit $status, wanted 1"
[ "$(wc -l <err.txt)" -eq 1 ] || fail "a bad line: not one line on stderr"
grep -q "was not transferred" err.txt || fail "a bad line: $(cat err.txt)"
[ "$(json report.json software)" = 0 ] || fail "a bad line: device was reset"
sed '0,/failed/d' out.txt | grep -q "app v1.0.0: alive" ||
    fail "a bad line: version 1 does not go on"
boots --flash chip.bin --quiet --uart file:out.txt --expect "$v1_text" \
    --time-limit 10s || fail "a bad line: version 1 does not start again"

# The image is damaged although every packet is right: whether the updater or
# the boot program refuses it, version 1 is what runs at the end.
cp "$v2_img" bad.img
printf '\377\376\375' | dd of=bad.img bs=1 seek=$((bytes / 2)) conv=notrunc \
    status=none
boots --load "$v1_img@0" --send bad.img --quiet --uart file:out.txt \
    --time-limit 60s --expect "update: " --expect "app v1.0.0: alive" ||
    fail "a damaged image: version 1 does not go on"
grep -q "$v2_text" out.txt && fail "a damaged image was started"
exit 0
