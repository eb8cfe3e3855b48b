# One program for all runs of scripts/bench: parameters come from the chip.
xip_firmware(NAME bench
    SOURCES main.c bench/baseline/baseline.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES bench/baseline tests/firmware/common examples/self_update
    SLOT 0)
