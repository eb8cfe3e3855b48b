#!/usr/bin/env bash
# command: optimised
# The firmwares of tests/check/whole, in the way of alone.sh: what the run of the
# whole program must see, or stop at, and what it must follow.
XIPSAFE_ALONE_DIR=whole XIPSAFE_START=-DSTART_ONE_STACK exec "$(dirname "$0")/alone.sh" "$@"
