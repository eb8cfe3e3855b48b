#!/usr/bin/env bash
# The descriptions for PlatformIO, CMSIS-Pack and Zephyr: what they name exists
# and compiles with the flags that they give. Whether those tools accept them
# is untried.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$PWD
cd "$scratch"
command -v arm-none-eabi-gcc >/dev/null || exit 77

# compile FLAG... -- FILE...: the names as given, from the root.
compile() {
    local flags=()
    while [ "$1" != -- ]; do
        flags+=("$1")
        shift
    done
    shift
    [ $# -ge 10 ] || fail "$# sources are too few"
    (cd "$root" && printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -n 4 \
        arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -std=c11 -DSTM32L476xx \
        -fsyntax-only "${flags[@]}") || fail "does not compile: $*"
}

### They are what the library's list of files gives ###
"$root/scripts/packages" --check || fail "scripts/packages has to be run"

### PlatformIO ###
# The strings of one list, as PlatformIO takes them.
list_of() {
    sed -n "/\"$1\": \\[/,/\\]/ s/^ *\"\\([^\"]*\\)\",*\$/\\1/p" \
        "$root/library.json"
}
list_of srcFilter | sed -n 's/^+<\(.*\)>$/xipsafe\/\1/p' >patterns
(cd "$root" && while read -r pattern; do
    compgen -G "$pattern" || fail "library.json: nothing is at $pattern"
done) <patterns >files
mapfile -t flags < <(list_of flags)
mapfile -t files <files
compile "${flags[@]}" -- "${files[@]}"
grep -qx 'xipsafe/resident/xip_resident.c' files || fail "no resident code"

### CMSIS-Pack ###
# The component that stands first.
sed '/<\/component>/q' "$root/xipsafe.xipsafe.pdsc" >component
mapfile -t files < <(sed -n 's/.*category="source" name="\([^"]*\)".*/\1/p' \
    component)
mapfile -t flags < <(sed -n 's/.*category="include" name="\([^"]*\)".*/-I\1/p' \
    component)
compile "${flags[@]}" -- "${files[@]}"
! command -v xmllint >/dev/null ||
    xmllint --noout "$root/xipsafe.xipsafe.pdsc" || fail "not well-formed"

### Zephyr ###
# Zephyr's functions, which only say with what they were called.
mkdir zephyr
cat >zephyr/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.20)
project(zephyr NONE)
function(zephyr_library)
endfunction()
function(zephyr_library_sources)
    list(JOIN ARGN "\\n" lines)
    file(WRITE \${CMAKE_BINARY_DIR}/sources "\${lines}\\n")
endfunction()
function(zephyr_library_include_directories)
    list(TRANSFORM ARGN PREPEND -I)
    list(JOIN ARGN "\\n" lines)
    file(APPEND \${CMAKE_BINARY_DIR}/flags "\${lines}\\n")
endfunction()
function(zephyr_library_compile_definitions)
    list(TRANSFORM ARGN PREPEND -D)
    list(JOIN ARGN "\\n" lines)
    file(APPEND \${CMAKE_BINARY_DIR}/flags "\${lines}\\n")
endfunction()
function(zephyr_include_directories)
endfunction()
function(zephyr_linker_sources location file)
    if(NOT location STREQUAL "RAMFUNC_SECTION" OR
            NOT EXISTS \${CMAKE_CURRENT_SOURCE_DIR}/\${file})
        message(FATAL_ERROR "\${location} \${file}")
    endif()
endfunction()
set(CONFIG_XIPSAFE y)
set(CONFIG_XIPSAFE_PORT "$(sed -n '/config XIPSAFE_PORT/,/default/ \
    s/.*default "\(.*\)"/\1/p' "$root/zephyr/Kconfig")")
set(CONFIG_XIPSAFE_SOC "$(sed -n '/config XIPSAFE_SOC/,/default/ \
    s/.*default "\(.*\)"/\1/p' "$root/zephyr/Kconfig")")
set(CONFIG_XIPSAFE_ROOMS "\${ROOMS}")
add_subdirectory($root/zephyr module)
END
for key in cmake kconfig; do
    path=$(sed -n "s/^  $key: //p" "$root/zephyr/module.yml")
    [ -e "$root/${path:-missing}" ] || fail "module.yml: $key: $path"
done
configure() {
    rm -rf build
    cmake -S zephyr -B build -G Ninja "-DROOMS=$1" >out 2>err ||
        fail "zephyr/CMakeLists.txt with '$1'"
}
configure ""
mapfile -t files <build/sources
mapfile -t flags <build/flags
compile "${flags[@]}" -- "${files[@]}"
without=${#files[@]}
configure "image update"
mapfile -t files <build/sources
[ "${#files[@]}" -gt "$without" ] || fail "Zephyr: rooms are left out"
