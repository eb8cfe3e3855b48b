# A board with four slots, of which the last one is golden, and a security
# counter: board.txt. One application, linked for each slot.

set(slots4 ${XIP_FIRMWARE_DIR_})
xip_firmware(NAME boot_slots4
    BOARD ${slots4}
    SOURCES boot/main.c boot/mem.c boot/startup.c boot/table.c
        boards/stm32l476g-disco/board.c
    LINKER boot/boot.ld
    MODULES boot
    INCLUDES boot boards/stm32l476g-disco)

foreach(slot IN ITEMS 0 1 2 3)
    xip_firmware(NAME slots4_slot${slot}
        BOARD ${slots4}
        SOURCES main.c tests/firmware/common/fw.c
            examples/self_update/startup.c boards/stm32l476g-disco/board.c
        LINKER examples/self_update/app.ld
        MODULES slots counter
        INCLUDES tests/firmware/common examples/self_update
            boards/stm32l476g-disco
        SLOT ${slot} VERSION 1.${slot}.0)
endforeach()
