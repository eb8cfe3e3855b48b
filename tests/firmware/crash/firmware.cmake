# One program with a way to fault for each number at CASE_ADDR (--set).
xip_firmware(NAME crash
    SOURCES main.c cases.c outage.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER crash.ld
    INCLUDES tests/firmware/common examples/self_update
    MODULES fault
    OPTIONS -mfloat-abi=softfp -mfpu=fpv4-sp-d16
    LINK_OPTIONS -Wl,--build-id
    SLOT 0)
