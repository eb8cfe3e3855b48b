#!/usr/bin/env bash
# command: optimised
# Serial recovery in the boot program: an empty chip gets its first image over
# the console, which must be signed by the boot program's key.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
image=$firmware/smp_update_v1_slot0.img

sim_pty --part w25q128jv --internal "$firmware/boot_recovery.elf" \
    --symbols "$firmware/smp_update_v1_slot0.elf" --flash flash.bin \
    --expect 'boot: nothing to start' \
    --expect 'boot: slot 0 v1.0.0+0 verified' \
    --expect 'smp_update: version 1.0.0'
device 0 info
printed 'board        stm32l476g-disco'
printed_like '^slot 0  0x90000000 .* empty$'
printed_like '^slot 1  0x90100000 .* empty$'
# By another key: the digest is right, so all of it is sent.
"$xipsafe" image keygen -k other.pem
head -c 3000 "$firmware/smp_update_v1_slot0.bin" >short.bin
"$xipsafe" image sign -k other.pem -v 9.0.0 -H 0x200 --pad-header \
    --rom-fixed 0x90100000 --force short.bin other.img 2>err
device 1 upload other.img
reported 'would not start'
"$xipsafe" image sign -k other.pem -v 9.0.0 -H 0x200 --pad-header \
    --rom-fixed 0x90000000 short.bin other.img
device 1 upload other.img
reported 'the device does not take the image: digest or signature is wrong'
device 0 list
printed_like '^slot 0  0x90000000 .* empty$'
device 0 upload "$image"
device 0 list
printed_like '^slot 0  0x90000000 .*1\.0\.0'
device 0 erase 0
device 0 list
printed_like '^slot 0  0x90000000 .* empty$'
device 0 upload "$image" --reset
sim_pty_ends
same_bytes flash.bin 0 "$image" || fail "slot 0 is not the image"

# An application asks for it.
sim 0 --part w25q128jv --internal "$firmware/boot_recovery.elf" \
    --load "$firmware/recovery_request.img@0" \
    --symbols "$firmware/recovery_request.elf" --time-limit 10s \
    --expect 'recovery_request: runs' \
    --expect 'boot: serial recovery was requested'
