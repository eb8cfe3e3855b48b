#!/usr/bin/env bash
# The library in a project of somebody else: copied, built by add_subdirectory
# and by xipsafe.mk, under flags it did not choose, with a linker script as
# CubeMX writes it. What must be resident has to end up in RAM.
set -eu
repository=$PWD
cd "$2"

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

cp -R "$repository/xipsafe" .
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
# The two .RamFunc lines are those of CubeMX. No library fragment is used.
cat >cube.ld <<'END'
ENTRY(Reset_Handler)
MEMORY { RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 96K
         FLASH (rx) : ORIGIN = 0x90000200, LENGTH = 512K }
SECTIONS
{
    .text : { *(.text) *(.text*) } > FLASH
    .rodata : { *(.rodata) *(.rodata*) } > FLASH
    .data : { *(.data) *(.data*) *(.RamFunc) *(.RamFunc*) } > RAM AT> FLASH
    .bss : { *(.bss) *(.bss*) *(COMMON) } > RAM
    /DISCARD/ : { *(.ARM.exidx*) }
    xip_resident_start_ = 0x20000000; xip_resident_end_ = 0x20018000;
    xip_image_start_ = 0x90000200; xip_image_end_ = 0x90080000;
    end = 0x20010000;
}
END
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(user C)
add_subdirectory(xipsafe)
add_executable(user.elf main.c)
target_link_libraries(user.elf PRIVATE xipsafe::xipsafe)
target_link_options(user.elf PRIVATE -nostartfiles --specs=nano.specs
    --specs=nosys.specs
    -T${CMAKE_SOURCE_DIR}/cube.ld -Wl,--gc-sections
    -Wl,--no-warn-rwx-segments)
END
cat >Makefile <<'END'
CC = arm-none-eabi-gcc
CPU = -mcpu=cortex-m4 -mthumb
XIPSAFE_DIR = xipsafe
include $(XIPSAFE_DIR)/xipsafe.mk
C_SOURCES = main.c $(XIPSAFE_SOURCES)
user.elf: $(C_SOURCES) cube.ld
	$(CC) $(CPU) -Os -ffunction-sections -Wall -Werror $(XIPSAFE_INCLUDES) \
		-nostartfiles --specs=nano.specs -Tcube.ld -Wl,--gc-sections \
		-Wl,--no-warn-rwx-segments $(C_SOURCES) -o $@
END

# Everything that can run while the flash cannot be read is in RAM.
check_placement() {
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
}

for flags in -O0 -O1 -O2 -O3 -Os -Og "-O2 -fstack-protector-all" \
    "-O2 -flto" "-O3 -mslow-flash-data" "-O2 -fno-jump-tables -funroll-loops"; do
    rm -rf build
    cmake -S . -B build -G Ninja \
        -DCMAKE_TOOLCHAIN_FILE="$repository/cmake/arm-none-eabi.cmake" \
        -DCMAKE_C_FLAGS="-mcpu=cortex-m4 -mthumb $flags" >log 2>&1 &&
        cmake --build build >>log 2>&1 || {
        cat log
        fail "cmake project, $flags"
    }
    check_placement build/user.elf "$flags"
done

make >log 2>&1 || {
    cat log
    fail "make project"
}
check_placement user.elf "xipsafe.mk"
