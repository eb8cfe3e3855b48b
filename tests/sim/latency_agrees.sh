#!/usr/bin/env bash
# Three say how long an interrupt can wait in an erase: what the library
# declares, what it has measured itself, and what the machine saw, which knows
# nothing of the library. They have to agree.
# command: optimised
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# bench/firmware/bench.h: words, little-endian. TIM2 waits; erase, program.
word() {
    # shellcheck disable=SC2059 # octal digits of four bytes
    printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) \
        $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

# said NAME: a number that the firmware printed.
said() {
    tr -d '\r' <"$scratch/out" | sed -n "s/^bench: $1 //p"
}

# Rates that drift against the slices: an interrupt comes at any point of one.
# The rare one has a credit: at most one in 8 ms, as xip_flash_latency_sporadic_us
# takes it.
while read -r rate credits erase_bytes name; do
    for value in 0x48434E42 0 0 "$erase_bytes" 1024 4096 0 0 115200 1 \
            "$credits" 0 0 "$rate" 0xFFFFFFFF 0 0 0 0; do
        word "$value"
    done >"$scratch/params"
    sim_app 0 bench --load "$scratch/params@0x1F0000" \
        --json="$scratch/report.json" --expect "bench: end"
    not_printed "failed"
    declared_ns=$(($(said "$name") * 1000))
    library_ns=$(($(said wait_max_cycles) * 1000 / 80))
    machine_ns=$(sed -n '/"number": 44,/,/}/s/.*"longest_wait_ns": \([0-9]*\),/\1/p' \
        "$scratch/report.json" | head -n 1)
    echo "$rate Hz: declared $declared_ns, library $library_ns, machine" \
        "$machine_ns ns"
    [ "$machine_ns" -gt 30000 ] || fail "$rate Hz: nothing waited"
    # It counts from its last look that found nothing waiting, which comes
    # before the interrupt by 5.2 us (one look) at most, to the end of the
    # outage, before its handler runs.
    [ "$machine_ns" -le $((library_ns + 1000)) ] ||
        fail "$rate Hz: waited $machine_ns ns, the library saw $library_ns"
    [ "$library_ns" -le $((machine_ns + 6000)) ] ||
        fail "$rate Hz: the library claims $library_ns ns, it was $machine_ns"
    [ "$library_ns" -le "$declared_ns" ] ||
        fail "$rate Hz: $library_ns ns is more than the declared $declared_ns"
    [ "$credits" = 0 ] || [ "$(said early)" -gt 5 ] ||
        fail "$rate Hz: no suspension was early"
done <<'END'
1270 0 8192 declared_us
3190 0 8192 declared_us
5000 0 8192 declared_us
143 1 524288 sporadic_us
END
