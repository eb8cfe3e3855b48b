#!/usr/bin/env bash
# The command `xipsafe image factory`: what it writes, and what it refuses.
# Each refusal wants the right exit code, one line on stderr, and no file.
set -u

# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
test_key=$(readlink -f "$(dirname "$0")/../../boot/keys/test_p256.pem")
cd "$scratch" || exit 2
boot=$firmware/boot.elf
app=$firmware/self_update_v1.img
tool=arm-none-eabi-objcopy

# want STATUS WORDS ARGUMENTS...
want() {
    local status=$1 words=$2 got
    shift 2
    rm -f out.hex out-0x*
    "$xipsafe" image factory "$@" >out 2>err
    got=$?
    if [ "$got" != "$status" ]; then
        complain "exit $got, wanted $status: $* ($(cat err))"
    elif ! cat out err | grep -qF -- "$words"; then
        complain "no '$words' from $*: $(cat out err)"
    elif [ "$status" != 0 ] && [ "$(wc -l <err)" != 1 ]; then
        complain "not one line on stderr from $*: $(cat err)"
    elif [ "$status" != 0 ] && ls out.hex out-0x* >/dev/null 2>&1; then
        complain "left a file behind: $*"
    fi
}

# refuse STATUS WORDS ARGUMENTS...: with the usual arguments before.
refuse() {
    local status=$1 words=$2
    shift 2
    want "$status" "$words" --boot "$boot" --app "$app" --out out.hex "$@"
}

### What it prints ###

# As words for a shell, whatever the name.
name="it's a \$name/my out.hex"
mkdir -p "$(dirname "$name")"
want 0 "slot 0: v1.0.0+0" --boot "$boot" --app "$app" --out "$name"
grep -c '^  [a-zA-Z0-9_-]* .*my out' out >count
[ "$(<count)" = 4 ] || complain "$(<count) of the commands have the file"
while read -r line; do
    eval "words=($line)"
    found=
    # shellcheck disable=SC2154 # by eval
    for word in "${words[@]}"; do
        case $word in "$name" | "xipsafe_factory {$name}") found=1 ;; esac
    done
    [ "$found" ] || complain "not a word for a shell: $line"
done < <(grep '^  [a-zA-Z0-9_-]* .*my out' out)

### What it writes ###

want 0 "slot 0: v1.0.0+0" --boot "$boot" --app "$app" --out out.hex
same out-0x08000000.bin "$firmware/boot.bin"
same out-0x90000000.bin "$app"
"$tool" -I ihex -O binary -j .sec1 out.hex boot.part
same boot.part "$firmware/boot.bin"
# A section of objcopy ends with 64 KB of addresses.
"$tool" -I ihex -O binary -j .sec2 -j .sec3 out.hex app.part
same app.part "$app"
arm-none-eabi-objdump -h out.hex | awk '$2 ~ /^\.sec/ { print $4, $3 }' \
    >sections
for blank in "90100000 00000020" "90ffe000 00000020" "90fff000 00000020"; do
    grep -qx "$blank" sections || complain "no blank row at $blank"
done
for words in "STM32_Programmer_CLI -c port=SWD" \
    "-el build/extloader/xipsafe_STM32L476G-DISCO.stldr -w out.hex" \
    "xipsafe_factory out.hex" "pyocd load" "probe-rs download" \
    "public test key"; do
    grep -qF -- "$words" out || complain "does not print '$words'"
done
mv out.hex usual.hex

want 0 "" --boot "$firmware/boot.bin" --app "$app" --out out.hex
same out.hex usual.hex
"$tool" -I binary -O ihex --change-addresses 0x08000000 \
    "$firmware/boot.bin" boot.hex
want 0 "" --boot boot.hex --app "$app" --out out.hex
same out.hex usual.hex
want 0 "" --boot "$boot" --app "$app" --out out.hex --keep --loaders /l
grep -q "el /l/xipsafe" out || complain "--loaders has no effect"
[ "$(arm-none-eabi-objdump -h out.hex | grep -c '\.sec')" = 3 ] \
    || complain "--keep erases something"
want 0 "slot 1: v2.0.0+0" --boot "$boot" --slot 1 --out out.hex \
    --app "$firmware/self_update_v2_slot1.img"
[ -e out-0x90100000.bin ] || complain "no .bin of slot 1"

# A board with a golden slot gets an image there, too.
slots4=(--board-file "$tests/firmware/slots4/board.txt"
    --boot "$firmware/boot_slots4.elf" --app "$firmware/slots4_slot0.img"
    --out out.hex)
want 0 "slot 3, golden: v1.3.0+0" "${slots4[@]}" \
    --golden "$firmware/slots4_slot3.img"
