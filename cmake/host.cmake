# The command xipsafe: every .c in a room of host/, plus the parts of xipsafe/
# that the host shares. New files are picked up without being listed.

include_guard(GLOBAL)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_FLAGS_SANITIZE
    "-O2 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
-fno-sanitize-recover=all")
# Addresses that the linker knows, and a runtime that is linked in: half the time
# that a start takes, of which the tests make thousands.
set(CMAKE_EXE_LINKER_FLAGS_SANITIZE "-fsanitize=address,undefined -no-pie")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    string(APPEND CMAKE_EXE_LINKER_FLAGS_SANITIZE
        " -static-libasan -static-libubsan")
endif()
set(CMAKE_C_FLAGS_FUZZ
    "-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
-fno-sanitize-recover=all")
set(CMAKE_EXE_LINKER_FLAGS_FUZZ "-fsanitize=address,undefined")

set(XIP_HOST_WARNINGS -Wall -Wextra -Wshadow -Wpedantic -Werror)

# What a source sees, by where it lies. The command sees host/ and the
# library's public headers; stand-ins are on the tests' path only. xipsafe/
# on the host takes host/port as its port.
set(XIP_SEES_host host xipsafe/include)
set(XIP_SEES_xipsafe xipsafe/include xipsafe/port xipsafe/soc
    xipsafe/resident xipsafe/flash xipsafe/part xipsafe/image xipsafe/slots xipsafe/boot host/port host)
set(XIP_SEES_tests . host tests tests/standin ${XIP_SEES_xipsafe})
set(XIP_SEES_examples ${XIP_SEES_tests})

# Libraries from Debian, by the short names that tests use in `// libs:`.
function(xip_find_libraries)
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
    if(XIPSAFE_TESTS OR XIPSAFE_CORE STREQUAL "unicorn")
        pkg_check_modules(UNICORN REQUIRED IMPORTED_TARGET unicorn)
    endif()
    pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
    pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)
    pkg_check_modules(DW REQUIRED IMPORTED_TARGET libdw)
    find_library(BEARSSL_LIBRARY bearssl REQUIRED)
endfunction()

# Two CPU cores implement host/sim/cpu/sim_cpu.h: core_*.c of our own, and
# unicorn/*.c over Unicorn, which is left for comparisons. A program has one of them; sources
# that name one get the chosen one.
set(XIPSAFE_CORE own CACHE STRING "CPU core of the simulator")
set_property(CACHE XIPSAFE_CORE PROPERTY STRINGS unicorn own)

