# The external loaders as a debug probe calls them.
foreach(variant IN ITEMS "" _whole)
    string(TOUPPER "PROGRAMMER${variant}" define)
    xip_firmware(NAME programmer${variant}
        SOURCES main.c flm.c stldr.c leftovers.c probe.c chip.c
            tests/firmware/common/fw.c xipsafe/flash/xip_err.c
            examples/self_update/startup.c board.c
        LINKER programmer.ld
        INCLUDES tests/firmware/common examples/self_update
        PLACEMENT none
        DEFINES ${define} PROBE_FLM="${extloader_name}.FLM"
            PROBE_STLDR="${extloader_name}.stldr"
        OPTIONS -Wa,-I${extloader_dir})
endforeach()
set_property(SOURCE ${XIP_FIRMWARE_DIR_}/probe.c APPEND PROPERTY
    OBJECT_DEPENDS "${XIP_EXTLOADER_FLM};${XIP_EXTLOADER_STLDR}")
