#!/usr/bin/env bash
# command: optimised
# Copies in the flash of functions for RAM that have other names than their
# symbols, or whose address debug information gives to several functions.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/check/subject.bash
. "$(dirname "$0")/subject.bash"
command -v arm-none-eabi-g++ >/dev/null || exit 77
cpu=(-mcpu=cortex-m4 -mthumb -g -O2 -fno-exceptions)
# With its default debug information, which is not GCC's.
clang=(clang --target=thumbv7em-none-eabi -mcpu=cortex-m4 -g -O2 -fshort-enums)
sed -i 's|^  \.ARM\.exidx.*|  /DISCARD/ : { *(.ARM.exidx* .ARM.extab*) }|' base.ld
link=(--specs=nano.specs --specs=nosys.specs -nostartfiles
    '-Wl,--no-warn-rwx-segments')

not_inlined() {
    ! grep -qE '^  (violation|unknown|warning) inlined' out ||
        complain "inlined: $(cat out)"
}
# says TEXT STATUS [OPTION...]: of subject.elf; without TEXT nothing is inlined.
says() {
    local text=$1
    shift
    judge_subject "$@"
    if [ -n "$text" ]; then has "$text"; else not_inlined; fi
}

# C++, where static functions have no linkage name: inlined, and not.
cat >subject.cc <<'END'
extern "C" {
#include "base.h"
}
#ifdef CLEAN
#define FAST __attribute__((section(".RamFunc"), noinline))
#else
#define FAST __attribute__((section(".RamFunc")))
#endif
#define BODY { u = 1; while (u & 2) { } u = 0; }
void (*volatile keep)(void);
#if defined STATIC
static FAST void erase(void) BODY
#define DO keep = erase; erase();
#elif defined ANONYMOUS
namespace { namespace driver { FAST void erase(void) BODY } }
#define DO keep = driver::erase; driver::erase();
#elif defined LOCAL
#define DO struct driver { static FAST void erase(void) BODY }; \
    keep = driver::erase; driver::erase();
#elif defined CONSTRUCTOR
struct driver { FAST driver(); };
driver::driver() BODY
#define DO driver one;
#elif defined OPERATOR
namespace { struct driver { FAST void operator+=(int) BODY int v; }; }
void (driver::*volatile member)(int);
#define DO driver one; member = &driver::operator+=; one += 3;
#elif defined LAMBDA
#define DO auto erase = [](int) FAST BODY; \
    void (decltype(erase)::*volatile pointer)(int) const = &decltype(erase)::operator(); \
    (void)pointer; erase(3);
#elif defined OTHER_LAMBDA
#define DO auto erase = [](int) __attribute__((section(".RamFunc"), noinline)) BODY; \
    void (decltype(erase)::*volatile pointer)(int) const = &decltype(erase)::operator(); \
    auto add = [](int by) { u += by; }; \
    (void)pointer; erase(3); add(u); add(3);
#endif
extern "C" void subject(void) { DO w = 3; }
END
while read -r kind text; do
    for twin in BAD CLEAN; do
        arm-none-eabi-g++ "${cpu[@]}" "${link[@]}" "-D$kind" "-D$twin" -w \
            -T base.ld base.o subject.cc -o subject.elf || complain "$kind"
        cp subject.cc subject.c
        if [ $twin = BAD ] && [ -n "$text" ]; then
            says "violation inlined  $text" 1
        else
            says '' 0
        fi
    done
done <<'END'
STATIC erase()
ANONYMOUS (anonymous namespace)::driver::erase()
LOCAL subject::driver::erase()
CONSTRUCTOR driver::driver()
OPERATOR (anonymous namespace)::driver::operator+=(int)
LAMBDA subject
OTHER_LAMBDA
END

# So is the beginning of an outage, and its end.
compilers=(gcc)
! command -v clang >/dev/null || compilers+=(clang)
for compiler in "${compilers[@]}"; do for last in '' 'enter();'; do
    printf '%s\n' 'extern volatile unsigned u, f, w;' \
        '#define FAST __attribute__((section(".RamFunc"), used))' 'namespace {' \
        'FAST void leave() { u = 1; f = 3; }' 'FAST void enter() { u = 2; f = 4; }' \
        '}' "FAST __attribute__((noinline)) void job() { leave(); w = 4; $last }" \
        'extern "C" void subject(void) { job(); w = 3; }' >subject.cc
    if [ "$compiler" = clang ]; then
        "${clang[@]}" -fno-exceptions -c subject.cc -o subject.o
    else
        arm-none-eabi-g++ "${cpu[@]}" -c subject.cc -o subject.o
    fi
    arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -T base.ld base.o subject.o \
        -o subject.elf || complain 'the halves'
    cp subject.cc subject.c
    judge_subject "$([ -n "$last" ]; echo $?)" --begin _ZN12_GLOBAL__N_15leaveEv \
        --end _ZN12_GLOBAL__N_15enterEv
    [ -n "$last" ] || has 'job() returns to it before the outage ends'
