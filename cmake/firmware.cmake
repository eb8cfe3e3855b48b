# xip_firmware() - one firmware program: .elf, .bin, .map and, in a slot, .img
#
# A directory with firmware holds a firmware.cmake that calls this function,
# once per program. Found without being listed anywhere: boot/firmware.cmake,
# extloader/firmware.cmake, examples/*/firmware.cmake,
# bench/firmware/firmware.cmake, tests/firmware/firmware.cmake and
# tests/firmware/*/firmware.cmake.
#
#   xip_firmware(
#       NAME minimal            # build/firmware/minimal.elf, .bin, .map (.img)
#       SOURCES main.c *.c      # or globs; first below the directory of the
#                               # firmware.cmake, then below the repository,
#                               # then boards/<board>: board.c
#       LINKER app.ld           # as SOURCES, then xipsafe/linker.
#                               # Preprocessed, see below
#       [BOARD stm32l476g-disco] # default: the cache variable XIP_BOARD; a
#                               # folder of boards/, or the path of another
#       [PLACEMENT ram|table|none] # default ram. What of xipsafe/ is built in:
#                               #   ram    everything, resident code included;
#                               #          the linker script says where it
#                               #          lives (RAM, or ROM in boot)
#                               #   table  all but the resident code, which the
#                               #          boot program publishes
#                               #   none   nothing
#       [PORT stm32_quadspi]    # xipsafe/port/<PORT>, always with cortexm
#       [SOC stm32l4]           # xipsafe/soc/<SOC>; both: what board.txt says
#       [MODULES update ...]    # rooms of xipsafe/ besides flash, of those in
#                               # xipsafe/rooms.mk
#       [SLOT N]                # sign NAME.bin into NAME.img for that slot
#       [VERSION 1.2.3+4]       # of the image, default 1.0.0
#       [KEY file.pem]          # default boot/keys/test_p256.pem
#       [DEFINES A B=1 ...]     # for sources and linker script
#       [OPTIONS -O0 ...]       # compiler options, after the usual ones
#       [INCLUDES dir ...]      # besides xipsafe/include, the board, boards/mcu
#                               # and the directory itself; as SOURCES
#       [LINK_OPTIONS ...]
#       [PLAIN_LD]              # without -Wl,-n, as CubeIDE and CMake link
#       [BEARSSL])              # link the files of boot/bearssl.files
#
# Sources see XIP_SLOT when SLOT is given. The linker script goes
# through the C preprocessor with the same DEFINES, XIP_SLOT, XIP_LINKER_SCRIPT
# and -I: own directory, boards/<board>, xipsafe/linker, repository root; so
# `#include "layout.h"`, which is made of the board's board.txt, and plain
# #defines work in it. Its INCLUDE command and
# -L search the same directories. Start-up code is a source like any other:
# nothing is linked that is not named here, but for libgcc and newlib-nano's
# memcpy and the like.

include_guard(GLOBAL)

include(${XIPSAFE_ROOT}/xipsafe/sources.cmake)

set(XIP_BOARD stm32l476g-disco CACHE STRING
    "folder of boards/, or the path of a folder like them")

# Debug information names files from the repository root, wherever that is, so
# that equal sources give equal files.
set(XIP_FIRMWARE_FLAGS
    -Os -g -std=c11 -ffunction-sections -fdata-sections -fno-common
    -ffile-prefix-map=${XIPSAFE_ROOT}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}=.
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

# A board: XIP_BOARD_DIR_ is its folder, XIP_LAYOUT_DIR_ that of its layout.h,
# and BOARD_PORT, BOARD_SLOT_BYTES ... are what board.txt says, by way of the
# host command.
macro(xip_board_ board)
    get_filename_component(XIP_BOARD_DIR_ "${board}" ABSOLUTE
        BASE_DIR ${XIPSAFE_ROOT}/boards)
    xip_board_files_(XIP_LAYOUT_DIR_ ${XIP_BOARD_DIR_})
    include(${XIP_LAYOUT_DIR_}/board.cmake)
endmacro()

