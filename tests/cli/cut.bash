# shellcheck shell=bash
# cut - what the tests of `xipsafe cut` share; sourced behind support.bash

# The update that they cut.
# shellcheck disable=SC2034,SC2154 # of those that source it, and of support.bash
update=("$firmware/boot_hash.elf" "$firmware/cut_small_v1.img@0"
    --send "$firmware/cut_small_v2_slot1.img")

# cut WANTED_STATUS ARGUMENTS...
cut() {
    local wanted=$1 status=0
    shift
    "$xipsafe" cut "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status, expected $wanted: xipsafe cut $*"
}
