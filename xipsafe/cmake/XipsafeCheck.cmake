# xipsafe_check() - proves at each link that an outage is safe
#
# SPDX-License-Identifier: MIT
#
# There after find_package(xipsafe). Or copy this file into any project, or add
# its directory to CMAKE_MODULE_PATH; it needs nothing else of xipsafe but the
# command.
#
#   include(XipsafeCheck)          # needless after find_package(xipsafe)
#   add_executable(app main.c ...)
#   xipsafe_check(app
#       BOARD stm32l476g-disco     # or BOARD_FILE board.txt, XIP ADDR:SIZE ...
#       [RESIDENT ADDR:SIZE ...]
#       [WITH boot.elf ...]        # programs that app calls; targets or files
#       [MAP app.map]              # if the target is linked with -Wl,-Map=
#       [NOTES my.notes ...]       # those of xipsafe::xipsafe come with it
#       [VECTORS ram_vectors] [INTERRUPTS SysTick,irq38] [ROOTS PATTERN ...]
#       [BEGIN PATTERN ... END PATTERN ...] # a driver in two halves
#       [JSON check.json] [SARIF check.sarif]
#       [ASSUME runtime-data ...]
#       [STRICT_DATA]              # the default, accepted
#       [ALLOW_UNKNOWN]            # exit 3 is printed, and does not fail
#       [OPTIONAL])                # without the command: a warning, no error
#
# Runs after linking and fails the build when the image is violated, when the
# tool could not work, and when something is unknown. Then nothing that depends on
# the target is built, and make deletes the image; what the report speaks of is
# kept beside it, with .unproved behind its name, until it is proved. Relative names of files
# that are read are below the source directory, of those that are written and
# of MAP below the binary directory.
#
# The command is the cache variable XIPSAFE_COMMAND, that of the prefix this file
# is installed in, or xipsafe on the PATH.
# Compile with -g and link with -Wl,--emit-relocs for the best reports.

# Called by itself after linking:
# cmake -DXIPSAFE_IMAGE=app.elf [-DXIPSAFE_ALLOW_UNKNOWN=ON] -P ... -- COMMAND...
if(CMAKE_SCRIPT_MODE_FILE AND CMAKE_SCRIPT_MODE_FILE STREQUAL
        CMAKE_CURRENT_LIST_FILE)
    set(command)
    set(started FALSE)
    math(EXPR last "${CMAKE_ARGC} - 1")
    foreach(i RANGE ${last})
        if(started)
            list(APPEND command "${CMAKE_ARGV${i}}")
        elseif(CMAKE_ARGV${i} STREQUAL "--")
            set(started TRUE)
        endif()
    endforeach()
    execute_process(COMMAND ${command} RESULT_VARIABLE status)
    if(status EQUAL 0 OR (status EQUAL 3 AND XIPSAFE_ALLOW_UNKNOWN))
        file(REMOVE "${XIPSAFE_IMAGE}.unproved")
        return()
    endif()
    execute_process(COMMAND ${CMAKE_COMMAND} -E copy
        "${XIPSAFE_IMAGE}" "${XIPSAFE_IMAGE}.unproved")
    set(what "exit ${status}: the command could not do its work")
    if(status EQUAL 1)
        set(what "VIOLATED (exit 1): the report says by what")
    elseif(status EQUAL 3)
        set(what "UNKNOWN (exit 3), which is no failure of the image: nothing "
            "wrong was found, and not all could be decided. Annotate what the "
            "report names (NOTES), or accept it (ALLOW_UNKNOWN)")
    endif()
    message(FATAL_ERROR "xipsafe check: " ${what} "; the image is "
        "${XIPSAFE_IMAGE}.unproved")
endif()

set(XIPSAFE_CHECK_FILE_ ${CMAKE_CURRENT_LIST_FILE})

# Every file absolute, below base if it is relative; generator expressions as
# they are.
function(xipsafe_files_ out option base)
    set(all)
    foreach(file IN LISTS ARGN)
        if(TARGET "${file}")
            set(file $<TARGET_FILE:${file}>)
        elseif(NOT file MATCHES "^\\$<" AND NOT IS_ABSOLUTE "${file}")
            set(file "${base}/${file}")
        endif()
        list(APPEND all "${option}${file}")
    endforeach()
    set(${out} "${all}" PARENT_SCOPE)
endfunction()

# A file that is read and that nothing in the build makes.
function(xipsafe_needs_ target option file)
    get_filename_component(path "${file}" ABSOLUTE)
    get_source_file_property(made "${path}" GENERATED)
    if(NOT file MATCHES "\\$<" AND NOT made AND NOT EXISTS "${path}")
        message(FATAL_ERROR "xipsafe_check ${target}: ${option} ${file}: there "
            "is no file ${path}")
    endif()
endfunction()

