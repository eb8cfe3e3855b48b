xip_firmware(NAME debugged
    SOURCES main.c no_lines.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    OPTIONS -Og
    SLOT 0)
