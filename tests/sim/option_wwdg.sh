#!/usr/bin/env bash
# command: optimised
# A window watchdog that the option byte WWDG_SW = 0 starts with each reset, of
# 26 ms at most, is fed by the boot program: while it verifies an image, writes
# the journal, waits for an image and receives one; and by the library in an
# erase. Serial recovery or a trial goes round (turn.bash).
# firmware: option_wwdg boot boot_recovery smp_update_v2_slot1
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
# shellcheck source=tests/sim/option_watchdog.bash
. "$(dirname "$0")/option_watchdog.bash"
# shellcheck disable=SC2034 # of sign
key=$(realpath boot/keys/test_p256.pem)
cd "$scratch"

bites_once() {
    [ "$(grep -c 'reset by the window watchdog' "$1")" = 1 ] ||
        fail "it bites more than once"
}
starts_large option_wwdg
bites_once err

if its_turn 0 2; then
    # Recovery, by the option byte that stays over a reset.
    sim_pty --part w25q128jv --internal "$firmware/boot_recovery.elf" \
        --load large.img@0 --max-times \
        --expect 'boot: serial recovery was requested' \
        --expect 'passed, 0 failed'
    device 0 upload "$firmware/smp_update_v2_slot1.img"
    device 0 list
    printed_like '^slot 1  0x90100000 .*2\.0\.0'
    device 0 erase 1
    device 0 reset
    sim_pty_ends
    bites_once sim.err
fi
if its_turn 1 2; then
    # On trial, and never confirmed: the journal is written, and then there is
    # nothing to start for three seconds.
    sign "$firmware/option_wwdg.bin" trial.img --pad
    sim 0 --part w25q128jv --internal "$firmware/boot.elf" --load trial.img@0 \
        --time-limit 60s --max-times --expect "nothing to start" \
        --expect "passed, 0 failed"
    bites_once err
fi
finish
