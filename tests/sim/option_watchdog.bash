# shellcheck shell=bash disable=SC2154 # of support.bash and of the test
# What the tests of both watchdogs that option bytes start have in common.

# sign FILE IMAGE OPTION...: for slot 0, by the key of the tests
sign() {
    local file=$1 image=$2
    shift 2
    "$xipsafe" image sign --key "$key" --header-size 0x200 --pad-header "$@" \
        --slot-size 0x100000 --rom-fixed 0x90000000 --version 1.0.0 "$file" \
        "$image" >signed.txt || fail "not signed"
}

# starts_large NAME: the boot program starts that firmware, of 504 KB, whose
# digest and signature take 640 ms. It programs the option byte, erases, and
# then lets itself be reset.
starts_large() {
    {
        cat "$firmware/$1.bin"
        head -c 504K /dev/zero | tr '\0' '\125'
    } | head -c 504K >large.bin
    sign large.bin large.img
    sim 0 --part w25q128jv --internal "$firmware/boot.elf" \
        --load large.img@0 --flash flash.bin --time-limit 120s --max-times \
        --expect "option byte programmed" \
        --expect "reset by other" \
        --expect "PASS erases, fed by the library alone" \
        --expect "nothing feeds it now" \
        --expect "reset by watchdog" \
        --expect "passed, 0 failed"
}
