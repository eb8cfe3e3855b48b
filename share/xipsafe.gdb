# xipsafe.gdb - gdb commands for code in external flash and functions in RAM
#
# SPDX-License-Identifier: MIT
#
#     (gdb) source /usr/local/share/xipsafe/xipsafe.gdb
#     (gdb) help user-defined
#
# Plain gdb, without Python: it works in the gdb of an IDE, too. The commands
# of the second part want the simulator (xipsafe sim --gdb PORT).

# Flash is read from the ELF: a view of it must not read the chip in an outage.
# So is code in RAM that the ELF has in a read-only section: a view of it shows
# what ought to be there. xip-check-copy looks at what is.
set trust-readonly-sections on

### On a board and on the simulator ###

define xip-into
  tbreak $arg0
  continue
end
document xip-into
xip-into FUNCTION: run into this function, in RAM or behind a veneer.
What `step` runs over: the jump that the linker puts between flash and RAM has
no line information.
end

define xip-after-copy
  tbreak $arg0
  continue
  break $arg1
end
document xip-after-copy
xip-after-copy main FUNCTION: stop at main, then set a breakpoint in a function
in RAM. Set before start-up code has copied the function, it would be
overwritten.
end

define xip-check-copy
  set trust-readonly-sections off
  set $xip_to = (unsigned *)&$arg0
  set $xip_end = (unsigned *)&$arg1
  set $xip_from = (unsigned *)&$arg2
  while $xip_to < $xip_end && *$xip_to == *$xip_from
    set $xip_to = $xip_to + 1
    set $xip_from = $xip_from + 1
  end
  if $xip_to < $xip_end
    printf "RAM at %p holds 0x%08x, the flash 0x%08x: ", $xip_to, *$xip_to, *$xip_from
    printf "not copied yet, or overwritten\n"
    info symbol $xip_to
  else
    printf "RAM holds what the flash holds\n"
  end
  set trust-readonly-sections on
end
document xip-check-copy
xip-check-copy START END LOAD: was the code copied to RAM, and is it whole? Three
symbols of the linker script: xip_ram_start_ xip_ram_end_ xip_ram_load_.
end

define xip-stepping-everywhere
  set step-mode on
end
document xip-stepping-everywhere
xip-stepping-everywhere: `step` stops in functions without line information, as
veneers and libraries, too. Off again: set step-mode off
end

### On the simulator ###

define xip-moved
  maintenance flush register-cache
  maintenance flush dcache
end
document xip-moved
xip-moved: after a monitor command that has moved the machine (back, goto, reset,
power-cut), gdb forgets the registers and the stack that it has read. gdb 11.
end

define xip-outage
  monitor outage
end
document xip-outage
xip-outage: can the window be read, what does the chip do, who waits?
end

define xip-back-window
  monitor back window
  xip-moved
  frame
end
document xip-back-window
xip-back-window: back to the instruction that opened or closed the window last.
end

define xip-back-operation
  monitor back operation
  xip-moved
  if $argc == 0
    frame
  else
    frame function $arg0
  end
end
document xip-back-operation
xip-back-operation [FUNCTION]: back to where the chip began what it did last: an
erase, a program, a status write. With FUNCTION, to its frame.
end

define xip-who-wrote
  watch -location $arg0
  reverse-continue
  delete $bpnum
end
document xip-who-wrote
xip-who-wrote EXPRESSION: back to the instruction that wrote it last. Delete
other breakpoints first, or it may stop at one of them.
end

define xip-goto
  monitor goto $arg0
  xip-moved
  frame
end
document xip-goto
xip-goto N: to instruction N, forwards or backwards. `monitor time` has the
number of the next one.
end
