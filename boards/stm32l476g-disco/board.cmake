# What of xipsafe/ this board needs: folders of port/ and soc/.
set(BOARD_PORT stm32_quadspi)
set(BOARD_SOC stm32l4)
