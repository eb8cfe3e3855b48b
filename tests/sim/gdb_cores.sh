#!/usr/bin/env bash
# The real gdb sees the registers that each core has, reads and changes them.
# command: optimised
# shellcheck disable=SC2016 # $1 is a value of gdb
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/gdb.bash
. "$(dirname "$0")/../gdb.bash"
cd "$scratch" || exit 2

printf '%s\n' 'name arch' 'internal 512K' 'ram 0x20000000 96K' \
    'part w25q128jv' >arch.board
sed "s/FLASH_ADDR/0x08000000/; s/RAM_ADDR/0x20000000/" \
    "$tests/sim/arch/arch.ld" >arch.ld

# session CORE FLAGS... <COMMANDS
session() {
    local core=$1
    shift
    arm-none-eabi-gcc -mthumb -mcpu="$core" "$@" -masm-syntax-unified -O1 -g \
        -ffreestanding -nostdlib -Wall -Werror -T arch.ld \
        "$tests/sim/arch/registers.c" -o "$core.elf" || fail "$core does not link"
    {
        printf '%s\n' 'tbreak ready' continue 'info registers'
        cat
        echo kill
    } | gdb_of "$scratch/$core.elf" --core "$core" --board-file arch.board \
        --internal "$core.elf" --time-limit 1s
}

# has, lacks NAME...: of `info registers`
has() {
    local name
    for name; do
        grep -q "^$name  *0x" "$scratch/out" || complain "$core has no $name"
    done
}
lacks() {
    local name
    for name; do
        ! grep -q "^$name  *" "$scratch/out" || complain "$core has $name"
    done
}

core=cortex-m0plus
session $core <<'END'
print $psp
print $d8
print $basepri
set var $primask = 0
set var $r5 = 77
stepi
print $primask * 1000 + $r5
END
has r0 r12 sp lr pc xpsr msp psp primask control
lacks basepri faultmask fpscr msplim psplim
printed '$1 = (void *) 0x20000800'
printed '$2 = void'
printed '$3 = void'
printed '$4 = 77'

core=cortex-m4
session $core -mfloat-abi=softfp -mfpu=fpv4-sp-d16 <<'END'
print $d8
print $s17
print $basepri
set var $s17 = 2.0
stepi
print $d8
END
has r0 xpsr fpscr msp psp primask basepri faultmask control
lacks msplim psplim
printed '$1 = 1'
printed '$2 = 1.875'
printed '$3 = 64'
printed '$4 = 2'

core=cortex-m7
session $core -mfloat-abi=softfp -mfpu=fpv5-d16 <<'END'
print $d9
set var $d9 = 0.1
stepi
print $d9
END
has r0 xpsr fpscr msp psp primask basepri faultmask control
lacks msplim psplim
printed '$1 = 2'
printed '$2 = 0.1'

core=cortex-m33
session $core -mfloat-abi=softfp -mfpu=fpv5-sp-d16 <<'END'
print $msplim
print $psplim
set var $psplim = 0x20000307
stepi
print $psplim
print $d8
END
has r0 xpsr fpscr msp psp primask basepri faultmask control msplim psplim
printed '$1 = (void *) 0x20000100'
printed '$2 = (void *) 0x20000180'
printed '$3 = (void *) 0x20000300'
printed '$4 = 1'
finish
