#!/usr/bin/env bash
# The command line of `xipsafe check`: what it takes, what it refuses, what it
# returns, and where the reports go.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project

# firmware NAME SOURCE: NAME.elf and NAME.map
firmware() {
    { echo '#include "base.h"'; echo "$2"; } >"$1.c"
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
        -nostartfiles -T base.ld -Wl,--emit-relocs -Wl,-Map="$1.map" \
        -Wl,--no-warn-rwx-segments base.c "$1.c" -o "$1.elf" ||
        complain "$1 does not build"
}
firmware good 'RAM void subject(void) { u++; }'
firmware bad 'RAM void subject(void) { w = w / 10u; }'
firmware unknown 'void (*volatile hook)(void);
RAM void notify(void (*done)(void)) { done(); }
RAM void subject(void) { notify(hook); }'

xip="--xip 0x90000000:1M"

# run STATUS ARGUMENTS...: out and err
run() {
    local status=$1 got=0
    shift
    "$xipsafe" check "$@" >out 2>err || got=$?
    [ "$got" -eq "$status" ] ||
        complain "'$*': exit $got, not $status: $(cat err) $(head -n 3 out)"
}

# refuse TEXT ARGUMENTS...: exit 2, one line on stderr that holds TEXT, no other
refuse() {
    local text=$1
    shift
    run 2 "$@"
    [ "$(wc -l <err)" -eq 1 ] || complain "'$*': not one line: $(cat err)"
    grep -qF -- "$text" err || complain "'$*': no '$text' in: $(cat err)"
    [ ! -s out ] || complain "'$*': output besides the error: $(cat out)"
}

# has TEXT [FILE]
has() {
    grep -qF -- "$1" "${2:-out}" || complain "no '$1' in: $(cat "${2:-out}")"
}
has_not() {
    ! grep -qF -- "$1" "${2:-out}" || complain "'$1' in: $(cat "${2:-out}")"
}

### Help ###
run 0 --help
has 'Usage: xipsafe check'
has 'Example:'
has 'stm32l476g-disco'
has '0 is exception 16'
run 0 --rules
has 'tail-call'
has 'load-unknown (U9)'

### Exit codes ###
# shellcheck disable=SC2086
{
    run 0 good.elf $xip
    has 'PROVED  good.elf: 0 violations'
    has 'docs/CHECK.md'
    run 1 bad.elf $xip --map bad.map
    has 'VIOLATED  bad.elf'
    has '*libgcc.a:_aeabi_uldivmod.o(.text .text*)'
    has '  bad.c:2'
    grep -qE '^    code  0x200000[0-9a-f]{2}  bl 0x200000[0-9a-f]{2}$' out ||
        fail "no instruction: $(cat out)"
    run 3 unknown.elf $xip
    has 'UNKNOWN  unknown.elf'
    has 'targets notify'
    run 0 good.elf --board stm32l476g-disco
    run 0 good.elf --board nucleo-l476rg-w25q128
    printf 'window 0x08000000 1M\ninternal 0x00000000 512K\n' >own.board
    # Its window is another one: a mistake, as nothing else is known there.
    run 2 bad.elf --board-file own.board --map bad.map
    run 2 bad.elf --xip 0x08000000:1M --map bad.map
    refuse "--assume 'nothing' is not usable" good.elf --xip 0x90000000:1M \
        --assume nothing
}

### Notes ###
line=$(sed -n 's/^ *\(targets notify[^ ]*\) .*/\1 subject: set at start/p' \
    <("$xipsafe" check unknown.elf --xip 0x90000000:1M) | head -n 1)
echo "$line" >my.notes
run 0 unknown.elf --xip 0x90000000:1M --notes my.notes
has 'set at start'
# A rule by its word and by its first name.
for rule in call-unknown U1; do
    echo "allow $rule notify: nothing calls it in an outage" >allow.notes
    run 0 unknown.elf --xip 0x90000000:1M --notes allow.notes
    has 'nothing calls it in an outage'
