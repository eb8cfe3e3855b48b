# shellcheck shell=bash disable=SC2034,SC2154 # shared with one.bash of defects
# one - one firmware, on the simulator and before the checker; sourced by
# agree.sh after defects/harness/one.bash
# usage: agree_case FILE LEVEL DIR
#
# Prints "pass|fail|skip NAME LEVEL TWIN VERDICT OUTCOME" for each twin, and
# below it, indented, why. VERDICT is what the checker says, OUTCOME what the
# simulator does: trapped, ended or stuck.

# one.bash of defects, which has set this, reads level and compiler.
harness=${harness:?}
agree=$(dirname "$0")/agree
board=$agree/../../../boards/stm32l476g-disco
QSPI_IN_RAM=0x20017000u

# Bits of the exceptions that `--interrupts` leaves enabled, in $bits; NMI always.
exceptions() {
    local list word
    bits=4
    [[ " $1 " =~ \ --interrupts\ ([^ ]+)\  ]] || { bits=0xffffffff; return; }
    list=${BASH_REMATCH[1]}
    for word in ${list//,/ }; do
        case $word in
        none) ;;
        SysTick) bits=$((bits | 1 << 15)) ;;
        PendSV) bits=$((bits | 1 << 14)) ;;
        [0-9]*) bits=$((bits | 1 << (16 + word))) ;;
        *) echo "exceptions: $word?" >&2; return 1 ;;
        esac
    done
}

# What the outage calls in a case in assembly: what its main() jumps to.
assembly_entry() {
    sed -n '/^main:/,$ s/^ *ldr r3, =\([a-z_0-9]*\)$/\1/p' "$1"
}

