#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE

set -eu
"$1" sim --internal "$3/ram_function.elf" --time-limit 5s \
    --expect 'where_in_flash runs at 0x0800' \
    --expect 'where_in_ram runs at 0x2000' \
    --expect 'through a pointer, runs at 0x2000' \
    --expect 'long_call gives 0x20000018' \
    --expect 'ram_function: end'
