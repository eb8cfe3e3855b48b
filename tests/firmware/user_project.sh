#!/usr/bin/env bash
# The library in a project of somebody else, with no host tool of ours: copied,
# built by add_subdirectory, find_package, xipsafe.mk, and as a list of files;
# by GCC and clang; with a linker script as CubeMX writes it, under flags the
# library did not choose. What must be resident has to end up in RAM.
set -eu
repository=$PWD
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

# quietly WHAT COMMAND...: its output only if it fails.
quietly() {
    local what=$1
    shift
    "$@" >log 2>&1 || {
        cat log >&2
        fail "$what"
    }
}

cp -R "$repository/xipsafe" .

# --- One version: of the library, of the command; find_package below.
cat >version.c <<'END'
#include <stdio.h>
#include "xip_version.h"
#if XIP_VERSION < XIP_VERSION_OF(0, 1, 0)
#error "XIP_VERSION"
#endif
int main(void) {
    puts("xipsafe " XIP_VERSION_STRING);
}
END
cc -Ixipsafe/include version.c -o version
[ "$(./version)" = "$("$xipsafe" --version)" ] ||
    fail "the library is $(./version), the command $("$xipsafe" --version)"
rm version version.c
# The toolchain file of a user; nothing of ours.
cat >toolchain.cmake <<'END'
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
END
cat >main.c <<'END'
#include "xip_flash.h"
static struct xip_flash flash;
static uint8_t bounce[256];
int main(void) {
    const struct xip_flash_config config = {.window_addr = 0x90000000u,
            .hclk_hz = 80000000u, .bounce = bounce,
            .bounce_bytes = sizeof(bounce)};
    int err = xip_flash_attach(&flash, &config);
    if (!err) {
        err = xip_flash_erase(&flash, 0x200000u, 4096u);
    }
    return err;
}
void Reset_Handler(void);
void Reset_Handler(void) {
    (void)main();
    for (;;) {
    }
}
END
# The two .RamFunc lines are those of CubeMX. No library fragment is used, and
# no symbol of it.
cat >cube.ld <<'END'
ENTRY(Reset_Handler)
MEMORY { RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 96K
         FLASH (rx) : ORIGIN = 0x90000200, LENGTH = 512K }
SECTIONS
{
    .text : { *(.text) *(.text*) } > FLASH
    .rodata : { *(.rodata) *(.rodata*) } > FLASH
    .ARM : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; } > FLASH
    .data : { *(.data) *(.data*) *(.RamFunc) *(.RamFunc*) } > RAM AT> FLASH
    .bss : { *(.bss) *(.bss*) *(COMMON) } > RAM
    end = 0x20010000;
}
END

# Everything that can run while the flash cannot be read is in RAM, and the
# binary for the flash is as large as what is in the flash.
check_placement() { # ELF WHAT
    arm-none-eabi-nm "$1" >symbols
    for name in xip_resident_run xip_port_map_ xip_port_unmap_ \
        xip_port_transfer_; do
        # LTO may inline one into another; then there is no such symbol.
        if grep -q " $name\$" symbols; then
            grep -qE "^2000[0-9a-f]{4} . $name\$" symbols ||
                fail "$2: $name is not in RAM: $(grep " $name\$" symbols)"
        elif [ "$name" = xip_resident_run ] || [[ $2 != *flto* ]]; then
            fail "$2: $name is not linked"
        fi
    done
    # Library calls and constants of the resident code would be in the flash.
    arm-none-eabi-objdump -d -j .data "$1" >code
    if grep -E '<_*(mem|str|aeabi_|gnu_|stack_chk)[a-z_]*(\+.*)?>$' code; then
        fail "$2: resident code calls out of RAM"
    fi
    arm-none-eabi-objcopy -O binary "$1" flash.bin
    local bytes
    bytes=$(stat -c %s flash.bin)
    rm flash.bin
    [ "$bytes" -lt 100000 ] || fail "$2: flash.bin has $bytes bytes"
}

program=main.c

