# shapes - assembly of one large function in RAM, for scripts/bench-check
# usage: awk -v shape=branches -f shapes.awk >branches.S
#
# branches: one function with 100,000 conditional branches.
# entries: one with 1,000 entries, whose symbols all end where it ends.

function lines(n, text,    i) {
    for (i = 0; i < n; i++) print text
}

BEGIN {
    print "    .syntax unified\n    .thumb"
    print "    .section .text.ram_shape, \"ax\", %progbits"
    print "    .type ram_shape, %function\n    .global ram_shape"
    print "    .thumb_func\nram_shape:\n    push {r4, lr}"
    for (i = 0; shape == "branches" && i < 100000; i++) {
        to = i + 1 + i * 7919 % 60
        print "l" i ":  cmp r0, #" i % 250
        print "    b" (i % 2 ? "eq" : "lt") ".w l" (to < 100000 ? to : 99999)
        if (i % 3 == 0) print "    add r" 1 + i % 3 ", r0, #" i % 200
    }
    for (i = 0; shape == "entries" && i < 1000; i++) {
        print "    .type entry" i ", %function\n    .global entry" i
        print "    .thumb_func\nentry" i ":\n    .size entry" i ", end - entry" i
        lines(20, "    add.w r1, r1, #1")
    }
    print "    pop {r4, pc}\nend:\n    .size ram_shape, . - ram_shape"
}
