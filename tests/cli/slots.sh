#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# xipsafe slots: what it says of chips that an update has written, and that the
# boot program then starts what it said.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2
key=$tests/../boot/keys/test_p256.pem

# slots STATUS ARGUMENTS...
slots() {
    local wanted=$1 status=0
    shift
    "$xipsafe" slots "$@" >out 2>err || status=$?
    [ $status -eq "$wanted" ] || fail "exit $status, not $wanted: slots $*"
}
# boot TEXT OPTION...: from the chip, until the text was printed
boot() {
    "$xipsafe" sim --internal "$firmware/boot_hash.elf" \
        --flash chip.bin --uart file:console --quiet --expect "$1" \
        --time-limit 120s "${@:2}" >out 2>err || fail "no '$1'"
}

boot "app v1.0.0 runs" --load "$firmware/cut_small_v1.img@0"
slots 0 chip.bin
printed "journal at 0xFFE000, without a record"
printed "slot 0 starts: nothing is recorded of it, and it has the highest version"
boot "update: restarting" --send "$firmware/cut_small_v2_gives_up.img"
cp chip.bin before.bin
slots 0 chip.bin --records --key "$key"
printed_like 'position +1  claimed  record whole, number 2, sealed twice'
printed_like '^slot 1 .* 2.0.0\+0 +on trial, 0 starts  <- starts'
printed "the boot program writes to the journal first"
same chip.bin before.bin
boot "app v2.0.0 runs"
for reset in power other; do
    slots 0 chip.bin --json=$reset.json --reset $reset
    [ "$(json $reset.json starts)" = 1 ] || fail "slot 1 does not start: $reset"
done
boot "slot 1 rejected: did not confirm itself"
boot "app v1.0.0 runs"
slots 0 chip.bin
printed_like '^slot 1 .* rejected: did not confirm itself$'
printed "slot 0 starts: nothing is recorded of it"
used=$(sed -n 's/.*sector 0: \([0-9]*\) of 32 positions.*/\1/p' out)

# A record that was cut: its seals are missing, then its CRC is wrong.
at=$((0xFFE000 + 128 * (used - 1)))
blank() { # OFFSET BYTES
    head -c "$2" /dev/zero | tr '\0' '\377' |
        dd of=chip.bin bs=1 seek="$1" conv=notrunc status=none
}
blank $((at + 112)) 16
slots 0 chip.bin
printed "not settled: a loss of power cut what came last"
blank $((at + 60)) 1
slots 0 chip.bin --records
printed_like "position +$((used - 1))  claimed  record damaged, sealed"
printed_like '^slot 1 .* on trial, [0-9]+ starts'

# Nothing in the slots, and nothing in the journal.
cp chip.bin short.bin
truncate -s 1M short.bin
slots 2 short.bin
reported "slots and journal of stm32l476g-disco end at 0x1000000"
head -c 16M /dev/zero >zero.bin
slots 1 zero.bin
printed "nothing starts: no slot has an image that may start"
head -c 16M /dev/urandom >random.bin
slots 1 random.bin --records
slots 1 random.bin --json
[ "$(json out starts)" = null ] || fail "random bytes start"
slots 2
reported "give the contents of a chip"
slots 2 a b
reported "'b' is one argument too many"
slots 2 missing
reported "missing: "
slots 0 --help
finish