function(xip_choose_core list)
    set(sources ${${list}})
    if(NOT sources MATCHES "/host/sim/cpu/unicorn/cpu_unicorn\\.c")
        return()
    endif()
    list(FILTER sources EXCLUDE REGEX "/host/sim/cpu/core_[a-z]+\\.c$")
    if(XIPSAFE_CORE STREQUAL "own")
        list(FILTER sources EXCLUDE REGEX "/host/sim/cpu/unicorn/cpu_[a-z]+\\.c$")
        file(GLOB own CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/host/sim/cpu/core_*.c
            ${XIPSAFE_ROOT}/host/thumb/*.c)
        list(APPEND sources ${own})
        list(REMOVE_DUPLICATES sources)
    elseif(NOT XIPSAFE_CORE STREQUAL "unicorn")
        message(FATAL_ERROR "XIPSAFE_CORE is unicorn or own")
    endif()
    set(${list} "${sources}" PARENT_SCOPE)
endfunction()

function(xip_link_libraries target)
    foreach(name IN LISTS ARGN)
        if(name STREQUAL "bearssl")
            target_link_libraries(${target} PRIVATE ${BEARSSL_LIBRARY})
        elseif(name MATCHES "^(jansson|sodium|unicorn|elf|dw)$")
            string(TOUPPER ${name} upper)
            target_link_libraries(${target} PRIVATE PkgConfig::${upper})
        else()
            target_link_libraries(${target} PRIVATE ${name})
        endif()
    endforeach()
endfunction()

# Help texts are text files beside the code that prints them; a source includes
# host/<path>.txt as "<path>.txt.inc", the bytes of a string. They are also the
# manual pages (scripts/man). Pages for a browser are included the same way.
function(xip_help)
    file(GLOB_RECURSE texts CONFIGURE_DEPENDS RELATIVE ${XIPSAFE_ROOT}/host
        ${XIPSAFE_ROOT}/host/*.txt ${XIPSAFE_ROOT}/host/*.html)
    foreach(text IN LISTS texts)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
            ${XIPSAFE_ROOT}/host/${text})
        file(READ ${XIPSAFE_ROOT}/host/${text} bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/help/${text}.inc
            CONTENT "${bytes}0\n")
    endforeach()
endfunction()

# Manual pages out of the same texts: <build>/man/xipsafe-sim.1 and so on.
function(xip_man)
    file(GLOB_RECURSE texts CONFIGURE_DEPENDS RELATIVE ${XIPSAFE_ROOT}/host
        ${XIPSAFE_ROOT}/host/*.txt)
    set(pages)
    foreach(text IN LISTS texts)
        get_filename_component(name ${text} NAME_WE)
        if(text MATCHES "^image/" AND NOT name STREQUAL "image")
            set(name "image ${name}")
        endif()
        if(NOT name STREQUAL "xipsafe")
            set(name "xipsafe ${name}")
        endif()
        string(REPLACE " " "-" page "${name}.1")
        set(page ${CMAKE_BINARY_DIR}/man/${page})
        add_custom_command(OUTPUT ${page}
            COMMAND awk -v name=${name} -v version=${PROJECT_VERSION}
                -f ${XIPSAFE_ROOT}/scripts/man.awk
                ${XIPSAFE_ROOT}/host/${text} > ${page}
            DEPENDS ${XIPSAFE_ROOT}/host/${text} ${XIPSAFE_ROOT}/scripts/man.awk
            COMMENT "manual page ${name}" VERBATIM)
        list(APPEND pages ${page})
    endforeach()
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/man)
    add_custom_target(man ALL DEPENDS ${pages})
    install(FILES ${pages} DESTINATION share/man/man1)
endfunction()

# The table of boards, for host/board: every boards/<board>/board.txt. A board
# is one folder and is listed nowhere; the template is none.
function(xip_boards)
    file(GLOB files CONFIGURE_DEPENDS RELATIVE ${XIPSAFE_ROOT}
        ${XIPSAFE_ROOT}/boards/*/board.txt)
    list(REMOVE_ITEM files boards/template/board.txt)
    set(rows)
    foreach(file IN LISTS files)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
            ${XIPSAFE_ROOT}/${file})
        file(READ ${XIPSAFE_ROOT}/${file} bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        string(APPEND rows "{\"${file}\", (const char[]){${bytes}0}},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/help/board/boards.inc
        CONTENT "static const struct text texts[] = {\n${rows}};\n")
endfunction()

# Each source is compiled once, however many programs contain it.
function(xip_objects out)
    set(objects)
    foreach(source IN LISTS ARGN)
        file(RELATIVE_PATH name ${XIPSAFE_ROOT} ${source})
        string(MAKE_C_IDENTIFIER "${name}" name)
        if(NOT TARGET ${name})
            add_library(${name} OBJECT ${source})
            target_compile_options(${name} PRIVATE ${XIP_HOST_WARNINGS})
            target_compile_definitions(${name} PRIVATE _GNU_SOURCE
                XIPSAFE_VERSION="${PROJECT_VERSION}")
            string(REGEX MATCH "^[a-z]+" side ${name})
            if(source MATCHES "/host/port/")
                set(side xipsafe)
            endif()
            list(TRANSFORM XIP_SEES_${side} PREPEND ${XIPSAFE_ROOT}/
                OUTPUT_VARIABLE sees)
            target_include_directories(${name} PRIVATE ${sees}
                ${CMAKE_BINARY_DIR}/help)
        endif()
        list(APPEND objects $<TARGET_OBJECTS:${name}>)
    endforeach()
    set(${out} "${objects}" PARENT_SCOPE)
endfunction()

macro(xip_host)
    xip_find_libraries()
    xip_help()
    xip_man()
    xip_boards()
    # image, boot and slots: the parser, the checks and the choice that boot
    # program and host command share; transport: SMP, of which the command is
    # the other end.
    # host/port waits for a command that runs the library.
    file(GLOB_RECURSE XIP_HOST_SOURCES CONFIGURE_DEPENDS
        ${XIPSAFE_ROOT}/host/*.c ${XIPSAFE_ROOT}/xipsafe/image/*.c
        ${XIPSAFE_ROOT}/xipsafe/boot/*.c
        ${XIPSAFE_ROOT}/xipsafe/slots/xip_journal.c
        ${XIPSAFE_ROOT}/xipsafe/slots/xip_slots.c
        ${XIPSAFE_ROOT}/xipsafe/transport/xip_cbor.c
        ${XIPSAFE_ROOT}/xipsafe/transport/xip_smp_uart.c)
    list(FILTER XIP_HOST_SOURCES EXCLUDE REGEX "/host/port/")
    xip_choose_core(XIP_HOST_SOURCES)
    xip_objects(XIP_HOST_OBJECTS ${XIP_HOST_SOURCES})
    add_executable(xipsafe ${XIP_HOST_OBJECTS})
    # libstdc++: __cxa_demangle(), for names of C++. Of the archive: its shared
    # object makes each start a quarter longer.
    xip_link_libraries(xipsafe elf dw jansson bearssl sodium :libstdc++.a m)
    if(XIPSAFE_CORE STREQUAL "unicorn")
        xip_link_libraries(xipsafe unicorn)
    endif()
endmacro()
