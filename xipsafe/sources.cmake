# xipsafe_sources() - which files of this folder a program needs
#
# SPDX-License-Identifier: MIT

include_guard(DIRECTORY)

set(XIPSAFE_DIR ${CMAKE_CURRENT_LIST_DIR})

# The list of rooms is shared with xipsafe.mk.
set_property(DIRECTORY APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${XIPSAFE_DIR}/rooms.mk)
file(STRINGS ${XIPSAFE_DIR}/rooms.mk lines REGEX "^XIPSAFE_[A-Za-z_]+ = ")
foreach(line IN LISTS lines)
    string(REGEX MATCH "^([A-Za-z_]+) = (.*)$" line "${line}")
    string(REPLACE " " ";" ${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()

# Sets <sources>, and <includes> and <defines> of the sources themselves; users
# of the library need include/ only.
#
# port: a folder of port/ that drives the flash controller.
# soc: a folder of soc/; "" for all of them, when the compiler's command line
#     names the device as CubeMX does (STM32L476xx); `own` when the project has
#     the functions of xip_soc.h.
# resident: `ram` builds the resident code in; `table` leaves it out, because
#     the boot program publishes it.
# Further arguments: rooms of rooms.mk; those that they need come along.
function(xipsafe_sources sources includes defines port soc resident)
    set(files)
    set(dirs ${XIPSAFE_DIR}/include ${XIPSAFE_DIR}/port ${XIPSAFE_DIR}/soc)
    set(wanted)
    foreach(room IN LISTS ARGN)
        if(NOT room IN_LIST XIPSAFE_ROOMS)
            list(JOIN XIPSAFE_ROOMS ", " all)
            message(FATAL_ERROR
                "xipsafe: no room '${room}'; there are: ${all}")
        endif()
        list(APPEND wanted ${room} ${XIPSAFE_NEEDS_${room}})
    endforeach()
    set(rooms flash part)
    foreach(room IN LISTS XIPSAFE_ROOMS)
        if(room IN_LIST wanted)
            list(APPEND rooms ${room})
        endif()
    endforeach()
    list(APPEND rooms port/cortexm port/${port})
    set(defined)
    if(soc STREQUAL "")
        file(GLOB families RELATIVE ${XIPSAFE_DIR} ${XIPSAFE_DIR}/soc/*)
        list(FILTER families EXCLUDE REGEX "\\.h$|/template$")
        list(APPEND rooms ${families})
    else()
        string(TOUPPER "XIP_CFG_SOC_${soc}" defined)
        if(NOT soc STREQUAL "own")
            list(APPEND rooms soc/${soc})
        endif()
    endif()
    if(resident STREQUAL "ram")
        list(APPEND rooms resident)
    elseif(NOT resident STREQUAL "table")
        message(FATAL_ERROR "xipsafe: resident code is ram or table, "
            "not '${resident}'")
    endif()
    foreach(room IN LISTS rooms)
        file(GLOB found CONFIGURE_DEPENDS ${XIPSAFE_DIR}/${room}/*.c)
        if(NOT found)
            message(FATAL_ERROR "xipsafe: nothing in ${XIPSAFE_DIR}/${room}; "
                "look at the name of the port or family")
        endif()
        list(APPEND files ${found})
        list(APPEND dirs ${XIPSAFE_DIR}/${room})
    endforeach()
    if(resident STREQUAL "table")
        list(FILTER files EXCLUDE REGEX "_resident\\.c$")
    endif()
    set(${sources} "${files}" PARENT_SCOPE)
    set(${includes} "${dirs}" PARENT_SCOPE)
    set(${defines} "${defined}" PARENT_SCOPE)
endfunction()
