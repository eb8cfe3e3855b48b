# Resident code in RAM, and that of the boot program.
set(deep_power_down_sources main.c tests/firmware/common/fw.c
    examples/self_update/startup.c board.c)
xip_firmware(NAME deep_power_down
    SOURCES ${deep_power_down_sources}
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
xip_firmware(NAME deep_power_down_table
    SOURCES ${deep_power_down_sources}
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    PLACEMENT table DEFINES FW_RESIDENT_TABLE
    SLOT 0)
