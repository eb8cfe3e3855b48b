#!/usr/bin/env bash
# The command as such: help, version, what it refuses.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

# expect STATUS TEXT ARGUMENTS...: exit status, and one line on stderr with TEXT
expect() {
    local status=$1 text=$2 got=0
    shift 2
    "$xipsafe" "$@" >out 2>err || got=$?
    [ "$got" -eq "$status" ] || fail "'$*': exit $got, not $status"
    [ "$(wc -l <err)" -eq 1 ] || fail "'$*': not one line: $(cat err)"
    grep -qF -- "$text" err || fail "'$*': no '$text' in: $(cat err)"
    [ ! -s out ] || fail "'$*': output besides the error: $(cat out)"
}

for option in --help -h help; do
    "$xipsafe" "$option" >out 2>err || fail "$option: exit $?"
    [ ! -s err ] || fail "$option: $(cat err)"
    grep -q '^Usage: xipsafe' out || fail "$option: no usage line"
    grep -q '^Example:' out || fail "$option: no example"
done
for command in sim check image board device; do
    grep -q "^  $command " out || fail "--help does not name $command"
    "$xipsafe" "$command" --help >sub 2>err || fail "$command --help: exit $?"
    grep -q "^Usage: xipsafe $command" sub || fail "$command --help: no usage"
    grep -q '^Example:' sub || fail "$command --help: no example"
    ! grep -qE '.{81}' sub || fail "$command --help: more than 80 columns"
done
"$xipsafe" --version | grep -qE '^xipsafe [0-9]+\.[0-9]+\.[0-9]+$' ||
    fail "--version: $("$xipsafe" --version)"

# One prefix, that of the command, and one grammar in all of them.
expect 2 "xipsafe: no command"
expect 2 "xipsafe sim: unknown option '--jsn'" sim --jsn
expect 2 "xipsafe check: unknown option '--jsn'" check --jsn
expect 2 "xipsafe image sign: unknown option '--jsn'" image sign --jsn
expect 2 "unknown option '-xip'; did you mean --xip? See xipsafe check --help" check app.elf -xip 0:1
expect 2 "unknown option '-xip'; did you mean --xip?" check -xip 0:1
expect 2 "unknown option '-board'; did you mean --board?" check -board=x app.elf
expect 2 "unknown option '-json'; did you mean --json?" sim -json
expect 2 "unknown option '-x'" check -x -xip 0:1
expect 2 "xipsafe image: no command 'sgn'" image sgn
expect 2 "xipsafe sim: --quiet takes no value" sim --quiet=3
expect 2 "xipsafe check: --verbose takes no value" check --verbose=3
expect 2 "xipsafe image sign: unknown option '-q'" image sign -q
expect 2 "xipsafe sim: --part needs a value" sim --part
expect 2 "'1Q' is not usable; give a number from 0 to" image sign -S 1Q a b
expect 2 "'1Q' is not usable; give a number from 0 to" sim --seed 1Q
expect 2 "'0:1Q' is not usable; give ADDR:SIZE" check a.elf --xip 0:1Q
# No two reports in one place.
expect 2 "two reports both on standard output" sim --internal x --json --vcd -
expect 2 "two reports both on same" check a.elf --xip 0:1M --json=same \
    --sarif=same
touch two
expect 2 "two reports both on ./two" check a.elf --xip 0:1M --sarif=./two \
    --json=two
# Nor one in the place of what is read, by whatever name.
printf x >in.elf
ln in.elf hard.elf
ln -s in.elf soft.elf
mkdir -p folder
for file in in.elf ./folder/../in.elf hard.elf soft.elf; do
    text="$file is an input, too"
    expect 2 "$text" check in.elf --xip 0:1M --json="$file"
    expect 2 "$text" check --sarif="$file" --xip 0:1M --with in.elf a.elf
    expect 2 "$text" check a.elf --xip 0:1M --map=in.elf --json="$file"
    expect 2 "$text" sim --internal in.elf --trace "$file"
    expect 2 "$text" sim --load in.elf@0x1000 --internal x --uart file:"$file"
    expect 2 "$text" cut in.elf --svg "$file"
    expect 2 "$text" crash x in.elf --core "$file"
    expect 2 "$text" slots in.elf --json="$file"
done
printf '#' >n.notes
for option in --json=n.notes --sarif=n.notes; do
    expect 2 "n.notes is an input" check a.elf --xip 0:1M "$option" \
        --notes n.notes
done
[ "$(cat in.elf n.notes)" = 'x#' ] || fail "an input was overwritten"
expect 2 "'38,' is not usable: an element is empty" check a.elf --xip 0:1M \
    --interrupts '38,'
expect 2 "'38,,40' is not usable: an element is empty" check a.elf --xip 0:1M \
    --interrupts '38,,40'
expect 2 "'38,x,4' is not usable from 'x,4' on" check a.elf --xip 0:1M \
    --interrupts '38,x,4'
# A file that never ends, or never begins.
mkfifo fifo
expect 2 "fifo: not a regular file" sim --internal x --board-file fifo
expect 2 "fifo': not a regular file" check a.elf --xip 0:1M --notes fifo
expect 2 "fifo: not a regular file" sim --internal x --set-file fifo
expect 2 "/dev/zero: not a regular file" sim --internal x --board-file /dev/zero
printf 'name a\033[1m\n' >escape.txt
expect 2 "escape.txt:1: has a character that is not printable" sim \
    --internal x --board-file escape.txt
printf '\357\273\277name mark # \303\274ber\nram 0x20000000 4K\npart x9\n' >mark.txt
expect 2 "mark.txt:3: unknown part 'x9'" sim --internal x --board-file mark.txt
# A name with a line feed or an escape sequence makes no second line.
evil=$(printf 'a\nxipsafe sim: good\033[2J')
expect 2 "a?xipsafe sim: good?[2J" sim --internal "$evil"
expect 2 "a?xipsafe sim: good?[2J" check "$evil" --xip 0:1M
expect 2 "a?xipsafe sim: good?[2J" image verify "$evil"
expect 2 "no command 'simm'" simm
expect 2 "no command '--verbose'" --verbose

# The licence note of README.md: no GPL library in the command.
readelf -d "$xipsafe" | grep -q 'NEEDED.*libelf' || fail "readelf says nothing"
! readelf -d "$xipsafe" | grep -qi 'NEEDED.*unicorn' || fail "links Unicorn"

# A full disk behind stdout is an error, not silence.
status=0
"$xipsafe" --help >/dev/full 2>err || status=$?
[ "$status" -eq 2 ] || fail "--help >/dev/full: exit $status"
grep -q 'No space left' err || fail "--help >/dev/full: $(cat err)"
