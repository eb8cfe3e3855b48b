#!/usr/bin/env bash
# The real gdb on the simulator: what docs/DEBUGGING.md does not show.
# command: optimised
# shellcheck disable=SC2016 # $1 is a value of gdb
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/gdb.bash
. "$(dirname "$0")/../gdb.bash"

# said TEXT: the simulator, on its own output.
said() {
    grep -qF -- "$1" "$scratch/err" || fail "the simulator did not say: $1"
}

# times COUNT TEXT: so many lines of the MCU's output hold it.
times() {
    [ "$(grep -cF -- "$2" "$scratch/uart")" -eq "$1" ] ||
        fail "the MCU's output does not hold '$2' $1 times"
}

### The command of a report opens the debugger there ###

sim 1 --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/debugged.img@0" --symbols "$firmware/debugged.elf"
reported 'debug xipsafe sim --part w25q128jv .* --gdb 3333 --gdb-at [0-9]+'
at=$(sed -n 's/.*--gdb-at \([0-9]*\)$/\1/p' "$scratch/err")

gdb_session debugged --gdb-at "$at" <<'END'
bt
monitor time
break break_the_rule
reverse-continue
info registers pc xpsr msp primask
p $sp == $msp
continue
END
said 'VIOLATION window-fetch'
printed '#1  0x'
printed ' in break_the_rule () at '
printed 'Breakpoint 1, break_the_rule () at '
printed '$1 = 1'
printed 'Program received signal SIGSEGV'
times 1 'debugged: begin' # nothing is printed twice

### Steps and interrupts, both ways ###

gdb_session debugged <<'END'
tbreak SysTick_Handler
continue
up 2
set $interrupted = $pc
down 2
reverse-stepi 100
set $from = $pc
stepi 200
info symbol $pc
reverse-stepi 200
print $pc == $from
monitor interrupts into
tbreak SysTick_Handler
continue
reverse-stepi
info symbol $pc
stepi
info symbol $pc
bt
monitor interrupts over
finish
print $pc == $interrupted
reverse-stepi
info symbol $pc
END
printed '$1 = 1' # 200 instructions there and back, over an interrupt
[ "$(grep -c '^wait_for_ticks + .* in section .text' "$scratch/out")" -eq 3 ] ||
    fail "a step over an interrupt, or back out of one, is not in its thread"
printed 'SysTick_Handler in section .xip_ram' # a step into it
printed '<signal handler called>'
printed '$2 = 1' # its end leads to what it interrupted

### A change in the past ###

gdb_session debugged <<'END'
break count_tick
continue
continue
print ticks
reverse-continue
print ticks
set var ticks = 77
continue
print ticks
reverse-continue
reverse-continue
print ticks
delete
reverse-continue
reverse-stepi
tbreak main
continue
monitor power-cut
maintenance flush register-cache
maintenance flush dcache
print $pc == Reset_Handler
continue
monitor reset
maintenance flush register-cache
maintenance flush dcache
info threads
print $xpsr & 0x1ff
load
compare-sections .text
print /x *(unsigned *)0xE000ED00
set var $r5 = 5
print $r5
print $d0
monitor statistics
END
printed '$1 = 1'
printed '$2 = 0'
printed '$3 = 78'
said 'gdb changes the past'
printed 'The past was changed: what came behind is forgotten.'
printed 'No more reverse-execution history.'
said 'power cut at'
printed 'Section .text, range 0x'
printed ': matched.'
printed ' = 0x410fc241'
printed 'history: instructions 0 to '
times 2 'debugged: begin' # again after the power cut, and not for going back

### Back and forth in an update, and in what was typed ###

