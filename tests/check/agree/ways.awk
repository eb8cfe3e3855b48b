# ways - firmwares for agree_ways.sh, the same for the same number
# usage: awk -v first=N -v count=N -v out=DIR -f ways.awk FILE.ways... >batch.c
#
# Number 2k is unsafe and 2k + 1 its safe twin: the same, but that the thing
# that the outage uses lies in the flash or not. Which way is used goes round
# with k; what is around it is random: up to two more ways before it, whether it
# is code or data, whether it comes from a variable, how deep, under which
# condition, other safe ways beside it.
# Of the ways only the one named `only` is used, if that is given. With `plain` a
# firmware has one way and nothing around it: all ways with code, then all with
# data.
# DIR/list gets a line for each: number, ways, and what the build needs; and
# DIR/NUMBER.true and .notes notes for it.
#
# A *.ways file has ways: "= name option=value...", then parts that begin with
# ": part". top: declarations and functions; before: done in flash before the
# outage; run: in the outage, where x and y are; check: options for the checker; true:
# notes that both twins have, note: that the safe one may have. "alone": not in
# a chain; "beside": safe without notes.
#   @       prefix of this use's own names    FW     of the firmware's
#   TARGET  the thing; PTR_GOOD one in RAM    thing  its pointer type
#   PTR     the expression that gives it      USE(e) what is done with it next
#   HOME    FLASH if unsafe, else RAM         BAD, GOOD  this line in one twin

function pick(n) { # Park and Miller's; the low bits are good enough
    state = (state * 16807) % 2147483647
    return int(state / 16) % n
}
function chance(percent) { return pick(100) < percent }

