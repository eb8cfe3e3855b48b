# cubemx_<what>: a project in the shape that CubeMX has, with a boot loader of
# its own; what it needs of xipsafe, and what it would be without.

set(cubemx_common core/*.c hal/*.c)

xip_firmware(NAME cubemx_loader
    SOURCES loader/main.c ${cubemx_common}
    LINKER loader/STM32L476VGTX_FLASH.ld
    INCLUDES examples/cubemx/hal
    DEFINES TICK_INT_PRIORITY=0u
    PLACEMENT none)

function(cubemx_app name slot version addr)
    xip_firmware(NAME cubemx_${name}
        SOURCES app/main.c app/stm32l4xx_it.c app/updater.c ${cubemx_common}
        LINKER app/STM32L476VGTX_QSPI.ld
        INCLUDES examples/cubemx/hal examples/cubemx/app boot
        MODULES update transport
        SLOT ${slot} VERSION ${version}
        DEFINES APP_VERSION=${version} APP_ADDR=${addr}
            USER_VECT_TAB_ADDRESS VECT_TAB_BASE_ADDRESS=${addr}
            VECT_TAB_OFFSET=0x200)
    target_compile_definitions(cubemx_${name} PRIVATE ${ARGN})
endfunction()

cubemx_app(v1 0 1.0.0 0x90000000)
cubemx_app(v2 1 2.0.0 0x90100000)
# The watchdog is forgotten; the controller is initialised by the application.
cubemx_app(v1_no_feed 0 1.0.0 0x90000000 NO_FEED)
cubemx_app(v1_qspi_init 0 1.0.0 0x90000000 KEEP_QSPI_INIT)

xip_firmware(NAME cubemx_naive
    SOURCES naive/main.c naive/stm32l4xx_it.c ${cubemx_common}
    LINKER app/STM32L476VGTX_QSPI.ld
    INCLUDES examples/cubemx/hal examples/cubemx/app
    SLOT 0
    DEFINES TICK_INT_PRIORITY=0u APP_ADDR=0x90000000
        USER_VECT_TAB_ADDRESS VECT_TAB_BASE_ADDRESS=0x90000000
        VECT_TAB_OFFSET=0x200)
