# find_package(xipsafe [COMPONENTS image update]) - the sources as a package
#
# SPDX-License-Identifier: MIT
#
# Works where this folder stands: CMAKE_PREFIX_PATH or xipsafe_DIR names it, a
# copy of it or the prefix of `make install`. Gives the target xipsafe::xipsafe,
# which is compiled with the flags of the project that looks for it. Components
# are the rooms besides flash; the variables of ../CMakeLists.txt count as well.

if(NOT TARGET xipsafe::xipsafe)
    if(xipsafe_FIND_COMPONENTS)
        set(XIPSAFE_MODULES "${xipsafe_FIND_COMPONENTS}" CACHE STRING
            "rooms besides flash")
    endif()
    add_subdirectory(${CMAKE_CURRENT_LIST_DIR}/..
        ${CMAKE_BINARY_DIR}/xipsafe EXCLUDE_FROM_ALL)
endif()
foreach(component IN LISTS xipsafe_FIND_COMPONENTS)
    if(IS_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../${component})
        set(xipsafe_${component}_FOUND TRUE)
    elseif(xipsafe_FIND_REQUIRED_${component})
        set(xipsafe_FOUND FALSE)
        set(xipsafe_NOT_FOUND_MESSAGE "xipsafe has no room '${component}'")
    endif()
endforeach()
