#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# xipsafe cut: a whole campaign, its parts, what it writes, and one bad point
# run again.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

update=("$firmware/boot_hash.elf" "$firmware/cut_small_v1.img@0"
    --send "$firmware/cut_small_v2_slot1.img")
few=(--inside 50 --tears 1)

# cut WANTED_STATUS ARGUMENTS...
cut() {
    local wanted=$1 status=0
    shift
    "$xipsafe" cut "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status, expected $wanted: xipsafe cut $*"
}

# Every operation: nothing bad, and each point is run or equal to another.
cut 0 "${update[@]}" "${few[@]}" --resume 5 --state a.state --json=a.json \
    --svg a.svg
points=$(json a.json points)
[ "$points" -eq $((3 * $(json a.json operations))) ] || fail "points: $points"
[ $(($(json a.json cuts) + $(json a.json equal))) -eq "$points" ] ||
    fail "some points were neither run nor equal"
# Before an operation the flash is as behind the one before it.
[ "$(json a.json equal)" -gt 75 ] || fail "equal: $(json a.json equal)"
[ "$(json a.json bad)" = 0 ] || fail "bad"
[ "$(json a.json resumed)" -ge 2 ] || fail "not resumed"
[ "$(json a.json cut_small_v2_slot1.img)" -ge 1 ] || fail "v2 never starts"
grep -q '</svg>' a.svg || fail "no picture"
printed "boots a verified image"
reported '[0-9]+ %: [0-9]+ of [0-9]+ points, 0 bad, [0-9]+ s left'

# All is in the state file: the same again runs nothing.
cut 0 "${update[@]}" "${few[@]}" --resume 5 --state a.state --json=b.json
for key in points cuts equal resumed cut_s; do
    [ "$(json a.json $key)" = "$(json b.json $key)" ] ||
        fail "$key differs, from the state file"
done
cut 2 "${update[@]}" --inside 40 --tears 1 --state a.state
reported "of another campaign"

# Interrupted: what was done is reported, and the rest comes later.
mkfifo progress
exec 3<>progress
"$xipsafe" cut "${update[@]}" "${few[@]}" --jobs 1 --resume none \
    --state c.state --json=c.json >out 2>progress &
read -r line <&3
kill -INT $!
status=0
wait $! || status=$?
[ $status -eq 3 ] || fail "interrupted after '$line': exit $status"
[ "$(json c.json complete)" = false ] || fail "interrupted, but complete"
[ "$(json c.json cuts)" -gt 0 ] || fail "nothing was done before"
cut 0 "${update[@]}" "${few[@]}" --resume none --state c.state --json=c.json
[ "$(json c.json cuts)" = "$(json a.json cuts)" ] || fail "not the same cuts"

# Two shards are the whole.
cut 0 "${update[@]}" --random 48 --resume none --shard 1/2 --json=1.json
cut 0 "${update[@]}" --random 48 --resume none --shard 2/2 --json=2.json
[ $(($(json 1.json points) + $(json 2.json points))) -eq 48 ] ||
    fail "the shards are not the whole"

# Instructions and random times; a watchdog, and an operation that fails.
cut 0 "${update[@]}" --instructions 3000000-3000100 --json=i.json
[ "$(json i.json points)/$(json i.json cuts)" = 101/1 ] ||
    fail "instructions that change no flash are equal"
cut 0 "${update[@]}" --resume none --pc board_init_clock \
    --symbols "$firmware/boot_hash.elf" --json=p.json
[ "$(json p.json points)" -gt 10 ] || fail "--pc found too little"
cut 0 "${update[@]}" --fault watchdog --fault no-effect --inside none \
    --operations 70-71 --resume none

# A bad point, and the command that runs it again, with what it shows. Version
# 1 says what a confirm would say, so that it must not come back.
cut 1 "${update[@]}" --inside none --confirmed "app v1" --quiet \
    --operations 30-34 --json=bad.json
