xip_firmware(NAME ram_function
    SOURCES main.c startup.c boards/stm32l476g-disco/board.c
    LINKER ram_function.ld
    PLACEMENT none)
