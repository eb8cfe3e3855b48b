#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised (the sanitizers make this five times longer)
# A project in the shape of CubeMX, with its own boot loader, updates itself;
# and what happens without the changes that docs/INTEGRATION.md asks for.

set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../../tests/support.bash"

# run NAME WANTED_STATUS ARGS...: the loader and NAME in slot 0.
run() {
    local name=$1 wanted=$2 status=0
    shift 2
    "$xipsafe" sim --part w25q128jv --strict \
        --internal "$firmware/cubemx_loader.elf" \
        --load "$firmware/$name.img@0" --symbols "$firmware/$name.elf" \
        --symbols "$firmware/cubemx_v2.elf" --time-limit 60s "$@" \
        >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq "$wanted" ] || fail "$name: exit status $status"
}

# Version 1 installs version 2: no byte lost, the HAL's tick still right, the
# watchdog quiet; on a typical chip and on one that takes its longest times.
for times in "" --max-times; do
    # shellcheck disable=SC2086 # none or one word
    run cubemx_v1 0 $times --send "$firmware/cubemx_v2.img" \
        --flash "$scratch/flash$times.bin" \
        --expect "app v1.0.0: running" --expect "updater: ready" \
        --expect "loader: jump to slot 1" --expect "app v2.0.0: running" \
        --expect "updater: ready"
    printed_like 'updater: bytes lost 0, ticks made up for [1-9]'
    printed_like 'HAL_GetTick\(\) wrong by ms [01]\b'
    not_printed 'reset by IWDG'
    cmp -i $((0x100000)):0 -n "$(stat -c %s "$firmware/cubemx_v2.img")" \
        "$scratch/flash$times.bin" "$firmware/cubemx_v2.img" ||
        fail "slot 1 does not hold the image"
done

# One byte of it wrong, the transfer right: the boot loader, which checks
# nothing, must not find it.
cp "$firmware/cubemx_v2.img" "$scratch/bad.img"
printf 'X' | dd of="$scratch/bad.img" bs=1 seek=9000 conv=notrunc status=none
run cubemx_v1 0 --send "$scratch/bad.img" --flash "$scratch/bad.bin" \
    --expect "updater: failed, XIP_ERR_HASH"
"$xipsafe" sim --part w25q128jv --internal "$firmware/cubemx_loader.elf" \
    --flash "$scratch/bad.bin" --time-limit 5s \
    --expect "app v1.0.0: running" >"$scratch/out" 2>"$scratch/err" ||
    fail "the damaged image was started"

# What is refused, and put right one by one.
run cubemx_naive 0 --expect "as CubeMX wrote it: XIP_ERR_VECTOR, exception 002" \
    --expect "vector table in RAM: XIP_ERR_VECTOR, exception 002" \
    --expect "NMI_Handler resident: XIP_ERR_VECTOR, exception 003" \
    --expect "HardFault_Handler resident: XIP_ERR_VECTOR, exception 014" \
    --expect "PendSV at priority 15: XIP_ERR_VECTOR, exception 015" \
    --expect "SysTick at priority 15: XIP_ERR_VECTOR, exception 054" \
    --expect "USART2 at priority 5: XIP_OK" \
    --expect "erase: XIP_OK" --expect "naive: end"

# The watchdog forgotten: it bites in an erase of the longest time.
run cubemx_v1_no_feed 0 --max-times --send "$firmware/cubemx_v2.img" \
    --expect "updater: ready" --expect "loader: reset by IWDG"

# MX_QUADSPI_Init() kept: waits for BUSY, which a mapped window holds up.
run cubemx_v1_qspi_init 1 --time-limit 5s \
    --expect "loader: reset by IWDG" --expect "app v1.0.0: running"
printed 'loader: reset by IWDG'

# The same without running it: proved, or the handlers named.
"$xipsafe" check "$firmware/cubemx_v1.elf" --board stm32l476g-disco \
    --vectors vectors --interrupts irq38 --notes examples/cubemx/app/xipsafe.notes \
    --notes xipsafe/xipsafe.notes \
    >"$scratch/out" 2>"$scratch/err" || fail "check: exit status $?"
printed_like '^PROVED'
status=0
"$xipsafe" check "$firmware/cubemx_naive.elf" --board stm32l476g-disco \
    --vectors vectors --interrupts irq38 --notes examples/cubemx/app/xipsafe.notes \
    --notes xipsafe/xipsafe.notes \
    >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 1 ] || fail "check of the naive one: exit status $status"
printed 'USART2_IRQHandler'
