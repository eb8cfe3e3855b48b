#!/usr/bin/env bash
# image.sh XIPSAFE SCRATCH_DIR - the command `xipsafe image`
#
# SPDX-License-Identifier: MIT
#
# Compares with what imgtool wrote, and feeds bad input: each case wants one
# line on stderr and the right exit code, and no file left behind.
set -u

# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
vectors=$tests/vectors/imgtool
key=$vectors/key_p256.pem
cd "$scratch" || exit 2

# want STATUS WORDS ARGUMENTS...: exit status, and words on stdout or stderr.
# A failure must be one line on stderr.
want() {
    local status=$1 words=$2 got
    shift 2
    "$xipsafe" image "$@" >out 2>err
    got=$?
    if [ "$got" != "$status" ]; then
        complain "exit $got, wanted $status: image $* ($(cat err))"
    elif [ -n "$words" ] && ! cat out err | grep -qF -- "$words"; then
        complain "no '$words' from image $*: $(cat out err)"
    elif [ "$status" != 0 ] && [ "$(wc -l <err)" != 1 ]; then
        complain "not one line on stderr from image $*: $(cat err)"
    fi
}

sign="sign -v 1.2.3+4 -H 0x400 --pad-header -S 0x20000 --align 8 -s 7"
at="--rom-fixed 0x90000000"

### As imgtool ###

# Up to the signature's length at 7,115; the signature has a random part there.
signed_bytes=7115
# shellcheck disable=SC2086 # several words each
{
    want 0 "" $sign "$vectors/payload.bin" hashonly.bin
    same hashonly.bin "$vectors/unsigned_hashonly.bin"
    want 0 "" $sign $at -k "$key" "$vectors/payload.bin" nopad.bin
    want 0 "" $sign $at -k "$key" --pad "$vectors/payload.bin" pad.bin
    want 0 "" $sign $at -k "$key" --confirm "$vectors/payload.bin" confirm.bin
}
for kind in nopad pad confirm; do
    # Bytes 7042 and 7043 hold the area's size, which counts the signature.
    same $kind.bin "$vectors/p256_$kind.bin" 7039
    cmp -s -n $((signed_bytes - 7041)) -i 7041 $kind.bin \
            "$vectors/p256_$kind.bin" || complain "$kind.bin: digest or key"
done
for kind in pad confirm; do
    cmp -s -i 7190 $kind.bin "$vectors/p256_$kind.bin" \
            || complain "$kind.bin: trailer"
done
for file in "$vectors"/p256_*.bin nopad.bin pad.bin confirm.bin; do
    want 0 "good: v1.2.3+4, contents and signature" verify -k "$key" "$file"
done
want 0 "contents only" verify "$vectors/unsigned_hashonly.bin"
want 0 "image_ok set" dumpinfo confirm.bin
want 0 "image_ok unset" dumpinfo pad.bin
want 0 "protected TLV 0x0050 SEC_CNT" dumpinfo nopad.bin

### Keys ###

want 0 "" keygen -k new.pem -t ecdsa-p256
[ "$(stat -c %a new.pem)" = 600 ] || complain "new.pem is not mode 0600"
grep -q "BEGIN PRIVATE KEY" new.pem || complain "new.pem is not PKCS#8"
want 0 "" keygen -k sec1.pem --format openssl
grep -q "BEGIN EC PRIVATE KEY" sec1.pem || complain "sec1.pem is not SEC1"
cmp -s new.pem sec1.pem && complain "two equal keys"
cp new.pem before.pem
want 2 "never overwritten" keygen -k new.pem
same new.pem before.pem
want 2 "not supported" keygen -k rsa.pem -t rsa-2048
[ -e rsa.pem ] && complain "rsa.pem was made"
want 2 "missing/k.pem" keygen -k missing/k.pem

want 0 "" getpub -k new.pem -e pem -o pub.pem
want 0 "" getpub -k pub.pem -e raw -o pub.der
[ "$(stat -c %s pub.der)" = 91 ] || complain "pub.der is not 91 bytes"
want 0 "const unsigned char ecdsa_pub_key[]" getpub -k new.pem
want 0 "const unsigned char ecdsa_pub_key[]" getpub -k new.pem -o -
[ ! -e ./- ] || fail "a file with the name -"
want 2 "encoding" getpub -k new.pem -e lang-cobol
for k in new.pem sec1.pem; do
    want 0 "" sign -k $k -v 1.0 -H 0x200 --pad-header "$vectors/payload.bin" \
            s.bin
    want 0 "contents and signature" verify -k $k s.bin
