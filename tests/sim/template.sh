#!/usr/bin/env bash
# The templates of a port and a board do nothing, and the self-test says so.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim 0 --internal "$firmware/template.elf" --time-limit 1s --strict \
    --json="$scratch/report.json"
grep -q '"result": "idle for ever"' "$scratch/report.json" ||
    fail "$(grep '"result"' "$scratch/report.json")"

# Its boot program publishes the number of its own port: a private one.
arm-none-eabi-objcopy -O binary -j .xip_resident_table \
    "$firmware/template_boot.elf" "$scratch/table"
port=$(od -An -tx4 -j 8 -N 4 "$scratch/table")
[ "$port" = " 80000000" ] || fail "the boot program's table says port$port"
# Its words add up to 0, or no application takes it.
od -An -v -tu4 -w4 "$scratch/table" | awk '
    { sum += $1 } END { exit sum % 4294967296 != 0 }' ||
    fail "the table's check is wrong"
