#!/usr/bin/env bash
# The bare architecture suite on the simulator and on QEMU: each check that does
# not hold is in the table of docs/CAVEATS.md, and each row of it is met.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2
source=$tests/sim/qemu/suite.c

# build NAME FLAGS...
build() {
    local name=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 \
        -mfloat-abi=softfp -O1 -g -ffreestanding -nostdlib \
        -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000200 \
        -Wl,-Tdata=0x20000200,-Tbss=0x20000400,-e,start \
        "$@" "$source" -o "$name.elf" || fail "the suite does not build"
}

# judge MACHINE FILE: its deviations are those of the table.
judge() {
    tr -d '\r' <"$2" >lines
    grep -qx 'done' lines || fail "$1 did not come to the end"
    [ "$(grep -c '^ok ' lines)" -ge 80 ] || fail "$1: too few checks"
    sed -n 's/^bad \(.*\) got .*/\1/p' lines | sort >found
    sed -n "s/^| $1 | \([^|]*\) |.*/\1/p" "$tests/../docs/CAVEATS.md" |
        sort >known
    # A row may be of one CPU core of the simulator only.
    if [ "$1" = xipsafe ]; then
        comm -12 known found >both
        mv both known
    fi
    diff known found >out || fail "$1 differs from docs/CAVEATS.md"
}

build here
printf '%s\n' 'name bare' 'internal 1M' 'ram 0x20000000 96K' \
    'part w25q128jv' >bare.board
sim 0 --board-file bare.board --internal here.elf --uart file:here.txt \
    --baud 250000 --time-limit 4s --expect 'done' --quiet
judge xipsafe here.txt

if ! command -v qemu-system-arm >/dev/null; then
    echo "qemu-system-arm is not installed: its half is skipped" >&2
    exit 77
fi
build qemu -DQEMU
# Its time follows its instructions, not the clock on the wall.
qemu-system-arm -M netduinoplus2 -nographic -no-reboot -kernel qemu.elf \
    -icount shift=4,sleep=off \
    </dev/null >qemu.txt 2>err || fail "QEMU failed"
judge QEMU qemu.txt
finish
