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
