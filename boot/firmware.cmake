# The boot program. mem.c replaces newlib's functions, which are larger.

xip_firmware(NAME boot
    SOURCES main.c mem.c startup.c table.c board.c
    LINKER boot.ld
    MODULES boot)

# The same, and it prints what an application recorded of a fault.
xip_firmware(NAME boot_fault
    SOURCES main.c mem.c startup.c table.c board.c
    LINKER boot.ld
    MODULES boot fault
    DEFINES XIP_CFG_BOOT_FAULT=1 XIP_CFG_FAULT_HANDLERS=0)

# The same with serial recovery by SMP.
xip_firmware(NAME boot_recovery
    SOURCES main.c mem.c startup.c table.c recovery.c board.c
    LINKER boot.ld
    MODULES boot smp
    DEFINES XIP_CFG_BOOT_SMP=1 XIP_CFG_SMP_FULL=0 XIP_CFG_UPDATE_BARE=1)
