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
        SysTick; do
    [ -n "$(code_of $name)" ] || fail "the waveforms have no $name"
done
rises=$(grep -cxF "1$(code_of chip_suspended)" "$scratch/waves.vcd")
counted=$(json "$scratch/report.json" suspensions)
[ "$rises" -gt 20 ] || fail "only $rises suspensions in the waveforms"
[ "$rises" -eq "$counted" ] ||
    fail "$rises suspensions in the waveforms, $counted in the report"

# A place that cannot be written.
status=0
"$xipsafe" sim --internal "$firmware/boot.elf" --vcd /nonexistent/waves.vcd \
    >"$scratch/out" 2>"$scratch/err" || status=$?
[ $status -eq 2 ] || fail "exit status $status with a bad --vcd"
reported "cannot write /nonexistent/waves.vcd"
