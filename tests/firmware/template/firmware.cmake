# The templates of a board, a port and a family, as they are copied.
xip_firmware(NAME template
    SOURCES main.c board.c
    LINKER template.ld
    BOARD template
    INCLUDES xipsafe/selftest
    MODULES selftest)
