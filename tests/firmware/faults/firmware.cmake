xip_firmware(NAME faults_timeout
    SOURCES timeout.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
xip_firmware(NAME faults_silent
    SOURCES silent.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER tests/firmware/common/internal.ld
    INCLUDES tests/firmware/common examples/self_update)
xip_firmware(NAME faults_not_blank
    SOURCES not_blank.c tests/firmware/common/fw.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES tests/firmware/common examples/self_update
    SLOT 0)
