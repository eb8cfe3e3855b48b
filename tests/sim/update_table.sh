#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# The update with resident code from the boot program's table.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 self_update_v1_table \
    --send "$firmware/self_update_v2_slot1.img" \
    --expect "app v1.0.0 runs at 0x90000200" \
    --expect "lost 0, packets again 0" \
    --expect "app v2.0.0 runs at 0x90100200"
