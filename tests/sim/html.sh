#!/usr/bin/env bash
# The page of a run says what its report says, loads nothing, and works in a
# browser 360 pixels wide. Without Chromium only its text is looked at; then
# the last line says so.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
browser=$(command -v chromium || command -v chromium-browser ||
    command -v google-chrome || true)
cd "$scratch"

# looks_good PAGE: one file, small enough, with data and without references.
looks_good() {
    local bytes
    bytes=$(stat -c %s "$1")
    [ "$bytes" -lt 5000000 ] || complain "$1: $bytes bytes"
    ! grep -iE 'https?://|src=|@import|url\(|@DATA@' "$1" >err ||
        complain "$1 refers to $(head -n 1 err)"
    grep -qx '</html>' "$1" || complain "$1 has no end"
    sed -n '/^const run =$/,/^\/\/\/ Data/p' "$1" >data
    ! grep -E '(^|[^a-z])-?(nan|inf|NaN)' data >err ||
        complain "$1 has no number in $(head -n 1 err)"
}

# row PAGE KIND: how many items a row of the page has.
row() {
    sed -n "s/^{\"kind\":\"$2\",.*\"count\":\([0-9]*\),.*/\1/p" "$1"
}

# open_page PAGE: what the page found out about itself, in PAGE.check.
open_page() {
    "$browser" --headless --no-sandbox --disable-gpu \
        --user-data-dir="$scratch/profile" --dump-dom "file://$scratch/$1#check=360" \
        >dom 2>browser.log || fail "$browser ends with $?"
    sed -n '/<pre id="check">/,/<\/pre>/p' dom | sed 's/<[^>]*>//g' >"$1.check"
    [ -s "$1.check" ] || fail "$1: its script did not come to its end"
}

# agrees PAGE REPORT KEY... : the page has the report's figure of the run.
agrees() {
    local page=$1 report=$2 key mine
    shift 2
    for key; do
        mine=$(sed -n '/^  "run": {/,/^  }/p' "$report" |
            sed -n "s/^ *\"$key\": \([^,]*\),*\$/\1/p" | head -n 1)
        [ "$(json "$page.check" "$key")" = "${mine:-?}" ] ||
            complain "$page: $key is $(json "$page.check" "$key"), not $mine"
    done
}

# An erase in slices, with interrupts above and below the ceiling.
sim_app 0 irq_latency --expect "passed, 0 failed" --html waits.html \
    --json=waits.report
looks_good waits.html
[ "$(row waits.html suspended)" = "$(json waits.report suspensions)" ] ||
    complain "suspensions: $(row waits.html suspended)"
# A firmware that is stopped, and a power cut.
sim_app 1 naive --html naive.html --json=naive.report --trace naive.trace
looks_good naive.html
[ "$(row naive.html violation)" = 1 ] || complain "no violation in the page"
grep -q ' violation window-fetch at pc 0x' naive.trace ||
    complain "no violation in the trace"
sim_app 0 irq_latency --power-cut 300ms --expect "passed, 0 failed" \
    --html cut.html --json=cut.report
looks_good cut.html
[ "$(row cut.html reset)" = 3 ] || complain "resets: $(row cut.html reset)"

# Whole or not at all.
echo older >older.html
sim 2 --internal "$firmware/boot.elf" --html older.html --load nothing@0
[ "$(cat older.html)" = older ] || complain "an older page was touched"

if [ -z "$browser" ]; then
    [ -z "${XIPSAFE_DEEP-}" ] || fail "chromium is missing: scripts/setup deep"
    [ "$failures" -eq 0 ] || exit 1
    echo "sim/html.sh: passed; skipped in a browser: chromium is missing"
    exit 0
fi
for page in waits naive cut; do
    open_page $page.html
    agrees $page.html $page.report outages suspensions longest_wait_ns \
        longest_wait_exception interrupts_served \
        interrupts_served_in_outages received_bytes sent_bytes
    [ "$(json $page.html.check width)" -le 360 ] ||
        complain "$page.html is $(json $page.html.check width) pixels wide"
    [ "$(json $page.html.check least_control | cut -d. -f1)" -ge 40 ] ||
        complain "$page.html: a control is smaller than 40 pixels"
done
[ "$(json naive.html.check violations)" = 1 ] || complain "naive: violations"
[ "$(json cut.html.check power_cuts)" = 1 ] || complain "cut: power cuts"
# What is said of the worst wait, and of the violation, after the jump there.
wait_us=$(awk -v ns="$(json waits.report longest_wait_ns)" \
    'BEGIN { printf "%.2f us", ns / 1000 }')
# said PAGE STEP TEXT
said() {
    tr -d '\n' <"$1.check" | sed 's/\], *\[/\n/g' | grep "\"$2\"" |
        grep -qE -- "$3" || complain "$1: '$2' does not say '$3'"
}
said waits.html wait "waited $wait_us, entered at .*interrupted [a-z_]+ \\("
said waits.html "hover flash chip" \
    'erase at 0x[0-9a-f]{6}.*called from .*from xip_flash_erase \(.*from main \('
said naive.html violation 'violation window-fetch .*why: .*at [a-z_]+ \('
said cut.html reset 'power on'
# step PAGE STEP: from and to of its view, in ns
step() {
    tr -d '\n' <"$1.check" | sed 's/\], *\[/\n/g' |
        sed -n "s/^ *\"$2\", *\([0-9]*\), *\([0-9]*\),.*/\1 \2/p" | head -n 1
}
end=$(step cut.html all | cut -d' ' -f2)
[ "${end:-0}" -gt 1000000000 ] || complain "cut: the run ends at ${end:-?}"
read -r from to < <(step cut.html wheel)
[ $((to - from)) -lt $((end * 6 / 10)) ] || complain "cut: wheel: $from $to"
read -r from to < <(step cut.html drag)
if [ "$from" -le $((end / 4)) ] || [ $((to - from)) -gt $((end / 4 + 2)) ]; then
    complain "cut: drag: $from $to of $end"
fi
said cut.html "hover resets, power cuts, violations" 'power on'
echo "first picture: $(json waits.html.check first_picture_ms) ms"
finish
