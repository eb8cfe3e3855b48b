# One program for all runs of scripts/bench: parameters come from the chip.
xip_firmware(NAME bench
    SOURCES main.c bench/baseline/baseline.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES bench/baseline tests/firmware/common examples/self_update
    SLOT 0)

# The boot program for a chip of 8 MB that does not run at the board's 40 MHz.
xip_firmware(NAME bench_boot_slow
    BOARD ${XIP_FIRMWARE_DIR_}/slow_chip
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c
        boards/stm32l476g-disco/board.c
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot boards/stm32l476g-disco
    DEFINES BOARD_FLASH_PRESCALER=3u
    BEARSSL)
