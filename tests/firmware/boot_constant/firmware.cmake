# Boot programs for a part that is known, without the SFDP code.

set(sources part.c boot/main.c boot/mem.c boot/startup.c boot/table.c board.c)
set(defines XIP_CFG_SFDP=0 XIP_CFG_BOOT_PART=board_part)

xip_firmware(NAME boot_constant
    SOURCES ${sources}
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot
    DEFINES ${defines})

# With serial recovery.
xip_firmware(NAME boot_recovery_constant
    SOURCES ${sources} boot/recovery.c
    LINKER boot/boot.ld
    MODULES boot smp
    INCLUDES boot
    DEFINES ${defines} XIP_CFG_BOOT_SMP=1 XIP_CFG_SMP_FULL=0
        XIP_CFG_UPDATE_BARE=1)

# With the faster signature check.
xip_firmware(NAME boot_fast
    SOURCES ${sources}
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot
    DEFINES ${defines} XIP_CFG_IMAGE_FAST=1)

# With BearSSL's curve.
xip_firmware(NAME boot_bearssl
    SOURCES ${sources}
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot
    DEFINES ${defines} XIP_CFG_IMAGE_BEARSSL=1
    BEARSSL)

# With what boot/boot_cfg.h leaves out.
xip_firmware(NAME boot_options
    SOURCES ${sources}
    LINKER boot/boot.ld
    MODULES boot fault
    INCLUDES boot
    DEFINES ${defines} XIP_CFG_BOOT_WARM=1 XIP_CFG_BOOT_FAULT=1
        XIP_CFG_FAULT_HANDLERS=0 XIP_CFG_FAULT_NMI=0)
