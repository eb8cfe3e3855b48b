# STM32L476G-DISCO for pyOCD: its external flash, by the loader that `make`
# builds. Run pyocd in the repository's directory. Not tried on hardware yet.
#
#     pyocd load --script boards/stm32l476g-disco/pyocd.py \
#         --target stm32l476vgtx factory.hex
#
# pyOCD runs this file with its own names in place (FlashRegion, target).


def will_connect():
    target.memory_map.add_region(FlashRegion(
        name="qspi",
        start=0x90000000,
        length=0x1000000,
        blocksize=0x10000,
        page_size=0x1000,
        flm="build/extloader/xipsafe_STM32L476G-DISCO.FLM"))
