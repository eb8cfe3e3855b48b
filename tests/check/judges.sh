#!/usr/bin/env bash
# Each branch of the checker's judges, reached by a function in assembly: what
# tests/check/judges/judges.S wants, and nothing else.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project
source=$tests/check/judges/judges.S
cc() {
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -nostartfiles \
        -Wl,--no-warn-rwx-segments "$@"
}
cc --specs=nano.specs -T base.ld base.c "$source" -o judges.elf ||
    fail "judges.S does not build"

# check STATUS ARGUMENTS...: out, err, and `found`: one line each, as `want:`.
check() {
    local status=$1 got=0
    shift
    "$xipsafe" check "$@" --xip 0x90000000:1M --assume settled \
        --assume runtime-data --json >out 2>err || got=$?
    [ "$got" -eq "$status" ] || complain "$*: exit $got, not $status: $(cat err)"
    # Findings end where the accepted ones begin.
    sed '/^  "annotated"/,$d' out | awk '
        function value() {
            sub(/^ *"[a-z_]*": "?/, "")
            sub(/"?,?$/, "")
            return $0 == "null" ? "-" : $0
        }
        /^      "class"/ { class = value() }
        /^      "rule_name"/ { rule = value() }
        /^      "function"/ { function_ = value() }
        /^      "target"/ { target = value() }
        /^      "detail"/ { print function_, class, rule, target, value() }
    ' >found
}

# wants: those of judges.S, as `found` has them.
sed -nE 's,^// (in|want): *,\1 ,p' "$source" |
    awk '$1 == "in" { name = $2; next }
        { $1 = name; print }' >wants
# compare: what `wants` has is in `found`, and nothing else.
compare() {
    local name class rule target words line
    while read -r name class rule target words; do
        line=$(grep -nF -- "$name $class $rule $target " found |
            grep -m 1 -F -- "$words" | cut -d : -f 1)
        if [ -z "$line" ]; then
            complain "$1: not found: $name $class $rule $target ...$words"
        else
            sed -i "${line}s/.*/-/" found
        fi
    done <wants
    while read -r line; do
        complain "$1: not wanted: $line"
    done < <(grep -vx -- - found)
}

check 1 judges.elf
compare judges.S
"$xipsafe" check judges.elf --xip 0x90000000:1M --verbose >out 2>err
grep -qE '^ .* recurses .*recursion' out || complain "recursion has a bound"

got=0
"$xipsafe" check judges.elf --xip 0x90000000:1M --root nosuch >out 2>err ||
    got=$?
[ "$got" -eq 2 ] || complain "a root that does not exist: exit $got"
grep -q 'no function matches --root nosuch' err || complain "$(cat err)"
got=0
"$xipsafe" check judges.elf --xip 0x90000000:1M --root .nosuch >out 2>err ||
    got=$?
[ "$got" -eq 2 ] || complain "a section that does not exist: exit $got"
grep -q 'no section matches --root .nosuch' err || complain "$(cat err)"

# Without the whole program only what is called is looked at.
check 3 judges.elf --root jumps_to_plain
grep -q 'plain unknown no-symbols - no function symbol begins at' found ||
    complain "a call to code without a symbol: $(cat found)"

# A note counts for one function and one rule, and what it names is judged.
cat >my.notes <<'END'
allow load load_word flash_words: one function only
allow call returns_address flash_words: another rule
targets run_time_pointer flash_code: a target in flash
END
sed -i -e '/^load_word /d' \
    -e '/^run_time_pointer /s/.*/run_time_pointer violation call flash_code in/' \
    wants
check 1 judges.elf --notes my.notes
compare my.notes

# What a boot program publishes: no call in either image shows it.
cat >boot.S <<'END'
    .syntax unified
    .thumb
    .text
    .type published, %function
published:
    ldr r0, =0x90000000
    ldr r0, [r0]
    bx lr
    .ltorg
    .size published, . - published
    .section .rodata
    .balign 4
    .type resident_table, %object
resident_table:
    .word 0x58495053, published
    .size resident_table, 8
END
cc -nostdlib -Wl,-Ttext=0x08000100,-e,0x08000101 boot.S -o boot.elf ||
    fail "boot.S does not build"
check 1 judges.elf --with boot.elf
grep -q '^published violation load flash_vectors ' found ||
    complain "a published function is not judged: $(cat found)"
check 1 boot.elf
grep -q 'vector-runtime - no vector table was found' found ||
    complain "a program without vectors: $(cat found)"

finish
