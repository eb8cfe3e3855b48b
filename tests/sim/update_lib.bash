# shellcheck shell=bash disable=SC2034
# update_lib - what the scripts about the self-update share; sourced, not run
# Sets firmware, xipsafe and scratch from the script's arguments.

set -u
xipsafe=$1
scratch=$2
firmware=$3
v1_text="app v1.0.0 runs at"
v2_text="app v2.0.0 runs at"
v1_img=$firmware/self_update_v1.img
v2_img=$firmware/self_update_v2_slot1.img
slot_bytes=$((0x100000))

fail() {
    echo "$*" >&2
    exit 1
}

for file in boot.elf self_update_v1.img self_update_v2_slot1.img; do
    [ -f "$firmware/$file" ] || fail "no $firmware/$file: build it first"
done
cd "$scratch" || exit 2

# boots ARGS...: only the boot program and what the chip holds.
boots() {
    "$xipsafe" sim --part w25q128jv --internal "$firmware/boot.elf" "$@" \
        </dev/null
}

# update ARGS...: boot program, version 1 in slot 0, version 2 on the line.
update() {
    boots --load "$v1_img@0" --send "$v2_img" "$@"
}

# json FILE KEY: the value of the first line with this key.
json() {
    sed -n "s/^ *\"$2\": *\(.*[^,]\),*\$/\1/p" "$1" | head -n 1
}

# The first N bytes of both files are equal; the offset is of the first.
same_bytes() {
    local file=$1 offset=$2 image=$3
    cmp -s -n "$(stat -c %s "$image")" -i "$offset:0" "$file" "$image"
}
