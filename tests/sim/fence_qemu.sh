#!/usr/bin/env bash
# command: optimised
# The MPU fence of Armv8-M, which our simulator does not have, on QEMU.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch"
root=$tests/..
room=$root/xipsafe

sed 's/FLASH_ADDR/0x10000000/; s/RAM_ADDR/0x38000000/' \
    "$tests/sim/arch/fault.ld" >fence.ld
includes=()
for folder in "$room"/{include,port,port/cortexm,port/template,soc,flash,part} \
    "$root"/boards/{template,mcu} "$tests/sim/arch/an505" \
    "$tests"/firmware/{common,fence}; do
    includes+=(-I "$folder")
done
arm-none-eabi-gcc -mcpu=cortex-m33 -mthumb -Os -g -std=gnu11 -ffreestanding \
    -Wall -Wextra -ffunction-sections -nostartfiles --specs=nano.specs \
    -DXIP_CFG_FENCE=1 -DXIP_CFG_SOC_OWN -DTICK_CYCLES=0x1000000u \
    '-DIN_WINDOW=__attribute__((section(".window"), noinline))' \
    "${includes[@]}" -T fence.ld -Wl,--gc-sections \
    -Wl,--section-start=.window=0x38200000 "$tests/sim/arch/an505/fence.c" \
    "$tests"/firmware/{fence/escapes,common/fw}.c "$room"/resident/*.c \
    "$room"/flash/*.c "$room"/part/*.c "$room"/port/cortexm/*.c -o fence.elf ||
    fail "the program does not link"
# Where the library and its data are, is no window.
qemu mps2-an505 fence.elf 'done: ' "${qemu_own_time[@]}" >"$scratch/out"
all_passed