function read_way(    i, word) {
    way = $2
    names[++ways] = way
    by_file[FILENAME, ++in_file[FILENAME]] = way
    group[way] = FILENAME
    sub(/.*\//, "", group[way])
    for (i = 3; i <= NF; i++) {
        word = index($i, "=")
        if ($i == "alone") option[way, "alone"] = 1
        if ($i == "beside") beside[++besides] = way
        option[way, substr($i, 1, word - 1)] = substr($i, word + 1)
    }
}

/^#/ { next }
/^= / { read_way(); next }
/^: / { part = $2; next }
NF { text[way, part] = text[way, part] $0 "\n" }

# What stands in `lines`, for the use `prefix`, of the thing `pointer`.
function expand(lines, prefix, pointer, next_stage,    n, i, line, all, to) {
    to = ""
    gsub(/&/, "\\\\&", pointer)
    n = split(lines, all, "\n")
    for (i = 1; i < n; i++) {
        line = all[i]
        if (line ~ /^BAD/) {
            if (!bad) continue
            sub(/^BAD */, "", line)
        } else if (line ~ /^GOOD/) {
            if (bad) continue
            sub(/^GOOD */, "", line)
        }
        gsub(/HOME_CONST/, bad ? "CONST const" : "IN_DATA const", line)
        gsub(/HOME/, bad ? "FLASH" : "RAM", line)
        gsub(/@/, prefix "_", line)
        gsub(/RAMCODE/, ".ramcode." fw, line)
        gsub(/FW/, fw, line)
        gsub(/TARGET/, bad ? target_bad : target_good, line)
        gsub(/PTR_GOOD/, target_good, line)
        gsub(/PTR/, pointer, line)
        gsub(/thing/, type, line)
        if (line ~ /^(RAM|FLASH) .*\(/) {
            inside = substr(line, 1, index(line, "(") - 1)
            sub(/.*[ *]/, "", inside)
        }
        if (line ~ /^ *USE\(.*\)$/) {
            sub(/^ *USE\(/, "", line)
            sub(/\)$/, "", line)
            users[inside]
            line = use(line, next_stage)
        } else {
            line = line "\n"
        }
        to = to line
    }
    return to
}

# The stages of a chain from `stage` on; behind the last the thing is used.
function use(expression, stage) {
    if (stage > stages) {
        if (type == "function_p") return "y += " expression "(x, y);\n"
        return "y += " expression "[x & 7u];\n"
    }
    return expand(text[chain[stage], "run"], fw "_" first_use + stage,
        expression, stage + 1)
}

function collect(way, prefix, words, n, i, line) {
    if (option[way, "start"]) start = option[way, "start"]
    if (option[way, "ld"]) linker = linker "," option[way, "ld"]
    if (option[way, "handler"])
        linker = linker ",--defsym=" option[way, "handler"] "_Handler=" prefix \
            "_" option[way, "handler"] "_Handler"
    n = split(expand(text[way, "define"], prefix), words, /[ \n]/)
    if (n > 2) linker = linker ",--defsym=" words[1] "=" words[2]
    line = expand(text[way, "check"], prefix)
    gsub(/\n/, " ", line)
    gsub(/ +$/, "", line)
    gsub(/ /, ",", line)
    if (line != "") check = line
    printf "%s", expand(text[way, "true"], prefix) >truths
    if ((way, "with") in text) {
        print "#include \"harness.h\"\ntypedef uint32_t function(uint32_t x, " \
            "uint32_t y);\ntypedef function *function_p;\n" \
            "typedef const uint32_t *words_p;" >withs
        printf "%s", expand(text[way, "with"], prefix) >withs
        close(withs)
    }
    if (bad) return
    n = split(expand(text[way, "note"], prefix), words, "\n")
    for (i = 1; i < n; i++) print words[i] >notes
}

# What the safe twin needs to say where what memory holds is known at run time.
function note_users(way,    name, uses) {
    uses = option[way, "uses"] ? option[way, "uses"] " " : ""
    for (name in users) {
        if (type == "function_p")
            print "targets " uses name " " target_good ": all that it is set to" >notes
        print "allow 9 load-unknown " name ": all of it is in RAM" >notes
    }
}

# One journey or whole way; what goes before and into the run is added.
function weave(way, long,    i, prefix) {
    stages = 0
    split("", users)
    if (group[way] == "whole.ways") {
        prefix = fw "_" ++first_use
        collect(way, prefix)
        tops = tops expand(text[way, "top"], prefix)
        befores = befores expand(text[way, "before"], prefix)
        runs = runs expand(text[way, "run"], prefix)
        return
    }
    type = chance(50) ? "function_p" : "words_p"
    if (plain) type = int(k / ways) % 2 ? "words_p" : "function_p"
    things()
    source = bad ? target_bad : target_good
    if (long >= 0 && group[way] == "pass.ways" && !plain && chance(40)) {
        # The checker sees no address here, and has to know that it does not.
        tops = tops "BSS " type " " fw "_source;\n"
        befores = befores fw "_source = " source ";\n"
        source = fw "_source"
    }
    if (long > 0 && text[way, "run"] ~ /PTR/) {
        while (stages < 2 && !option[way, "alone"] && chance(40)) {
            chain[++stages] = by_file[pass, 1 + pick(in_file[pass])]
            if (option[chain[stages], "alone"]) stages--
        }
    }
    chain[++stages] = way
    for (i = stages; i; i--) {
        prefix = fw "_" first_use + i
        collect(chain[i], prefix)
        tops = tops expand(text[chain[i], "top"], prefix, "?", i + 1)
        befores = befores expand(text[chain[i], "before"], prefix, \
            bad ? target_bad : target_good, i + 1)
    }
    inside = fw "_run"
    runs = runs use(source, 1)
    if (long >= 0 && !bad) note_users(way)
    first_use += stages
    for (i = 1; i <= stages; i++) told = told (told ? "+" : "") chain[i]
}

# The thing itself, once in flash and once in RAM.
function things(    name) {
    name = fw "_" ++first_use
    target_good = name "_good"
    target_bad = name "_bad"
    if (type == "function_p") {
        tops = tops "RAM uint32_t " target_good "(uint32_t a, uint32_t b) {\n" \
            "return a * 5u + b;\n}\n"
        if (bad) tops = tops "FLASH uint32_t " target_bad \
            "(uint32_t a, uint32_t b) {\nreturn a * 7u + b;\n}\n"
    } else {
        tops = tops "IN_DATA const uint32_t " target_good \
            "[8] = {3, 1, 4, 1, 5, 9, 2, 6};\n"
        if (bad) tops = tops "CONST const uint32_t " target_bad \
            "[8] = {2, 7, 1, 8, 2, 8, 1, 8};\n"
    }
}

function firmware(number,    i, way, twin, depth, condition, own) {
    k = int(number / 2)
    state = 1 + (k * 7919 + 12345) % 2147483646
    for (i = 0; i < 4; i++) pick(2)
    fw = "f" number
    twin = number % 2 == 0
    notes = out "/" number ".notes"
    truths = out "/" number ".true"
    withs = out "/" number ".with.c"
    printf "" >notes
    printf "" >truths
    tops = befores = runs = start = linker = check = told = ""
    first_use = 0
    way = names[1 + k % ways]
    # A safe way beside it, of those that need no notes.
    if (!plain && chance(30)) {
        bad = 0
        weave(beside[1 + pick(besides)], -1)
    }
    told = ""
    bad = twin
    depth = plain ? 0 : pick(3)
    condition = !plain && chance(40) && group[way] != "whole.ways"
    if (condition) runs = runs "if ((x & 3u) == " pick(4) "u) {\n"
    weave(way, !plain && chance(50))
    if (condition) runs = runs "}\n"
    close(notes)
    close(truths)

    print "#undef RAM\n#undef DATA\n#undef BSS\n#undef CONST\n#undef IN_DATA"
    print "#define RAM __attribute__((section(\".ramcode." fw "\"))) HARNESS_OPAQUE"
    print "#define DATA __attribute__((section(\".data." fw "\")))"
    print "#define BSS __attribute__((section(\".bss." fw "\")))"
    print "#define CONST __attribute__((section(\".rodata." fw "\")))"
    print "#define IN_DATA __attribute__((section(\".data.constants." fw "\")))"
    # With no data of its own the vectors are the first that start code copies.
    own = plain || !chance(10)
    if (own) print "DATA uint32_t " fw "_count = 3;"
    printf "%s", tops
    print "RAM uint32_t " fw "_run(uint32_t x, uint32_t y) {"
    printf "%s", runs
    print "return y;\n}"
    for (i = 0; i < depth; i++) {
        print "RAM uint32_t " fw "_d" i "(uint32_t a, uint32_t b) {"
        print "return " fw (i ? "_d" i - 1 : "_run") "(a, b + " pick(9) "u) + 1u;\n}"
    }
    print "RAM uint32_t " fw "_outage(uint32_t a, uint32_t b, uint32_t c) {"
    print "for (uint32_t x = a - 1u; x < 16u; x++) b += " \
        fw (depth ? "_d" depth - 1 : "_run") "(x, b);\nreturn b + c" (own ? " + " fw "_count++" : "") ";\n}"
    print "FLASH int " fw "_before(void) {\nuint32_t y = 0;"
    printf "%s", befores
    print "return (int)y;\n}\n"
    print number, way, (told ? told : way), (start ? start : "-"), \
        "--defsym=main=" fw "_before,--defsym=outage=" fw "_outage" linker, \
        (check ? check : "-") >(out "/list")
}

END {
    for (i in group) if (group[i] == "pass.ways") pass = ""
    for (i in in_file) if (i ~ /pass\.ways$/) pass = i
    if (only != "") {
        ways = 1
        names[1] = only
    }
    print "#include \"harness.h\""
    print "#undef FLASH\n#define FLASH HARNESS_OPAQUE"
    print "typedef uint32_t function(uint32_t x, uint32_t y);"
    print "typedef function *function_p;\ntypedef const uint32_t *words_p;"
    print "void agree_begin(void), agree_end(void);"
    print "_Noreturn void agree_finish(void);"
    print "#define PEND(bit) do { REG(0xe000ed04u) = 1u << (bit); \\"
    print "    __asm volatile(\"dsb\\n\\tisb\" ::: \"memory\"); } while (0)"
    for (number = first; number < first + count; number++) firmware(number)
    close(out "/list")
}
