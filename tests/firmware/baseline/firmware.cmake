# Code for a Cortex-M0+, which a Cortex-M4 executes as well.

xip_firmware(NAME baseline
    SOURCES main.c tests/firmware/common/fw.c examples/cubemx/core/*.c
        board.c
    LINKER examples/cubemx/app/STM32L476VGTX_QSPI.ld
    INCLUDES tests/firmware/common examples/cubemx/hal
    SLOT 0
    OPTIONS -mcpu=cortex-m0plus
    DEFINES APP_ADDR=0x90000000 USER_VECT_TAB_ADDRESS
        VECT_TAB_BASE_ADDRESS=0x90000000 VECT_TAB_OFFSET=0x200
        XIP_CFG_COUNTER_ADDR=0x40000024u)
