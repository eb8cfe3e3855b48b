#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# What must not be installed, and what must not be started: version 1 goes on.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# Linked for the slot that runs: refused from the header, nothing is erased.
sim_app 1 self_update_v1 --send "$firmware/self_update_v3.img" \
    --json="$scratch/report.json" --time-limit 8s
printed "update: failed, XIP_ERR_ADDRESS (linked for another address)"
grep -A 9 "update: failed" "$scratch/out" | grep -q "app v1.0.0: alive, [0-9]" ||
    fail "version 1 does not go on"
[ "$(json "$scratch/report.json" erases)" -eq 0 ] || fail "something was erased"

# Some of it is missing, and the sender believes that was all.
head -c 20000 "$firmware/self_update_v2_slot1.img" >"$scratch/short.img"
sim_app 1 self_update_v1 --send "$scratch/short.img" --time-limit 12s
printed "update: failed, XIP_ERR_TRANSFER"
grep -A 9 "update: failed" "$scratch/out" | grep -q "app v1.0.0: alive, [0-9]" ||
    fail "version 1 does not go on"

# Signed by somebody else: installed, since the application has no key, but
# the boot program has.
"$xipsafe" image keygen --key "$scratch/other.pem"
"$xipsafe" image sign --key "$scratch/other.pem" --header-size 0x200 \
    --pad-header --slot-size 0x100000 --rom-fixed 0x90100000 --version 2.0.0 \
    "$firmware/self_update_v2_slot1.bin" "$scratch/other.img"
sim_app 0 self_update_v1 --send "$scratch/other.img" \
    --expect "update: installed in slot 1" \
    --expect "boot: slot 1 rejected: " \
    --expect "boot: slot 0 v1.0.0+0 verified" \
    --expect "app v1.0.0: alive"
not_printed "app v2.0.0"
