#!/usr/bin/env bash
# command: optimised
# A firmware that faults in each of its ways (tests/firmware/crash): the decoder
# names cause and line. Where no handler can run there is no record, and the
# simulator's own report has them. docs/FAULTS.md lists all ways.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
source=$tests/firmware/crash
elf=$firmware/crash.elf
cases=$(sed -n '/^#define CASES/,/^$/s/X(\([a-z_]*\))/\n\1\n/gp' \
    "$source/cases.h" | grep -x '[a-z_]*' | grep .)
seen=

# run NAME OPTIONS...: NAME.log has what the device printed.
run() {
    local name=$1 n
    shift
    n=$(grep -nxF "$name" <<<"$cases" | cut -d : -f 1)
    seen="$seen $name"
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" \
        --load "$firmware/crash.img@0" --symbols "$elf" \
        --on-violation fault --set "0x4FFF0000=$((n - 1))" "$@" \
        >"$name.log" 2>"$name.err" || true
}

# line_of NAME: "cases.c:12" of `// AT NAME`.
line_of() {
    (cd "$source" && grep -nE "// AT $1\$" ./*.c) | sed 's|^\./\(.*\):\([0-9]*\):.*|\1:\2|'
}

# decode NAME VERDICT REGEX OPTIONS...: the report is in NAME.txt.
decode() {
    local name=$1 verdict=$2 regex=$3
    shift 3
    run "$name" --expect 'xipfault end' --time-limit 20s "$@"
    if ! "$xipsafe" crash "$name.log" "$elf" "$firmware/boot.elf" \
        --json=crash.json >"$name.txt" 2>"$name.crash"; then
        complain "$name: $(cat "$name.crash")"
        return
    fi
    [ "$(json crash.json verdict)" = "\"$verdict\"" ] ||
        complain "$name: verdict $(json crash.json verdict), not $verdict"
    tr -s ' \n' '  ' <"$name.txt" | grep -qE "$regex" ||
        complain "$name: not said: $regex: $(head -n 12 "$name.txt")"
    same_words "$name"
}

# same_words NAME: what the simulator said of the fault is what the decoder says
# of its record.
same_words() {
    local note what
    note=$(sed -nE 's/.*note: [A-Za-z]+Fault at .*: the firmware/the firmware/p;
        s/.*note: MemManage at .*: the firmware/the firmware/p' "$1.err" |
        head -n 1)
    what=$(tr -s ' \n' '  ' <"$1.txt" | sed -E 's/.* what (.*) where .*/\1/')
    case "$1" in
    # What only one of them knows: the address of a late store, the contents of
    # the RAM, the names in a record's strings, the stack before the overflow.
    wild_store | not_copied | overwritten | unprivileged | stack_guard) ;;
    stack_below | stack_overflow | blank_image) ;;
    *)
        # Only the simulator knows that the window was closed without an outage
        # of the library.
        case $what in
        *', which did not answer'*)
            note=${note/ while it could not be read/, which did not answer}
            ;;
        esac
        [ -z "$note" ] || [ "$note" = "${what%%\ why *}" ] ||
            complain "$1: the simulator: $note; the decoder: $what"
        ;;
    esac
}

# line NAME VERDICT REGEX OPTIONS...: the line is on the call stack, too.
line() {
    decode "$@"
    grep -qF "$(line_of "$1"))" "$1.txt" ||
        complain "$1: $(line_of "$1") is not named: $(cat "$1.txt")"
}

# simulated NAME REGEX: no handler runs.
simulated() {
    run "$1" --time-limit 2s
    ! grep -q xipfault "$1.log" || complain "$1: there is a record"
    tr -s ' \n' '  ' <"$1.err" | grep -qE "$2" ||
        complain "$1: not reported: $2: $(head -n 30 "$1.err")"
}

### The core ###

line even even-address 'branched to harmless at the even address .* from jump'
line null_call null-call 'called a null pointer, in case_null_call'
line wild_read fault 'touched 0x30000000, where there is no memory'
line wild_store fault 'stored to an address where nothing can be written'
line unaligned fault 'unaligned access where none is allowed'
line divide fault 'divided by 0.* cause register 0x14000600: pin, software'
line undefined fault 'executed an undefined instruction'
line breakpoint fault 'executed BKPT without a debugger'
line svc_masked fault 'executed SVC where SVCall cannot interrupt .* PRIMASK'
line no_fpu fault 'used the FPU, which is off'
line bad_return fault 'returned from an exception with a wrong EXC_RETURN'
line smashed fault 'jumped to 0x61616160, where there is nothing to execute'
line jump_register fault 'jumped to 0x48000000, where there is nothing to exec'
line blank_vector fault 'took SysTick, whose vector 0xffffffff is blank'
line even_vector fault 'took SysTick, whose vector 0x[0-9a-f]* is even'
line in_handler fault 'touched 0x30000000.*\(exception taken here\).*tick_soon'
line on_psp fault 'touched 0x30000000'
line with_fp fault 's3 40200000 2.5 s31 c0400000 -3'
line twice fault '1 more fault came before this record was read'

