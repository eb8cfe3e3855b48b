# The boot program. mem.c stands for newlib's functions, which are larger.

xip_firmware(NAME boot
    SOURCES main.c mem.c startup.c table.c boards/stm32l476g-disco/board.c
    LINKER boot.ld
    MODULES boot
    BEARSSL)
