#!/usr/bin/env bash
# An annotation covers what it names and no more: whatever a notes file says, a
# defect that comes later is reported.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$PWD
# shellcheck source=tests/check/subject.bash
. "$(dirname "$0")/subject.bash"

options=
# judge STATUS LINE...: with these annotations and $options, into out
judge() {
    local status=$1 got=0
    shift
    printf '%s\n' "$@" >my.notes
    # shellcheck disable=SC2086
    judge_subject "$status" --notes my.notes $options
}

### Violations ###
build_subject 'FAR void far_one(void) { u = 1; }
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
build_subject 'FAR void far_one(void) { u = 1; }
FAR void far_two(void) { u = 2; }
RAM void helper(void) { far_one(); far_two(); u = 3; }
RAM void subject(void) { helper(); }'
judge 1 'allow call helper far_one: it is not called then' "allow $id: again"
has 'violation call  far_two'

# So is a second place of the same call, whichever line covers the first.
build_subject 'FAR void far_one(void) { u = 1; }
RAM void subject(void) { if (u == 5) { far_one(); } u = 2; far_one(); u = 3; far_one(); u = 4; }'
judge 1 'allow call subject far_one: if u is 5, which it is not'
has 'it covers 3 and says 1'
has 'and 2 more places'
judge 0 'allow 3 call subject far_one: all'
id=$("$xipsafe" check subject.elf --xip 0x90000000:1M | grep -o 'XC-[0-9a-f]*')
judge 1 "allow $id: one"
judge 0 "allow 3 $id: all"
at=$("$xipsafe" check subject.elf --xip 0x90000000:1M |
    sed -n 's/^ *at  *\(0x[0-9a-f]*\).*/\1/p')
judge 1 "allow call $at far_one: the first" 'allow call subject far_one: one'
judge 0 "allow call $at far_one: the first" 'allow 2 call subject far_one: others'

### Numbers ###
# What callers hand over is found at the entry of the function: one for each.
passes='RAM FAR unsigned first_of(const unsigned *from) { return *from; }
const unsigned one[1] = {1}, two[1] = {2};
void use(void) { u = first_of(one); u = first_of(two); }
RAM void subject(void) { u++; }'
build_subject "$passes"
judge 0 'allow 2 address first_of: before the first outage'
has 'PROVED, with 1 annotation covering 2 findings'
judge 3 'allow address first_of: before the first outage'
has 'it covers 2 and says 1'
judge 0 'allow address first_of one: early' 'allow address first_of two: early'

three='void (*volatile hook)(void);
RAM void call_a(void (*f)(void)) { f(); u = 1; }
RAM void call_b(void (*f)(void)) { f(); u = 2; }
RAM void call_c(void (*f)(void)) { f(); u = 3; }
RAM void subject(void) { call_a(hook); call_b(hook); call_c(hook); }'
build_subject "$three"
judge 0 'allow 3 call-unknown call_?: set once'
has 'PROVED, with 1 annotation covering 3 findings'
judge 3 'allow 2 call-unknown call_?: set once'
has 'UNKNOWN  subject.elf: 0 violations, 3 unknowns'
has 'it covers 3 and says 2'
judge 0 'allow 2 call-unknown call_[ab]: no such pattern' \
    'allow 9 call-unknown *: all'
# One function has one name, and one line for each of its calls.
build_subject 'RAM void done(void) { u++; }
RAM void notify(void (*f)(void), void (*g)(void)) { f(); u = 1; g(); u = 2; }
void (*volatile hook)(void);
RAM void subject(void) { notify(hook, hook); }'
judge 3 'targets notify done: all that are passed'
has 'names the targets of 1 of its calls, and 2 are there'
judge 0 'targets 2 notify done: all that are passed'
# What is not there is not what is called.
judge 3 'targets 2 notify done_: misspelt'
has 'names done_, and no image has such a function'
judge 0 'targets 2 notify done done_: one is'
# A veneer of the linker has a name that a pattern matches, and is none of them.
build_subject 'void (*volatile hook)(void);
RAM FAR void done_one(void) { u = 1; }
RAM FAR void done_two(void) { u = 2; }
RAM void subject(void) { hook(); u = 4; }
void use(void) { done_one(); u = 5; done_two(); u = 6; }'
judge 0 'targets subject *done_*: both' 'pointers 1 *done_one* r0: one function'
hasnt 'refused'
build_subject 'struct ops { void (*f)(void); } ops_a, ops_b;
RAM void subject(void) { u++; ops_a.f(); }'
judge 3 'outside 1 *: too much'
has 'refused  my.notes:1: outside *: too much'

