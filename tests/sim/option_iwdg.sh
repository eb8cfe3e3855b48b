#!/usr/bin/env bash
# A watchdog that the option byte IWDG_SW = 0 starts with each reset is fed by the
# boot program, also while it verifies an image for longer than the watchdog
# waits, and by the library in an erase.
# firmware: option_iwdg boot
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# 504 KB: the digest and the signature take 640 ms, the watchdog waits 512 ms.
{
    cat "$firmware/option_iwdg.bin"
    head -c 504K /dev/zero | tr '\0' '\125'
} | head -c 504K >"$scratch/large.bin"
"$xipsafe" image sign --key boot/keys/test_p256.pem --header-size 0x200 \
    --pad-header --slot-size 0x100000 --rom-fixed 0x90000000 --version 1.0.0 \
    "$scratch/large.bin" "$scratch/large.img" >"$scratch/out" ||
    fail "not signed"
sim 0 --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$scratch/large.img@0" --time-limit 120s --max-times \
    --expect "option byte programmed" \
    --expect "reset by other" \
    --expect "PASS erases, fed by the library alone" \
    --expect "nothing feeds it now" \
    --expect "reset by watchdog" \
    --expect "passed, 0 failed"
[ "$(grep -c 'reset by watchdog' "$scratch/out")" = 1 ] ||
    fail "it bites more than once"
finish
