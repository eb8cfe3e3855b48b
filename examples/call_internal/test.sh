#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE

set -eu
"$1" sim --internal "$3/call_internal.elf" \
    --load "$3/call_internal_external.bin@0" \
    --symbols "$3/call_internal_external.elf" --time-limit 5s \
    --expect 'call_internal: jumping to 0x9000' \
    --expect 'crc32 in internal flash, of text in external flash: cbf43926' \
    --expect 'external: end'

# An empty chip is noticed, not jumped into.
"$1" sim --internal "$3/call_internal.elf" --time-limit 5s \
    --expect 'call_internal: no program in the external flash'