# A call by code of an outage is counted, also where a line says that it is none.
build_subject 'extern uint32_t flags[4]; uint32_t flags[4];
__attribute__((noinline)) RAM void first(void) {
    void (*const *f)(void) = (void (*const *)(void))u; f[1](); u = 0; }
RAM void subject(void) { if (flags[0]) { first(); } u++; }'
judge 0 'outside first: the flag is set before the window is there only'
has 'PROVED, with 1 annotation covering 1 finding'

# Nothing but handlers is left in RAM, whatever ends an outage.
build_subject 'void subject(void) { *(volatile uint32_t *)0xA0001014u = 1; u++; }'
for line in '# nothing' 'ends nothing_such: r' 'ends stop: r'; do
    judge 3 "$line"
    has 'no-outage'
done

### Names that no image has ###
# Where the line counts, a warning names the word; where its place is nowhere it
# is unused, as lines for another version of an SDK are.
build_subject 'RAM void done(void) { u++; }
RAM void notify(void (*f)(void)) { f(); u = 1; }
void (*volatile hook)(void);
RAM void subject(void) { notify(hook); **(volatile uint32_t **)0x40004424u = 1; }'
ends='allow load-unknown subject: ends the run of the whole program'
judge 0 "$ends" 'targets notify done done_: one is'
has 'warning stale-note  done_  XC-'
has 'my.notes:2 names done_, and no image has such a function'
has '  my.notes:2'
hasnt 'unused'
judge 3 "$ends" 'targets notify done_: misspelt'
has 'unused my.notes:2: targets notify done_; no image has done_'
has 'UNKNOWN, with 1 annotation covering 1 finding'
for line in 'const gone: r' 'outside gone: r' 'pointers gone r0: r' \
    'vectors gone copy flash_vectors: r' 'targets gone+0x12 done: r' \
    'allow 3 address gone* u: r' 'allow call subject gone: r' \
    'begins gone: r' 'ends gone: r'; do
    judge 3 "$ends" "$line"
    has "unused my.notes:2: ${line%: r}; no image has gone"
    case $line in
    begins* | ends*) has 'my.notes:2 names gone, and no image has such a function' ;;
    *) hasnt 'stale-note' ;;
    esac
done
# If no outage begins by such lines, what runs between them is not known.
judge 3 "$ends" 'targets notify done: r' 'begins gone: r' 'ends done: r'
has 'unknown stale-note  gone'
judge 0 "$ends" 'targets notify done: r' 'begins done: r' 'begins gone: r' 'ends notify: r'
has 'warning stale-note  gone'
judge 3 "$ends" 'outside subject: r' 'allow call done 0x100: r'
has 'unused my.notes:3: allow call done 0x100; nothing here needs it'

# What a table holds: an entry with a handler that is nowhere is not known, also
# where the rest is copied, and though there is a value in the image.
own='RAM void subject(void) { u++; **(volatile uint32_t **)0x40004424u = 1; }
__attribute__((used)) void fill(void) {
    extern void *own_vectors[];
    for (int i = 1; i < 16; i++) { own_vectors[i] = (void *)u; }
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)own_vectors;
}
extern void stop(void);
__attribute__((aligned(512))) void *own_vectors[16]'
build_subject "$own;"
judge 0 "$ends" 'vectors own_vectors *=flash_vectors: start code'
judge 0 "$ends" 'vectors own_vectors copy flash_vectors: start code'
has '  my.notes:2: vectors own_vectors copy flash_vectors: start code'
judge 3 "$ends" 'vectors own_vectors copy gone: start code'
has 'my.notes:2 names gone, and no image has such an object'
judge 3 "$ends" 'vectors own_vectors SysTick=gone *=flash_vectors: start code'
has 'the handler that my.notes:2 names for vector 15 SysTick of own_vectors'
has 'my.notes:2 names gone, and no image has such a function'
judge 3 "$ends" 'vectors own_vectors 15=stop 15=gone *=flash_vectors: start code'
judge 0 "$ends" 'vectors own_vectors irq0=stop *=flash_vectors: start code'
has 'my.notes:2 names 16=stop, and own_vectors has entries 0 to 15 only'
build_subject "$own = {0, stop, stop, stop, stop, stop, stop, [15] = stop};"
judge 3 "$ends" 'vectors own_vectors SysTick=gone: start code' \
    'allow 9 vector-runtime own_vectors copy: r'
