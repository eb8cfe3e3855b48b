#!/usr/bin/env bash
# command: optimised (a sanitizer has an allocator of its own)
# Whichever allocation fails, in whichever library: exit 2, one line that says
# so, no temporary file, and each report is an older one or whole.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
vectors=$tests/vectors/imgtool
cd "$scratch"
gcc -shared -fPIC -fno-builtin -O1 "$tests/cli/no_memory/fail_nth.c" \
    -o fail_nth.so
echo old >old

# starve NAME ARGUMENTS...: with some fifteen of its allocations failing.
starve() {
    local name=$1 status count n file files left
    shift
    mkdir "$name"
    cd "$name"
    status=0
    COUNT_TO=../count LD_PRELOAD=../fail_nth.so "$xipsafe" "$@" >../out \
        2>../err </dev/null || status=$?
    [ "$status" -ne 2 ] || fail "$name: exit 2"
    count=$(<../count)
    [ "$count" -gt 4 ] || fail "$name: $count allocations"
    files=(*)
    for n in *.*; do
        [ ! -f "$n" ] || cp "$n" "../$name-$n"
        [ ! -f "$n" ] || echo old >"$n"
    done
    # The first ones, and then wider apart.
    for ((n = 1; n <= count; n += 1 + n * 2 / 5)); do
        status=0
        FAIL_AT=$n LD_PRELOAD=../fail_nth.so "$xipsafe" "$@" >../out 2>../err \
            </dev/null || status=$?
        [ "$status" -eq 2 ] || fail "$name: allocation $n: exit $status"
        [ "$(tail -n 1 ../err | grep -c 'out of memory')" -eq 1 ] ||
            fail "$name: allocation $n: no such line"
        left=(*)
        [ "${files[*]}" = "${left[*]}" ] ||
            fail "$name: allocation $n: files: ${left[*]}"
        for file in *.*; do
            if [ -f "$file" ] && ! cmp -s "$file" ../old; then
                same "$file" "../$name-$file"
            fi
        done
    done
    cd ..
}

starve sim sim --internal "$firmware/boot.elf" --time-limit 40ms --uart none \
    --load "$firmware/naive.img@0" --symbols "$firmware/naive.elf" \
    --json=run.json --timeline run.svg --vcd run.vcd --html run.html
starve violation sim --internal "$firmware/boot.elf" --uart none \
    --load "$firmware/naive.img@0" --symbols "$firmware/naive.elf" \
    --send "$firmware/minimal.img" --json=run.json
starve check check "$firmware/naive.elf" --board stm32l476g-disco \
    --json=check.json --sarif=check.sarif
starve proof check "$firmware/self_update_v1.elf" --board stm32l476g-disco
starve sign image sign -v 1.0.0 -H 0x200 --pad-header \
    -k "$vectors/key_p256.pem" "$vectors/payload.bin" out.img
starve factory image factory --boot "$firmware/boot.elf" \
    --app "$firmware/minimal.img" --out out.hex
starve board board show

# A limit on the address space, as a container has it.
status=0
(
    ulimit -v 30000
    "$xipsafe" sim --internal "$firmware/boot.elf" --time-limit 1ms --uart none
) >out 2>err || status=$?
[ "$status" -eq 2 ] || fail "ulimit -v: exit $status"
reported "out of memory"
finish
