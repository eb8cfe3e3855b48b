#!/usr/bin/env bash
# A driver in two halves: what runs between --begin and --end.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/check/subject.bash
. "$(dirname "$0")/subject.bash"

# firmware SOURCE: subject.elf. off and on switch the flash.
firmware() {
    build_subject 'RAM void off(void) { u = 1; }' 'RAM void on(void) { u = 2; }' \
        "$1"
}
halves=(--begin off --end on)

# Flash code between them: proved as long as the halves are not named.
firmware 'void subject(void) { off(); u = 3; on(); }'
judge_subject 0
judge_subject 1 "${halves[@]}"
has 'violation code'
has 'off begins an outage and returns to it, and it lies in flash'
has 'subject.c:5'
printf '%s\n' 'begins off: clears the enable bit' 'ends on: sets it' >my.notes
judge_subject 1 --notes my.notes
has 'off begins an outage and returns to it'
judge_subject 2 --begin off
has '--begin and --end belong together'
judge_subject 2 --begin offf --end on
has 'no function matches --begin offf'

# A resident function around both; what it calls in between is judged.
firmware 'RAM void subject(void) { off(); u = 3; on(); }'
judge_subject 0 "${halves[@]}"
judge_subject 0 --root stop "${halves[@]}"
# A veneer of the linker has a name that a pattern matches, too.
firmware 'RAM FAR void work(void) { off(); u = 3; on(); }
void subject(void) { on(); work(); off(); on(); }'
judge_subject 1 --begin 'off*' --end 'on*'
cp out exact
judge_subject 1 --begin '*off*' --end '*on*'
diff <(grep -E '^  (violation|unknown)' exact) <(grep -E '^  (violation|unknown)' out) ||
    complain 'a veneer is no half'
firmware 'RAM FAR void work(void) { off(); u = 3; on(); }
void subject(void) { work(); }'
judge_subject 0 --root '*work*'
judge_subject 2 --root '*_veneer'
firmware 'FAR void far(void) { u = 3; }
RAM void subject(void) { off(); far(); on(); }'
judge_subject 1 --root stop "${halves[@]}"
has 'violation call  far'

# What a resident function does behind the end is not judged, and what it does
# in another outage is.
over="FAR void far(const char *text) { u = (unsigned)*text; }"
for body in 'off(); u = 3; on(); far("done");' \
    'off(); if (u) { w = 1; on(); } else { on(); } far("done");' \
    'while (u) { off(); u = 3; on(); far("more"); } off(); on();' \
    'off(); w = u; if (w) { on(); far("bad"); return; } on(); w = 2; far("good");' \
    'off(); on(); (*(void (*volatile *)(const char *))&d)("any");' \
    '__asm__ volatile("cpsid i"); off(); on(); __asm__ volatile("cpsie i");'; do
    firmware "$over
RAM void subject(void) { $body }"
    judge_subject 0 "${halves[@]}" --interrupts none
    ! grep -qF 'may let interrupts in' out || complain "interrupts: $(cat out)"
