#!/usr/bin/env bash
# command: optimised
# A board is one folder, wherever it is: a copy of one of ours outside of the
# repository, with another name, chip, window and slots, is built for, checked,
# simulated and programmed without an edit elsewhere.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$(realpath "$(dirname "$0")/../..")
cd "$scratch"

# Scratch is below the build directory, which is no folder of boards either.
rm -rf mine build chip.bin
cp -r "$root/boards/stm32l476g-disco" mine
sed -i -e 's/^name .*/name outside-1/' \
    -e 's/^window .*/window 0x90000000 128M/' \
    -e 's/^part .*/part mx25r6435f/' \
    -e 's/^slot *0x000000 .*/slot 0 512K/' \
    -e 's/^slot *0x100000 .*/slot 0x80000 512K/' \
    -e 's/^journal .*/journal 0x7FE000 8K/' mine/board.txt
# As delivered, this part takes 33 MHz.
sed -i 's/^\(#define BOARD_FLASH_PRESCALER\) 2u/\1 3u/' mine/board.h
grep -q 'FLASH_PRESCALER 3u' mine/board.h || fail "board.h has another form"
board=$scratch/mine/board.txt
[ "$(diff "$root/boards/stm32l476g-disco/board.txt" "$board" |
    grep -c '^>')" -eq 6 ] || fail "board.txt has another form"

cmake -S "$root" -B build -G Ninja \
    -DCMAKE_TOOLCHAIN_FILE="$root/cmake/arm-none-eabi.cmake" \
    -DXIPSAFE_CPU=cortex-m4 -DXIP_BOARD="$scratch/mine" \
    -DXIPSAFE_COMMAND="$xipsafe" -DXIPSAFE_BEARSSL_DIR="$root/build/bearssl" \
    >out 2>err || fail "cmake"
cmake --build build --target boot_outputs minimal_outputs extloader \
    >out 2>err || fail "build"
[ -s build/extloader/xipsafe_OUTSIDE-1.FLM ] || fail "no loader of that name"
grep -q 'LAYOUT_SLOT1_OFF 0x00080000' build/boards/mine-*/layout.h ||
    fail "another layout.h"

"$xipsafe" check build/firmware/minimal.elf --board-file "$board" \
    --interrupts none --notes "$root/tests/check/own.notes" \
    --notes "$root/xipsafe/xipsafe.notes" --json >out ||
    fail "check: exit $?"
grep -q 134217728 out || fail "check knows another window"

sim 0 --board-file "$board" --internal build/firmware/boot.elf \
    --load build/firmware/minimal.img@0 --flash chip.bin --time-limit 10s \
    --json=sim.json --expect 'minimal: stored and read back'
grep -q '"board": "outside-1"' sim.json || fail "simulated another board"
[ "$(stat -c %s chip.bin)" -eq 8388608 ] || fail "simulated another chip"
stored=$(dd if=chip.bin bs=1 skip=$((0x80000)) count=12 status=none)
[ "$stored" = "hello, flash" ] || fail "slot 1 holds '$stored'"

"$xipsafe" image factory --board-file "$board" --out factory.hex \
    --boot build/firmware/boot.elf --app build/firmware/minimal.img \
    --loaders build/extloader >out || fail "factory: exit $?"
for words in "factory image for outside-1" "0x90080000  slot 1: erased" \
    "0x907fe000  journal: erased" "build/extloader/xipsafe_OUTSIDE-1.stldr" \
    "openocd -f $scratch/mine/openocd.cfg"; do
    printed "$words"
done
# The image is not linked for the second slot, which is where board.txt says.
! "$xipsafe" image factory --board-file "$board" --out second.hex --slot 1 \
    --boot build/firmware/boot.elf --app build/firmware/minimal.img 2>err ||
    fail "takes an image of another slot"
grep -q "and slot 1 is at 0x90080000" err || fail "slot 1 is elsewhere"
# The image of a board with larger slots does not fit this one.
head -c 524289 /dev/zero >large.img
! "$xipsafe" image factory --board-file "$board" --out large.hex \
    --boot build/firmware/boot.elf --app large.img 2>err ||
    fail "takes what does not fit a slot"
grep -q "a slot has 524288" err || fail "knows another slot"
