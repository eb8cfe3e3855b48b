# What the power-cut campaigns run: a boot program that checks digests only, and
# the self-updating application with images of 16 KB.

xip_firmware(NAME boot_hash
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c board.c
    INCLUDES boot
    LINKER boot/boot.ld
    MODULES boot
    DEFINES XIP_CFG_BOOT_KEY=0 XIP_CFG_IMAGE_SIGNATURES=0 XIP_CFG_IMAGE_FAST=1)

# The same with serial recovery.
xip_firmware(NAME boot_hash_recovery
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c boot/recovery.c
        board.c
    INCLUDES boot
    LINKER boot/boot.ld
    MODULES boot smp
    DEFINES XIP_CFG_BOOT_KEY=0 XIP_CFG_IMAGE_SIGNATURES=0 XIP_CFG_IMAGE_FAST=1
        XIP_CFG_BOOT_SMP=1 XIP_CFG_SMP_FULL=0 XIP_CFG_UPDATE_BARE=1)

function(cut_small_ name slot version)
    xip_firmware(NAME cut_small_${name}
        SOURCES main.c tests/firmware/boot_constant/part.c boot/mem.c
            examples/self_update/clock.c examples/self_update/receiver.c
            examples/self_update/startup.c examples/self_update/updater.c
            board.c
        INCLUDES examples/self_update
        LINKER examples/self_update/app.ld
        PLACEMENT table
        MODULES update transport
        SLOT ${slot} VERSION ${version}.0.0
        DEFINES APP_VERSION=${version}.0.0 XIP_CFG_SFDP=0
            XIP_CFG_IMAGE_SIGNATURES=0 ${ARGN})
endfunction()

cut_small_(v1 0 1)
cut_small_(v2_slot1 1 2)
# Does not confirm itself, and gives up: the boot program rejects it in the end.
cut_small_(v2_gives_up 1 2 GIVES_UP)
