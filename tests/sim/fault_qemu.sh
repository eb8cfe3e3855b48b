#!/usr/bin/env bash
# command: optimised
# The fault recorder on other cores, of the simulator and of QEMU, whose cores
# nobody here wrote: Armv6-M (micro:bit), Armv8-M (AN505, with a stack limit,
# too), and Armv7-M once more (AN386). Code without .debug_frame is unwound by
# .ARM.exidx.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch"
room=$tests/../xipsafe

# build NAME CPU FLASH RAM FLAGS...
build() {
    local name=$1 cpu=$2
    sed "s/FLASH_ADDR/$3/; s/RAM_ADDR/$4/" "$tests/sim/arch/fault.ld" >"$name.ld"
    shift 4
    arm-none-eabi-gcc "-mcpu=$cpu" -mthumb -Os -g -std=gnu11 -ffreestanding \
        -nostdlib -Wall -Wl,--build-id -I "$room/include" -T "$name.ld" \
        "$tests/sim/arch/fault.c" "$room/fault/xip_fault.c" \
        "$room/fault/xip_fault_record.c" -o "$name.elf" "$@" ||
        fail "$name does not link"
}

# run NAME MACHINE
run() {
    qemu "$2" "$1.elf" 'that was all' >"$1.log"
}

# here NAME CORE: the simulator.
here() {
    sim 0 --core "$2" --board-file here.board --internal "$1.elf" --uart out \
        --baud 250000 --time-limit 10s --expect 'that was all'
    mv out "$1.log"
}
printf '%s\n' 'name here' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >here.board

# decoded NAME REGEX...
decoded() {
    local name=$1 regex
    shift
    "$xipsafe" crash "$name.log" "$name.elf" >out 2>err || fail "$name"
    for regex in "$@"; do
        tr -s ' \n' '  ' <out | grep -qE -- "$regex" ||
            fail "$name: not said: $regex"
    done
}

build v6m cortex-m0 0 0x20000000 -DMICROBIT \
    -DXIP_CFG_FAULT_RAM_BYTES=0x4000u
build v6m_here cortex-m0 0x08000000 0x20000000 -DHERE \
    -DXIP_CFG_FAULT_RAM_BYTES=0x4000u
run v6m microbit
here v6m_here cortex-m0plus
for name in v6m v6m_here; do
    decoded $name 'CRASH HardFault what the firmware caused a HardFault' \
        'harmless.*\[exact\].* jump .*fault\.c:[0-9]*\) \[dwarf\].* run ' \
        'cause register 0x12345678'
done

build v7m cortex-m4 0 0x20000000 -DUART=0x40004000
run v7m mps2-an386
decoded v7m 'branched to harmless at the even address .*, called from jump'

build v8m cortex-m33 0x10000000 0x38000000 -DUART=0x50200000
build v8m_here cortex-m33 0x08000000 0x20000000 -DHERE
run v8m mps2-an505
here v8m_here cortex-m33
for name in v8m v8m_here; do
    decoded $name 'branched to harmless at the even address .*, called from' \
        'SFSR 00000000' 'MSPLIM 00000000'
done

build limit cortex-m33 0x10000000 0x38000000 -DUART=0x50200000 -DLIMIT
build limit_here cortex-m33 0x08000000 0x20000000 -DHERE -DLIMIT
run limit mps2-an505
here limit_here cortex-m33
for name in limit limit_here; do
    decoded $name 'the stack overflowed: PSP was 0x[23][08][0-9a-f]*' \
        'STKOF +SP went below its limit' 'deep .*\[guess, possible\]'
done

# A stack of the other security state is not read, and the report says so.
build other cortex-m33 0x10000000 0x38000000 -DUART=0x50200000 -DOTHER_STATE
run other mps2-an505
decoded other 'what Non-secure code faulted, and the recorder, which is Secure, does' \
    'pc unknown .*EXC_RETURN ffffffbd'
grep -qE '^  (stack|where)' out && fail "calls of another state: $(cat out)"

# The same without call frame information.
build plain cortex-m4 0 0x20000000 -DUART=0x40004000 -g0 -funwind-tables \
    -Wl,--defsym=__aeabi_unwind_cpp_pr0=0 -Wl,--defsym=__aeabi_unwind_cpp_pr1=0
run plain mps2-an386
decoded plain 'harmless.*\[exact\].* jump \[exidx, likely\].* run '
# A section for each function: ld leaves out an entry that says the same as the
# one before it.
build merged cortex-m4 0 0x20000000 -DUART=0x40004000 -g0 -funwind-tables \
    -DMERGED -ffunction-sections -Wl,--sort-section=name \
    -Wl,--defsym=__aeabi_unwind_cpp_pr0=0 -Wl,--defsym=__aeabi_unwind_cpp_pr1=0
run merged mps2-an386
decoded merged 'jump \[exidx, likely\].* run \[exidx, likely\]'
finish
