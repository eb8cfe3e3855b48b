# Has its own start-up code: that of the others changes what is looked at.
xip_firmware(NAME jump_state
    SOURCES main.c board.c
    LINKER examples/self_update/app.ld
    MODULES boot
    SLOT 0)
