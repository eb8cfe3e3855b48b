#!/usr/bin/env bash
# command: optimised
# A window watchdog that the option byte WWDG_SW = 0 starts with each reset, of
# 26 ms at most, is fed by the boot program: while it verifies an image, writes
# the journal, waits for an image and receives one; and by the library in an
# erase.
# firmware: option_wwdg boot boot_recovery smp_update_v2_slot1
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
key=$(realpath boot/keys/test_p256.pem)
cd "$scratch"

# 504 KB: the digest and the signature take 640 ms.
{
    cat "$firmware/option_wwdg.bin"
    head -c 504K /dev/zero | tr '\0' '\125'
} | head -c 504K >large.bin
"$xipsafe" image sign --key "$key" \
    --header-size 0x200 --pad-header --slot-size 0x100000 \
    --rom-fixed 0x90000000 --version 1.0.0 large.bin large.img >out ||
    fail "not signed"
bites_once() {
    [ "$(grep -c 'reset by the window watchdog' "$1")" = 1 ] ||
        fail "it bites more than once"
}
sim 0 --part w25q128jv --internal "$firmware/boot.elf" \
    --load large.img@0 --flash flash.bin --time-limit 120s --max-times \
    --expect "option byte programmed" \
    --expect "reset by other" \
    --expect "PASS erases, fed by the library alone" \
    --expect "nothing feeds it now" \
    --expect "reset by watchdog" \
    --expect "passed, 0 failed"
bites_once err

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

# On trial, and never confirmed: the journal is written, and then there is
# nothing to start for three seconds.
"$xipsafe" image sign --key "$key" --header-size 0x200 --pad-header --pad \
    --slot-size 0x100000 --rom-fixed 0x90000000 --version 1.0.0 \
    "$firmware/option_wwdg.bin" trial.img >out || fail "not signed"
sim 0 --part w25q128jv --internal "$firmware/boot.elf" --load trial.img@0 \
    --time-limit 60s --max-times --expect "nothing to start" \
    --expect "passed, 0 failed"
bites_once err
finish