done
# A table of words, as GCC makes at -O0.
firmware "$over
RAM __attribute__((optimize(0))) void subject(void) {
    off();
    switch (u) {
    case 0: w = 1; break;
    case 1: w = 2; on(); far(\"one\"); return;
    case 2: w = 3; break;
    case 3: w = 4; break;
    case 4: on(); return;
    }
    on();
    far(\"all\");
}"
judge_subject 0 "${halves[@]}" --interrupts none
# One that lies behind a pool, or that a register leads to which is not seen.
while read -r status first base after; do
    first=${first/_/ } after=${after//_/ }
    firmware "RAM __attribute__((naked)) void work(unsigned n) { __asm__(\".syntax unified\\n\"
\"push {r4, lr}\\nmov r4, r0\\nbl off\\nldr r2, =u\\nmovs r3, #1\\nstr r3, [r2]\\ncmp r4, #2\\n\"
\"bhs 1f\\n$base r3, 3f\\n$after\\nldr pc, [r3, r4, lsl #2]\\n.balign 4\\n$first\\n3: .word 1f+1, 2f+1\\n\"
\"1: bl on\\npop {r4, pc}\\n2: $([ "$status" = 0 ] && echo 'bl on')\\npop {r4, pc}\\n.ltorg\"); }
void subject(void) { work(w); u++; }"
    judge_subject "$status" "${halves[@]}"
done <<'END'
3 .ltorg adr
0 .ltorg adr
3 .balign_4 adr
0 .balign_4 adr
3 .ltorg adr mov_r3,_r3
END
for body in 'off(); if (u) { on(); } far("done");' \
    'on(); off(); far("between"); on();' \
    'do { far("first"); off(); w = 2; if (u) { on(); } } while (w); on();' \
    'do { w = 2; off(); far("each"); on(); } while (u);' \
    'if (u) { off(); } far("join"); on();' \
    'w = 3; if (u) { goto in; } off(); on(); off(); in: far("in"); on();' \
    'first(); far("behind"); on();' \
    'far("before a copy"); off_too(); w = 2; on(); off(); on();' \
    'off(); w = 2; on(); blink(); far("last"); on();' \
    'on(); w = 2; off(); if (u) { far("between"); } on();' \
    'off(); on(); __asm__ volatile("" ::: "memory"); off_too(); far("last"); on();'; do
    firmware "$over
RAM FAR void blink(void) { on(); u++; off(); }
__attribute__((section(\".RamFunc\"), used, always_inline)) static inline void off_too(void) { u = 7; u = 8; }
RAM FAR void first(void) { u = 9; off(); }
RAM void subject(void) { $body }"
    judge_subject 1 "${halves[@]}" --begin off_too
    grep -qE '^  violation (tail-)?call  far' out || complain "no call: $(cat out)"
done
firmware "$over
RAM void subject(void) { off(); __asm__ volatile(\"cpsie i\"); on(); }"
judge_subject 0 "${halves[@]}" --interrupts none
has 'may let interrupts in'

# Nor is what it does before it begins one, if nothing enters it in an outage.
for body in 'if (u) { far("refused"); return; } off(); w = 2; on();' \
    'do { far("first"); off(); w = 2; on(); } while (u);' \
    'for (const char *c = text; u; c++) { w = (unsigned)*c; off(); w++; on(); }' \
    'far("before"); first(); w = 2; on();' \
    'far("before"); off(); w = 2; if (u) { return; } on();' \
    'far("before"); if (u) { off(); on(); }'; do
    firmware "$over
extern const char text[];
const char text[] = \"text\";
RAM FAR void first(void) { u = 9; off(); }
RAM void subject(void) { $body }"
    case $body in
    *'{ return; } on();') judge_subject 3 "${halves[@]}"; hasnt 'far' ;;
    *) judge_subject 0 "${halves[@]}" --interrupts none ;;
    esac
    judge_subject 1 "${halves[@]}" --root subject
done
firmware "$over
RAM FAR void set(unsigned *at) { *at = 3; u = 3; }
RAM void subject(void) { unsigned x; set(&x); far(\"before\"); off(); w = 2; on(); }"
judge_subject 0 "${halves[@]}"
firmware "$over
RAM void subject(void) { (*(void (*volatile *)(const char *))&d)(\"any\"); off(); w = 2; on(); }"
judge_subject 0 "${halves[@]}"
# Its frame is below that of what begins the outage.
firmware "$over
RAM FAR void first(void) { volatile unsigned a[16]; a[u & 15] = w; off(); }
RAM void subject(void) { far(\"before\"); first(); w = 2; on(); }"
judge_subject 0 "${halves[@]}"
grep -qE '^  at most +[6-9][0-9] bytes  subject' out || complain "stack: $(cat out)"
early="$over
FAR void far_too(void) { far(\"too\"); u = 4; }
RAM FAR void inner(void) { far_too(); off(); u++; on(); }"
inner='void subject(void) { inner(); u = 3; }'
while read -r status code; do
    firmware "$early
$code"
    judge_subject "$status" "${halves[@]}"
    [ "$status" = 0 ] || has 'violation call  far_too'
done <<END
0 $inner
1 RAM FAR void outer(void) { inner(); w = 2; } void subject(void) { outer(); u = 3; }
0 RAM FAR void outer(void) { inner(); off(); w = 2; on(); inner(); w = 3; } void subject(void) { outer(); u = 3; }
1 RAM FAR void outer(void) { off(); w = 2; on(); if (u) { off(); } inner(); on(); } void subject(void) { outer(); u = 3; }
1 void (*volatile hook)(void) = inner; $inner
1 RAM FAR void again(void) { far_too(); off(); if (u) { again(); } on(); } $inner void more(void) { again(); u = 3; } void (*volatile hook)(void) = more;
END
firmware "$early
$inner"
judge_subject 0 --root stop "${halves[@]}"
judge_subject 1 --root inner "${halves[@]}"
judge_subject 1 --root .data "${halves[@]}"
firmware "$early
$inner"
arm-none-eabi-objcopy -g subject.elf && judge_subject 1 "${halves[@]}"
# One that begins an outage is judged as a whole.
firmware "$early
$inner"
judge_subject 1 "${halves[@]}" --begin inner
has 'violation call  far_too'
# Half of the PUSH reads like a call through lr; and a jump to where it is not
# seen.
firmware "$over
RAM __attribute__((naked)) void subject(void) { __asm__(\"push {r4-r10, lr}\nbl far\n\"
\"bl off\nbl on\npop {r4-r10, pc}\"); }"
judge_subject 0 "${halves[@]}"
firmware "$over
RAM __attribute__((naked)) void subject(void) { __asm__(\"push {r4, lr}\nbl far\n\"
\"bl off\nldr r3, =u\nldr r3, [r3]\nadr r2, 1f\nadd r3, r2\nbx r3\n1: bl on\npop {r4, pc}\"); }"
judge_subject 1 "${halves[@]}"
# What it leaves behind is there in the outage.
while read -r status text code; do
    firmware "$over
extern const char text[];
const char text[] = \"text\";
${code%%@*}
RAM void subject(void) { ${code#*@} w = 2; on(); }"
    judge_subject "$status" "${halves[@]}" --interrupts none
    has "${text//_/ }"
done <<'END'
0 may_let_interrupts_in @ __asm__ volatile("cpsie i"); off();
3 unknown_mask-changed @ *(volatile unsigned *)0xE000E100 = 1; off();
3 writes_the_address_of_text @ *(volatile unsigned *)0x40020010 = (unsigned)text; off();
3 stores_the_address_of_text @ *(const char *volatile *)&d = text; off();
3 passes_the_address_of_text RAM FAR void look(const char *at) { w = (unsigned)*at; u = 3; } @ look(text); off();
1 violation_load__text @ const char *p = u ? text : (const char *)&w; off(); w = (unsigned)*p;
END
firmware "$over
extern const char text[];
const char text[] = \"text\";
RAM void subject(void) { __asm__ volatile(\"\" : : \"r\"(text)); off(); w = 2; on(); }"
judge_subject 3 "${halves[@]}"
has 'computes the address of text'

# With a counter, the end of an outage in another one does not end that.
inner='RAM FAR void inner(void) { off(); u++; on(); }
RAM FAR void work(unsigned n) { off(); LOOP inner(); END } void subject(void) { work(u); u++; }'
for loop in '' 'while (n--)'; do
    text=${inner/LOOP/$loop}
    firmware "${text/END/w = 1; on(); w = 2;}"
    judge_subject 0 "${halves[@]}"
    firmware "${text/END/}"
    judge_subject 3 "${halves[@]}"
    has 'work may return to it before the outage ends'
    # What follows the inner end is judged, too, whoever comes there.
    firmware "FAR void far(void) { u = 3; }
${text/END/w = 1; far(); on();}"
    judge_subject 1 "${halves[@]}"
    has 'violation call  far'
done
firmware 'RAM FAR void work(void) { off(); w = 1; off(); w = 2; on(); }
void subject(void) { work(); u++; }'
judge_subject 3 "${halves[@]}"
# So if a callee begins one and leaves it, directly or by another one.
while read -r status body; do
    firmware "RAM FAR void wait(void) { off(); while (u) { } }
RAM FAR void far_wait(void) { wait(); w = 9; }
RAM FAR void whole(void) { off(); u++; on(); }
RAM FAR void again(void) { on(); w = 5; off(); }
RAM FAR void work(void) { $body }
void subject(void) { work(); u++; }"
    judge_subject "$status" "${halves[@]}"
done <<'END'
3 off(); wait(); on();
0 off(); wait(); on(); on();
3 off(); far_wait(); w = 1; on();
3 wait(); w = 2; wait(); on();
3 far_wait(); w = 2; off(); on();
0 off(); whole(); w = 1; whole(); on();
0 off(); again(); w = 1; on();
3 off(); again(); w = 1;
END
firmware 'RAM FAR void work(void) { do { off(); } while (u); on(); }
void subject(void) { work(); u++; }'
judge_subject 0 "${halves[@]}"
# So code behind an end is judged where one may be in another one.
firmware 'FAR void far(void) { u = 3; }
RAM FAR void inner(void) { off(); u++; on(); far(); }
RAM FAR void work(void) { off(); inner(); on(); } void subject(void) { work(); u++; }'
judge_subject 1 "${halves[@]}"
has 'violation tail-call  far'
firmware 'FAR void far(void) { u = 3; }
RAM FAR void inner(void) { off(); u++; on(); far(); u++; }
void (*volatile hook)(void) = inner; void subject(void) { hook(); u++; }'
judge_subject 1 "${halves[@]}"
has 'violation call  far'

# The first half is called by an offset from a table.
firmware '__asm__(".section .rodata.t, \"a\"\n.align 2\n.global t\n.type t,%object\n"
"t: .word off - t\n.size t, 4\n.text");
extern const unsigned t[1];
void subject(void) { ((void (*)(void))((unsigned)t + t[u & 0]))(); u = 3; on(); }'
judge_subject 0
judge_subject 3 "${halves[@]}"
has 'keeps the address of off'

# A path that returns before the end makes its caller the next one.
caller='void subject(void) { work(); u++; }'
firmware "RAM FAR void work(void) { off(); if (u) { return; } on(); } $caller"
judge_subject 3 "${halves[@]}"
has 'unknown return-unknown'
has 'work may return to it before the outage ends, and it lies in flash'
has 'allow return-unknown subject subject: then the first one has not'
echo 'allow return-unknown subject: off did nothing then' >my.notes
judge_subject 0 "${halves[@]}" --notes my.notes
firmware "RAM FAR void work(void) { off(); if (u) { return; } u = 7; } $caller"
judge_subject 1 "${halves[@]}"
has 'work returns to it before the outage ends, and it lies in flash'
# Behind all of this comes the end; what is called through a pointer may be one.
switch="RAM void hook(void) { u++; } struct ops { void (*call)(void); };
volatile struct ops ops = {hook}, last = {on};
RAM FAR void work(unsigned n) {
    off();
    ops.call();
    switch (n) {
    case 0: w = 7; break;
    case 1: f = 1; break;
    case 2: d = 2; break;
    case 3: __builtin_trap();
    case 4: __asm__ volatile(\"bkpt 1\"); break;
    case 5: w = 8; on(); return;
    case 6: __asm__ volatile(\"svc 1\"); break;
    default: u = n;
    }
    LAST
}
void subject(void) { work(u); u++; }"
for last in 'on();' 'last.call();' 'ops.call();' ''; do
    firmware "${switch/LAST/$last}"
    case $last in
    on* | last*) judge_subject 0 "${halves[@]}" ;;
    *)
        judge_subject 3 "${halves[@]}"
        has 'work may return to it before the outage ends'
        ;;
    esac
done
firmware "RAM FAR void work(void) { off(); while (u) { } on(); } $caller"
judge_subject 0 "${halves[@]}"
# Ends in a function of its own, in each arm of a switch, by a tail call.
firmware "RAM FAR void last(void) { u++; on(); u++; }
RAM FAR void work(void) { off(); if (u) { last(); } else { on(); } } $caller"
judge_subject 0 "${halves[@]}"
firmware "RAM FAR void last(void) { u++; if (u == 9) { on(); } u++; }
RAM FAR void work(void) { off(); last(); } $caller"
judge_subject 3 "${halves[@]}"
firmware "RAM FAR void first(void) { u = 9; off(); }
RAM FAR void work(void) { first(); on(); }
FAR void other(void) { first(); u++; } FAR __attribute__((used)) void one(void) { other(); u++; }
$caller"
judge_subject 1 "${halves[@]}"
has 'first returns to it before the outage ends'
[ "$(grep -c '^  violation' out)" = 1 ] || complain "more than other: $(cat out)"
# A jump to it in flash code: the caller's caller.
firmware 'FAR void jump(void) { u = 3; off(); }
void subject(void) { jump(); u = 4; on(); }'
judge_subject 1 "${halves[@]}"
has 'jump returns to it before the outage ends'

# Copies that the compiler names after it, or puts into another function.
firmware 'RAM void copy(void) __asm__("off.constprop.0");
RAM void copy(void) { u = 5; }
RAM FAR void work(void) { off(); on(); }
void subject(void) { work(); copy(); u = 3; on(); }'
judge_subject 1 "${halves[@]}"
has 'off.constprop.0 begins an outage and returns to it'
judge_subject 1 --root stop "${halves[@]}"
inlined='__attribute__((section(".RamFunc"), used, always_inline))
static inline void off_too(void) { u = 7; u = 8; }
__attribute__((section(".RamFunc"), noinline)) void work(void) {
    u = 1; off_too(); u = 2; END }
void subject(void) { work(); u = 3; on(); }'
firmware "${inlined/END/on();}"
judge_subject 0 --begin off_too --end on
firmware "${inlined/END/}"
judge_subject 1 --begin off_too --end on
has 'work returns to it before the outage ends'

# The end is inlined: it has come with the first of its stores, unless that may
# be a part of it only.
while read -r status first last more; do
    firmware "__attribute__((section(\".RamFunc\"), used, always_inline))
static inline void on_too(void) { u = 7; u = 8; }
$more
RAM FAR void work(void) { off(); if (w) { w = 1; $first } else { w = 3; $last } }
void subject(void) { work(); u++; }"
    judge_subject "$status" --begin off --end on_too
done <<'END'
0 on_too(); on_too();
3 ; on_too();
1 ; ;
1 on_too(); on_too(); RAM void part(void) __asm__("on_too.part.0"); RAM void part(void) { u = 5; }
END

# Another file has a function of that name, and that was inlined.
printf '%s\n' '#include "base.h"' 'RAM void on_too(void) { u = 7; u = 8; }' >other.c
printf '%s\n' '#include "base.h"' '__attribute__((always_inline))' \
    'static inline void on_too(void) { w = 0; }' 'RAM void off(void) { u = 1; }' \
    'RAM __attribute__((noinline)) void work(void) { off(); on_too(); }' \
    'void subject(void) { work(); u++; }' >subject.c
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g --specs=nano.specs -nostartfiles \
    -T base.ld -Wl,--no-warn-rwx-segments base.o subject.c other.c -o subject.elf ||
    complain 'namesakes do not build'
judge_subject 1 --begin off --end on_too
has 'work returns to it before the outage ends'

# An exception ends it.
firmware 'RAM __attribute__((interrupt)) void done(void) { on(); w = 1; }
void (*const hooks[])(void) = {done};
RAM FAR void work(void) { off(); w = 0; while (!*(volatile unsigned *)&w) { } }
void subject(void) { *(void (*volatile *)(void))&f = hooks[0]; work(); u++; }'
judge_subject 3 "${halves[@]}"
has 'work may return to it before the outage ends'

# What it is handed is read before the outage: the report proposes the halves.
firmware 'RAM FAR void work(const unsigned *from) { u = *from; off(); w = 1; on(); }
const unsigned table[2] = {1, 2};
void subject(void) { if (u) { work(&table[u]); } else { work(table); } u = 5; }'
judge_subject 3
has 'unknown address  table'
has '--begin F --end'
judge_subject 0 "${halves[@]}"

# They are swapped: each function that calls both calls the end first.
firmware 'RAM FAR void erase(void) { off(); u = 3; on(); }
RAM FAR void program(void) { off(); u = 4; on(); u = 6; }
void subject(void) { on(); erase(); program(); u = 5; }'
judge_subject 0 "${halves[@]}"
judge_subject 1 --begin on --end off
has '--begin and --end look swapped: erase calls what --end names first'
printf '%s\n' 'begins on: swapped' 'ends off: swapped' >my.notes
judge_subject 1 --notes my.notes
has '--begin and --end look swapped: erase calls'
firmware 'RAM FAR void erase(void) { off(); u = 3; on(); }
RAM FAR void checks(void) { on(); off(); on(); off(); u++; }
void subject(void) { checks(); erase(); u = 5; }'
judge_subject 1 "${halves[@]}"
has 'checks returns to it before the outage ends'
hasnt 'look swapped'
firmware 'RAM FAR void erase(void) { off(); u = 3; if (u) { on(); } u = 4; }
RAM FAR void checks(void) { on(); off(); on(); u++; }
void subject(void) { erase(); checks(); u = 5; }'
judge_subject 3 "${halves[@]}"
hasnt 'look swapped'
judge_subject 1 --begin on --end off
has 'look swapped'

firmware 'RAM FAR void checks(void) { on(); off(); u = 3; on(); u = 4; }
void subject(void) { checks(); off(); u = 5; }'
judge_subject 1 "${halves[@]}"
has 'off begins an outage and returns to it'
hasnt 'look swapped'

# Called through a pointer.
firmware 'void (*volatile pointer)(void) = off;
void subject(void) { pointer(); on(); }'
judge_subject 3 "${halves[@]}"
has 'keeps the address of off'

# Its address is made by shifts, or is that of a place behind its first
# instruction.
firmware '__asm__(".text\n.syntax unified\n.thumb_func\n.global make\n.type make,%function\n"
"make: movs r0, #:upper8_15:#off\nlsls r0, #8\nadds r0, #:upper0_7:#off\nlsls r0, #8\n"
"adds r0, #:lower8_15:#off\nlsls r0, #8\nadds r0, #:lower0_7:#off\nbx lr\n.size make, .-make");
void (*make(void))(void);
void subject(void) { make()(); u = 3; on(); }'
judge_subject 3 "${halves[@]}"
has 'make (0x9'
firmware '__asm__(".text\n.syntax unified\n.thumb_func\n.global enter\n.type enter,%function\n"
"enter: ldr r3, 1f\nbx r3\n.align 2\n1: .word off + 2\n.size enter, .-enter");
void enter(void);
void subject(void) { enter(); u = 3; on(); }'
judge_subject 3 "${halves[@]}"
has 'enter (0x9'

# The end is called under a condition.
firmware 'RAM __attribute__((naked)) void work(void) { __asm__(".syntax unified\n"
"push {r4, lr}\nbl off\nldr r3, =u\nldr r3, [r3]\ncmp r3, #0\nit eq\nbleq on\npop {r4, pc}"); }
void subject(void) { work(); u++; }'
judge_subject 3 "${halves[@]}"
has 'work may return to it before the outage ends'
# So is a call of what lies in flash, where the end may not have come.
firmware 'FAR void far(void) { u = 3; }
RAM __attribute__((naked)) void work(void) { __asm__(".syntax unified\n"
"push {r4, lr}\nbl off\nldr r3, =u\nldr r3, [r3]\ncmp r3, #0\nitt eq\n"
"moveq r0, #1\nbleq far\nbl on\npop {r4, pc}"); }
void subject(void) { work(); u++; }'
judge_subject 1 "${halves[@]}"
has 'violation call  far'

# Halves that nobody has named: unknown, where functions in RAM that code in
# flash calls do not end alike.
registers='#define CR (*(volatile unsigned *)0xA0001000)
#define SR (*(volatile unsigned *)0xA0001008)
#define CCR (*(volatile unsigned *)0xA0001014)
#define AR (*(volatile unsigned *)0xA0001018)
RAM FAR void leave(void) { CR |= 2; while (SR & 32) { } }
RAM FAR void enter(void) { CCR = 0x0d002503; }'
split='void subject(void) { leave(); u = 3; enter(); }'
firmware "$registers
$split"
judge_subject 3
has 'unknown split-outage'
has 'calls leave, enter'
has 'begins leave: switches the flash off'
has 'ends enter: switches it on again'
judge_subject 3 --begin off --end on
has 'unknown split-outage'
judge_subject 1 --begin leave --end enter
hasnt 'split-outage'
echo 'allow split-outage subject: each is a whole outage' >my.notes
judge_subject 0 --notes my.notes
hasnt 'unknown split-outage'
while read -r exit code; do
    firmware "$registers
$code"
    judge_subject "$exit"
    [ "$exit" = 0 ] || has 'unknown split-outage'
done <<'END'
3 RAM FAR void set(void) { CR |= 1; while (SR & 1) { } } RAM FAR void clear(void) { CR &= ~1u; } void subject(void) { set(); clear(); }
3 RAM FAR void command(void) { if (u) { AR = 2; } else { AR = 4; } } void subject(void) { leave(); command(); u = 3; }
3 RAM FAR void last(void) { AR = 1; u = 3; enter(); } RAM FAR void start(void) { enter(); leave(); u = 1; } void subject(void) { start(); last(); u = 3; }
0 RAM FAR void erase(void) { leave(); CCR = 7; enter(); } RAM FAR void program(void) { CR |= 2; while (SR & 32) { } AR = 3; CCR = 0x0d002503; } void subject(void) { erase(); program(); }
0 RAM FAR void erase(void) { CR |= 2; CCR = 7; while (SR & 1) { } CR &= ~2u; } RAM FAR void program(void) { CR |= 2; AR = 3; CR &= ~2u; } void subject(void) { erase(); program(); }
0 RAM FAR void erase(void) { leave(); if (u) { enter(); return; } CCR = 7; enter(); } void subject(void) { leave(); erase(); }
0 RAM FAR void maybe(void) { if (u) { CCR = 0x0d002503; } w = 1; } RAM FAR void erase(void) { leave(); AR = 5; maybe(); u = 3; } RAM FAR void program(void) { CR |= 2; CR |= 1; AR = 5; } void subject(void) { erase(); program(); u = 3; }
0 RAM FAR void set(void) { AR = 1; } void subject(void) { set(); enter(); }
0 FAR void other(void) { leave(); } void subject(void) { enter(); other(); u = 3; }
0 FAR void other(void) { AR = 3; } void subject(void) { leave(); enter(); other(); u = 3; }
3 void subject(void) { leave(); AR = 3; enter(); }
3 void subject(void) { void (*f)(void) = leave, (*g)(void) = enter; __asm__("" : "+r"(f), "+r"(g)); f(); u = 3; g(); }
3 RAM FAR void send(unsigned x) { CCR = x; } RAM FAR void command(void) { AR = 9; send(5); } RAM FAR void map(void) { while (SR & 1) { } send(0x0d002503); } void subject(void) { command(); map(); u = 3; }
3 RAM FAR void send(unsigned x) { if (u) { CCR = x; AR = 2; } else { CCR = x + 1; } } RAM FAR void command(void) { while (SR & 1) { } send(5); } RAM FAR void map(void) { send(9); } void subject(void) { command(); map(); u = 3; }
0 RAM FAR void send(unsigned x) { while (SR & 1) { } CCR = x; } RAM FAR void command(void) { send(5); send(9); } RAM FAR void map(void) { send(7); } void subject(void) { command(); map(); u = 3; }
0 RAM FAR void send(unsigned x) { CCR = x; } RAM FAR void command(void) { AR = 3; while (SR & 1) { send(5); } } RAM FAR void map(void) { send(7); } void subject(void) { command(); map(); u = 3; }
0 RAM FAR void send(unsigned x) { while (SR & 1) { CCR = x; } } RAM FAR void command(void) { AR = 3; send(u); } RAM FAR void map(void) { send(7); } void subject(void) { command(); map(); u = 3; }
END
firmware "$registers
RAM void tick(void) { AR = 3; }
extern void *ram_vectors[16];
void subject(void) { ram_vectors[15] = (void *)tick; leave(); u = 3; enter(); }"
judge_subject 0
hasnt 'split-outage'
finish
