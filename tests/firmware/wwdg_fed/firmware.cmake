xip_firmware(NAME wwdg_fed
    SOURCES main.c tests/firmware/common/fw.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update boot
    MODULES update
    SLOT 0)