same out-0x90300000.bin "$firmware/slots4_slot3.img"
grep -q "0x90200000  slot 2: erased" out || complain "slot 2 is not erased"
want 0 "slot 3: erased" "${slots4[@]}"
want 1 "and slot 3 is at 0x90300000" "${slots4[@]}" \
    --golden "$firmware/slots4_slot2.img"
want 2 "slot 3 is the golden one" "${slots4[@]}" --slot 3 \
    --app "$firmware/slots4_slot3.img" --golden "$firmware/slots4_slot3.img"
refuse 2 "has no golden slot" --golden "$app"

### What would not start ###

cp "$app" damaged.img
printf 'X' | dd of=damaged.img bs=1 seek=2000 conv=notrunc status=none
refuse 1 "contents do not match" --app damaged.img
refuse 1 "not an MCUboot image" --app "$firmware/self_update_v1.bin"
refuse 1 "and slot 0 is at 0x90000000" \
    --app "$firmware/self_update_v2_slot1.img"
refuse 1 "and slot 1 is at 0x90100000" --slot 1
head -c 5000 "$app" >short.img
refuse 1 "ends before its header says" --app short.img
: >empty.img
refuse 1 "empty.img: would not start" --app empty.img
head -c 1048577 /dev/zero >large.img
refuse 1 "a slot has 1048576" --app large.img

sign=(-v 1.0.0 -H 0x200 --pad-header -S 0x100000 --rom-fixed 0x90000000)
bin=$firmware/self_update_v1.bin
"$xipsafe" image keygen -k other.pem || complain "keygen"
"$xipsafe" image sign -k other.pem "${sign[@]}" "$bin" other.img \
    || complain "sign"
refuse 1 "not signed by a key that" --app other.img
"$xipsafe" image sign "${sign[@]}" "$bin" unsigned.img || complain "sign"
refuse 1 "not signed" --app unsigned.img
{ head -c 4 "$bin" && printf '\0\0\0\0' && tail -c +9 "$bin"; } >noentry.bin
"$xipsafe" image sign -k "$test_key" \
    "${sign[@]}" --force noentry.bin noentry.img || complain "sign"
refuse 1 "reset vector" --app noentry.img

refuse 1 "does not hold the key" --key other.pem
refuse 1 "leave --no-key out" --no-key
want 0 "" --boot "$boot" --app "$app" --out out.hex \
    --key "$test_key"
# The same boot program without its key.
at=$(LC_ALL=C grep -obUaP '\x30\x59\x30\x13\x06\x07.{19}\x00\x04' \
    "$firmware/boot.bin" | head -n 1 | cut -d : -f 1)
cp "$firmware/boot.bin" keyless.bin
dd if=/dev/zero of=keyless.bin bs=1 seek="$at" count=91 conv=notrunc \
    status=none
refuse 1 "say --no-key" --boot keyless.bin
want 0 "NOT signed" --boot keyless.bin --app unsigned.img --out out.hex \
    --no-key

refuse 1 "starts from 0x08000000" --boot "$firmware/self_update_v1.elf"
head -c 4096 "$app" >begin.img
refuse 1 "is no stack in RAM" --boot begin.img
refuse 1 "the boot program has 32768" --boot large.img
printf 'abc' >tiny.bin
refuse 1 "3 bytes are no boot program" --boot tiny.bin
{ head -c 4 "$firmware/boot.bin" && printf '\0\0\0\x20' &&
    tail -c +9 "$firmware/boot.bin"; } >jump.bin
refuse 1 "its reset vector 0x20000000" --boot jump.bin

### What it cannot do ###

want 2 "name the boot program"
want 2 "name the signed image" --boot "$boot"
want 2 "name the result" --boot "$boot" --app "$app"
refuse 2 "does not end in .hex" --out out.bin
refuse 2 "does not end in .hex" --out .hex
refuse 2 "unknown board 'x'; known boards: " --board x
refuse 2 "board 'nucleo-l476rg-w25q128' is known, and no factory file" \
    --board nucleo-l476rg-w25q128
refuse 2 "cannot read none.board" --board-file none.board
refuse 2 "--slot '6'" --slot 6
refuse 2 "has 2 slots" --slot 2
refuse 2 "one argument too many" more
refuse 2 "choose one" --no-key --key other.pem
refuse 2 "cannot open" --boot none.elf
refuse 2 "cannot open" --app none.img
refuse 2 "cannot open" --key none.pem
refuse 2 "unknown option" --what
: >empty.bin
refuse 2 "empty.bin: empty" --boot empty.bin
want 2 "cannot write" --boot "$boot" --app "$app" --out none/out.hex

# A file that is there stays as it was.
echo old >old.hex
"$xipsafe" image factory --boot "$boot" --app damaged.img --out old.hex \
    >out 2>err
[ "$(cat old.hex)" = old ] || complain "a refusal changed an old file"
want 0 "Usage: xipsafe image factory" --help

finish
