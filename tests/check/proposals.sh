#!/usr/bin/env bash
# The lines that a report proposes do what they say when they are copied.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/check/subject.bash
. "$(dirname "$0")/subject.bash"

# firmware SOURCE: subject.elf.
firmware() {
    local default='void __attribute__((weak)) subject(void) {}'
    [[ $1 != *subject* ]] || default=
    build_subject "$default" "$1"
}
# copied VERB [OPTION...]: its lines of the report, as notes, prove it.
copied() {
    grep -E "^ +$1 [^ ]" out | sed 's/^ *//' | sort -u >my.notes
    judge_subject 0 --notes my.notes "${@:2}"
    hasnt refused
    hasnt 'unused my.notes'
}

# The pointer that is not known is the second argument.
firmware 'RAM FAR void work(unsigned n, volatile unsigned *p) { *p = n; }'
judge_subject 3
has 'pointers work r1: '
copied pointers
firmware 'RAM FAR void work(unsigned n, volatile unsigned **p) { **p = n; }'
judge_subject 3
has 'pointers work r0 r1 r1*: '
copied pointers

# Where this image has nothing, and from outside of any outage.
firmware 'RAM void work(void) {
    u = *(volatile unsigned *)0x90080000; *(volatile unsigned *)0xA0001000 = 1; }
void subject(void) { work(); }'
judge_subject 1
has 'None of the ELFs that were given has anything at this address.'
hasnt 'A string: '
copied outside

# A constant that the linker script puts behind the code is no function.
cp base.ld kept.ld
sed -i 's/^    \*(\.text) \*(\.text\*)/& *(.rodata) *(.rodata*)/' base.ld
for name in 'const unsigned table[9] = {1, 2};' '__asm__(".text\n.balign 4\n.type table, %object\ntable: .word 1, 2\n.size table, .-table"); extern const unsigned table[9];'; do
    firmware "$name const unsigned *volatile kept;
RAM void work(void) { kept = table; }
void subject(void) { work(); }"
    judge_subject 3
    has 'section(".data.ro_table")'
    hasnt 'mark its'
done
cp kept.ld base.ld

# Two addresses without a name at one place are two findings for one line.
firmware 'RAM FAR unsigned work(const unsigned *from) { return *from; }
void use(void) { u = work((unsigned *)0x90080000); u = work((unsigned *)0x90080100); }
RAM void subject(void) { u++; }'
judge_subject 3
has ' allow 2 address work: '
copied allow

# What start code copies from is no other image; the id is that of its section.
firmware 'extern const unsigned _sidata[]; const unsigned *volatile kept;
RAM void subject(void) { kept = _sidata; u = _sidata[3]; u = _sidata[5]; }'
judge_subject 1
has 'violation load  the load image of .data at 0x9'
has 'from the load image of .data in flash (0x9'
has 'and 1 more place'
has 'start code copies to .data in RAM'
has 'unknown address  the load image of .data at 0x9'
hasnt 'None of the ELFs'
ids=$(grep -o 'XC-[0-9a-f]*' out)
copied outside
firmware 'extern const unsigned _sidata[]; const unsigned *volatile kept;
FAR void more(void) { u = 1; }
RAM void subject(void) { kept = _sidata; u = _sidata[3]; u = _sidata[5]; more(); }'
judge_subject 1
for id in $ids; do has "$id"; done

# A label of the linker script is the name of no constant, in a section of their
# own or behind code; what ends before an address is not what lies there.
cp base.ld kept.ld
for label in '0,/^    \. = ALIGN(4); }/s//    . = ALIGN(4); _before = .; }/' \
    's/^    \*(\.text) .*/&  . = ALIGN(4); _before = .; *(.rodata) *(.rodata*)/'; do
    sed "$label" kept.ld >base.ld
    for word in '' 'static const char word[] = "a word";'; do
        firmware "$word"' const char *volatile kept, *volatile other;
RAM void work(void) { kept = "some text"; }
void subject(void) { work(); other = (char *)'"${word:+word + }"'0; }'
        judge_subject 3
        has 'address at 0x900'
        hasnt _before
        hasnt 'the address of word'
    done
done
cp kept.ld base.ld

# The driver masks interrupts itself; SysTick leads into flash.
cp base.o kept.o
sed '$ s/stop};/(void *)subject};/' base.c >systick.c
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c systick.c -o base.o
firmware 'RAM void leave(void) { *(volatile unsigned *)0xA0001000 = 1; }
RAM void enter(void) { *(volatile unsigned *)0xA0001000 = 0; }
RAM void work(void) {
    __asm__ volatile("cpsid i" ::: "memory"); leave();
    enter(); __asm__ volatile("cpsie i" ::: "memory"); }
void subject(void) { work(); }'
cp kept.o base.o
judge_subject 3 --interrupts none
has 'mask-changed'
has 'begins F: ...'
judge_subject 0 --interrupts none --begin leave --end enter

# Start code whose copy is shifted.
for by in 1 -2; do
    cp base.o kept.o
    sed "s/from = _sidata,/from = _sidata + $by,/" base.c >shifted.c
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c shifted.c -o base.o
    firmware 'RAM void work(void) { u = 1; *(volatile unsigned *)0xA0001000 = u; }
