#!/usr/bin/env bash
# Several builds in one file: made of good images only, listed, taken apart, and
# refused when it is damaged or something else. tests/unit/image/test_pack.c
# damages every bit; examples/smp_update sends one.
# firmware: smp_update_v1_slot0 smp_update_v2_slot0 smp_update_v2_slot1
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
key=$(realpath boot/keys/test_p256.pem)
cd "$scratch"
v1=$firmware/smp_update_v1_slot0.img
a=$firmware/smp_update_v2_slot0.img
b=$firmware/smp_update_v2_slot1.img

# image STATUS ARGUMENTS...
image() {
    local wanted=$1 status=0
    shift
    "$xipsafe" image "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status: image $*"
}

image 0 pack -o app.xip --key "$key" "$a" "$b"
image 0 unpack app.xip
printed_like '^0x90000000  v2\.0\.0\+0, [0-9,]* bytes$'
printed_like '^0x90100000  v2\.0\.0\+0, [0-9,]* bytes$'
image 0 unpack -a 0x90100000 app.xip
[ "$(wc -l <out)" = 1 ] || fail "more than one is listed"
image 0 unpack -a 0x90100000 -o taken.img app.xip
cmp taken.img "$b" || fail "another image was taken out"
image 0 pack -o again.xip "$a" "$b"
cmp app.xip again.xip || fail "the same images make another file"
image 0 pack -o one.xip "$a"
image 0 unpack -o taken.img one.xip
cmp taken.img "$a" || fail "not the only image"

# What is no pack of builds.
image 1 pack -o bad.xip "$v1" "$b"
reported "has another version than"
image 1 pack -o bad.xip "$a" "$a"
reported "linked for 0x90000000, as "
image 1 pack -o bad.xip "$a" "$firmware/smp_update_v2_slot1.bin"
reported "not an MCUboot image"
"$xipsafe" image keygen -k other.pem
image 1 pack -o bad.xip --key other.pem "$a"
reported "key"
image 1 pack -o bad.xip app.xip
reported "not an MCUboot image"
image 2 pack -o bad.xip
image 2 pack "$a"
image 2 pack -o bad.xip no.img
[ ! -e bad.xip ] || fail "a pack was made"

# Damaged and foreign ones.
head -c 1000 app.xip >short.xip
image 1 unpack short.xip
reported "short.xip: the pack is cut off"
sed 's/\r$//' app.xip >text.xip
image 1 unpack text.xip
reported "damaged by a transfer as text"
cp app.xip bit.xip
printf '\377' | dd of=bit.xip bs=1 seek=5000 conv=notrunc status=none
image 1 unpack bit.xip
reported "the digest of an image is wrong"
image 1 unpack -a 0x90000000 -o bad.img bit.xip
[ ! -e bad.img ] || fail "an image of a damaged pack was taken out"
image 1 unpack "$a"
reported "no pack of images"
image 2 unpack -o taken.img app.xip
reported "has 2 images; name one of them with -a"
image 2 unpack -a 0x90200000 -o taken.img app.xip
reported "has no image for 0x90200000"
image 1 verify app.xip
reported "a pack of images; .xipsafe image unpack. lists them"
image 1 dumpinfo app.xip
reported "a pack of images"
# By the device command, before a port is opened.
for file in bit.xip short.xip text.xip; do
    status=0
    "$xipsafe" device upload --port /dev/null "$file" >out 2>err || status=$?
    [ "$status" -eq 1 ] || fail "exit status $status: device upload $file"
    reported "the pack"
done
finish
