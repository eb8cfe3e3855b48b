#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE

set -eu
"$1" sim --part w25q128jv --internal "$3/boot.elf" --load "$3/minimal.img@0" \
    --symbols "$3/minimal.elf" --time-limit 10s --flash "$2/flash.bin" \
    --expect 'minimal: stored and read back'
# What the chip holds, not what the firmware says of it.
stored=$(dd if="$2/flash.bin" bs=1 skip=$((0x100000)) count=12 status=none)
if [ "$stored" != "hello, flash" ]; then
    echo "minimal: the chip holds '$stored' at 0x100000" >&2
    exit 1
fi
