#!/usr/bin/env bash
# Every unusable input gives exit 2, nothing on stdout and exactly one line on
# stderr that names what is wrong.
# usage: sim_bad_input.sh XIPSAFE SCRATCH FIRMWARE

set -u
xipsafe=$1
scratch=$2
firmware=$3
boot=$firmware/boot.elf
failed=0

# try WANTED-TEXT ARGS...
try() {
    local wanted=$1
    shift
    "$xipsafe" sim "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    local status=$?
    local lines
    lines=$(wc -l <"$scratch/err")
    if [ $status -ne 2 ] || [ "$lines" -ne 1 ] || [ -s "$scratch/out" ] ||
            ! grep -qF -- "$wanted" "$scratch/err"; then
        echo "xipsafe sim $*" >&2
        echo "exit $status, wanted 2; $lines lines on stderr, wanted one" \
            "with '$wanted':" >&2
        cat "$scratch/err" >&2
        failed=1
    fi
}

if [ ! -f "$boot" ]; then
    echo "no $boot: build the firmware first" >&2
    exit 1
fi
cd "$scratch" || exit 2

# The command line.
try "no firmware for the internal flash"
try "unknown option '--flsh'" --flsh x --internal "$boot"
try "--flash needs a value" --internal "$boot" --flash
try "'boot.elf' is not an option" boot.elf
try "write --json=out.json" --internal boot.elf --json out.json
try "known boards: nucleo-l476rg-w25q128, stm32l476g-disco" --board nucleo --internal "$boot"
try "give one of w25q128jv" --part w25q999 --internal "$boot"
try "w25q128jv" --part w25q999 --internal "$boot"
for time in 10 s -1s 1e3s 10sec "10 s" 0s; do
    try "--time-limit '$time'" --internal "$boot" --time-limit "$time"
done
try "--seed '0x'" --internal "$boot" --seed 0x
try "--slice '0'" --internal "$boot" --slice 0
try "--power-cut-percent '100'" --internal "$boot" --power-cut-percent 100
try "exclude each other" --internal "$boot" --power-cut 1s --power-cut-op 1
try "longer than 255 bytes" --internal "$boot" --expect "$(printf '%256s' x)"
try "need --send FILE" --internal "$boot" --send-fault 10
try "--uart 'tty'" --internal "$boot" --uart tty
try "--on-violation 'ignore'" --internal "$boot" --on-violation ignore
try "ADDR[:MASK]=VALUE" --internal "$boot" --set 0x40021000
try "ADDR[:MASK]=VALUE" --internal "$boot" --set 0x40021001=1
try "two times" --internal "$boot" --timeline t.svg --timeline-zoom 2s-1s

# ELF files.
head -c 1000 "$boot" >truncated.elf
head -c 20 "$boot" >stump.elf
: >empty.elf
printf 'this is no firmware, but somebody named it so\n' >text.elf
try "missing.elf" --internal missing.elf
try "truncated.elf" --internal truncated.elf
try "stump.elf" --internal stump.elf
try "empty.elf: empty" --internal empty.elf
try "text.elf" --internal "$boot" --symbols text.elf
try "$xipsafe" --internal "$xipsafe"
try "$xipsafe" --internal "$boot" --symbols "$xipsafe"
try "outside the flash window" --internal "$boot" --load "$boot"

# The chip's contents.
truncate -s 1000 small.bin
try "small.bin: 1000 bytes, must be exactly 16777216" --internal "$boot" \
    --part w25q128jv --flash small.bin
if [ "$(stat -c %s small.bin)" -ne 1000 ]; then
    echo "a refused --flash file was changed" >&2
    failed=1
fi
try "no/such/place.bin" --internal "$boot" --flash no/such/place.bin
try "not a regular file" --internal "$boot" --flash /dev/null
try "text.elf is not an ELF" --internal "$boot" --load text.elf
try "FILE@OFFSET" --internal "$boot" --load text.elf@end
try "too many at offset 0xfffff0" --internal "$boot" --load text.elf@0xfffff0
try "missing.img" --internal "$boot" --load missing.img@0
try "missing.img" --internal "$boot" --send missing.img
try "empty.elf: empty" --internal "$boot" --send empty.elf

