# shellcheck shell=bash
# flash - what the flash of naive_ab holds at first; sourced
#
# words WORD...: little-endian. record IMAGE SEQUENCE [BYTES]: of an image in its
# slot, as struct ab_record of ab.h, with the CRC of its first BYTES (default:
# all). A gzip file ends with the CRC-32 of its contents, and their length.

words() {
    local w
    for w in "$@"; do
        # shellcheck disable=SC2059 # octal digits of four bytes
        printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((w & 255)) \
            $((w >> 8 & 255)) $((w >> 16 & 255)) $((w >> 24 & 255)))"
    done
}

crc32() {
    gzip -c | tail -c 8 | head -c 4
}

record() {
    local first
    first=$(mktemp) || return 1
    {
        words 0x41424142 "$2" "$(stat -c %s "$1")"
        head -c "${3:-99999999}" "$1" | crc32
    } >"$first"
    cat "$first"
    crc32 <"$first"
    rm -f "$first"
}

# The factory writes one copy of the record; the first boot makes the other one.
#
# ab_cut XIPSAFE FIRMWARE SCRATCH DEFECTS ARGUMENTS...: xipsafe cut of version 2
# into slot 1, with the defects of this number.
ab_cut() {
    local xipsafe=$1 firmware=$2 scratch=$3 defects=$4
    local length=99999999
    shift 4
    [ $((defects & 4)) = 0 ] || length=256 # AB_SHORT_CRC
    record "$firmware/naive_ab_v1.img" 2 $length >"$scratch/new.rec"
    record "$firmware/naive_ab_v0.img" 1 $length >"$scratch/old.rec"
    words "$defects" >"$scratch/defects.bin"
    "$xipsafe" cut "$firmware/naive_ab_boot.elf" \
        "$firmware/naive_ab_v1.img@0" "$firmware/naive_ab_v0.img@0x100000" \
        "$scratch/new.rec@0xfe000" \
        "$scratch/old.rec@0x1fe000" "$scratch/old.rec@0x1ff000" \
        "$scratch/defects.bin@0x200000" \
        --send "$firmware/naive_ab_v2.img" "$@"
}
