#!/usr/bin/env bash
# xipsafe/cmake/XipsafeCheck.cmake in a project of somebody else, and the Makefile
# lines of docs/CHECK.md: a good image builds, a bad one stops the build.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
root=$PWD
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project

good='RAM void subject(void) { u++; }'
bad='RAM void subject(void) { w = w / 10u; }'
unknown='void (*volatile hook)(void);
RAM void notify(void (*done)(void)) { done(); }
RAM void subject(void) { notify(hook); }'
write() {
    { echo '#include "base.h"'; echo "$1"; } >subject.c
}

cp "$root/xipsafe/cmake/XipsafeCheck.cmake" .
cat >toolchain.cmake <<'END'
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
END
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(somebody C)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_SOURCE_DIR})
include(XipsafeCheck)
add_compile_options(-mcpu=cortex-m4 -mthumb -Os -g)
add_executable(app base.c subject.c)
set_target_properties(app PROPERTIES SUFFIX .elf)
target_link_options(app PRIVATE -mcpu=cortex-m4 -mthumb -nostartfiles
    --specs=nano.specs -T ${CMAKE_CURRENT_SOURCE_DIR}/base.ld
    -Wl,--no-warn-rwx-segments -Wl,--emit-relocs
    -Wl,-Map=${CMAKE_CURRENT_BINARY_DIR}/app.map)
xipsafe_check(app XIP 0x90000000:1M VECTORS ram_vectors MAP app.map
    NOTES my.notes JSON check.json ${MORE})
END
: >my.notes

generator=Ninja
configure() {
    rm -rf build
    cmake -G "$generator" -S . -B build -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake \
        "$@" >log 2>&1
}
# builds STATUS TEXT: 0 or 1, and what the output says
builds() {
    local got=0
    cmake --build build >log 2>&1 || got=1
    [ "$got" -eq "$1" ] || complain "$3: build gives $got: $(cat log)"
    grep -qF -- "$2" log || complain "$3: no '$2' in: $(cat log)"
}

write "$good"
configure "-DXIPSAFE_COMMAND=$xipsafe" || complain "configure: $(cat log)"
builds 0 'PROVED' good
[ -s build/check.json ] || complain "no check.json"
write "$bad"
builds 1 'VIOLATED' bad
# Nothing has changed, but what was not proved is not done.
builds 1 'VIOLATED' 'bad again'
# What the report speaks of is kept, whatever make does with the target, until
# it is proved.
cmp -s build/app.elf build/app.elf.unproved || complain "Ninja: no app.elf.unproved"
write "$good"
builds 0 'PROVED' 'good again'
[ ! -e build/app.elf.unproved ] || complain "app.elf.unproved is left"
generator='Unix Makefiles'
configure "-DXIPSAFE_COMMAND=$xipsafe" || complain "configure: $(cat log)"
builds 0 'PROVED' 'good, make'
cp build/app.elf good.elf
write "$bad"
builds 1 'app.elf.unproved' 'bad, make'
[ -s build/app.elf.unproved ] || complain "make: no app.elf.unproved"
same_status=0
"$xipsafe" check build/app.elf.unproved --xip 0x90000000:1M \
    --vectors ram_vectors >out 2>&1 || same_status=$?
[ "$same_status" -eq 1 ] || complain "app.elf.unproved: $(cat out)"
[ ! -e build/app.elf ] || complain "make leaves app.elf, as if it were good"
generator=Ninja
configure "-DXIPSAFE_COMMAND=$xipsafe" || complain "configure: $(cat log)"
write "$unknown"
builds 1 'UNKNOWN' unknown
tr -s ' \n' '  ' <log | grep -qF 'UNKNOWN (exit 3), which is no failure of the image' ||
    complain "exit 3 is not explained: $(cat log)"
note=$(sed -n 's/^ *\(targets notify[^ ]*\) .*/\1 subject: set at start/p' \
    log | head -n 1)
echo "$note" >my.notes
builds 0 'PROVED' 'unknown, annotated'
: >my.notes
builds 1 'UNKNOWN' 'other notes are another question'

configure "-DXIPSAFE_COMMAND=$xipsafe" -DMORE=ALLOW_UNKNOWN
builds 0 'UNKNOWN' 'allowed unknown'
write "$bad"
builds 1 'VIOLATED' 'bad, though unknown is allowed'

# refuses TEXT MORE: with MORE among the arguments
refuses() {
    ! configure "-DXIPSAFE_COMMAND=$xipsafe" "-DMORE=$2" ||
        complain "$2: is taken"
    tr -s ' \n' '  ' <log | grep -qF -- "$1" || complain "$2: no '$1': $(cat log)"
}
refuses "xipsafe_check app: 'FROM' is not understood; its arguments are BOARD" \
    'SARIF;app.sarif;FROM;f'
