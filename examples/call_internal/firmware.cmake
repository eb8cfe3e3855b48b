xip_firmware(NAME call_internal
    SOURCES internal.c examples/ram_function/startup.c
        boards/stm32l476g-disco/board.c
    LINKER internal.ld
    PLACEMENT none)
xip_firmware(NAME call_internal_external
    SOURCES external.c
    LINKER external.ld
    PLACEMENT none)