void subject(void) { work(); }'
    cp kept.o base.o
    judge_subject $((by > 0 ? 3 : 1)) # -2: no code holds its load address
    tr -s ' \n' ' ' <out >line
    where='8 bytes before'
    [ "$by" -lt 0 ] || where='4 bytes behind'
    grep -qE "belongs $where\\. \\.data begins at 0x20000000 \\(_sdata\\), and \
its load image at 0x[0-9a-f]+ \\(_sidata\\)" line ||
        complain "not shifted by $by: $(cat out)"
    hasnt 'Keep pointers and parameters'
done

# The address is one that a caller passes, and no word of data.
firmware 'static const unsigned table[2] = {1, 2};
RAM FAR unsigned work(const volatile unsigned *p) { return *p; }
FAR unsigned far(void) { return work(table); }
unsigned (*const use)(void) = far;'
judge_subject 3
has 'Other code passes an address in flash to the function.'
hasnt 'word of initialised data'

# Where a call may go is a guess.
firmware 'RAM void one(void) { u = 1; }
RAM void two(void) { u = 2; }
void (*const kept[])(void) = {one, two};
RAM void work(void) { (*(void (*volatile *)(void))0x40001000)(); }'
judge_subject 3
has 'allow call-unknown work: '
has 'These are a guess'
copied allow

# The same of a pointer that is zero: no vector, nothing that the linker's
# veneers lead to, and nothing that begins an outage.
cp base.o kept.o
sed '/^__attribute__((section(".ram_vectors")/,$d' base.c >empty.c
echo '__attribute__((section(".ram_vectors"))) void *ram_vectors[16];' >>empty.c
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c empty.c -o base.o
firmware 'RAM void stored(void) { u = 1; }
RAM void begin(void) { *(volatile unsigned *)0xA0001000 = 1; }
RAM void end(void) { *(volatile unsigned *)0xA0001000 = 0; }
void *const kept[] = {(void *)stored, (void *)begin};
void (*callback)(void);
RAM void work(void) { begin(); if (callback) { callback(); } end(); }
void set(void (*f)(void)) { callback = f; end(); }
void (*const use[])(void (*)(void)) = {set};'
cp kept.o base.o
judge_subject 3
has 'These are a guess'
grep -q '^ *targets work+0x[0-9a-f]* stored begin: ' out ||
    complain "not 'stored begin': $(cat out)"
judge_subject 3 --begin begin --end end
grep -q '^ *targets work+0x[0-9a-f]* stored: ' out ||
    complain "not 'stored': $(cat out)"

# Local labels cut a function into pieces: one line for all of them.
firmware '__asm__(".section .RamFunc, \"ax\", %progbits\n.syntax unified\n.thumb\n"
".thumb_func\n.global work\n.type work, %function\nwork: push {r4, lr}\n"
"cbz r0, piece\npop {r4, lr}\nbx lr\npiece: movs r2, #1\ncbz r1, other\n"
"bx lr\nother: mov lr, r3\nbx lr\n.text\n");'
judge_subject 3
copied allow

# Entries of a table, and who stores to it: one finding.
firmware 'const void *table[16] __attribute__((aligned(128)));
void subject(void) {
    for (unsigned i = 0; i < 16; i++) { table[i] = (void *)u; }
}
RAM void work(void) { u = 1; }'
judge_subject 3 --vectors table
has 'entries of table are filled at run time, the first is vector'
has 'stores somewhere into the table'
copied allow --vectors table

# A table that is copied from the one of the reset, as what VTOR leads to.
firmware 'unsigned table[16] __attribute__((aligned(128)));
void subject(void) {
    memcpy(table, *(void *const volatile *)0xE000ED08, u);
    *(volatile unsigned *)0xE000ED08 = (unsigned)table;
}
RAM void work(void) { *(volatile unsigned *)0xA0001000 = 1; }'
judge_subject 3 --vectors table
has 'vectors table copy flash_vectors: '
hasnt "keeps the table's address"
has 'stores somewhere into the table'
grep -E '^ +vectors table copy ' out | sed 's/^ *//' >my.notes
judge_subject 0 --notes my.notes --vectors table
hasnt 'filled at run time'

# A symbol whose size ends before its code does, and code that runs on into it.
firmware '__asm__(".section .RamFunc, \"ax\", %progbits\n.syntax unified\n.thumb\n"
".thumb_func\n.global work\n.type work, %function\nwork: push {r0, lr}\n"
".size work, 2\nldr r1, [r0]\npop {r0, lr}\nbx lr\n.text\n");'
judge_subject 3
has "goes on behind the end that its symbol's size says"
firmware '__asm__(".section .RamFunc, \"ax\", %progbits\n.syntax unified\n.thumb\n"
".thumb_func\n.global runs\n.type runs, %function\nruns: nop\n.size runs, 2\n"
".thumb_func\n.global work\n.type work, %function\nwork: ldr r1, [r0]\nbx lr\n"
".size work, 4\n.text\n");
extern void runs(unsigned); void (*const use)(unsigned) = runs;'
judge_subject 3 --root work
has 'unknown: runs runs'
finish
