#!/usr/bin/env bash
# A firmware for a board of somebody else, by a board file of its own.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
foreign=$firmware/foreign.elf

cat >own.board <<'END_OF_BOARD'
# memories as in the data sheet
name     thermostat rev C
internal 128K
ram      0x20000000 16K   # SRAM1
ram      0x20040000 8192
part     mx25r6435f
hse      16000000

set      0x50040000:0x1=0x1   # ADC_ISR.ADRDY
set      0x50040008:0=0       # ADC_CR: as memory, I know
END_OF_BOARD
grep -v '^set' own.board >no_set.board
grep -v '^hse' own.board >no_hse.board
grep -v '0x20040000' own.board >no_stack.board
{ cat own.board; echo "like stm32l476g-disco"; } >like.board

# Everything there; nothing else is unmodelled, so --strict has no objection.
sim 0 --board-file own.board --internal "$foreign" --time-limit 2s --strict \
    --flash chip.bin --json=report.json \
    --expect "foreign: up" --expect "foreign: flash of"
grep -q '"board": "thermostat rev C"' report.json || fail "not the board's name"
[ "$(stat -c %s chip.bin)" -eq 8388608 ] || fail "not the board's chip"
stored=$(dd if=chip.bin bs=1 skip=$((0x480007)) count=3 status=none | xxd -p)
[ "$stored" = 014242 ] || fail "the chip holds $stored"

# The command line wins over the file.
sim 0 --board-file own.board --internal "$foreign" --time-limit 2s \
    --part w25q128jv --expect "foreign: flash of"

# It sets quad enable for good: the supply fails in that write.
sim 0 --board-file own.board --internal "$foreign" --time-limit 2s \
    --power-cut-op 1 --expect "foreign: flash of"
reported "power cut at [0-9.]+ ms, in a write of the chip's registers"
reported "tears a write .* SR1 SR2 SR3 were 00h 00h 00h and are (00|40)h 00h 00h"

# Without its ready bit it waits for ever; the peripheral is named, once.
sim 1 --board-file no_set.board --internal "$foreign" --time-limit 1s \
    --expect "foreign: adc"
[ "$(grep -c 'ADC at 0x50040000 is not modelled' err)" -eq 1 ] || fail "the ADC not named once"
reported "at the end the core executes .*last register it has read is ADC_ISR .0x50040000."
# The same bit from a list of settings, and on the command line.
echo '0x50040000:1=1 # ADRDY' >ready.txt
sim 0 --board-file no_set.board --internal "$foreign" --time-limit 2s \
    --set-file ready.txt --expect "foreign: flash of"
sim 0 --board-file no_set.board --internal "$foreign" --time-limit 2s \
    --set 0x50040000:1=1 --expect "foreign: flash of"

# A board without a crystal says what is missing; so does one without the RAM
# of the stack.
sim 1 --board-file no_hse.board --internal "$foreign" --time-limit 1s \
    --expect "foreign: up"
reported "no crystal.*'hse 8000000'"
sim 1 --board-file no_stack.board --internal "$foreign" --time-limit 1s
reported "VIOLATION"
reported "ran out of stack: SP is 0x20041ff8, where no RAM is"
# On a board of this project its memory is missing too.
sim 1 --internal "$foreign" --time-limit 1s
reported "VIOLATION"

# With the pins of a known board pins count, and this firmware uses others.
sim 1 --board-file like.board --internal "$foreign" --time-limit 2s \
    --expect "foreign: flash of"
reported "TX pin PD5 is not set to AF7"
reported "CLK pin PE10 is not set to AF10"
