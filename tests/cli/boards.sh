#!/usr/bin/env bash
# One table of boards: every command knows each of it, or says that it cannot
# serve it. What a board's folder holds besides its board.txt agrees with it.
set -u

# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$(realpath "$(dirname "$0")/../..")
cd "$root" || exit 2

"$xipsafe" board list >"$scratch/list" || complain "board list: exit $?"
names=$(cut -d ' ' -f 1 "$scratch/list")
folders=$(cd boards && echo */board.txt | tr ' ' '\n' | sed 's,/.*,,' |
    grep -vx template)
[ "$names" = "$folders" ] || complain "the list is not the folders: $names"

"$xipsafe" sim --list >"$scratch/sim" || complain "sim --list: exit $?"
"$xipsafe" check --help >"$scratch/check" || complain "check --help: exit $?"
for name in $names; do
    for list in sim check; do
        grep -q "^  $name " "$scratch/$list" || complain "$list: no $name"
    done
    # Each either works or says why not, and never "unknown".
    for command in "sim --internal none.elf" "check none.elf" \
        "image factory --boot none --app none --out none.hex"; do
        status=0
        # shellcheck disable=SC2086
        "$xipsafe" $command --board "$name" >"$scratch/out" 2>&1 || status=$?
        [ $status = 2 ] || complain "$command --board $name: exit $status, not 2"
        grep -qE "none|is known, " "$scratch/out" ||
            complain "$command --board $name: $(cat "$scratch/out")"
    done
done

# value NAME: of set(BOARD_NAME ...) in what CMake gets.
value() {
    sed -n "s/^set(BOARD_$1 \(\[==\[\)\{0,1\}\([^]]*\)\(\]==\]\)\{0,1\})$/\2/p" \
        "$scratch/cmake"
}

# Debug probes: an address in openocd.cfg is one of the board's, and pyocd.py
# has its figures.
for config in boards/*/openocd.cfg; do
    folder=${config%/*}
    "$xipsafe" board show --board-file "$folder/board.txt" --cmake \
        >"$scratch/cmake" || complain "$folder: exit $?"
    window=$(value WINDOW_ADDR)
    internal=$(value INTERNAL_ADDR)
    grep -v '^ *#' "$config" | grep -oE '0x[0-9A-Fa-f]{8}' | sort -u \
        >"$scratch/addresses"
    for address in "$window" "$internal"; do
        grep -qix "$address" "$scratch/addresses" ||
            complain "$config: no $address, which board.txt has"
    done
    ! grep -vix -e "$window" -e "$internal" "$scratch/addresses" ||
        complain "$config: an address that board.txt does not have"

    script=$folder/pyocd.py
    number() {
        sed -n "s/^ *$1=\(0x[0-9A-Fa-f]*\),$/\1/p" "$script"
    }
    [ $(($(number start))) = $((window)) ] || complain "$script: start"
    [ $(($(number length))) = $(($(value FLASH_BYTES))) ] ||
        complain "$script: length"
    grep -qF "/$(value LOADER).FLM\"" "$script" || complain "$script: flm"
    grep -qiF -- "--target $(value CHIP) " "$script" ||
        complain "$script: --target"
done

# Firmware was built with what the command makes now.
for name in $names; do
    made=build/cortex-m4/boards/$name/layout.h
    [ -e "$made" ] || continue
    "$xipsafe" board show --board "$name" --layout >"$scratch/layout.h"
    same "$scratch/layout.h" "$made"
done

# want STATUS WORDS ARGUMENTS...
want() {
    local status=$1 words=$2 got=0
    shift 2
    "$xipsafe" board "$@" >"$scratch/out" 2>"$scratch/err" || got=$?
    [ "$got" = "$status" ] || complain "exit $got, not $status: board $*"
    [ "$(wc -l <"$scratch/err")" = $((status != 0)) ] ||
        complain "lines on stderr: board $*"
    grep -qF -- "$words" "$scratch/out" "$scratch/err" ||
        complain "no '$words' from board $*: $(cat "$scratch/out" "$scratch/err")"
}
want 0 "pin       ncs PE11 AF10" show
want 0 "pulled-up PC13" show --board nucleo-l476rg-w25q128
want 2 "nucleo-l476rg-w25q128/board.txt: no 'boot' line" show --layout \
    --board nucleo-l476rg-w25q128
want 2 "unknown board 'x'; known boards: " show --board x
want 2 "exclude each other" show --board stm32l476g-disco \
    --board-file "$root/README.md"
want 2 "cannot read none.board" show --board-file none.board
want 2 "README.md:3: unknown word" show --board-file "$root/README.md"
want 2 "choose one" show --layout --cmake
want 2 "is not an option" show disco
want 2 "one argument too many" list all
printf 'name a\npart w25q128jv\nslot 0 1G\n' >"$scratch/own.board"
want 2 "own.board:3: the slot ends behind the flash chip" show \
    --board-file "$scratch/own.board"

finish
