#!/usr/bin/env bash
# command: optimised
# One ELF with segments in both memories, as CubeIDE and TouchGFX link it.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

cat >both.s <<END
.section .boot, "ax"
.incbin "$firmware/boot.bin"
.section .app, "ax"
.incbin "$firmware/minimal.img"
END

# link NAME FLAGS...
link() {
    local name=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -nostdlib "$@" both.s -o "$name.elf" \
        -Wl,--section-start=.boot=0x08000000,-e,0x08000000
}

link both -Wl,--section-start=.app=0x90000000
sim 0 --internal both.elf --uart out --time-limit 3s --flash a.bin
cp out alone
[ -s alone ] || fail "nothing ran"
sim 0 --load both.elf --uart out --time-limit 3s --flash b.bin
same out alone
same a.bin b.bin
same_bytes a.bin 0 "$firmware/minimal.img" || fail "not in the chip"
# With what else the chip holds: the ELF does not erase it.
sim 0 --internal both.elf --load "$firmware/boot.bin@0x200000" --uart none \
    --time-limit 1ms --flash c.bin
same_bytes c.bin $((0x200000)) "$firmware/boot.bin" || fail "--load was lost"

# A part that is in neither memory, one that is missing.
link nowhere -Wl,--section-start=.app=0x60000000
sim 2 --internal nowhere.elf --uart none
reported "0x60000000, outside the internal flash .* and the flash window"
sim 2 --internal "$firmware/minimal.elf" --uart none
reported "and nothing else, outside the internal flash"
sim 2 --load "$firmware/minimal.elf" --uart none --time-limit 1ms
reported "no firmware for the internal flash: .* or --start ADDR"
finish
