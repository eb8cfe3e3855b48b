#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# A board that was in the field, with a newer version in the other slot, is
# programmed with a factory image: it starts what is in that image. The file
# is read by objcopy, as a programmer reads it.

set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

newer=$firmware/self_update_v2_slot1.img
chip_bytes=$((0x1000000))

# put FILE OFFSET PART
put() {
    dd if="$3" of="$1" bs=64K oflag=seek_bytes seek="$2" conv=notrunc \
        status=none
}

# Each sector of 64 KB that the file touches is erased once, then written.
program() {
    local hex=$1 name size address off sector
    : >erased
    rm -f internal.bin
    arm-none-eabi-objdump -h "$hex" |
        awk '$2 ~ /^\.sec/ { print $2, "0x" $3, "0x" $4 }' >sections
    while read -r name size address; do
        arm-none-eabi-objcopy -I ihex -O binary -j "$name" "$hex" part
        if ((address < 0x90000000)); then
            put internal.bin $((address - 0x08000000)) part
            continue
        fi
        off=$((address - 0x90000000))
        for ((sector = off / 65536; sector * 65536 < off + size; sector++)); do
            grep -qx "$sector" erased && continue
            echo "$sector" >>erased
            put chip.bin $((sector * 65536)) blank
        done
        put chip.bin $off part
    done <sections
}

head -c 65536 /dev/zero | tr '\0' '\377' >blank

# used_board: a chip with the newer version in slot 1 and rubbish elsewhere.
used_board() {
    head -c $chip_bytes /dev/urandom >chip.bin
    put chip.bin $slot_bytes "$newer"
}

starts() {
    "$xipsafe" sim --part n25q128a --internal internal.bin --flash chip.bin \
        --quiet --uart file:out.txt --expect "$1" --time-limit 10s \
        </dev/null || fail "$2: $(tr -d '\r' <out.txt)"
}

"$xipsafe" image factory --boot "$firmware/boot.elf" --app "$v1_img" \
    --out all.hex >/dev/null || fail "no factory image"
used_board
program all.hex
starts "$v1_text" "the programmed board does not start version 1"

# Without the blank rows the newer version would have won: they matter.
"$xipsafe" image factory --boot "$firmware/boot.elf" --app "$v1_img" \
    --out keep.hex --keep >/dev/null || fail "no factory image"
used_board
program keep.hex
starts "$v2_text" "--keep did not keep slot 1"