done; done

# Each file declares its own: what begins no outage yet, and a static function
# of the flash with the name of one for RAM.
printf '%s\n' 'extern volatile unsigned u, f, w;' \
    '#define FAST __attribute__((section(".RamFunc"), noinline))' \
    'FAST void leave(void) { u = 1; f = 3; }' 'FAST void enter(void) { u = 2; f = 4; }' \
    'FAST static void store(unsigned x) { w = x; while (u & 4) { } }' \
    '__attribute__((noinline)) void far(void) { f = 9; }' 'void other(void);' \
    'FAST void job(void) { far(); leave(); store(4); enter(); }' \
    'void subject(void) { job(); other(); }' >subject.c
printf '%s\n' 'extern volatile unsigned u, w;' \
    'static inline void store(unsigned x) { w = x; u = x; }' \
    'void other(void) { store(u); store(w); }' >other.c
for compiler in "${compilers[@]}"; do
    compile=(arm-none-eabi-gcc "${cpu[@]}")
    [ "$compiler" = gcc ] || compile=("${clang[@]}")
    if ! "${compile[@]}" -c subject.c other.c ||
        ! arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -T base.ld base.o subject.o \
            other.o -o subject.elf; then
        complain "$compiler"
    fi
    says '' 0 --begin leave --end enter
done

# What is left is a clone with a constant in it.
clone='FAR uint32_t mode(void) { return u; }
__attribute__((section(".RamFunc"))) static INLINED void erase(uint32_t at, uint32_t mode) {
    w = mode ? 0x20 + mode * 3 : 0xd8;
    if (mode == 1) { d = 5; u = 6; while (u & 4) { } w = 0x77; }
    u = at; w = 1; while (u & 1) { } u = 0;
    if (mode) { w = mode; while (u & 2) { } u = 0x30 + mode; }
}
RAM void range(uint32_t at) { for (int i = 0; i < 4; i++) { erase(at, 1); at += 4096; } erase(at, 1); }
RAM void other(uint32_t at) { erase(at, 1); erase(at + 9, 1); }
void subject(void) { erase(u, mode()); range(5); other(6); w = 3; }'
for inlined in '' '__attribute__((noinline, noclone))'; do
    printf '%s\n' '#include "base.h"' '#define FAR __attribute__((noinline))' \
        "#define INLINED $inlined" "$clone" >subject.c
    arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -fipa-cp-clone -T base.ld base.o \
        subject.c -o subject.elf || complain 'the clone'
    if [ -n "$inlined" ]; then says '' 0; else says 'violation inlined  erase.constprop.0' 1; fi
done

# Link-time optimisation gives two functions of one name other ones.
for inlined in '' noinline; do
    printf '%s\n' '#include "base.h"' 'void other(void);' \
        "__attribute__((section(\".RamFunc\"), $inlined)) static void erase(uint32_t at) { u = at; while (u & 1) { } }" \
        'void (*volatile keep)(uint32_t);' \
        'void subject(void) { erase(u); other(); keep = erase; }' >one.c
    printf '%s\n' '#include "base.h"' 'extern void (*volatile keep)(uint32_t);' '' '' '' \
        '__attribute__((section(".RamFunc"))) static void erase(uint32_t at) { u = at; while (u & 2) { } }' \
        'RAM void other(void) { keep = erase; erase(4); }' >two.c
    arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -flto -T base.ld base.o one.c two.c \
        -o subject.elf || complain 'link-time optimisation'
    if [ -n "$inlined" ]; then says '' 0; else says 'violation inlined  erase.lto_priv.' 1; fi
done

# A driver that has no debug information, though the rest has: what was inlined
# there is not seen, and that is said if it has code in flash.
printf '%s\n' '#include "base.h"' '#define FAST __attribute__((section(".RamFunc")))' \
    '#define CR (*(volatile unsigned *)0xA0001000u)' \
    'FAST void leave(void) { CR = 1; }' 'FAST void enter(void) { CR = 2; }' \
    '#ifdef JOB' 'void job(void) { leave(); w = 4; enter(); }' '#endif' >driver.c
