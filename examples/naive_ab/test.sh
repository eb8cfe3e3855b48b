#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
# The loader that writes its record first is found bad, the mended one is not.

set -eu
# shellcheck source=examples/naive_ab/flash.bash
. "$(dirname "$0")/flash.bash"
command=$1 scratch=$2 firmware=$3

fail() {
    echo "naive_ab: $1" >&2
    tail -n 30 "$scratch/out" >&2
    exit 1
}

naive=$((1 + 2 + 16)) # AB_NAIVE of ab.h
status=0
ab_cut "$command" "$firmware" "$scratch" $naive --inside none --shard 2/6 \
    --quiet >"$scratch/out" 2>&1 || status=$?
[ $status = 1 ] || fail "the naive one: exit $status, not 1"
grep -q '^BAD op[0-9]*@.*: boots an image that was never approved' \
    "$scratch/out" || fail "the naive one starts what was never approved"

# In the first erases and programs, and in the last ones: the records.
ab_cut "$command" "$firmware" "$scratch" 0 --operations 1-6 --inside 50 \
    --resume 2 --quiet >"$scratch/out" 2>&1 || fail "mended: begin"
ab_cut "$command" "$firmware" "$scratch" 0 --operations 128-999 --inside 50 --tears 1 \
    --twice --resume none --quiet >"$scratch/out" 2>&1 || fail "mended: end"
grep -q 'second cuts, in the recovery: [1-9]' "$scratch/out" ||
    fail "no recovery was cut"