### Stacks, the MPU, RAM code ###

# PC is lost: the overflow itself is told by SP.
decode stack_below stack 'the stack overflowed: MSP was 0x1fffff'
line stack_overflow stack \
    'PSP was 0x1fffff.., below the 512 bytes of first_stack .* where deeper .*, the last call on the stack'
line stack_guard stack 'PSP was 0x[0-9a-f]*, below the 512 bytes of stack '
line execute_never fault 'called resident_work .* may not be executed'
line read_only fault 'touched 0x[0-9a-f]*, which the MPU forbids'
line not_copied ram-code 'executed lost at .* not the code of the ELF'
line overwritten ram-code 'executed resident_work at .* not the code'
# The jump itself has left nothing on the stack.
decode blank_image blank-image \
    'jumped to an image that is not there.* where main .* the last call on the'
grep -q 'start .*startup.c:[0-9]*)  .guess' blank_image.txt ||
    complain "blank_image: no calls: $(cat blank_image.txt)"


### What the firmware itself says ###

line assertion panic 'stopped itself at .*cases.c:[0-9]*, in check'
line error_handler panic 'stopped itself at .*cases.c:[0-9]*, in Error_Handler'
line unprivileged panic 'stopped itself at .*, in case_unprivileged'
line assert_in_outage panic 'stopped itself .* an outage was open: erase at'

### The flash ###

line call_flash executed-flash \
    'executed in_flash from flash while it could not be read, called from calls_flash .* outage was open: erase at flash offset 0x100000'
line read_table read-flash \
    'read table at .* in flash while it could not be read, in reads_table'
line busy_return window-dead 'executed case_busy_return.* did not answer'
line re_init window-dead 'executed case_re_init.* did not answer' \
    --allow window-controller
line before_init window-read-dead 'read table.* did not answer, in too_early' \
    --allow window-controller

### No handler runs ###

simulated vector_in_flash \
    "window-vector.*took SysTick, whose vector is in the closed window.*$(line_of vector_in_flash | sed 's/outage.c:.*/outage.c/')"
simulated lockup "locked up.*$(line_of lockup)"
simulated watchdog_loop "reset by the watchdog at .*$(line_of watchdog_loop)"
simulated wait_masked "SysTick has waited .* PRIMASK masks it, set at .*$(line_of wait_masked)"
simulated boot_systick 'VTOR is that of another image'
run watchdog_outage --time-limit 2s
grep -q 'reset by the watchdog at .*the chip goes on with the erase' watchdog_outage.err ||
    complain "watchdog_outage: not reported"
"$xipsafe" crash watchdog_outage.log >out || complain "watchdog_outage"
tr -s ' \n' '  ' <out | grep -q 'a reset by watchdog ended an erase at flash offset 0x100000' ||
    complain "watchdog_outage: $(cat out)"

for name in $cases; do
    case "$seen none " in
    *" $name "*) ;;
    *) complain "$name is never run" ;;
    esac
    grep -q "\`$name\`" "$tests/../docs/FAULTS.md" ||
        [ "$name" = none ] || complain "$name is not in docs/FAULTS.md"
done

# A boot program with XIP_CFG_BOOT_FAULT prints it as well, for applications that
# never come so far.
number=$(grep -nxF divide <<<"$cases" | cut -d : -f 1)
"$xipsafe" sim --part w25q128jv --internal "$firmware/boot_fault.elf" \
    --load "$firmware/crash.img@0" --set "0x4FFF0000=$((number - 1))" \
    --expect 'case divide' --expect 'xipfault end' --expect 'boot: slot' \
    --time-limit 20s >boot.log 2>err || fail "boot_fault: $(cat boot.log err)"
sed -n '/reset by software/,$p' boot.log >out
not_printed 'crash: begin'
"$xipsafe" crash out "$elf" >flat || fail "of the boot program: $(cat out)"
grep -q 'divided by 0' flat || fail "of the boot program: $(cat flat)"

### The command ###

# The finding that foretold it.
"$xipsafe" check --board stm32l476g-disco "$elf" --interrupts none \
    --json=check.json >out || true
for name in call_flash read_table; do
    "$xipsafe" crash "$name.log" "$elf" --check check.json >out || fail "$name"
    # shellcheck disable=SC2016 # backquotes are in the text
    printed_like 'check +`xipsafe check` has it as XC-[0-9a-f]{8} \((call|load)\)'
done

# Another build, no build-id, a damaged line, a missing line, no record.
refused() {
    local status=0
    "$xipsafe" crash "$@" >out 2>err || status=$?
    [ $status = 1 ] || fail "status $status: xipsafe crash $*"
}
refused divide.log "$firmware/recorder.elf"
reported 'is of the build [0-9a-f]{40}, and .*recorder.elf of [0-9a-f]{40}'
"$xipsafe" crash divide.log "$firmware/recorder.elf" --force >out
printed 'doubtful: --force'
"$xipsafe" crash undefined.log "$firmware/boot.elf" --force >out
tr -s ' \n' '  ' <out >flat
grep -qE 'an undefined instruction at 0x9000[0-9a-f]*, where no ELF has code \(LR 0x9000' flat ||
    complain "code of no ELF: $(cat out)"
