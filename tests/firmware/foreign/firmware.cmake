# A program for a board that nobody here has: other memories, other pins, a
# crystal of 16 MHz, and a register that the simulator does not know.
xip_firmware(NAME foreign
    SOURCES main.c
    LINKER foreign.ld)
