# A boot loader of its own in internal flash, and an application in each slot.

xip_firmware(NAME naive_ab_boot
    SOURCES boot.c ab.c examples/self_update/startup.c board.c
    LINKER examples/porting_selftest/internal.ld
    INCLUDES examples/self_update
    MODULES boot)

function(naive_ab_ version slot)
    xip_firmware(NAME naive_ab_v${version}
        SOURCES app.c ab.c examples/self_update/clock.c
            examples/self_update/receiver.c examples/self_update/startup.c
            board.c
        LINKER examples/self_update/app.ld
        INCLUDES examples/self_update
        MODULES transport
        DEFINES APP_VERSION="${version}"
        SLOT ${slot} VERSION ${version}.0.0)
endfunction()

naive_ab_(1 0)
naive_ab_(2 1)
naive_ab_(0 1)
