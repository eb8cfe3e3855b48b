#!/usr/bin/env bash
# A chip that is late, and one that is told to program a byte twice.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 faults_timeout --expect "passed, 0 failed"
all_passed

# A byte programmed twice: the chip's model objects, the library finds it.
sim_app 1 faults_not_blank
reported "is not erased"
reported "not_blank\.c:[0-9]+"
# The instruction at which the chip complained: the read of its status.
reported "code 0x2000[0-9a-f]{4} [a-z]+\.?[a-z]* (r[0-9]|0x2000)"
sim_app 1 faults_not_blank --on-violation fault
all_passed
