#!/usr/bin/env bash
# The same program that asks what the architecture prescribes runs here and
# under QEMU, whose core nobody here wrote. Where the two differ,
# docs/CAVEATS.md has a row that says why; a row without a difference is an
# error, too.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

printf '%s\n' 'name arch' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >arch.board
build() { # FILE FLAGS...
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=softfp \
        -mfpu=fpv4-sp-d16 -O1 -ffreestanding -nostdlib -Wall -Werror \
        -fno-tree-loop-distribute-patterns -T "$tests/sim/arch/arch.ld" \
        "$tests/sim/arch/arch.c" -o "$@" || fail "$1 does not link"
}
build here.elf
build qemu.elf -DQEMU

sim 0 --board-file arch.board --internal here.elf --uart out --baud 250000 \
    --time-limit 10s --expect 'that was all'
tr -d '\r' <out >here.txt
qemu netduinoplus2 qemu.elf 'that was all' >qemu.txt

[ "$(wc -l <here.txt)" -ge 330 ] || fail "only $(wc -l <here.txt) checks"
[ "$(wc -l <here.txt)" = "$(wc -l <qemu.txt)" ] ||
    fail "QEMU prints $(wc -l <qemu.txt) lines, not $(wc -l <here.txt)"
cut -d ' ' -f 1 here.txt | sort | uniq -d >twice
[ "$(wc -l <twice)" -le 26 ] || complain "names come twice"

# shellcheck disable=SC2016 # backquotes are in the table
sed -n '/^## Against QEMU/,/^## [^A]/s/^| `\([a-z0-9_*]*\)`.*/\1/p' \
    "$tests/../docs/CAVEATS.md" >rows
[ -s rows ] || fail "docs/CAVEATS.md has no table of differences"
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
        complain "no row for $(grep "^$name " here.txt qemu.txt)"
    fi
done <names
sort -u used >used_rows
while read -r row; do
    grep -qxF "$row" used_rows || complain "no difference in $row any more"
done <rows
finish