printed "an old image comes back after a confirm"
[ "$(json bad.json old-after-confirm)" -gt 2 ] || fail "old-after-confirm"
again=$(sed -n 's/^ *again: xipsafe //p' out | tail -n 1)
eval "\"\$xipsafe\" $again --vcd w.vcd --timeline w.svg --html w.html" >out 2>err
[ $? -eq 1 ] || fail "not bad again: $again"
printed "an old image comes back after a confirm"
# The debugger, where power comes back: at the reset handler, and one step back
# at the application that was cut.
debug=$(sed -n 's/^debug: xipsafe//p' out)
[ -n "$debug" ] || fail "no command that opens the debugger: $(cat out)"
if command -v gdb-multiarch >/dev/null; then
    mkfifo waits
    eval "\"\$xipsafe\" ${debug/--gdb 3333/--gdb 0} --uart none" 2>waits &
    exec 4<waits
    port=
    while read -r line <&4; do
        case $line in
        *"'target remote :"*) port=${line##*remote :} && break ;;
        esac
    done
    cat <&4 >/dev/null &
    # shellcheck disable=SC2016 # gdb's
    gdb-multiarch -q -nx -nh -batch -ex "file $firmware/boot_hash.elf" \
        -ex "target remote :${port%\'}" -ex 'info symbol $pc' \
        -ex 'reverse-stepi' -ex 'monitor outage' >out 2>&1
    printed "Reset_Handler in section"
    printed_like 'PRIMASK [01], .* interrupts wait'
fi
grep -q 'enddefinitions' w.vcd || fail "no waveforms"
grep -q '</svg>' w.svg || fail "no timeline"
grep -qE 'wait_for|board_uart_putc' w.vcd || fail "no functions in w.vcd"
for kind in chip reset; do
    count=$(sed -n "s/^{\"kind\":\"$kind\",.*\"count\":\([0-9]*\),.*/\1/p" w.html)
    [ "${count:-0}" -ge 2 ] || fail "the page has ${count:-no} $kind"
done
cut 1 "${update[@]}" --inside none --forbid "slot 1 is empty" \
    --operations 3
printed "prints a forbidden text"
cut 1 "${update[@]}" --inside none --expect "no such text" --operations 4 \
    --until "update: restarting" --boot-limit 200ms
printed "boots nothing"

# The verdicts of tests/firmware/verdicts, which boots in milliseconds.
{ printf '\376\347A' && head -c 253 /dev/zero | tr '\0' '\377'; } >a.img
{ printf '\376\347B' && head -c 253 /dev/zero | tr '\0' '\377'; } >b.img
verdicts() {
    local what=$1
    shift
    # shellcheck disable=SC2059 # octal digits
    printf "\\00$what\\0\\0\\0" >what.bin
    cut 1 "$firmware/verdicts.elf" a.img@0 b.img@0x1000 what.bin@0x10000 \
        --until starts --inside 20,50,95 --tears 8 --quiet --json=v.json "$@"
}
# has VERDICT TEXT: some points have it, and the report says it in words.
has() {
    [ "$(json v.json "$1")" -ge 1 ] || fail "no point is $1"
    printed "  $2"
}
verdicts 1 --inside 99 --tears 60
has boots-nothing "boots nothing"
has boots-unapproved "boots an image that was never approved"
has boots-unstable "boots an image with bits that read differently each time"
has boots-approved "boots a verified image"
verdicts 2
has running-changed "the running image changed"
verdicts 3
has not-settled "does not converge within 3 boots"
# Those of the sender, with examples/naive_ab: it is told too early; it is locked
# out. Elsewhere the update is begun again and arrives.
# shellcheck source=examples/naive_ab/flash.bash
. "$tests/../examples/naive_ab/flash.bash"
ab_cut "$xipsafe" "$firmware" . 64 --inside none --operations 130-999 \
    --resume none --quiet --json=v.json >out 2>err
[ $? = 1 ] || fail "naive_ab, told too early"
has update-lost "the update is lost silently"
ab_cut "$xipsafe" "$firmware" . 65536 --inside none --operations 3-4 \
    --resume all --quiet --json=v.json >out 2>err
[ $? = 1 ] || fail "naive_ab, locked out"
has update-stuck "the update can be neither resumed nor restarted"

# What decides can be a word in memory: then no image is compared.
word=0x$(arm-none-eabi-nm "$firmware/boot_hash.elf" |
    awk '$3 == "boot_console_ready_" { print $1 }')
cut 0 "${update[@]}" --when "$word=1" --until "update: restarting" \
    --operations 6 --resume none --json=when.json
[ "$(json when.json points)" = 8 ] || fail "--when"

# The contents of a whole chip say nothing of images: --approve does.
{
    cat "$firmware/cut_small_v1.img"
    head -c 16M /dev/zero | tr '\0' '\377'
} | head -c 16M >chip.bin
cp chip.bin before.bin
whole=("$firmware/boot_hash.elf" --flash chip.bin
    --send "$firmware/cut_small_v2_slot1.img" --operations 5 --inside none
    --resume none)
cut 2 "${whole[@]}"
reported "in no approved image"
cut 0 "${whole[@]}" --approve "0:$(stat -c %s "$firmware/cut_small_v1.img")"
cut 0 "${whole[@]}" --approve "$firmware/cut_small_v1.img@0"
same chip.bin before.bin

# What cannot be done.
cut 3 "$firmware/boot_hash.elf" "$firmware/cut_small_v1.img@0" --time-limit 1s
reported "nothing to cut"
cut 2 "${update[@]}" --only op9999@50
reported "no such point; the run has operations 1 to"
# What the options say is refused before anything is run.
only() { # NAME WORDS
    cut 2 no.elf no.img@0 --send no.img --only "$1"
    reported "$2"
}
only op1 "no name of a point; names are like op12@before"
only op1@50x "no name of a point"
only op1@33 "not this percentage"
only op1@50#2 "not this tear"
only op1@50:watchdog "not this fault"
only op1@before/op2 "second cuts come with --twice"
only op1@before+op2@50 "come with --again"
only i12 "come with --pc or --instructions"
only t12 "come with --random"
cut 2 no.elf no.img@0 --operations 2-3 --only op1@before
reported "not this operation"
cut 2 "${update[@]}" --only op1@before --json=only.json
reported "are of a whole campaign"
cut 3 "${update[@]}" --operations 900-999
reported "the run has operations 1 to [0-9]+; look at --operations"
cut 2 "${update[@]}" --power-cut 1s
reported "option of xipsafe sim"
cut 2 "$firmware/boot_hash.elf" --send "$firmware/cut_small_v2_slot1.img"
cut 2 "$firmware/boot_hash.elf" "$firmware/cut_small_v1.img@0" \
    --send "$firmware/cut_small_v1.img"
reported "transfer of .*cut_small_v1.img failed, the device cancelled it"
cut 2 "${update[@]}" --until "never printed" --time-limit 1s
reported "does not end as it should"
cut 2 "${update[@]}" --decide no_such_function
cut 0 "${update[@]}" --decide 0x90000000:2M --operations 5 --twice --inside none
cut 0 --help
finish
