#!/usr/bin/env bash
# command: optimised
# Firmwares that must fail, one defect each, and a clean twin of each that must
# be proved: the files of tests/check/defects, of which a quarter goes round
# (turn.bash), with gcc -Os, and half of those also at another level or with
# clang; with XIPSAFE_DEEP=1 all of them at four levels with both. What a case may
# say about itself stands in defects/README.md.
#
# usage: defects.sh XIPSAFE SCRATCH FIRMWARE [PATTERN [LEVEL [COMPILER]]]
#
# Two things besides: ids of findings are those of defects/ids.txt, and each rule
# of the checker has a case that demands it.
#
# PATTERN names cases ('string_*'). With XIPSAFE=- only the defects are looked
# for, with objdump, and nothing is checked.

set -u
if [ "${1-}" = --one ]; then
    shift
    # shellcheck source=tests/check/defects/harness/one.bash
    . "${0%/*}/defects/harness/one.bash"
    # In one piece: two of these run at a time.
    printf '%s\n' "$(run_case "$@")"
    exit 0
fi

# shellcheck source=tests/turn.bash
. "$(dirname "$0")/../turn.bash"
here=$(dirname "$0")/defects
export XIPSAFE=$1 SCRATCH=$2
pattern=${4-*} level=${5-} compiler=${6-}
mkdir -p "$SCRATCH"
rm -f "$SCRATCH"/shared_* "$SCRATCH"/*.json

if [ "$XIPSAFE" != - ]; then
    "$XIPSAFE" check --help >/dev/null 2>&1 ||
        { echo "defects: $XIPSAFE has no command check" >&2; exit 1; }
fi
cc -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wshadow -Wpedantic -Werror \
    -o "$SCRATCH/match" "$here/harness/match.c" -ljansson || exit 1

compilers="gcc clang"
command -v clang >/dev/null || { compilers=gcc; echo "no clang: skipped"; }
NEWLIB=$(echo '#include <string.h>' | arm-none-eabi-gcc -E -x c - |
    sed -n 's|^# 1 "\(.*\)/string.h".*|\1|p' | head -n 1)
export NEWLIB

# also COUNT: what a case is compiled with besides gcc -Os. When its turn comes,
# it is each of them by turns.
also() {
    local others=('O0 gcc' 'O2 gcc' 'Os clang')
    [ "$compilers" = gcc ] && unset 'others[2]'
    ! its_turn "$1" 8 || echo "${others[($1 + turn) / 8 % ${#others[@]}]}"
}

jobs_list() {
    local file name levels c l count=0
    for file in "$here"/*.[cS]; do
        name=${file##*/}
        name=${name%.*}
        # shellcheck disable=SC2254 # a pattern on purpose
        case $name in $pattern) ;; *) continue ;; esac
        count=$((count + 1))
        if [ -z "${XIPSAFE_DEEP-}$level$compiler" ] && [ "$pattern" = '*' ]; then
            its_turn $count 4 || continue
            echo "$file Os gcc"
            read -r l c < <(also $count)
            [ -z "$l" ] || [ "${file##*.}" = S ] || echo "$file $l $c"
            continue
        fi
        for c in ${compiler:-$compilers}; do
            levels="O0 Os O2 Og"
            [ "${file##*.}" = S ] && levels=Os
            for l in ${level:-$levels}; do
                echo "$file $l $c"
            done
        done
    done
}

export PLANTED=1
[ "$pattern" != '*' ] || its_turn 0 4 || PLANTED=0

jobs_list >"$SCRATCH/jobs"
[ -s "$SCRATCH/jobs" ] || { echo "defects: no case $pattern" >&2; exit 1; }
xargs -P "$(nproc)" -L 1 bash "$0" --one <"$SCRATCH/jobs" >"$SCRATCH/results" ||
    { echo "defects: not all cases were run" >&2; exit 1; }

# ids_stay: of the defective twins at -Os, gcc. Another compiler may find other
# things; then the same finding must have the same id.
ids_stay() {
    awk -v major="$(arm-none-eabi-gcc -dumpversion | cut -d. -f1)" '
        /^#/ { next }
        { key = $1 " " $2 " " $3 " " $4 }
        FNR == NR { ran[$1]; id[key, $5]; known[key] = $5; next }
        !($1 in ran) || (key, $5) in id { next }
        key in known { print "id of " key ": " known[key] ", was " $5; bad = 1 }
        !(key in known) && major == 12 { print "not found: " $0; bad = 1 }
        END { exit bad }' "$SCRATCH/ids" "$here/ids.txt"
}

# each_rule_has_a_case: one expects it by its name alone, or as one of several of
# which ids.txt says that it was this one. Whether they find it, their own runs say.
each_rule_has_a_case() {
    local key name case missing=0
    while read -r key name; do
        grep -qhE "^// expect.* rule=($key|$name)( |\$)" "$here"/*.[cS] ||
            awk -v key="$key" '$2 == key { print $1 }' "$here/ids.txt" | sort -u |
            while read -r case; do
                grep -hE '^// expect' "$here/$case".[cS]
            done | grep -qE "rule=([^ ]*[|])?($key|$name)([| ]|\$)" ||
            { echo "no case expects rule $name ($key)"; missing=1; }
    done < <("$XIPSAFE" check --rules |
        awk '{ print $2 ~ /^\(/ ? substr($2, 2, length($2) - 2) : $1, $1 }')
    return $missing
}

rules=0
case "$XIPSAFE $pattern $level $compiler" in
-*) ;;
*" *  " | *" * Os " | *" *  gcc" | *" * Os gcc")
    "$SCRATCH/match" --ids "$SCRATCH"/*_Os_gcc_defect.elf.json |
        sed 's/_Os_gcc_defect / /' >"$SCRATCH/ids"
    ids_stay || rules=1
    each_rule_has_a_case || rules=1
    ;;
esac

# One line each: pass|fail|skip NAME LEVEL COMPILER TWIN; indented: why.
awk -v script="$0" -v command="$1" -v scratch="$2" -v firmware="${3-.}" '
    /^ / { if (show) print; next }
    { count[$1]++; kinds[$2]; show = $1 == "fail" }
    show {
        print $2 " -" $3 " " $4 ", " $5
        if (!(($2, $3, $4) in rerun)) {
            rerun[$2, $3, $4]
            print "    rerun: " script " " command " " scratch " " firmware \
                " \047" $2 "\047 " $3 " " $4
        }
    }
    END {
        for (kind in kinds) n++
        print n " kinds, " count["pass"] + 0 " passed, " count["fail"] + 0 \
            " failed, " count["skip"] + 0 " skipped"
        exit count["fail"] > 0 || count["pass"] == 0
    }' "$SCRATCH/results" && [ "$rules" = 0 ]