# What CMake found out about the compilers stays, which is half of the time.
afresh() {
    find build -mindepth 1 -maxdepth 1 ! -name CMakeFiles \
        -exec rm -rf {} + 2>find.err || true
    find build/CMakeFiles -mindepth 1 -maxdepth 1 ! -name '[0-9]*' \
        -exec rm -rf {} + 2>find.err || true
}

# cmake_project FLAGS LINES...: a CMakeLists.txt with these lines in it.
cmake_project() {
    local flags=$1
    shift
    {
        echo 'cmake_minimum_required(VERSION 3.16)'
        echo 'project(user C)'
        printf '%s\n' "$@"
        echo "add_executable(user.elf $program)"
        cat <<'END'
target_link_libraries(user.elf PRIVATE xipsafe::xipsafe)
target_link_options(user.elf PRIVATE -nostartfiles --specs=nano.specs
    --specs=nosys.specs -T${CMAKE_SOURCE_DIR}/cube.ld -Wl,--gc-sections
    -Wl,--no-warn-rwx-segments)
END
    } >CMakeLists.txt
    afresh
    quietly "$1, $flags: configure" cmake -S . -B build -G Ninja \
        -DCMAKE_TOOLCHAIN_FILE="$PWD/toolchain.cmake" \
        -DCMAKE_C_FLAGS="-mcpu=cortex-m4 -mthumb $flags" \
        -DCMAKE_CXX_FLAGS="-mcpu=cortex-m4 -mthumb $flags -std=c++17"
    quietly "$1, $flags: build" cmake --build build
    check_placement build/user.elf "$1, $flags"
}

# Of the two ways of CMake one goes round, of the two others one, and of what
# differs little in it one; with XIPSAFE_DEEP=1 all.
# shellcheck source=tests/turn.bash
. "$tests/turn.bash"
# some WAY...: those of this turn, in $some.
some() {
    some=("${@:turn / 2 % $# + 1:1}")
    [ -z "${XIPSAFE_DEEP-}" ] || some=("$@")
}

# --- add_subdirectory, under flags that make resident code hard.
# -Os comes below; firmware_matrix has stack protectors.
by_add_subdirectory() {
    some -O0 "-O2 -flto" "" "-O3 -mslow-flash-data"
    flags_list=("${some[@]}")
    by_define=
    [ -z "${XIPSAFE_DEEP-}" ] || flags_list+=(-Os "-O2 -fstack-protector-all"
        "-O2 -fno-jump-tables -funroll-loops")
    for flags in "${flags_list[@]}"; do
        if [ -z "$flags" ]; then
            by_define=1 # instead of these; see below
            continue
        fi
        cmake_project "$flags" "set(XIPSAFE_SOC stm32l4)" \
            "add_subdirectory(xipsafe)"
    done

    # --- The family: named by CubeMX's define, by the project itself, or not at
    # all; then, and for a family that has no half, the build says what to do.
    [ -z "$by_define" ] ||
        cmake_project "-Os -DSTM32L476xx" "add_subdirectory(xipsafe)"
    cat >own_soc.c <<'END'
#include "xip_soc.h"
bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    return (uintptr_t)p + len_bytes > 0x90000000u;
}
int xip_soc_dma_in_window(void) {
    return -1;
}
struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end) {
    (void)end;
    return next;
}
END
    some own cxx
    own_or_cxx=("${some[@]}")
    if [[ ${own_or_cxx[*]} == *own* ]]; then
        program="main.c own_soc.c"
        cmake_project "-Os -I$PWD/xipsafe/soc" "set(XIPSAFE_SOC own)" \
            "add_subdirectory(xipsafe)"
        program=main.c
    fi
    some "" -DSTM32F446xx -DSTM32L4R5xx
    for device in "${some[@]}"; do
        if (cmake_project "-Os $device" "add_subdirectory(xipsafe)") >out 2>&1; then
            fail "built for no family: '$device'"
        fi
        grep -q '#error.*xipsafe has no half for this chip' out ||
            fail "family '$device': $(cat out)"
        grep -q 'docs/PORTING.md' out || fail "family '$device': $(cat out)"
    done

    # --- The same program in C++.
    cat >main.cpp <<'END'
