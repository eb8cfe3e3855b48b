function(own_transport_ version slot)
    xip_firmware(NAME own_transport_v${version}
        SOURCES main.c packet.c examples/self_update/receiver.c
            examples/self_update/startup.c board.c
        LINKER examples/self_update/app.ld
        INCLUDES examples/self_update
        MODULES update
        DEFINES APP_VERSION="${version}"
        SLOT ${slot} VERSION ${version}.0.0)
endfunction()

own_transport_(1 0)
own_transport_(2 1)

xip_firmware(NAME own_transport_smp
    SOURCES smp.c packet.c examples/self_update/receiver.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update
    MODULES transport
    SLOT 0)
