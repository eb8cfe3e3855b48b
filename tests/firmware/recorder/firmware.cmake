xip_firmware(NAME recorder
    SOURCES main.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    MODULES fault
    LINK_OPTIONS -Wl,--build-id
    SLOT 0)
