#!/usr/bin/env bash
# The set files that come with the product end the waits of polling drivers, and
# name no register of which they take no care.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
sets=$(realpath registers/stm32l4)
cd "$scratch"

arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -ffreestanding -nostdlib -Wall \
    -Wextra -Werror "$tests/sim/registers/registers.c" -o waits.elf \
    -Wl,-n,-e,start,--defsym=stack_top=0x20001000 \
    -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000200
# The console counts as connected whatever the pins are.
printf 'ram 0x20000000 96K\npart w25q128jv\n' >any.board

files=()
for file in "$sets"/*.set; do
    files+=(--set-file "$file")
done
[ ${#files[@]} -eq 8 ] || fail "not four files: ${files[*]}"
sim 0 --board-file any.board --internal waits.elf "${files[@]}" \
    --expect "all waits ended"
! grep -q "^no " out || fail "a wait did not end"
# Without them not one of the waits for hardware ends.
sim 0 --board-file any.board --internal waits.elf --expect "all waits ended"
for bit in ADCAL EOC DR INITF RSF ALRAWF TXE RXNE TXIS STOPF; do
    printed "no $bit"
done
# One line for each peripheral.
[ "$(grep -c 'I2C1 at 0x40005400 is not modelled' err)" -eq 1 ] ||
    fail "not one line about I2C1"
! grep -q 'I2C1: register' err || fail "a line for a register of I2C1"
finish
