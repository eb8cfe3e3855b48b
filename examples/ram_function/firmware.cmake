xip_firmware(NAME ram_function
    SOURCES main.c startup.c board.c
    LINKER ram_function.ld
    PLACEMENT none)
