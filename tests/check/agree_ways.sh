#!/usr/bin/env bash
# command: optimised
# Random firmwares that hand on, store, change and reach a pointer in every way
# of agree/ways: none that the simulator sees reading the closed window is
# PROVED, none of the safe twins is VIOLATED.
#
# usage: agree_ways.sh XIPSAFE SCRATCH [FIRMWARE]
#
# XIPSAFE_WAYS is how many (default 64), XIPSAFE_SEED the first number, which
# decides all of a firmware (default: they go on with the commits). XIPSAFE_KEEP=1 keeps the files of all, and lists the
# safe ones that stay unknown. XIPSAFE_WAY=NAME makes those of one way.
# XIPSAFE_PLAIN=1 makes firmwares with one way and nothing around it: all ways
# with code and with data at each of four levels, 16 for each way. NOTED then is
# the verdict with the lines that the report proposes; a ninth field has the rules
# of what was unknown, a tenth how many lines these were.
# XIPSAFE_OLD=1 is for a command without the options and rules of today,
# XIPSAFE_SIM for the simulator of another one. SCRATCH/results gets a line for
# each firmware:
#   NUMBER LEVEL WAY WAYS unsafe|safe OUTCOME VERDICT NOTED
# OUTCOME is what the simulator saw: ended, stuck, or the rule that stopped it;
# NOTED the verdict with the notes that a safe twin has.

set -u
here=$(dirname "$(realpath "$0")")
ways=$here/agree/ways
harness=$here/defects/harness
board=$here/../../boards/stm32l476g-disco
flags=(-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16)
ways_number=$(cat "$ways"/*.ways | grep -c '^= ')
# Of plain ones all ways with code and with data have the same level.
batch=$([ -n "${XIPSAFE_WAY-}" ] && echo 2 || echo 32)
[ -z "${XIPSAFE_PLAIN-}" ] || batch=$([ -n "${XIPSAFE_WAY-}" ] && echo 4 || echo $((4 * ways_number)))
# Ways that the checker gets wrong today: counted, not a failure.
open=''
# What each firmware needs to say: of code before the outage.
notes='outside agree_reset: before there is a window
outside agree_handlers: before the outage
outside set_alternate: before there is a window
outside agree: what it calls is a root itself
allow mask-changed pend: before the outage'
memory='--board stm32l476g-disco'
if [ -n "${XIPSAFE_OLD-}" ]; then
    notes=${notes%$'\n'*} memory='--xip 0x90000000:16M'
fi

# What all firmwares are linked with.
prepare() {
    local start
    mkdir -p "$SCRATCH"
    rm -rf "${SCRATCH:?}"/batch_*
    "$XIPSAFE_SIM" board show --layout >"$SCRATCH/layout.h" || return 1
    arm-none-eabi-cpp -P -x c -DAGREE "$harness/app.ld" -o "$SCRATCH/app.ld" ||
        return 1
    for start in '' -DSTART_KEEP_VTOR; do
        # shellcheck disable=SC2086
        arm-none-eabi-gcc "${flags[@]}" -std=c11 -Os -w \
            -fno-tree-loop-distribute-patterns -I "$board" -I "$board/../mcu" \
            -I "$SCRATCH" -DQSPI_BASE=0x20017000u -DAGREE_ENTRY=outage -DSTART_ONE_STACK \
            -DSTART_NO_HANDLERS $start \
            -c -o "$SCRATCH/start${start:--}.o" "$here/agree/start.c" ||
            return 1
    done
    arm-none-eabi-gcc "${flags[@]}" -std=c11 -Os -I "$board/../mcu" \
        -I "$SCRATCH" -c -o "$SCRATCH/agree_board.o" "$board/board.c" || return 1
    for start in NMI HardFault MemManage BusFault UsageFault SVC DebugMon PendSV \
        SysTick IRQ0 IRQ1; do
        echo "--defsym=${start}_Handler=Default_Handler"
    done >"$SCRATCH/handlers"
    for start in libc_nano.a libgcc.a libnosys.a; do
        arm-none-eabi-gcc "${flags[@]}" -print-file-name=$start
    done >"$SCRATCH/libraries"
}

# one NUMBER START LINKER CHECK: $outcome, $verdict, $noted, $rules and $added
one() {
    local number=$1 start=${2/#-D/-D} defsyms=${3//,/ } words=${4//,/ } status
    [ "$words" != - ] || words=
    [ -z "${XIPSAFE_OLD-}" ] || [[ $words != --begin* ]] || words=
    # shellcheck disable=SC2086,SC2046
    arm-none-eabi-ld --no-warn-rwx-segments -z noexecstack -n --no-warn-mismatch \
        --gc-sections $(<"$SCRATCH/handlers") $defsyms -T "$SCRATCH/app.ld" -o "$number.elf" batch.o \
        "$SCRATCH/start$start.o" "$SCRATCH/agree_board.o" --start-group \
        $(<"$SCRATCH/libraries") --end-group 2>"$number.ld" ||
        { outcome=unlinked verdict=- noted=-; return; }
    local images=(--internal "$number.elf")
    if [ -e "$number.with.c" ]; then
        second_image || { outcome=unlinked verdict=- noted=-; return; }
        words+=" --with $number.with.elf"
        images+=(--internal "$number.with.elf")
    fi
    "$XIPSAFE_SIM" sim --part w25q128jv "${images[@]}" --time-limit 300ms \
        --expect end >"$number.sim" 2>&1
    status=$?
    outcome=ended
    if [ $status -ne 0 ]; then
        outcome=$(sed -n 's/^VIOLATION \([a-z-]*\),.*/\1/p' "$number.sim")
        outcome=${outcome:-stuck}
    fi
    { echo "$notes"; cat "$number.true"; } >"$number.bare"
    [ -z "${XIPSAFE_OLD-}" ] || sed -i /load-unknown/d "$number.bare"
    verdict=$(judge "$number.bare")
    noted=$verdict rules='' added=''
    if [ "$verdict" = unknown ] && [ -n "${XIPSAFE_PLAIN-}" ]; then
        rules=$(sed -n 's/^  unknown \([a-z-]*\).*/\1/p' "$number.check" |
            sort -u | paste -s -d ,)
        read -r noted added < <(cure)
    elif [ "$verdict" = unknown ] && [ -s "$number.notes" ]; then
        cat "$number.bare" >>"$number.notes"
        noted=$(judge "$number.notes")
    fi
}

