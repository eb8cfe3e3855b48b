#!/usr/bin/env bash
# command: optimised
# Our own firmware is proved: boot program, examples and test firmware as they
# are built, and boot program, library and updater again at every level of
# optimisation, with link-time optimisation and the flags that change how
# addresses are formed.
#
# usage: own.sh XIPSAFE SCRATCH FIRMWARE [VARIANT-PATTERN]
#
# Without a pattern, one or two of the first variants go round (turn.bash), and
# O2, Og, m7 and long-calls are for XIPSAFE_DEEP=1.
#
# What is annotated stands in own.notes, and nothing else may be: one unknown
# left is a failure.

set -eu
xipsafe=$(realpath "$1") scratch=$2 firmware=$(realpath "$3")
pattern=${4:-*}
here=$(realpath "$(dirname "$0")")
root=$(realpath "$here/../..")
tree=$root/build/cortex-m4
mkdir -p "$scratch"
scratch=$(realpath "$scratch")
passed=0 failed=0

# prove NAME ARGS...: 0 proved, and no note is stale.
prove() {
    local name=$1 status=0
    shift
    "$xipsafe" check --board stm32l476g-disco "$@" \
        >"$scratch/$name.txt" 2>&1 || status=$?
    if [ $status = 0 ] && grep -q '^PROVED' "$scratch/$name.txt"; then
        echo pass
    else
        echo "FAIL $name (status $status): xipsafe check" \
            "--board stm32l476g-disco $*"
        sed 's/^/    /' "$scratch/$name.txt" | head -30
    fi
}

count() {
    while IFS= read -r line; do
        case $line in
        pass) passed=$((passed + 1)) ;;
        FAIL*) failed=$((failed + 1)); echo "$line" ;;
        *) echo "$line" ;;
        esac
    done
}

### As they are built ###

# Applications have a vector table in RAM that start-up code fills; in the boot
# program only what it publishes runs in an outage.
library=$root/xipsafe/xipsafe.notes
app_flags=(--interrupts none --notes "$here/own.notes" --notes "$library"
    --notes "$root/xipsafe/fault/xip_fault.notes")
boot_flags=(--interrupts none --root xip_resident_run --vectors boot_vectors
    --notes "$library" --notes "$here/boot.notes")

# All firmware with the fault recorder; but crash, which faults in an outage on
# purpose, and those that need the boot program for it.
recorders() {
    # Of one process: a start takes longer than a file.
    arm-none-eabi-nm -A "$firmware"/*.elf 2>/dev/null |
        sed -n 's|.*/\([^/]*\)\.elf:.* xip_fault_capture_$|\1|p' |
        grep -vE '^crash$|_table$'
}

as_built() {
    local name
    prove boot "$firmware/boot.elf" "${boot_flags[@]}"
    for name in minimal flash_ops irq_latency background threads $(recorders); do
        prove "$name" "$firmware/$name.elf" "${app_flags[@]}"
    done
    for name in self_update_v1_table flash_ops_table; do
        prove $name "$firmware/$name.elf" --with "$firmware/boot.elf" \
            "${app_flags[@]}" --notes "$here/boot.notes"
    done
}

### Built again ###

