#!/usr/bin/env bash
# The loaders as files: what pyOCD, probe-rs, Keil and STM32CubeProgrammer look
# for in them, and that nothing in the FLM depends on where it is loaded.

set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
name=xipsafe_STM32L476G-DISCO
flm=$firmware/../extloader/$name.FLM
stldr=$firmware/../extloader/$name.stldr
tool=arm-none-eabi

# value FILE SYMBOL: "address size type binding visibility section".
symbol() {
    $tool-readelf -sW "$1" |
        awk -v name="$2" '$8 == name { print $2, $3, $4, $5, $6, $7 }'
}

# section FILE NAME: "index type address size", of the only one of that name.
section() {
    $tool-readelf -SW "$1" | sed 's/^ *\[ *//; s/\]//' |
        awk -v name="$2" '$2 == name { print $1, $3, $4, $6 }'
}

# functions FILE SECTION NAME...: global, in Thumb state, in that section.
functions() {
    local file=$1 index name
    index=$(section "$file" "$2" | cut -d ' ' -f 1)
    shift 2
    for name in "$@"; do
        [[ $(symbol "$file" "$name") == \
            *[13579bdf]\ *\ FUNC\ GLOBAL\ DEFAULT\ $index ]] ||
            fail "$name of ${file##*/} is '$(symbol "$file" "$name")'"
    done
}

# word OFFSET, byte OFFSET, text OFFSET: of $scratch/table.
word() {
    od -An -tx4 -j "$1" -N 4 "$scratch/table" | tr -d ' '
}
byte() {
    od -An -tx1 -j "$1" -N 1 "$scratch/table" | tr -d ' '
}
text() {
    tail -c "+$(($1 + 1))" "$scratch/table" | tr '\0' '\n' | head -n 1
}
want() {
    [ "$2" = "$3" ] || fail "$1 is $2, not $3"
}

complete() {
    [ -s "$1" ] || fail "no ${1##*/}: run make first"
    [ -z "$($tool-nm -u "$1")" ] || fail "undefined: $($tool-nm -u "$1")"
    ! $tool-readelf -SW "$1" |
        grep -E ' \.(got|rel|dyn|debug|bss)|NOBITS' >&2 ||
        fail "${1##*/} has sections that nobody fills in or wants"
    want "machine" "$($tool-readelf -hW "$1" |
        sed -n 's/^ *Machine: *//p')" ARM
}

### FLM ###

complete "$flm"
read -r _ type address size <<<"$(section "$flm" PrgCode)"
want "PrgCode" "$type $address" "PROGBITS 00000000"
code_end=$((16#$size))
read -r _ type address size <<<"$(section "$flm" PrgData)"
want "PrgData" "$type $((16#$address))" "PROGBITS $code_end"
data_end=$((code_end + 16#$size))
# What a probe loads, with a page buffer twice and a stack, into 64 KB.
((data_end < 32768)) || fail "$data_end bytes are much for a flash algorithm"
read -r index type address size <<<"$(section "$flm" DevDscr)"
((16#$address >= data_end)) || fail "DevDscr lies over the program"
functions "$flm" PrgCode Init UnInit EraseChip EraseSector ProgramPage \
    Verify BlankCheck
want "FlashDevice" "$(symbol "$flm" FlashDevice)" \
    "$address 4256 OBJECT GLOBAL DEFAULT $index"

$tool-objcopy -O binary -j DevDscr "$flm" "$scratch/table"
want "version and name" "$(od -An -tx2 -N 2 "$scratch/table") $(text 2)" \
    " 0101 $name"
want "type" "$(od -An -tx2 -j 130 -N 2 "$scratch/table")" " 0005"
want "start" "$(word 132)" 90000000
want "size" "$(word 136)" 01000000
want "page" "$(word 140)" 00001000
want "reserved" "$(word 144)" 00000000
want "erased" "$(byte 148)" ff
(($((16#$(word 152))) >= 500)) || fail "timeout of a page: $(word 152)"
(($((16#$(word 156))) >= 10000)) || fail "timeout of a sector: $(word 156)"
want "sectors" "$(word 160) $(word 164)" "00010000 00000000"
want "end of sectors" "$(word 168) $(word 172)" "ffffffff ffffffff"

# The linker kept the relocations of the unstripped file: each has to be of a
# kind that does not change when code and data move together.
$tool-readelf -rW "$firmware/extloader_flm.elf" >"$scratch/relocations"
awk '/^Relocation section/ { inside = /\.relPrg/ }
    inside && $3 ~ /^R_ARM_/ { print $3 }' "$scratch/relocations" |
    sort | uniq -c >"$scratch/kinds"
[ "$(awk '{ sum += $1 } END { print sum + 0 }' "$scratch/kinds")" -gt 100 ] ||
    fail "extloader_flm.elf has lost its relocations"
! grep -vE ' R_ARM_(REL32|THM_CALL|THM_JUMP24|THM_JUMP19|THM_JUMP11|THM_JUMP8|PREL31|NONE)$' \
    "$scratch/kinds" >&2 || fail "these depend on the load address"

### stldr ###

complete "$stldr"
functions "$stldr" .text Init Write Read SectorErase MassErase Verify CheckSum
want "loads" "$($tool-readelf -lW "$stldr" | grep -c '^  LOAD ')" 2
$tool-readelf -lW "$stldr" | awk '$1 == "LOAD" { print $3, $6 }' |
    while read -r address size; do
        ((address >= 0x20000004 && address + size <= 0x20018000)) ||
            fail "a segment at $address with $size bytes is not in SRAM1"
    done
read -r index type address size <<<"$(section "$stldr" .Dev_info)"
want "StorageInfo" "$(symbol "$stldr" StorageInfo)" \
    "$address 200 OBJECT GLOBAL DEFAULT $index"
want "segment of StorageInfo" "$($tool-readelf -lW "$stldr" |
    sed -n 's/^ *01 *//p' | tail -n 1 | tr -d ' ')" .Dev_info

$tool-objcopy -O binary -j .Dev_info "$stldr" "$scratch/table"
want "name" "$(text 0)" "$name"
want "type" "$(od -An -tx2 -j 100 -N 2 "$scratch/table")" " 0003"
want "start" "$(word 104)" 90000000
want "size" "$(word 108)" 01000000
want "page" "$(word 112)" 00000100
want "erased" "$(byte 116)" ff
want "sectors" "$(word 120) $(word 124)" "00000100 00010000"
want "end of sectors" "$(word 128) $(word 132)" "00000000 00000000"
