# The library for your own Makefile, as CubeMX writes it:
#
#     XIPSAFE_DIR = xipsafe
#     include $(XIPSAFE_DIR)/xipsafe.mk
#     C_SOURCES += $(XIPSAFE_SOURCES)
#     C_INCLUDES += $(XIPSAFE_INCLUDES)
#
# SPDX-License-Identifier: MIT
#
# Set before the include line, if the default does not fit:
#   XIPSAFE_PORT      a folder of port/
#   XIPSAFE_RESIDENT  ram, or table: the boot program publishes the code that
#                     runs while the flash cannot be read
#   XIPSAFE_MODULES   rooms besides flash: image update

XIPSAFE_DIR ?= xipsafe
XIPSAFE_PORT ?= stm32_quadspi
XIPSAFE_RESIDENT ?= ram
XIPSAFE_MODULES ?=

XIPSAFE_ROOMS := flash $(XIPSAFE_MODULES) port/cortexm port/$(XIPSAFE_PORT)
ifeq ($(XIPSAFE_RESIDENT),ram)
XIPSAFE_ROOMS += resident
endif

XIPSAFE_SOURCES := $(foreach room,$(XIPSAFE_ROOMS),\
	$(wildcard $(XIPSAFE_DIR)/$(room)/*.c))
ifeq ($(XIPSAFE_RESIDENT),table)
XIPSAFE_SOURCES := $(filter-out %_resident.c,$(XIPSAFE_SOURCES))
endif
XIPSAFE_INCLUDES := $(addprefix -I$(XIPSAFE_DIR)/,\
	include port $(XIPSAFE_ROOMS))
