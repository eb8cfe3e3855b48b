# Which watchdog the option bytes start: IWDG_SW or WWDG_SW.
foreach(option iwdg=0x10000u wwdg=0x80000u)
    string(REPLACE "=" ";" option ${option})
    list(GET option 0 name)
    list(GET option 1 bit)
    xip_firmware(NAME option_${name}
        SOURCES main.c tests/firmware/common/fw.c examples/self_update/startup.c
            board.c
        LINKER examples/self_update/app.ld
        INCLUDES tests/firmware/common examples/self_update
        DEFINES OPTR_SOFTWARE_START=${bit}
        SLOT 0)
endforeach()
