xip_firmware(NAME option_iwdg
    SOURCES main.c tests/firmware/common/fw.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
