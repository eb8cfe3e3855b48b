#!/usr/bin/env bash
# usage: test.sh XIPSAFE SCRATCH FIRMWARE
# command: optimised
#
# Three starts on one chip, one of them cut.
set -eu
if [ ! -f "$3/littlefs.img" ]; then
    echo "littlefs: not built, needs its source: -DLITTLEFS_DIR" >&2
    exit 77
fi
run() {
    "$1" sim --part w25q128jv --internal "$3/boot.elf" \
        --symbols "$3/littlefs.elf" --time-limit 20s --flash "$2/flash.bin" \
        "${@:4}"
}
run "$@" --load "$3/littlefs.img@0" --expect 'littlefs: start 1'
run "$@" --expect 'littlefs: start 2'
run "$@" --power-cut-op 2 --expect 'littlefs: start 3'
