#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# Every call of the library on the part the real board carries: no quad enable
# bit, a flag status register, slower erases.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim_app 0 flash_ops --part n25q128a --expect "passed, 0 failed"
all_passed
