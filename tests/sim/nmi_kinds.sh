#!/usr/bin/env bash
# An NMI in a boot program that has a security counter, and which is not about
# one of the counter's double words: an unexpected exception, and a reset.
# (sim_slots4 has those that are, and the application.)
# command: optimised
# firmware: boot_slots4 slots4_slot0
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/gdb.bash
. "$(dirname "$0")/../gdb.bash"

gdb_of "$firmware/boot_slots4.elf" --part w25q128jv \
    --board-file "$tests/firmware/slots4/board.txt" \
    --internal "$firmware/boot_slots4.elf" \
    --load "$firmware/slots4_slot0.img@0" <<END
tbreak xip_counter_get
continue
set *(unsigned *)0xE000ED04 = 0x80000000
tbreak Reset_Handler
continue
END
printed 'Temporary breakpoint 1, xip_counter_get'
printed 'Temporary breakpoint 2, Reset_Handler'
grep -qE '^boot: exception 2, PC 0*8[0-9a-f]+, .* resetting' "$scratch/uart" ||
    fail "no exception 2: $(cat "$scratch/uart")"
finish
