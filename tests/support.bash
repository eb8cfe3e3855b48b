# shellcheck shell=bash disable=SC2034
# support - what the test scripts share; sourced, not run
#
#     . "$(dirname "$0")/../support.bash"
#
# Takes the script's arguments: sets xipsafe, scratch and firmware, as absolute
# paths. The output of the last command that a test looked at is in `out` and
# `err`, in $scratch.

xipsafe=$(realpath -m -- "${1-.}")
scratch=$(realpath -m -- "${2-.}")
firmware=$(realpath -m -- "${3-.}")
tests=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
test_name=$(basename "$(dirname "$0")")/$(basename "$0")
failures=0

### Failures ###

# complain MESSAGE: the test goes on; `finish` ends it.
complain() {
    echo "$test_name: FAILED: $1" >&2
    failures=$((failures + 1))
}

# fail MESSAGE: the test ends, with what the last command printed.
fail() {
    local file
    echo "$test_name: FAILED: $1" >&2
    for file in "$scratch"/out "$scratch"/err; do
        [ ! -s "$file" ] || tail -n 60 "$file" | sed 's/^/    /' >&2
    done
    exit 1
}

# The last line of a script that complains.
finish() {
    [ "$failures" -eq 0 ] || exit 1
    echo "$test_name: passed"
    exit 0
}

# same FILE FILE [BYTES]: equal, or equal up to BYTES; complains.
same() {
    cmp -s -n "${3:-999999999}" "$1" "$2" || complain "$1 differs from $2"
}

### Simulations ###

# sim WANTED_STATUS ARGUMENTS...
sim() {
    local wanted=$1 status=0
    shift
    "$xipsafe" sim "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status, expected $wanted: xipsafe sim $*"
}

# sim_app WANTED_STATUS NAME ARGUMENTS...: the boot program, an image in slot 0.
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

# printed_like REGEX
printed_like() {
    grep -qE -- "$1" "$scratch/out" || fail "did not print: $1"
}

# reported REGEX: on stderr, whose line breaks do not count.
reported() {
    tr -s ' \n' '  ' <"$scratch/err" | grep -qE -- "$1" ||
        fail "did not report: $1"
}

# sim_pty ARGUMENTS...: runs in the background with its UART at a pty: $sim is
# the process, $port the pty; console and sim.err have what it prints.
sim_pty() {
    local line
    mkfifo "$scratch/lines"
    "$xipsafe" sim --uart pty --time-limit 300s "$@" \
        >"$scratch/console" 2>"$scratch/lines" &
    sim=$!
    trap 'kill $sim 2>/dev/null || true' EXIT
    exec 3<"$scratch/lines"
    port=
    while [ -z "$port" ] && read -r line <&3; do
        case $line in *'UART at '*) port=${line##* } ;; esac
    done
    [ -n "$port" ] || fail "no pty"
    cat <&3 >"$scratch/sim.err" &
}

# sim_pty_ends: as it should.
sim_pty_ends() {
    wait "$sim" || fail "the simulator: exit $?: \
$(cat "$scratch/console" "$scratch/sim.err")"
    trap - EXIT
}
# device STATUS COMMAND...: xipsafe device at the pty. The machine may be slow.
device() {
    local wanted=$1 status=0
    shift
    "$xipsafe" device "$@" --port "$port" --timeout 60s >"$scratch/out" \
        2>"$scratch/err" || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status: device $*"
}

# The verdicts of a program that uses tests/firmware/common.
all_passed() {
    not_printed "FAIL "
    grep -qE '^.*done: [1-9][0-9]* passed, 0 failed' "$scratch/out" ||
        fail "no 'done: N passed, 0 failed'"
}

# json FILE KEY: the value of the first line with this key.
json() {
    sed -n "s/^ *\"$2\": *\(.*[^,]\),*\$/\1/p" "$1" | head -n 1
}

### Self-update ###

v1_text="app v1.0.0 runs at"
v2_text="app v2.0.0 runs at"
v1_img=$firmware/self_update_v1.img
v2_img=$firmware/self_update_v2_slot1.img
slot_bytes=$((0x100000))

# boots ARGUMENTS...: only the boot program and what the chip holds. The exit
# status is the command's.
boots() {
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" "$@" \
        </dev/null
}

# update ARGUMENTS...: boot program, version 1 in slot 0, version 2 on the line.
update() {
    boots --load "$v1_img@0" --send "$v2_img" "$@"
}

# same_bytes FILE OFFSET IMAGE: FILE has IMAGE at OFFSET.
same_bytes() {
    cmp -s -n "$(stat -c %s "$3")" -i "$2:0" "$1" "$3"
}

### A firmware project ###

# A small project shaped like those of CubeMX, for tests of the checker: the
# files of tests/check/project, here. subject() is what a test adds.
base_project() {
    cp "$tests"/check/project/* .
}
