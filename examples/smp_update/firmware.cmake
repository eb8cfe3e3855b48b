# smp_update_<version>_slot<n>: version 1 runs from slot 0, version 2 exists for
# both slots, since only the device knows which one is free.
function(smp_update_ version slot)
    xip_firmware(NAME smp_update_v${version}_slot${slot}
        SOURCES main.c examples/self_update/receiver.c
            examples/self_update/startup.c board.c
        LINKER examples/self_update/app.ld
        INCLUDES examples/self_update
        MODULES smp fault
        DEFINES APP_VERSION="${version}.0.0" XIP_CFG_IMAGE_SIGNATURES=0
        LINK_OPTIONS -Wl,--build-id
        SLOT ${slot} VERSION ${version}.0.0)
endfunction()

smp_update_(1 0)
smp_update_(2 0)
smp_update_(2 1)
