xip_firmware(NAME naive
    SOURCES main.c qspi_driver.c examples/self_update/startup.c
        boards/stm32l476g-disco/board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLACEMENT none
    SLOT 0)
