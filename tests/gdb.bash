# shellcheck shell=bash disable=SC2154
# gdb - sessions of the real gdb-multiarch on the simulator; sourced, not run
#
# After tests/support.bash.

if ! command -v gdb-multiarch >/dev/null; then
    echo "no gdb-multiarch: not tested" >&2
    exit 77
fi
root=$(dirname "$tests")

# gdb_session NAME ARGUMENTS... <COMMANDS: the boot program and an image in slot
# 0. See gdb_of.
gdb_session() {
    local name=$1
    shift
    gdb_of "$firmware/$name.elf" --part w25q128jv \
        --internal "$firmware/boot.elf" --load "$firmware/$name.img@0" \
        --symbols "$firmware/$name.elf" "$@"
}

# gdb_of ELF ARGUMENTS... <COMMANDS: each command is printed behind "(gdb) ",
# then its output, to $scratch/out; what the simulator prints goes to
# $scratch/err, the MCU's text to $scratch/uart. $input is the standard input of
# the simulator.
input=/dev/null
gdb_of() {
    local elf=$1 line port='' simulator
    shift
    rm -f "$scratch/pipe"
    mkfifo "$scratch/pipe"
    "$xipsafe" sim --gdb 0 "$@" <"$input" >"$scratch/uart" \
        2>"$scratch/pipe" &
    simulator=$!
    exec 3<"$scratch/pipe"
    : >"$scratch/err"
    while read -r line <&3; do
        echo "$line" >>"$scratch/err"
        case $line in
        *"'target remote :"*) port=${line##*remote :} && break ;;
        esac
    done
    [ -n "$port" ] || fail "the simulator does not wait for gdb"
    # Paths in a firmware may be relative to the directory of its build.
    awk -v quote='"' '{
        text = $0
        gsub(/\\/, "\\\\", text)
        gsub(quote, "\\" quote, text)
        print "echo (gdb) " text "\\n"
        print
    }' |
        (cd "$root" && gdb-multiarch -q -nx -nh \
            -ex 'set confirm off' -ex 'set pagination off' \
            -ex 'set width 0' -ex 'set prompt' -ex 'set style enabled off' \
            -ex 'set startup-with-shell off' \
            -ex "directory $root/build/cortex-m4" \
            -ex "file $elf" \
            -ex "target remote :${port%\'}" 2>&1) |
        sed -e 's#\.\./\.\./##g' -e '/^warning: Source file is more recent/d' \
            >"$scratch/out"
    cat <&3 >>"$scratch/err"
    exec 3<&-
    wait "$simulator" || fail "the simulator ended with status $?"
}
