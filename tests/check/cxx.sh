#!/usr/bin/env bash
# The run-time machinery of C++ in a RAM function: throw, static guards, thread-
# local storage, errno, virtual tables lie in flash, and each is named. The
# distance of the two memories is RP2040's: unwind tables have to reach.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-g++ >/dev/null || exit 77
cd "$scratch" || exit 2
base_project
sed -e 's/ORIGIN = 0x90000000/ORIGIN = 0x10000000/' \
    -e 's|^  \.ARM\.exidx : .*|  .ARM.extab : { *(.ARM.extab*) } >FLASH\
  .ARM.exidx : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; } >FLASH|' \
    -e 's|^  \.bss : .*|  .tdata : { *(.tdata*) } >RAM AT> FLASH\
  .tbss : { *(.tbss*) } >RAM\
&\
  end = .;|' base.ld >cxx.ld
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -c base.c || exit 2
cat >subject.cc <<'END'
#include <errno.h>
extern "C" {
#include "base.h"
void *__dso_handle;
}
#ifdef THROW
RAM void check(void) { if (u == 3) { throw 1; } }
extern "C" RAM void subject(void) { try { check(); } catch (int) { u = 4; } }
#elif defined GUARD
struct s { s() { v = u; } uint32_t v; };
extern "C" RAM void subject(void) { static s once; u = once.v; }
#elif defined TLS
thread_local uint32_t t;
extern "C" RAM void subject(void) { t++; u = t; }
extern "C" __attribute__((naked)) void __aeabi_read_tp(void) {
    __asm volatile("ldr r0, =0x20001000\n bx lr\n .ltorg"); }
#elif defined ERRNO
extern "C" RAM void subject(void) { errno = 3; }
#elif defined VIRTUAL
struct b { virtual void f() = 0; };
struct derived : b { void f() override; };
RAM void derived::f() { u = 5; }
derived one;
b *volatile which = &one;
extern "C" RAM void subject(void) { which->f(); }
#else
struct s { uint32_t v; void add(uint32_t n); };
RAM void s::add(uint32_t n) { v += n; }
extern "C" RAM void subject(void) { s one{3}; one.add(u); u = one.v; }
#endif
END
while read -r status kind text; do
    arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -Os -g "-D$kind" \
        --specs=nano.specs --specs=nosys.specs -nostartfiles -T cxx.ld -w \
        -Wl,--no-warn-rwx-segments base.o subject.cc -o "$kind.elf" 2>err ||
        fail "$kind does not build: $(cat err)"
    got=0
    "$xipsafe" check "$kind.elf" --xip 0x10000000:1M --interrupts none >out \
        2>&1 || got=$?
    [ "$got" -eq "$status" ] || complain "$kind: exit $got: $(cat out)"
    grep -qF -- "$text" out || complain "$kind: no '$text' in: $(cat out)"
done <<'END'
0 PLAIN PROVED
1 THROW violation call  __cxa_throw
1 GUARD violation call  __cxa_guard_acquire
1 TLS violation call  __aeabi_read_tp
1 ERRNO violation call  __errno
1 VIRTUAL violation load  vtable for derived
END

# Options and annotations take the names of the source: with the arguments, or
# without if one function alone has that name.
cat >named.cc <<'END'
extern "C" {
#include "base.h"
}
namespace n {
RAM void one(uint32_t v) { u = v; }
RAM void two(uint32_t v) { u = v; }
RAM void two(uint8_t *p) { u = *p; }
void (*volatile hook)(uint32_t);
RAM void calls(void (*done)(uint32_t)) { done(3); }
}
uint8_t byte;
static void *vectors[16] __attribute__((used, aligned(128), section(".ram_vectors")));
extern "C" RAM void subject(void) { n::calls(n::hook); n::one(u); n::two(u); n::two(&byte); }
END
arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs \
    --specs=nosys.specs -nostartfiles -T cxx.ld -w base.o named.cc \
    -Wl,--no-warn-rwx-segments -o named.elf 2>err || fail "named: $(cat err)"
# named STATUS TEXT ARGUMENTS...
named() {
    local status=$1 text=$2 got=0
    shift 2
    "$xipsafe" check named.elf --xip 0x10000000:1M --interrupts none "$@" \
        >out 2>&1 || got=$?
    [ "$got" -eq "$status" ] || complain "'$*': exit $got, not $status: $(cat out)"
    grep -qF -- "$text" out || complain "'$*': no '$text' in: $(cat out)"
}
named 3 'n::one(unsigned long)  (--root)' --root n::one
named 3 'n::one(unsigned long)  (--root)' --root 'n::one(unsigned long)'
named 2 'n::two' --root n::two # two of them
named 3 'n::two(unsigned char*)  (--root)' --root 'n::two(unsigned char*)'
named 3 'call-unknown' --root n::calls
echo 'targets n::calls n::one: set before main()' >names.notes
named 3 'with 1 annotation covering 1 finding' --root n::calls \
    --notes names.notes
echo 'targets n::calls n::two: of two, none is meant' >names.notes
named 3 'call-unknown' --root n::calls --notes names.notes
for name in vectors _ZL7vectors; do
    "$xipsafe" check named.elf --xip 0x10000000:1M --vectors $name >out 2>&1
    grep -q 'vectors vectors at 0x2.*(--vectors)' out ||
        complain "--vectors $name: $(cat out)"
done
finish
