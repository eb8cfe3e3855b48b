#!/usr/bin/env bash
# command: optimised
# Each function of tests/check/alone is the one root of an outage: what a line
# `unsafe: FUNCTION RULE` names must not be proved, and by that rule; what a line
# `safe: FUNCTION` names must be proved. Assembly once; C at several levels and
# for several processors, with gcc and clang.
#
# `unsafe-build: NAME RULE` and `safe-build: NAME` are firmwares of their own,
# compiled with -DNAME, whose roots are all functions in RAM.
#
# `// check: OPTIONS` are options for all functions of the file, `// start: FLAGS`
# those that start code is compiled with, `// note: LINE` lines of their notes
# file, `// board: LINE` of a board file, `// link: FLAGS` the linker's,
# `// script: DEFINES` its script's.
# XIPSAFE_ALONE=WORD takes the files with WORD in their names only;
# XIPSAFE_ALONE_DIR is another folder (whole.sh).
#
# It is a third of the files (of whole.sh a sixth), and of the builds of each one,
# which go round (turn.bash). With XIPSAFE_DEEP=1 or XIPSAFE_ALONE it is all of them.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
# shellcheck source=tests/check/cpus.bash
. "$tests/check/cpus.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
here=$tests/check
newlib=$(echo '#include <string.h>' | arm-none-eabi-gcc -E -x c - |
    sed -n 's|^# 1 "\(.*\)/string.h".*|\1|p' | head -n 1)

# start CPU: its start code in $start, compiled once for each $start_flags
start() {
    start=start_$1${start_flags//[^A-Z_]/}.o
    [ ! -e "$start" ] || return 0
    # shellcheck disable=SC2086
    arm-none-eabi-gcc ${flags_of[$1]} -std=c11 -g -Os \
        ${XIPSAFE_START:+"$XIPSAFE_START"} $start_flags \
        -fno-tree-loop-distribute-patterns -c -o "$start" \
        "$here/defects/harness/start.c"
}

# What gcc would link besides, asked once for each CPU: ${libraries[@]}. The linker
# alone is half of the processes.
find_libraries() {
    local name
    if [ ! -e "libraries_$1" ]; then
        for name in libgcc.a libc_nano.a libnosys.a; do
            # shellcheck disable=SC2086
            arm-none-eabi-gcc ${flags_of[$1]} -print-file-name=$name || return 1
        done >"libraries_$1"
    fi
    mapfile -t libraries <"libraries_$1"
}

# firmware SOURCE CPU LEVEL COMPILER [NAME]: $elf
firmware() {
    local source=$1 cpu=$2 level=$3 compiler=$4 name=${5-NONE} compile
    elf=${source##*/}
    elf=${elf%.*}_$cpu$level$compiler$name.elf
    if [ "$compiler" = clang ]; then
        compile=(clang --target="${target_of[$cpu]}" -isystem "$newlib" -fshort-enums)
    else
        compile=(arm-none-eabi-gcc)
    fi
    # shellcheck disable=SC2086
    {
        start "$cpu" &&
            "${compile[@]}" ${flags_of[$cpu]} -std=c11 -g "-$level" -Wall \
                -Wextra "-D$name" -I "$here/defects/harness" -c -o "$elf.o" \
                "$source" && find_libraries "$cpu" &&
            arm-none-eabi-ld -X --no-warn-rwx-segments -z noexecstack -n \
                $link_flags -T "$script" -o "$elf" "$elf.o" "$start" \
                --start-group "${libraries[@]}" --end-group
    } >err 2>&1 || fail "$elf does not build"
}

# says KINDS RULE: has the report such a finding?
says() {
    local text
    IFS= read -rd '' text <out
    [[ $'\n'$text =~ $'\n  '($1)\ +($2)[[:space:]] ]]
}

# judge WANTED ROOT-OPTIONS RULE
judge() {
    local got=0
    # shellcheck disable=SC2086
    "$xipsafe" check "$elf" --xip 0x90000000:16M $2 --notes my.notes $options >out 2>&1 || got=$?
    case $1,$got in
    safe,0)
        [ -z "$3" ] || says warning "$3" ||
            complain "$elf, $2: no warning $3: $(cat out)"
        ;;
    unsafe,[13])
        says 'violation|unknown|also' "$3" ||
            complain "$elf, $2: no $3: $(cat out)"
        ;;
    *) complain "$elf, $2: $1, and the exit is $got: $(cat out)" ;;
    esac
}

# linker_script DEFINES: $script, made once for each
linker_script() {
    script=app${1//[^A-Z_]/}.ld
    # shellcheck disable=SC2086
    [ -e "$script" ] ||
        arm-none-eabi-cpp -E -P -x c $1 -o "$script" \
            "$here/defects/harness/app.ld" || fail "no linker script"
}

number=0
of=3
[ "${XIPSAFE_ALONE_DIR-}" != whole ] || of=6
for source in "$here/${XIPSAFE_ALONE_DIR-alone}"/*"${XIPSAFE_ALONE-}"*.[cS]; do
    [ -e "$source" ] || continue
    [ -n "${XIPSAFE_ALONE-}" ] || its_turn $((number++)) $of || continue
    builds='m4 O0 gcc,m4 O2 gcc,m0plus Os gcc,m4 Os clang,m33 O2 clang'
    [ "${source##*.}" = c ] || builds='m4 Os gcc'
    builds=$(sed -n 's|^// builds: *||p' "$source" | grep . || echo "$builds")
    command -v clang >/dev/null || builds=${builds%%,m4 Os clang*}
    [ -n "${XIPSAFE_ALONE-}${XIPSAFE_DEEP-}" ] ||
        builds=$(tr , '\n' <<<"$builds" | awk -v at=$((turn / of + number)) '
            { build[NR] = $0 } END { print build[at % NR + 1] }')
    options=$(sed -n 's|^// check: *||p' "$source")
    start_flags=$(sed -n 's|^// start: *||p' "$source")
    link_flags=$(sed -n 's|^// link: *||p' "$source")
    linker_script "$(sed -n 's|^// script: *||p' "$source")"
    sed -n 's|^// note: *||p' "$source" >my.notes
    sed -n 's|^// board: *||p' "$source" >my.board
    options+=$([ ! -s my.board ] || echo ' --board-file my.board')
    while read -r cpu level compiler; do
        if grep -qE '^// (safe|unsafe): ' "$source"; then
            firmware "$source" "$cpu" "$level" "$compiler"
        fi
        while read -r wanted root rule; do
            judge "${wanted%:}" "--root $root --interrupts none" "${rule-}"
        done < <(sed -nE 's,^// (safe|unsafe): ,\1: ,p' "$source")
        while read -r wanted name rule; do
            firmware "$source" "$cpu" "$level" "$compiler" "$name"
            judge "${wanted%:}" "" "${rule-}"
        done < <(sed -nE 's,^// (safe|unsafe)-build: ,\1: ,p' "$source")
    done < <(tr , '\n' <<<"$builds")
done
finish
