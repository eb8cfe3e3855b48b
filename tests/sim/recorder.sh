#!/usr/bin/env bash
# command: optimised
# The fault recorder: at most 1 KB, no library call on any core, and a record
# that is there after the reset.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
room=$tests/../xipsafe/fault
for cpu in cortex-m0plus cortex-m3 cortex-m4 cortex-m7 cortex-m23 cortex-m33; do
    for level in O0 O2 Os; do
        arm-none-eabi-gcc -mcpu=$cpu -mthumb -$level -std=c11 \
            -Wall -Wextra -Werror \
            -DXIP_CFG_FAULT_RAM_BYTES=0x4000u \
            -I "$room/../include" -c -o $cpu.o "$room/xip_fault_record.c" ||
            fail "it does not compile for $cpu"
        ! arm-none-eabi-nm -u $cpu.o | grep -qv xip_breadcrumb_ ||
            fail "it calls $(arm-none-eabi-nm -u $cpu.o) with -$level on $cpu"
    done
done
if command -v clang >/dev/null; then
    for level in O0 O2 Os; do
        clang --target=thumbv7em-none-eabi -$level -std=c11 -ffreestanding \
            -Wall -Werror -I "$room/../include" -c -o clang.o \
            "$room/xip_fault_record.c" || fail "clang does not compile it"
        ! arm-none-eabi-nm -u clang.o | grep -qv xip_breadcrumb_ ||
            fail "it calls $(arm-none-eabi-nm -u clang.o) with clang -$level"
    done
fi
# A compiler of another language is refused, not miscompiled.
! arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -D__ICCARM__ -std=c11 \
    -I "$room/../include" -c -o iar.o "$room/xip_fault_record.c" 2>err ||
    fail "it compiles with __ICCARM__"
reported 'error "the fault recorder is GNU C'
bytes=$(arm-none-eabi-size -A cortex-m4.o |
    sed -n 's/^\.RamFunc[^ ]* *\([0-9]*\).*/\1/p')
[ "$bytes" -le 1024 ] || fail "the core has $bytes bytes, more than 1024"

# Alone, as docs/FAULTS.md has it: those files, those lines of a CubeMX script.
mkdir -p alone
while read -r file; do
    cp "$room/$file" alone/ 2>/dev/null || cp "$room/../include/$file" alone/
done < <(sed -n '/^1\. Copy/,/into the project/p' "$tests/../docs/FAULTS.md" |
    grep -o 'xip_[a-z_]*\.[ch]')
cat >alone/main.c <<'END'
#include <stddef.h>
#include "xip_fault.h"
static void put(void *ctx, char c) {
    (void)ctx;
    *(volatile unsigned *)0x40004428 = (unsigned char)c;
}
int main(void) {
    const struct xip_fault_record *record = xip_fault_begin(0);
    if (record != NULL) {
        xip_fault_print(record, put, NULL);
        xip_fault_clear();
    }
    XIP_ASSERT(record != NULL);
    return 0;
}
END
{
    echo 'ENTRY(main) MEMORY { RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 96K'
    echo 'FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 512K } SECTIONS {'
    echo '.text : { *(.text) *(.text*) *(.rodata) *(.rodata*) } > FLASH'
    sed -n '/^ *\.noinit (NOLOAD)/,/> FLASH/p' "$tests/../docs/FAULTS.md"
    echo '.data : { *(.data*) *(.RamFunc) *(.RamFunc*) } > RAM AT> FLASH'
    echo '.bss : { *(.bss) *(.bss*) *(COMMON) } > RAM }'
} >alone/cube.ld
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -Wall -Wextra -Werror \
    -ffunction-sections -Wl,--gc-sections -nostartfiles --specs=nano.specs \
    -Wl,--build-id,--no-warn-rwx-segments -T alone/cube.ld -I alone \
    -o alone.elf alone/*.c >out 2>err || fail "alone"
arm-none-eabi-nm alone.elf >out
for name in HardFault_Handler BusFault_Handler xip_fault_panic \
    xip_fault_record_; do
    printed_like "^2000[0-9a-f]{4} [A-Za-z] $name\$"
done
printed_like '^0800[0-9a-f]{4} [A-Za-z] xip_build_id_$'

sim_app 0 recorder --expect "passed, 0 failed"
printed "xipfault 0000: 544c4658"
printed "xipfault end"
not_printed "FAIL "

# A fault after the reset, before the record was read: the first one is kept.
sim 0 --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/crash.img@0" --time-limit 20s --set 0x4FFF0000=28
printed "xipfault 0000: 544c4658 14000600 00000001"
finish