# rebuild NAME DIR CPU FLAGS...: the commands that built NAME, with other
# flags, into DIR. CPU is empty or replaces -mcpu.
rebuild() {
    local name=$1 out=$2 cpu=$3 object command # flags: the rest
    local path='("[^"]*"|[^ ]*)'
    local -a objects=()
    shift 3
    mkdir -p "$out"
    while IFS= read -r command; do
        object=$out/$name.${#objects[@]}.o
        command=${command/ -Os / }
        command=${command/ -o * -c / $* -o \"$object\" -c }
        command=${command// -Werror/}
        [ -z "$cpu" ] || command=${command/-mcpu=cortex-m4/$cpu}
        (cd "$tree" && eval "$command") || return 1
        objects+=("\"$object\"")
    done < <(ninja -C "$tree" -t commands "$firmware/$name.elf" |
        grep -E " -c .*\.[cS]'?$")
    command=$(ninja -C "$tree" -t commands "$firmware/$name.elf" | tail -1)
    # Everything that is an input there is an object or an archive of ours.
    command=$(sed -E "s#^.*&& *([^ ]*gcc) #\1 #; s# && :\$##
        s# -Os # #; s# CMakeFiles/[^ ]*\.obj##g; s# libbearssl\.a##
        s# -o $path# #; s#\"-Wl,-Map=[^\"]*\"##; s#-Wl,-Map=[^ ]*##" <<<"$command")
    [ -z "$cpu" ] || command=${command//-mcpu=cortex-m4/$cpu}
    # Without optimisation the boot program is larger than the flash it has;
    # here it only has to be linked.
    sed 's/\(FLASH .*LENGTH = 0x000\)0/\11/' "$tree/$name.ld" >"$out/$name.ld"
    command=${command/"$tree/$name.ld"/"$out/$name.ld"}
    (cd "$tree" && eval "$command $* ${objects[*]} -o '$out/$name.elf'")
}

variant() {
    local label=$1 cpu=$2 out
    shift 2
    out=$scratch/$label
    for name in boot minimal self_update_v1; do
        if ! rebuild $name "$out" "$cpu" "$@" >"$out.$name.log" 2>&1; then
            echo "FAIL $label/$name does not build with $cpu $*"
            tail -5 "$out.$name.log" | sed 's/^/    /'
            continue
        fi
        if [ $name = boot ]; then
            prove "$label-$name" "$out/$name.elf" "${boot_flags[@]}"
        else
            prove "$label-$name" "$out/$name.elf" "${app_flags[@]}"
        fi
    done
    [ -n "${OWN_KEEP:-}" ] || rm -rf "$out"
}

variants() {
    local v i=0
    for v in O0 O3 lto slow-flash-data fence m0plus m33; do
        [ "$pattern" = '*' ] && ! its_turn $((i++)) 4 || echo "$v"
    done
    [ -z "${XIPSAFE_DEEP-}" ] && [ "$pattern" = '*' ] ||
        printf '%s\n' O2 Og long-calls m7 fence-m33
}

one_variant() {
    case $1 in
    O?) variant "$1" "" "-$1" ;;
    lto) variant lto "" -Os -flto ;;
    long-calls) variant long-calls "" -Os -mlong-calls ;;
    slow-flash-data) variant slow-flash-data "" -Os -mslow-flash-data ;;
    fence) variant fence "" -Os -DXIP_CFG_FENCE=1 ;;
    # That core has no cycle counter: TIM2, as tests/sim/baseline.sh has it.
    m0plus) variant m0plus -mcpu=cortex-m0plus -Os \
        -DXIP_CFG_COUNTER_ADDR=0x40000024u \
        -DXIP_CFG_FAULT_RAM_BYTES=0x18000u ;;
    m7) variant m7 -mcpu=cortex-m7 -O2 ;;
    m33) variant m33 -mcpu=cortex-m33 -Os ;;
    fence-m33) variant fence-m33 -mcpu=cortex-m33 -Os -DXIP_CFG_FENCE=1 ;;
    esac
}

if [ "${OWN_ONE:-}" ]; then # one of several jobs
    one_variant "$OWN_ONE"
    exit 0
fi
# shellcheck disable=SC2053 # a pattern is wanted
[[ as-built != $pattern ]] || count < <(as_built)
# shellcheck source=tests/turn.bash
. "$here/../turn.bash"
names=$(for v in $(variants); do
    # shellcheck disable=SC2053
    [[ $v != $pattern ]] || echo "$v"
done)
count < <(for v in $names; do echo "$v"; done |
    xargs -P "$(nproc)" -I{} env OWN_ONE={} "$0" "$xipsafe" "$scratch" \
        "$firmware")
echo "$passed passed, $failed failed"
[ $failed = 0 ]
