# The templates of a board, a port and a family, as they are copied.
xip_firmware(NAME template
    SOURCES main.c board.c
    LINKER template.ld
    BOARD template
    INCLUDES xipsafe/selftest
    MODULES selftest)

# Boot program and loaders name no board and no port: they build for one that
# is no STM32.
xip_firmware(NAME template_boot
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c board.c
    LINKER boot/boot.ld
    BOARD template
    MODULES boot)
foreach(kind IN ITEMS flm stldr)
    xip_firmware(NAME template_${kind}
        SOURCES extloader/${kind}.c extloader/loader.c
            boards/template/loader.c board.c
        LINKER extloader/${kind}.ld
        BOARD template
        INCLUDES extloader
        DEFINES LOADER_NAME="template" LOADER_FAULT_RESULT=0)
endforeach()
