/*
 * stacks - more than one stack, and tasks, in the run of the whole program
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which leads to RAM. OK firmwares use the
 * process stack, or switch tasks as an RTOS does; each BAD one has one way more
 * to change the cell, or to run flash in the outage.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4f Os gcc,m33 Os gcc
// safe-build: OK_PROCESS
// safe-build: OK_FUNCTION
// safe-build: OK_MAIN_MOVED
// safe-build: OK_TASKS
// safe-build: OK_TASKS_FPU
// safe-build: OK_DIVERTED
// safe-build: OK_READ_FRAME
// safe-build: OK_SVC
// unsafe-build: BAD_PROCESS load-unknown|load|address
// unsafe-build: BAD_FUNCTION load-unknown|load|address
// unsafe-build: BAD_OLD_FRAME load-unknown|load|address
// unsafe-build: BAD_BOTH_MEET load-unknown|load|address
// unsafe-build: BAD_MAIN_MOVED load-unknown|load|address
// unsafe-build: BAD_MAIN_NUMBER load-unknown|load|address
// unsafe-build: BAD_MAIN_ON_DATA load-unknown|load|address
// unsafe-build: BAD_PROCESS_ON_DATA load-unknown|load|address
// unsafe-build: BAD_ONE_STACK .*
// unsafe-build: BAD_TASK load-unknown|load|address
// unsafe-build: BAD_TASK_ARGUMENT load-unknown|load|address
// unsafe-build: BAD_TASK_FLASH return-unknown|call|code
// unsafe-build: BAD_TASK_RETURNS return-unknown|call|code
// unsafe-build: BAD_TASK_LATER load-unknown|load|address
// unsafe-build: BAD_RESUMES_MAIN return-unknown|call|code
// unsafe-build: BAD_RESUMES_PROCESS return-unknown|call|code
// unsafe-build: BAD_READS_STACK load-unknown|load|address
// unsafe-build: BAD_SAVED_WORD load-unknown|load|address
// unsafe-build: BAD_STORES_SAVED load-unknown|load|address
// unsafe-build: BAD_DIVERTED load-unknown|load|address
// unsafe-build: BAD_DIVERTED_FLASH return-unknown|call|code
// unsafe-build: BAD_DIVERTED_ARGUMENT load-unknown|load|address
// unsafe-build: BAD_DIVERTED_PROCESS .*
// unsafe-build: BAD_VECTORS_IN_STACK .*
// unsafe-build: BAD_ABOVE_PROCESS load-unknown|load|address
// unsafe-build: BAD_FAKE_FRAME return-unknown|call|code
// unsafe-build: BAD_FAKE_SAVED return-unknown|call|code
// unsafe-build: BAD_GOES_ON return-unknown|call|code
// unsafe-build: BAD_SVC_YIELD load-unknown|load|address
// unsafe-build: BAD_SVC load-unknown|load|address
// unsafe-build: BAD_SVC_FAULT load-unknown|load|address
// unsafe-build: BAD_PROCESS_IN_WINDOW memory-unknown
// unsafe-build: BAD_MAIN_IN_WINDOW memory-unknown
#include "harness.h"

#if defined OK_TASKS || defined OK_TASKS_FPU || defined BAD_TASK || \
        defined BAD_TASK_ARGUMENT || defined BAD_TASK_FLASH || \
        defined BAD_TASK_RETURNS || defined BAD_TASK_LATER || \
        defined BAD_RESUMES_MAIN || defined BAD_RESUMES_PROCESS || \
        defined BAD_SAVED_WORD || defined BAD_STORES_SAVED || \
        defined BAD_READS_STACK || defined BAD_ONE_STACK || \
        defined BAD_FAKE_FRAME || defined BAD_FAKE_SAVED || \
        defined BAD_GOES_ON || defined BAD_SVC_YIELD || defined OK_SVC
#define TASKS
#endif

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define BAD_PLACE ((place)in_flash)
place cell = good, other = good + 1;
static volatile uint32_t sum;
// RAM behind the controller of the flash.
#define WINDOW_STACK ((uint32_t *)0x90800000u)
__attribute__((aligned(8))) uint32_t first_stack[128], second_stack[128],
        handlers_stack[128];

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

FLASH void sets_bad(void) {
    *(place volatile *)&cell = BAD_PLACE;
}

#define ASM(section, name, lines) \
    __asm__(".pushsection " section \
            ", \"ax\", %progbits\n\t.syntax unified\n\t" \
            ".thumb\n\t.thumb_func\n\t.global " #name "\n\t.type " #name \
            ", %function\n" #name ":\n\t" lines "\n\t.ltorg\n\t.size " #name \
            ", . - " #name "\n\t.popsection")

/// One thread ///

FLASH __attribute__((noreturn)) void goes_on(place *where) {
    volatile place mine[3] = {good, good + 1, good + 2};
#if defined BAD_PROCESS || defined BAD_FUNCTION || defined BAD_MAIN_MOVED
    mine[2] = BAD_PLACE;
#endif
#ifdef BAD_MAIN_NUMBER
    handlers_stack[DEVICE & 127u] = (uint32_t)BAD_PLACE;
#endif
    *(place volatile *)where = mine[2];
    outage();
    for (;;) {
    }
}

// The rest of main(), on the process stack.
ASM(".text.uses_process", uses_process,
        "push {r4, lr}\n\tmsr psp, r0\n\tmrs r3, control\n\torr r3, r3, #2\n\t"
        "msr control, r3\n\tisb\n\tsub sp, sp, #8\n\tmov r0, r1\n\t"
        "bl goes_on\n\tb .");
void uses_process(uint32_t *top, place *where);
// Returns on the other stack.
ASM(".text.sets_process", sets_process,
        "msr psp, r0\n\tmovs r3, #2\n\tmsr control, r3\n\tisb\n\tbx lr");
ASM(".text.by_function", by_function,
        "push {r4, lr}\n\tmov r4, r1\n\tbl sets_process\n\tldr r0, =cell\n\t"
        "bl goes_on\n\tb .");
void by_function(uint32_t *top, place *where);
struct {
    uint32_t stack[16];
    place behind[8];
} below = {{0}, {good, good, good, good, good, good, good, good}};
ASM(".text.sets_process_later", sets_process_later,
        "push {r4, lr}\n\tmov r4, r0\n\tmsr psp, r0\n\t"
        "ldr r0, [r4, #24]\n\tldr r1, =cell\n\tstr r0, [r1]\n\tbl outage\n\t"
        "movs r3, #2\n\tmsr control, r3\n\tisb\n\tb .");
void sets_process_later(uint32_t *top);
// What lies on the old stack is not on the new one.
ASM(".text.looks_back", looks_back,
        "push {r1, r4}\n\tmov r4, sp\n\tmsr psp, r0\n\tmovs r3, #2\n\t"
        "msr control, r3\n\tisb\n\tldr r0, =other\n\tpush {r0, r1}\n\t"
        "ldr r0, [r4]\n\tldr r1, =in_flash\n\tstr r1, [r0]\n\tbl outage\n\tb .");
void looks_back(uint32_t *top, place *where);
// As an RTOS does that keeps the stack of main() for its first thread.
ASM(".text.moves_main", moves_main,
        "push {r4, lr}\n\tmov r3, sp\n\tmsr psp, r3\n\tmovs r3, #2\n\t"
        "msr control, r3\n\tmsr msp, r0\n\tisb\n\tmov r0, r1\n\tbl goes_on\n\t"
        "b .");
void moves_main(uint32_t *top, place *where);
// Goes on when the other task has switched back.
ASM(".text.yields", yields,
        "msr psp, r0\n\tmovs r3, #2\n\tmsr control, r3\n\tisb\n\tsvc #0\n\t"
        "bl sets_bad\n\tbl outage\n\tb .");
void yields(uint32_t *top);
ASM(".text.meets", meets,
        "push {r1, lr}\n\tmov r3, sp\n\tmsr psp, r3\n\tmovs r3, #2\n\t"
        "msr control, r3\n\tisb\n\tbl outage\n\tpop {r1, pc}");
void meets(uint32_t *top, place *where);

/// Frames ///

FLASH void exit_error(void) {
    for (;;) {
    }
}
FLASH __attribute__((noreturn)) void diverted_bad(place *where) {
    *(place volatile *)where = BAD_PLACE;
    for (;;) {
    }
}
#ifdef OK_DIVERTED
RAM __attribute__((noreturn)) void diverted(void) {
    outage();
    for (;;) {
    }
}
#endif
void (*to)(void);
#ifdef BAD_DIVERTED_ARGUMENT
// Changes r0 of the code that made the call.
ASM(".text.diverts", diverts, "ldr r0, =cell\n\tstr r0, [sp]\n\tbx lr");
#elif defined BAD_DIVERTED_PROCESS
// In a thread with the process stack that is no frame.
ASM(".text.diverts", diverts,
        "ldr r0, =in_flash\n\tstr r0, [sp, #24]\n\tbx lr");
#elif defined BAD_ABOVE_PROCESS
ASM(".text.diverts", diverts,
        "mrs r1, psp\n\tldr r0, =in_flash\n\tstr r0, [r1, #24]\n\tbx lr");
#elif defined OK_DIVERTED || defined BAD_DIVERTED || defined BAD_DIVERTED_FLASH
ASM(".ramcode.diverts", diverts,
        "ldr r0, =to\n\tldr r0, [r0]\n\tstr r0, [sp, #24]\n\tbx lr");
#endif
void diverts(void);
ASM(".text.calls_other", calls_other,
        "push {r4, lr}\n\tldr r0, =other\n\tsvc #0\n\tldr r1, =in_flash\n\t"
        "str r1, [r0]\n\tpop {r4, pc}");
void calls_other(void);

// A fault handler that looks at the frame.
volatile uint32_t seen;
RAM void report(const uint32_t *frame) {
    seen = frame[6];
}
ASM(".ramcode.looks", looks,
        "tst lr, #4\n\tite eq\n\tmrseq r0, msp\n\tmrsne r0, psp\n\tb report");
void looks(void);

ASM(".text.never", never, "b .");
void never(void);

/// Tasks ///

#ifdef TASKS
struct task {
    uint32_t *sp;
    struct task *next;
} tasks[2], *current = tasks;

#ifdef BAD_TASK_FLASH
FLASH
#else
RAM
#endif
void first_task(place *where) {
    for (;;) {
        *(place volatile *)where = good + 1;
#ifdef BAD_READS_STACK
        // What the other task has there, by its address.
        *(place volatile *)where = ((place volatile *)second_stack)[110];
#endif
        outage();
#ifdef BAD_TASK_RETURNS
        if (sum == 5) {
            return;
        }
#endif
    }
}

RAM void second_task(place *where) {
    volatile place mine[24];
    for (;;) {
        mine[0] = good;
#ifdef BAD_READS_STACK
        for (int i = 0; i < 24; i++) {
            mine[i] = BAD_PLACE;
        }
        mine[0] = good;
#endif
#ifdef BAD_TASK
        mine[0] = BAD_PLACE;
#endif
        *(place volatile *)where = mine[0];
        outage();
        REG(0xe000ed04u) = 1u << 28;
#ifdef BAD_TASK_LATER
        __asm__ volatile("svc #0");
        *(place volatile *)where = BAD_PLACE;
#endif
    }
}

static void prepare(struct task *task, uint32_t *top, void (*entry)(place *),
        place *argument) {
    *--top = 0x01000000u;
    *--top = (uint32_t)entry;
    *--top = (uint32_t)exit_error;
    top -= 5;
    *top = (uint32_t)argument;
#ifdef OK_TASKS_FPU
    *--top = 0xfffffffdu;
#endif
    top -= 8;
    for (unsigned i = 0; i < 8; i++) {
        top[i] = 0;
    }
    task->sp = top;
}

RAM void choose(void) {
    current = ((struct task *volatile)current)->next;
}

#ifdef OK_TASKS_FPU
#ifdef __ARM_FP
#define SAVE "tst lr, #16\n\tit eq\n\tvstmdbeq r0!, {s16-s31}\n\t"
#define RESTORE "tst lr, #16\n\tit eq\n\tvldmiaeq r0!, {s16-s31}\n\t"
#else
#define SAVE
#define RESTORE
#endif
ASM(".ramcode.switches", switches,
        "mrs r0, psp\n\tisb\n\tldr r3, =current\n\tldr r2, [r3]\n\t" SAVE
        "stmdb r0!, {r4-r11, lr}\n\tstr r0, [r2]\n\tpush {r0, r3}\n\t"
        "bl choose\n\tpop {r0, r3}\n\tldr r1, [r3]\n\tldr r0, [r1]\n\t"
        "ldmia r0!, {r4-r11, lr}\n\t" RESTORE "msr psp, r0\n\tisb\n\tbx lr");
ASM(".ramcode.starts", starts,
        "ldr r3, =current\n\tldr r1, [r3]\n\tldr r0, [r1]\n\t"
        "ldmia r0!, {r4-r11, lr}\n\tmsr psp, r0\n\tisb\n\tbx lr");
#else
#ifdef BAD_SAVED_WORD
// A register of the task, which may be anything.
#define USE "ldr r4, [r4]\n\t"
#elif defined BAD_STORES_SAVED
#define USE "str r5, [r4]\n\t"
#elif defined BAD_FAKE_FRAME || defined BAD_FAKE_SAVED
// Where r4 to r11 were: a frame that goes to the flash.
#define USE "sub r0, r0, #32\n\t"
#else
#define USE
#endif
#ifdef BAD_FAKE_FRAME
#define SAVED "ldr r12, =exit_error\n\tstr r12, [r0, #24]\n\t"
#elif defined BAD_FAKE_SAVED
// By what a function that is called keeps.
#define SAVED \
    "push {r0, r2, r3, lr}\n\tldr r4, =exit_error\n\tbl saves\n\t" \
    "pop {r0, r2, r3, lr}\n\t"
ASM(".ramcode.saves", saves, "str r4, [r0, #24]\n\tbx lr");
#else
#define SAVED
#endif
ASM(".ramcode.switches", switches,
        "mrs r0, psp\n\tisb\n\tldr r3, =current\n\tldr r2, [r3]\n\t"
        "stmdb r0!, {r4-r11}\n\t" SAVED "str r0, [r2]\n\tpush {r3, lr}\n\t"
        "bl choose\n\tpop {r3, lr}\n\tldr r1, [r3]\n\tldr r0, [r1]\n\t"
        "ldmia r0!, {r4-r11}\n\t" USE "msr psp, r0\n\tisb\n\tbx lr");
ASM(".ramcode.starts", starts,
        "ldr r3, =current\n\tldr r1, [r3]\n\tldr r0, [r1]\n\t"
        "ldmia r0!, {r4-r11}\n\tmsr psp, r0\n\tisb\n\tmvn lr, #2\n\tbx lr");
#endif
void switches(void);
void starts(void);
#ifdef BAD_GOES_ON
// To where main() was interrupted, by a number.
ASM(".ramcode.goes_on_there", goes_on_there,
        "ldr r0, =handlers_stack + 400\n\tmsr psp, r0\n\tmvn lr, #2\n\tbx lr");
void goes_on_there(void);
#endif
#ifdef BAD_RESUMES_MAIN
ASM(".ramcode.resumes", resumes, "mvn lr, #6\n\tbx lr");
void resumes(void);
#endif
#endif

int main(void) {
#if defined OK_PROCESS || defined BAD_PROCESS
    uses_process(first_stack + 128, &cell);
#elif defined OK_FUNCTION || defined BAD_FUNCTION
    by_function(first_stack + 128, &cell);
#elif defined BAD_PROCESS_IN_WINDOW
    uses_process(WINDOW_STACK, &cell);
#elif defined BAD_MAIN_IN_WINDOW
    moves_main(WINDOW_STACK, &cell);
#elif defined BAD_OLD_FRAME
    looks_back(first_stack + 128, &cell);
#elif defined OK_MAIN_MOVED || defined BAD_MAIN_MOVED || defined BAD_MAIN_NUMBER
    moves_main(handlers_stack + 128, &cell);
#elif defined BAD_BOTH_MEET
    meets(0, &cell);
    cell = good;
#elif defined BAD_MAIN_ON_DATA
    // What an exception pushes is stored to the cell.
    moves_main((uint32_t *)(&cell + 1), &other);
#elif defined BAD_VECTORS_IN_STACK
    // The vectors are what an exception pushes there.
    moves_main((uint32_t *)(ram_vectors + 24), &other);
#elif defined BAD_ABOVE_PROCESS
    // PSP is set, and not used yet: what the handler stores to is no frame.
    ram_vectors[15] = diverts;
    sets_process_later(below.stack + 16);
#elif defined BAD_PROCESS_ON_DATA
    uses_process((uint32_t *)(&cell + 1), &other);
#elif defined TASKS
    prepare(&tasks[0], first_stack + 128, first_task, &cell);
#ifdef BAD_ONE_STACK
    prepare(&tasks[1], first_stack + 100, second_task, &cell);
#elif defined BAD_TASK_ARGUMENT
    prepare(&tasks[1], second_stack + 128, (void (*)(place *))diverted_bad,
            &cell);
#else
    prepare(&tasks[1], second_stack + 128, second_task, &cell);
#endif
    tasks[0].next = &tasks[1];
    tasks[1].next = &tasks[0];
    ram_vectors[14] = switches;
    ram_vectors[11] = starts;
#ifdef BAD_RESUMES_MAIN
    ram_vectors[15] = resumes;
#elif defined BAD_SVC_YIELD
    ram_vectors[11] = switches;
    yields(handlers_stack + 128);
#elif defined BAD_GOES_ON
    ram_vectors[15] = goes_on_there;
    uses_process(handlers_stack + 128, &cell);
#elif defined BAD_RESUMES_PROCESS
    uses_process(handlers_stack + 128, &cell);
#endif
    __asm__ volatile("svc #0");
#ifdef OK_SVC
    cell = BAD_PLACE; // no handler comes back
#endif
#elif defined OK_DIVERTED
    to = diverted;
    ram_vectors[11] = diverts;
    __asm__ volatile("svc #0");
#elif defined BAD_DIVERTED
    to = (void (*)(void))sets_bad;
    ram_vectors[11] = diverts;
    __asm__ volatile("svc #0");
#elif defined BAD_DIVERTED_FLASH
    to = exit_error;
    ram_vectors[14] = diverts;
    REG(0xe000ed04u) = 1u << 28;
#elif defined BAD_DIVERTED_ARGUMENT
    ram_vectors[11] = diverts;
    calls_other();
#elif defined BAD_DIVERTED_PROCESS
    ram_vectors[15] = diverts;
    uses_process(first_stack + 128, &cell);
#elif defined OK_READ_FRAME
    ram_vectors[3] = looks;
#elif defined BAD_SVC
    ram_vectors[11] = looks;
    __asm__ volatile("svc #0");
    cell = BAD_PLACE;
#elif defined BAD_SVC_FAULT
    // SVC is masked, and so is a fault.
    ram_vectors[11] = never;
    ram_vectors[3] = looks;
    __asm__ volatile("cpsid i\n\tsvc #0");
    cell = BAD_PLACE;
#endif
    outage();
    return 0;
}
