#!/usr/bin/env bash
# The driver is in RAM; a handler, or the vector table, is not.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 1 naive_handler
printed "naive_handler: erasing the second slot"
not_printed "naive_handler: erased"
reported "VIOLATION"
reported "SysTick_Handler"

sim_app 1 naive_table
not_printed "naive_handler: erased"
reported "VIOLATION"
reported "vector"
