# shellcheck shell=bash
# Programs on cores of QEMU, which nobody here wrote. Sourced after
# tests/support.bash.
# shellcheck disable=SC2154
for tool in qemu-system-arm arm-none-eabi-gcc; do
    if ! command -v $tool >/dev/null; then
        echo "skipped: $tool is not installed"
        exit 77
    fi
done

# qemu MACHINE ELF LAST OPTION...: what the program prints, up to a line with
# LAST. QEMU does not end by itself. It may use ten minutes of the processor, as
# any test: how long that takes says nothing.
qemu() {
    local line pid fd machine=$1 elf=$2 last=$3
    shift 3
    exec {fd}< <(
        ulimit -t "${XIPSAFE_CPU_LIMIT_S:-600}"
        exec qemu-system-arm -M "$machine" -nographic -monitor none \
            -serial stdio -kernel "$elf" "$@" 2>"$scratch/qemu.err" </dev/null
    )
    pid=$!
    while read -r line <&"$fd"; do
        line=${line%$'\r'}
        echo "$line"
        if [[ $line == *"$last"* ]]; then
            kill "$pid"
            exec {fd}<&-
            return
        fi
    done
    exec {fd}<&-
    fail "qemu-system-arm -M $machine ended before $elf printed '$last': $(
        tail -n 3 "$scratch/qemu.err"
    )"
}

# For programs whose result depends on when an interrupt comes: the time of the
# machine is counted in its instructions, 32 ns each, not taken from the host.
# shellcheck disable=SC2034
qemu_own_time=(-icount 'shift=5,sleep=off')
