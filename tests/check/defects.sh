#!/usr/bin/env bash
# command: optimised
# Firmwares that must fail, one defect each, and a clean twin of each that must
# be proved: every file of tests/check/defects, at four levels, with two
# compilers. What a case may say about itself stands in defects/README.md.
#
# usage: defects.sh XIPSAFE SCRATCH FIRMWARE [PATTERN [LEVEL [COMPILER]]]
#
# PATTERN names cases ('string_*'). With XIPSAFE=- only the defects are looked
# for, with objdump, and nothing is checked.

set -u
if [ "${1-}" = --one ]; then
    shift
    # shellcheck source=tests/check/defects/harness/one.bash
    . "$(dirname "$0")/defects/harness/one.bash"
    # In one piece: two of these run at a time.
    printf '%s\n' "$(run_case "$@")"
    exit 0
fi

here=$(dirname "$0")/defects
export XIPSAFE=$1 SCRATCH=$2
pattern=${4-*} level=${5-} compiler=${6-}
mkdir -p "$SCRATCH"
rm -f "$SCRATCH"/shared_*

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

jobs_list() {
    local file name levels c l
    for file in "$here"/*.[cS]; do
        name=$(basename "$file")
        name=${name%.*}
        # shellcheck disable=SC2254 # a pattern on purpose
        case $name in $pattern) ;; *) continue ;; esac
        for c in ${compiler:-$compilers}; do
            levels="O0 Os O2 Og"
            [ "${file##*.}" = S ] && levels=Os
            for l in ${level:-$levels}; do
                echo "$file $l $c"
            done
        done
    done
}

jobs_list >"$SCRATCH/jobs"
[ -s "$SCRATCH/jobs" ] || { echo "defects: no case $pattern" >&2; exit 1; }
xargs -P "$(nproc)" -L 1 bash "$0" --one <"$SCRATCH/jobs" >"$SCRATCH/results"

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
    }' "$SCRATCH/results"
