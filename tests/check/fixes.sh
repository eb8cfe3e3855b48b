#!/usr/bin/env bash
# command: optimised
# The cures that `xipsafe check` names are cures: in a project shaped like
# those of CubeMX, each defect is found, and gone once its own advice is
# followed. Linker lines are taken from the report as they stand.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
command -v arm-none-eabi-gcc >/dev/null || exit 77
cd "$scratch" || exit 2
base_project

cpu="-mcpu=cortex-m4"
level=-Os

declare -A bases=() # base.o, by core and flags

# build OUT FLAGS...: base.c and case.c by script.ld
build() {
    local out=$1 flags
    shift
    flags="$cpu -mthumb $level -g $*"
    # shellcheck disable=SC2086
    if ! {
        if [ -z "${bases[$flags]-}" ]; then
            arm-none-eabi-gcc $flags -c base.c -o "base${#bases[@]}.o" &&
                bases[$flags]=base${#bases[@]}.o
        fi && arm-none-eabi-gcc $flags -ffunction-sections \
            -fdata-sections -Wall --specs=nano.specs -nostartfiles \
            -Wl,--emit-relocs -Wl,--no-warn-rwx-segments -T script.ld \
            -Wl,-Map="$out.map" "${bases[$flags]}" case.c -lm -o "$out.elf"
    } 2>log; then
        complain "$name $level: does not build: $(head -n 5 log)"
        return 1
    fi
}

# check OUT STATUS: says out.text
check() {
    local got=0
    "$xipsafe" check "$1.elf" --map "$1.map" --xip 0x90000000:1M \
        --vectors ram_vectors >"$1.text" 2>err || got=$?
    [ "$got" -eq "$2" ] ||
        complain "$name $level: $1 gives $got, not $2: $(cat err "$1.text")"
}

# found WHAT FIX: the defect, and its cure in the report
found() {
    grep -qE -- "$1" bad.text || complain "$name $level: no '$1': $(cat bad.text)"
    tr -s ' \n' ' ' <bad.text | grep -qF -- "$2" ||
        complain "$name $level: no '$2': $(cat bad.text)"
}

# case NAME WHAT FIX BAD GOOD [FLAGS of both [FLAGS of the good one]]
try() {
    name=$1
    cp base.ld script.ld
    { echo '#include "base.h"'; echo "$4"; } >case.c
    # shellcheck disable=SC2086
    build bad ${6-} || return
    check bad 1
    found "$2" "$3"
    { echo '#include "base.h"'; echo "$5"; } >case.c
    # shellcheck disable=SC2086
    build good ${6-} ${7-} || return
    check good 0
}

copy='RAM void subject(void) { for (int i = 0; i < 20; i++) { b1.a[i] = 0; } }'
no_idiom='__attribute__((optimize("no-tree-loop-distribute-patterns")))'
# shellcheck disable=SC2016
switch='RAM uint32_t pick(uint32_t x) { switch (x) { case 0: return 13;
    case 1: return 77; case 2: return 5; case 3: return 1999;
    case 4: return 4; case 5: return 70000; } return 9; }
RAM void subject(void) { u = pick(u); }'

