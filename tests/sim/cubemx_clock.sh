#!/usr/bin/env bash
# Somebody else's start-up code: HSE, PLL, wait loops with a tick.
# shellcheck source=tests/sim/common.bash
. "$(dirname "$0")/common.bash"

sim 0 --internal "$firmware/cubemx_clock.elf" --time-limit 5s --strict \
    --expect "voltage ok" --expect "oscillators ok" --expect "clock ok" \
    --expect "tick ok" --expect "cubemx_clock: end"