has 'the handler that my.notes:2 names for vector 15 SysTick of own_vectors'

# A file without a line says nothing.
judge 3 '# nothing'
has 'warning: --notes my.notes has no annotation'

### Several of one name ###
# two SOURCE OTHER: subject.elf, of two files with static functions
two() {
    printf '%s\n' '#include "base.h"' '#define KEPT __attribute__((used, noinline))' \
        '#define RAM_KEPT __attribute__((section(".RamFunc"), used, noinline))' >two.h
    { echo '#include "two.h"'; echo "$1"; } >first.c
    { echo '#include "two.h"'; echo "$2"; } >second.c
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
        -nostartfiles -T base.ld -Wl,--no-warn-rwx-segments base.o first.c \
        second.c -o subject.elf || complain "does not build: $1"
}
# Calls at the same offset of functions of one name.
two 'RAM void done(void) { u++; }
void (*volatile hook)(void), (*volatile other)(void);
RAM_KEPT static void notify(void (*f)(void)) { f(); u = 1; }
RAM void more(void);
RAM void subject(void) { notify(hook); more(); }' 'extern void (*volatile other)(void);
RAM_KEPT static void notify(void (*f)(void)) { f(); u = 2; }
RAM void more(void) { notify(other); }'
at=$("$xipsafe" check subject.elf --xip 0x90000000:1M |
    sed -n 's/^ *targets notify\(+0x[0-9a-f]*\) .*/\1/p' | sort -u)
judge 3 "targets notify$at done: the one of the first file"
has "refused  my.notes:1: targets notify$at done"
judge 0 "targets 2 notify$at done: both"
# A vector: whichever is meant.
vectors='__attribute__((aligned(512))) void *own_vectors[16];
extern void stop(void);
KEPT void fill(void) {
    for (int i = 1; i < 16; i++) { own_vectors[i] = stop; }
    own_vectors[15] = get_tick();
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)own_vectors;
    **(volatile uint32_t **)0x40004424u = 1; // ends the run of the whole program
}
RAM void subject(void) { u++; }'
sed 's/^    \*(volatile uint32_t \*)0xE000ED08u.*/    extern void fill(void); fill();/' \
    base.c >filled.c
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c filled.c -o base.o || exit 2
for where in KEPT RAM_KEPT; do
    two "void *get_tick(void); $vectors
RAM_KEPT static void tick(void) { u++; }" "
$where static void tick(void) { u += 2; }
KEPT void *get_tick(void) { return tick; }"
    wanted=0
    [ $where = RAM_KEPT ] || wanted=1
    judge $wanted 'vectors own_vectors SysTick=tick *=flash_vectors: by fill()'
done
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c base.c -o base.o || exit 2
# A second function that stores vectors nobody knows.
stores='extern void *ram_vectors[16];
KEPT void set(unsigned n, void *handler) { ram_vectors[n] = handler; }
RAM void subject(void) { u++; **(volatile uint32_t **)0x40004424u = 1; }'
allow='allow load-unknown subject: ends the run of the whole program'
two "$stores" ''
judge 0 "$allow" 'allow vector-runtime ram_vectors: set() is called with stop() only'
two "$stores" 'extern void *ram_vectors[16];
KEPT void put(unsigned n, void *handler) { ram_vectors[n] = handler; }'
judge 3 "$allow" 'allow vector-runtime ram_vectors: set() is called with stop() only'
has 'it covers 2 and says 1'
judge 0 "$allow" 'allow 2 vector-runtime ram_vectors: both are'
# Tables.
two '__attribute__((used)) static void *own[16]; RAM void subject(void) { u++; }' \
    '__attribute__((used)) static void *own[16];'
judge 0 'vectors own SysTick=stop: start code'
"$xipsafe" check subject.elf --xip 0x90000000:1M --vectors own >out 2>&1
[ $? = 2 ] || complain "an ambiguous table: $(cat out)"
has 'several objects have that name'

# That another table is set, too, is covered, and listed.
build_subject '__attribute__((used)) void early(void) {
    *(volatile uint32_t *)0xE000ED08u = 0x90000000u;
}
RAM void subject(void) { **(volatile uint32_t **)0x40004424u = 1; u++; }'
allow='allow load-unknown subject: ends the run of the whole program'
judge 3 "$allow"
has 'early (0x9'
judge 0 "$allow" 'vectors ram_vectors SysTick=stop: start code'
has 'PROVED, with 2 annotations covering 2 findings'

