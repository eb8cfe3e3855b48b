xip_firmware(NAME call_internal
    SOURCES internal.c examples/ram_function/startup.c
        board.c
    LINKER internal.ld
    PLACEMENT none)
xip_firmware(NAME call_internal_external
    SOURCES external.c
    LINKER external.ld
    PLACEMENT none)
