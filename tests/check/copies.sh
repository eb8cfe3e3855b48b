#!/usr/bin/env bash
# Copies by start code whose source pointer runs on from one section's load image
# to that of the next: no number says where that begins. Judged where the run of
# the whole program stopped before them, and where it saw them.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2

# .data is loaded behind .text, then .fast, which runs at 0, and .late; their
# places in RAM do not follow each other.
cat >app.ld <<'END'
ENTRY(reset)
MEMORY {
    FLASH (rx) : ORIGIN = 0x90000000, LENGTH = 64K
    TCM (rwx)  : ORIGIN = TCM_ORIGIN, LENGTH = 8K
    RAM (rwx)  : ORIGIN = 0x20000000, LENGTH = 32K
    RAM2 (rwx) : ORIGIN = 0x20010000, LENGTH = 8K
}
SECTIONS {
    .vectors : { KEEP(*(.vectors)) } > FLASH
    .text : { *(.text*) *(.rodata*) . = ALIGN(4); load_ = .; } > FLASH
    .bss (NOLOAD) : { bss_ = .; *(.table) *(.bss*) . = ALIGN(4); bss_end_ = .; } > RAM
    .data : AT(load_) { data_ = .; *(.data*) . = ALIGN(4); data_end_ = .; } > RAM
    .fast : AT(load_ + SIZEOF(.data) + GAP) { fast_ = .; *(.fast*) . = ALIGN(4);
        fast_end_ = .; } > TCM
    .late : AT(load_ + SIZEOF(.data) + GAP + SIZEOF(.fast)) { late_ = .; *(.late*)
        . = ALIGN(4); late_end_ = .; } > RAM2
    fast_part_ = fast_end_ - 16; late_part_ = late_end_ - 4;
    top_ = ORIGIN(RAM) + LENGTH(RAM);
    /DISCARD/ : { *(.ARM.exidx*) }
}
END
cat >app.c <<'END'
#include <stdint.h>
#define FAST __attribute__((section(".fast"), noinline, used))
#define LATE __attribute__((section(".late"), noinline, used))
#define FAR __attribute__((noinline, noclone))
typedef uint32_t word;
extern word load_[], data_[], data_end_[], fast_[], fast_end_[], late_[],
        late_end_[], bss_[], bss_end_[],
        fast_part_[], late_part_[], top_[];
word value = 3, other = 4;
#define ROOM __asm volatile("b 1f\n.space 400\n1:")
FAST void halt(void) { for (;;) { ROOM; } }
FAST void outage(void) { *(volatile word *)0x40001000 = 1; }
LATE void more(void) { ROOM; ROOM; *(volatile word *)0x40001000 = 2; }
__attribute__((section(".table"), aligned(128))) const void *table[16];
void reset(void);
#define IN_USE top_, reset, halt, halt, halt, halt, halt, 0, 0, 0, 0, halt, \
        halt, 0, halt, halt
__attribute__((section(".vectors"), used)) const void *const first[] = {IN_USE};
FAR const word *copy(word *to, const word *end, const word *from) {
    while (to < end) { *(volatile word *)to++ = *from++; }
    return from;
}
#define LOOP(a, b) \
    for (word *to = a; to < b;) { *(volatile word *)to++ = *from++; }
#ifdef APART
FAR const word *second(const word *from) { return copy(fast_, fast_end_, from); }
FAR const word *third(const word *from) { return copy(late_, late_end_, from); }
#endif
#ifdef LIST
static word *const list[] = {data_, data_end_, fast_, fast_end_, late_, late_end_};
#endif
void reset(void) {
    STOP;
    COPY
    for (word *b = bss_; b < bss_end_;) { *(volatile word *)b++ = 0; }
    for (unsigned i = 0; i < 16; i++) { table[i] = first[i]; }
    *(volatile word *)0xe000ed08 = (word)table;
    outage();
    more();
    value += other;
    for (;;) { __asm volatile(""); }
}
END

