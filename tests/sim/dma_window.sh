#!/usr/bin/env bash
# DMA that reads the window: refused, waited for, held back; and, started by an
# interrupt that the library cannot see, named by the simulator.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 dma_window --expect "passed, 0 failed"
all_passed
[ "$(grep -cx "sent by DMA from the flash" "$scratch/out")" -eq 2 ] ||
    fail "what DMA sent alone did not arrive whole twice"

sim_app 1 dma_window_irq
reported "window-dma"
reported "DMA1 channel 1, enabled at pc 0x20000[0-9A-F]+ \(start_copy, [^)]*\), read 0x90001000"
not_printed "the erase"
sim_app 1 dma_window_irq --on-violation fault
all_passed