#include "xip_flash.h"
static xip_flash flash;
static uint8_t bounce[256];
extern "C" void Reset_Handler(void);
void Reset_Handler(void) {
    xip_flash_config config{};
    config.window_addr = 0x90000000u;
    config.hclk_hz = 80000000u;
    config.bounce = bounce;
    config.bounce_bytes = sizeof(bounce);
    if (xip_flash_attach(&flash, &config) == XIP_OK) {
        (void)!xip_flash_erase(&flash, 0x200000u, 4096u);
    }
    for (;;) {
    }
}
END
    if [[ ${own_or_cxx[*]} == *cxx* ]]; then
        program=main.cpp
        cmake_project -Os "enable_language(CXX)" "set(XIPSAFE_SOC stm32l4)" \
            "add_subdirectory(xipsafe)"
        program=main.c
    fi
}

# --- find_package: the copied folder, then what is installed.
by_find_package() {
    cmake_project "-Os -DSTM32L476xx" "find_package(xipsafe 0.1 REQUIRED CONFIG
        PATHS \${CMAKE_SOURCE_DIR}/xipsafe NO_DEFAULT_PATH)"
    mv xipsafe away
    quietly "install" cmake -DCMAKE_INSTALL_PREFIX="$PWD/prefix" \
        -DCMAKE_INSTALL_COMPONENT=library \
        -P "$repository/build/asan/cmake_install.cmake"
    some "" "COMPONENTS update"
    for wanted in "${some[@]}"; do
        cmake_project -Os \
            "list(APPEND CMAKE_PREFIX_PATH $PWD/prefix)" \
            "set(XIPSAFE_SOC stm32l4)" \
            "find_package(xipsafe REQUIRED $wanted)"
    done
    [ -z "$wanted" ] || [ -n "$(find build -name 'xip_verify.c.o*')" ] ||
        fail "find_package: the room image, which update needs, was not built"
    # Another version, a room that does not exist, a project without C: named.
    while IFS='|' read -r language arguments complaint; do
        printf '%s\n' "cmake_minimum_required(VERSION 3.16)" \
            "project(user $language)" "find_package(xipsafe $arguments)" \
            >CMakeLists.txt
        rm -rf build
        ! cmake -S . -B build -G Ninja -DCMAKE_PREFIX_PATH="$PWD/prefix" \
            -DCMAKE_TOOLCHAIN_FILE="$PWD/toolchain.cmake" >log 2>&1 ||
            fail "this was taken: $language, $arguments"
        grep -q "$complaint" log || fail "not named, '$complaint': $(cat log)"
    done <<'END'
C|0.9 REQUIRED|compatible
C|REQUIRED COMPONENTS nonsense|nonsense
CXX|REQUIRED|written in C
END
    mv away xipsafe
}