done
want 1 "the signature was not made with this key" verify -k new.pem s.bin
# Keys that are none of ours are named; line ends of other systems are taken.
openssl genrsa -out rsa8.pem 2048 2>log
openssl genrsa -traditional -out rsa1.pem 2048 2>log
openssl genpkey -algorithm ed25519 -out ed25519.pem
openssl ec -in "$key" -aes128 -passout pass:x -out secret1.pem 2>log
openssl pkcs8 -topk8 -in "$key" -passout pass:x -out secret8.pem
sed 's/$/\r/' "$key" >returns.pem
while read -r file words; do
    want 2 "$words" sign -k "$file.pem" -v 1.0 -H 0x200 --pad-header \
        "$vectors/payload.bin" no.bin
done <<'END'
rsa8 an RSA key
rsa1 an RSA key
ed25519 an Ed25519 key
secret1 has a passphrase
secret8 has a passphrase
END
# Images of imgtool for other keys: Ed25519 is verified here, and the boot
# program, whose code a P-256 key tries out, refuses them by name.
openssl pkey -in ed25519.pem -pubout -out ed25519_other.pem
for kind in sha256 sha512 pure; do
    img=$vectors/ed25519_$kind.bin
    want 0 "contents and signature" verify -k "$vectors/key_ed25519.pem" "$img"
    want 1 "signed with Ed25519, not with P-256" verify -k "$key" "$img"
    for other in ed25519 ed25519_other; do
        want 1 "was not made with this key" verify -k $other.pem "$img"
    done
    # A bit of the contents, the protected area, the digest, the signature (last).
    for at in 2000 7030 7050 -9; do
        cp "$img" flipped.bin
        [ $at -ge 0 ] || at=$(($(stat -c %s "$img") + at))
        byte=$(od -An -tu1 -j "$at" -N 1 "$img")
        # shellcheck disable=SC2059 # octal
        printf "\\$(printf %o $((byte ^ 4)))" |
            dd of=flipped.bin bs=1 seek="$at" conv=notrunc status=none
        want 1 "bad: " verify -k "$vectors/key_ed25519.pem" flipped.bin
    done
done
want 1 "signed with RSA, not with P-256" verify -k "$key" "$vectors/rsa2048.bin"
want 1 "was not made with this key" verify -k "$vectors/key_ed25519.pem" \
    "$vectors/rsa2048.bin"
want 1 "was not made with this key" verify -k "$vectors/key_ed25519.pem" \
    "$vectors/p256_nopad.bin"
want 0 "" sign -k returns.pem -v 1.0 -H 0x200 --pad-header \
    "$vectors/payload.bin" s.bin
want 0 "contents and signature" verify -k "$key" s.bin
want 2 "public key" sign -k pub.pem -v 1.0 -H 0x200 --pad-header \
        "$vectors/payload.bin" t.bin

if command -v openssl >/dev/null; then
    openssl ecparam -name prime256v1 -genkey -out o1.pem 2>/dev/null
    openssl pkcs8 -topk8 -nocrypt -in o1.pem -out o2.pem
    want 0 "" getpub -k o1.pem -e pem -o a.pem
    want 0 "" getpub -k o2.pem -e pem -o b.pem
    openssl pkey -in o1.pem -pubout -out c.pem
    same a.pem c.pem
    same b.pem c.pem
    for k in new.pem sec1.pem; do
        openssl pkey -in $k -check -noout >/dev/null 2>&1 \
                || complain "openssl does not like $k"
    done
    openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
    want 2 "not a P-256 key" getpub -k p384.pem
    openssl pkcs8 -topk8 -passout pass:x -in o1.pem -out enc.pem
    want 2 "passphrase" getpub -k enc.pem
fi

