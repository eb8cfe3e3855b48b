# The listing of docs/SMP.md as it is there, in a program around it.
set(page ${XIPSAFE_ROOT}/docs/SMP.md)
set_property(DIRECTORY ${XIPSAFE_ROOT} APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${page})
file(READ ${page} text)
if(NOT text MATCHES "```c\n([^`]*)```")
    message(FATAL_ERROR "${page} has no listing")
endif()
file(CONFIGURE OUTPUT listings/smp_listing.c CONTENT "${CMAKE_MATCH_1}" @ONLY)

xip_firmware(NAME listing_smp
    SOURCES main.c examples/self_update/receiver.c
        examples/self_update/startup.c board.c
    LINKER examples/self_update/app.ld
    INCLUDES examples/self_update ${CMAKE_BINARY_DIR}/listings
    MODULES smp
    DEFINES XIP_CFG_IMAGE_SIGNATURES=0
    SLOT 0)
