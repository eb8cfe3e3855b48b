#!/usr/bin/env bash
# command: optimised
# xipsafe loader: the loaders of this project pass, each defect of a small one
# is named with the call that showed it.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
source=$tests/cli/loader/small.c
built=$(dirname "$firmware")/extloader
cd "$scratch" || exit 2

printf '%s\n' 'name small' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >small.board
cat >flm.ld <<END
PHDRS { program PT_LOAD; device PT_LOAD; }
SECTIONS {
    PrgCode 0 : { *(.text*) *(.rodata*) } :program
    PrgData : { *(.data*) *(.bss*) LONG(0) } :program
    DevDscr : { KEEP(*(DevDscr)) } :device
}
END
sed 's/ 0 :/ 0x20000004 :/; s/DevDscr/.Dev_info/g' flm.ld >stldr.ld

# loader STATUS FLAGS...: builds one and calls it; the kind is in $kind, options
# are in $options.
kind=flm
options=()
loader() {
    local wanted=$1 status=0
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
        -fno-tree-loop-distribute-patterns -Wl,--no-warn-rwx-segments \
        -Wl,-e,Init -T "$kind.ld" "$@" "$source" -o "small.$kind" ||
        fail "does not build: $*"
    "$xipsafe" loader --board-file small.board --quiet "${options[@]}" \
        "small.$kind" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || fail "status $status, not $wanted: $*"
}

# says REGEX: in the output, whose line breaks do not count.
says() {
    tr -s ' \n' '  ' <out | grep -qE -- "$1" || fail "does not say: $1"
}

for file in "$built"/*.FLM "$built"/*.stldr; do
    "$xipsafe" loader "$file" >out 2>err || fail "$file is not good"
    says "every call did what it should"
done

loader 0
loader 1 -DDEFECT_ODD
says "WRONG ProgramPage\(0x90400400, 0x3fd, .* end of an odd length is left out"
loader 1 -DDEFECT_WRAP
says "WRONG ProgramPage\(0x90400000, 0x400, .* nor-"
loader 1 -DDEFECT_STACK
says "WRONG ProgramPage.* uses 3[0-9]* bytes of stack .* may give 512"
loader 1 -DDEFECT_POSITION
says "WRONG Init"
says "visible at 0x0, where it is linked, .* absolute addresses"
loader 1 -DDEFECT_SIZE
says "WRONG FlashDevice it describes 33554432 bytes"
loader 1 -DDEFECT_NEIGHBOUR
says "WRONG EraseSector\(0x90400000\) .* neighbours were erased"
loader 1 -DDEFECT_NO_WAIT
says "WRONG EraseSector"
loader 1 -DDEFECT_VERIFY
says "WRONG Verify.* for data that differs"
loader 1 -DDEFECT_TICK
says "WRONG Init.* did not return within .* core is at [iI]nit"

loader 0 -DWITHOUT_MASS

# The whole chip: some of it, none of it, too early.
mass() { # FUNCTION FLAGS...
    local name=$1
    shift
    loader 1 "$@" -DDEFECT_MASS
    says "WRONG $name\(.*not all of the chip was erased.* to 0x90ffffff are"
    loader 1 "$@" -DDEFECT_MASS_WAIT
    says "WRONG $name\(.* the chip was not erased.* a minute or more"
    loader 1 "$@" -DDEFECT_MASS_ENABLE
    says "WRONG $name\(.*nor-no-wel"
    loader 0 "$@" -DDEFECT_MASS_LIMIT # which is enough for 100 ms
    options=(--whole)
    loader 1 "$@" -DDEFECT_MASS_LIMIT
    says "WRONG $name\(.* the chip was not erased"
    options=()
}
mass EraseChip

kind=stldr
loader 0 -DSTLDR
mass MassErase -DSTLDR
loader 1 -DSTLDR -DDEFECT_END
says "WRONG SectorErase\(0x90410000, 0x90410000\) .* the end is inclusive"
loader 1 -DSTLDR -DDEFECT_ODD
says "WRONG Write.* end of an odd length"

loader 1 -DSTLDR -DDEFECT_SIZE
says "WRONG StorageInfo it describes 33554432 bytes, and the chip has 16777216"
sed 's/0x20000004/0x08000004/' stldr.ld >internal.ld
kind=internal
loader 2 -DSTLDR
grep -q "no RAM at 0x08000004" err || fail "a loader that is not in RAM"

# What is none.
for file in small.board "$firmware/boot.elf" missing.FLM; do
    status=0
    "$xipsafe" loader "$file" >out 2>err || status=$?
    [ "$status" -eq 2 ] || fail "$file: status $status"
    [ "$(wc -l <err)" -eq 1 ] || fail "$file: not one line"
done
finish
