xip_firmware(NAME rtos
    SOURCES main.c kernel.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    SLOT 0)
