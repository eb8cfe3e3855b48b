# What the power-cut campaigns run: a boot program that checks digests only, and
# the self-updating application with images of 16 KB.

xip_firmware(NAME boot_hash
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c board.c
    INCLUDES boot
    LINKER boot/boot.ld
    MODULES boot
    DEFINES XIP_CFG_BOOT_KEY=0 XIP_CFG_IMAGE_SIGNATURES=0)

# The same with serial recovery.
xip_firmware(NAME boot_hash_recovery
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c boot/recovery.c
        board.c
    INCLUDES boot
    LINKER boot/boot.ld
    MODULES boot smp
    DEFINES XIP_CFG_BOOT_KEY=0 XIP_CFG_IMAGE_SIGNATURES=0 XIP_CFG_BOOT_SMP=1
        XIP_CFG_SMP_FULL=0 XIP_CFG_UPDATE_BARE=1)

function(cut_small_ name slot version seed)
    xip_firmware(NAME cut_small_${name}
        SOURCES main.c clock.c receiver.c startup.c table.c updater.c
            board.c
        LINKER app.ld
        MODULES update transport fault
        LINK_OPTIONS -Wl,--build-id
        SLOT ${slot} VERSION ${version}.0.0
        DEFINES APP_VERSION=${version}.0.0 APP_TABLE_SEED=${seed}
            APP_TABLE_SMALL XIP_CFG_IMAGE_SIGNATURES=0 ${ARGN})
endfunction()

set(dir ${XIP_FIRMWARE_DIR_})
set(XIP_FIRMWARE_DIR_ ${XIPSAFE_ROOT}/examples/self_update)
cut_small_(v1 0 1 0x100u)
cut_small_(v2_slot1 1 2 0x200u)
# Does not confirm itself, and gives up: the boot program rejects it in the end.
cut_small_(v2_gives_up 1 2 0x300u GIVES_UP)
set(XIP_FIRMWARE_DIR_ ${dir})
