# random - a small random firmware for agree.sh, the same for the same seed
# usage: awk -v seed=N -f random.awk >random_N.c
#
# Functions call later ones, directly, as a tail or through tables of pointers,
# and do what compilers turn into calls and tables: copies, initialisers,
# divisions, switches, strings. In every second one nothing is put into the
# flash on purpose: what stands there then, the compiler put there.

# xorshift32: awk's own generator differs between awks. Bits as arithmetic,
# since not every awk has and() and xor().
function xor(a, b,    r, bit) {
    r = 0
    for (bit = 1; a >= 1 || b >= 1; bit *= 2) {
        if (a % 2 != b % 2) r += bit
        a = int(a / 2)
        b = int(b / 2)
    }
    return r
}
function next_random() {
    state = xor(state, (state * 8192) % 4294967296)
    state = xor(state, int(state / 131072))
    state = xor(state, (state * 32) % 4294967296)
    return state
}
# From 0 to n - 1; true in `percent` of all cases.
function pick(n) { return int(next_random() / 16) % n }
function chance(percent) { return pick(100) < percent }
function say(line) { print "    " line }
function later(i) { return i + 1 + pick(count - i - 1) }
function home() { return chance(wrong) ? "FLASH" : "RAM" }

function declare(    i, j, line) {
    for (i = 1; i < count; i++) {
        place[i] = home()
        print place[i] " uint32_t f" i "(uint32_t x, uint32_t y);"
    }
    for (i = 0; i < 3; i++) {
        line = chance(wrong) ? "const" : "IN_DATA const"
        print line " uint32_t table" i "[8] = {" pick(1000) ", " pick(1000) \
            ", " pick(1000) ", 4, 5, 6, 7, 8};"
    }
    print "typedef uint32_t function(uint32_t x, uint32_t y);"
    print (chance(wrong) ? "const " : "IN_DATA const ") \
        "struct { uint32_t n; function *f[2]; } ops = {" pick(9) ", {f" \
        count - 1 ", f" count - 2 "}};"
    print "function *hook = f" count - 1 ";"
    print "const uint32_t *volatile numbers = table" pick(3) ";"
    print "struct block { uint32_t w[" 4 + pick(30) "]; } block, other;"
    print "volatile uint32_t sink;"
    print "volatile uint64_t wide = 1000003;\n"
}

function conditional(code) {
    if (chance(60)) {
        say("if ((x & " (chance(50) ? 3 : 7) "u) == " pick(4) "u) {")
        say("    " code)
        say("}")
    } else {
        say(code)
    }
}

function values(    k) {
    say("switch (x & 7u) {")
    for (k = 0; k < 6; k++) {
        say("case " k ":")
        say("    y = " pick(100000) "u;")
        say("    break;")
    }
    say("default:")
    say("    y = 0;")
    say("}")
}

function arms(i,    k) {
    say("switch (y & 7u) {")
    for (k = 0; k < 6; k++) {
        say("case " k ":")
        say("    sink " substr("+-^|&+", k + 1, 1) "= x + " pick(500) "u;")
        if (i < count - 1 && chance(30)) say("    x += f" later(i) "(x, y);")
        say("    break;")
    }
    say("default:")
    say("    x++;")
    say("}")
}

# What may stand in function i. Most of it is harmless: else all would trap.
function statement(i,    kind) {
    kind = pick(100)
    if (kind < 30 && i < count - 1) {
        conditional("x += f" later(i) "(x, y + " pick(9) "u);")
    } else if (kind < 45) {
        conditional("y ^= table" pick(3) "[x & 7u];")
    } else if (kind < 50 && i < count - 2 && pointers) {
        conditional("y += ops.f[x & 1u](x, y);")
    } else if (kind < 53 && i < count - 1 && pointers) {
        conditional("y += hook(x, y);")
    } else if (kind < 55 && pointers) {
        conditional("y += numbers[y & 7u];")
    } else if (kind < 65) {
        arms(i)
    } else if (kind < 65 + helpers) {
        values()
    } else if (kind < 65 + 2 * helpers) {
        conditional("block = other;")
    } else if (kind < 65 + 3 * helpers) {
        conditional("y += (uint32_t)(wide / (x + 3u));")
    } else if (kind < 65 + 4 * helpers) {
        say("for (uint32_t i = 0; i < sizeof block / 4; i++) {")
        say("    block.w[i] = other.w[i];")
        say("}")
    } else if (kind < 65 + 5 * helpers) {
        conditional("sink = (uint32_t)\"some text\"[x & 7u];")
    } else if (kind < 65 + 6 * helpers) {
        say("uint32_t local" ++locals "[6] = {1, 20, 300, 4000, 50000, y};")
        say("sink = local" locals "[x % 6u];")
    } else if (kind < 90) {
        conditional("sink = x * " pick(5000) "u + y;")
    } else {
        conditional("x = (x >> " 1 + pick(7) ") + block.w[" pick(4) "];")
    }
}

function body(i,    k, n) {
    print (i ? place[i] : "RAM") " uint32_t f" i "(uint32_t x, uint32_t y) {"
    n = 1 + pick(4)
    for (k = 0; k < n; k++) statement(i)
    if (i && i < count - 1 && chance(30)) {
        say("return f" later(i) "(x + y, " pick(9) "u);")
    } else {
        say("return x ^ y;")
    }
    print "}\n"
}

BEGIN {
    state = (seed * 2654435761) % 4294967296
    if (!state) state = 1
    for (i = 0; i < 8; i++) next_random()
    count = 4 + pick(6)
    wrong = seed % 2 ? 3 + pick(12) : 0
    helpers = seed % 4 == 0 ? 0 : pick(4)
    pointers = pick(2)
    print "// random firmware " seed ": " wrong " % in the flash on purpose"
    print "// note: const hook: nothing writes it"
    print "// note: const numbers: nothing writes it"
    print "// note: const ops: nothing writes it"
    print "// agree-once: there is no clean twin"
    print "#include \"harness.h\""
    print "#define IN_DATA __attribute__((section(\".data.constants\")))"
    declare()
    for (i = count - 1; i >= 0; i--) body(i)
    print "int main(void) {"
    say("for (uint32_t x = 0; x < 16u; x++) {")
    say("    sink += f0(x, x >> 1);")
    say("}")
    say("return 0;")
    print "}"
}
