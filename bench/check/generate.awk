# generate - one source file of a generated image, for scripts/bench-check
# usage: awk -v functions=N -f generate.awk >unit.c
#
# Every hundredth function is called ram_* and needs nothing but its like; the
# others call each other, hand on objects of their own, switch, copy structs, and
# read tables and strings.

BEGIN {
    print "#include <stdint.h>"
    print "#include <string.h>"
    print "struct record { uint32_t a, b, c, d; const char *name; };"
    print "static volatile uint32_t sink;"
    print "static struct record records[8];"
    for (i = 0; i < functions; i++) {
        print "uint32_t " name(i) "(uint32_t x, struct record *p);"
        if (i % 8 == 0) {
            print "static struct record own" i ";"
            printf "static const uint32_t table%d[16] = {", i
            for (k = 0; k < 16; k++) printf "%d, ", i * 31 + k * 7919 % 1009
            print "};"
        }
    }
    for (i = 0; i < functions; i++) {
        print "\n__attribute__((noinline)) uint32_t " name(i) \
            "(uint32_t x, struct record *p) {"
        if (i % 100 == 50) small(i)
        else large(i)
        print "}"
    }
}

function name(i) {
    return (i % 100 == 50 ? "ram_" : "f") i
}

function small(i) {
    print "    for (uint32_t i = 0; i < x; i++) {"
    print "        sink = sink * " i "u + i;"
    print "    }"
    print "    return " (i + 100 < functions ? name(i + 100) "(x + 1u, p)" \
        : "x + p->a") ";"
}

function large(i,    k, other) {
    other = (i * 7 + 1) % functions
    if (other % 100 == 50) other++
    print "    uint32_t t[8];"
    print "    for (unsigned i = 0; i < 8; i++) {"
    print "        t[i] = x * (i + " i % 97 + 3 "u) ^ sink;"
    print "    }"
    print "    switch (x & 7u) {"
    for (k = 0; k < 6; k++) {
        print "    case " k ":"
        if (k == 1) print "        sink = t[x & 7u] + " i "u;"
        else if (k == 2) print "        *p = records[x & 7u];"
        else if (k == 3) print "        p->name = \"record " i "\";"
        else if (k == 4 && other > i) print "        p->d += " name(other) \
            "(x + 1u, &own" int(i / 8) * 8 ");"
        else print "        p->b += table" int(i / 8) * 8 "[x & 15u] + " k "u;"
        print "        break;"
    }
    print "    default:"
    print "        memcpy(p, t, sizeof *p - 4u);"
    print "    }"
    print "    for (unsigned k = 0; k < x; k++) {"
    print "        sink += t[k & 7u] / (k + 1u);"
    print "        p->c ^= sink;"
    print "    }"
    print "    return x + t[3] + p->a;"
}