done
echo 'allow U2 notify: another rule' >allow.notes
run 3 unknown.elf --xip 0x90000000:1M --notes allow.notes
echo 'const nothing_of_that_name: r' >>my.notes
run 0 unknown.elf --xip 0x90000000:1M --notes my.notes
has 'my.notes:2: const nothing_of_that_name; no image has nothing_of_that_name'
echo 'allow bogus subject: r' >bad.notes
refuse "bad.notes:1: there is no rule 'bogus'" good.elf --xip 0x90000000:1M \
    --notes bad.notes
refuse "'none.notes'" good.elf --xip 0x90000000:1M --notes none.notes

### Interrupts ###
# 15 is IRQ 15, which is exception 31, and not SysTick; the report names both.
firmware irqs 'RAM void tick(void) { u = 1; }
RAM void tim(void) { u = 2; }
RAM void isr(void) { u = 3; }
extern uint32_t _estack[];
__attribute__((section(".data.own"), used, aligned(256))) void *own_vectors[34] = {
    _estack, isr, isr, isr, isr, isr, isr, [11] = isr, isr,
    [14] = isr, tick, isr, isr, [31] = tim, isr, isr};
RAM void subject(void) { u++; }'
# heads LIST LINE: the line of the head of the report
heads() {
    "$xipsafe" check irqs.elf --xip 0x90000000:1M --vectors own_vectors \
        --interrupts "$1" --json=irqs.json --sarif=irqs.sarif >out 2>err
    grep -qxF -- "  interrupts $2" out || complain "$1: no '$2' in: $(cat out)"
}
heads 15 'IRQ 15: tim'
heads irq15 'IRQ 15: tim'
heads none 'none; NMI and faults count'
heads 18 'IRQ 18: no handler known'
has 'none for exception 34 (IRQ 18), which'
heads systick,0-1,15-IRQ17 \
    'SysTick: tick; IRQ 0 to 1: isr; IRQ 15: tim; IRQ 16 to 17: isr'
for report in irqs.json irqs.sarif; do
    has '"SysTick: tick",' $report
    has '"IRQ 16 to 17: isr"' $report
done
run 0 good.elf --xip 0x90000000:1M
has_not '  interrupts'

### Many findings ###
# One function that three call, and a table whose vectors lead into flash; base.c
# sets VTOR to another one.
firmware many '__attribute__((noinline)) void far_one(void) { u = 1; }
__attribute__((noinline)) void far_two(void) { u = 2; }
RAM void call_a(void) { far_one(); u = 3; }
RAM void call_b(void) { far_one(); u = 4; }
RAM void call_c(void) { far_one(); u = 5; far_two(); u = 6; }
extern uint32_t _estack[];
__attribute__((section(".data.own"), used, aligned(128)))
void *own_vectors[16] = {_estack, far_one, far_one, far_two, far_one, far_two,
    far_one, 0, 0, 0, 0, far_two, far_one, 0, far_two, far_one};
RAM void subject(void) { call_a(); call_b(); call_c(); }'
run 1 many.elf --xip 0x90000000:1M --vectors own_vectors
[ "$(grep -c 'violation call  far_one' out)" = 1 ] ||
    complain "far_one is not one finding: $(cat out)"
grep -qE '    also  0x200[0-9a-f]* +call_b  many.c:5  XC-' out ||
    complain "no call_b: $(cat out)"
[ "$(grep -c 'violation vector ' out)" = 1 ] ||
    complain "vectors are not one finding: $(cat out)"
