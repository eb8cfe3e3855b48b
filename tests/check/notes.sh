#!/usr/bin/env bash
# An annotation covers what it names and no more: whatever a notes file says, a
# defect that comes later is reported.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$PWD
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c base.c -o base.o || exit 2

# firmware SOURCE: subject.elf
firmware() {
    printf '%s\n' '#include "base.h"' \
        '#define FAR __attribute__((noinline))' "$1" >subject.c
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
        -nostartfiles -T base.ld -Wl,--no-warn-rwx-segments base.o subject.c \
        -o subject.elf || complain "does not build: $1"
}

# judge STATUS LINE...: with these annotations, into out
judge() {
    local status=$1 got=0
    shift
    printf '%s\n' "$@" >my.notes
    "$xipsafe" check subject.elf --xip 0x90000000:1M --notes my.notes \
        >out 2>&1 || got=$?
    [ "$got" -eq "$status" ] ||
        complain "'$*': exit $got, not $status: $(cat out)"
}
has() {
    grep -qF -- "$1" out || complain "no '$1' in: $(cat out)"
}

### Violations ###
firmware 'FAR void far_one(void) { u = 1; }
FAR void far_two(void) { u = 2; }
RAM void helper(void) { far_one(); u = 3; }
RAM void subject(void) { helper(); }'
judge 0 'allow call helper far_one: it is not called then'
has 'PROVED, with 1 annotation covering 1 finding  subject.elf: 0 violations'
id=$("$xipsafe" check subject.elf --xip 0x90000000:1M | grep -o 'XC-[0-9a-f]*')
judge 0 "allow $id: by its id"
judge 1 'allow call helper far_two: another one'
for bad in 'allow * *: x' 'allow call *: x' 'allow 9 call * far_one: x' \
    'allow call helper: x' 'allow call helper far_*: x' 'const *: x' \
    'targets * helper: x' 'outside *: x'; do
    judge 2 "$bad"
    has 'my.notes:1: '
done
# What is planted beside it is seen.
firmware 'FAR void far_one(void) { u = 1; }
FAR void far_two(void) { u = 2; }
RAM void helper(void) { far_one(); far_two(); u = 3; }
RAM void subject(void) { helper(); }'
judge 1 'allow call helper far_one: it is not called then' "allow $id: again"
has 'violation call  far_two'

### Numbers ###
three='void (*volatile hook)(void);
RAM void call_a(void (*f)(void)) { f(); u = 1; }
RAM void call_b(void (*f)(void)) { f(); u = 2; }
RAM void call_c(void (*f)(void)) { f(); u = 3; }
RAM void subject(void) { call_a(hook); call_b(hook); call_c(hook); }'
firmware "$three"
judge 0 'allow 3 call-unknown call_?: set once'
has 'PROVED, with 1 annotation covering 3 findings'
judge 3 'allow 2 call-unknown call_?: set once'
has 'UNKNOWN  subject.elf: 0 violations, 3 unknowns'
has 'it covers 3 and says 2'
judge 0 'allow 2 call-unknown call_[ab]: no such pattern' \
    'allow 9 call-unknown *: all'
# One function has one name, and one line for each of its calls.
firmware 'RAM void done(void) { u++; }
RAM void notify(void (*f)(void), void (*g)(void)) { f(); u = 1; g(); u = 2; }
void (*volatile hook)(void);
RAM void subject(void) { notify(hook, hook); }'
judge 3 'targets notify done: all that are passed'
has 'names the targets of 1 of its calls, and 2 are there'
judge 0 'targets 2 notify done: all that are passed'
firmware 'struct ops { void (*f)(void); } ops_a, ops_b;
RAM void subject(void) { u++; ops_a.f(); }'
judge 3 'outside 1 *: too much'
has 'refused  my.notes:1: outside *: too much'

### By address ###
firmware 'RAM void subject(void) { ((void (*)(void))0x00000101)(); u++; }'
judge 3 '# nothing'
judge 0 'allow call-unknown subject 0x00000101: the ROM of the chip'
judge 0 'allow call-unknown subject 0x00000100: the ROM of the chip'
judge 3 'allow call-unknown subject 0x00000103: another one'

### Names that the sources of an SDK have ###
mkdir -p sdk
cat >my.notes <<'END'
# sdk: none
allow call-unknown first+0x10 0x100: r
targets 2 second third: r
vectors table copy flash_table: r
END
echo 'void first(void) { second(third, table, flash_table); }' >sdk/a.c
"$root/scripts/try-notes" my.notes sdk >out || complain "try-notes: $(cat out)"
has '5 names, 0 are not in sdk'
echo 'void first(void) { second(third, table); }' >sdk/a.c
! "$root/scripts/try-notes" my.notes sdk >out || complain "try-notes: $(cat out)"
has '    flash_table'

### Those that are shipped ###

# Each function that a file names is given a defect that it does not name.
for file in "$root"/tests/check/*.notes "$root"/notes/*.notes \
    "$root"/xipsafe/*.notes \
    "$root"/examples/*/check.notes "$root"/examples/*/app/*.notes; do
    [ -e "$file" ] || continue
    names=$(awk '$1 == "allow" || $1 == "targets" || $1 == "pointers" {
            i = 2 + ($2 ~ /^[0-9]+$/) + ($1 == "allow")
            name = $i
            sub(/[+:].*/, "", name)
            gsub(/[*?]/, "x", name)
            if (name ~ /^[A-Za-z_][A-Za-z_0-9]*$/) print name
        }' "$file" | sort -u)
    source='FAR void far_one(void) { u = 1; }'
    calls=
    for name in $names; do
        source+=$'\n'"RAM void $name(void) { far_one(); u = 3; }"
        calls+=" $name();"
    done
    firmware "$source
RAM void subject(void) { $calls far_one(); u = 2; }"
    status=0
    "$xipsafe" check subject.elf --xip 0x90000000:1M --notes "$file" --json \
        >out 2>&1 || status=$?
    [ "$status" = 1 ] || complain "$file: exit $status: $(cat out)"
    for name in subject $names; do
        grep -qF "\"function\": \"$name\"" out ||
            complain "$file: $name is not accused"
    done
done
finish
