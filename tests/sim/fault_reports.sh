#!/usr/bin/env bash
# command: optimised
# A firmware that ends in a fault, a lockup or a loop of resets is not good; one
# that waits for ever is reported with what it waits for.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# put HEX...: words of 16 bits, as in the listings.
put() {
    local word
    for word in "$@"; do
        printf '%b' "\\x${word:2:2}\\x${word:0:2}"
    done
}

# image NAME HEX...: a program in internal flash, of at most 16 halfwords at 40h;
# all its handlers are a branch to itself at 60h.
image() {
    local name=$1 i
    shift
    {
        put 8000 2000 0041 0800
        for ((i = 2; i < 16; i++)); do
            put 0061 0800
        done
        put "$@"
        for ((i = $#; i < 16; i++)); do
            put BF00 # nop
        done
        put E7FE
    } >"$scratch/$name.bin"
}

# run STATUS NAME ARGUMENTS...
run() {
    local status=$1 name=$2
    shift 2
    sim "$status" --internal "$scratch/$name.bin" --uart out \
        --time-limit 3s "$@"
}

# ldr r3, =0x80000000; ldr r3, [r3]
image wild 4B01 681B E7FE BF00 0000 8000
run 1 wild --json="$scratch/wild.json"
reported "FAULT HardFault"
reported "touched 0x80000000, where there is no memory and no register"
reported "code 0x08000042 ldr r3, \[r3, #0\]"
reported "CFSR 0x00008200, HFSR 0x40000000: PRECISERR BFARVALID FORCED"
reported "r3 80000000 .* pc 08000042"
reported "the run ended in the handler of a fault"
grep -q '"ended_run": true' "$scratch/wild.json" || fail "not in the report"
# It was meant to.
run 0 wild --expect-fault hardfault
run 0 wild --expect-fault preciserr
run 1 wild --expect-fault usagefault
reported "no fault usagefault came"
run 2 wild --expect-fault oops
reported "expect-fault"
run 1 wild --expect-violation window-read
reported "no violation of window-read came first"

# bkpt
image break BE00 E7FE
run 1 break
reported "executed BKPT without a debugger"
reported "HFSR 0x80000000: DEBUGEVT"

# ldr r0, =0x20000002; bx r0
image even 4801 4700 E7FE BF00 0002 2000
run 1 even
reported "jumped to 0x20000002 with bit 0 clear"

# ldr r0, =0x08010001; blx r0: flash that nobody has programmed
image erased 4801 4780 E7FE BF00 0001 0801
run 1 erased
reported "executed erased flash at 0x08010000 \(LR 0x08000045"
reported "where 0x08010000 \(no ELF has code there\)"
reported "nothing is programmed there: erased flash reads FFFFFFFF"

# ldr r0, =ICSR; ldr r1, =1 << 31 (NMIPENDSET) or 1 << 26 (PENDSTSET);
# str r1, [r0]; b .
image nmi 4802 4903 6001 E7FE BF00 BF00 ED04 E000 0000 8000
run 1 nmi
reported "note: at the end the handler of NMI has not returned for 3.000 s; it is at 0x08000060"
reported "the run ended in the handler of NMI \(time limit after 3.000 s\)"
image systick 4802 4903 6001 E7FE BF00 BF00 ED04 E000 0000 0400
run 0 systick
reported "the handler of SysTick has not returned for 3.000 s"

# movs r0, #0; mvns r0, r0; mov sp, r0; bx r0
image blank 2000 43C0 4685 4700
run 1 blank
reported "FAULT HardFault"
reported "the vectors are blank \(erased flash\)"

# ldr r0, =VTOR; ldr r1, =0x30000000; str r1, [r0]; udf
image no_vector 4802 4903 6001 DE00 BF00 BF00 ED08 E000 0000 3000
run 1 no_vector
reported "VIOLATION lockup"
reported "executed an undefined instruction; then the CPU locked up: "
[ "$(grep -cE "^(VIOLATION|FAULT) " "$scratch/err")" = 1 ] ||
    fail "the lockup is reported twice"
run 0 no_vector --expect-fault lockup

# ldr r0, =IWDG; movw r1, #0xCCCC; str r1, [r0]; b .
image watchdog 4802 F64C 41CC 6001 E7FE BF00 3000 4000
run 1 watchdog
reported "reset by the watchdog at 0x08000048"
reported "[0-9]+ resets by the watchdog .* goes on resetting itself"

# The first program, with a handler that resets: ldr r0, =AIRCR; ldr r1,
# =0x05FA0004; str r1, [r0]; b .
image resets 4B01 681B E7FE BF00 0000 8000 \
    BF00 BF00 BF00 BF00 BF00 BF00 BF00 BF00 BF00 BF00 \
    4801 4902 6001 E7FE ED0C E000 0004 05FA
run 1 resets --time-limit 1ms
reported "reset by the handler of a fault at 0x08000066"
reported "resets by the watchdog or from the handler of a fault"
reported "FAULT HardFault"
reported "touched 0x80000000"

# The same reset without a fault: ldr r0, =AIRCR; ldr r1, =0x05FA0004; str.
image asks 4801 4902 6001 E7FE ED0C E000 0004 05FA
run 1 asks --time-limit 1ms
reported "[0-9,]+ resets by software .*, the last one at 0x0800004[46]: the firmware goes on resetting itself"

# cpsid i; SysTick with its interrupt; b .
image masked B672 4803 21FF 6041 2107 6001 E7FE BF00 E010 E000
run 0 masked
reported "SysTick has waited for [0-9.]+ s: PRIMASK masks it, set at 0x08000040"
run 1 masked --expect "never"
reported "at the end the core executes 0x0800004c"

reported "SysTick lost [0-9,]+ ticks, .* its interrupt was still pending; the mask"
run 1 masked --expect "never" --json="$scratch/masked.json"
[ "$(json "$scratch/masked.json" ticks_lost)" -gt 10000 ] ||
    fail "ticks_lost is not in the report"
[ "$(json "$scratch/masked.json" primask)" = 1 ] || fail "at_end: primask"
[ "$(json "$scratch/masked.json" name)" = '"SysTick"' ] || fail "at_end: pending"

# The same without the mask and with an even vector for SysTick.
image even_vector BF00 4803 21FF 6041 2107 6001 E7FE BF00 E010 E000
printf '\x60' | dd of="$scratch/even_vector.bin" bs=1 seek=60 conv=notrunc \
    status=none
run 1 even_vector
reported "took SysTick, whose vector 0x08000060 is even"

# And with a blank one.
image blank_vector BF00 4803 21FF 6041 2107 6001 E7FE BF00 E010 E000
printf '\xff\xff\xff\xff' | dd of="$scratch/blank_vector.bin" bs=1 seek=60 \
    conv=notrunc status=none
run 1 blank_vector
reported "took SysTick, whose vector 0xffffffff is blank"

# A violation that is meant, and one that is not.
sim_app 0 naive --expect-violation window-fetch
sim_app 1 naive --expect-violation window-read
reported "VIOLATION window-fetch"

# SVC sets PendSV pending, whose handler is in the window, which was never
# opened: taken as SVC returns. The stack begins with the code behind both.
{
    put 8000 2000 0041 0800
    for vector in 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        case $vector in
        11) put 0049 0800 ;;
        14) put 0001 9000 ;;
        *) put 0061 0800 ;;
        esac
    done
    put DF00 E7FE BF00 BF00               # 40: svc #0; b .
    put 4802 2101 0709 6001 4770 BF00     # 48: ICSR = 1 << 28; bx lr
    put ED04 E000
} >"$scratch/chained.bin"
run 1 chained
reported "VIOLATION window-vector"
reported "where 0x08000042"

