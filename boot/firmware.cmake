# The boot program. mem.c replaces newlib's functions, which are larger.

xip_firmware(NAME boot
    SOURCES main.c mem.c startup.c table.c board.c
    LINKER boot.ld
    MODULES boot
    BEARSSL)