function(xipsafe_check target)
    set(flags STRICT_DATA ALLOW_UNKNOWN OPTIONAL)
    set(one BOARD BOARD_FILE MAP VECTORS INTERRUPTS JSON SARIF)
    set(many XIP RESIDENT WITH NOTES ROOTS BEGIN END ASSUME)
    cmake_parse_arguments(PARSE_ARGV 1 A "${flags}" "${one}" "${many}")
    if(NOT TARGET ${target})
        message(FATAL_ERROR "xipsafe_check ${target}: there is no such target; "
            "call it behind add_executable(${target} ...)")
    endif()
    # An argument that it does not know is taken for a value of the one before.
    foreach(key IN ITEMS XIP RESIDENT)
        foreach(value IN LISTS A_${key})
            if(NOT value MATCHES ":")
                list(APPEND A_UNPARSED_ARGUMENTS "${value}")
            endif()
        endforeach()
    endforeach()
    if(A_UNPARSED_ARGUMENTS)
        list(GET A_UNPARSED_ARGUMENTS 0 first)
        string(REPLACE ";" " " all "${one};${many};${flags}")
        message(FATAL_ERROR "xipsafe_check ${target}: '${first}' is not "
            "understood; its arguments are ${all}")
    endif()
    if(A_KEYWORDS_MISSING_VALUES)
        list(GET A_KEYWORDS_MISSING_VALUES 0 first)
        message(FATAL_ERROR "xipsafe_check ${target}: ${first} has no value")
    endif()
    foreach(key IN ITEMS NOTES BOARD_FILE)
        foreach(file IN LISTS A_${key})
            xipsafe_needs_(${target} ${key} "${file}")
        endforeach()
    endforeach()
    if(NOT A_BOARD AND NOT A_BOARD_FILE AND NOT A_XIP)
        message(FATAL_ERROR "xipsafe_check ${target}: needs BOARD name, "
            "BOARD_FILE file or XIP ADDR:SIZE, as XIP 0x90000000:16M")
    endif()

    get_filename_component(folder ${XIPSAFE_CHECK_FILE_} DIRECTORY)
    find_program(XIPSAFE_COMMAND xipsafe HINTS ${folder}/../../../bin DOC "the command xipsafe")
    if(NOT XIPSAFE_COMMAND)
        set(what "xipsafe_check ${target}: no command xipsafe on the PATH; "
            "give -DXIPSAFE_COMMAND=/path/to/xipsafe")
        if(A_OPTIONAL)
            message(WARNING ${what} "; the image is NOT checked")
            return()
        endif()
        message(FATAL_ERROR ${what})
    endif()

    set(source ${CMAKE_CURRENT_SOURCE_DIR})
    set(binary ${CMAKE_CURRENT_BINARY_DIR})
    xipsafe_files_(map "--map=" ${binary} ${A_MAP})
    xipsafe_files_(with "--with=" ${source} ${A_WITH})
    xipsafe_files_(board "--board-file=" ${source} ${A_BOARD_FILE})
    xipsafe_files_(notes "--notes=" ${source} ${A_NOTES})
    xipsafe_files_(json "--json=" ${binary} ${A_JSON})
    xipsafe_files_(sarif "--sarif=" ${binary} ${A_SARIF})
    set(options ${board} ${map} ${with} ${notes} ${json} ${sarif})
    foreach(pair IN ITEMS BOARD=--board XIP=--xip RESIDENT=--resident
            ROOTS=--root BEGIN=--begin END=--end VECTORS=--vectors INTERRUPTS=--interrupts
            ASSUME=--assume)
        string(REGEX MATCH "^([A-Z]+)=(.*)$" unused "${pair}")
        set(key ${CMAKE_MATCH_1})
        set(option ${CMAKE_MATCH_2})
        foreach(value IN LISTS A_${key})
            list(APPEND options "${option}=${value}")
        endforeach()
    endforeach()
    if(A_STRICT_DATA)
        list(APPEND options --strict-data)
    endif()

    # What the checker cannot read of the library, if the target links it.
    foreach(name IN ITEMS xipsafe.notes fault/xip_fault.notes)
        get_filename_component(file ${folder}/../${name} ABSOLUTE)
        get_filename_component(room ${name} DIRECTORY)
        if(EXISTS ${file} AND NOT file IN_LIST A_NOTES AND
                (NOT room OR room IN_LIST XIPSAFE_MODULES))
            set(libraries $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)
            list(APPEND options
                "$<$<IN_LIST:xipsafe::xipsafe,${libraries}>:--notes=${file}>")
        endif()
    endforeach()

    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_COMMAND} -DXIPSAFE_IMAGE=$<TARGET_FILE:${target}>
            -DXIPSAFE_ALLOW_UNKNOWN=${A_ALLOW_UNKNOWN}
            -P ${XIPSAFE_CHECK_FILE_} --
            ${XIPSAFE_COMMAND} check $<TARGET_FILE:${target}> ${options}
        COMMENT "xipsafe check ${target}" VERBATIM COMMAND_EXPAND_LISTS)
    # Other notes are another question: link, and so check, again.
    foreach(file IN LISTS A_NOTES)
        if(NOT IS_ABSOLUTE "${file}")
            set(file "${source}/${file}")
        endif()
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${file}")
    endforeach()
    foreach(name IN LISTS A_WITH)
        if(TARGET "${name}")
            add_dependencies(${target} ${name})
        endif()
    endforeach()
endfunction()
