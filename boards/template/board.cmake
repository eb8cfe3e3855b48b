# What of xipsafe/ this board needs: folders of port/ and soc/. TODO: yours.
set(BOARD_PORT template)
set(BOARD_SOC template)
