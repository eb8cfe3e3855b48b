xip_firmware(NAME fence
    SOURCES main.c escapes.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0
    DEFINES XIP_CFG_FENCE=1)
