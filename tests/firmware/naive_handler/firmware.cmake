set(naive_handler_sources main.c examples/self_update/startup.c
    board.c)
xip_firmware(NAME naive_handler
    SOURCES ${naive_handler_sources}
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLACEMENT none
    SLOT 0)
xip_firmware(NAME naive_table
    SOURCES ${naive_handler_sources}
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLACEMENT none DEFINES NAIVE_TABLE
    SLOT 0)
