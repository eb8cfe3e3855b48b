#!/usr/bin/env bash
# command: optimised
# The boot program's options: a warm reset does not check the signature again,
# and an application's fault record is printed before it starts.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
run=(--internal "$firmware/boot_options.elf" --part n25q128a
    --load "$firmware/recorder.img@0" --time-limit 10s)

# The application asserts, and starts again.
sim 0 "${run[@]}" --expect "reset by power-on" \
    --expect "slot 0 v1.0.0+0 verified" --expect "reset by software" \
    --expect "xipfault end" \
    --expect "the signature was checked before the reset" \
    --expect "slot 0 v1.0.0+0 verified" --expect "passed, 0 failed"
all_passed
[ "$(grep -c "checked before the reset" out)" -eq 1 ] ||
    fail "the first start was no cold one"
# A loss of power: all is checked again.
sim 0 "${run[@]}" --power-cut 700ms --expect "before the reset" \
    --expect "reset by power-on" --expect "slot 0 v1.0.0+0 verified"
[ "$(grep -c "checked before the reset" out)" -eq 1 ] ||
    fail "the record has survived a loss of power"

XIPSAFE=$xipsafe FIRMWARE=$firmware "$tests/../scripts/bench-boot" >out
cold=$(sed -n 's/^| cold.*| \([0-9]*\) |$/\1/p' out)
warm=$(sed -n 's/^| warm.*| \([0-9]*\) |$/\1/p' out)
[ "$((5 * warm))" -lt "$cold" ] || fail "warm $warm ms, cold $cold ms"
own=$(sed -n 's/^| our own .*| \([0-9]*\) | [0-9]* |$/\1/p' out)
fast=$(sed -n 's/^| XIP_CFG_IMAGE_FAST | \([0-9]*\) .*/\1/p' out)
[ "$((3 * fast))" -lt "$((2 * own))" ] || fail "fast $fast ms, else $own ms"

# Each way to check a signature starts an image and refuses a wrong one.
head -c 4000 "$firmware/recorder.bin" >short.bin
"$xipsafe" image keygen -k other.pem
"$xipsafe" image sign -k other.pem -v 1.0.0 -H 0x200 --pad-header \
    --rom-fixed 0x90000000 --force short.bin other.img 2>err
size=$(stat -c %s "$firmware/recorder.img")
cp "$firmware/recorder.img" wrong.img
# The last byte of the file is one of s.
printf '\xA5' | dd of=wrong.img bs=1 seek=$((size - 1)) conv=notrunc 2>err
! cmp -s wrong.img "$firmware/recorder.img" || fail "nothing was changed"
for boot in boot_constant boot_fast boot_bearssl; do
    run=(--internal "$firmware/$boot.elf" --part n25q128a --time-limit 2s)
    sim 0 "${run[@]}" --load "$firmware/recorder.img@0" \
        --expect "slot 0 v1.0.0+0 verified"
    sim 0 "${run[@]}" --load wrong.img@0 \
        --expect "slot 0 rejected: signature is wrong" \
        --expect "nothing to start"
    sim 0 "${run[@]}" --load other.img@0 \
        --expect "slot 0 rejected: signature is not by our key"
done
finish