has 'Findings by rule and target'
grep -qE '^ +3  violation  call +far_one$' out || complain "sum: $(cat out)"
run 1 many.elf --xip 0x90000000:1M --vectors own_vectors --limit 1
[ "$(grep -c '^  violation' out)" = 1 ] || complain "--limit: $(cat out)"
has '3 more (--limit)'
refuse "--limit 'x'" many.elf --xip 0x90000000:1M --limit x
run 1 many.elf --xip 0x90000000:1M --vectors own_vectors --json
[ "$(grep -c '"id": "XC-' out)" = 7 ] || complain "JSON has all: $(cat out)"

### Names of C++ ###
cat >plus.cc <<'END'
extern "C" {
#include "base.h"
}
namespace drv {
__attribute__((noinline)) void wait(int n) { u = n; }
}
extern "C" RAM void subject(void) { drv::wait(3); u++; }
END
if arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -Os -g -fno-exceptions \
    -c plus.cc 2>err && arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g \
    --specs=nano.specs -nostartfiles -T base.ld \
    -Wl,--no-warn-rwx-segments base.c plus.o -o plus.elf; then
    run 1 plus.elf --xip 0x90000000:1M
    has 'violation call  drv::wait(int) at '
    has 'calls drv::wait(int) in flash'
else
    complain "no C++: $(cat err)"
fi

### Reports ###
run 1 bad.elf --xip 0x90000000:1M --json
has '"verdict": "violated"'
has_not 'VIOLATED'
run 1 bad.elf --xip 0x90000000:1M --json=check.json --sarif=check.sarif
has 'VIOLATED'
has '"format": "xipsafe-check"' check.json
has '"version": "2.1.0"' check.sarif
has '"uri": "bad.c"' check.sarif
run 1 bad.elf --xip 0x90000000:1M --sarif
has '"version": "2.1.0"'
refuse "/no/such/file: " bad.elf --xip 0x90000000:1M --json=/no/such/file
run 2 bad.elf --xip 0x90000000:1M --json=/dev/full
has 'No space left' err
run 1 bad.elf --xip 0x90000000:1M --map bad.map --advise
has '0x2000'
has 'tbreak'
has '*libgcc.a:_aeabi_uldivmod.o(.text .text*) /* __aeabi_uldivmod */'
has 'EXCLUDE_FILE(*libgcc.a:_aeabi_uldivmod.o'
has '/DISCARD/ : { *(.ARM.exidx* .ARM.extab*) }'
run 1 bad.elf --xip 0x90000000:1M --with good.elf --advise
has 'add-symbol-file good.elf'
run 0 good.elf --xip 0x90000000:1M --verbose
has 'Roots and their stack'
has 'subject'

### Colour ###
run 0 good.elf --xip 0x90000000:1M
has_not $'\033'
run 0 good.elf --xip 0x90000000:1M --colour=always
has $'\033[1;32mPROVED'
NO_COLOR=1 run 0 good.elf --xip 0x90000000:1M --color auto
has_not $'\033'

### What is refused ###
refuse 'no ELF given'
refuse 'no flash window given; name a board (--board NAME' good.elf
refuse "one ELF is judged; name what it calls by --with" good.elf bad.elf
refuse "'nix'" good.elf --board nix
refuse "0x90000000:16M, inside 32 bits" good.elf --xip 0x90000000
refuse 'lies in the XIP region 0x90000000' good.elf --xip 0x90000000:1M \
    --resident 0x900ff000:8K
refuse "from 'Tick' on" good.elf --xip 0x90000000:1M --interrupts 3,Tick
refuse "unknown option '--jsom'" good.elf --jsom
refuse '--xip needs a value' good.elf --xip
refuse "'sometimes' is not usable; give auto, always or never" good.elf --colour sometimes
refuse 'both on standard output' good.elf --xip 0:1 --json --sarif
refuse '--advise is text' good.elf --xip 0:1 --json --advise
refuse 'missing.elf' missing.elf --xip 0x90000000:1M
refuse 'good.c' good.c --xip 0x90000000:1M
refuse 'missing.map' good.elf --map missing.map --xip 0x90000000:1M
refuse 'this ELF has a map already' good.elf --map a --map b --xip 0:1
refuse 'nosuch' good.elf --xip 0x90000000:1M --vectors nosuch
refuse 'no table can begin there' good.elf --xip 0x90000000:1M \
    --vectors 0x20000201
refuse 'write --json=out.json' good.elf --xip 0x90000000:1M --json out.json
refuse 'write --sarif=out.sarif' good.elf --xip 0x90000000:1M --sarif out.sarif
refuse 'at most 8' good.elf --with a --with b --with c --with d --with e \
    --with f --with g --with h
nine=''
for i in 0 1 2 3 4 5 6 7 8; do nine="$nine --xip 0x${i}0000000:1K"; done
# shellcheck disable=SC2086
refuse 'at most 8' good.elf $nine

finish
