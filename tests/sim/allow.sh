#!/usr/bin/env bash
# command: optimised
# A violation that is allowed is reported once and counted, and the run goes on; any
# other one, and any access to the closed window, is not.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 faults_not_blank --expect "passed, 0 failed" \
    --allow nor-not-blank="is not erased" --json="$scratch/report.json"
all_passed
reported "allowed, and counted from now on: nor-not-blank: .* is not erased"
reported "violations of nor-not-blank: 1, allowed: 1"
grep -A 2 '"nor-not-blank": {' "$scratch/report.json" |
    grep -q '"allowed": 1' || fail "not in the report"
[ "$(json "$scratch/report.json" violation)" = null ] || fail "a violation"

sim_app 1 faults_not_blank --allow nor-not-blank="nothing like it"
reported "VIOLATION nor-not-blank"
sim_app 1 faults_not_blank --allow nor-protected
reported "VIOLATION nor-not-blank"

sim 2 --internal "$firmware/boot.elf" --allow window-read
reported "allow window-read: the machine cannot go on"
sim 2 --internal "$firmware/boot.elf" --allow nor-not-blan
reported "unknown rule 'nor-not-blan'"
