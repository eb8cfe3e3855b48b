#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# The external loaders as a debug probe calls them, at two addresses, on the
# part of the board and on another one; there also after a power failure in
# the middle of a page.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

loaders() {
    sim 0 --internal "$firmware/programmer.elf" --time-limit 120s \
        --expect "passed, 0 failed" "$@"
    all_passed
}

loaders --part n25q128a
printed "PASS Init with an erase suspended"

loaders --part w25q128jv --power-cut-op 2 --json="$scratch/report.json"
printed "PASS Init in continuous read"
printed "PASS Init without a chip says PART"
[ "$(json "$scratch/report.json" power_cuts)" = 1 ] || fail "the power did not fail"
