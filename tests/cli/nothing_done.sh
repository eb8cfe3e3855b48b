#!/usr/bin/env bash
# command: optimised
# An option that did nothing is no success.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
[ -s "$firmware/minimal.img" ] || exit 77
cd "$scratch" || exit 2

# sim STATUS TEXT OPTION...: minimal, which stores, reads back and waits.
sim() {
    local status=$1 text=$2 got=0
    shift 2
    "$xipsafe" sim --internal "$firmware/boot.elf" \
        --load "$firmware/minimal.img@0" --uart none --quiet "$@" >out 2>&1 ||
        got=$?
    [ "$got" -eq "$status" ] || complain "'$*': exit $got, not $status: $(cat out)"
    grep -qF -- "$text" out || complain "'$*': no '$text' in: $(cat out)"
}
sim 2 '--power-cycles needs --power-cut' --power-cycles 3
sim 2 'the power was never cut: the run ended before --power-cut (' \
    --power-cut 10s --time-limit 1s
sim 2 'before --power-cut-op (' --power-cut-op 5000
sim 1 'was sent: the device did not ask for it' --expect 'minimal:' \
    --send "$firmware/minimal.img"
for place in 0x20000000:RAM 0x08000010:internal 0x90000000:window; do
    sim 2 "${place#*:}" --set "${place%:*}=1"
    grep -q 'and not in a register' out || complain "--set: $(cat out)"
done
# A later --load counts, and says so where it changes something.
head -c 5000 "$firmware/boot.bin" >some.bin
sim 0 'note: --load some.bin@0x700010 replaces 0x700010 to 0x701387 of --load some.bin@0x700000' \
    --load some.bin@0x700000 --load some.bin@0x700010 --expect 'minimal:'
"$xipsafe" sim --internal "$firmware/boot.elf" --uart none --quiet \
    --load some.bin@0x700000 --load some.bin@0x700000 --time-limit 1ms >out 2>&1
! grep -q 'replaces' out || complain "equal bytes: $(cat out)"
# So does a program that lies over another one.
cp some.bin over.bin
printf '\x77' | dd of=over.bin bs=1 seek=3000 conv=notrunc status=none
"$xipsafe" sim --internal "$firmware/boot.elf" --internal over.bin \
    --uart none --quiet --time-limit 1ms >out 2>&1
grep -q "note: --internal over.bin replaces 0x[0-9a-f]* to 0x[0-9a-f]* of --internal .*boot.elf: the later one counts" out ||
    complain "over.bin: $(cat out)"
got=0
"$xipsafe" sim --internal "$firmware/boot.elf" --time-limit 100ms \
    >/dev/full 2>out || got=$?
[ "$got" -eq 2 ] || complain "a full disk: exit $got"
grep -q 'standard output: No space left' out || complain "full: $(cat out)"
# What is no program is not run.
head -c 4096 "$firmware/boot.elf" | tail -c 3000 >random.bin
while read -r file text; do
    got=0
    "$xipsafe" sim --internal "$file" >out 2>&1 || got=$?
    [ "$got" -eq 2 ] || complain "$file: exit $got: $(cat out)"
    grep -qF -- "$text" out || complain "$file: no '$text' in: $(cat out)"
done <<END
$firmware/minimal.img is an MCUboot image
random.bin is no program for 0x08000000
END
sim 2 'boot.elf is made for Armv7E-M (Tag_CPU_arch 13), which a cortex-m0plus' \
    --core cortex-m0plus
sim 2 "--core" --core cortex-m1
"$xipsafe" sim --internal "$firmware/boot.elf" --core cortex-m7 --uart none \
    --time-limit 1ms >out 2>&1 || complain "--core cortex-m7: $(cat out)"
grep -q 'the time of a cortex-m7 is an estimate' out ||
    complain "--core cortex-m7 does not say that its time is an estimate"
"$xipsafe" sim --internal "$firmware/boot.elf" \
    --load "$firmware/minimal.img@0" --uart none --quiet \
    --expect 'stored and read back' --set 0x40021000=0 >out 2>&1 ||
    complain "a register cannot be set: $(cat out)"
# No memory is not the firmware's fault.
got=0
(
    ulimit -v 40000
    exec "$xipsafe" sim --internal "$firmware/boot.elf" --uart none --quiet \
        --time-limit 1s
) >out 2>&1 || got=$?
[ "$got" -eq 2 ] || complain "no memory: exit $got: $(cat out)"
grep -q 'out of memory' out || complain "no memory: $(cat out)"
finish
