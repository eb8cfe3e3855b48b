xip_firmware(NAME dma_window
    SOURCES main.c tests/firmware/common/fw.c examples/self_update/startup.c
        board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
xip_firmware(NAME dma_window_irq
    SOURCES interrupt.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
