# self_update_<what>: versions for both slots, and variants of version 1.

function(self_update_ name slot version seed)
    xip_firmware(NAME self_update_${name}
        SOURCES main.c clock.c receiver.c startup.c table.c updater.c
            board.c
        LINKER app.ld
        MODULES update transport fault
        SLOT ${slot} VERSION ${version}
        DEFINES APP_VERSION=${version} APP_TABLE_SEED=${seed}
        LINK_OPTIONS -Wl,--build-id
        BEARSSL
        ${ARGN})
endfunction()

self_update_(v1 0 1.0.0 0x100u)
self_update_(v2_slot1 1 2.0.0 0x200u)
self_update_(v3 0 3.0.0 0x300u)

# Resident code from the boot program's table instead of RAM.
self_update_(v1_table 0 1.0.0 0x100u PLACEMENT table)

# The receive interrupt waits for the flash: bytes get lost.
self_update_(v1_below 0 1.0.0 0x100u)
target_compile_definitions(self_update_v1_below PRIVATE RX_BELOW_CEILING)
target_compile_definitions(self_update_v1_table PRIVATE APP_RESIDENT_TABLE)

# Does not confirm itself, and gives up: the boot program rejects it in the end.
self_update_(v2_gives_up 1 2.0.0 0x200u)
target_compile_definitions(self_update_v2_gives_up PRIVATE GIVES_UP)
