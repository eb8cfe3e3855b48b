#!/usr/bin/env bash
# command: optimised
# A pointer into the sector whose erase is suspended reads garbage.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 1 read_suspended
printed "PASS the next sector"
not_printed "PASS went on"
reported "VIOLATION window-suspended"
reported "read 0x90100100 in the suspended unit at 0x90100000"
reported "the 4096 bytes at 0x90100000 are half erased"
reported "main\.c:[0-9]+"

# The chip answers, so there is no bus error; a run to its end names the unit.
sim_app 0 read_suspended --allow window-suspended
printed "PASS went on"
reported "at the end of the run the erase of 4096 bytes at 0x100000 is still suspended"
# So does one that is stopped by its text, if no interrupt takes so long.
sim_app 0 read_suspended --allow window-suspended --expect "PASS went on"
! grep -q "still suspended" "$scratch/err" || fail "an operation under way is named"
sim_app 0 read_suspended --allow window-suspended --expect "PASS much later"
reported "is still suspended"