if command -v openssl >/dev/null; then
    # Somebody else's arithmetic agrees with our signature: over header,
    # payload and protected area, 7,037 bytes; DER behind four TLV headers.
    want 0 "" getpub -k "$key" -e pem -o vector_pub.pem
    head -c 7037 nopad.bin >region
    tail -c +7118 nopad.bin >signature
    openssl dgst -sha256 -verify vector_pub.pem -signature signature region \
            >/dev/null || complain "openssl does not accept our signature"
fi

want 2 "contains no key" getpub -k "$vectors/payload.bin"
head -c 150 new.pem >cut.pem
want 2 "damaged PEM" getpub -k cut.pem
want 2 "cannot open" getpub -k nothing.pem
sed '3s/^..../AAAA/' pub.pem >off_curve.pem
want 2 "not on the curve" getpub -k off_curve.pem
: >empty
want 2 "contains no key" getpub -k empty

### Bad images ###

for size in 0 1 31 32 500 1024 7000 7040 7100 7188; do
    head -c $size "$vectors/p256_nopad.bin" >cut.bin
    words="ends before its header says it does"
    [ $size -ge 32 ] || words="not an MCUboot image"
    want 1 "$words" verify -k "$key" cut.bin
done
cp "$vectors/p256_nopad.bin" bad.bin
printf 'X' | dd of=bad.bin bs=1 seek=3000 conv=notrunc 2>/dev/null
want 1 "do not match the SHA-256" verify -k "$key" bad.bin
want 1 "do not match the SHA-256" verify bad.bin
want 1 "not an MCUboot image" verify "$vectors/payload.bin"
want 1 "not an MCUboot image" dumpinfo "$vectors/payload.bin"
want 1 "not signed" verify -k "$key" "$vectors/unsigned_hashonly.bin"
want 2 "cannot open" verify -k "$key" nothing.bin
want 2 "cannot open" verify -k nothing.pem nopad.bin
want 2 "not a regular file" verify "$scratch"
want 2 "cannot open" dumpinfo nothing.bin

### sign: bad input, and no output from it ###

