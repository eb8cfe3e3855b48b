# littlefs is not part of xipsafe. Build this example with
#     cmake --preset cortex-m4 -DLITTLEFS_DIR=<folder of lfs.c> && make
set(LITTLEFS_DIR "" CACHE PATH "littlefs's source, for examples/littlefs")

if(LITTLEFS_DIR AND NOT EXISTS "${LITTLEFS_DIR}/lfs.c")
    message(FATAL_ERROR "LITTLEFS_DIR=${LITTLEFS_DIR}: no lfs.c there; give "
        "the folder of littlefs's source, or nothing")
elseif(LITTLEFS_DIR)
    xip_firmware(NAME littlefs
        SOURCES main.c flash_lfs.c examples/self_update/startup.c
            board.c
        LINKER examples/self_update/app.ld
        INCLUDES examples/self_update
        DEFINES LFS_NO_MALLOC LFS_NO_ASSERT LFS_NO_DEBUG LFS_NO_WARN
            LFS_NO_ERROR
        SLOT 0)
    target_sources(littlefs PRIVATE
        ${LITTLEFS_DIR}/lfs.c ${LITTLEFS_DIR}/lfs_util.c)
    target_include_directories(littlefs SYSTEM PRIVATE ${LITTLEFS_DIR})
    # It does not pass our warnings.
    set_source_files_properties(
        ${LITTLEFS_DIR}/lfs.c ${LITTLEFS_DIR}/lfs_util.c
        PROPERTIES COMPILE_OPTIONS -w)
else()
    message(STATUS "examples/littlefs: left out, needs -DLITTLEFS_DIR")
endif()
