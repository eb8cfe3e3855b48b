#!/usr/bin/env bash
# There is no flash chip behind the controller: every call says so.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim 0 --internal "$firmware/faults_silent.elf" --time-limit 60s \
    --expect "passed, 0 failed"
all_passed