base="sign -k $key -v 1.2.3 -H 0x200 --pad-header"
payload=$vectors/payload.bin
# shellcheck disable=SC2086
{
    want 2 "cannot open" $base nothing.bin no.bin
    want 2 "empty" $base empty no.bin
    want 2 "name INPUT and OUTPUT" $base "$payload"
    want 2 "name INPUT and OUTPUT" $base "$payload" a b
    want 2 "only binary output" $base "$payload" no.hex
    want 2 "unknown option" $base --colour "$payload" no.bin
    want 2 "needs a value" sign "$payload" no.bin -v
    want 2 "--version is missing" sign -H 0x200 --pad-header "$payload" no.bin
    want 2 "--header-size is missing" sign -v 1.0 "$payload" no.bin
    want 2 "--slot-size is missing" $base --confirm "$payload" no.bin
    want 2 "32 is the minimum" $base -H 16 "$payload" no.bin
    want 2 "version '1.2.x'" $base -v 1.2.x "$payload" no.bin
    want 2 "version '256.0.0'" $base -v 256.0.0 "$payload" no.bin
    want 2 "version '-1'" $base -v -1 "$payload" no.bin
    want 2 "header-size '0x200q'" $base -H 0x200q "$payload" no.bin
    want 2 "rom-fixed '0x190000000'" $base -F 0x190000000 "$payload" no.bin
    want 2 "security-counter '-1'" $base -s -1 "$payload" no.bin
    want 2 "align 3" $base --align 3 "$payload" no.bin
    want 2 "erased-val" $base -R 7 "$payload" no.bin
    want 2 "exclude each other" $base -F 0x90000000 -L 0x20000000 \
            "$payload" no.bin
    want 2 "larger than the slot" $base -S 0x1a00 "$payload" no.bin
    for bad in "(1,2" "1,2" "(1,2)," "(1,2)(3,4)" "(256,1)" "(1,1.x)" \
            "(1,2)x" "(,1)"; do
        want 2 "dependencies '$bad'" $base -d "$bad" "$payload" no.bin
    done
    # As an overwrite-only image it fits.
    want 2 "larger than the slot" $base -S 0x1b00 --pad "$payload" no.bin
    want 2 "does not begin with" sign -v 1.0 -H 0x200 "$payload" no.bin
    head -c 512 /dev/zero >short.bin
    want 2 "not longer than the header" sign -v 1.0 -H 0x200 short.bin no.bin
}
# Vectors at 0x90000200.
cat >linked.hex <<'END'
:0200000490006A
:10020000008001200902009000BF00BF00BFFEE790
:00000001FF
END
# shellcheck disable=SC2086
{
    want 2 "linked for 0x90000200" $base -F 0x90100000 linked.hex no.bin
    sed '2s/..$/00/' linked.hex >damaged.hex
    want 2 "damaged Intel HEX" $base damaged.hex no.bin
    head -n 2 linked.hex >cut.hex
    want 2 "cut off" $base cut.hex no.bin
    [ -e no.bin ] && complain "a refused call left no.bin"

    want 0 "" $base -F 0x90000000 linked.hex hex.bin
    want 0 "address       0x90000000" dumpinfo hex.bin
    want 2 "the second word, 0x90000501, cannot be" $base -F 0x90100000 \
        "$payload" no.bin
    want 0 "note: the second word" $base -F 0x90100000 --force "$payload" odd.bin
    want 2 "an image already" $base hex.bin no.bin
    cp "$payload" same.bin && ln -sf same.bin link.bin
    want 2 "one file" $base same.bin link.bin
    cmp -s "$payload" same.bin || complain "sign touches its input"
    want 0 "" $base -d "(1, 1.2.3), (2,4.5.6+7)" -s auto "$payload" deps.bin
    want 0 "01000000 01020300 00000000" dumpinfo deps.bin
    want 0 "02000000 04050600 07000000" dumpinfo deps.bin
    want 0 "03000201" dumpinfo deps.bin
    want 0 "good: v1.2.3+0" verify -k "$key" deps.bin
    want 0 "" $base --public-key-format full "$payload" full.bin
    want 0 "PUBKEY, 91 bytes" dumpinfo full.bin
    want 0 "contents and signature" verify -k "$key" full.bin
    for align in 8 16 32; do
        want 0 "" $base -S 0x4000 --max-align $align --confirm "$payload" a.bin
        want 0 "align $align, image_ok set, copy_done unset" dumpinfo a.bin
    done
    want 0 "" $base -S 0x1b00 --overwrite-only --pad "$payload" tight.bin
    # Header already in the file: the same image.
    head -c 512 /dev/zero | cat - "$payload" >holed.bin
    want 0 "" $base -R 0 "$payload" zero.bin
    want 0 "" sign -k "$key" -v 1.2.3 -H 0x200 holed.bin holed_signed.bin
    same zero.bin holed_signed.bin

    # Same key, same image: same bytes.
    want 0 "" $base "$payload" once.bin
    want 0 "" $base "$payload" twice.bin
    same once.bin twice.bin

    # A disk that is full, and a file that must survive it.
    want 2 "No space left" $base "$payload" /dev/full
    want 2 "No space left" getpub -k "$key" -o /dev/full
    want 2 "never overwritten" keygen -k /dev/full
    want 2 "cannot write" $base "$payload" missing/no.bin
}
"$xipsafe" image getpub -k "$key" >/dev/full 2>err
[ $? = 2 ] || complain "getpub to a full standard output: not 2"
"$xipsafe" image dumpinfo nopad.bin >/dev/full 2>err
[ $? = 2 ] || complain "dumpinfo to a full standard output: not 2"
# A limit on file sizes stands for a disk that fills up half way.
(
    ulimit -f 4
    trap '' XFSZ
    # shellcheck disable=SC2086
    "$xipsafe" image $base "$payload" once.bin 2>err
) && complain "sign beyond the file size limit: exit 0"
same once.bin twice.bin
leftovers=$(ls once.bin.* 2>/dev/null)
[ -z "$leftovers" ] || complain "left behind: $leftovers"

### Help ###

want 0 "Example:" --help
for command in keygen getpub sign verify dumpinfo; do
    want 0 "Example:" $command --help
done
want 2 "no command" frobnicate
want 2 "no command"
want 2 "no image given" verify
want 2 "one argument too many" verify a.bin b.bin

finish
