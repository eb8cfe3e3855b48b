#!/usr/bin/env bash
# command: optimised
# Single instructions of any encoding, all of 16 bits and random ones of 32, are
# executed in random states here and under QEMU, whose cores nobody here wrote.
# What comes of each (the next exception with its status, and the whole state)
# has to be the same, but for:
# - encodings that are undefined here: the manuals call them unpredictable, and
#   unit_thumb_objdump and unit_core_decode see to it that no others are;
# - rows of the table in docs/CAVEATS.md.
# `make test` runs some, those of 16 bits on two of four cores; with
# XIPSAFE_COUNT=3300000 ten million.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

narrow=$((0xE800)) # encodings of 16 bits
count=${XIPSAFE_COUNT:-5000}
first=${XIPSAFE_SEED:-1000000}
echo "again with XIPSAFE_SEED=$first"

# shellcheck disable=SC2016 # backquotes are in the table
sed -n '/^### Single instructions/,/^##/s/^| `\([a-z0-9]*\)` `\([^`]*\)`.*/\1 ^\2$/p' \
    "$tests/../docs/CAVEATS.md" >rows
[ -s rows ] || fail "docs/CAVEATS.md has no table of single instructions"

# build NAME FLASH RAM FLAGS...
build() {
    local name=$1
    sed "s/FLASH_ADDR/$2/; s/RAM_ADDR/$3/" "$tests/sim/arch/arch.ld" >"$name.ld"
    shift 3
    arm-none-eabi-gcc -mthumb -masm-syntax-unified -O2 -ffreestanding \
        -nostdlib -Wall -Wextra -Werror -fno-tree-loop-distribute-patterns \
        -T "$name.ld" "$tests/sim/arch/single.c" -lgcc -o "$name.elf" "$@" ||
        fail "$name does not link"
}

# one CORE MACHINE FLASH RAM FIRST COUNT FLAGS...
one() {
    local core=$1 machine=$2 flash=$3 ram=$4 from=$5 to=$6
    shift 6
    # Addresses are results, too: RAM is where the machine has it.
    printf '%s\n' 'name arch' 'internal 512K' "ram $ram 96K" \
        'part w25q128jv' >arch.board
    build here 0x08000000 "$ram" "-DFIRST=$from" "-DCOUNT=$to" "${here[@]}"
    build qemu "$flash" "$ram" "-DFIRST=$from" "-DCOUNT=$to" "$@"
    sim 0 --core "$core" --board-file arch.board --internal here.elf \
        --quiet --uart out --baud 250000 --time-limit 1000000s \
        --expect 'that was all'
    tr -d '\r' <out >here.txt
    qemu "$machine" qemu.elf 'that was all' >qemu.txt
    [ "$(wc -l <here.txt)" -gt $((to / 2)) ] ||
        fail "$core: only $(wc -l <here.txt) lines"
    [ "$(wc -l <here.txt)" = "$(wc -l <qemu.txt)" ] ||
        fail "$machine prints $(wc -l <qemu.txt) lines, not $(wc -l <here.txt)"
    paste -d ' ' here.txt qemu.txt | awk '$2 != $5 || $3 != $6' |
        awk -v core="$core" 'FILENAME == "rows" {
                if ($1 == "all" || "cortex-" $1 == core) row[$2]
                next
            }
            $1 != $4 { print; next }
            { for (r in row) if ($1 ~ r) next }
            $2 == "u" || (core ~ /m0/ && $2 == 3) { print $1 >"open"; next }
            { print }' rows - >differ
    [ ! -s differ ] ||
        complain "$core, $(wc -l <differ) of $to from $from differ, encoding \
here, encoding there: $(head -n 3 differ)"
    # The share of what the manual leaves open: a core that knew nothing would
    # be undefined everywhere.
    touch open
    [ "$(wc -l <open)" -le $((to / 15)) ] ||
        complain "$core: $(wc -l <open) of $to are undefined here only"
    echo "$core: $to from $from, $(wc -l <open) undefined here only"
    rm -f open
}

# both CORE MACHINE FLASH RAM OF_QEMU FLAGS...: all of 16 bits, if it is worth it
both() {
    local core=$1 machine=$2 flash=$3 ram=$4 of_qemu=$5
    shift 5
    here=("$@")
    [[ -z ${XIPSAFE_COUNT-} && $core == cortex-m*[73] ]] ||
        one "$core" "$machine" "$flash" "$ram" $((first % 3 * narrow)) \
            $narrow "$@" "-D$of_qemu"
    [ "$core" = cortex-m0plus ] ||
        one "$core" "$machine" "$flash" "$ram" "$first" "$count" "$@" \
            "-D$of_qemu"
}

both cortex-m4 netduinoplus2 0x08000000 0x20000000 NETDUINO \
    -mcpu=cortex-m4 -mfloat-abi=softfp -mfpu=fpv4-sp-d16
both cortex-m7 mps2-an500 0 0x20000000 UART=0x40004000 \
    -mcpu=cortex-m7 -mfloat-abi=softfp -mfpu=fpv5-d16
both cortex-m33 mps2-an505 0x10000000 0x38000000 UART=0x50200000 \
    -mcpu=cortex-m33 -mfloat-abi=softfp -mfpu=fpv5-sp-d16
both cortex-m0plus microbit 0 0x20000000 MICROBIT -mcpu=cortex-m0
finish
