# xipsafe_sources() - which files of this folder a program needs
#
# SPDX-License-Identifier: MIT

include_guard(GLOBAL)

set(XIPSAFE_DIR ${CMAKE_CURRENT_LIST_DIR})

# Sets <sources> and <includes> (of the sources themselves; users of the
# library need include/ only).
#
# port: a folder of port/ that drives the flash controller.
# resident: `ram` builds the resident code in; `table` leaves it out, because
#     the boot program publishes it.
# Further arguments: rooms besides flash (image, update, fault).
function(xipsafe_sources sources includes port resident)
    set(files)
    set(dirs ${XIPSAFE_DIR}/include ${XIPSAFE_DIR}/port)
    set(rooms flash ${ARGN} port/cortexm port/${port})
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
                "look at the name of the port or room")
        endif()
        list(APPEND files ${found})
        list(APPEND dirs ${XIPSAFE_DIR}/${room})
    endforeach()
    if(resident STREQUAL "table")
        list(FILTER files EXCLUDE REGEX "_resident\\.c$")
    endif()
    set(${sources} "${files}" PARENT_SCOPE)
    set(${includes} "${dirs}" PARENT_SCOPE)
endfunction()