# One instruction of several.
build_subject 'uint32_t *volatile first, *volatile other;
__attribute__((used)) void sets(void) { **(volatile uint32_t **)0x40004424u = 1; }
RAM void subject(void) { u = *first; u = *other; }'
judge 3 'allow load-unknown subject: one'
has 'it covers 2 and says 1'
has 'allow 2 load-unknown subject'
judge 0 'allow 2 load-unknown subject: both'
"$xipsafe" check subject.elf --xip 0x90000000:1M --json=found.json >out || :
at=$(sed -n 's/.*"address": "\(0x200[0-9a-f]*\)".*/\1/p' found.json | head -n 1)
judge 3 "allow load-unknown $at: the first"
has '1 load or store'

# One that goes to the window whenever it is seen, and one that may.
loads='uint32_t *volatile first; FAR void sets(uint32_t *to) { first = to; }
RAM void work(void) { u = *first; }
void subject(void) { '
build_subject "$loads sets((uint32_t *)0x90000100); work(); }"
judge 3 'allow load-unknown work: static arrays only'
has 'goes to the window only'
judge 3 'allow load-unknown work other: not that'
options='--assume runtime-data'
judge 3 '# nothing'
has 'goes to the window only'
options=
judge 0 'allow load-unknown work 0x90000100: the window is open then'
build_subject "$loads if (u == 5) { sets((uint32_t *)0x90000100); } else { sets((uint32_t *)&u); }
    work(); }"
judge 3 '# nothing'
judge 0 'allow load-unknown work: static arrays only'

# A call that the run sees go to the window.
build_subject 'FAR void far_one(void) { u = 1; }
RAM void near_one(void) { u = 2; }
void (*volatile hook)(void) = near_one;
FAR void sets(void (*f)(void)) { hook = f; }
RAM void work(void) { hook(); u++; }
void subject(void) { if (*(volatile unsigned *)0x40004424u) { sets(far_one); } work(); }'
judge 3 'allow call-mutable work: it is not set then'
has 'in the run of the whole program it leads to far_one in the window'
judge 0 'allow call-mutable work hook: it is not set then'

# A line that a call contradicts.
uses='const unsigned table[4] = {1, 2, 3, 4};
RAM FAR void work(const unsigned *from) { u = *from; }
unsigned one, other;
void subject(void) { work(&one); work(WHAT); }'
build_subject "${uses/WHAT/table}"
judge 3 'pointers work r0: the caller copies what is in the flash'
has 'refused  my.notes:1: pointers work r0: the caller copies'
has 'a call hands over an address in the window'
build_subject "${uses/WHAT/\&other}"
judge 0 'pointers work r0: the caller copies what is in the flash'

# Targets that the run of the whole program never sees there.
calls='void (*volatile hook)(void);
FAR void far_one(void) { u = 1; }
RAM void near_one(void) { u = 2; }
RAM void work(void) { hook(); u++; }
void subject(void) { '
build_subject "$calls hook = near_one; work(); }"
judge 0 '# nothing'
build_subject "$calls hook = far_one; work(); }"
judge 3 'targets work near_one: that is not so'
has 'the run of the whole program it leads to far_one in the window'
build_subject "$calls if (u == 5) { hook = far_one; } else { hook = near_one; } work(); }"
judge 3 '# nothing'
judge 0 'targets work near_one: the other one is called with the window open'

### By address ###
build_subject 'RAM void subject(void) { ((void (*)(void))0x00000101)(); u++; }'
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
refused() { # TEXT NOTES FOLDER
    local got=0
    "$root/scripts/try-notes" "$2" "$3" >out 2>&1 || got=$?
    [ "$got" -eq 2 ] || complain "try-notes $2 $3: exit $got"
    grep -qF "$1" out || complain "try-notes $2 $3: $(cat out)"
}
refused 'lost.notes: there is no such file' lost.notes sdk
refused 'lost: it is no folder' my.notes lost
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
            if (name ~ /^[A-Za-z_][A-Za-z_0-9]*$/ && name != "ram_vectors") {
                print name # a table is no function
            }
        }' "$file" | sort -u)
    source='FAR void far_one(void) { u = 1; }'
    calls=
    for name in $names; do
        source+=$'\n'"RAM void $name(void) { far_one(); u = 3; }"
        calls+=" $name();"
    done
    build_subject "$source
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
