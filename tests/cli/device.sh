#!/usr/bin/env bash
# xipsafe device: what it refuses without a device. examples/smp_update has one.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch" || exit 2

# want STATUS WORDS ARGUMENTS...: and one line on stderr, nothing on stdout
want() {
    local status=$1 words=$2 got=0
    shift 2
    "$xipsafe" device "$@" >out 2>err || got=$?
    [ "$got" = "$status" ] || complain "exit $got, not $status: device $*"
    [ "$(wc -l <err)" = 1 ] || complain "lines on stderr: device $*"
    [ ! -s out ] || complain "output: device $*: $(cat out)"
    grep -qF -- "$words" err || complain "no '$words' from device $*: $(cat err)"
}

want 2 "no command given"
want 2 "no command 'lst'" lst
want 2 "give --port DEV" list
want 2 "unknown option '--prt'" list --prt x
want 2 "'x' is one argument too many" list --port none x
want 2 "'2' is one argument too many" erase --port none 1 2
want 2 "upload: give the file of an image" upload --port none
want 2 "test: give the file or hash of an image" test --port none
want 2 "erase: give a slot" erase --port none
want 2 "echo: give a text" echo --port none
want 2 "upload does not take --json" upload --port none --json x
want 2 "list does not take --key" list --port none --key x
want 2 "reset does not take --reset" reset --port none --reset
want 2 "upload does not take --save" upload --port none --save x file
want 2 "list does not take --age" list --port none --age 1
want 2 "reset does not take --clear" reset --port none --clear
want 2 "info does not take --force" info --port none --force
want 2 "crash does not take --key" crash --port none --key x
want 2 "crash --json: give the ELF" crash --port none --json
want 2 "crash --force: give the ELF" crash --port none --force
want 2 "none: No such file or directory" crash --port none
want 2 "--baud 12345 is no usual speed" list --port none --baud 12345
want 2 "'5' is not usable" list --port none --timeout 5
want 2 "none: No such file or directory; look at the name" list --port none
: >file
want 2 "file: not a serial port" info --port file
# The end of a terminal with nobody behind it.
want 2 "/dev/null: not a serial port" reset --port /dev/null

# A file that cannot be right is refused before the port is touched.
head -c 3000 /dev/zero >zeros
want 1 "zeros: not an MCUboot image" upload --port none zeros
want 2 "missing: cannot open" upload --port none missing
head -c 5000 /dev/urandom >payload
key=$tests/../boot/keys/test_p256.pem
"$xipsafe" image sign -k "$key" -v 1.2.3 -H 0x200 --pad-header \
    --force --rom-fixed 0x90000000 payload good.img 2>err || complain "image sign"
want 2 "none: No such file or directory" upload --port none good.img
want 2 "none: No such file or directory" upload --port none --key "$key" \
    good.img
head -c 4000 good.img >short.img
want 1 "short.img: " upload --port none short.img
cp good.img wrong.img
printf '\1\2\3' | dd of=wrong.img bs=1 seek=2000 conv=notrunc status=none
want 1 "wrong.img: contents do not match" upload --port none wrong.img
"$xipsafe" image keygen -k other.pem || complain "image keygen"
want 1 "good.img: signature is not by our key" upload --port none --key other.pem good.img
want 1 "wrong.img: " upload --port none good.img wrong.img

"$xipsafe" device --help >out 2>err || complain "--help: exit $?"
grep -q '^Example:' out || complain "--help: no example"
! grep -qE '.{81}' out || complain "--help: more than 80 columns"
finish
