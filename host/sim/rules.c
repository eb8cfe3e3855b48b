/*
 * rules - what a firmware must not do, and what the report says about it
 *
 * SPDX-License-Identifier: MIT
 *
 * The texts are read in docs/SIM_RULES.md, too; a test compares them.
 */
#include "sim/rules.h"

#define CANNOT_READ "the window cannot be read while it is closed"
#define LEAVE_ALONE \
    "leave the QUADSPI alone in whatever starts while the window is open " \
    "(SystemInit, HAL_QSPI_MspInit, HAL_DeInit of an application that runs " \
    "from it)"

const char *const sim_rule_classes[SIM_CLASSES] = {
        [SIM_CLASS_WINDOW] = "window",
        [SIM_CLASS_CONTROLLER] = "controller",
        [SIM_CLASS_CHIP] = "chip",
        [SIM_CLASS_CLOCK] = "clock",
        [SIM_CLASS_CORE] = "core",
};

const struct sim_rule_row sim_rules[SIM_RULES] = {
        [SIM_RULE_WINDOW_FETCH] =
                {
                        "window-fetch",
                        SIM_CLASS_WINDOW,
                        "an instruction is fetched from the closed window",
                        CANNOT_READ,
                        "put the function and everything it calls into "
                        "resident memory (section .RamFunc.xipsafe), or keep "
                        "it from running during an outage",
                },
        [SIM_RULE_WINDOW_READ] =
                {
                        "window-read",
                        SIM_CLASS_WINDOW,
                        "data is read from the closed window",
                        CANNOT_READ,
                        "copy what is read (a literal, a constant table, a "
                        "string, a switch table) into resident memory before "
                        "the outage",
                },
        [SIM_RULE_WINDOW_VECTOR_TABLE] =
                {
                        "window-vector",
                        SIM_CLASS_WINDOW,
                        "an exception whose vector or handler is in the closed "
                        "window is taken",
                        CANNOT_READ,
                        "put the vector table into resident memory and point "
                        "VTOR there, or mask the interrupt for the outage",
                },
        [SIM_RULE_WINDOW_VECTOR_HANDLER] =
                {
                        "window-vector",
                        SIM_CLASS_WINDOW,
                        "an exception whose vector or handler is in the closed "
                        "window is taken",
                        CANNOT_READ,
                        "put the handler and everything it calls into "
                        "resident memory, or mask the interrupt for the outage",
                },
        [SIM_RULE_WINDOW_SUSPENDED] =
                {
                        "window-suspended",
                        SIM_CLASS_WINDOW,
                        "the unit whose erase or program is suspended is read "
                        "or executed",
                        "the unit is half erased or programmed: the chip "
                        "answers there with garbage",
                        "keep what runs or is read during an operation "
                        "(interrupt handlers, their data) out of the unit that "
                        "is erased or programmed, or wait until it is done",
                },
        [SIM_RULE_WINDOW_BEHIND] =
                {
                        "window-behind",
                        SIM_CLASS_WINDOW,
                        "what is behind the mapped part of the window is read "
                        "or executed",
                        "DCR.FSIZE says how much the controller maps: an "
                        "access behind it is a bus error",
                        "set FSIZE to log2(bytes of the chip) - 1",
                },
        [SIM_RULE_WINDOW_DMA] =
                {
                        "window-dma",
                        SIM_CLASS_WINDOW,
                        "a DMA channel reads from the closed window",
                        "masks and priorities do not stop a DMA channel, and in "
                        "an outage the window cannot be read: the channel "
                        "stops with a transfer error, or transfers garbage",
                        "let the channel read from RAM; or stop it before "
                        "erase and program (hooks quiesce and release), and "
                        "start none from an interrupt above the ceiling",
                },
        [SIM_RULE_WINDOW_PINS] =
                {
                        "window-pins",
                        SIM_CLASS_WINDOW,
                        "a pin is taken away from the mapped controller",
                        "the window is open: whatever runs or is read from it "
                        "needs these pins",
                        "set the QUADSPI pins up once, before the window is "
                        "mapped, and leave their MODER and AFR fields alone "
                        "(write single fields, not the whole port)",
                },
        [SIM_RULE_WINDOW_CLOCK] =
                {
                        "window-clock",
                        SIM_CLASS_WINDOW,
                        "the clock of the mapped controller is switched off",
                        "without its clock the controller cannot read the "
                        "flash while the window is open",
                        LEAVE_ALONE,
                },
        [SIM_RULE_WINDOW_CONTROLLER] =
                {
                        "window-controller",
                        SIM_CLASS_WINDOW,
                        "the mapped controller is reset",
                        "the reset takes the controller out of memory-mapped "
                        "mode while the window is open: nothing in it can be "
                        "read",
                        LEAVE_ALONE,
                },
        [SIM_RULE_QUADSPI_BUSY_MAPPED] =
                {
                        "quadspi-busy-write",
                        SIM_CLASS_CONTROLLER,
                        "a QUADSPI register is written while the controller "
                        "ignores it",
                        "in memory-mapped mode the prefetch keeps BUSY set, "
                        "and while BUSY the controller ignores the write",
                        "set CR.ABORT, wait until ABORT and BUSY are 0, then "
                        "write",
                },
        [SIM_RULE_QUADSPI_BUSY_ABORT] =
                {
                        "quadspi-busy-write",
                        SIM_CLASS_CONTROLLER,
                        "a QUADSPI register is written while the controller "
                        "ignores it",
                        "the abort has not finished, and while BUSY the "
                        "controller ignores the write",
                        "wait until CR.ABORT and SR.BUSY are 0",
                },
        [SIM_RULE_QUADSPI_BUSY_TRANSFER] =
                {
                        "quadspi-busy-write",
                        SIM_CLASS_CONTROLLER,
                        "a QUADSPI register is written while the controller "
                        "ignores it",
                        "a transfer is running or its data was not read, and "
                        "while BUSY the controller ignores the write",
                        "wait until SR.BUSY is 0 (after a read: empty the "
                        "FIFO, or abort)",
                },
        [SIM_RULE_QUADSPI_BUSY_INTERRUPT] =
                {
                        "quadspi-busy-write",
                        SIM_CLASS_CONTROLLER,
                        "a QUADSPI register is written while the controller "
                        "ignores it",
                        "an interrupt handler uses the controller in the "
                        "middle of a transfer that other code began, and "
                        "while BUSY the controller ignores the write",
                        "mask the interrupt for the whole transfer, or only "
                        "set a flag in its handler: there BUSY may stay for "
                        "ever, since the code that reads on does not run",
                },
        [SIM_RULE_QUADSPI_AR] =
                {
                        "quadspi-ar",
                        SIM_CLASS_CONTROLLER,
                        "the window is mapped with AR[1:0] not 0",
                        "the last indirect command left an address with "
                        "AR[1:0] not 0: the first mapped read then returns "
                        "wrong data",
                        "after a command without address phase write AR=0, "
                        "then abort and wait for ABORT=0 and BUSY=0, then map",
                },
        [SIM_RULE_QUADSPI_TCEN] =
                {
                        "quadspi-tcen",
                        SIM_CLASS_CONTROLLER,
                        "the window is mapped with the time-out counter on",
                        "with the time-out counter, reads in memory-mapped "
                        "mode can fail or return wrong data",
                        "clear QUADSPI_CR.TCEN before mapping",
                },
        [SIM_RULE_QUADSPI_NOT_SENT] =
                {
                        "quadspi-not-sent",
                        SIM_CLASS_CONTROLLER,
                        "a command is refused or incomplete, and the "
                        "chip never sees it",
                        "its address, or the end of its data, lies "
                        "behind the size in DCR.FSIZE: the controller "
                        "sets TEF and sends nothing",
                        "keep addresses inside the chip (they are offsets "
                        "from its start, not addresses in the window), check "
                        "SR.TEF after each command, and set FSIZE to "
                        "log2(bytes) - 1",
                },
        [SIM_RULE_QUADSPI_NOT_STARTED] =
                {
                        "quadspi-not-sent",
                        SIM_CLASS_CONTROLLER,
                        "a command is refused or incomplete, and the "
                        "chip never sees it",
                        "a command with an address starts when AR is "
                        "written, one that sends data when DR is, both "
                        "after CCR",
                        "write AR after CCR, also for the same address,"
                        " or clear CCR.ADMODE or DMODE if the command "
                        "has none",
                },
        [SIM_RULE_QUADSPI_STUCK_READ] =
                {
                        "quadspi-stuck",
                        SIM_CLASS_CONTROLLER,
                        "the firmware waits for SR.BUSY=0, which cannot"
                        " come",
                        "DLR announces more bytes than were read: the "
                        "rest stays in the FIFO, and BUSY is 1 as long "
                        "as the FIFO is not empty",
                        "set DLR to the number of bytes minus one, or "
                        "read DR until BUSY is 0, or abort",
                },
        [SIM_RULE_QUADSPI_STUCK_WRITE] =
                {
                        "quadspi-stuck",
                        SIM_CLASS_CONTROLLER,
                        "the firmware waits for SR.BUSY=0, which cannot"
                        " come",
                        "DLR announces more bytes than were written: "
                        "the controller keeps nCS low and waits for the"
                        " rest",
                        "set DLR to the number of bytes minus one",
                },
        [SIM_RULE_NOR_READ_BUSY] =
                {
                        "nor-read-busy",
                        SIM_CLASS_CHIP,
                        "the array, id or SFDP is read while the chip is busy",
                        "while it erases or programs, the chip answers array, "
                        "id and SFDP reads with garbage",
                        "poll the status register until WIP is 0, or suspend "
                        "the operation, before anything is read",
                },
        [SIM_RULE_NOR_READ_SUSPENDING] =
                {
                        "nor-read-busy",
                        SIM_CLASS_CHIP,
                        "the array, id or SFDP is read while the chip "
                        "is busy",
                        "the suspend command was sent, but the chip "
                        "still works: it takes up to tSUS to stand "
                        "still",
                        "after the suspend poll the status register "
                        "until WIP is 0 (or wait tSUS), then read",
                },
        [SIM_RULE_NOR_READ_SUSPENDED] =
                {
                        "nor-read-busy",
                        SIM_CLASS_CHIP,
                        "the array, id or SFDP is read while the chip "
                        "is busy",
                        "what is read lies inside the suspended erase "
                        "or program, whose contents are undefined",
                        "read other ranges only until the operation was"
                        " resumed and is over",
                },
        [SIM_RULE_NOR_COMMAND_BUSY] =
                {
                        "nor-command-busy",
                        SIM_CLASS_CHIP,
                        "a command is sent while the chip is busy",
                        "while busy, the chip takes status reads, suspend and "
                        "reset only",
                        "poll the status register until WIP is 0 before the "
                        "next command",
                },
        [SIM_RULE_NOR_COMMAND_SUSPENDING] =
                {
                        "nor-command-busy",
                        SIM_CLASS_CHIP,
                        "a command is sent while the chip is busy",
                        "the suspend command was sent, but the chip "
                        "still works: it takes up to tSUS to stand "
                        "still",
                        "after the suspend poll the status register "
                        "until WIP is 0 (or wait tSUS), then send the "
                        "command",
                },
        [SIM_RULE_NOR_COMMAND_SUSPENDED] =
                {
                        "nor-command-busy",
                        SIM_CLASS_CHIP,
                        "a command is sent while the chip is busy",
                        "an operation is suspended, and the part does "
                        "not begin this one beside it",
                        "resume the suspended operation and let it end "
                        "first",
                },
        [SIM_RULE_NOR_NOT_BLANK] =
                {
                        "nor-not-blank",
                        SIM_CLASS_CHIP,
                        "bytes are programmed that are not erased",
                        "programming only turns ones into zeros: bits that "
                        "should be 1 stay 0",
                        "erase the range first, and keep a record of what has "
                        "been programmed",
                },
        [SIM_RULE_NOR_NO_WEL] =
                {
                        "nor-no-wel",
                        SIM_CLASS_CHIP,
                        "an erase, program or status write without write "
                        "enable",
                        "the chip ignores an erase, program or status write "
                        "unless its write enable latch is set; each one clears "
                        "it",
                        "send 06h (50h for a volatile status write) right "
                        "before, and check WEL in the status register",
                },
        [SIM_RULE_NOR_PAGE_WRAP] =
                {
                        "nor-page-wrap",
                        SIM_CLASS_CHIP,
                        "a program crosses the end of a page",
                        "the address wraps inside the page, so later bytes "
                        "replace earlier ones",
                        "split programs at page boundaries",
                },
        [SIM_RULE_NOR_PROTECTED] =
                {
                        "nor-protected",
                        SIM_CLASS_CHIP,
                        "a protected range is erased or programmed",
                        "the block protection bits of the status register "
                        "cover the range; nothing was changed",
                        "clear the protection bits for this range, or choose "
                        "another range",
                },
        [SIM_RULE_NOR_SUSPEND_EARLY] =
                {
                        "nor-suspend-early",
                        SIM_CLASS_CHIP,
                        "an operation is suspended too soon after a resume",
                        "the part needs a minimum time between resume and the "
                        "next suspend: its data sheet's, or, if that has none, "
                        "the one without which it makes no progress",
                        "let an operation run for the part's "
                        "resume-to-suspend time (data sheet; SFDP DW12) before "
                        "it is suspended again",
                },
        [SIM_RULE_NOR_UNKNOWN_OPCODE] =
                {
                        "nor-unknown-opcode",
                        SIM_CLASS_CHIP,
                        "a command is sent that the part does not have",
                        "this part has no such command and ignores it; "
                        "another revision of it may use it for something else",
                        "take opcodes from the part's data sheet or its SFDP "
                        "table",
                },
        [SIM_RULE_NOR_BAD_FRAME] =
                {
                        "nor-bad-frame",
                        SIM_CLASS_CHIP,
                        "a command has the wrong lanes, address or dummy "
                        "clocks",
                        "controller and chip disagree on lanes, address "
                        "bytes, mode bits or dummy clocks, so bits land in "
                        "the wrong place",
                        "compare CCR (and the chip's 4-byte, quad and dummy "
                        "settings) with the command's timing diagram",
                },
        [SIM_RULE_NOR_QUAD_ENABLE] =
                {
                        "nor-bad-frame",
                        SIM_CLASS_CHIP,
                        "a command has the wrong lanes, address or "
                        "dummy clocks",
                        "quad enable is not set: the chip keeps IO2 and"
                        " IO3 for WP and HOLD and ignores the command",
                        "set the quad enable bit (06h or 50h, then the "
                        "status write that the part wants) before any "
                        "command on four lines",
                },
        [SIM_RULE_NOR_DUMMY_CLOCKS] =
                {
                        "nor-bad-frame",
                        SIM_CLASS_CHIP,
                        "a command has the wrong lanes, address or "
                        "dummy clocks",
                        "the controller sends another number of dummy "
                        "clocks than the chip counts, so data begins "
                        "too early or too late",
                        "set CCR.DCYC to the dummy clocks of this "
                        "command at the chip's present setting, mode "
                        "bits not counted",
                },
        [SIM_RULE_NOR_CONTINUOUS] =
                {
                        "nor-bad-frame",
                        SIM_CLASS_CHIP,
                        "a command has the wrong lanes, address or "
                        "dummy clocks",
                        "the last read's mode bits keep the chip in "
                        "continuous read, where it expects no opcode; a "
                        "reset of the MCU does not end that",
                        "end it first: a read without opcode whose mode "
                        "byte is FFh, or FFh on all lines",
                },
        [SIM_RULE_NOR_ASLEEP] =
                {
                        "nor-asleep",
                        SIM_CLASS_CHIP,
                        "a command is sent to a chip in deep power-down",
                        "in deep power-down the chip obeys ABh only",
                        "send ABh and wait its release time first",
                },
        [SIM_RULE_NOR_TOO_FAST] =
                {
                        "nor-too-fast",
                        SIM_CLASS_CHIP,
                        "a command is sent before the chip is ready",
                        "after power-up the chip does not answer for tVSL",
                        "wait the part's tVSL before the first command",
                },
        [SIM_RULE_NOR_TOO_FAST_WAKE] =
                {
                        "nor-too-fast",
                        SIM_CLASS_CHIP,
                        "a command is sent before the chip is ready",
                        "after ABh the chip needs tRES1, and after B9h "
                        "tDP, before it takes a command",
                        "wait the part's tRES1 after ABh (tDP after "
                        "B9h)",
                },
        [SIM_RULE_NOR_TOO_FAST_RESET] =
                {
                        "nor-too-fast",
                        SIM_CLASS_CHIP,
                        "a command is sent before the chip is ready",
                        "after 66h 99h the chip does not answer for "
                        "some time, which is longer if it was working",
                        "wait the part's reset time, or poll the status"
                        " register, before the next command",
                },
        [SIM_RULE_NOR_ERASE_UNALIGNED] =
                {
                        "nor-erase-unaligned",
                        SIM_CLASS_CHIP,
                        "an erase whose address is not the first of a "
                        "unit",
                        "the chip ignores the low address bits and "
                        "erases the whole unit around the address, with"
                        " whatever its neighbours keep there",
                        "align the address down to the unit's size on "
                        "purpose, or take an opcode with a smaller unit",
                },
        [SIM_RULE_NOR_ERASE_UNIT] =
                {
                        "nor-erase-unit",
                        SIM_CLASS_CHIP,
                        "an erase whose unit does not exist at its address",
                        "the sectors of this part are not alike (4 KB "
                        "parameter sectors at one end, larger ones elsewhere, "
                        "as its SFDP sector map says): the chip ignores the "
                        "command, and nothing is erased",
                        "choose the opcode by the address, as the sector map "
                        "has it, and look whether WIP rises",
                },
        [SIM_RULE_NOR_STATUS_WRITE] =
                {
                        "nor-status-write",
                        SIM_CLASS_CHIP,
                        "a status write clears quad enable, sets CMP or"
                        " sets one-time bits",
                        "what it does shows much later: quad reads give"
                        " FFh, erases and programs do nothing, or a bit"
                        " can never be cleared again",
                        "read each status register by its own opcode "
                        "(35h, not the second byte of 05h), change only"
                        " the bits that are meant, write, and read back",
                },
        [SIM_RULE_NOR_RESET_BUSY] =
                {
                        "nor-reset-busy",
                        SIM_CLASS_CHIP,
                        "the chip is reset in the middle of an "
                        "operation",
                        "66h 99h stops an erase, program or register "
                        "write where it is: the range holds neither the"
                        " old nor the new data",
                        "poll WIP, or resume and wait, before the "
                        "reset",
                },
        [SIM_RULE_NOR_CLOCK] =
                {
                        "nor-clock",
                        SIM_CLASS_CHIP,
                        "a command is faster than the part allows",
                        "above its limit the chip may return wrong "
                        "bits, depending on temperature and supply",
                        "raise CR.PRESCALER, or take a read command "
                        "with dummy clocks (03h has the lowest limit)",
                },
        [SIM_RULE_NOR_SELECT_HIGH] =
                {
                        "nor-select-high",
                        SIM_CLASS_CHIP,
                        "nCS is high too short between two commands",
                        "below tSHSL the chip may not see that a "
                        "command ended",
                        "set DCR.CSHT to the clocks that tSHSL takes at"
                        " this clock",
                },
        [SIM_RULE_NOR_DDR] =
                {
                        "nor-ddr",
                        SIM_CLASS_CHIP,
                        "a command of one clock edge is sent on both",
                        "with CCR.DDRM the address and the data go on "
                        "both edges, but the opcode is one of single "
                        "data rate",
                        "clear CCR.DDRM, or take the part's DTR opcode",
                },
        [SIM_RULE_NOR_MODE_BITS] =
                {
                        "nor-mode-bits",
                        SIM_CLASS_CHIP,
                        "a read whose mode bits nobody drives",
                        "the chip takes the mode bits from floating "
                        "lines and may stay in continuous read, where "
                        "it takes the next opcode for an address",
                        "send the mode byte as an alternate byte "
                        "(CCR.ABMODE, ABR = FFh) and only the rest as "
                        "dummy clocks",
                },
        [SIM_RULE_FLASH_LATENCY] =
                {
                        "flash-latency",
                        SIM_CLASS_CLOCK,
                        "the core is too fast for the wait states of the "
                        "internal flash",
                        "internal flash is read faster than it can answer: "
                        "instructions and constants come out wrong",
                        "raise FLASH_ACR.LATENCY and read it back before the "
                        "clock goes up, lower it only after the clock went "
                        "down",
                },
        [SIM_RULE_CLOCK_RANGE] =
                {
                        "clock-range",
                        SIM_CLASS_CLOCK,
                        "the core's clock is above what the part allows",
                        "the part is not specified for this clock",
                        "choose another PLLN, PLLR or MSI range",
                },
        [SIM_RULE_PLL_RANGE] =
                {
                        "pll-range",
                        SIM_CLASS_CLOCK,
                        "the PLL is set outside its range",
                        "outside its range the PLL does not lock, or drifts",
                        "choose another PLLM or PLLN",
                },
        [SIM_RULE_RAM_NOT_COPIED] =
                {
                        "ram-not-copied",
                        SIM_CLASS_CORE,
                        "RAM is executed that was never written",
                        "the memory still holds the pattern it had at power-on",
                        "copy the section to RAM at start-up before the first "
                        "call into it, and check its load address in the "
                        "linker script",
                },
        [SIM_RULE_LOCKUP] =
                {
                        "lockup",
                        SIM_CLASS_CORE,
                        "the core locks up",
                        "a fault at the priority of HardFault or NMI",
                        "find the first fault: its status is in CFSR and its "
                        "frame on the stack. A HardFault handler, its stack "
                        "and the vector table must stay readable",
                },
        [SIM_RULE_NOT_MODELLED] =
                {
                        "not-modelled",
                        SIM_CLASS_CORE,
                        "a register is used that the simulator does not model "
                        "(with --strict)",
                        "--strict stops at what the simulator cannot answer "
                        "truthfully",
                        "run without --strict, or give the register a value "
                        "with --set",
                },
};
