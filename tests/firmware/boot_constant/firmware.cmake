# A boot program without the SFDP code.
xip_firmware(NAME boot_constant
    SOURCES part.c boot/main.c boot/mem.c boot/startup.c boot/table.c board.c
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot
    DEFINES XIP_CFG_SFDP=0 XIP_CFG_BOOT_PART=board_part
    BEARSSL)

# With serial recovery instead.
xip_firmware(NAME boot_recovery_constant
    SOURCES part.c boot/main.c boot/mem.c boot/startup.c boot/table.c
        boot/recovery.c board.c
    LINKER boot/boot.ld
    MODULES boot smp
    INCLUDES boot
    DEFINES XIP_CFG_SFDP=0 XIP_CFG_BOOT_PART=board_part
        XIP_CFG_BOOT_SMP=1 XIP_CFG_SMP_FULL=0 XIP_CFG_UPDATE_BARE=1
    BEARSSL)

# With what boot/boot_cfg.h leaves out.
xip_firmware(NAME boot_options
    SOURCES part.c boot/main.c boot/mem.c boot/startup.c boot/table.c board.c
    LINKER boot/boot.ld
    MODULES boot fault
    INCLUDES boot
    DEFINES XIP_CFG_SFDP=0 XIP_CFG_BOOT_PART=board_part XIP_CFG_BOOT_WARM=1
        XIP_CFG_BOOT_FAULT=1 XIP_CFG_FAULT_HANDLERS=0 XIP_CFG_FAULT_NMI=0
    BEARSSL)