refuses "xipsafe_check app: 'FROM' is not understood" 'RESIDENT;0x0:4K;FROM'
refuses 'xipsafe_check app: BEGIN has no value' 'BEGIN'
refuses 'xipsafe_check app: NOTES lost.notes: there is no file /' 'NOTES;lost.notes'
refuses 'xipsafe_check app: BOARD_FILE lost.board: there is no file /' \
    'BOARD_FILE;lost.board'
write 'RAM void off(void) { u++; }
RAM void on(void) { u--; }
RAM void subject(void) { off(); on(); }'
configure "-DXIPSAFE_COMMAND=$xipsafe" '-DMORE=BEGIN;off;END;on;back' ||
    complain "BEGIN and END: $(cat log)"
builds 1 'no function matches --end back' 'BEGIN and END are handed on'
configure "-DXIPSAFE_COMMAND=$xipsafe" '-DMORE=BEGIN;off;END;on'
builds 0 'PROVED' 'BEGIN and END'

echo 'windows 0x90000000 1M' >own.board
write "$good"
configure "-DXIPSAFE_COMMAND=$xipsafe" '-DMORE=BOARD_FILE;own.board'
builds 1 "own.board:1: unknown word 'windows'" 'board file'

PATH=/usr/bin:/bin configure && complain "no command is taken"
grep -q 'XIPSAFE_COMMAND=' log || complain "does not say how: $(cat log)"
PATH=/usr/bin:/bin configure -DMORE=OPTIONAL || complain "OPTIONAL: $(cat log)"
grep -q 'NOT checked' log || complain "OPTIONAL is silent: $(cat log)"

# After find_package(xipsafe), of a prefix that `make install` made.
cmake -DCMAKE_INSTALL_PREFIX="$PWD/prefix" -DCMAKE_INSTALL_COMPONENT=library \
    -P "$root/build/asan/cmake_install.cmake" >log 2>&1 ||
    complain "install: $(cat log)"
for file in share/xipsafe/{xipsafe.notes,notes/stm32-hal.notes}; do
    [ -s "prefix/$file" ] || complain "not installed: $file"
done
mkdir -p prefix/bin
ln -sf "$xipsafe" prefix/bin/xipsafe
cp CMakeLists.txt plain.txt
sed 's/^include(XipsafeCheck)/set(XIPSAFE_SOC stm32l4)\nfind_package(xipsafe REQUIRED)/' \
    plain.txt >CMakeLists.txt
rm XipsafeCheck.cmake
write "$bad"
PATH=/usr/bin:/bin configure "-DCMAKE_PREFIX_PATH=$PWD/prefix" ||
    complain "find_package: $(cat log)"
builds 1 'VIOLATED' 'after find_package'
write "$good"
builds 0 'PROVED' 'after find_package'
# With the library its own notes come along.
cat >>CMakeLists.txt <<'END'
target_compile_options(xipsafe PRIVATE -DXIP_CFG_SFDP=0)
target_link_libraries(app PRIVATE xipsafe::xipsafe)
END
cat >>subject.c <<'END'
#include "xip_flash.h"
struct xip_flash flash;
volatile int result;
void use_library(void) {
    result = xip_flash_erase(&flash, 0, 4096);
}
END
sed -i 's/target_link_options(app PRIVATE /&-Wl,-u,use_library /' CMakeLists.txt
PATH=/usr/bin:/bin configure "-DCMAKE_PREFIX_PATH=$PWD/prefix" ||
    complain "with the library: $(cat log)"
builds 1 "no Cortex-M: compile the library with your core's flags" 'no flags'
PATH=/usr/bin:/bin configure "-DCMAKE_PREFIX_PATH=$PWD/prefix" \
    '-DCMAKE_C_FLAGS=-mcpu=cortex-m4 -mthumb'
cmake --build build >log 2>&1 || true
grep -q 'xipsafe.notes:[0-9]*: pointers xip_resident_run' log ||
    complain "the library's notes are not there: $(cat log)"
cp plain.txt CMakeLists.txt

# The Makefile lines of the documentation, as they stand there.
# shellcheck disable=SC2016 # the marks of Markdown
sed -n '/^```make$/,/^```$/p' "$root/docs/CHECK.md" | sed '/^```/d' >lines.mk
[ -s lines.mk ] || complain "docs/CHECK.md has no make lines"
cat >Makefile <<'END'
XIPSAFE = xipsafe
all: app.elf app.checked
app.elf: base.c subject.c base.ld
	arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -nostartfiles \
	    --specs=nano.specs -T base.ld -Wl,--no-warn-rwx-segments \
	    -Wl,--emit-relocs -Wl,-Map=app.map base.c subject.c -o $@
include lines.mk
END
: >xipsafe.notes
makes() {
    local got=0
    make "XIPSAFE=$xipsafe" >log 2>&1 || got=1
    [ "$got" -eq "$1" ] || complain "make $2: gives $got: $(cat log)"
    grep -q "$2" log || complain "make: no $2 in: $(cat log)"
}
write "$bad"
makes 1 VIOLATED
makes 1 VIOLATED
write "$good"
makes 0 PROVED
[ -e app.checked ] || complain "make: no app.checked"

finish
