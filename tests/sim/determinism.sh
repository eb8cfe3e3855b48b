#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# Same inputs, same run: the whole report (times, figures, hash of every
# executed instruction) and the chip's contents are equal, however long the
# stretches are in which the CPU core runs.

set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

# run NAME ARGS...
run() {
    local name=$1
    shift
    update --flash "$name.bin" --json="$name.json" --trace "$name.trace" \
        --quiet --uart file:"$name.txt" "$@" || fail "run $name: exit $?"
}

# compare REFERENCE NAME
compare() {
    local what
    for what in json trace txt bin; do
        cmp "$1.$what" "$2.$what" || fail "$2.$what is not $1.$what"
    done
    rm -f "$2".*
}

# The whole update, in stretches of two lengths.
slice=${XIPSAFE_SLICE:-$((RANDOM % 9000 + 100))}
echo "again with XIPSAFE_SLICE=$slice"
run first --expect "$v2_text"
[ "$(json first.json trace_hash)" != "" ] || fail "no trace hash"
run other --expect "$v2_text" --slice "$slice"
compare first other

# The first packets and the first erase: twice the same, then other stretches.
# The supply fails in the ninth operation, so torn bits must be equal, too.
cut() {
    run "$1" --power-cut-op 9 --power-cycles 0 --slice "$2"
}
cut torn 100000
cut torn_again 100000
compare torn torn_again
cut torn_thousand 1000
compare torn torn_thousand

# One instruction at a time is slow: the first milliseconds of the boot program.
short() {
    boots --load "$v1_img@0" --time-limit 10ms --quiet --json="$1.json" \
        --trace "$1.trace" --uart file:"$1.txt" --flash "$1.bin" \
        --slice "$2" || fail "run $1: exit $?"
}
short long_slices 100000
short single_steps 1
compare long_slices single_steps

# A different run must not have the same hash, or the above says nothing.
boots --load "$v1_img@0" --time-limit 11ms --quiet --uart none \
    --json=longer.json || fail "run longer: exit $?"
if [ "$(json longer.json trace_hash)" = \
        "$(json long_slices.json trace_hash)" ]; then
    fail "a longer run has the same hash"
fi
