#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# xipsafe cut: a whole campaign, its parts, what it writes and what it refuses.
# cut_bad.sh has the verdicts. The state file or a choice of points goes round
# (turn.bash).
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/cli/cut.bash
. "$tests/cli/cut.bash"
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
cd "$scratch" || exit 2

few=(--inside 50 --tears 1)

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

### The state file ###
if its_turn 0 3; then
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
fi

### Which points ###
if its_turn 1 3; then
    # Two shards are the whole.
    cut 0 "${update[@]}" --random 48 --resume none --shard 1/2 --json=1.json
    cut 0 "${update[@]}" --random 48 --resume none --shard 2/2 --json=2.json
    [ $(($(json 1.json points) + $(json 2.json points))) -eq 48 ] ||
        fail "the shards are not the whole"

    # Instructions.
    cut 0 "${update[@]}" --instructions 3000000-3000100 --json=i.json
    [ "$(json i.json points)/$(json i.json cuts)" = 101/1 ] ||
        fail "instructions that change no flash are equal"
fi
if its_turn 2 3; then
    # A function; a watchdog, and an operation that fails.
    cut 0 "${update[@]}" --resume none --pc board_init_clock \
        --symbols "$firmware/boot_hash.elf" --json=p.json
    [ "$(json p.json points)" -gt 10 ] || fail "--pc found too little"
    cut 0 "${update[@]}" --fault watchdog --fault no-effect --inside none \
        --operations 70-71 --resume none

    # What decides can be a word in memory: then no image is compared.
    word=0x$(arm-none-eabi-nm "$firmware/boot_hash.elf" |
        awk '$3 == "boot_console_ready_" { print $1 }')
    cut 0 "${update[@]}" --when "$word=1" --until "update: restarting" \
        --operations 6 --resume none --json=when.json
    [ "$(json when.json points)" = 8 ] || fail "--when"
fi

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
if its_turn 0 2; then
    cut 0 "${whole[@]}" --approve "0:$(stat -c %s "$firmware/cut_small_v1.img")"
fi
if its_turn 1 2; then
    cut 0 "${whole[@]}" --approve "$firmware/cut_small_v1.img@0"
fi
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
