#!/usr/bin/env bash
# command: optimised
# The checker agrees with the simulator: what traps there in an outage was
# reported as violated or unknown, and by the name of what trapped.
#
# usage: agree.sh XIPSAFE SCRATCH FIRMWARE [PATTERN [LEVEL]]
#
# Three corpora: the cases of tests/check/defects, each run in an outage (both
# twins; agree/start.c), random firmwares (agree/random.awk; XIPSAFE_SEEDS says
# how many, the turn the first), and the firmwares of tests/firmware that
# tests/sim traps. The first two go round (turn.bash): an eighth of the cases
# and a third of the random ones, with -O0 or with -Os; with XIPSAFE_DEEP=1 all of them
# with both.

set -u
here=$(dirname "$0")
# shellcheck source=tests/check/defects/harness/one.bash
. "$here/defects/harness/one.bash"
# shellcheck source=tests/check/agree/one.bash
. "$here/agree/one.bash"
if [ "${1-}" = --one ]; then
    shift
    printf '%s\n' "$(agree_case "$@")"
    exit 0
fi

# shellcheck source=tests/turn.bash
. "$(dirname "$0")/../turn.bash"
export XIPSAFE=$1 SCRATCH=$2
firmware=$3 pattern=${4-*} level=${5-}
mkdir -p "$SCRATCH"
rm -f "$SCRATCH"/shared_* "$SCRATCH"/start_* "$SCRATCH"/random_*
cc -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wshadow -Wpedantic -Werror \
    -o "$SCRATCH/agree" "$here/agree/agree.c" -ljansson || exit 1
"$XIPSAFE" board show --layout >"$SCRATCH/layout.h" || exit 1
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -std=c11 -c \
    -I "$board/../mcu" -I "$SCRATCH" -o "$SCRATCH/agree_board.o" "$board/board.c" || exit 1

first=$turn
for seed in $(seq "$first" $((first + ${XIPSAFE_SEEDS:-40} - 1))); do
    awk -v seed="$seed" -f "$here/agree/random.awk" \
        >"$SCRATCH/random_$seed.c" || exit 1
done

jobs_list() {
    local file name l count=0 of levels
    for file in "$here"/defects/*.[cS] "$SCRATCH"/random_*.c; do
        name=${file##*/}
        name=${name%.*}
        # shellcheck disable=SC2254 # a pattern on purpose
        case $name in $pattern) ;; *) continue ;; esac
        levels="O0 Os"
        if [ "$pattern" = '*' ] && [ -z "${XIPSAFE_DEEP-}" ]; then
            count=$((count + 1))
            of=8
            [[ $name != random_* ]] || of=3
            its_turn $count $of || continue
            levels=O0
            ! its_turn $count $((2 * of)) || levels=Os
        fi
        [[ $file != *.S ]] || levels=Os
        for l in ${level:-$levels}; do
            echo "$file $l $SCRATCH"
        done
    done
}

jobs_list >"$SCRATCH/jobs"
[ -s "$SCRATCH/jobs" ] || { echo "agree: no case $pattern" >&2; exit 1; }
xargs -P "$(nproc)" -L 1 bash "$0" --one <"$SCRATCH/jobs" >"$SCRATCH/results" ||
    { echo "agree: not all cases were run" >&2; exit 1; }
[ "$pattern" != '*' ] || agree_firmware "$firmware" >>"$SCRATCH/results"

# One line each: pass|fail|skip NAME LEVEL TWIN VERDICT OUTCOME; indented: why.
awk -v script="$0" -v command="$1" -v scratch="$2" -v firmware="$firmware" \
    -v all="$([ "$pattern" = '*' ] && echo 1)" '
    /^ / { if (show) print; next }
    { count[$1]++; show = $1 == "fail" }
    $1 == "pass" { seen[$5 " and " $6]++ }
    $1 == "pass" && $2 ~ /^random_/ { random[$5]++ }
    $1 == "skip" && !($2 in told) {
        told[$2]
        print "not run: " $2 substr($0, index($0, ":"))
    }
    show {
        print $2 " -" $3 ", " $4
        print "    rerun: " script " " command " " scratch " " firmware \
            " \047" $2 "\047 " $3
    }
    END {
        for (kind in seen) print "  " seen[kind] " " kind | "sort -k 2"
        close("sort -k 2")
        print count["pass"] + 0 " agree, " count["fail"] + 0 " do not, " \
            count["skip"] + 0 " not run"
        # Else the property holds by saying the same of all of them.
        if (all && (!random["proved"] || !random["violated"])) {
            print "the random firmwares do not have both verdicts"
            exit 1
        }
        exit count["fail"] > 0 || count["pass"] == 0
    }' "$SCRATCH/results"
