#!/usr/bin/env bash
# Flash functions left in the flash: named with function, line and address.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 1 naive
printed "naive: erasing the second slot"
not_printed "naive: erased"
reported "VIOLATION"
reported "qspi_driver\.c:[0-9]+"
reported "abort_transfer|wait_flag|qspi_erase_sector"
reported "fetched an instruction at 0x9000"

# The bus answers with a fault instead: the handler in RAM reports it.
sim_app 1 naive --on-violation fault --time-limit 1s
printed "! ex="
printed "pc=9000"
