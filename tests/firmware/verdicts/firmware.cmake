# A boot program of a few lines that does one wrong thing, for tests/cli/cut.sh.

xip_firmware(NAME verdicts
    SOURCES main.c examples/self_update/startup.c board.c
    LINKER examples/porting_selftest/internal.ld
    INCLUDES examples/self_update
    PLACEMENT ram)
