#!/usr/bin/env bash
# The templates of a port and a board do nothing, and the self-test says so.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim 0 --internal "$firmware/template.elf" --time-limit 1s --strict \
    --json="$scratch/report.json"
grep -q '"result": "idle for ever"' "$scratch/report.json" ||
    fail "$(grep '"result"' "$scratch/report.json")"