# start_object FLAGS...: $made, the same for many cases.
start_object() {
    local words="$*"
    made=$SCRATCH/start_${words//[^A-Za-z0-9]/_}.o
    if [ ! -e "$made" ]; then
        # Others may make the same file at the same time.
        # shellcheck disable=SC2086
        arm-none-eabi-gcc ${flags_of[m4]} -std=c11 -g -Os -Wall -Wextra \
            -Werror -fno-tree-loop-distribute-patterns -I "$board" \
            -I "$board/../mcu" -I "$SCRATCH" \
            -DQSPI_BASE=$QSPI_IN_RAM "$@" -c -o "$made.$BASHPID" \
            "$agree/start.c" || return 1
        mv "$made.$BASHPID" "$made"
    fi
}

# agree_build TWIN: $elf, and $elf.with
agree_build() {
    local twin=$1 start script flags ld_flags start_flags entry main made bits
    local objects=("$SCRATCH/agree_board.o")
    local defines=("-DQSPI_BASE=$QSPI_IN_RAM")
    flags="${said[flags]-} ${said[defect-flags]-}"
    ld_flags=${said[linker]-} start_flags=${said[start]-}
    if [ "$twin" = clean ]; then
        defines+=(-DCLEAN)
        flags="${said[flags]-} ${said[clean-flags]-}"
        start_flags=${said[clean-start]-$start_flags}
        ld_flags=${said[clean-linker]-$ld_flags}
    fi
    exceptions "$options" || return 1
    start_flags+=" ${said[agree]-} -DAGREE_EXCEPTIONS=${bits}u"
    if [ "${file##*.}" = S ]; then
        entry=$(assembly_entry "$file")
        start_flags+=" -DAGREE_ONLY ${entry:+-DAGREE_ENTRY=$entry}"
    elif [[ $start_flags != *AGREE_ENTRY* ]]; then
        main='__attribute__((section(".ramcode.main"))) main'
        defines+=("-Dmain=$main")
    fi
    # shellcheck disable=SC2086
    {
        start_object $start_flags || return 1
        start=$made
        shared_file app.ld -DAGREE $ld_flags || return 1
        script=$made
        compile "$file" "$elf.o" "${defines[@]}" $flags || return 1
        link --no-warn-rwx-segments -z noexecstack -n --no-warn-mismatch ||
            return 1
    }
    # As it is linked, whatever is stripped of it below.
    if [[ $ld_flags = *NO_LOAD_ADDRESS* ]]; then
        arm-none-eabi-objcopy -R .ramcode "$elf" "$elf.loaded" || return 1
    else
        cp "$elf" "$elf.loaded" || return 1
    fi
    if [ -n "${said[with]-}" ]; then
        # shellcheck disable=SC2086
        arm-none-eabi-gcc ${flags_of[$cpu]} "${defines[@]}" -nostdlib \
            -Wl,-n,-e,boot_status,-Ttext=0x08000100 \
            -o "$elf.with" "$harness/${said[with]# }" || return 1
    fi
    local strip=${said[objcopy]-}
    [ "$twin" = clean ] && strip=${said[clean-objcopy]-$strip}
    if [ -n "${strip# }" ]; then
        # shellcheck disable=SC2086
        (set -f; arm-none-eabi-objcopy $strip "$elf")
    fi
}

# Options of the case for the checker, without its roots: here all that lies
# outside the window is one, as main() is: $options.
agree_options() {
    local word skip=''
    options=
    for word in $1; do
        if [ -n "$skip" ]; then
            skip=
        elif [ "$word" = --root ]; then
            skip=1
        else
            options+=" $word"
        fi
    done
}

# agree_check, agree_run: $elf.json, $elf.sim.json
agree_check() {
    {
        printf '%s\n' 'outside agree_reset: before there is a window' \
            'outside agree_handlers: before the outage' \
            'outside set_alternate: before there is a window' \
            'outside agree: what it calls is a root itself'
        [ "$twin" = defect ] || printf '%s' "${said[note]-}"
    } >"$elf.notes"
    local with=()
    [ -z "${said[with]-}" ] || with=(--with "$elf.with")
    rm -f "$elf.json"
    (
        set -f
        # shellcheck disable=SC2086
        # The memories of the board: no section is at the end of the RAM, where
        # the harness has its flash controller.
        "$XIPSAFE" check "$elf" --xip 0x90000000:16M --notes "$elf.notes" \
            --resident 0x08000000:1M --resident 0x20000000:96K \
            --resident 0x10000000:32K "${with[@]}" $options --json="$elf.json"
    ) >"$elf.out" 2>&1
    [ $? -le 3 ] && [ -s "$elf.json" ]
}

agree_run() {
    local with=()
    [ -z "${said[with]-}" ] || with=(--internal "$elf.with")
    rm -f "$elf.sim.json"
    "$XIPSAFE" sim --part w25q128jv --internal "$elf.loaded" "${with[@]}" \
        --time-limit 300ms --expect end \
        --json="$elf.sim.json" >"$elf.sim.out" 2>&1
    [ $? -le 1 ] && [ -s "$elf.sim.json" ]
}

agree_case() {
    # shellcheck disable=SC2034 # read by defects/harness/one.bash
    file=$1 level=$2 compiler=gcc
    local dir=$3 name twin why elf options line stuck twins="defect clean"
    local -A said=()
    name=${file##*/}
    name=${name%.*}
    read_notes "$file"
    cpu=${said[cpu]:-m4}
    cpu=${cpu# }
    [ -z "${said[agree-once]-}" ] || twins=clean
    for twin in $twins; do
        elf=$dir/${name}_${level}_$twin.elf
        if [ -n "${said[agree-skip]-}" ]; then
            echo "skip $name $level $twin:${said[agree-skip]}"
            continue
        fi
        options=${said[check]-}
        [ "$twin" = clean ] && options=${said[clean-check]-$options}
        agree_options "$options"
        stuck=
        [ -z "${said[agree-stuck]-}" ] || stuck=stuck
        if why=$(agree_build "$twin" 2>&1 && agree_check && agree_run) &&
            why=$("$SCRATCH/agree" "$elf" "$elf.json" "$elf.sim.json" $stuck); then
            line=${why%%$'\n'*}
            echo "pass $name $level $twin ${line}"
        else
            echo "fail $name $level $twin"
            [ -n "$why" ] || why=$(tail -n 3 "$elf.out" "$elf.sim.out")
            awk '{ print "    " $0 } NR == 12 { exit }' <<<"$why"
        fi
    done
}

# agree_built NAME STATUS-OPTIONS...: one of FIRMWARE as it is built, which the
# simulator traps. The options of the checker follow.
agree_built() {
    local name=$1 why
    shift
    elf=$SCRATCH/built_$name
    rm -f "$elf".*
    "$XIPSAFE" sim --part w25q128jv --internal "$built/boot.elf" \
        --load "$built/$name.img@0" --symbols "$built/$name.elf" \
        --time-limit 120s --json="$elf.sim.json" >"$elf.sim.out" 2>&1
    "$XIPSAFE" check "$built/$name.elf" --board stm32l476g-disco "$@" \
        --json="$elf.json" >"$elf.out" 2>&1
    if why=$("$SCRATCH/agree" "$built/$name.elf" "$elf.json" \
        "$elf.sim.json" 2>&1) &&
        [[ $why == *trapped* ]]; then
        echo "pass $name - built $why"
    else
        printf 'fail %s - built\n    %s\n' "$name" "${why//$'\n'/$'\n'    }"
    fi
}

# agree_firmware DIR: what tests/sim traps because of where something lies. Not
# here: dma_window (no tool sees DMA in an ELF), faults_not_blank (of the chip's
# contents), early_resident (of the order of calls).
agree_firmware() {
    local built=$1 elf table
    # Start code fills the table; these are the handlers that matter.
    agree_built naive --root 'qspi_*' --interrupts none
    table=$SCRATCH/built.notes
    printf '%s\n' "vectors ram_vectors SysTick=SysTick_Handler: start-up" \
        >"$table"
    agree_built naive_handler --interrupts SysTick --notes "$table"
    agree_built naive_table --interrupts SysTick --vectors startup_vectors
}
