# The boot program. mem.c stands for newlib's functions, which are larger.

xip_firmware(NAME boot
    SOURCES main.c mem.c startup.c table.c board.c
    LINKER boot.ld
    MODULES boot
    BEARSSL)
