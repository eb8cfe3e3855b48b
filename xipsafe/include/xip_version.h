/*
 * xip_version - version of the library, for #if and for bug reports
 *
 * SPDX-License-Identifier: MIT
 *
 * The only place of the three numbers: CMake takes the version of project and
 * package from here. The interface between boot program and application has a
 * version of its own, XIP_RESIDENT_ABI, and so has each format on the flash.
 */
#ifndef XIP_VERSION_H
#define XIP_VERSION_H

#define XIP_VERSION_MAJOR 0
#define XIP_VERSION_MINOR 1
#define XIP_VERSION_PATCH 0

// 0xMMmmpppp, as in #if XIP_VERSION >= XIP_VERSION_OF(0, 2, 0). Before 1.0 a
// minor version may change the interface.
#define XIP_VERSION_OF(major, minor, patch) \
    ((major)*0x1000000 + (minor)*0x10000 + (patch))
#define XIP_VERSION \
    XIP_VERSION_OF(XIP_VERSION_MAJOR, XIP_VERSION_MINOR, XIP_VERSION_PATCH)

#define XIP_VERSION_TEXT_(x) #x
#define XIP_VERSION_JOIN_(a, b, c) \
    XIP_VERSION_TEXT_(a) "." XIP_VERSION_TEXT_(b) "." XIP_VERSION_TEXT_(c)
// "0.1.0"
#define XIP_VERSION_STRING \
    XIP_VERSION_JOIN_(XIP_VERSION_MAJOR, XIP_VERSION_MINOR, XIP_VERSION_PATCH)

#endif
