#!/usr/bin/env bash
# command: optimised
# Single instructions of any encoding, all of 16 bits and random ones of 32, are
# executed in random states here and under QEMU, whose cores nobody here wrote.
# What comes of each (the next exception with its status, and the whole state)
# has to be the same, but for:
# - encodings that are undefined here: the manuals call them unpredictable, and
#   unit_thumb_objdump and unit_core_decode see to it that no others are;
# - rows of the table in docs/CAVEATS.md.
# `make test` runs some, those of 16 bits on one of four cores; with
# XIPSAFE_COUNT=3300000 ten million. XIPSAFE_CORES: only these.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

narrow=$((0xE800)) # encodings of 16 bits
count=${XIPSAFE_COUNT:-5000}
batch=100000 # QEMU has 900 seconds for one
cores=${XIPSAFE_CORES:-cortex-m4 cortex-m7 cortex-m33 cortex-m0plus}
first=${XIPSAFE_SEED:-1000000}
echo "again with XIPSAFE_SEED=$first"

# shellcheck disable=SC2016 # backquotes are in the table
sed -n '/^### Single instructions/,/^##/s/^| `\([a-z0-9]*\)` `\([^`]*\)`.*/\1 \2/p' \
    "$tests/../docs/CAVEATS.md" >rows
[ -s rows ] || fail "docs/CAVEATS.md has no table of single instructions"

# one CORE FIRST COUNT
one() {
    local core=$1 from=$2 to=$3
    both "$core" single.c "-DFIRST=$from" "-DCOUNT=$to"
    [ "$(wc -l <here.txt)" -gt $((to / 2)) ] ||
        fail "$core: only $(wc -l <here.txt) lines"
    paste -d ' ' here.txt qemu.txt | awk '$2 != $5 || $3 != $6' |
        awk -v core="$core" 'FILENAME == "rows" {
                if ($1 == "all" || "cortex-" $1 == core)
                    row["^" $2 " " $3 " " $4 "$"]
                next
            }
            $1 != $4 { print; next }
            { for (r in row) if ($1 " " $2 " " $5 ~ r) next }
            $2 == "u" || (core ~ /m0/ && $2 == 3) { print $1 >"open"; next }
            { print }' rows - >differ
    [ ! -s differ ] ||
        complain "$core, $(wc -l <differ) of $to from $from differ, encoding \
here, encoding there: $(head -n 3 differ)"
    # The share of what the manual leaves open: a core that knew nothing would
    # be undefined everywhere.
    touch open
    [ "$(wc -l <open)" -le $((to / 15)) ] ||
        complain "$core: $(wc -l <open) of $to are undefined here only"
    echo "$core: $to from $from, $(wc -l <open) undefined here only"
    rm -f open
}

# Those of 16 bits, all of them if it is worth it, and others.
for core in $cores; do
    [[ -z ${XIPSAFE_COUNT-} && $core != cortex-m4 ]] ||
        one "$core" $((first % 3 * narrow)) $narrow
    [ "$core" != cortex-m0plus ] || continue
    for ((left = count, at = first; left > 0; left -= batch, at += batch)); do
        one "$core" "$at" $((left < batch ? left : batch))
    done
done
finish
