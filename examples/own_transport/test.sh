#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
#
# The sender of this transport, in shell: version 2 in packets to version 1.
set -eu
xipsafe=$1
firmware=$3
cd "$2"

# send_packets IMAGE: on stdout.
number() { # VALUE BYTES, little-endian
    local i
    for ((i = 0; i < $2; i++)); do
        # shellcheck disable=SC2059
        printf "\\x$(printf %02x $((($1 >> (8 * i)) & 255)))"
    done
}
send_packets() {
    local bytes at n
    bytes=$(stat -c %s "$1")
    head -c 8000 /dev/zero # nothing of the image before it listens
    for ((at = 0; at < bytes; at += 256)); do
        n=$((bytes - at < 256 ? bytes - at : 256))
        tail -c +$((at + 1)) "$1" | head -c $n >payload || true
        printf '\xa5\x5a'
        number $n 2
        cat payload
        gzip -c payload | tail -c 8 | head -c 4 # its CRC-32
    done
    printf '\xa5\x5a'
    number 0 6
}

# send_packet FILE
send_packet() {
    printf '\xa5\x5a'
    number "$(stat -c %s "$1")" 2
    cat "$1"
    gzip -c "$1" | tail -c 8 | head -c 4
}

run() {
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" \
        --load "$firmware/own_transport_v1.img@0" \
        --symbols "$firmware/own_transport_v1.elf" --uart stdio \
        --time-limit 60s "${@:2}" <"$1"
}

send_packets "$firmware/own_transport_v2.img" >packets
run packets --expect 'own_transport: version 1' \
    --expect 'own_transport: installed' --expect 'own_transport: version 2'

# One byte wrong in the middle: refused, and version 1 runs on.
cp packets damaged
printf '\x00\x01\x02' | dd of=damaged bs=1 seek=12000 conv=notrunc status=none
run damaged --expect 'still version 1, XIP_ERR_TRANSFER'

# SMP in such packets: echo, damaged and whole, then reset.
printf '\x0a\0\0\x11\0\0\1\0\xa1\x61\x64\x6dhello packets' >ask
printf '\x0a\0\0\0\0\0\2\5' >reset
send_packet ask >whole
sed 's/hello/hullo/' whole >damaged
{
    head -c 8000 /dev/zero
    cat damaged whole
    send_packet reset
} >requests
"$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" \
    --load "$firmware/own_transport_smp.img@0" \
    --symbols "$firmware/own_transport_smp.elf" --uart stdio \
    --time-limit 60s --expect 'own_transport: serves SMP' \
    --expect 'hello packets' --expect 'reset by software' <requests >out
! grep -aq 'hullo' out || { echo "a damaged request was answered" >&2; exit 1; }
