#!/usr/bin/env bash
# The mutations still fit the sources, and their runner tells what is noticed
# from what survives: planted lists. `make deep` runs them all.
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
set -eu
run=$PWD/tests/mutations/run
cd "$scratch"
mkdir planted

# planted STATUS ARGUMENTS...: the list is on standard input.
planted() {
    local wanted=$1 status=0
    shift
    { echo '[host/base/number.c]' && cat; } >planted/base.list
    "$run" --lists planted "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || fail "run $*: exit $status, not $wanted"
}
says() {
    cat out err | grep -qE -- "$1" || fail "does not say '$1'"
}

"$run" --fits >out 2>err || fail "a mutation does not fit"
[ "$("$run" --list | wc -l)" -ge 400 ] || fail "too few mutations"
# Which quarter of the library goes round; all the rest is always there.
for seed in 0 1 2 3; do
    XIPSAFE_SEED=$seed "$run" --quick --list | sort >"quick$seed"
done
cmp -s quick0 quick1 && fail "the sample does not go round"
"$run" --list | sort | cmp -s - <(sort -u quick?) || fail "one is never drawn"

planted 2 --fits <<<'no text | test_number | s/no such text//'
says "'base: no text' does not fit: changes nothing in host/base/number.c"
planted 2 --fits <<<'no test | test_numbers | s/uint64_t/uint32_t/'
says "'base: no test' does not fit: there is no test test_numbers"
planted 2 --fits <<<'no edit | test_number | s/uint64_t'
says "'base: no edit' does not fit: .*unterminated"
planted 2 --fits <<<'no bars, test_number, s/uint64_t/uint32_t/'
says "base.list:2: not NAME . TESTS . SED"
planted 2 nothing-of-that-name <<<'other | test_number | s/uint64_t/uint32_t/'
says "no mutation has 'nothing-of-that-name' in its name"

planted 1 -j2 <<'END'
seen | test_number | s/return true;/return false;/
unseen | test_number | $s,$, // a comment,
END
says '^base: seen  +test_number: '
says '^base: unseen  +NOTHING$'
says '^base: unseen  +host/base/number.c$'
[ "$(tail -n 1 out)" = "1 passed, 1 failed" ] || fail "the closing line"
planted 2 <<<'wrong | test_number | s/return true;/return truth;/'
says "'base: wrong' does not compile: .*truth"

finish