# Another program, behind the first one's part of the internal flash.
second_image() {
    arm-none-eabi-gcc "${flags[@]}" -std=gnu11 -Os -w -I "$harness" -nostdlib \
        -Wl,--just-symbols="$number.elf",-Ttext=0x08008000,-e0x08008001 \
        -Wl,-n,--no-warn-rwx-segments,-z,noexecstack -o "$number.with.elf" \
        "$number.with.c" 2>"$number.ld"
}

# The verdict with one line for each unknown, as the report proposes it, and how
# many lines.
cure() {
    local answer=unknown
    cp "$number.bare" "$number.cured"
    for _ in 1 2 3 4; do
        awk '
            function give() { if (line != "") print line; line = "" }
            /^[^ ]/ || /^  [a-z]/ { give(); unknown = /^  unknown / }
            unknown && /^ +(allow|targets|const) .*: / && !/FUNCTION\.\.\./ {
                sub(/^ +/, "")
                line = $0
            }
            END { give() }' "$number.check" >>"$number.cured"
        answer=$(judge "$number.cured")
        [ "$answer" = unknown ] || break
    done
    echo "$answer $(($(wc -l <"$number.cured") - $(wc -l <"$number.bare")))"
}

# judge NOTES: of $number, before `xipsafe check` with $words.
judge() {
    # shellcheck disable=SC2086
    "$XIPSAFE" check "$number.elf" $memory --notes "$1" $words >"$number.check" 2>&1
    case $? in
    0) echo proved ;;
    1) echo violated ;;
    3) echo unknown ;;
    *) echo failed ;;
    esac
}

