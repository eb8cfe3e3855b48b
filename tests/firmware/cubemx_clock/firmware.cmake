xip_firmware(NAME cubemx_clock
    SOURCES main.c examples/self_update/startup.c
        board.c
    LINKER tests/firmware/common/internal.ld
    INCLUDES examples/self_update
    PLACEMENT none)
