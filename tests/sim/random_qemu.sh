#!/usr/bin/env bash
# command: optimised
# Random programs in random states run here and under QEMU, whose core nobody
# here wrote, with interrupts: registers, flags, FP registers and memory have to
# be the same. `make test` runs twelve thousand programs of twelve instructions,
# XIPSAFE_BATCHES=850 ten million instructions. A batch that differs is run
# again to find its first program that does.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

batches=${XIPSAFE_BATCHES:-12}
first=${XIPSAFE_SEED:-0}
echo "again with XIPSAFE_SEED=$first"
printf '%s\n' 'name arch' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >arch.board
sed "s/FLASH_ADDR/0x08000000/; s/RAM_ADDR/0x20000000/" \
    "$tests/sim/arch/arch.ld" >arch.ld

# build NAME FLAGS...
build() {
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=softfp \
        -mfpu=fpv4-sp-d16 -masm-syntax-unified -O2 -ffreestanding -nostdlib \
        -Wall -Werror -fno-tree-loop-distribute-patterns -T arch.ld \
        "$tests/sim/arch/random.c" -lgcc -o "$1.elf" "${@:2}" ||
        fail "$1 does not link"
}

# run FIRST BATCHES FLAGS...: here.txt, qemu.txt
run() {
    local flags=("-DFIRST=$1" "-DBATCHES=$2" "${@:3}")
    build here "${flags[@]}"
    build qemu "${flags[@]}" -DNETDUINO
    sim 0 --board-file arch.board --internal here.elf --uart out \
        --baud 250000 --time-limit 100000s --expect 'that was all'
    tr -d '\r' <out >here.txt
    qemu netduinoplus2 qemu.elf 'that was all' >qemu.txt
}

run "$first" "$batches"
[ "$(wc -l <here.txt)" -eq $((batches + 1)) ] ||
    fail "$(wc -l <here.txt) lines of $batches batches"
cp here.txt all.txt
diff here.txt qemu.txt | sed -n 's/^< \([0-9a-f]*\) .*/\1/p' >differ
if [ -s differ ]; then
    run $((16#$(head -n 1 differ))) 1 -DWHOLE
    diff here.txt qemu.txt | head -n 4
    fail "$(wc -l <differ) batches differ, the first at the program above: its
number and code in here.txt, then r0 to r12, APSR, 0, FPSCR, s0 to s31, memory"
fi
# A program that does nothing would be the same everywhere.
[ "$(cut -d ' ' -f 2 all.txt | sort -u | wc -l)" -eq $((batches + 1)) ] ||
    fail "batches are alike"
echo "$((batches * 1000)) programs, $((batches * 12000)) instructions, alike"