for level in -Os -O2; do
    try loop_attribute 'call +memset' "$no_idiom" "$copy" "$no_idiom $copy"
    try loop_flag 'call +memset' -fno-tree-loop-distribute-patterns \
        "$copy" "$copy" "" -fno-tree-loop-distribute-patterns
    try strlen 'strlen' -fno-tree-loop-distribute-patterns \
        'static char t[8] __attribute__((section(".data.t"))) = "abc";
         RAM uint32_t length(const char *s) { uint32_t n = 0;
             while (*s++) { n++; } return n; }
         RAM void subject(void) { t[1] = (char)u; u = length(t); }' \
        'static char t[8] __attribute__((section(".data.t"))) = "abc";
         RAM uint32_t length(const char *s) { uint32_t n = 0;
             while (*s++) { n++; } return n; }
         RAM void subject(void) { t[1] = (char)u; u = length(t); }' \
        "" "-fno-builtin -fno-tree-loop-distribute-patterns"
    try struct_copy 'call +memcpy' 'member by member, or copy in such a loop' \
        'RAM void subject(void) { b1 = b2; }' \
        "$no_idiom RAM void subject(void) {
             for (int i = 0; i < 20; i++) { b1.a[i] = b2.a[i]; } }"
    try own_memcpy 'call +memcpy' 'Define the function yourself in RAM' \
        'RAM void subject(void) { b1 = b2; }' \
        "$no_idiom RAM void *memcpy(void *restrict to,
             const void *restrict from, size_t n) {
             char *t = to; const char *p = from;
             while (n--) { *t++ = *p++; } return to; }
         RAM void subject(void) { b1 = b2; }"
    try switch_flag 'load +CSWTCH' -fno-tree-switch-conversion "$switch" \
        "$switch" "" -fno-tree-switch-conversion
    try switch_attribute 'load +CSWTCH' \
        '__attribute__((optimize("no-tree-switch-conversion")))' "$switch" \
        "__attribute__((optimize(\"no-tree-switch-conversion\"))) $switch"
    try const_table 'load +table' '__attribute__((section(".data.ro_table")))' \
        'static const uint16_t table[5] = {1, 50, 7, 8, 9};
         RAM void subject(void) { u = table[u % 4u]; }' \
        'static const uint16_t table[5]
             __attribute__((section(".data.ro_table"))) = {1, 50, 7, 8, 9};
         RAM void subject(void) { u = table[u % 4u]; }'
    # Without const it is in .rodata all the same.
    # shellcheck disable=SC2016
    try not_const 'load +table' 'leave out `const` is not enough' \
        'static uint16_t table[5] = {1, 50, 7, 8, 9};
         RAM void subject(void) { u = table[u % 4u]; }' \
        'static uint16_t table[5]
             __attribute__((section(".data.ro_table"))) = {1, 50, 7, 8, 9};
         RAM void subject(void) { u = table[u % 4u]; }'
    try string 'load' \
        'static const char text[] __attribute__((section(".data.ro_text")))' \
        'RAM void subject(void) { u = "some text"[u % 8u]; }' \
        'RAM void subject(void) { static const char text[]
             __attribute__((section(".data.ro_text"))) = "some text";
             u = (uint8_t)text[u % 8u]; }'
    try initialiser 'load' 'element by element' \
        'RAM void subject(void) { uint32_t v[4] = {4, 90, 700, 5};
             w = v[u % 4u]; }' \
        'RAM void subject(void) { uint32_t v[4]; v[0] = 4; v[1] = 90;
             v[2] = 700; v[3] = 5; w = v[u % 4u]; }'
    try own_function 'helper' 'mark its definition __attribute__((section(' \
        '__attribute__((noinline)) void helper(void) { u++; }
         RAM void subject(void) { helper(); helper(); }' \
        'RAM void helper(void) { u++; }
         RAM void subject(void) { helper(); helper(); }'
    try weak_default 'default_hook' 'define your own hook' \
        'void default_hook(void) { u++; }
         void hook(void) __attribute__((weak, alias("default_hook")));
         RAM void subject(void) { hook(); u--; }' \
        'RAM void hook(void) { u++; }
         RAM void subject(void) { hook(); u--; }'
    try square_root 'sqrtf' -fno-math-errno \
        'RAM void subject(void) { f = sqrtf(f); }' \
        'RAM void subject(void) { f = sqrtf(f); }' \
        "-mfpu=fpv4-sp-d16 -mfloat-abi=hard" -fno-math-errno
    try soft_float '__aeabi_fmul' -mfloat-abi=hard \
        'RAM void subject(void) { f = f * f; }' \
        'RAM void subject(void) { f = f * f; }' \
        "" "-mfpu=fpv4-sp-d16 -mfloat-abi=hard"
    try double_constant '__aeabi_dmul' 'Write 2.5f' \
        'RAM void subject(void) { f = (float)(f * 0.1); }' \
        'RAM void subject(void) { f = f * 0.1f; }' \
        "-mfpu=fpv4-sp-d16 -mfloat-abi=hard"
    guard='uintptr_t __stack_chk_guard __attribute__((used,
             section(".data.guard"))) = 0xbadc0de5;
         __attribute__((noreturn)) void __stack_chk_fail(void) { for (;;) { } }'
    try protector '__stack_chk_fail' no_stack_protector \
        "$guard RAM void subject(void) { u++; }" \
        "$guard __attribute__((no_stack_protector)) RAM
             void subject(void) { u++; }" -fstack-protector-all
    try protector_old '__stack_chk_fail' 'optimize("no-stack-protector")' \
        "$guard RAM void subject(void) { u++; }" \
        "$guard __attribute__((optimize(\"no-stack-protector\"))) RAM
             void subject(void) { u++; }" -fstack-protector-all
    try orphan 'orphan' '*(.ram_code .ram_code.*)' \
        '__attribute__((section(".ram_code"), noinline, used))
         void subject(void) { u++; }' \
        'RAM void subject(void) { u++; }'
