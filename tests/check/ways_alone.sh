#!/usr/bin/env bash
# command: optimised
# Each way of agree/ways with nothing around it: no unsafe firmware is PROVED, no
# safe twin VIOLATED. A way that docs/CHECK_WAYS.md does not list as unknown is
# proved without notes, and what is unknown with the lines of its report.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
ways=$(($(cat "$tests"/check/agree/ways/*.ways | grep -c '^= ') / 6))
# A twelfth of the ways, with code or with data, at one of four levels;
# scripts/check-ways has all.
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
XIPSAFE_PLAIN=1 XIPSAFE_SEED=$((turn % 96 * ways)) XIPSAFE_WAYS=$ways \
    "$tests/check/agree_ways.sh" "$xipsafe" "$scratch" >"$scratch/out" 2>&1 ||
    complain "$(cat "$scratch/out")"
awk '
    FNR == NR { if (/^\| `/ && alone) listed[$2]; if (/^## /) alone = /One way alone/; next }
    $5 == "safe" && $7 == "unknown" && !(("`" $3 "`") in listed) {
        print "not proved: " $0
    }
    $5 == "safe" && $8 != "proved" { print "not cured: " $0 }' \
    "$tests/../docs/CHECK_WAYS.md" "$scratch/results" >"$scratch/wrong"
[ ! -s "$scratch/wrong" ] || complain "$(cat "$scratch/wrong")"
finish
