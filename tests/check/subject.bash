# shellcheck shell=bash
# subject - one firmware of the base project, and what is said of it; sourced,
# not run, behind tests/support.bash
#
# Leaves the shell in $scratch, with base.o and the base project's files.

command -v arm-none-eabi-gcc >/dev/null || exit 77
# shellcheck disable=SC2154
cd "$scratch" || exit 2
base_project
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c base.c -o base.o || exit 2

# build_subject SOURCE...: subject.elf; the sources begin on line 3.
build_subject() {
    printf '%s\n' '#include "base.h"' '#define FAR __attribute__((noinline))' \
        "$@" >subject.c
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
        -nostartfiles -T base.ld -Wl,--no-warn-rwx-segments base.o subject.c \
        -o subject.elf || complain "does not build: $*"
}
# judge_subject STATUS [OPTION...]: into out
judge_subject() {
    local status=$1 got=0
    shift
    # shellcheck disable=SC2154
    "$xipsafe" check subject.elf --xip 0x90000000:1M "$@" >out 2>&1 || got=$?
    [ "$got" -eq "$status" ] ||
        complain "'$*': exit $got, not $status: $(cat subject.c out)"
}
has() {
    grep -qF -- "$1" out || complain "no '$1' in: $(cat out)"
}
hasnt() {
    ! grep -qF -- "$1" out || complain "'$1' in: $(cat out)"
}
