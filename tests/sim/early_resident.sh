#!/usr/bin/env bash
# Resident code called before it was copied.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim 1 --internal "$firmware/early_resident.elf" --time-limit 5s
printed "early_resident: calling code in RAM"
not_printed "early_resident: it returned"
reported "VIOLATION"
reported "copied"
reported "startup_early"
