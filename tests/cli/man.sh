#!/usr/bin/env bash
# The manual pages say what the help says: each option of each command.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
pages=$(dirname "$xipsafe")/man

# page NAME COMMAND...: the page of a command, held against its help text.
page() {
    local page=$pages/$1.1 words
    shift
    "$xipsafe" "$@" --help >"$scratch/help"
    [ -s "$page" ] || fail "no page $page"
    for words in NAME SYNOPSIS DESCRIPTION EXAMPLES; do
        grep -q "^.SH $words$" "$page" || complain "$page: no section $words"
    done
    # Nothing of the roff source may show: a backslash is always an escape.
    sed 's/\\-/-/g; s/\\e/\\/g' "$page" >"$scratch/page"
    while read -r words; do
        grep -qF -- "$words" "$scratch/page" || complain "$page: no $words"
    done < <(grep -oE -- '--[a-z-]+' "$scratch/help" | sort -u)
}

# An entry whose text begins in the next line, and a second line of the usage.
grep -A 1 '^\.TP$' "$pages/xipsafe-check.1" | grep -q '^\.B \\-\\-resident ' ||
    complain "--resident is no entry: $(cat "$pages/xipsafe-check.1")"
[ "$(sed -n '/^\.SH SYN/,/^\.SH DESC/p' "$pages/xipsafe-check.1" |
    grep -c '^xipsafe check')" = 2 ] || complain 'no second line of the usage'

page xipsafe
page xipsafe-sim sim
page xipsafe-check check
page xipsafe-image image
page xipsafe-board board
page xipsafe-device device
page xipsafe-cut cut
page xipsafe-slots slots
page xipsafe-crash crash
for command in keygen getpub sign verify dumpinfo pack unpack factory; do
    page xipsafe-image-$command image $command
done
[ "$(find "$pages" -name '*.1' | wc -l)" -eq "$(find host -name '*.txt' |
    wc -l)" ] || complain "not one page for each help text"
finish
