#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# Every call of the library on the part the real board carries: no quad enable
# bit, a flag status register, slower erases.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 flash_ops --part n25q128a --expect "passed, 0 failed"
all_passed
