xip_firmware(NAME porting_selftest
    SOURCES main.c examples/self_update/startup.c
        board.c
    LINKER internal.ld
    INCLUDES examples/self_update xipsafe/selftest
    MODULES selftest)
