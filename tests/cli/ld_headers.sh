#!/usr/bin/env bash
# An ELF that GNU ld linked without -n, as CubeIDE and CMake do: where there is
# room, the file's headers are in its first segment. image, sim and check read
# it as the same program that was linked with -n.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2

cat >a.c <<'END'
extern unsigned _estack;
void Reset_Handler(void) { for (;;) { } }
__attribute__((section(".isr_vector"), used)) void (*const v[98])(void) = {
    (void (*)(void))&_estack, Reset_Handler, [2 ... 97] = Reset_Handler};
END
cat >a.ld <<'END'
ENTRY(Reset_Handler)
_estack = 0x20010000;
MEMORY { RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 64K
         FLASH (rx) : ORIGIN = 0x90000200, LENGTH = 1M }
SECTIONS { .isr_vector : { KEEP(*(.isr_vector)) } >FLASH
           .text : { *(.text*) } >FLASH }
END
link() {
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -T a.ld "${@:2}" a.c \
        -o "$1.elf" || fail "does not link: $1"
}
link plain
link nmagic -Wl,-n
arm-none-eabi-readelf -lW plain.elf | grep -q 'LOAD  *0x000000 0x90000000' ||
    fail "ld leaves the headers out by itself: the test is void"
for name in plain nmagic; do
    "$xipsafe" image sign -v 1.0.0 -H 0x200 --pad-header -S 0x100000 \
        --rom-fixed 0x90000000 $name.elf $name.img >out 2>err ||
        fail "sign $name"
    rm -f $name.bin
    "$xipsafe" sim --internal "$firmware/boot.elf" --load $name.elf \
        --flash $name.bin --time-limit 1ms --quiet --uart none >out 2>err ||
        fail "sim $name"
    "$xipsafe" check $name.elf --xip 0x90000000:1M --root Reset_Handler \
        >$name.txt 2>&1
    grep -q 'bytes in the window, 0 in RAM, 0 elsewhere' $name.txt ||
        complain "check: $(cat $name.txt)"
done
same plain.img nmagic.img
same plain.bin nmagic.bin
[ "$(head -c 512 plain.bin | tr -d '\377' | wc -c)" = 0 ] ||
    complain "the headers are in the flash"

# The headers are in the segment of a .bss that begins where .data runs.
cat >c.c <<'END'
extern unsigned _estack;
int data[4] = {1};
__attribute__((aligned(512))) int bss[4];
void Reset_Handler(void) { for (;;) { data[0] = bss[0]; } }
__attribute__((section(".isr_vector"), used)) void (*const v[98])(void) = {
    (void (*)(void))&_estack, Reset_Handler, [2 ... 97] = Reset_Handler};
END
sed 's/0x90000200/0x90000000/
    s/>FLASH }/>FLASH .data : { *(.data*) } >RAM AT>FLASH\n.end : { LONG(1) } >FLASH .bss : { *(.bss*) } >RAM }/' \
    a.ld >c.ld
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -T c.ld c.c -o c.elf ||
    fail "c does not link"
arm-none-eabi-readelf -lW c.elf | grep -q 'LOAD  *0x000000 0x20000000' ||
    fail "ld puts no headers in front of .bss: the test is void"
"$xipsafe" sim --internal "$firmware/boot.elf" --load c.elf --flash c.bin \
    --time-limit 1ms --quiet --uart none >out 2>err || fail "sim c"

# Symbols of a program that the flash does not hold: an error, unless the line
# may bring it. A header that was signed into the image is no difference.
sed 's/for (;;) { }/for (volatile int i = 0;; i++) { }/' a.c >b.c
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -T a.ld b.c -o other.elf ||
    fail "other does not link"
# symbols STATUS NAME OPTION...
symbols() {
    local got=0 want=$1 name=$2
    shift 2
    "$xipsafe" sim --internal "$firmware/boot.elf" --load plain.img@0 \
        --symbols "$name.elf" --time-limit 1ms --quiet --uart none "$@" \
        >out 2>"$name.err" || got=$?
    [ "$got" = "$want" ] ||
        complain "--symbols $name.elf $*: exit $got: $(cat "$name.err")"
}
symbols 0 plain
! grep -q 'symbols' plain.err || complain "$(cat plain.err)"
# Room for the header in a section with code.
sed 's/0x90000200/0x90000000/; s/{ KEEP(/{ . += 0x200; KEEP(/' a.ld >room.ld
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -T room.ld \
    -Wl,--section-start=.text=0x90000800 a.c -o room.elf || fail "room.elf"
arm-none-eabi-objcopy --set-section-flags .isr_vector=alloc,load,code room.elf
"$xipsafe" image sign -v 1.0.0 -H 0x200 -S 0x100000 --rom-fixed 0x90000000 \
    room.elf room.img >out 2>err || fail "room.img: $(cat err)"
cp plain.img kept.img
cp room.img plain.img
symbols 0 room
cp kept.img plain.img
symbols 2 other
grep -q 'symbols other.elf is of another program: the flash holds other bytes at 0x9000[0-9a-f]* (.text)' \
    other.err || complain "outdated symbols are believed: $(cat other.err)"
symbols 2 other --timeline picture.svg
[ ! -e picture.svg ] || complain "a picture was made"
symbols 1 other --send plain.img
grep -q 'note: --symbols other.elf: the flash holds other bytes' other.err ||
    complain "no note: $(cat other.err)"
finish
