#!/usr/bin/env bash
# Every option of every command with values that are of no use: exit 2, one line
# on stderr with the command's name in front and the option or the value in it,
# nothing on stdout, no file made or changed. tests/cli/options.table has a row
# for each option; an option without one fails.
#
# Two thousand runs: a start of the sanitized command takes ten times as long as
# one of the optimised command. So the sanitized one gets what is hardest to
# print, for each option, and with XIPSAFE_DEEP=1 everything. Of the options one
# a third goes round (tests/turn.bash).
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
table=$tests/cli/options.table
sanitized=$xipsafe
[ -n "${XIPSAFE_DEEP-}" ] || xipsafe=$(dirname "$firmware")/xipsafe

### The table ###

declare -A base=() kind=() good=() twice=()
commands=()
while IFS= read -r line; do
    read -ra words <<<"${line%%#*}"
    [ ${#words[@]} -gt 0 ] || continue
    at=0
    [ "${words[0]}" != base ] || at=1
    command=${words[at]}
    case $command in image | board) command+=" ${words[at + 1]}" ;; esac
    read -ra rest <<<"${line#*"$command"}"
    if [ "$at" -eq 1 ]; then
        base[$command]=${rest[*]}
        commands+=("$command")
    else
        kind["$command ${rest[0]}"]=${rest[1]}
        good["$command ${rest[0]}"]=${rest[2]-}
        twice["$command ${rest[0]}"]=${rest[3]-}
    fi
done <"$table"
[ "${#kind[@]}" -gt 80 ] || fail "$table: ${#kind[@]} rows"

# An option without a row: of the help texts, and of the sources, where one may
# be that no help text names.
for command in "${commands[@]}"; do
    # shellcheck disable=SC2086 # two words
    "$xipsafe" $command --help >"$scratch/help" 2>&1 ||
        complain "$command --help: $(cat "$scratch/help")"
    while read -r option; do
        [ -n "${kind["$command $option"]-}" ] ||
            complain "$table: no row for '$command $option'"
    done < <(sed -nE 's/^ {2,6}(-[a-zA-Z], )?(--[a-z-]+).*/\2/p' \
        "$scratch/help" | sort -u)
done
while read -r option; do
    [[ " ${!kind[*]} --help " == *" --$option "* ]] ||
        complain "$table: no row for --$option, which a command takes"
done < <(grep -rhoE '\{"[a-z-]+", (no|required|optional)_arg' host |
    cut -d'"' -f2 | sort -u)

### Files ###

cd "$scratch" || exit 2
cp "$firmware/boot.elf" boot.elf
head -c 5000 "$firmware/boot.bin" >boot.bin
printf 'part w25q128jv\nram 0x20000000 96K\n' >my.board
printf '0x40011000=1\n' >regs.txt
cp "$firmware/minimal.img" app.img
: >empty.txt
cp "$tests/cli/crash.log" crash.log
echo '{"format": "xipsafe-check", "findings": []}' >findings.json
mkdir folder
ln -s loop loop
"$xipsafe" image keygen -k key.pem || fail "no key"
"$xipsafe" image pack -o app.xip app.img || fail "no pack"
kept=$(cksum boot.elf boot.bin app.img app.xip my.board regs.txt key.pem)

### Running ###

# run ARGUMENTS...: status, out, err; by $by
run() {
    status=0
    "$by" "$@" >out 2>err </dev/null || status=$?
    IFS= read -rd '' said <err # to the end, without a process
    err=${said%$'\n'}
    made=(*)
}
by=$sanitized
run --version
by=$xipsafe
before=${#made[@]}

# no_more: files that a good run has made go.
no_more() {
    [ "${#made[@]}" -eq "$before" ] && return
    local file
    for file in "${made[@]}"; do
        case $file in
        boot.elf | boot.bin | app.img | my.board | regs.txt | empty.txt | folder | loop | \
            app.xip | crash.log | findings.json | key.pem | help | out | err) ;;
        *) rm -rf -- "$file" ;;
        esac
    done
}

# refused WORD...: the last run was, in the way that all are.
refused() {
    local word line=${err//[$'\n']/}
    [ "$status" -eq 2 ] || {
        complain "$what: exit $status, not 2: $err"
        return
    }
    if [ "$line" != "$err" ] || [ -s out ]; then
        complain "$what: not one line: $err"
    fi
    [ "${#made[@]}" -eq "$before" ] || complain "$what: made a file: ${made[*]}"
    [[ $err == "xipsafe $command: "* ]] || complain "$what: prefix: $err"
    [ $# -eq 0 ] && return
    for word; do
        [[ $err != *"$word"* ]] || return
    done
    complain "$what: none of '$*' in: $err"
}

binary=$(printf '\001\377\033[31m\200')
values=("" 99999999999999999999 -1 "$binary" folder loop)
number=0
for row in "${!kind[@]}"; do
    its_turn $((number++)) 3 || continue
    option=${row##* }
    command=${row% *}
    # shellcheck disable=SC2206 # words
    start=($command ${base[$command]})
    case ${kind[$row]} in
    flag)
        what="$row=3"
        run "${start[@]}" "$option=3"
        refused "takes no value"
        continue
        ;;
    list)
        what=$row
        run "${start[@]}" "$option"
        if [ "$status" -ne 0 ] || [ ! -s out ] || [ -n "$err" ]; then
            complain "$what: exit $status, $err"
        fi
        continue
        ;;
    esac
    for value in "${values[@]}"; do
        what="$row '$value'"
        [ "$value" != "$binary" ] || by=$sanitized
        run "${start[@]}" "$option=$value"
        by=$xipsafe
        shown=${value//[^[:print:]]/?}
        [ "$value" != "$binary" ] || shown='[31m'
        case ${kind[$row]}:$value in
        *:) refused "$option needs a value: it was empty" ;;
        text:* | out:[9-]* | out:"$binary")
            [ "$status" -ne 2 ] || [ "${twice[$row]}" = fails ] ||
                complain "$what: exit 2: $err"
            ;;
        elf:*) [ "$status" -ne 2 ] || refused ;;
        *) refused "$shown" "$option" ;;
        esac
        no_more
    done
    what="$row without a value"
    case $option in
    --json | --sarif) ;; # the value may be left out
    *)
        run "${start[@]}" "$option"
        refused "$option needs a value"
        ;;
    esac
    [ "${twice[$row]}" != waits ] || continue
    what="$row twice"
    value=${good[$row]}
    run "${start[@]}" "$option=$value" "$option=$value"
    case ${twice[$row]} in
    once) refused "$option is given twice" ;;
    many | last)
        [ "$status" -ne 2 ] || complain "$what: exit 2: $err"
        ;;
    alone) refused "exclude each other" ;;
    fails) [ "$status" -lt 4 ] || complain "$what: exit $status: $err" ;;
    *) complain "$table: $row: no such last column" ;;
    esac
    no_more
done
[ "$kept" = "$(cksum boot.elf boot.bin app.img app.xip my.board regs.txt key.pem)" ] ||
    complain "an input was changed"
finish
