#!/usr/bin/env bash
# A chip that is late, and one that is not there.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 faults_timeout --expect "done: "
all_passed

sim 0 --internal "$firmware/faults_silent.elf" --time-limit 10s \
    --expect "done: "
all_passed