# --- xipsafe.mk, in the shape of the Makefile that CubeMX writes.
by_make() {
    cat >Makefile <<'END'
TARGET = user
BUILD_DIR = build
CC = arm-none-eabi-gcc
CPU = -mcpu=cortex-m4 -mthumb
C_SOURCES = main.c
C_INCLUDES =
C_DEFS = -DUSE_HAL_DRIVER -DSTM32L476xx

XIPSAFE_DIR = xipsafe
include $(XIPSAFE_DIR)/xipsafe.mk
LDFLAGS = $(XIPSAFE_LDFLAGS)
C_SOURCES += $(XIPSAFE_SOURCES)
C_INCLUDES += $(XIPSAFE_INCLUDES)
C_DEFS += $(XIPSAFE_DEFINES)

CFLAGS = $(CPU) $(C_DEFS) $(C_INCLUDES) -Os -Wall -Werror -fdata-sections \
	-ffunction-sections
OBJECTS = $(addprefix $(BUILD_DIR)/,$(notdir $(C_SOURCES:.c=.o)))
vpath %.c $(sort $(dir $(C_SOURCES)))

$(BUILD_DIR)/$(TARGET).elf: $(OBJECTS)
	$(CC) $(CPU) -nostartfiles --specs=nano.specs --specs=nosys.specs \
		-Tcube.ld $(LDFLAGS) -Wl,--gc-sections \
		-Wl,--no-warn-rwx-segments $^ -o $@
$(BUILD_DIR)/%.o: %.c | $(BUILD_DIR)
	$(CC) -c $(CFLAGS) $< -o $@
$(BUILD_DIR):
	mkdir $@
END
    rm -rf build
    quietly "make project" make -j2
    check_placement build/user.elf "xipsafe.mk"
    rm -rf build
    # With XIPSAFE_DEFINES, and in a Makefile that does not know them.
    # shellcheck disable=SC2016 # make expands it
    some 'C_DEFS=$(XIPSAFE_DEFINES)' C_DEFS=
    for defines in "${some[@]}"; do
        rm -rf build
        quietly "make: XIPSAFE_SOC, $defines" make -j2 "$defines" XIPSAFE_SOC=stm32l4
    done
    check_placement build/user.elf "xipsafe.mk, XIPSAFE_SOC"
    rm -rf build
    ! make -j2 C_DEFS= >log 2>&1 || fail "xipsafe.mk: built for no family"
    grep -q 'docs/PORTING.md' log || fail "xipsafe.mk: $(cat log)"
    quietly "make: rooms" make -n "XIPSAFE_MODULES=update transport"
    grep -q 'xip_image\.c' log || fail "xipsafe.mk: update without image"
    ! make -n XIPSAFE_MODULES=nonsense >log 2>&1 ||
        fail "xipsafe.mk: a room that does not exist was taken"
    grep -q "no room 'nonsense'" log || fail "not named: $(cat log)"
    ! make XIPSAFE_SOC=stm32f4 >log 2>&1 || fail "xipsafe.mk: a family we have not"
    grep -q "no soc 'stm32f4'; there are: stm32l4" log || fail "$(cat log)"
    ! make XIPSAFE_PORT=quadspi >log 2>&1 || fail "xipsafe.mk: a port we have not"
    grep -q "no port 'quadspi'; there are: cortexm" log || fail "$(cat log)"
}

# --- A list of files, as an IDE has it: clang and lld, with and without LTO.
by_list() {
    includes=
    files=main.c
    for room in flash part resident port/cortexm port/stm32_quadspi soc/stm32l4 \
        soc/template; do
        includes="$includes -Ixipsafe/$room"
        files="$files $(echo xipsafe/$room/*.c)"
    done
    gcc="arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb"
    libraries="$($gcc -print-file-name=libc_nano.a)"
    libraries="$libraries $($gcc -print-libgcc-file-name)"
    # RAM and window are further apart than an unwind table reaches: lld says so.
    sed '/\.ARM :/d; s|^    end = .*|    /DISCARD/ : { *(.ARM.exidx*) }|' cube.ld \
        >clang.ld
    some "" -flto
    for lto in "${some[@]}"; do
        rm -rf objects
        mkdir objects
        for file in $files; do
            # shellcheck disable=SC2086 # lists of words
            quietly "clang $lto $file" clang --target=thumbv7em-none-eabi \
                -mcpu=cortex-m4 -mfloat-abi=soft -isystem /usr/include/newlib \
                -O2 $lto -ffunction-sections -Wall -Werror -Ixipsafe/include \
                -Ixipsafe/port -Ixipsafe/soc -DSTM32L476xx $includes -c "$file" \
                -o "objects/$(basename "$file").o"
        done
        # shellcheck disable=SC2086
        quietly "lld $lto" ld.lld -Tclang.ld --gc-sections objects/*.o $libraries \
            -o user.elf
        check_placement user.elf "clang $lto"
    done
}

if its_turn 0 2; then
    by_add_subdirectory
    by_list
fi

# --- The fragments are found without a -L of the project's.
sed -i 's/^    end = /    INCLUDE xip_image.ld\n&/
    s/^SECTIONS/REGION_ALIAS("XIP_FLASH", FLASH)\n&/' cube.ld
if its_turn 1 2; then
    by_find_package
    by_make
fi
