#!/usr/bin/env bash
# The sessions in docs/DEBUGGING.md are what gdb prints, but for numbers.
# XIPSAFE_UPDATE=1 writes them into the page.
# command: optimised
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/gdb.bash
. "$(dirname "$0")/../gdb.bash"

page=$root/docs/DEBUGGING.md

# blocks SESSION: the lines of its blocks.
blocks() {
    awk -v session="<!-- session: $1 -->" '
        /^```/ && inside { inside = 0; next }
        inside { print }
        $0 == session { armed = 1; next }
        /^```/ && armed { inside = 1 }
        { armed = 0 }' "$page"
}

# Puts the output of a session in place of its blocks.
write_blocks() {
    awk -v session="<!-- session: $1 -->" -v output="$scratch/session" '
        /^```/ && inside {
            inside = 0
            while (commands-- > 0) {
                if (pending == "") getline pending <output
                print pending
                while ((more = (getline pending <output)) > 0 &&
                        pending !~ /^\(gdb\) /) print pending
                if (more <= 0) pending = ""
            }
        }
        !inside { print }
        inside && /^\(gdb\) / { commands++ }
        $0 == session { armed = 1; next }
        /^```/ && armed { inside = 1; commands = 0 }
        { armed = 0 }' "$page" >"$scratch/page"
    cp "$scratch/page" "$page"
}

# Numbers and addresses differ from build to build.
without_numbers() {
    sed -E 's/0x[0-9a-f]+/#/g; s/<[a-z_]+\+[0-9]+>/<#>/g; s/[0-9][0-9.,]*/#/g' "$1"
}

# check SESSION
check() {
    local name
    read -r -a name <<<"$1"
    blocks "$1" >"$scratch/expected"
    [ -s "$scratch/expected" ] || fail "no session '$1' in $page"
    sed -n 's/^(gdb) //p' "$scratch/expected" | gdb_session "${name[@]}"
    sed -n '/^(gdb) /,$p' "$scratch/out" | sed 's/ *$//' >"$scratch/session"
    if [ -n "${XIPSAFE_UPDATE-}" ]; then
        write_blocks "$1"
        return
    fi
    without_numbers "$scratch/expected" >"$scratch/a"
    without_numbers "$scratch/session" >"$scratch/b"
    diff -u "$scratch/a" "$scratch/b" >"$scratch/diff" || {
        cat "$scratch/diff" >&2
        complain "docs/DEBUGGING.md, session '$1', is not what gdb prints"
    }
}

check "debugged"
check "debugged --real-debugger"
finish
