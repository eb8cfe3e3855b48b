#!/usr/bin/env bash
# command: optimised
# The fault recorder: at most 1 KB, no library call on any core, and a record
# that is there after the reset.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
room=$tests/../xipsafe/fault
for cpu in cortex-m0plus cortex-m3 cortex-m4 cortex-m7 cortex-m23 cortex-m33; do
    for level in O0 O2 Os; do
        arm-none-eabi-gcc -mcpu=$cpu -mthumb -$level -std=c11 \
            -Wall -Wextra -Werror \
            '-DXIP_CFG_FAULT_MAY_READ(a)=((a)-0x20000000u<0x4000u)' \
            -I "$room/../include" -c -o $cpu.o "$room/xip_fault_record.c" ||
            fail "it does not compile for $cpu"
        ! arm-none-eabi-nm -u $cpu.o | grep -qv xip_breadcrumb_ ||
            fail "it calls $(arm-none-eabi-nm -u $cpu.o) with -$level on $cpu"
    done
done
bytes=$(arm-none-eabi-size -A cortex-m4.o |
    sed -n 's/^\.RamFunc[^ ]* *\([0-9]*\).*/\1/p')
[ "$bytes" -le 1024 ] || fail "the core has $bytes bytes, more than 1024"

sim_app 0 recorder --expect "passed, 0 failed"
printed "xipfault 0000: 544c4658"
printed "xipfault end"
not_printed "FAIL "

# A fault after the reset, before the record was read: the first one is kept.
sim 0 --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/crash.img@0" --time-limit 20s --set 0x4FFF0000=28
printed "xipfault 0000: 544c4658 14000600 00000001"
finish
