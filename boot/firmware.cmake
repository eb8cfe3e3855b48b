# The boot program. mem.c replaces newlib's functions and ec_p256.c a part of
# BearSSL, which are larger.

xip_firmware(NAME boot
    SOURCES main.c mem.c startup.c table.c board.c ec_p256.c
    LINKER boot.ld
    MODULES boot
    BEARSSL)
target_include_directories(boot SYSTEM PRIVATE ${XIPSAFE_BEARSSL_DIR}/src)

# The same with serial recovery by SMP.
xip_firmware(NAME boot_recovery
    SOURCES main.c mem.c startup.c table.c recovery.c board.c ec_p256.c
    LINKER boot.ld
    MODULES boot smp
    DEFINES XIP_CFG_BOOT_SMP=1 XIP_CFG_SMP_FULL=0 XIP_CFG_UPDATE_BARE=1
    BEARSSL)
target_include_directories(boot_recovery SYSTEM PRIVATE ${XIPSAFE_BEARSSL_DIR}/src)
