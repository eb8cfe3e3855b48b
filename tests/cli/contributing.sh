#!/usr/bin/env bash
# CONTRIBUTING.md, the hooks and the workflow name files, checks and targets
# that exist.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

# Paths of the text, <placeholders> standing for anything.
# shellcheck disable=SC2016 # the marks of Markdown
grep -oE '`[^`]+`' CONTRIBUTING.md | tr -d '`' | sed 's/ .*//' |
    grep -E '^[A-Za-z_.<>*]+/|^[A-Z][A-Za-z]+\.(md|txt)$' |
    sed 's/<[a-z]*>/*/g' | sort -u >"$scratch/paths"
[ "$(wc -l <"$scratch/paths")" -ge 30 ] || fail "few paths were found"
while read -r path; do
    case $path in
    build/*) ;; # made
    *) compgen -G "$path" >/dev/null || complain "CONTRIBUTING.md: no $path" ;;
    esac
done <"$scratch/paths"

checks=" $(scripts/lint --list | tr '\n' ' ')"
for check in $(sed -n 's/^ *entry: scripts\/lint //p' .pre-commit-config.yaml) \
    $(grep -oE 'scripts/lint [a-z]+' CONTRIBUTING.md | sed 's/.* //'); do
    [[ $checks == *" $check "* ]] || complain "scripts/lint has no $check"
done
grep -oE 'make [a-z-]+' CONTRIBUTING.md | sort -u | while read -r _ target; do
    grep -qE "^(.* )?$target( .*)?:" Makefile || echo "make $target"
done >"$scratch/out"
[ ! -s "$scratch/out" ] || fail "the Makefile lacks these"

command=$(sed -n 's/^ *- run: \(\.ci.*\)/\1/p' .github/workflows/ci.yml)
[ -x "${command:-none}" ] || complain "the workflow runs '$command'"
finish