# run_batch FIRST COUNT: results on stdout, the files of what disagrees kept.
run_batch() {
    local first=$1 count=$2 number way all start linker words level twin outcome \
        verdict noted rules added
    level=$(set -- O0 Os O2 O1; shift $((first / batch % 4)); echo "$1")
    mkdir -p "$SCRATCH/batch_$first"
    cd "$SCRATCH/batch_$first" || return 1
    awk -v first="$first" -v count="$count" -v out=. \
        -v only="${XIPSAFE_WAY-}" -v plain="${XIPSAFE_PLAIN-}" -f "$here/agree/ways.awk" \
        "$ways"/*.ways >batch.c || return 1
    arm-none-eabi-gcc "${flags[@]}" -std=gnu11 "-$level" -w -ffunction-sections \
        -fdata-sections -I "$harness" -DQSPI_BASE=0x20017000u -c batch.c ||
        return 1
    while read -r number way all start linker words; do
        one "$number" "$start" "$linker" "$words"
        twin=unsafe
        ((number % 2 == 0)) || twin=safe
        echo "$number $level $way $all $twin $outcome $verdict $noted $rules $added"
        case $twin.$outcome.$noted in
        unsafe.*.violated | unsafe.*.unknown | safe.ended.proved)
            [ -n "${XIPSAFE_KEEP-}" ] || rm -f "$number".* ;;
        esac
    done <list
}

XIPSAFE=$(realpath "$1") SCRATCH=$(realpath -m "$2")
export XIPSAFE SCRATCH
export XIPSAFE_SIM=${XIPSAFE_SIM:-$XIPSAFE}
if [ "${3-}" = --batch ]; then
    printf '%s\n' "$(run_batch "$4" "$5")"
    exit 0
fi
prepare || exit 1
count=${XIPSAFE_WAYS:-64}
first=${XIPSAFE_SEED-}
if [ -z "$first" ]; then
    first=$(($(git -C "$here" rev-list --count HEAD 2>/dev/null || echo 0) * 64))
    echo "again with XIPSAFE_SEED=$first" # for scripts/run-test
fi
for ((i = first; i < first + count; i += batch)); do
    echo "$XIPSAFE $SCRATCH --batch $i $((first + count - i < batch ? \
        first + count - i : batch))"
done | xargs -P "${XIPSAFE_JOBS:-$(nproc)}" -L 1 bash "$0" >"$SCRATCH/results" ||
    { echo "agree_ways: not all firmwares were run" >&2; exit 1; }
sort -n -o "$SCRATCH/results" "$SCRATCH/results"
# shellcheck disable=SC2086,SC2116 # on one line
awk -v open=" $(echo $open) " '
    # A way that is open fails no run, and is to be taken off once it is mended.
    function wrong(what) {
        if (index(open, " " $3 " ")) known[what]++
        else if (++bad <= 20) print what ": " $0
    }
    $6 == "unlinked" || $7 == "failed" { wrong("no result"); next }
    $5 == "unsafe" && $6 !~ /^window-|^ram-not-copied$/ { unshown++; next }
    $5 == "unsafe" { unsafe++; if ($7 == "proved") wrong("unsafe and proved"); next }
    $6 != "ended" { wrong("the safe twin is not safe"); next }
    { safe++; bare[$7]++; noted[$8]++ }
    $7 == "violated" || $8 == "violated" { wrong("safe and accused") }
    $8 == "unknown" && tell { print "safe and unknown: " $0 }
    END {
        for (what in known) print "known: " what ", " known[what] " times"
        printf "%d unsafe; %d more did not show it\n", unsafe, unshown
        printf "%d safe: %d proved, %d accused, %d unknown\n", safe, \
            bare["proved"], noted["violated"], bare["unknown"]
        printf "with the notes that their sources need, %d unknown, %.1f %%\n", \
            noted["unknown"], safe ? 100 * noted["unknown"] / safe : 0
        # Else it holds because all are the same.
        exit bad > 0 || !unsafe || !safe || (!one &&
            (unshown * 20 > unsafe || !bare["proved"] ||
                noted["unknown"] * 20 > safe))
    }' one="${XIPSAFE_WAY-}" tell="${XIPSAFE_KEEP-}" "$SCRATCH/results"
