#!/usr/bin/env bash
# Circular receive DMA through two 64 KB erases: of lines sent without a pause
# none is missing.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

seq 100000 120000 >"$scratch/lines"
sim_app 0 dma_uart --uart stdio --expect "passed, 0 failed" <"$scratch/lines"
all_passed
