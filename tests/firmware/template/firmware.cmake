# The templates of a board and a port, as they are copied.
xip_firmware(NAME template
    SOURCES main.c boards/template/board.c
    LINKER template.ld
    BOARD template PORT template SOC template
    INCLUDES xipsafe/selftest
    MODULES selftest)