# Once for each board and run of CMake. A file that would be the same is left
# alone, or everything would be compiled again.
function(xip_board_files_ out board_dir)
    string(MAKE_C_IDENTIFIER "${board_dir}" id)
    get_filename_component(name ${board_dir} NAME)
    set(dir ${CMAKE_BINARY_DIR}/boards/${name})
    if(NOT board_dir STREQUAL ${XIPSAFE_ROOT}/boards/${name})
        string(SHA1 hash ${board_dir})
        string(SUBSTRING ${hash} 0 8 hash)
        string(APPEND dir -${hash})
    endif()
    set(${out} ${dir} PARENT_SCOPE)
    get_property(made GLOBAL PROPERTY XIP_BOARD_MADE_${id})
    if(made)
        return()
    endif()
    set_property(GLOBAL PROPERTY XIP_BOARD_MADE_${id} TRUE)
    set(file ${board_dir}/board.txt)
    if(NOT EXISTS ${file})
        message(FATAL_ERROR "no board ${name}: ${file} is missing")
    endif()
    if(NOT EXISTS ${XIPSAFE_COMMAND})
        message(FATAL_ERROR "${XIPSAFE_COMMAND} is missing, which makes "
            "layout.h of ${file}: run `make host` first, or give "
            "-DXIPSAFE_COMMAND=/path/to/xipsafe")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${file} ${XIPSAFE_COMMAND})
    foreach(made IN ITEMS "layout.h --layout" "board.cmake --cmake")
        separate_arguments(made)
        list(POP_FRONT made target)
        execute_process(COMMAND ${XIPSAFE_COMMAND} board show
                --board-file ${file} ${made}
            OUTPUT_VARIABLE text RESULT_VARIABLE status)
        if(NOT status EQUAL 0)
            message(FATAL_ERROR "cannot make ${target} of ${file}, see above")
        endif()
        file(CONFIGURE OUTPUT ${dir}/${target} CONTENT "${text}" @ONLY)
    endforeach()
endfunction()

# Absolute paths of what the patterns name.
function(xip_find_ out what)
    set(found)
    foreach(pattern IN LISTS ARGN)
        set(files)
        if(IS_ABSOLUTE "${pattern}")
            set(files "${pattern}")
        endif()
        foreach(base IN ITEMS "${XIP_FIRMWARE_DIR_}" ${XIPSAFE_ROOT}
                ${XIP_BOARD_DIR_} ${XIPSAFE_ROOT}/xipsafe/linker)
            if(NOT files)
                file(GLOB files CONFIGURE_DEPENDS "${base}/${pattern}")
            endif()
        endforeach()
        if(NOT files)
            message(SEND_ERROR "${XIP_FIRMWARE_DIR_}: no ${what} "
                "${pattern}; look at the name in firmware.cmake")
        endif()
        list(APPEND found ${files})
    endforeach()
    list(REMOVE_DUPLICATES found)
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

