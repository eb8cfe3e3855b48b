#!/usr/bin/env bash
# Every header and source of the library under compilers, cores and flags that
# its user chooses. The resident code has to hold under all of them: nothing
# left over outside its section, no constant beside it, nobody called but
# itself. Nothing here needs more than the folder xipsafe/. Of the levels of
# optimisation a sixth goes round (turn.bash), of GCCs for each header one of two,
# and half of GCC's runs over the sources, with the fence and of links with LTO.
# With XIPSAFE_DEEP=1 all, and also what differs little from something else that
# is compiled.
set -eu
repository=$PWD
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
cd "$scratch"

cp -R "$repository/xipsafe" .
# Both halves in xipsafe/soc, so that both are looked at.
includes="-Ixipsafe/include -DXIP_CFG_SOC_STM32L4 -DXIP_CFG_SOC_TEMPLATE"
for room in xipsafe/*/ xipsafe/port/*/ xipsafe/soc/*/; do
    includes="$includes -I$room"
done
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
jobs=$(nproc)

gcc_for() {
    echo "arm-none-eabi-gcc -mcpu=$1 -mthumb"
}

# The processor by its architecture: clang has no float ABI for the rest.
clang_for() {
    local arch
    case $1 in
    cortex-m0plus) arch=thumbv6m ;;
    cortex-m23) arch=thumbv8m.base ;;
    cortex-m3) arch=thumbv7m ;;
    cortex-m33) arch=thumbv8m.main ;;
    *) arch=thumbv7em ;;
    esac
    echo "clang --target=$arch-none-eabi -mcpu=$1 -mfloat-abi=soft" \
        "-isystem /usr/include/newlib"
}

# What only these cores need: they have no cycle counter, and no BusFault.
core_flags() {
    case $1 in
    cortex-m0plus | cortex-m23) echo "-DXIP_CFG_COUNTER_ADDR=0x40000024u" \
        "-DXIP_CFG_FAULT_RAM_BYTES=0x4000u" ;;
    esac
}

# Runs each line of stdin; the lines that failed end the test.
run_all() {
    # shellcheck disable=SC2016 # for the other shell
    tr '\n' '\0' | xargs -0 -P "$jobs" -n 1 bash -c \
        '{ eval "$0"; } >"log.$$" 2>&1 ||
            { echo "$0"; cat "log.$$"; exit 255; }' >failed || {
        head -n 40 failed >&2
        fail "see the command above"
    }
    rm -f log.*
}

# clang_all COMMAND FILE...: each file by itself, in one process: a start of
# clang takes longer than any of them. With several files its driver would start
# one for each.
clang_all() {
    local command=$1 line
    shift
    # shellcheck disable=SC2086 # words
    line=$($command "$1" '-###' 2>&1 | tail -n 1)
    eval "set -- $line \"\${@:2}\""
    [ "$2" = -cc1 ] || { echo "not a command of clang: $line"; return 1; }
    "$@"
}
export -f clang_all

# --- Public headers, alone, as C11 and as C++17.
headers() {
    local header name compiler c cxx i=0 m4="-mcpu=cortex-m4 -mthumb"
    c="-std=c11 $warnings -Wstrict-prototypes -Wundef -Ixipsafe/include"
    c="$c -fsyntax-only"
    cxx="-x c++ -std=c++17 $warnings -Wold-style-cast -Wcast-qual -Wundef"
    cxx="$cxx -Wzero-as-null-pointer-constant -Wextra-semi -Wsign-conversion"
    cxx="$cxx -Ixipsafe/include -fsyntax-only"
    for header in xipsafe/include/*.h; do
        name=$(basename "$header" .h)
        # The second time it is guarded; a name defined twice would show.
        printf '#include "%s.h"\n#include "%s.h"\nint main() { return 0; }\n' \
            "$name" "$name" >"cxx_$name.cpp"
        sed 's/main()/main(void)/' "cxx_$name.cpp" >"c_$name.c"
        i=$((i + 1))
        its_turn $i 2 && echo "arm-none-eabi-gcc $m4 $c c_$name.c"
        its_turn $((i + 1)) 2 && echo "gcc $c c_$name.c"
        its_turn $((i + 1)) 2 && echo "arm-none-eabi-g++ $m4 $cxx cxx_$name.cpp"
        its_turn $i 2 && echo "g++ $cxx cxx_$name.cpp"
    done
    for compiler in clang "$(clang_for cortex-m4)"; do
        echo "clang_all \"$compiler $c\" c_*.c"
    done
    for compiler in clang++ "$(clang_for cortex-m4)"; do
        echo "clang_all \"$compiler $cxx\" cxx_*.cpp"
    done
    # What a C++ program writes.
    cat >use.cpp <<'CPP'
#include "xip_flash.h"
#include "xip_update.h"
#include "xip_boot.h"
namespace {
xip_flash flash;
}
void handler();
XIP_RESIDENT void handler() {}
int start();
int start() {
    xip_flash_config config{};
    config.window_addr = 0x90000000u;
    config.hclk_hz = 80000000u;
    config.image_addr = XIP_FLASH_IMAGE_ADDR;
    config.image_bytes = XIP_FLASH_IMAGE_BYTES;
    const int err = xip_flash_attach(&flash, &config);
    return err != XIP_OK ? err : xip_flash_erase(&flash, 0x700000u, 4096u);
}
CPP
    for compiler in "arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb" \
        "$(clang_for cortex-m4)"; do
        echo "$compiler $cxx use.cpp"
    done
}

# --- All sources: each core, and each way of optimising on one of them.
levels="-O0 -O1 -O2 -O3 -Os -Og -O2,-fstack-protector-all
-O2,-fstack-protector-strong"

# To the front ends M3 and M7 are an M4 without its DSP, and with another FPU.
cores="cortex-m0plus cortex-m33"
some_levels=(-O2 -O3 -Os -Og)
some_levels=("${some_levels[@]:turn % 4:1}")
if [ -n "${XIPSAFE_DEEP-}" ]; then
    cores="$cores cortex-m3 cortex-m7"
    some_levels=(-O0 -O1 -O2 -O3 -Os -Og)
fi

compile_line() { # compiler-command core level
    echo "$1 $3 -std=c11 $warnings $(core_flags "$2") $includes"
}

sources() {
    local core level file line i=0 n=$((turn / 2))
    local files="xipsafe/*/*.c xipsafe/port/*/*.c xipsafe/soc/*/*.c"
    for core in $cores; do
        its_turn $((i++)) 2 || continue
        line=$(compile_line "$(gcc_for "$core")" "$core" -Os)
        for file in $files; do
            ! its_turn $((n++)) 2 || echo "$line -fsyntax-only $file"
        done
    done
    for level in "${some_levels[@]}"; do
        # Warnings come with optimisation, so not -fsyntax-only.
        line=$(compile_line "$(gcc_for cortex-m4)" cortex-m4 "$level")
        for file in $files; do
            ! its_turn $((n++)) 2 || echo "$line -S -o /dev/null $file"
        done
    done
    for core in $cores cortex-m4; do
        line=$(compile_line "$(clang_for "$core")" "$core" -O2)
        echo "clang_all \"$line -fsyntax-only\" $files"
    done
}

