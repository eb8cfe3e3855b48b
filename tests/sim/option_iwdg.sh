#!/usr/bin/env bash
# command: optimised
# A watchdog that the option byte IWDG_SW = 0 starts with each reset is fed by the
# boot program, also while it verifies an image for longer than the watchdog
# waits, and by the library in an erase.
# firmware: option_iwdg boot
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# shellcheck source=tests/sim/option_watchdog.bash
. "$(dirname "$0")/option_watchdog.bash"
# shellcheck disable=SC2034 # of sign
key=$(realpath boot/keys/test_p256.pem)
cd "$scratch"

# The watchdog waits 512 ms.
starts_large option_iwdg
[ "$(grep -c 'reset by watchdog' out)" = 1 ] ||
    fail "it bites more than once"
finish
