xip_firmware(NAME recovery_request
    SOURCES recovery_request.c examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    PLACEMENT none
    SLOT 0)
