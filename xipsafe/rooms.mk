# The rooms that a program can have besides flash, port and resident, in the
# order in which they are linked. Read by xipsafe.mk and by sources.cmake: one
# `name = words` a line, nothing else.
#
# SPDX-License-Identifier: MIT

XIPSAFE_ROOMS = boot image slots counter update transport smp selftest fault

# Those that another one cannot do without.
XIPSAFE_NEEDS_boot = image slots counter
XIPSAFE_NEEDS_update = image slots
XIPSAFE_NEEDS_smp = image slots update transport
XIPSAFE_NEEDS_slots = image
