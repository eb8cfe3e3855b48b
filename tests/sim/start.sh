#!/usr/bin/env bash
# command: optimised
# An application without a boot program: --start maps the chip and jumps.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

for part in w25q128jv mx25r6435f mx25l51245g; do
    sim 0 --part $part --load "$firmware/minimal.elf" --start 0x90000200 \
        --expect "minimal: stored and read back"
done
# Where there is no program, and beside a boot program.
sim 2 --load "$firmware/minimal.elf" --start 0x90000000
reported "0x90000000: the flash is blank there"
sim 2 --load "$firmware/minimal.elf" --start 0x90000204
reported "0x90000204: no vector table lies there"
sim 2 --load "$firmware/minimal.elf" --start 0x90ffffff
reported "is no word of the"
sim 2 --load "$firmware/minimal.elf" --start 0x90000200 \
    --internal "$firmware/boot.elf"
reported "exclude each other"
sim 2 --load "$firmware/boot.elf" --load "$firmware/minimal.elf" \
    --start 0x90000200
reported "and nothing else, outside the flash window"

# What a newcomer does first: the ELF where an image has to be.
sim 0 --internal "$firmware/boot.elf" --load "$firmware/minimal.elf" \
    --time-limit 500ms
reported "a program without an image header lies at 0x90000200"
reported "give --start 0x90000200"
sim 0 --internal "$firmware/boot.elf" --time-limit 500ms
! grep -q "image header" err || fail "a note about a blank chip"
finish
