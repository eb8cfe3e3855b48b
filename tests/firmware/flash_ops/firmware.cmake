# Both homes of the resident code see the same tests, and so does the fence.
set(flash_ops_sources main.c tests/firmware/common/fw.c
    examples/self_update/startup.c board.c)
xip_firmware(NAME flash_ops
    SOURCES ${flash_ops_sources}
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
xip_firmware(NAME flash_ops_table
    SOURCES ${flash_ops_sources}
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    PLACEMENT table DEFINES FW_RESIDENT_TABLE
    SLOT 0)
xip_firmware(NAME flash_ops_fence
    SOURCES ${flash_ops_sources}
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    DEFINES XIP_CFG_FENCE=1 FW_FENCE=7
    SLOT 0)
