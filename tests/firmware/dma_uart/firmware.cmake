xip_firmware(NAME dma_uart
    SOURCES main.c tests/firmware/common/fw.c examples/self_update/startup.c
        boards/stm32l476g-disco/board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
