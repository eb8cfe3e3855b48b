#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
set -eu
"$1" sim --part w25q128jv --internal "$3/boot.elf" --load "$3/rtos.img@0" \
    --symbols "$3/rtos.elf" --flash "$2/flash.bin" --time-limit 10s \
    --uart "file:$2/out.txt" --quiet \
    --expect 'rtos: the clock is right' --expect 'rtos: done'
check() { # WHAT AT_LEAST
    local n
    n=$(tr -d '\r' <"$scratch/out.txt" | sed -n "s/^rtos: $1 //p")
    if [ "${n:-0}" -lt "$2" ]; then
        echo "rtos: '$1' is ${n:-missing}, expected $2 or more" >&2
        cat "$scratch/out.txt" >&2
        exit 1
    fi
}
scratch=$2
check "of them made up for" 1
check "thread 1 worked times" 20
check "thread 1 waited for the flash, times" 1
log=$(dd if="$2/flash.bin" bs=1 skip=$((0x200000)) count=48 status=none)
want=$'thread 1 worked\nthread 1 worked\nthread 1 worked'
if [ "$log" != "$want" ]; then
    echo "rtos: the log on the chip is '$log'" >&2
    exit 1
fi
