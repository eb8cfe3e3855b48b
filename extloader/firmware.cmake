# The external loaders: build/extloader/<name>.FLM and .stldr, from the same
# driver as everything else. The .elf with debug information stays in
# build/firmware.

xip_board_("${XIP_BOARD}")
set(extloader_name ${BOARD_LOADER})
set(extloader_sources loader.c ${XIP_BOARD_DIR_}/loader.c board.c)

xip_firmware(NAME extloader_flm
    SOURCES flm.c ${extloader_sources}
    LINKER flm.ld
    # No table of addresses, no pointer to be moved: hidden.h.
    OPTIONS -fpie "SHELL:-include \"${XIP_FIRMWARE_DIR_}/hidden.h\""
    DEFINES LOADER_NAME="${extloader_name}" LOADER_FAULT_RESULT=127
    LINK_OPTIONS -no-pie -Wl,--emit-relocs)
xip_firmware(NAME extloader_stldr
    SOURCES stldr.c ${extloader_sources}
    LINKER stldr.ld
    DEFINES LOADER_NAME="${extloader_name}" LOADER_FAULT_RESULT=0)

# Normalised, or ninja takes the names below for two files each.
get_filename_component(extloader_dir
    ${XIPSAFE_FIRMWARE_DIR}/../extloader ABSOLUTE)
file(MAKE_DIRECTORY ${extloader_dir})
set(XIP_EXTLOADER_FLM ${extloader_dir}/${extloader_name}.FLM)
set(XIP_EXTLOADER_STLDR ${extloader_dir}/${extloader_name}.stldr)
foreach(kind IN ITEMS flm stldr)
    string(TOUPPER ${kind} upper)
    add_custom_command(OUTPUT ${XIP_EXTLOADER_${upper}}
        COMMAND ${CMAKE_OBJCOPY} --strip-debug --remove-relocations=*
            $<TARGET_FILE:extloader_${kind}> ${XIP_EXTLOADER_${upper}}
        DEPENDS extloader_${kind} VERBATIM)
endforeach()
add_custom_target(extloader ALL
    DEPENDS ${XIP_EXTLOADER_FLM} ${XIP_EXTLOADER_STLDR})
