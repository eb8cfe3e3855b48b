xip_firmware(NAME minimal
    SOURCES main.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLAIN_LD
    SLOT 0)