# there_and_back MILLIONS ARGUMENTS...: the MCU's text and the trace are those of
# a run without a debugger. The first way is to so many instructions.
there_and_back() {
    local far=$1
    shift
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" \
        --load "$v1_img@0" "$@" --trace "$scratch/plain.trace" \
        <"$input" >"$scratch/plain" 2>"$scratch/err" || true
    gdb_session self_update_v1 "$@" --trace "$scratch/gdb.trace" <<END
monitor goto ${far}000000
monitor goto $((far - 3))000000
monitor goto $((far + 2))000000
monitor goto 10000000
maintenance flush register-cache
maintenance flush dcache
continue
monitor goto $((far - 2))000000
monitor goto $((far - 1))000000
maintenance flush register-cache
maintenance flush dcache
continue
END
    [ "$(grep -c 'the --time-limit is reached' "$scratch/out")" -ge 2 ] ||
        fail "the time limit does not stop the run twice"
    same "$scratch/plain" "$scratch/uart"
    same "$scratch/plain.trace" "$scratch/gdb.trace"
    grep -q 'uart rx' "$scratch/gdb.trace" || fail "nothing was received"
}

there_and_back 44 --time-limit 5s --send "$v2_img" --expect 'never'
yes 'typed text' | head -c 30000 >"$scratch/typed" || true
input=$scratch/typed
there_and_back 30 --time-limit 2s --uart stdio
input=/dev/null

### A fault: before it, and into its handler ###

gdb_session debugged <<'END'
break ram_add
continue
set var *(unsigned short *)ram_add = 0xde00
delete
continue
bt
stepi
info symbol $pc
bt
reverse-stepi
info symbol $pc
END
printed 'FAULT ' # a breakpoint before the copy is hit after it
printed 'Breakpoint 1, ram_add (a='
printed 'Program received signal SIGILL'
printed 'Fault_Handler () at '
[ "$(grep -c '^ram_add in section' "$scratch/out")" -eq 1 ] ||
    fail "the way back from the handler is not to the instruction"

### Its machine interface, as an IDE uses it ###

gdb_session debugged <<'END'
interpreter-exec mi "-break-insert call_them"
interpreter-exec mi "-exec-continue"
interpreter-exec mi "-exec-next"
interpreter-exec mi "-exec-step-instruction --reverse"
interpreter-exec mi "-stack-list-frames"
interpreter-exec mi "-list-target-features"
END
printed '^done,features=['
printed '"reverse"'

### Waveforms of a run that went back and forth: as of one without a debugger ###

sim 1 --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/debugged.img@0" --symbols "$firmware/debugged.elf" \
    --vcd "$scratch/run.vcd"
gdb_session debugged --vcd "$scratch/past.vcd" <<'END'
tbreak wait_for_ticks
continue
reverse-stepi 300
tbreak SysTick_Handler
continue
reverse-continue
delete
continue
END
[ -s "$scratch/run.vcd" ] || fail "no waveforms"
same "$scratch/run.vcd" "$scratch/past.vcd"

### A record that cannot be taken back ###

gdb_session debugged --vcd "$scratch/waves.vcd" <<'END'
tbreak wait_for_ticks
continue
reverse-stepi
set var $r0 = 1
END
printed 'Could not write register'

### Commands for a board ###

gdb_session debugged <<'END'
source share/xipsafe.gdb
help user-defined
xip-check-copy xip_ram_start_ xip_ram_end_ xip_ram_load_
xip-after-copy main ram_add
continue
xip-check-copy xip_ram_start_ xip_ram_end_ xip_ram_load_
set var *(unsigned short *)ram_add = 0
xip-check-copy xip_ram_start_ xip_ram_end_ xip_ram_load_
reverse-stepi
delete
xip-into count_tick
xip-outage
xip-goto 10000000
xip-stepping-everywhere
show step-mode
END
printed 'xip-who-wrote -- '
printed 'Breakpoint 2, ram_add (a='
printed 'holds 0xdededede, the flash 0x'
printed 'RAM holds what the flash holds'
printed 'ram_add in section .xip_ram'
printed 'count_tick () at '
printed 'BASEPRI'
printed 'at instruction 10000000'
printed 'Mode of the step operation is on.'
finish
