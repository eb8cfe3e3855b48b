#!/usr/bin/env bash
# The waveforms of a run show its suspensions, and the report counts as many.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

sim_app 0 irq_latency --expect "passed, 0 failed" \
    --vcd "$scratch/waves.vcd" --json="$scratch/report.json"
code_of() {
    sed -n "s/^\$var [a-z]* [0-9]* \([^ ]*\) $1 \$end\$/\1/p" \
        "$scratch/waves.vcd"
}
for name in window_readable outage chip_erases chip_programs chip_suspended \
        chip_operation chip_address function SysTick SysTick_pending; do
    [ -n "$(code_of $name)" ] || fail "the waveforms have no $name"
done
rises=$(grep -cxF "1$(code_of chip_suspended)" "$scratch/waves.vcd")
counted=$(json "$scratch/report.json" suspensions)
[ "$rises" -gt 20 ] || fail "only $rises suspensions in the waveforms"
[ "$rises" -eq "$counted" ] ||
    fail "$rises suspensions in the waveforms, $counted in the report"
# Operations and functions as text, the address of the erases as bits.
grep -qxF "serase $(code_of chip_operation)" "$scratch/waves.vcd" ||
    fail "no operation is an erase"
grep -qxF "b00000000000100000000000000000000 $(code_of chip_address)" \
    "$scratch/waves.vcd" || fail "no operation is at 1M"
grep -qxF "sSysTick_Handler $(code_of function)" "$scratch/waves.vcd" ||
    fail "the handler of SysTick never runs"
# Time goes on, also where a pending interrupt was told late.
awk -F'#' '/^#/ { if ($2 + 0 < last) exit 1; last = $2 + 0 }' \
    "$scratch/waves.vcd" || fail "time runs back"

# The view for GTKWave: made once, left alone then; none for a pipe.
grep -qx 'flash.chip_address\[31:0\]' "$scratch/waves.gtkw" || fail "no view"
echo mine >"$scratch/waves.gtkw"
sim 0 --internal "$firmware/boot.elf" --time-limit 1ms \
    --vcd "$scratch/waves.vcd"
[ "$(cat "$scratch/waves.gtkw")" = mine ] || fail "the user's view is gone"
sim 0 --internal "$firmware/boot.elf" --time-limit 1ms --vcd /dev/null

# A place that cannot be written.
status=0
"$xipsafe" sim --internal "$firmware/boot.elf" --vcd /nonexistent/waves.vcd \
    >"$scratch/out" 2>"$scratch/err" || status=$?
[ $status -eq 2 ] || fail "exit status $status with a bad --vcd"
reported "cannot write /nonexistent/waves.vcd"
