#!/usr/bin/env bash
# scripts/setup with a made-up dpkg and apt: when it installs, when it refuses.
set -eu
setup=$PWD/scripts/setup
packages=$PWD/scripts/packages.txt
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
mkdir bin

# Commands that only say that they were called. `installed` holds the names.
printf '#!/bin/sh\necho "apt-get $*" >>calls\nexec %s\n' \
    '[ ! -e apt_fails ]' >bin/apt-get
printf '#!/bin/sh\nsed "s/^/installed /" installed\n' >bin/dpkg-query
printf '#!/bin/sh\ncat uid\n' >bin/id
chmod +x bin/*
PATH=$PWD/bin:$PATH
echo 0 >uid

# run STATUS ARGUMENTS...: without a terminal
run() {
    local want=$1 got=0
    shift
    : >calls
    "$setup" "$@" </dev/null >out 2>&1 || got=$?
    [ "$got" -eq "$want" ] || fail "setup $*: exit $got, not $want"
}
every=$(sed -n 's/^\([a-z][^ ]*\) .*/\1/p' "$packages")

# Nothing missing: silent, and apt is not asked.
echo "$every" >installed
SETUP='' CI='' run 0
[ ! -s out ] || fail "prints something with nothing missing"
[ ! -s calls ] || fail "calls apt-get with nothing missing"

# Two missing: each with its reason; SETUP=no installs nothing.
echo "$every" | grep -vxE 'cmake|cppcheck' >installed
SETUP=no run 2
grep -q 'cmake .*the build system' out || fail "does not say what cmake is for"
grep -q 'cppcheck' out || fail "does not list cppcheck"
grep -q 'install.* cmake cppcheck$' out || fail "does not say the command"
[ ! -s calls ] || fail "SETUP=no calls apt-get"
SETUP=skip run 0
[ ! -s out ] || fail "SETUP=skip is not silent"

# Groups: the linters are no reason to stop a build.
echo "$every" | grep -vx cppcheck >installed
SETUP=no run 0 build test
SETUP=no run 2 lint
# A browser is for `make deep` alone.
echo "$every" | grep -vx chromium >installed
SETUP=no run 0
SETUP=no run 2 deep
echo "$every" | grep -vx cppcheck >installed

# Not root and nobody to ask.
echo 1000 >uid
SETUP='' run 2
[ ! -s calls ] || fail "calls apt-get without being root"
CI=true SETUP='' run 2
echo 0 >uid

if grep -qx 'ID=debian' /etc/os-release &&
    grep -q '^VERSION_ID="12"' /etc/os-release; then
    SETUP='' run 0
    grep -q '^apt-get .*update' calls || fail "no apt-get update"
    grep -qE '^apt-get install -y .* cppcheck$' calls || fail "no install"
    : >apt_fails
    SETUP='' run 2
    grep -q 'failed' out || fail "a failing apt-get is not named"
else
    SETUP='' run 2
    grep -q 'Debian 12 only' out || fail "does not say where it installs"
fi
