# Sets XIPSAFE_LIBRARY_VERSION from include/xip_version.h.
#
# SPDX-License-Identifier: MIT

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/xip_version.h lines
    REGEX "^#define XIP_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
string(REGEX REPLACE "[^0-9;]" "" lines "${lines}")
string(REPLACE ";" "." XIPSAFE_LIBRARY_VERSION "${lines}")
if(NOT XIPSAFE_LIBRARY_VERSION MATCHES "^[0-9]+\\.[0-9]+\\.[0-9]+$")
    message(FATAL_ERROR "xip_version.h: three numbers are wanted, not "
        "'${XIPSAFE_LIBRARY_VERSION}'")
endif()
