#!/usr/bin/env bash
# command: optimised
# xipsafe chip --serprog: the protocol by hand, then Debian's flashrom on
# several parts; one of them is written whole.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

# chip PART FILE: in the background, until its first programmer has gone.
chip() {
    local said
    exec 4< <(exec "$xipsafe" chip --part "$1" --flash "$2" --serprog 0 \
        --once --speed 5000 2>err)
    pid=$!
    read -r said <&4
    port=${said##*:}
    [ -n "$port" ] || fail "no port: $(cat err)"
}

# ask BYTES HEX...: so many bytes of the answer, in hexadecimal.
part=w25q128jv
ask() {
    local bytes=$1
    shift
    chip "$part" "$part.hand"
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%b' "$(printf '\\x%s' "$@")" >&3
    answer=$(head -c "$bytes" <&3 | od -An -tx1 | tr -d ' \n')
    exec 3>&-
    wait $pid || fail "the chip's status is not 0"
}

ask 2 10
[ "$answer" = 1506 ] || fail "SYNCNOP: $answer"
ask 1 EE
[ "$answer" = 15 ] || fail "an unknown command: $answer"
ask 4 13 01 00 00 03 00 00 9F
[ "$answer" = 06ef4018 ] || fail "9Fh: $answer"
ask 5 14 00 5a 62 02
[ "$answer" = 06005a6202 ] || fail "a clock of 40 MHz: $answer"
ask 1 14 00 00 00 00
[ "$answer" = 15 ] || fail "no clock: $answer"
part=mx25r6435f ask 9 14 00 5a 62 02 13 01 00 00 03 00 00 9F
[ "$answer" = 06005a620206c22817 ] || fail "9Fh at 40 MHz: $answer"
grep -q "9Fh at 40.0 MHz: mx25r6435f allows it up to 33" err || fail "no complaint"
status=0
"$xipsafe" chip --serprog 99999 >out 2>err || status=$?
[ $status -eq 2 ] || fail "port 99999"

if ! command -v flashrom >/dev/null; then
    echo "flashrom is not installed: skipped" >&2
    exit 77
fi

# rom PART FILE NAME ARGUMENTS...: NAME is the chip as flashrom calls it.
rom() {
    local part=$1 file=$2 name=$3
    shift 3
    chip "$part" "$file"
    flashrom -p "serprog:ip=127.0.0.1:$port" -c "$name" "$@" >out 2>&1 ||
        fail "flashrom: $part $*"
    wait $pid || fail "the chip's status is not 0"
}

# One whole: erase, write, verify, read.
head -c 8M /dev/urandom >image
rom mx25r6435f whole.bin MX25R6435F -w image
! grep -q "allows it up to" err || fail "a clock that nobody asked for: $(cat err)"
cmp -s image whole.bin || fail "not what was written"
rom mx25r6435f whole.bin MX25R6435F -r back
cmp -s image back || fail "not what was read"
rom mx25r6435f whole.bin MX25R6435F -E
[ "$(tr -d '\377' <whole.bin | wc -c)" -eq 0 ] || fail "not erased"

# Of others a few blocks, the rest stays.
printf '%s\n' '00100000:0011ffff blocks' >layout
head -c 16M /dev/urandom >image
while read -r part name; do
    head -c 16M /dev/zero >"$part.bin"
    rom "$part" "$part.bin" "$name" -l layout -i blocks --noverify-all -w image
    cmp -s -i 1M -n 128K image "$part.bin" || fail "$part: not written"
    cmp -s -n 1M /dev/zero "$part.bin" || fail "$part: blocks in front"
    cmp -s -i 0:0x120000 -n 1M /dev/zero "$part.bin" || fail "$part: behind"
done <<END
w25q128jv W25Q128.V
n25q128a N25Q128..3E
is25lp128f IS25LP128
gd25q128e GD25Q127C/GD25Q128C
END
finish
