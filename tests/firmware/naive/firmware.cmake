xip_firmware(NAME naive
    SOURCES main.c qspi_driver.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLACEMENT none
    SLOT 0)
