#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# A chip from a dump of its SFDP tables runs the library; JSON has its figures.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

# The 16 words of a W25Q128JV: erases of 64, 128 and 160 ms, suspend 20 us.
cat >chip.hex <<'END'
# jedec-id: ef4018
0000: 53 46 44 50 05 01 00 ff 00 05 01 10 80 00 00 ff
END
for row in 1 2 3 4 5 6 7; do
    printf '%04x: %s\n' $((row * 16)) "$(printf 'ff %.0s' {1..16})" >>chip.hex
done
cat >>chip.hex <<'END'
0080: e5 20 f1 ff ff ff ff 07 44 eb 08 6b 08 3b 42 bb
0090: fe ff ff ff ff ff 00 00 ff ff 40 eb 0c 20 0f 52
00a0: 10 d8 00 00 36 02 a6 00 82 ea 14 c9 e9 63 76 33
00b0: 7a 75 7a 75 f7 a2 d5 5c 19 f6 4d ff e9 30 f8 80
END

"$xipsafe" sfdp --json chip.hex >figures
for text in '"size_bytes": 16777216' '"page_bytes": 256' '"address_bytes": 3' \
    '"typ_ms": 64' '"max_ms": 2240' '"erase_interval_us": 512' \
    '"erase_latency_us": 20' '"program_interval_us": 128' \
    '"suspend_opcode": 117' '"quad_enable": 4' '"four_byte": \[\]' '66h 99h'; do
    grep -q "$text" figures || complain "not in the JSON: $text"
done
"$xipsafe" part chip.hex >text
grep -q '^worst wait  532 us' text || complain "$(cat text)"
grep -q '^assumed     quad enable is not set' text || complain "no assumption"

sim_app 0 minimal --part sfdp:chip.hex --summary \
    --expect "minimal: stored and read back"
printed 'model and library read the same table'

# The same tables behind what is read at once, as S25FL-L has them.
sed -e 's/10 80 00 00 ff$/10 00 03 00 ff/' -e 's/^0080:/0300:/' \
    -e 's/^0090:/0310:/' -e 's/^00a0:/0320:/' -e 's/^00b0:/0330:/' \
    chip.hex >far.hex
"$xipsafe" sfdp far.hex | grep -q "basic: 16 words at 300h" ||
    complain "not far: $("$xipsafe" sfdp far.hex)"
sim_app 0 minimal --part sfdp:far.hex \
    --expect "minimal: stored and read back"

# A sector map as SST26 has it: D8h erases 8, 32 or 64 KB, 4 KB are everywhere.
sed -e 's/^0000:.*/0000: 53 46 44 50 05 01 01 ff 00 05 01 10 80 00 00 ff/' \
    -e 's/^0010:.*/0010: 81 00 01 06 00 01 00 ff/' \
    -e 's/0c 20 0f 52$/0c 20 0d d8/' -e 's/^00a0: 10 d8 00 00/00a0: 0f d8 10 d8/' \
    chip.hex >map.hex
cat >>map.hex <<'END'
0100: 03 00 04 00 f3 7f 00 00 f5 7f 00 00 f9 ff fd 00
0110: f5 7f 00 00 f3 7f 00 00
END
"$xipsafe" part map.hex >text
for text in 'sectors     from 0h: 4K 8K' 'sectors     from 8000h: 4K 32K' \
    'sectors     from 10000h: 4K 64K'; do
    grep -qx "$text" text || complain "no '$text' in: $(cat text)"
done
! grep -q 'every erase size everywhere' text || complain "still assumed"
"$xipsafe" sfdp --json map.hex >figures
python3 - <<'END' || complain "the map in the JSON"
import json
regions = json.load(open('figures'))['sector_map']
assert [r['off'] for r in regions] == [0, 0x8000, 0x10000, 0xff0000, 0xff8000]
assert regions[3]['size_bytes'] == 0x8000
assert regions[2]['erase_bytes'] == [4096, 65536]
END
sim_app 0 minimal --part sfdp:map.hex \
    --expect "minimal: stored and read back"

# One as FL-S has it: 4 KB sectors in the first 128 KB only, 64 KB behind them,
# or the other way round, and a register that says which.
sed -e 's/^0000:.*/0000: 53 46 44 50 05 01 01 ff 00 05 01 10 80 00 00 ff/' \
    -e 's/^0010:.*/0010: 81 00 01 08 00 01 00 ff/' chip.hex >hybrid.hex
cat >>hybrid.hex <<'END'
0100: fd 65 ff 08 04 00 00 00 02 00 01 00 f1 ff 01 00
0110: f4 ff fd 00 03 01 01 00 f4 ff 01 00 f1 ff fd 00
END
"$xipsafe" part hybrid.hex >text
grep -qx 'which map   bit 0 of its number: is a bit of 08h set in what 65h reads at 4h, after the wait clocks that are set up' text ||
    complain "not how the map is found: $(cat text)"
grep -q '^library     erases by the units of each region' text ||
    complain "not what the library does: $(cat text)"
"$xipsafe" sfdp --json hybrid.hex >figures
[ "$(json figures mask)" = 8 ] || complain "sector_map_reads: $(cat figures)"
# The boot program and the application take either: what they erase lies behind,
# and 4 KB are a unit there by the second map only.
sim_app 0 minimal --part sfdp:hybrid.hex --expect XIP_ERR_ALIGN
sed -i '1a # sector-map: 1' hybrid.hex
sim_app 0 minimal --part sfdp:hybrid.hex --expect "minimal: stored and read back"
# 4 KB sectors only where it erases, in the middle of 64 KB ones: of the last of
# them 4 KB, of the one behind 60 KB, as of the first 256 KB of S25FS512S.
sed -e 's/^0010:.*/0010: 81 00 01 04 00 01 00 ff/' -e '/^# sector-map/d' \
    -e '/^01[01]0:/d' hybrid.hex >middle.hex
echo "0100: 03 00 02 00 f4 ff 0f 00 f1 0f 00 00 f4 ef ef 00" >>middle.hex
"$xipsafe" part middle.hex >text
grep -qx 'sectors     from 101000h: 64K' text || complain "$(cat text)"
sim_app 0 minimal --part sfdp:middle.hex --expect "minimal: stored and read back"

status=0
echo "not hex" >bad.hex
"$xipsafe" part bad.hex 2>err || status=$?
[ $status -eq 2 ] || complain "no dump: exit $status"
printf "SFDP%0100d" 0 >damaged.hex # the right first word, and no table
status=0
"$xipsafe" part damaged.hex 2>err || status=$?
[ $status -eq 1 ] || complain "a damaged dump: exit $status"
finish
