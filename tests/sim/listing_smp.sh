#!/usr/bin/env bash
# command: optimised
# The listing of docs/SMP.md takes an update of itself by our client.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

sim_pty --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/listing_smp.img@0" --flash flash.bin \
    --expect 'smp_update: version 2.0.0'
for command in info "upload $firmware/smp_update_v2_slot1.img --reset"; do
    # shellcheck disable=SC2086 # words
    "$xipsafe" device $command --port "$port" --timeout 60s >out 2>err ||
        fail "device $command"
    [ "$command" != info ] || printed_like '^slot 0  0x90000000 .* 1.0.0'
done
sim_pty_ends
finish