# ldr r0, =0x20000000; mov sp, r0; push {r0}
image no_stack 4801 4685 B401 E7FE 0000 2000
run 1 no_stack
reported "FAULT HardFault"
reported "ran out of stack: SP is 0x1ffffffc, where no RAM is"

# ldr r0, =DEMCR; ldr r1, =0x01000000 (TRCENA), str; ITM_TCR = ITM_TER = r1 | 1 =
# r2; wait for port 0, write to it; udf.
{
    put 8000 2000 0041 0800
    for vector in 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        put 0061 0800
    done
    put 4809 490A 6001 1C4A               # 40: DEMCR = r1; r2 = r1 + 1
    put 4809 6002 4809 6002               # 48: TCR = TER = r2
    put F04F 4060                         # 50: mov.w r0, #0xE0000000
    put 6803 2B00 D0FC                    # 54: ldr; cmp; beq
    put 7002 DE00 BF00 E7FE BF00          # 5A: strb; udf; 60: b .
    put BF00 BF00                         # 64
    put EDFC E000 0000 0100               # 68
    put 0E80 E000 0E00 E000               # 70
} >"$scratch/itm.bin"
run 1 itm
reported "ITM stimulus port 0 is written at pc 0x0800005a: no probe listens"
reported "executed an undefined instruction"

# movs r0, #1; msr CONTROL, r0; ldr r0, =VTOR; ldr r1, [r0]
image no_right 2001 F380 8814 4801 6801 E7FE ED08 E000
run 1 no_right
reported "touched the core's own register at 0xe000ed08 without the right to"
reported "a thread with CONTROL.nPRIV set"

# ldr r0, =DWT_CYCCNT, which was never switched on; ldr r1, [r0]; cmp; beq.
image standing 4802 6801 2900 D0FC E7FE BF00 1004 E000
run 0 standing
reported "has read DWT_CYCCNT .0xe0001004. .* gave 0x00000000: it counts with DEMCR.TRCENA"

