# shellcheck shell=bash
# common - what the simulator's test scripts share; sourced, not run
# usage in a script: . "$(dirname "$0")/common.bash"

set -eu
xipsafe=$1
scratch=$2
firmware=$3

fail() {
    echo "$(basename "$0"): $1" >&2
    for file in "$scratch"/out "$scratch"/err; do
        [ -s "$file" ] && sed "s/^/    /" "$file" >&2
    done
    exit 1
}

# sim WANTED_STATUS ARGS...: output goes to $scratch/out and $scratch/err.
sim() {
    local wanted=$1 status=0
    shift
    "$xipsafe" sim "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq "$wanted" ] \
        || fail "exit status $status, expected $wanted: xipsafe sim $*"
}

# sim_app WANTED_STATUS NAME ARGS...: the boot program and an image in slot 0.
sim_app() {
    local wanted=$1 name=$2
    shift 2
    sim "$wanted" --part w25q128jv --internal "$firmware/boot.elf" \
        --load "$firmware/$name.img@0" --symbols "$firmware/$name.elf" \
        --time-limit 120s "$@"
}

printed() {
    grep -qF -- "$1" "$scratch/out" || fail "did not print: $1"
}

not_printed() {
    ! grep -qF -- "$1" "$scratch/out" || fail "printed: $1"
}

reported() {
    tr -s ' \n' '  ' <"$scratch/err" | grep -qE -- "$1" \
        || fail "did not report: $1"
}

# The verdicts of a program that uses tests/firmware/common.
all_passed() {
    not_printed "FAIL "
    grep -qE '^.*done: [1-9][0-9]* passed, 0 failed' "$scratch/out" \
        || fail "no 'done: N passed, 0 failed'"
}

# json_number KEY: of the first line with this key in $scratch/report.json.
json_number() {
    sed -n "s/^ *\"$1\": *\([0-9]*\),*\$/\1/p" "$scratch/report.json" | head -n 1
}
