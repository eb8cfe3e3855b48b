#!/usr/bin/env bash
# The same program that asks what the architecture prescribes runs here and
# under QEMU, whose cores nobody here wrote, for each core that is simulated.
# Where the two differ, docs/CAVEATS.md has a row that says why; a row without a
# difference is an error, too.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

printf '%s\n' 'name arch' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >arch.board

# build NAME FLASH RAM FLAGS...
build() {
    local name=$1
    sed "s/FLASH_ADDR/$2/; s/RAM_ADDR/$3/" "$tests/sim/arch/arch.ld" >"$name.ld"
    shift 3
    arm-none-eabi-gcc -mthumb -masm-syntax-unified -O1 -ffreestanding \
        -nostdlib -Wall -Werror -fno-tree-loop-distribute-patterns \
        -T "$name.ld" "$tests"/sim/arch/arch*.c -o "$name.elf" "$@" ||
        fail "$name does not link"
}

# table MACHINE: its rows
table() {
    # shellcheck disable=SC2016 # backquotes are in the table
    sed -n '/^### .*`'"$1"'`/,/^##/s/^| `\([a-z0-9_*]*\)`.*/\1/p' \
        "$tests/../docs/CAVEATS.md" >rows
    [ -s rows ] || fail "docs/CAVEATS.md has no table of differences to $1"
}

# explained: each difference has a row, each row a difference.
explained() {
    local name row found
    : >used
    diff here.txt qemu.txt | sed -n 's/^[<>] \([^ ]*\) .*/\1/p' | sort -u >names
    while read -r name; do
        found=
        while read -r row; do
            # shellcheck disable=SC2053 # the row is a pattern
            [[ $name != $row ]] || found=$row
        done <rows
        if [ -n "$found" ]; then
            echo "$found" >>used
        else
            complain "$1: no row for $(grep "^$name " here.txt qemu.txt)"
        fi
    done <names
    sort -u used >used_rows
    while read -r row; do
        grep -qxF "$row" used_rows || complain "$1: no difference in $row any more"
    done <rows
}

# compare CORE AT_LEAST FLAGS...
compare() {
    local core=$1 least=$2 machine flash ram uart flags
    shift 2
    on "$core"
    build here 0x08000000 0x20000000 "${flags[@]}" "$@"
    build qemu "$flash" "$ram" "${flags[@]}" "-D$uart" "$@"
    sim 0 --core "$core" --board-file arch.board --internal here.elf \
        --uart out --baud 250000 --time-limit 10s --expect 'that was all'
    tr -d '\r' <out >here.txt
    qemu "$machine" qemu.elf 'that was all' >qemu.txt
    [ "$(wc -l <here.txt)" -ge "$least" ] ||
        fail "$core: only $(wc -l <here.txt) checks"
    [ "$(wc -l <here.txt)" = "$(wc -l <qemu.txt)" ] ||
        fail "$machine prints $(wc -l <qemu.txt) lines, not $(wc -l <here.txt)"
    cut -d ' ' -f 1 here.txt | sort | uniq -d >twice
    [ "$(wc -l <twice)" -le 28 ] || complain "$core: names come twice"
    table "$machine"
    explained "$core"
}

compare cortex-m4 375
compare cortex-m7 1960 -DFPV5
compare cortex-m33 950 -DFPV5
compare cortex-m0plus 180
finish
