#!/usr/bin/env bash
# What lies where: wrong windows, stripped files, aliases, RAM behind the
# controller, sections that nothing copies, two images at one address.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project

# firmware NAME SOURCE [SCRIPT [FLAGS...]]
firmware() {
    local name=$1 script=${3-base.ld}
    { echo '#include "base.h"'; echo "$2"; } >"$name.c"
    shift $(($# > 3 ? 3 : $#))
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
        -nostartfiles -T "$script" -Wl,--no-warn-rwx-segments "$@" base.c \
        "$name.c" -o "$name.elf" || complain "$name does not build"
}

# judge STATUS ARGUMENTS...: into out
judge() {
    local status=$1 got=0
    shift
    "$xipsafe" check "$@" >out 2>&1 || got=$?
    [ "$got" -eq "$status" ] || complain "'$*': exit $got, not $status: $(cat out)"
}
has() {
    grep -qF -- "$1" out || complain "no '$1' in: $(cat out)"
}

### The window ###
firmware good 'RAM void subject(void) { u++; }' base.ld \
    -Wl,--build-id=0x2222222222222222222222222222222222222222
judge 0 good.elf --xip 0x90000000:1M
has ' bytes in the window, '
has '; build-id '
! grep -q stripped out || complain "stripped: $(cat out)"
for wrong in 0x9000000:16M 0x70000000:16M 0x80000000:16M; do
    judge 2 good.elf --xip $wrong
    has 'good.elf: section .isr_vector, 0x90000000 to 0x9000003f, lies neither'
done
# What was understood, and what was rather meant.
judge 2 good.elf --xip 90000000:1M
has 'in the window, 0x055d4a80 to 0x056d4a7f, nor'
has '(90000000 is decimal: 0x90000000?)'
judge 2 good.elf --xip 70000000:1M
! grep -q decimal out || complain "no 0x helps: $(cat out)"
# A function is no table of vectors.
for table in subject "0x$(arm-none-eabi-nm good.elf | sed -n 's/ T subject$//p')"; do
    judge 2 good.elf --xip 0x90000000:1M --vectors "$table"
    has "--vectors $table: that is a function"
done
# Other processors than Cortex-M, by the attributes; without any it may be one.
for cpu in cortex-a9 cortex-r5; do
    printf '.syntax unified\n.cpu %s\n.thumb\n.global _start\n.thumb_func\n_start: bx lr\n' \
        $cpu >other.s
    arm-none-eabi-as other.s -o other.o
    arm-none-eabi-ld -Ttext=0x90000000 other.o -o other.elf
    judge 2 other.elf --xip 0x90000000:1M
    has 'not a Cortex-M'
    "$xipsafe" sim --internal other.elf >out 2>&1
    has 'not a Cortex-M'
    arm-none-eabi-objcopy -R .ARM.attributes other.elf plain.elf
    judge 3 plain.elf --xip 0x90000000:1M
done
# A build-id in RAM, whose bytes read like BL to behind the first instruction:
# a note is no code, but no start from flash finds it there.
bl_in() { # ELF FROM: the BL from there to subject+2, as little-endian bytes
    local to distance
    to=$((16#$(arm-none-eabi-nm "$1" | sed -n 's/ T subject$//p') + 2))
    distance=$(((to - $2 - 4) / 2 & 0x3fffff))
    printf '%04x%04x' $((0xf000 | distance >> 11)) $((0xf800 | distance & 0x7ff))
}
swapped() { sed -E 's/(..)(..)(..)(..)/\2\1\4\3/' <<<"$1"; }
id=$(swapped "$(bl_in good.elf 0x20000010)")
firmware noted 'RAM void subject(void) { u++; }' base.ld \
    "-Wl,--build-id=0x${id}2222222222222222222222222222222222"
[ "$(bl_in noted.elf 0x20000010)" = "$(bl_in good.elf 0x20000010)" ] ||
    complain "noted.elf lies elsewhere"
judge 0 noted.elf --xip 0x90000000:1M
has 'warning no-copy'
has 'section .note.gnu.build-id runs at 0x20000000 and is loaded there'
has '.note.gnu.build-id : ALIGN(4) { KEEP(*(.note.gnu.build-id)) } >FLASH'
arm-none-eabi-objcopy -w -N '$*' noted.elf unmapped.elf
judge 3 unmapped.elf --xip 0x90000000:1M
! grep -q 'noted.c:2  and' out || complain "a note as code: $(cat out)"
judge 0 noted.elf --xip 0x90000000:1M --resident 0x20000000:96K
! grep -q no-copy out || complain "resident: $(cat out)"
sed 's|^  .rodata|  .note.gnu.build-id : ALIGN(4) { KEEP(*(.note.gnu.build-id)) } >FLASH\n&|' \
    base.ld >note.ld
firmware noted 'RAM void subject(void) { u++; }' note.ld -Wl,--build-id
judge 0 noted.elf --xip 0x90000000:1M
! grep -q no-copy out || complain "in flash: $(cat out)"
# So are other sections that are not executable and have no symbols; of a file
# without mapping symbols it cannot be said.
blob() {
    sed -E "s/ _edata = \.; (\} >RAM AT> FLASH)/ \1\n  .blob : { LONG(0x$1) _edata = .; \1/" \
        base.ld >blob.ld
    firmware blob 'RAM void subject(void) { u++; }' blob.ld
}
blob 0
from=$(arm-none-eabi-readelf -SW blob.elf |
    sed -En 's/.* \.blob +PROGBITS +([0-9a-f]+) .*/0x\1/p')
id=$(bl_in blob.elf "$from")
blob "${id:4}${id:0:4}"
judge 0 blob.elf --xip 0x90000000:1M
arm-none-eabi-objcopy -w -N '$*' blob.elf unmapped.elf
judge 3 unmapped.elf --xip 0x90000000:1M
has 'blob.c:2  and 1 more place'
# Registers as an object, with a board file that names no devices.
sed 's|^}$|  .periph 0x40020000 (NOLOAD) : { *(.periph) }\n}|' base.ld >periph.ld
firmware periph '__attribute__((section(".periph"))) volatile unsigned registers[4];
RAM void subject(void) { registers[1] = 1; }' periph.ld
printf '%s\n' 'window 0x90000000 1M' 'ram 0x20000000 96K' >ram.board
judge 0 periph.elf --xip 0x90000000:1M
judge 2 periph.elf --board-file ram.board
has 'lies where the architecture has registers'
has 'devices ADDR SIZE'
echo 'devices 0x40000000 512M' >>ram.board
judge 0 periph.elf --board-file ram.board
judge 2 good.elf --xip 0x90000000:0x50
has 'lies in the window with a part only'
judge 2 good.elf --xip 0x90000000:1M --xip 0x20000200:32
has 'lies in the window with a part only'
# A boot program in internal flash.
sed 's/ORIGIN = 0x90000000/ORIGIN = 0x08000000/' base.ld >internal.ld
firmware boot 'RAM void subject(void) { u++; }' internal.ld
judge 0 boot.elf --xip 0x90000000:1M
has 'undeclared: 0x08000000 to '
has 'without --root all its functions must run in an outage'
has 'nothing lies in the window; is it the right one?'
# Room for the stack ends where its RAM does: the internal flash is below.
sed -E 's/(ORIGIN = 0x)20000000/\120010000/; s/96K/32K/
    s/\} >RAM AT> FLASH/} >FLASH/' internal.ld >bare.ld
cat >bare.c <<'END'
extern unsigned _estack[];
__attribute__((noinline)) void subject(void) { *(volatile unsigned *)0x40001000 = 1; }
void Reset_Handler(void) { for (;;) { subject(); } }
__attribute__((section(".isr_vector"), used)) void *const table[16] = {_estack,
    Reset_Handler, subject, subject, [11] = subject, [14] = subject, subject};
END
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -nostdlib -T bare.ld bare.c \
    -Wl,--no-warn-rwx-segments -o bare.elf || complain "bare does not build"
"$xipsafe" check bare.elf --xip 0x90000000:1M >out 2>&1
has 'how much there is is not known: --board or --resident names its RAM'
"$xipsafe" check bare.elf --xip 0x90000000:1M --resident 0x08000000:1M \
    --resident 0x20010000:32K >out 2>&1
has 'with its frame; there are 32768'
judge 0 boot.elf --xip 0x90000000:1M --resident 0x08000000:1M
! grep -q undeclared out || complain "--resident is undeclared: $(cat out)"
judge 2 boot.elf --xip 0x10000000:1M # the flash of this chip is no other one
printf 'window 0x90000000 1M\ninternal 0x08000000 1M\nram 0x20000000 96K\n' \
    >own.board
judge 0 boot.elf --board-file own.board
printf 'window 0x90000000 1M\ninternal 0x08000000 1M\nram 0x10000000 96K\n' \
    >own.board
judge 2 boot.elf --board-file own.board
has 'section .data, '

# It starts what lies in the window: no outage comes before that, unless start
# code writes to a register or calls a function.
cp base.c kept_base.c
starts() {
    sed -e '/subject();/d' -e "s/^    \*(volatile uint32_t \*)0xE000ED08u.*/\
    $1\
    uint32_t *const app = (uint32_t *)0x90000000u;\
    *(volatile uint32_t *)0xE000ED08u = 0x90000000u;\
    ((void (*)(void))app[1])();/" kept_base.c >base.c
    firmware starts 'RAM void subject(void) { *(volatile uint32_t *)0xA0001000u = 2; }' \
        internal.ld
}
# lines TEXT: as one line; R() is a word in memory, APP what lies in the window
lines() {
    tr '\n' ' ' <<<"$1" | sed -e 's#\bR(#*(volatile uint32_t *)(#g' \
        -e 's#\bAPP\b#((volatile uint32_t *)0x90000000u)#g'
}
starts ''
judge 3 starts.elf --xip 0x90000000:1M --resident 0x08000000:1M
has 'VTOR is set to none that an image has'
! grep -q '^  violation' out || complain "start code is judged: $(cat out)"
judge 1 starts.elf --xip 0x90000000:1M --resident 0x08000000:1M --root 'Reset*'
for before in '*(volatile uint32_t *)0xA0001000u = 2;' 'subject();' \
    'void (*f)(void) = subject; __asm volatile("" : "+r"(f)); f();'; do
    starts "$before"
    judge 1 starts.elf --xip 0x90000000:1M --resident 0x08000000:1M
    has 'violation load'
done
# Nor one that reaches a register, or calls, by what it loads: from RAM that it
# has filled itself, or from a table.
for before in 'static uint32_t *volatile q = (uint32_t *)0xA0001000u; *q = 2;' \
    'static void (*volatile f)(void) = subject; f();' \
    'static void (*volatile f[2])(void) = {subject, subject}; f[APP[0] % 2]();' \
    'static const volatile uint32_t t[2][2] = {{0xA0001000u, 2}, {0xA0001004u, 1}};
for (int i = 0; i < 2; i++) { R(t[i][0]) = t[i][1]; }' \
    'static const uint32_t t[3] = {0xA0001000u, 0xA0001004u, 0xA0001010u}; R(t[APP[0] % 3]) = 1;' \
    'static struct { uint32_t *volatile q; } d = {(uint32_t *)0xA0001000u};
R(d.q + APP[0] % 2) = 2;'; do
    starts "$(lines "$before")"
    judge 1 starts.elf --xip 0x90000000:1M --resident 0x08000000:1M
    has 'violation load'
done
for before in 'static const uint32_t t[3] = {0x20000400u, 0x20000404u, 0x20000500u}; R(t[APP[0] % 3]) = 1;' \
    'static volatile uint32_t n = 3; R(0x20000400u) = n;'; do
    starts "$(lines "$before")"
    judge 3 starts.elf --xip 0x90000000:1M --resident 0x08000000:1M
    ! grep -q '^  violation' out || complain "start code is judged: $(cat out)"
done
cp kept_base.c base.c

### A proof of nothing ###
has_not() {
    ! grep -qF -- "$1" out || complain "'$1' in: $(cat out)"
}
judge 0 good.elf --xip 0x90000000:1M
has 'none of them writes to a register'
firmware driver 'RAM void subject(void) { *(volatile uint32_t *)0xA0001000u = 2; }'
judge 0 driver.elf --xip 0x90000000:1M
has_not 'none of them writes to a register'

### Headers in the first segment ###
firmware headers 'RAM void subject(void) { u++; }' base.ld -Wl,-z,max-page-size=4096
judge 0 headers.elf --xip 0x90000000:1M

### Stripped ###
for name in good boot; do
    arm-none-eabi-strip $name.elf -o stripped.elf
    judge 3 stripped.elf --xip 0x90000000:1M
    sed -n 2p out | grep -q '^  stripped: stripped.elf has no symbols, so ' ||
        complain "not said at first: $(cat out)"
    ! grep -qE '^    at +0x[0-9a-f]*[13579bdf]( |$)' out ||
        complain "the Thumb bit of an entry is printed: $(cat out)"
done

### Overlays ###
# Which of them is there when an outage runs it, the file does not say.
sed 's|^}$|  .second 0x20000000 : AT(0x90004000) { *(.second) }\n}|' base.ld >overlay.ld
overlay='RAM void subject(void) { u++; }
__attribute__((section(".second"), used)) void other(void) { u += 2; }'
firmware overlay "$overlay" overlay.ld -Wl,--no-check-sections
judge 1 overlay.elf --xip 0x90000000:1M
has 'allow memory-unknown .data other'

### Aliases and unknown memory ###
firmware alias 'RAM void subject(void) { u = *(volatile uint32_t *)0x13001000u; }'
judge 3 alias.elf --xip 0x90000000:1M
has 'memory-unknown'
judge 0 alias.elf --xip 0x90000000:1M --resident 0x13000000:16M
cat >own.board <<'END'
window  0x90000000 16M
alias   0x13000000 16M 0x90000000
alias   0x22000000 32M 0x20000000
devices 0x14000000 4K
ram     0x20000000 96K
END
judge 1 alias.elf --board-file own.board
has 'violation load'
firmware alias_low 'RAM void subject(void) { u = *(volatile uint32_t *)0x00001000u; }'
judge 3 alias_low.elf --board stm32l476g-disco
has '0x00001000 may show the window, 0x90001000 there'
# Code in RAM that is linked for an alias of it.
sed 's|ORIGIN = 0x20000000|ORIGIN = 0x22000000|' base.ld >ram_alias.ld
firmware ram_alias 'RAM void subject(void) { u++; }' ram_alias.ld
printf 'window 0x90000000 1M\nram 0x20000000 96K\nalias 0x22000000 1M 0x20000000\n' >ram_alias.board
judge 3 ram_alias.elf --board-file ram_alias.board --resident 0x22000000:96K
has 'is linked for 0x22000000, an alias of 0x20000000'
printf 'window 0x90000000 1M\nram 0x22000000 96K\nalias 0x20000000 1M 0x22000000\n' >ram_alias.board
judge 0 ram_alias.elf --board-file ram_alias.board
# Linked for a low one, as for the code bus.
sed 's/ORIGIN = 0x90000000/ORIGIN = 0x04000000/' base.ld >low.ld
printf 'window 0x90000000 16M\ninternal 0x08000000 1M\n%s\n' \
    'alias 0x04000000 16M 0x90000000' >low.board
firmware low '__attribute__((noinline)) void far_away(void) { u++; }
RAM void subject(void) { far_away(); }' low.ld
judge 1 low.elf --board-file low.board --root subject
has 'to far_away in flash, through a veneer'
firmware low 'RAM void subject(void) { u++; }' low.ld
judge 0 low.elf --board-file low.board
firmware named 'RAM void subject(void) {
    u = *(volatile uint32_t *)0x22000100u + *(volatile uint32_t *)0x14000000u
        + *(volatile uint32_t *)0x20010000u; }'
judge 0 named.elf --board-file own.board
judge 3 named.elf --xip 0x90000000:1M
has '2 unknowns'

### RAM behind the controller ###
sed 's/^_estack = .*/_estack = 0x90100000;/' base.ld >stack.ld
firmware stack 'RAM void subject(void) { u++; }' stack.ld
judge 1 stack.elf --xip 0x90000000:8M
has 'the stack ends at 0x90100000, in the window'
# The table that is in use has no stack: that of the reset counts.
cp base.c kept.c
sed 's/\(ram_vectors\[16\] = {\)_estack/\10/' kept.c >base.c
firmware stack 'RAM void subject(void) { u++; }' stack.ld
judge 1 stack.elf --xip 0x90000000:8M
has 'the stack ends at 0x90100000, in the window'
firmware stack 'RAM void subject(void) { u++; }'
judge 0 stack.elf --xip 0x90000000:8M
mv kept.c base.c

### Copies ###
# Two sections at one distance, or one that has another origin.
cat >copies.sed <<'END'
s/^MEMORY {/MEMORY { CODE (xrw) : ORIGIN = CODE_AT, LENGTH = 16K/
s/^  \.data : .*/  .code : { _scode = .; *(.RamFunc) *(.RamFunc*) *(.code) . = ALIGN(8); _ecode = .; } >CODE AT> FLASH\
  _sicode = LOADADDR(.code); _sidata = LOADADDR(.data);\
&/
s/^    \*(\.RamFunc).*//
END
for at in 0x10000000 0x00000000 0x1ffff000; do
    sed -f copies.sed base.ld | sed "s/CODE_AT/$at/" >copies.ld
    firmware copies 'RAM void subject(void) { u++; }' copies.ld
    judge 1 copies.elf --xip 0x90000000:1M
    has 'violation no-copy'
    has "section .code runs at $at"
    code='extern uint32_t _sicode[], _scode[], _ecode[];
        __attribute__((noinline, used)) void code(void) {
            volatile uint32_t *to = _scode;
            // Of one that begins at 0, GCC takes away a copy with memcpy().
            for (uint32_t *from = _sicode; to < _ecode;) { *to++ = *from++; } }
        RAM void work(void) { u++; }'
    firmware copies "$code void subject(void) { code(); work(); }" copies.ld
    judge 0 copies.elf --xip 0x90000000:1M
    # Nobody calls it.
    firmware copies "$code void subject(void) { work(); }" copies.ld
    judge 3 copies.elf --xip 0x90000000:1M
    has 'unknown copy-unknown'
    firmware copies 'extern uint32_t _sicode[], _scode[], _ecode[];
        __attribute__((noinline)) static void copy(uint32_t *to,
                const uint32_t *from, uint32_t bytes) {
            for (uint32_t i = 0; i < bytes / 4u; i++) { to[i] = from[i]; } }
        __attribute__((used)) void code(void) { copy(_scode, _sicode, 4u); }
        __attribute__((used)) void far(void) { u = 16u; u = 8u; u = 24u; u = 32u;
            u = 12u; u = 20u; u = 28u; u = 4u; u = 2u; u = 6u; u = 3u; }
        RAM void subject(void) { u++; }' copies.ld
    judge 1 copies.elf --xip 0x90000000:1M
    has 'violation no-copy'
done
# Start code that copies the first of two and clears what follows the second.
awk '/^  \.data/ { print "  .first : { _sfirst = .; *(.first) . = ALIGN(128); _efirst = .; } >RAM AT> FLASH"
        print "  _sifirst = LOADADDR(.first);" }
    { gsub(/ALIGN\(512\)/, "ALIGN(8)") }
    /^  \.bss/ { sub(/{/, "{ _sbss = .;"); sub(/} >RAM/, "_ebss = .; } >RAM") }
    { print }' base.ld >first.ld
cat >first.c <<'END'
#include "base.h"
extern uint32_t _sifirst[], _sfirst[], _efirst[], _sidata[], _sdata[], _edata[];
extern uint32_t _sbss[], _ebss[], _estack[];
volatile uint32_t u;
__attribute__((section(".first"))) uint32_t one[6] = {1, 2, 3, 4, 5, 6};
RAM void stop(void) { for (;;) { } }
static uint32_t cleared[4];
__attribute__((section(".ram_vectors"), used, aligned(128)))
void *ram_vectors[16] = {_estack, stop, stop, stop, stop, stop, stop, 0, 0, 0,
    0, stop, stop, 0, stop, stop};
RAM void subject(void) { u += one[u % 6u] + cleared[u % 4u]++; }
void Reset_Handler(void) {
    for (uint32_t *from = _sifirst, *to = _sfirst; to < END;) {
        *to++ = *from++;
    }
    for (uint32_t *to = _sbss; to < _ebss;) {
        *to++ = 0;
    }
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)ram_vectors;
    for (;;) {
        subject();
    }
}
__attribute__((section(".isr_vector"), used)) void *const flash_vectors[16] = {
        _estack, Reset_Handler, stop, stop};
END
for end in 1:_efirst 0:_edata; do
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g --specs=nano.specs \
        -nostartfiles -T first.ld -Wl,--no-warn-rwx-segments "-DEND=${end#*:}" \
        first.c -o first.elf || complain "first does not build"
    judge "${end%:*}" first.elf --xip 0x90000000:1M --interrupts none
done
has 'PROVED'

### Registers that are written from the window ###
firmware writes '#define REG(at) (*(volatile uint32_t *)(at))
RAM void qspi_run(void) { REG(0xa0001014) = 1; }
__attribute__((noinline)) void set_up(void) { REG(0xa0001000) = 1; REG(0x40021000) = 1; }
__attribute__((noinline)) void protect(void) { REG(0xe000ed94) = 5; }
__attribute__((noinline)) void move(void) { REG(0xe000ed08) = 0x20000000; }
void subject(void) { set_up(); protect(); move(); qspi_run(); }'
judge 0 writes.elf --xip 0x90000000:1M
has '  code in the window writes there, too: 0xa0001000 MPU VTOR (--verbose: which)'
judge 0 writes.elf --xip 0x90000000:1M --verbose --json=writes.json
tr -s ' \n' ' ' <out >line
for text in 'MPU is written from the window, by protect: what it forbids' \
    'VTOR is written from the window, by move: after the first' \
    'registers at 0xa0001000, which qspi_run writes in an outage, are written from the window, by set_up: if that switches the flash off'; do
    grep -qF "$text" line || complain "no '$text' in: $(cat out)"
done
! grep -q 0x40021000 line || complain "RCC is no controller: $(cat out)"
grep -q '"as": "qspi_run"' writes.json || complain "not in JSON: $(cat writes.json)"
judge 0 good.elf --xip 0x90000000:1M
! grep -q 'window writes' out || complain "none writes to a register: $(cat out)"

### The table of the reset ###
# Nothing sets VTOR: one in RAM, whatever its name, is not in use.
cp base.c kept.c
sed -e '/0xE000ED08u/d' -e 's/\*ram_vectors\[/*vectors[/' \
    -e 's/^__attribute__((section(".isr_vector")/void fault(void) {\n    u = *(volatile uint32_t *)0x90000000u;\n}\n&/' \
    -e 's/Reset_Handler, stop, stop}/Reset_Handler, fault, fault}/' kept.c >base.c
firmware forgot 'RAM void subject(void) { u++; }' internal.ld
judge 1 forgot.elf --xip 0x90000000:1M --root subject
has 'vectors flash_vectors at 0x08000000, 16 entries (with a reset in it; nothing'
has '    path  fault (vector 2 NMI'
# Of two programs that have one, either may be the first.
sed -e '/0xE000ED08u/d' kept.c >base.c
sed 's/ORIGIN = 0x90000000/ORIGIN = 0x08010000/
    s/ORIGIN = 0x20000000, LENGTH = 96K/ORIGIN = 0x20010000, LENGTH = 16K/' \
    base.ld >second.ld
firmware second 'RAM void subject(void) { u++; }' second.ld
judge 0 second.elf --xip 0x90000000:1M --root subject
judge 1 second.elf --with forgot.elf --xip 0x90000000:1M --root subject
has '    path  fault (vector 2 NMI'
judge 1 forgot.elf --with second.elf --xip 0x90000000:1M --root subject
# Of several in one program only one is bad: of another core's, perhaps.
sed '/^__attribute__((section(".isr_vector")/i\
void other_reset(void) { for (;;) ; }\
__attribute__((section(".other"), used)) void *const other_core[16] = {\
        (void *)0x20008000, other_reset, other_reset, other_reset};' base.c >two.c
sed 's/^MEMORY {/& INT (rx) : ORIGIN = 0x08000000, LENGTH = 64K\n/
    s/^  .isr_vector.*/  .isr_vector : { KEEP(*(.isr_vector)) } >INT/
    s/^  .rodata : {/  .other : ALIGN(128) { KEEP(*(.other)) } >FLASH\n&/' base.ld >cores.ld
cp two.c base.c
firmware cores 'RAM void subject(void) { u++; }' cores.ld
judge 3 cores.elf --xip 0x90000000:1M --root subject
has '  unknown vector-runtime'
judge 0 cores.elf --xip 0x90000000:1M --root subject --vectors flash_vectors
# VTOR is set by a function that gets the address; the run stops before that.
sed -e 's/^    \*(volatile uint32_t \*)0xE000ED08u = /    *(volatile uint32_t *)*(volatile uint32_t *)0x40001000u = 1;\n    SET_TABLE;\n    \/\//' \
    -e '/_estack\[\];/a\
__attribute__((noipa)) void move_table(uint32_t at) {\
    *(volatile uint32_t *)0xE000ED08u = at;\
}' kept.c >base.c
subject='RAM void subject(void) { u++; }'
firmware wrapped "$subject" base.ld '-DSET_TABLE=move_table((uint32_t)_sdata)'
judge 3 wrapped.elf --xip 0x90000000:1M --root subject
has 'what VTOR is set to is not known'
judge 0 wrapped.elf --xip 0x90000000:1M --root subject --vectors ram_vectors
# It is set to memory that no image fills.
subject+=' void *const other_table[16] = {0, 0, subject_in_flash, subject};'
subject="void subject_in_flash(void) { u--; } $subject"
places='--xip 0x90000000:1M --resident 0x20000000:96K --root subject'
firmware empty "$subject" base.ld \
    '-DSET_TABLE=*(volatile uint32_t *)0xE000ED08u = 0x20017000'
# shellcheck disable=SC2086
{
    judge 3 empty.elf $places
    has 'sets VTOR to memory that no image fills'
    judge 3 empty.elf $places --vectors 0x20017000
    has 'entries of 0x20017000 are filled at run time'
    echo 'vectors 0x20017000 copy flash_vectors: start code copies it' >table.notes
    judge 0 empty.elf $places --vectors 0x20017000 \
        --notes table.notes
    echo 'vectors 0x20017000 copy other_table: start code copies it' >table.notes
    judge 1 empty.elf $places --vectors 0x20017000 \
        --notes table.notes
    has 'vector 2 NMI of 0x20017000 leads to subject_in_flash in flash'
    judge 2 empty.elf $places --vectors 0x30000000
    has 'in no memory that the board or --resident names'
    # The linker script names it.
    sed 's/^_estack/far_table = 0x20017000;\n&/' base.ld >far.ld
    firmware far "$subject" far.ld \
        '-DSET_TABLE=*(volatile uint32_t *)0xE000ED08u = 0x20017000'
    echo 'vectors far_table copy flash_vectors: start code copies it' >table.notes
    judge 0 far.elf $places --notes table.notes
    judge 0 far.elf $places --notes table.notes \
        --vectors far_table
}
# Start code that calls it before it sets VTOR, with an exception enabled.
writes='RAM void subject(void) { *(volatile uint32_t *)0xA0001000u = 2; }'
sed 's/^    \*(volatile uint32_t \*)0xE000ED08u/    *(volatile uint32_t *)0xE000E010u = 7;\n    LATE;\n&/' \
    kept.c >base.c
late() { # WHAT SCRIPT
    firmware "$1" "$writes" "$2" '-DLATE=subject()'
    judge 3 "$1.elf" --xip 0x90000000:1M --resident 0x20000000:96K \
        --resident 0x68000000:1M --root subject
    has 'VTOR may not have been set'
    firmware "$1" "$writes" "$2" -DLATE=
    judge 0 "$1.elf" --xip 0x90000000:1M --resident 0x20000000:96K \
        --resident 0x68000000:1M --root subject
}
late at_begin base.ld
sed 's/.isr_vector : {/& . += 0x400;/' base.ld >header.ld
late behind_header header.ld
for stack in 0x68100000 0x00010000; do
    sed "s/^_estack = .*/_estack = $stack;/" base.ld >elsewhere.ld
    late "stack_$stack" elsewhere.ld
done
# One that reads little like a table, beside a good one of another slot.
cp base.c late.c
slot='void boots(void) { Reset_Handler(); }\
__attribute__((section(".slot"), used)) void *const slot_table[16] = {\
        _estack, boots, stop, stop};'
sed 's/^MEMORY {/& SLOT (rx) : ORIGIN = 0x68000000, LENGTH = 4K\n/
    s/^SECTIONS/&\n{ .slot : { KEEP(*(.slot)) } >SLOT }\n&/' base.ld >slot.ld
sed "/^__attribute__((section(\".isr_vector\")/i $slot" late.c >slot.c
for nmi in 0x12340 0; do
    sed "s/_estack, Reset_Handler, stop, stop/(void *)0x00010000, Reset_Handler, (void *)$nmi, stop/" \
        slot.c >base.c
    late "nmi_$nmi" slot.ld
done
sed 's/^ENTRY.*/ENTRY(boots)/' slot.ld >no_entry.ld
late other_entry no_entry.ld
sed 's/^ENTRY.*/ENTRY(boots)/; s/.isr_vector : {/& . += 0x400;/' slot.ld >inner.ld
sed 's/^        stop, stop, stop, stop, stop, stop, 0/        Reset_Handler, stop, stop, stop, stop, stop, 0/' \
    slot.c >base.c
late reset_of_ram inner.ld
sed 's/_estack, Reset_Handler, stop, stop/&, stop, stop, stop, 0, 0, 0, 0, stop, stop, 0, stop, stop/' \
    slot.c >base.c
late full_table inner.ld
cp late.c base.c
# That of a program in ROM, which no ELF has.
sed 's/\(KEEP(\*(.isr_vector))\)//' base.ld >rom.ld
sed -i '/section(".isr_vector")/,$ { /ram_vectors/,$ !d }' base.c
late rom rom.ld
# What a reset calls is start code only on the way to main(), and what it enters
# only without main() in it.
sed -e 's/^    \*(volatile uint32_t \*)0xE000ED08u/    FILL;\n&/' \
    -e 's/^    for (uint32_t \*from/    *(volatile uint32_t *)*(volatile uint32_t *)0x40001000u = 1;\n&/' \
    -e 's/^        stop, stop, stop, stop, stop, stop, 0/        Reset_Handler, stop, stop, stop, stop, stop, 0/' \
    kept.c >base.c
fill='extern uint32_t _sidata[];
extern void *ram_vectors[];
FILLS void fill(void) {
    for (unsigned i = 0; i < 16; i++) {
        ram_vectors[i] = (void *)_sidata[i ^ 14];
    }
}
RAM void subject(void) { u++; }'
unused='int main(void) { return 0; }'
used='int main(void) { fill(); return 0; }'
unknown_fill() { # NAME SOURCE CALL FLAG...
    local name=$1 source=$2 call=$3
    shift 3
    firmware "$name" "$source" base.ld \
        "-DFILL={ extern int main(); $call; }" "$@"
    judge 3 "$name.elf" --xip 0x90000000:1M
    has '  unknown vector-runtime'
}
far='-DFILLS=__attribute__((noinline))'
unknown_fill no_main "$fill" 'extern void fill(); fill()' "$far"
unknown_fill unused_main "$fill $unused" 'extern void fill(); fill()' "$far"
unknown_fill inlined_main "$fill $used" 'main()' -DFILLS=static -flto -O2
cp kept.c base.c

# VTOR of a Cortex-M0+ has no bit 7, and that of a Cortex-M23 may have none.
sed 's/\.data : ALIGN(512)/.data 0x20000180 :/' base.ld >half.ld
firmware half 'RAM void subject(void) { u++; }' half.ld
judge 0 half.elf --xip 0x90000000:1M
for cpu in cortex-m0plus cortex-m23; do
    firmware half 'RAM void subject(void) { u++; }' half.ld -mcpu=$cpu
    judge 3 half.elf --xip 0x90000000:1M
    has 'VTOR cannot hold 0x20000180'
done

### Two images ###
firmware one 'RAM void subject(void) { u++; }' internal.ld
firmware two 'RAM void subject(void) { u += 2; }' internal.ld
judge 0 one.elf --with one.elf --xip 0x90000000:1M
judge 3 one.elf --with two.elf --xip 0x90000000:1M
has 'with the same bytes'
has '0x08000200'
# What the boot program publishes rests on a variable.
rests='void rests(void) { u++; }
__attribute__((used)) void (*const own_resident_table[1])(void) = {rests};
RAM void subject(void) { u += (uint32_t)own_resident_table[0]; }'
firmware boot_same "$rests" internal.ld
sed 's/ORIGIN = 0x20000000, LENGTH = 96K/ORIGIN = 0x20010000, LENGTH = 16K/' \
    internal.ld >other.ld
firmware boot_other "$rests" other.ld
firmware app 'RAM void subject(void) { u++; }'
judge 0 app.elf --with boot_other.elf --xip 0x90000000:1M
judge 3 app.elf --with boot_same.elf --xip 0x90000000:1M
has 'where app.elf has its RAM'
# What the application has the address of runs in its outages.
firmware callee 'RAM void subject(void) { u++; }
void erases(void) {
    *(volatile uint32_t *)0xA0001000u = 1;
    u = *(volatile uint32_t *)0x90000000u;
}' other.ld
at=0x$(arm-none-eabi-nm callee.elf | sed -n 's/ T erases$//p')
firmware by_code "RAM void subject(void) { u++; }
void calls(void) { ((void (*)(void))($at | 1))(); }"
firmware by_data "RAM void subject(void) { u++; }
__attribute__((used)) void (*const table[])(void) = {(void (*)(void))($at | 1)};"
judge 0 app.elf --with callee.elf --xip 0x90000000:1M
for caller in by_code by_data; do
    judge 1 $caller.elf --with callee.elf --xip 0x90000000:1M
    has "    path  erases (its address in $caller.elf)"
done
# By a branch within its reach, and by a pointer that the other one has put down.
sed 's/ORIGIN = 0x90000000/ORIGIN = 0x08800000/' base.ld >near.ld
firmware by_branch "void subject(void) { __asm volatile(\"bl $at\" ::: \"lr\"); }" near.ld
judge 3 by_branch.elf --with callee.elf --xip 0x08800000:1M \
    --resident 0x08000000:1M --resident 0x20000000:96K
has "    path  erases (its address in by_branch.elf)"
registers() { # NAME WHAT
    firmware "$1" "static void nothing(void) { u++; }
static void erases(void) {
    *(volatile uint32_t *)0xA0001000u = 1;
    u = *(volatile uint32_t *)0x90000000u;
}
struct { int head; void (*volatile call[2])(void); } shared = {1, {nothing, erases}};
void subject(void) { shared.call[0] = $2; }" other.ld
    at=0x$(arm-none-eabi-nm "$1.elf" | sed -n 's/ . shared$//p')
    firmware by_pointer "void subject(void) {
    (*(void (*volatile *)(void))($at + 4))();
}"
}
registers harmless nothing
judge 0 by_pointer.elf --with harmless.elf --xip 0x90000000:1M
registers harmful erases
judge 1 by_pointer.elf --with harmful.elf --xip 0x90000000:1M
has "    path  erases (its address in by_pointer.elf)"
# A table of the other program that is not there while this one runs: what is
# there reads as even vectors.
judge 1 good.elf --with boot_same.elf --xip 0x90000000:1M --vectors 0x20000000
judge 0 good.elf --with boot_same.elf --xip 0x90000000:1M

### The end of an object that a device gets ###
ends() {
    echo "__asm__(\".data; .balign 4; .type handle, %object; .size handle, 4;\"
        \"handle: .word 0x40020000; $1 .type received, %object;\"
        \".size received, 16; received: .space 16; .global handle, received;\"
        \".text\");
extern volatile uint32_t *volatile handle, received[4];
__attribute__((noinline, noclone)) void starts(void) {
    handle[5] = (uint32_t)received;
    handle[4] = 1;
}
void subject(void) { starts(); }"
}
firmware next_to "$(ends '')"
judge 0 next_to.elf --xip 0x90000000:1M
has 'handle counts as given to a device, since it ends where received begins'
firmware apart "$(ends '.space 4;')"
judge 0 apart.elf --xip 0x90000000:1M
! grep -q 'was not followed' out || complain "apart: $(cat out)"
finish