# ldr r0, =0x20018000; mov sp, r0; pop {r1}: the end of RAM.
image underflow 4801 4685 BC02 E7FE 8000 2001
run 1 underflow
reported "read behind its stack: SP is 0x20018000, where RAM ends"
reported "more was popped than pushed"

# movs r0, #0; push {r0}; pop {pc}, and blx r0: a return to 0, and a call.
image returned 2000 B401 BD00 E7FE
run 1 returned
reported "jumped to address 0 \(LR 0xffffffff\)"
reported "a return address was overwritten on the stack"
image called 2000 4780 E7FE
run 1 called
reported "called a null pointer"

# movs r0, #2; mvns r0, r0; bx r0: FFFFFFFD in Thread mode.
image exc_return 2002 43C0 4700 E7FE
run 1 exc_return
reported "branched to the EXC_RETURN value 0xfffffffd in Thread mode"

# ldr r0, =SHCSR; ldr r1, =0x30070000; str r1, [r0]; mov sp, r1; svc #0; b .:
# the frame of the SVC has no place, and BusFault is enabled.
image derived 4802 4903 6001 468D DF00 E7FE ED24 E000 0000 3007
run 1 derived
reported "FAULT BusFault"
reported "could not push the frame of an exception"
reported "CFSR 0x00001000, HFSR 0x00000000: STKERR"
run 0 derived --expect-fault busfault
run 1 derived --expect-fault hardfault
# And without SHCSR: HardFault, and the lockup of its own frame.
image underived 4802 4903 BF00 468D DF00 E7FE ED24 E000 0000 3007
run 0 underived --expect-fault hardfault
run 0 underived --expect-fault forced

# ldr r0, =0x90000000; str r0, [r0]; b .
image store 4801 6000 E7FE BF00 0000 9000
run 1 store
reported "stored to 0x90000000 in the mapped flash, at 0x08000042"
reported "the window can only be read"

# BASEPRI = 0x10, which does not mask PendSV of priority 0: ICSR = 1 << 28.
image basepri 2010 F380 8811 4802 2101 0709 6001 E7FE ED04 E000
printf '\x01\x00\x00\x90' | dd of="$scratch/basepri.bin" bs=1 seek=56 \
    conv=notrunc status=none
run 1 basepri
reported "BASEPRI is 0x10, which does not mask its priority 0x00"

# ldr r0, =0x90000001; bx r0: never mapped.
image unmapped 4801 4700 E7FE BF00 0001 9000
run 1 unmapped
reported "map the window before anything in it is read or called"

# A vector table at an address whose low bits VTOR does not have; one that is
# not aligned to its own size: IRQ 16, enabled and pending.
image low_bits 4802 4903 6001 E7FE BF00 BF00 ED08 E000 0040 2000
run 0 low_bits
reported "VTOR is set to 0x20000040: .* from 0x20000000 on"
image unaligned 4804 4905 6001 4805 2101 0409 6001 F8C0 1100 E7FE \
    ED08 E000 0080 0800 E100 E000
run 1 unaligned
reported "VTOR is 0x08000080 and IRQ 16 is taken: .* aligned to 512 bytes"
reported "a chip may take 0x08000080 for the vector's address"

# It sleeps, and nothing will wake it; with PRIMASK set it may be meant.
image sleeps BF30 E7FD
run 0 sleeps
reported "the core sleeps at 0x0800004[02], and nothing that is set up will wake it"
image ends B672 BF30 E7FD
run 0 ends
! grep -q "will wake it" "$scratch/err" || fail "the end of a program is noted"

# SysTick with a period shorter than its handler: ldr r0, =SYST; movs r1, #1; str r1, [r0, #4]; movs r1, #7; str r1, [r0]; b .
image storm 4803 2101 6041 2107 6001 E7FE BF00 BF00 E010 E000
printf '\x70\x47' | dd of="$scratch/storm.bin" bs=1 seek=96 conv=notrunc \
    status=none # bx lr
run 0 storm
reported "nothing but handlers has run for [0-9.]+ s: [0-9,]+ were entered, the last one for SysTick"

# ldr r0, =RCC_CR; ldr r1, [r0]; b back: the value never changes.
image poll 4801 6801 E7FD BF00 1000 4002
run 0 poll
reported "the core at 0x0800004[24] has read RCC_CR \(0x40021000\) for [0-9.]+ s, which always gave 0x00000063"

# SCR.SLEEPDEEP; wfi
image deep 4802 2104 6001 BF30 E7FD BF00 ED10 E000
run 0 deep
reported "sleeps at pc 0x0800004[68] with SCR.SLEEPDEEP set: deep sleep is not modelled"
