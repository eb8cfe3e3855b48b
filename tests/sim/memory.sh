#!/usr/bin/env bash
# command: optimised (a sanitizer takes address space of its own)
# What docs/SIMULATE_YOURS.md says that a run takes: no more address space.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
page=$tests/../docs/SIMULATE_YOURS.md

# within PART MEGABYTES
within() {
    grep -q "at most $2 MB" "$page" || complain "$page does not say $2 MB"
    (
        ulimit -v $(($2 * 1024))
        sim 0 --part "$1" --internal "$firmware/boot.elf" \
            --load "$firmware/self_update_v1.img@0" --time-limit 1s \
            --trace=trace --vcd=vcd --html=html --json=json
    ) || complain "$1: more than $2 MB"
}
within w25q128jv 80
within mx25l51245g 160
finish
