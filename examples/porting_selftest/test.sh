#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
#
# The port that this project has finds nothing to complain about, by one part
# that suspends, by one that reports failures in a register of its own.
set -eu
for part in w25q128jv n25q128a mx25l51245g; do
    "$1" sim --internal "$3/porting_selftest.elf" --part "$part" \
        --time-limit 60s --uart "file:$2/out.txt" --quiet \
        --expect 'interrupts that wait: good' --expect 'selftest: 0 faults' || {
        cat "$2/out.txt" >&2
        echo "porting_selftest: part $part" >&2
        exit 1
    }
done