done

# -Os does not inline it.
try inlined 'inlined' 'Add noinline' \
    '__attribute__((section(".RamFunc"))) void subject(void) { u *= 3; }
     void other(void) { subject(); }
     void *keep[2] __attribute__((used)) = {(void *)2, (void *)other};' \
    'RAM void subject(void) { u *= 3; }
     void other(void) { subject(); }
     void *keep[2] __attribute__((used)) = {(void *)2, (void *)other};'

cpu=-mcpu=cortex-m0plus
level=-Os
many='RAM void subject(void) { switch (u) { case 0: w = 1; break;
    case 1: f = 1; break; case 2: w = 9; break; case 3: f = 4; break;
    case 4: w = 3; break; case 5: w = 8; break; case 6: f = 2; break; } }'
try thumb1_case '__gnu_thumb1_case' -fno-jump-tables "$many" "$many" "" \
    -fno-jump-tables
level=-O2
try thumb1_table 'load|jump-table' -fno-jump-tables "$many" "$many" "" \
    -fno-jump-tables

# Linker lines as the report has them, until nothing more is called.
move() {
    local round lines excludes
    name=$1
    { echo '#include "base.h"'; echo "$2"; } >case.c
    cp base.ld script.ld
    : >moved
    for round in 1 2 3 4 5 6 7 8; do
        build bad || return
        "$xipsafe" check bad.elf --map bad.map --xip 0x90000000:1M \
            --vectors ram_vectors >bad.text 2>err
        case $? in
        0) [ "$round" -gt 1 ] || complain "$name: nothing was found"; return ;;
        1) ;;
        *) complain "$name: $(cat err bad.text)"; return ;;
        esac
        grep -oE '^ +\*[^ ]+\(\.text \.text\*\)$' bad.text |
            tr -d ' ' | sed 's/(.*//' >>moved
        sort -u moved -o moved
        lines=$(sed 's/.*/    &(.text .text*)/' moved)
        excludes=$(tr '\n' ' ' <moved)
        awk -v lines="$lines" -v excludes="$excludes" '
            /\*\(\.text\) \*\(\.text\*\)/ {
                print "    EXCLUDE_FILE(" excludes ") *(.text .text*)"; next }
            /^  \.ARM\.exidx/ {
                print "  /DISCARD/ : { *(.ARM.exidx* .ARM.extab*) }" }
            { print }
            /\*\(\.RamFunc\)/ { print lines }' base.ld >script.ld
    done
    complain "$name: still not proved: $(cat bad.text)"
}
cpu=-mcpu=cortex-m4
level=-Os
move memcpy_line 'RAM void subject(void) { b1 = b2; }'
move division_line 'RAM void subject(void) { w = w / 10u; }'
move double_line 'RAM void subject(void) { d = d * 3.0; }'
cpu=-mcpu=cortex-m0plus
move division32_line 'RAM void subject(void) { u = u / 10u; }'

finish
