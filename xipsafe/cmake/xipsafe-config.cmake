# find_package(xipsafe [COMPONENTS update transport]) - the sources as a package
#
# SPDX-License-Identifier: MIT
#
# Works where this folder stands: CMAKE_PREFIX_PATH or xipsafe_DIR names it, a
# copy of it or the prefix of `make install`. Gives the target xipsafe::xipsafe,
# which is compiled with the flags of the project that looks for it. Components
# are the rooms besides flash; the variables of ../CMakeLists.txt count as well.
# Gives xipsafe_check() too, which runs the host command (XipsafeCheck.cmake).

include(${CMAKE_CURRENT_LIST_DIR}/../sources.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/XipsafeCheck.cmake)
set(modules)
foreach(component IN LISTS xipsafe_FIND_COMPONENTS)
    if(component IN_LIST XIPSAFE_ROOMS)
        set(xipsafe_${component}_FOUND TRUE)
        list(APPEND modules ${component})
    elseif(xipsafe_FIND_REQUIRED_${component})
        set(xipsafe_FOUND FALSE)
        set(xipsafe_NOT_FOUND_MESSAGE "xipsafe has no room '${component}'")
        return()
    endif()
endforeach()
if(NOT TARGET xipsafe::xipsafe)
    if(modules)
        set(XIPSAFE_MODULES "${modules}" CACHE STRING "rooms besides flash")
    endif()
    add_subdirectory(${CMAKE_CURRENT_LIST_DIR}/..
        ${CMAKE_BINARY_DIR}/xipsafe EXCLUDE_FROM_ALL)
endif()