# A list of settings.
printf '# ready bits\n0x40021000=1\n0x40021000:banana=1\n' >set.txt
try "set.txt:3" --internal "$boot" --set-file set.txt
try "missing.txt" --internal "$boot" --set-file missing.txt

# A board of one's own: the line, what is wrong, what to write.
try "missing.board" --internal "$boot" --board-file missing.board
try "exclude each other" --internal "$boot" --board nucleo-l476rg-w25q128 \
    --board-file any.board
try "exclude each other" --internal "$boot" --board stm32l476g-disco \
    --board stm32l476g-disco
# board WANTED LINE...: the lines as a file.
board() {
    local wanted=$1
    shift
    printf '%s\n' "$@" >own.board
    try "$wanted" --internal "$boot" --board-file own.board
}
ram="ram 0x20000000 96K"
part="part w25q128jv"
board "own.board:2: unknown word 'rom'" "$ram" "rom 0x08000000 1M"
board "own.board:1: 'ram' needs a value" "ram"
board "own.board:3: unknown part 'w25q999'" "# mine" "" "part w25q999"
board "own.board:1: unknown board 'disco'" "like disco"
for bad in "0x20000000" "0x20000000 0" "0x20000000 100" "0x20000100 4K" \
    "20000000 4K" "0x20000000 4G" "0x3FFFF000 8K" \
    "0x50000000 4K" "-1 4K" "0x20000000 17M" "0x20000000 96K extra"; do
    board "own.board:2: ram '" "$part" "ram $bad"
done
board "own.board:2: overlaps the RAM at 0x20000000" "$ram" "ram 0x20017000 4K"
board "overlaps the internal flash" "$part" "ram 0x080FF000 8K"
board "overlaps the system memory" "$part" "ram 0x1FFF7000 4K"
# What a board file may say and the simulator has no model of.
board "board 'own board' is known, not simulated: there is no model of its MCU" \
    "mcu STM32H743" "window 0x90000000 256M" "internal 0x08000000 2M"
board "own.board:3: board 'own board' is known, not simulated: the window" \
    "$ram" "$part" "window 0x70000000 256M"
board "own.board:3: internal '0x08100000 0x100000' is not usable" \
    "$ram" "$part" "internal 0x08100000 1M"
for bad in 0 8K 100 3M 0x8001 1.5M K ""; do
    board "own.board:1: " "internal $bad"
done
for bad in 1 8MHz 100M -8000000; do
    board "own.board:1: hse '$bad'" "hse $bad"
done
board "own.board:2: '0x40021001=1'" "$ram" "set 0x40021001=1"
board "own.board: no RAM" "$part"
board "own.board: no flash chip" "$ram"
board "more than 8 memories" "$part" "ram 0x20000000 4K" "ram 0x20001000 4K" \
    "ram 0x20002000 4K" "ram 0x20003000 4K" "ram 0x20004000 4K" \
    "ram 0x20005000 4K" "ram 0x20006000 4K" "ram 0x20007000 4K" \
    "ram 0x20008000 4K"
board "name is longer than 39" "name $(printf '%050d' 1)"
try "boot.elf" --internal "$boot" --board-file "$boot"
try "/dev" --internal "$boot" --board-file /dev

# Outputs that cannot be written.
try "no/such/report.json" --internal "$boot" --json=no/such/report.json
for option in json timeline trace; do
    try "/dev/full" --part w25q128jv --internal "$boot" --time-limit 20ms \
        --uart none --quiet --$option /dev/full
done
try "/dev/full" --part w25q128jv --internal "$boot" --time-limit 50ms \
    --quiet --uart file:/dev/full

exit $failed