while read -r flags; do
    # Without the job there, all of the driver is in RAM.
    job='void job(void);'
    [[ $flags == *-DJOB* ]] ||
        job='RAM void run(void) { leave(); enter(); } void job(void) { run(); }'
    printf '%s\n' '#include "base.h"' 'void leave(void);' 'void enter(void);' \
        "$job" 'void subject(void) { job(); }' >subject.c
    # shellcheck disable=SC2086
    if ! arm-none-eabi-gcc "${cpu[@]}" $flags -c driver.c -o driver.o ||
        ! arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -T base.ld base.o driver.o \
            subject.c -o subject.elf; then
        complain "a driver with $flags"
    fi
    judge_subject 0
    if [[ $flags == *-DJOB* ]]; then
        has 'warning no-debug  driver.c'
    else
        hasnt 'no-debug'
    fi
done <<'END'
-g0 -DJOB
-gdwarf-4 -gsplit-dwarf -DJOB
-g0
END

# A header's function is in all files that include it, and leaves nothing in one
# without debug information but its copies.
cat >fast.h <<'END'
#define CR (*(volatile unsigned *)0xA0001000u)
__attribute__((section(".RamFunc"))) inline void erase(void) {
    CR = 1;
    while (CR & 2) { }
    CR = 3;
}
END
printf '%s\n' '#include "base.h"' '#include "fast.h"' 'void (*volatile keep)(void);' \
    'extern inline void erase(void);' 'void job(void);' \
    'void subject(void) { keep = erase; job(); u = 1; }' >subject.c
printf '%s\n' 'extern volatile unsigned u;' '#include "fast.h"' \
    'void job(void) { CALL; u = 4; }' >job.c
# header COMPILER... STATUS WORDS: job.o is compiled so.
header() {
    local status=$1 words=$2
    shift 2
    if ! "$@" -c -o job.o || ! arm-none-eabi-gcc "${cpu[@]}" "${link[@]}" -T base.ld \
        -Wl,--no-warn-execstack base.o job.o subject.c -o subject.elf; then
        complain "a header: $*"
    fi
    judge_subject "$status"
    if [ "$words" ]; then has "$words"; else hasnt no-debug; fi
}
header 1 'violation inlined  erase' arm-none-eabi-gcc "${cpu[@]}" -DCALL='erase()' -g1 job.c
header 0 'warning no-debug  job.c' arm-none-eabi-gcc "${cpu[@]}" -DCALL='erase()' -g0 job.c
has 'which fast.h has'
header 0 '' arm-none-eabi-gcc "${cpu[@]}" -DCALL='u = 9' -g job.c
# Files that share no function need no debug information for that.
cp subject.c with_header.c
sed 's/#include "fast.h"/#define CR (*(volatile unsigned *)0xA0001000u)/;
    s/^extern inline.*/RAM void erase(void) { CR = 1; }/' with_header.c >subject.c
header 0 '' arm-none-eabi-gcc "${cpu[@]}" -DCALL='u = 9' -g0 job.c
mv with_header.c subject.c
# clang leaves out more than gcc, C++ names, too.
if command -v clang >/dev/null; then
    header 1 'violation inlined  erase' "${clang[@]}" -DCALL='erase()' -g1 job.c
    printf '%s\n' 'extern volatile unsigned u;' '#define CR (*(volatile unsigned *)0xA0001000u)' \
        '#define RAM __attribute__((section(".RamFunc")))' 'struct flash { void erase(); };' \
        'RAM void flash::erase() { CR = 1; while (CR & 2) { } CR = 3; }' \
        'flash chip; extern "C" void job(void) { chip.erase(); u = 3; }' \
        'extern "C" RAM void erase(void) { chip.erase(); }' >job.cpp
    sed -i 's/^extern inline.*//; s/#include "fast.h"/void erase(void);/' subject.c
    header 1 'violation inlined  flash::erase()' "${clang[@]}" -x c++ -g1 job.cpp
fi

# A linker folds two functions with the same code, and debug information of one
# of them has no address.
if command -v ld.lld clang >/dev/null; then
    for inlined in '' noinline; do
        printf '%s\n' 'extern volatile unsigned u;' \
            '#define FAST(x, how) __attribute__((section(".RamFunc." #x), how))' \
            'FAST(a,) void erase_a(void) { u = 1; while (u & 1) { } u = 0; }' \
            "FAST(b, $inlined) void erase_b(void) { u = 1; while (u & 1) { } u = 0; }" \
            'void subject(void) { erase_b(); u = 3; }' >subject.c
        if ! "${clang[@]}" -c subject.c -o subject.o ||
            ! ld.lld --icf=all -T base.ld base.o subject.o -o subject.elf; then
            complain 'folded functions'
        fi
        [ "$(arm-none-eabi-nm subject.elf | grep erase_ | cut -d ' ' -f 1 | uniq -d)" ] ||
            complain 'nothing was folded'
        if [ -n "$inlined" ]; then says '' 0; else says 'violation inlined  erase_' 1; fi
    done
fi
finish