# --- Resident code: every core, both compilers, every level; of M3 and M7, whose
# code is much like that of an M4, two.
# Both halves in one object, so that what is undefined calls out.
resident() {
    local core level cc tag i=0 j=$((turn / 2))
    for core in cortex-m0plus cortex-m23 cortex-m4 cortex-m33; do
        for cc in gcc clang; do
            its_turn $((j++)) 2 || continue
            tag=$cc.$core.fence
            echo "check_resident $tag \"$("${cc}_for" $core) -Os -std=c11 \
$warnings $(core_flags $core) $includes -DXIP_CFG_FENCE=1\""
        done
        echo "$(gcc_for $core) -Os -std=c11 $warnings $(core_flags $core) \
$includes -DXIP_CFG_FENCE=1 -S -o /dev/null xipsafe/port/cortexm/xip_cpu.c"
    done
    for core in cortex-m0plus cortex-m3 cortex-m4 cortex-m7 cortex-m33; do
        for level in $levels; do
            case $core$level in
            cortex-m[37]-O[2s]) ;;
            cortex-m[37]*) [ -n "${XIPSAFE_DEEP-}" ] || continue ;;
            esac
            its_turn $((i++)) 6 || continue
            for cc in gcc clang; do
                tag=$cc.$core.$level
                echo "check_resident $tag \"$("${cc}_for" $core) \
${level//,/ } -std=c11 $warnings $(core_flags $core) $includes\""
            done
        done
        its_turn $((j++)) 2 || continue
        echo "check_resident gcc.$core.-flto \"$(gcc_for $core) -O2 -flto \
-std=c11 $warnings $(core_flags $core) $includes\" \
-flinker-output=nolto-rel"
    done
}

# Writes what is wrong with the resident code compiled by $2 and returns 1.
check_resident() {
    local tag=$1 command=$2 bad=0 object half
    shift 2
    local halves=()
    for half in xipsafe/resident/*.c xipsafe/port/stm32_quadspi/*_resident.c; do
        object=$tag.$(basename "$half").o
        $command -c "$half" -o "$object" || return 1
        halves+=("$object")
    done
    # Core and flags count for LTO only. The driver links the objects of both
    # compilers.
    local core=${tag#*.}
    arm-none-eabi-gcc "-mcpu=${core%%.*}" -mthumb -O2 "$@" -r -nostdlib \
        "${halves[@]}" -o "$tag.o" || return 1
    # Sections, symbols, relocations: of one process.
    arm-none-eabi-objdump -htr "$tag.o" >"$tag.txt" || return 1
    if grep -F '*UND*' "$tag.txt" | grep -v '\*UND\*[[:space:]]*00000000 *$'; then
        echo "$tag: resident code needs these from elsewhere"
        bad=1
    fi
    # Sections that take memory: one with the code, and what debuggers and
    # unwinders read.
    if awk '
        $1 ~ /^[0-9]+$/ { name = $2; size = $3 }
        / ALLOC/ && size !~ /^0*$/ && name !~ /^\.RamFunc\.xipsafe/ &&
            name !~ /^\.ARM\.(exidx|extab)/ { print name, size; found = 1 }
        END { exit !found }' "$tag.txt"; then
        echo "$tag: beside the resident section"
        bad=1
    fi
    # Literals that name another section.
    if awk '
        /^RELOCATION RECORDS/ { here = $NF == "[.RamFunc.xipsafe]:" }
        here && $2 ~ /^R_ARM/ { print $3 }' "$tag.txt" |
        grep -vE '^(\.RamFunc\.xipsafe|xip_[a-z_]+)'; then
        echo "$tag: resident code refers to these"
        bad=1
    fi
    grep -qE '^ *[0-9]+ \.RamFunc\.xipsafe ' "$tag.txt" || {
        echo "$tag: no resident section at all"
        bad=1
    }
    [ $bad -ne 0 ] || rm -f "$tag.o" "$tag.txt" "${halves[@]}"
    return $bad
}
export -f check_resident

{
    headers
    sources
    resident
} >commands
echo "$(wc -l <commands) compilations"
run_all <commands
