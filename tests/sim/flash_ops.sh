#!/usr/bin/env bash
# Every call of the library, on both homes of resident code and both parts.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

for image in flash_ops flash_ops_table; do
    for part in w25q128jv n25q128a; do
        sim_app 0 "$image" --part "$part" --expect "done: "
        all_passed
    done
done

# The chip at its slowest must not be taken for one that hangs.
sim_app 0 flash_ops --max-times --expect "done: "
all_passed