refused divide.log "$firmware/minimal.elf"
reported 'of none'
sed 's/^xipfault 0020: ......../xipfault 0020: 12345678/' divide.log >damaged.log
refused damaged.log "$elf"
reported 'damaged: its CRC'
"$xipsafe" crash damaged.log "$elf" --force >out
grep -v '^xipfault 0040' divide.log >damaged.log
refused damaged.log "$elf"
reported 'of its [0-9]* words are missing, the first one at 0x0040'
run none --time-limit 1s
refused none.log "$elf"
reported 'no record in it'
# A log with times in front of each line, and as the bytes of the memory.
sed 's/^/[12:00:00.123] /' divide.log >timed.log
"$xipsafe" crash timed.log "$elf" >out
printed 'divided by 0'
sed -n 's/\r//; s/^xipfault [0-9a-f]*: //p' divide.log | tr ' ' '\n' |
    sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/' | xxd -r -p >divide.bin
"$xipsafe" crash divide.bin "$elf" >out
printed 'divided by 0'

# The dumps of others, with the same contents: registers, stack, breadcrumb.
# le WORD...: as they lie in memory.
le() {
    local word
    for word; do
        printf '%s' "${word:6:2}${word:4:2}${word:2:2}${word:0:2}"
    done
}
# load NAME: the record of NAME: $words, $stack at $from, $crumb.
load() {
    # shellcheck disable=SC2207 # words
    words=($(sed -n 's/\r//; s/^xipfault [0-9a-f]*: //p' "$1.log"))
    bytes=$((0x${words[67]} & 0xFFFFFF))
    from=${words[68]}
    to=$(printf %08x $((0x$from + bytes)))
    stack=("${words[@]:69:bytes / 4}")
    crumb=("${words[@]:65:2}")
}
# lines PREFIX: standard input in lines of 16 bytes.
lines() {
    fold -w 32 | sed "s/^/$1/" && echo
}
load call_flash
{
    echo '[00:00:01.000] <err> coredump: #CD:BEGIN#'
    {
        printf '5a4502000300050000000000'
        printf '4102004400%s' "$(le "${words[@]:8:8}" "${words[7]}" \
            "${words[@]:19:8}")"
        printf '4d0100%s' "$(le "$from" "$to" "${stack[@]}")"
        printf '4d0100%s' "$(le 10000000 10000008 "${crumb[@]}")"
    } | lines '[00:00:01.000] <err> coredump: #CD:'
    echo '[00:00:01.000] <err> coredump: #CD:END#'
} >zephyr.log
refused zephyr.log "$elf"
reported 'Zephyr coredump has no build-id'
"$xipsafe" crash zephyr.log "$elf" --force >out
tr -s ' \n' '  ' <out >flat
grep -q 'executed in_flash from flash while it could not be read' flat ||
    fail "the dump of Zephyr: $(cat out)"
load read_table
{
    echo 'CRASH ENCOUNTERED'
    echo 63430300
    echo 00000000
    le "${words[@]:8:4}" "${words[@]:19:8}" "${words[12]}" "${words[7]}" \
        "${words[@]:13:3}" "${words[@]:28:2}" "${words[40]}" | lines ''
    le "$from" "$to" | lines ''
    le "${stack[@]}" | lines ''
    le 10000000 10000008 "${crumb[@]}" | lines ''
    le e000ed28 e000ed3c "${words[@]:51:5}" | lines ''
    echo 'End of dump'
} >catcher.log
"$xipsafe" crash catcher.log "$elf" --force >out || fail "CrashCatcher"
tr -s ' \n' '  ' <out >flat
grep -qE 'read table at .* in flash while it could not be read, in reads_table' \
    flat || fail "the dump of CrashCatcher"
grep -q '(exception taken here)' out || fail "the dump of CrashCatcher: stack"

# gdb opens the core: backtrace, locals, FP registers, xPSR, SCB.
"$xipsafe" crash with_fp.log "$elf" --core fp.core >out
"$xipsafe" crash in_handler.log "$elf" --core handler.core >out
if ! command -v gdb-multiarch >/dev/null; then
    echo "left out: gdb-multiarch is not installed"
    finish
fi
# shellcheck disable=SC2016 # gdb's
gdb-multiarch -q -nx -batch -ex bt -ex 'p/x $xpsr' -ex 'p $d1' \
    -ex 'p/x *(unsigned *)0xE000ED28' -ex 'frame function main' -ex 'p n' \
    "$elf" fp.core >out 2>err
printed_like '#0 .*use_fp .*cases.c:'
printed_like '#2 .*main .*main.c:'
printed_like '^.1 = 0x[0-9a-f]*1000000'
printed '2 = 8'
printed '3 = 0x8200'
printed_like '^.4 = [0-9]+'
gdb-multiarch -q -nx -batch -ex bt "$elf" handler.core >out 2>err
printed '<signal handler called>'
printed_like 'tick_soon'
finish
