# shellcheck shell=bash disable=SC2154
# Programs on cores of QEMU, which nobody here wrote. Sourced after
# tests/support.bash, which sets `tests`.
for tool in qemu-system-arm arm-none-eabi-gcc; do
    if ! command -v $tool >/dev/null; then
        echo "skipped: $tool is not installed"
        exit 77
    fi
done

# on CORE: machine, which is QEMU's, flash, ram, uart, and flags of the compiler
on() {
    case $1 in
    cortex-m4)
        machine=netduinoplus2 flash=0x08000000 ram=0x20000000 uart=NETDUINO
        flags=(-mcpu=cortex-m4 -mfloat-abi=softfp -mfpu=fpv4-sp-d16)
        ;;
    cortex-m7)
        machine=mps2-an500 flash=0 ram=0x20000000 uart=UART=0x40004000
        flags=(-mcpu=cortex-m7 -mfloat-abi=softfp -mfpu=fpv5-d16)
        ;;
    cortex-m33)
        machine=mps2-an505 flash=0x10000000 ram=0x38000000 uart=UART=0x50200000
        flags=(-mcpu=cortex-m33 -mfloat-abi=softfp -mfpu=fpv5-sp-d16)
        ;;
    cortex-m0plus)
        machine=microbit flash=0 ram=0x20000000 uart=MICROBIT
        flags=(-mcpu=cortex-m0)
        ;;
    esac
}

# both CORE PROGRAM FLAG...: PROGRAM here and there, here.txt and qemu.txt.
# Addresses are results, too: RAM is where the machine has it.
both() {
    local core=$1 program=$2 machine flash ram uart flags
    shift 2
    on "$core"
    printf '%s\n' 'name arch' 'internal 512K' "ram $ram 96K" \
        'part w25q128jv' >arch.board
    link here "$program" 0x08000000 "$ram" "${flags[@]}" "$@"
    link qemu "$program" "$flash" "$ram" "${flags[@]}" "-D$uart" "$@"
    sim 0 --core "$core" --board-file arch.board --internal here.elf \
        --quiet --uart out --baud 250000 --time-limit 1000000s \
        --expect 'that was all'
    tr -d '\r' <out >here.txt
    qemu "$machine" qemu.elf 'that was all' >qemu.txt
    [ "$(wc -l <here.txt)" = "$(wc -l <qemu.txt)" ] ||
        fail "$machine prints $(wc -l <qemu.txt) lines, not $(wc -l <here.txt)"
}

# link NAME PROGRAM FLASH RAM FLAG...
link() {
    local name=$1 program=$2
    sed "s/FLASH_ADDR/$3/; s/RAM_ADDR/$4/" "$tests/sim/arch/arch.ld" >"$name.ld"
    shift 4
    arm-none-eabi-gcc -mthumb -masm-syntax-unified -O2 -ffreestanding \
        -nostdlib -Wall -Wextra -Werror -fno-tree-loop-distribute-patterns \
        -T "$name.ld" "$tests/sim/arch/$program" -lgcc -o "$name.elf" "$@" ||
        fail "$name does not link"
}

# qemu MACHINE ELF LAST OPTION...: what the program prints, up to a line with
# LAST. QEMU does not end by itself. It may use ten minutes of the processor, as
# any test: how long that takes says nothing.
qemu() {
    local pid fd found=0 machine=$1 elf=$2 last=$3
    shift 3
    exec {fd}< <(
        ulimit -t "${XIPSAFE_CPU_LIMIT_S:-600}"
        exec qemu-system-arm -M "$machine" -nographic -monitor none \
            -serial stdio -kernel "$elf" "$@" 2>"$scratch/qemu.err" </dev/null
    )
    pid=$!
    # Not `read`, which asks the kernel for each byte of a pipe.
    sed "s/\r\$//; /$last/q7" <&"$fd" || found=$?
    exec {fd}<&-
    if [ "$found" -eq 7 ]; then
        kill "$pid"
        return
    fi
    fail "qemu-system-arm -M $machine ended before $elf printed '$last': $(
        tail -n 3 "$scratch/qemu.err"
    )"
}

# For programs whose result depends on when an interrupt comes: the time of the
# machine is counted in its instructions, 32 ns each, not taken from the host.
# shellcheck disable=SC2034
qemu_own_time=(-icount 'shift=5,sleep=off')
