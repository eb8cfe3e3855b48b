#!/usr/bin/env bash
# Resident code called before it was copied.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim 1 --internal "$firmware/early_resident.elf" --time-limit 5s
printed "early_resident: calling code in RAM"
not_printed "early_resident: it returned"
reported "VIOLATION"
reported "copied"
reported "startup_early"
