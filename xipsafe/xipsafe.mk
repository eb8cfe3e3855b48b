# The library for your own Makefile, as CubeMX writes it:
#
#     XIPSAFE_DIR = xipsafe
#     include $(XIPSAFE_DIR)/xipsafe.mk
#     C_SOURCES += $(XIPSAFE_SOURCES)
#     C_INCLUDES += $(XIPSAFE_INCLUDES)
#     C_DEFS += $(XIPSAFE_DEFINES)
#     LDFLAGS += $(XIPSAFE_LDFLAGS)
#
# SPDX-License-Identifier: MIT
#
# Set before the include line, if the default does not fit:
#   XIPSAFE_PORT      a folder of port/
#   XIPSAFE_SOC       a folder of soc/. Not needed where C_DEFS name the device,
#                     as CubeMX writes it (-DSTM32L476xx); own: your project has
#                     the functions of soc/xip_soc.h
#   XIPSAFE_RESIDENT  ram, or table: the boot program publishes the code that
#                     runs while the flash cannot be read
#   XIPSAFE_MODULES   rooms besides flash, see rooms.mk: image boot slots
#                     update transport smp fault selftest

XIPSAFE_DIR ?= xipsafe
XIPSAFE_PORT ?= stm32_quadspi
XIPSAFE_SOC ?=
XIPSAFE_RESIDENT ?= ram
XIPSAFE_MODULES ?=

include $(XIPSAFE_DIR)/rooms.mk

XIPSAFE_UNKNOWN := $(filter-out $(XIPSAFE_ROOMS),$(XIPSAFE_MODULES))
ifneq ($(XIPSAFE_UNKNOWN),)
$(error xipsafe: no room '$(XIPSAFE_UNKNOWN)'; there are: $(XIPSAFE_ROOMS))
endif
# Without its files nothing would say that the name is wrong.
define XIPSAFE_FOLDER
ifeq ($(wildcard $(XIPSAFE_DIR)/$(1)/$(2)/*.c),)
$$(error xipsafe: no $(1) '$(2)'; there are: $(patsubst \
	$(XIPSAFE_DIR)/$(1)/%/,%,$(sort $(dir $(wildcard $(XIPSAFE_DIR)/$(1)/*/*.c)))))
endif
endef
$(eval $(call XIPSAFE_FOLDER,port,$(XIPSAFE_PORT)))
ifneq ($(filter-out own,$(XIPSAFE_SOC)),)
$(eval $(call XIPSAFE_FOLDER,soc,$(XIPSAFE_SOC)))
endif

XIPSAFE_FOLDERS := flash part $(filter $(XIPSAFE_MODULES) \
	$(foreach room,$(XIPSAFE_MODULES),$(XIPSAFE_NEEDS_$(room))),\
	$(XIPSAFE_ROOMS)) port/cortexm port/$(XIPSAFE_PORT)
XIPSAFE_DEFINES :=
ifeq ($(XIPSAFE_SOC),)
XIPSAFE_FOLDERS += $(patsubst $(XIPSAFE_DIR)/%/,%,$(filter-out %/template/,\
	$(sort $(dir $(wildcard $(XIPSAFE_DIR)/soc/*/*.c)))))
else
ifneq ($(XIPSAFE_SOC),own)
XIPSAFE_FOLDERS += soc/$(XIPSAFE_SOC)
endif
XIPSAFE_DEFINES := -DXIP_CFG_SOC_$(shell echo $(XIPSAFE_SOC) | tr a-z A-Z)
endif
ifeq ($(XIPSAFE_RESIDENT),ram)
XIPSAFE_FOLDERS += resident
endif

XIPSAFE_SOURCES := $(foreach room,$(XIPSAFE_FOLDERS),\
	$(wildcard $(XIPSAFE_DIR)/$(room)/*.c))
ifeq ($(XIPSAFE_RESIDENT),table)
XIPSAFE_SOURCES := $(filter-out %_resident.c,$(XIPSAFE_SOURCES))
endif
# INCLUDE xip_image.ld in the project's linker script.
XIPSAFE_LDFLAGS := -L$(XIPSAFE_DIR)/linker
# The family here, too: a Makefile that does not add XIPSAFE_DEFINES needs it.
XIPSAFE_INCLUDES := $(XIPSAFE_DEFINES) $(addprefix -I$(XIPSAFE_DIR)/,\
	include port soc $(XIPSAFE_FOLDERS))
