# shellcheck shell=bash
# A small project shaped like those of CubeMX, for the tests of the checker:
# flash at 0x90000000, .data (with .RamFunc in it) copied to RAM, a vector
# table in RAM. subject() is what a test adds.

# Writes base.ld, base.h and base.c here.
base_project() {
cat >base.ld <<'END'
ENTRY(Reset_Handler)
MEMORY { RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 96K
         FLASH (rx) : ORIGIN = 0x90000000, LENGTH = 1M }
_estack = ORIGIN(RAM) + LENGTH(RAM);
SECTIONS
{
  .isr_vector : { KEEP(*(.isr_vector)) } >FLASH
  .text : {
    *(.text) *(.text*)
    . = ALIGN(4); } >FLASH
  .rodata : {
    *(.rodata) *(.rodata*)
    . = ALIGN(4); } >FLASH
  .ARM.exidx : { *(.ARM.exidx*) } >FLASH
  _sidata = LOADADDR(.data);
  .data : { . = ALIGN(512); _sdata = .;
    *(.ram_vectors) *(.data) *(.data*)
    *(.RamFunc) *(.RamFunc*)
    . = ALIGN(4); _edata = .; } >RAM AT> FLASH
  .bss : { *(.bss) *(.bss*) *(COMMON) } >RAM
}
END

# What every case is compiled with: start code, vectors in RAM, and the call.
cat >base.h <<'END'
#include <math.h>
#include <stdint.h>
#include <string.h>
#define RAM __attribute__((section(".RamFunc"), noinline))
struct big { int a[20]; };
extern struct big b1, b2;
extern volatile uint32_t u;
extern volatile uint64_t w;
extern volatile float f;
extern volatile double d;
void subject(void);
END
cat >base.c <<'END'
#include "base.h"
struct big b1, b2;
volatile uint32_t u;
volatile uint64_t w;
volatile float f;
volatile double d;
extern uint32_t _sidata[], _sdata[], _edata[], _estack[];
__attribute__((section(".RamFunc"), optimize("no-stack-protector")))
void stop(void) {
    for (;;) {
    }
}
__attribute__((optimize("no-stack-protector"),
        optimize("no-tree-loop-distribute-patterns")))
void Reset_Handler(void) {
    for (uint32_t *from = _sidata, *to = _sdata; to < _edata;) {
        *to++ = *from++;
    }
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)_sdata;
    for (;;) {
        subject();
    }
}
__attribute__((section(".isr_vector"), used))
void *const flash_vectors[16] = {_estack, Reset_Handler, stop, stop};
__attribute__((section(".ram_vectors"), used))
void *ram_vectors[16] = {_estack, stop, stop, stop, stop, stop, stop, 0, 0, 0,
        0, stop, stop, 0, stop, stop};
END
}
