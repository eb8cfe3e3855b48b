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
    grep -q '^usage: xipsafe' out || fail "$option: no usage line"
    grep -q '^example: ' out || fail "$option: no example"
done
for command in sim check image; do
    grep -q "^  $command " out || fail "--help does not name $command"
    "$xipsafe" "$command" --help >sub 2>err || fail "$command --help: exit $?"
    [ -s sub ] || fail "$command --help: no output"
done
"$xipsafe" --version | grep -qE '^xipsafe [0-9]+\.[0-9]+\.[0-9]+$' ||
    fail "--version: $("$xipsafe" --version)"

expect 2 "no command"
expect 2 "no command 'simm'" simm
expect 2 "no command '--verbose'" --verbose

# A full disk behind stdout is an error, not silence.
status=0
"$xipsafe" --help >/dev/full 2>err || status=$?
[ "$status" -eq 2 ] || fail "--help >/dev/full: exit $status"
grep -q 'No space left' err || fail "--help >/dev/full: $(cat err)"