# Runs the linker script through cpp into NAME.ld.
function(xip_linker_script_ name script includes defines)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.ld)
    set(flags -E -P -x c -DXIP_LINKER_SCRIPT)
    foreach(dir IN LISTS includes)
        list(APPEND flags -I${dir})
    endforeach()
    foreach(define IN LISTS defines)
        list(APPEND flags -D${define})
    endforeach()
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_C_COMPILER} ${flags} -MD -MF ${output}.d
            -MT ${output} -o ${output} ${script}
        DEPENDS ${script} DEPFILE ${output}.d
        COMMENT "linker script ${name}.ld" VERBATIM)
    set_source_files_properties(${output} PROPERTIES
        HEADER_FILE_ONLY TRUE GENERATED TRUE)
    target_sources(${name} PRIVATE ${output})
    file(GLOB fragments CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/xipsafe/linker/*.ld)
    set_target_properties(${name} PROPERTIES
        LINK_DEPENDS "${output};${fragments}")
    target_link_options(${name} PRIVATE -T${output})
    foreach(dir IN LISTS includes)
        target_link_options(${name} PRIVATE -L${dir})
    endforeach()
endfunction()

# NAME.bin, and NAME.img when the program lives in a slot.
function(xip_outputs_ name slot version key)
    set(base ${XIPSAFE_FIRMWARE_DIR}/${name})
    add_custom_command(OUTPUT ${base}.bin
        COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${name}> ${base}.bin
        DEPENDS ${name} VERBATIM)
    set(outputs ${base}.bin)
    if(NOT slot STREQUAL "")
        list(GET BOARD_SLOT_OFFS ${slot} off)
        math(EXPR addr "${BOARD_WINDOW_ADDR} + ${off}"
            OUTPUT_FORMAT HEXADECIMAL)
        add_custom_command(OUTPUT ${base}.img
            COMMAND ${XIPSAFE_COMMAND} image sign --key ${key}
                --header-size ${BOARD_HEADER_BYTES} --pad-header
                --slot-size ${BOARD_SLOT_BYTES} --rom-fixed ${addr}
                --version ${version} ${base}.bin ${base}.img
            DEPENDS ${base}.bin ${key} ${XIPSAFE_COMMAND}
            COMMENT "signing ${name}.img" VERBATIM)
        list(APPEND outputs ${base}.img)
    endif()
    add_custom_target(${name}_outputs ALL DEPENDS ${outputs})
endfunction()

function(xip_firmware)
    cmake_parse_arguments(PARSE_ARGV 0 A "BEARSSL;PLAIN_LD"
        "NAME;LINKER;BOARD;PLACEMENT;PORT;SOC;SLOT;VERSION;KEY"
        "SOURCES;MODULES;DEFINES;OPTIONS;INCLUDES;LINK_OPTIONS")
    if(A_UNPARSED_ARGUMENTS OR NOT A_NAME OR NOT A_SOURCES OR NOT A_LINKER)
        message(FATAL_ERROR "xip_firmware ${A_NAME}: needs NAME, SOURCES and "
            "LINKER; not understood: ${A_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT DEFINED A_BOARD)
        set(A_BOARD ${XIP_BOARD})
    endif()
    xip_board_("${A_BOARD}")
    foreach(pair IN ITEMS PLACEMENT=ram PORT=${BOARD_PORT} SOC=${BOARD_SOC}
            VERSION=1.0.0 KEY=boot/keys/test_p256.pem)
        string(REGEX MATCH "^([A-Z]+)=(.*)$" unused "${pair}")
        if(NOT DEFINED A_${CMAKE_MATCH_1})
            set(A_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
        endif()
    endforeach()
    if(NOT A_PLACEMENT MATCHES "^(ram|table|none)$")
        message(FATAL_ERROR "xip_firmware ${A_NAME}: PLACEMENT is ram, table "
            "or none, not ${A_PLACEMENT}")
    endif()

    xip_find_(sources "source" ${A_SOURCES})
    xip_find_(script "linker script" ${A_LINKER})
    set(library)
    if(NOT A_PLACEMENT STREQUAL "none")
        xipsafe_sources(library unused defines ${A_PORT} ${A_SOC}
            ${A_PLACEMENT} ${A_MODULES})
        list(APPEND A_DEFINES ${defines})
        # They see their neighbours; a user's program does not. The property
        # is shared between programs, so it must not depend on this one: the
        # port's folder comes with the program, soc/ needs none.
        xipsafe_sources(unused inner unused ${A_PORT} ${A_SOC} ram)
        set(port_dir ${XIPSAFE_ROOT}/xipsafe/port/${A_PORT})
        list(REMOVE_ITEM inner ${port_dir} ${XIPSAFE_ROOT}/xipsafe/soc/${A_SOC})
        set_property(SOURCE ${library} PROPERTY
            INCLUDE_DIRECTORIES "${inner}")
    endif()
    set(includes)
    if(A_INCLUDES)
        xip_find_(includes "directory" ${A_INCLUDES})
    endif()
    if(NOT A_PLACEMENT STREQUAL "none")
        list(APPEND includes ${port_dir})
    endif()
    if("${A_SLOT}" STREQUAL "none")
        set(A_SLOT)
    endif()
    if(NOT "${A_SLOT}" STREQUAL "")
        list(APPEND A_DEFINES XIP_SLOT=${A_SLOT})
    endif()

    list(APPEND sources ${library})
    list(REMOVE_DUPLICATES sources)
    add_executable(${A_NAME} ${sources})
    set_target_properties(${A_NAME} PROPERTIES
        SUFFIX .elf RUNTIME_OUTPUT_DIRECTORY ${XIPSAFE_FIRMWARE_DIR})
    target_compile_options(${A_NAME} PRIVATE
        ${XIP_FIRMWARE_FLAGS} ${A_OPTIONS})
    target_compile_definitions(${A_NAME} PRIVATE ${A_DEFINES})
    target_include_directories(${A_NAME} PRIVATE
        ${XIP_FIRMWARE_DIR_} ${includes} ${XIPSAFE_ROOT}/xipsafe/include
        ${XIP_BOARD_DIR_} ${XIP_LAYOUT_DIR_} ${XIPSAFE_ROOT}/boards/mcu)
    target_link_options(${A_NAME} PRIVATE
        ${A_OPTIONS} -nostartfiles --specs=nano.specs -Wl,--gc-sections
        # Without -n the first segment begins at a page boundary and takes the
        # ELF header along, over the image header of a slot. Our command reads
        # such a file by its sections; other tools may not.
        $<$<NOT:$<BOOL:${A_PLAIN_LD}>>:-Wl,-n>
        -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings
        -Wl,-Map=${XIPSAFE_FIRMWARE_DIR}/${A_NAME}.map ${A_LINK_OPTIONS})
    if(A_BEARSSL)
        target_link_libraries(${A_NAME} PRIVATE bearssl)
    endif()
    xip_linker_script_(${A_NAME} ${script}
        "${XIP_FIRMWARE_DIR_};${XIP_BOARD_DIR_};${XIP_LAYOUT_DIR_};${XIPSAFE_ROOT}/xipsafe/linker;${XIPSAFE_ROOT}"
        "${A_DEFINES}")
    get_filename_component(key ${A_KEY} ABSOLUTE BASE_DIR ${XIPSAFE_ROOT})
    xip_outputs_(${A_NAME} "${A_SLOT}" ${A_VERSION} ${key})
endfunction()

# BearSSL for the target: the files that boot/bearssl.files names (one path a
# line, relative to BearSSL's source tree), from build/bearssl.
function(xip_bearssl)
    set(list ${XIPSAFE_ROOT}/boot/bearssl.files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
    file(STRINGS ${list} files REGEX "^[^#]+\\.c *$")
    list(TRANSFORM files STRIP)
    list(TRANSFORM files PREPEND ${XIPSAFE_BEARSSL_DIR}/)
    add_library(bearssl STATIC ${files})
    # SYSTEM: its headers do not pass our warnings.
    target_include_directories(bearssl SYSTEM PUBLIC ${XIPSAFE_BEARSSL_DIR}/inc)
    target_include_directories(bearssl PRIVATE ${XIPSAFE_BEARSSL_DIR}/src)
    target_compile_options(bearssl PRIVATE
        -Os -g -ffunction-sections -fdata-sections -w)
endfunction()

# Runs every firmware.cmake.
function(xip_add_firmware)
    file(GLOB lists CONFIGURE_DEPENDS
        ${XIPSAFE_ROOT}/boot/firmware.cmake
        ${XIPSAFE_ROOT}/extloader/firmware.cmake
        ${XIPSAFE_ROOT}/examples/*/firmware.cmake
        ${XIPSAFE_ROOT}/bench/firmware/firmware.cmake
        ${XIPSAFE_ROOT}/tests/firmware/firmware.cmake
        ${XIPSAFE_ROOT}/tests/firmware/*/firmware.cmake)
    foreach(list IN LISTS lists)
        get_filename_component(XIP_FIRMWARE_DIR_ ${list} DIRECTORY)
        include(${list})
    endforeach()
endfunction()
