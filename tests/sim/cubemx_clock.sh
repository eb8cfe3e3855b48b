#!/usr/bin/env bash
# Somebody else's start-up code: HSE, PLL, wait loops with a tick.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim 0 --internal "$firmware/cubemx_clock.elf" --time-limit 5s --strict \
    --expect "voltage ok" --expect "oscillators ok" --expect "clock ok" \
    --expect "tick ok" --expect "cubemx_clock: end"
