#!/usr/bin/env bash
# Each rule of the simulator has a case in the suite and a place in the docs,
# with the words that the report prints.
set -eu
page=$PWD/docs/SIM_RULES.md
cases=$PWD/tests
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

"$xipsafe" sim --rules >rules
[ "$(wc -l <rules)" -ge 27 ] || fail "only $(wc -l <rules) rules"
tr -s ' \n' '  ' <"$page" >words # one line, for texts that are wrapped
while read -r name _; do
    "$xipsafe" sim --rules="$name" >one
    grep -q "^### $name$" "$page" || complain "no section for $name"
    while read -r _ text; do
        grep -qF -- "$text" words || complain "$name: not in the docs: $text"
    done < <(grep -E '^  (why|fix) ' one)
    # A violation of the chip is looked for in the tests of its model.
    constant=$(tr a-z- A-Z_ <<<"$name")
    case $name in
    nor-*) grep -rqw "$constant" "$cases/unit/nor" ;;
    *) grep -rqF "\"$name\"" "$cases/unit/sim" ;;
    esac || complain "no case for $name"
done < <(cat rules)
while read -r _ name; do
    grep -q "^$name " rules || complain "$page has a rule that is none: $name"
done < <(grep '^### ' "$page")
status=0
"$xipsafe" sim --rules=window-fitch 2>err || status=$?
[ $status -eq 2 ] || complain "an unknown rule: exit $status"
grep -q "unknown rule 'window-fitch'" err || complain "$(cat err)"
finish
