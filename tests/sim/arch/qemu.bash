# shellcheck shell=bash
# Programs on cores of QEMU, which nobody here wrote. Sourced after
# tests/support.bash.
for tool in qemu-system-arm arm-none-eabi-gcc; do
    if ! command -v $tool >/dev/null; then
        echo "skipped: $tool is not installed"
        exit 77
    fi
done

# qemu MACHINE ELF LAST OPTION...: what the program prints, up to a line with
# LAST. QEMU does not end by itself.
qemu() {
    local line pid fd machine=$1 elf=$2 last=$3
    shift 3
    exec {fd}< <(exec timeout 900 qemu-system-arm -M "$machine" -nographic -monitor none \
        -serial stdio -kernel "$elf" "$@" 2>/dev/null </dev/null)
    pid=$!
    while read -r line <&"$fd"; do
        line=${line%$'\r'}
        echo "$line"
        [[ $line != *"$last"* ]] || break
    done
    kill "$pid"
    exec {fd}<&-
}
