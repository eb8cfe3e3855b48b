# shellcheck shell=bash
# turn - what `make test` does in part, so that it stays short; sourced, not run
#
# Which part goes round with the commits, or XIPSAFE_SEED chooses it; with
# XIPSAFE_DEEP=1 (`make deep`) it is everything.

turn=${XIPSAFE_SEED:-$(git -C "$(dirname "${BASH_SOURCE[0]}")" \
    rev-list --count HEAD 2>/dev/null || echo 0)}
[[ $turn =~ ^[0-9]+$ ]] || turn=0
echo "again with XIPSAFE_SEED=$turn" # for scripts/run-test

# its_turn I N: item I is of this part, one of N.
its_turn() {
    [ -n "${XIPSAFE_DEEP-}" ] || ((($1 + turn) % $2 == 0))
}
