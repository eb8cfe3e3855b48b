#!/usr/bin/env bash
# command: optimised
# The demo in a path with blanks and umlauts: its programs build there, it tells
# its story, and a folder that cannot be written is no success.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
root=$PWD
copy="$scratch/Größe mit Blank"
rm -rf "$copy"
mkdir -p "$copy/build" || exit 2
# The command and BearSSL's source are not what is tried here.
tar c --exclude=./build --exclude=./.git . | tar x -C "$copy" || exit 2
cp "$xipsafe" "$copy/build/xipsafe" && cp -r build/bearssl "$copy/build/" || exit 2
cd "$copy" || exit 2

{ cmake --preset cortex-m4 && cmake --build --preset cortex-m4 --target \
    smp_update_v1_slot0_outputs extloader -- --quiet; } >"$scratch/out" 2>&1 ||
    fail "does not build in '$copy'"
for file in build/firmware/smp_update_v1_slot0.img build/extloader/*.{FLM,stldr}; do
    [ -s "$file" ] || complain "no $file"
done
cp "$root"/build/firmware/{boot,naive,self_update_v1,self_update_v2_slot1}.elf \
    "$root"/build/firmware/{naive,self_update_v1,self_update_v2_slot1}.img \
    "$root"/build/firmware/smp_update_v2_slot[01].{elf,img} build/firmware/

# demo STATUS TEXT...
demo() {
    local status=$1 got=0 text
    shift
    scripts/demo >"$scratch/out" 2>&1 || got=$?
    [ "$got" -eq "$status" ] || fail "demo: exit $got, not $status"
    for text; do
        grep -qF -- "$text" "$scratch/out" || fail "demo: no '$text'"
    done
}
demo 0 'device upload build/demo/version2.xip' \
    'version2.xip[0x90100000]: v2.0.0+0, ' 'runs, confirmed' 'VIOLATION window-fetch' 'VIOLATED, with' \
    'PROVED, with' 'replaced itself while it ran. 0 bytes were' \
    'Picture: build/demo/timeline.svg. In a browser: build/demo/update.html.' \
    'Now yours: build/xipsafe check YOUR.elf --xip 0x90000000:16M'
[ "$(wc -l <"$scratch/out")" -le 130 ] || complain "the story got long"
[ "$(tail -n 5 "$scratch/out" | head -n 1 | cut -c 1-5)" = Seen: ] ||
    complain "the demo does not end in five lines"
# README.md shows lines of it.
tr -s ' ' <"$scratch/out" | sed 's/^ //; s|\.\./||g' >"$scratch/story"
awk '/^<!-- from the demo -->$/ { from = 1; next }
    /^```/ { if (from == 2) from = 0; else if (from == 1) from = 2; next }
    from == 2' README.md | tr -s ' ' | sed 's/^ //' >"$scratch/quoted"
[ "$(wc -l <"$scratch/quoted")" -ge 10 ] || complain "README.md quotes nothing"
while IFS= read -r line; do
    grep -qxF -- "$line" "$scratch/story" ||
        complain "README.md quotes '$line', which the demo does not say"
done <"$scratch/quoted"

# The picture of the longest wait: as long as the summary of the whole run says.
run=(build/xipsafe sim --part w25q128jv --internal build/firmware/boot.elf
    --load build/firmware/self_update_v1.img@0 --uart none
    --send build/firmware/self_update_v2_slot1.img --time-limit 300s
    --expect 'app v2.0.0: alive')
"${run[@]}" --summary --timeline worst.svg --timeline-zoom worst \
    >"$scratch/out" 2>"$scratch/err" || fail "worst: exit $?"
wait=$(sed -n 's/^ *longest wait of SysTick *\([0-9.]* us\) .*/\1/p' "$scratch/out")
grep -qF "waits here ${wait:-?}" worst.svg ||
    complain "worst.svg does not show the wait of '$wait'"
grep -q '^ *longest wait of SysTick .* at [0-9.]* s; exception 15' \
    "$scratch/out" || complain "the summary does not say when"
# A picture of what was not is none, and the older one stays.
cp worst.svg older.svg
if build/xipsafe sim --internal build/firmware/boot.elf --uart none \
    --time-limit 10ms --timeline worst.svg --timeline-zoom 50s-60s \
    >"$scratch/out" 2>&1; then
    complain "a zoom behind the run is drawn"
fi
grep -q 'begins after the run, which ended at 10.00 ms' "$scratch/out" ||
    fail "the zoom's message"
cmp -s worst.svg older.svg || complain "worst.svg was touched"

# The chip of an earlier run cannot be removed.
rm -f build/demo/flash.bin
mkdir build/demo/flash.bin
demo 2 'demo: cannot write to build/demo'
rm -rf build/demo
touch build/demo
demo 2 'demo: cannot write to build/demo'
finish