# says WANTED COPY [TCM_ORIGIN [GAP]]: the first symbols of the sections that it
# complains about, with the rule, whoever compiles it.
says() {
    local wanted=$1 copy=$2 at=${3-0} gap=${4-0} got cc level flags
    sed "s/TCM_ORIGIN/$at/; s/GAP/$gap/" app.ld >this.ld
    { printf '#define STOP %s\n#define COPY %s\n' "$stop" "${copy//$'\n'/ }"
        cat app.c; } >this.c
    for cc in gcc clang; do for level in Os O0; do
        flags=(-mcpu=cortex-m4 -mthumb "-$level" -g -ffreestanding
            -fno-tree-loop-distribute-patterns)
        [[ $copy != *list* ]] || flags+=(-DLIST)
        [[ $copy != *second* ]] || flags+=(-DAPART)
        if [ $cc = clang ]; then
            clang --target=thumbv7em-none-eabi "${flags[@]/-fno-tree*/-w}" \
                -gdwarf-4 -fno-builtin -c this.c -o this.o || exit 2
        else
            arm-none-eabi-gcc "${flags[@]}" -c this.c -o this.o || exit 2
        fi
        arm-none-eabi-gcc -nostdlib -T this.ld -Wl,--no-warn-rwx-segments \
            this.o -lgcc -o this.elf || exit 2
        "$xipsafe" check this.elf --xip 0x90000000:64K \
            --resident "$at:8K" --interrupts none >out 2>&1
        [ $? -le 3 ] || complain "exit: $(cat out)"
        got=$(sed -nE 's/^  (violation|unknown) (no-copy|copy-unknown)  ([a-z]+) .*/\2 \3/p' out |
            tr '\n' ' ')
        [ "${got% }" = "$wanted" ] || complain \
            "$cc -$level '$copy' at $at: '${got% }', not '$wanted': $(cat out)"
    done; done
}

# changes COPY: start code that copies .data, with all code in it, and then stops
# the run, is seen to put other words there.
changes() {
    sed "s/TCM_ORIGIN/0x1fff0000/; s/GAP/0/" app.ld >this.ld
    { printf '#define STOP ;\n#define COPY %s\n' "$1 $STOPS;"
        sed 's/"\.fast"/".data.fast"/; s/"\.late"/".data.late"/' app.c; } >this.c
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -ffreestanding \
        -fno-tree-loop-distribute-patterns -nostdlib -T this.ld \
        -Wl,--no-warn-rwx-segments this.c -lgcc -o this.elf 2>err || exit 2
    "$xipsafe" check this.elf --xip 0x90000000:64K --resident 0x1fff0000:8K \
        --interrupts none >out 2>&1
    grep -q 'unknown code-changed' out
}

FROM='const word *from = load_;'
DATA='LOOP(data_, data_end_)' FAST='LOOP(fast_, fast_end_)' LATE='LOOP(late_, late_end_)'
LENGTHS='const word n = data_end_ - data_, m = fast_end_ - fast_;
    for (word i = 0; i < n; i++) { ((volatile word *)data_)[i] = load_[i]; }
    for (word i = 0; i < m; i++) { ((volatile word *)fast_)[i] = load_[n + i]; }
    for (word i = 0; i < (word)(late_end_ - late_); i++) {
        ((volatile word *)late_)[i] = load_[n + m + i]; }'
STOPS='__asm volatile("msr control, %0" : : "r"(16))'

# The run stops before the copies.
stop=$STOPS
for at in 0 0x1fff0000; do
    says '' "$FROM $DATA $FAST $LATE" $at
    says '' 'copy(late_, late_end_,
        copy(fast_, fast_end_, copy(data_, data_end_, load_)));' $at
    says '' "$FROM for (int i = 0; i < 6; i += 2) {
        from = copy(list[i], list[i + 1], from); }" $at
    says '' "$LENGTHS" $at
    says 'no-copy halt no-copy more' "$FROM $DATA" $at
    says 'no-copy more' "$FROM $DATA $FAST" $at
    says 'no-copy halt no-copy more' "$FROM $DATA LOOP(fast_, fast_part_) $LATE" $at
    says 'no-copy more' "$FROM $DATA $FAST LOOP(late_, late_part_)" $at
done
# Where it goes on is known elsewhere; in memory at 0 that says nothing.
AWAY='third(second(copy(data_, data_end_, load_)));'
says 'copy-unknown halt copy-unknown more' "$AWAY" 0x1fff0000
# The pointer does not come to where the section is.
says 'copy-unknown halt copy-unknown more' "$FROM $DATA $FAST $LATE" 0x1fff0000 8

# The run sees them.
stop=';'
says '' "$AWAY" 0x1fff0000
says 'no-copy halt no-copy more' "$FROM $DATA"
# From another place, or to one; and it stops behind that.
changes "const word *from = load_ + 1; $DATA" ||
    complain "a copy from behind the load image: $(cat out)"
changes "$FROM LOOP(data_ + 2, data_end_)" ||
    complain "a copy to behind the section: $(cat out)"
! changes "$FROM $DATA" || complain "a copy that is right: $(cat out)"
finish
