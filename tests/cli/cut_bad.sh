#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# xipsafe cut: each verdict on a cut that is bad, and one bad point run again.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/cli/cut.bash
. "$tests/cli/cut.bash"
cd "$scratch" || exit 2

# A bad point, and the command that runs it again, with what it shows. Version
# 1 says what a confirm would say, so that it must not come back.
cut 1 "${update[@]}" --inside none --confirmed "app v1" --quiet \
    --operations 30-34 --json=bad.json
printed "an old image comes back after a confirm"
[ "$(json bad.json old-after-confirm)" -gt 2 ] || fail "old-after-confirm"
again=$(sed -n 's/^ *again: xipsafe //p' out | tail -n 1)
eval "\"\$xipsafe\" $again --vcd w.vcd --timeline w.svg --html w.html" >out 2>err
[ $? -eq 1 ] || fail "not bad again: $again"
printed "an old image comes back after a confirm"
# The debugger, where power comes back: at the reset handler, and one step back
# at the application that was cut.
debug=$(sed -n 's/^debug: xipsafe//p' out)
[ -n "$debug" ] || fail "no command that opens the debugger: $(cat out)"
if command -v gdb-multiarch >/dev/null; then
    mkfifo waits
    eval "\"\$xipsafe\" ${debug/--gdb 3333/--gdb 0} --uart none" 2>waits &
    exec 4<waits
    port=
    while read -r line <&4; do
        case $line in
        *"'target remote :"*) port=${line##*remote :} && break ;;
        esac
    done
    cat <&4 >/dev/null &
    # shellcheck disable=SC2016 # gdb's
    gdb-multiarch -q -nx -nh -batch -ex "file $firmware/boot_hash.elf" \
        -ex "target remote :${port%\'}" -ex 'info symbol $pc' \
        -ex 'reverse-stepi' -ex 'monitor outage' >out 2>&1
    printed "Reset_Handler in section"
    printed_like 'PRIMASK [01], .* interrupts wait'
fi
grep -q 'enddefinitions' w.vcd || fail "no waveforms"
grep -q '</svg>' w.svg || fail "no timeline"
grep -qE 'wait_for|board_uart_putc' w.vcd || fail "no functions in w.vcd"
for kind in chip reset; do
    count=$(sed -n "s/^{\"kind\":\"$kind\",.*\"count\":\([0-9]*\),.*/\1/p" w.html)
    [ "${count:-0}" -ge 2 ] || fail "the page has ${count:-no} $kind"
done
cut 1 "${update[@]}" --inside none --forbid "slot 1 is empty" \
    --operations 3
printed "prints a forbidden text"
cut 1 "${update[@]}" --inside none --expect "no such text" --operations 4 \
    --until "update: restarting" --boot-limit 200ms
printed "boots nothing"

# The verdicts of tests/firmware/verdicts, which boots in milliseconds.
{ printf '\376\347A' && head -c 253 /dev/zero | tr '\0' '\377'; } >a.img
{ printf '\376\347B' && head -c 253 /dev/zero | tr '\0' '\377'; } >b.img
verdicts() {
    local what=$1
    shift
    # shellcheck disable=SC2059 # octal digits
    printf "\\00$what\\0\\0\\0" >what.bin
    cut 1 "$firmware/verdicts.elf" a.img@0 b.img@0x1000 what.bin@0x10000 \
        --until starts --inside 20,50,95 --tears 8 --quiet --json=v.json "$@"
}
# has VERDICT TEXT: some points have it, and the report says it in words.
has() {
    [ "$(json v.json "$1")" -ge 1 ] || fail "no point is $1"
    printed "  $2"
}
verdicts 1 --inside 99 --tears 60
has boots-nothing "boots nothing"
has boots-unapproved "boots an image that was never approved"
has boots-unstable "boots an image with bits that read differently each time"
has boots-approved "boots a verified image"
verdicts 2
has running-changed "the running image changed"
verdicts 3
has not-settled "does not converge within 3 boots"
# Those of the sender, with examples/naive_ab: it is told too early; it is locked
# out. Elsewhere the update is begun again and arrives.
# shellcheck source=examples/naive_ab/flash.bash
. "$tests/../examples/naive_ab/flash.bash"
ab_cut "$xipsafe" "$firmware" . 64 --inside none --operations 130-999 \
    --resume none --quiet --json=v.json >out 2>err
[ $? = 1 ] || fail "naive_ab, told too early"
has update-lost "the update is lost silently"
ab_cut "$xipsafe" "$firmware" . 65536 --inside none --operations 3-4 \
    --resume all --quiet --json=v.json >out 2>err
[ $? = 1 ] || fail "naive_ab, locked out"
has update-stuck "the update can be neither resumed nor restarted"
finish
