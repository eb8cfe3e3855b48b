#!/usr/bin/env bash
# The limits of the tests, and the line that runs a failed one again: planted
# tests under scripts/run-test and scripts/run-tests.
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
set -eu
scripts=$PWD/scripts
cd "$scratch"

# one STATUS NAME PROGRAM...: its output is in `out`.
one() {
    local wanted=$1 status=0
    shift
    "$scripts/run-test" "$@" >out 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "$1: exit $status, not $wanted"
}
# ends_with LINE: and no other line is one to paste.
ends_with() {
    [ "$(tail -n 1 out)" = "$1" ] || fail "the last line is not '$1'"
    [ "$(grep -c '^again: ' out)" -eq 1 ] || fail "not one line to paste"
}
printed() {
    grep -qF -- "$1" out || fail "no '$1'"
}

one 0 sim_good true
one 77 sim_skipped bash -c 'exit 77'
! grep -q again out || fail "a skipped test asks to be run again"
one 1 unit_red false
ends_with "again: make test T=unit_red"
one 127 unit_missing ./missing
ends_with "again: make test T=unit_missing"
one 3 unit_storm bash -c 'echo "f.c:1; again with XIPSAFE_SEED=7, part"; exit 3'
ends_with "again: XIPSAFE_SEED=7 make test T=unit_storm"

# A script gets an empty directory.
# shellcheck disable=SC2016 # for the script
echo '[ -d "$2" ] && [ -z "$(ls "$2")" ] && exit 5' >script.sh
mkdir used && : >used/file
one 5 sim_script ./script.sh command used firmware
ends_with "again: make test T=sim_script"

# Processor time counts, also that of a process which the test started and
# whose end it does not care about; waiting does not.
loop='while :; do :; done'
export XIPSAFE_CPU_LIMIT_S=1
one 1 unit_busy bash -c "bash -c '$loop'; exit 0"
grep -qE "^unit_busy: used [1-3] s of processor time, the limit is 1 s" out ||
    fail "does not say why"
ends_with "again: make test T=unit_busy"
one 0 unit_waits bash -c 'read -r -t 1.5 <>'"<(:) || true"
unset XIPSAFE_CPU_LIMIT_S

# The suite. `absent` is a test that ctest cannot start.
mkdir suite
cat >suite/CTestTestfile.cmake <<END
add_test(unit_good "$scripts/run-test" unit_good true)
add_test(unit_good_too "$scripts/run-test" unit_good_too true)
add_test(unit_red "$scripts/run-test" unit_red false)
add_test(absent "/nonexistent")
END
export XIPSAFE_TESTS_DIR=$PWD/suite
# suite STATUS ARGUMENTS...
suite() {
    local wanted=$1 status=0
    shift
    "$scripts/run-tests" "$@" >out 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "run-tests $*: exit $status"
}
suite 8
[ "$(tail -n 1 out)" = "50% tests passed, 2 tests failed out of 4" ] ||
    fail "the closing line is not last"
for name in unit_red absent; do
    [ "$(grep -cx "again: make test T=$name" out)" -eq 1 ] ||
        fail "not one line to run $name again"
done
[ "$(grep -c '^again: ' out)" -eq 2 ] || fail "not one line for each failure"

suite 0 --name unit_good
printed "tests failed out of 1"
suite 0 --name good
printed "tests failed out of 2"
suite 0 --name unit_good -j 1
suite 2 --name unit_god
printed "no test has 'unit_god' in its name"
printed "unit_good_too"

# A test that waits for ever.
echo 'add_test(unit_stuck "tail" "-f" "/dev/null")' >suite/CTestTestfile.cmake
XIPSAFE_PATIENCE_S=1 suite 1
printed "stopped: for 1 s no test ended"
ends_with "again: make test T=unit_stuck"
