# build/bench/bench.csv to the table that people read, and to JSON:
# scripts/bench.
#
# usage: awk -v board_part=.. -v kips=.. -v json=FILE -v bad=FILE
#            -v fence="BYTES BYTES CYCLES CYCLES" -f report.awk bench.csv >bench.md
#
# kips: instructions simulated in a second, in thousands. bad: a line for each
# run that failed; may be missing. fence: without and with it.

BEGIN { FS = "," }

NR == 1 {
    columns = NF
    for (i = 1; i <= NF; i++) {
        column[$i] = i
        name[i] = $i
    }
    next
}

{
    key = $column["part"] " " $column["times"] " " $column["method"] " " \
        $column["interrupt"] " " $column["receive"] " " $column["baud"] " " \
        $column["rate_hz"] " " $column["phase"]
    for (i = 1; i <= NF; i++) {
        cell[key, name[i]] = $i
    }
    have[key] = 1
    row[++rows] = $0
    if (!seen[$1]++) {
        part[++parts] = $1
    }
}

function of(part_, times, method, interrupt, rate, phase) {
    return part_ " " times " " method " " interrupt " none 115200 " rate " " \
        phase
}

function max(a, b) { return a > b ? a : b }

# Worst wait of the run's interrupt in its erases and programs, beyond what it
# waits on the average without them.
function added(part_, times, method, rate,    phase, worst, i, k, idle) {
    idle = cell[of(part_, times, method, "waits", rate, "idle"), "wait_mean_us"]
    split("erase program", phase, " ")
    for (i = 1; i <= 2; i++) {
        k = of(part_, times, method, "waits", rate, phase[i])
        worst = max(worst, cell[k, "wait_max_us"] - idle)
    }
    return worst
}

function worst_added(part_, times, method) {
    return max(added(part_, times, method, 100),
        max(added(part_, times, method, 1000),
            added(part_, times, method, 5000)))
}

# Above the ceiling: longest wait of one served in an outage, beyond the longest
# without any.
function added_above(part_,    rate, phase, worst, i, j, k, idle) {
    split("1000 5000", rate, " ")
    split("erase program", phase, " ")
    for (i = 1; i <= 2; i++) {
        idle = cell[of(part_, "typ", "xipsafe", "above", rate[i], "idle"),
            "wait_max_us"]
        for (j = 1; j <= 2; j++) {
            k = of(part_, "typ", "xipsafe", "above", rate[i], phase[j])
            worst = max(worst, cell[k, "wait_in_outage_max_us"] - idle)
        }
    }
    return worst + 0
}

function slower(part_, rate, phase) {
    return slower_by("xipsafe", part_, rate, phase)
}

function slower_by(method, part_, rate, phase,    alone, with_) {
    alone = cell[of(part_, "typ", "xipsafe", "waits", 0, phase), "elapsed_us"]
    with_ = cell[of(part_, "typ", method, "waits", rate, phase), "elapsed_us"]
    return alone && with_ ? 100 * (with_ / alone - 1) : 0
}

# Of the interrupts that were due.
function served(key, rate) {
    return cell[key, "elapsed_us"] ? max(0, min(100, 1e8 * cell[key, "served"] \
        / rate / cell[key, "elapsed_us"])) : 0
}

function min(a, b) { return a < b ? a : b }

# Time that the chip and its lines need, of the time that it took, in percent.
# Write enable, its check, the command, its address and data, a last status.
function efficiency(part_, phase,    k, clocks) {
    k = of(part_, "typ", "unverified", "waits", 0, phase)
    if (!cell[k, "elapsed_us"]) {
        return 0
    }
    clocks = 8 + 16 + 8 + 8 * cell[k, "address_bytes"] + 16
    if (phase == "program") {
        clocks += 8 * cell[k, "page_bytes"] / cell[k, "program_lanes"]
    }
    return 100 * (cell[k, "busy_us"] + cell[k, "operations"] * clocks / 40) / \
        cell[k, "elapsed_us"]
}

function budget(what, limit, measured, unit, met) {
    budgets++
    printf "| %s | %s %s | %s %s | %s |\n", what, limit, unit, measured, unit, \
        met ? "met" : "MISSED"
    text[budgets] = sprintf("    {\"what\": \"%s\", \"limit\": %s, " \
        "\"measured\": %s, \"unit\": \"%s\", \"met\": %s}", what, \
        limit_number(limit), measured, unit, met ? "true" : "false")
}

function limit_number(limit) {
    sub(/^[^0-9]*/, "", limit)
    return limit
}

function f1(x) { return sprintf("%.1f", x) }
function f2(x) { return sprintf("%.2f", x) }

function put_budgets(    b, slice, worst, k, i, most) {
    b = board_part
    k = of(b, "typ", "xipsafe", "waits", 1000, "erase")
    slice = cell[k, "slice_us"]
    print "| budget | limit | measured | |"
    print "| --- | --- | --- | --- |"
    worst = max(worst_added(b, "typ", "xipsafe"),
        worst_added(b, "max", "xipsafe"))
    budget("worst added latency of a waiting interrupt, " b " (slice " slice \
        " + 80)", "at most " slice + 80, f1(worst), "us", worst <= slice + 80)
    budget("the same, as the library declares it", "at most " slice + 80,
        cell[k, "declared_us"], "us", cell[k, "declared_us"] <= slice + 80)
    worst = added_above(b)
    budget("added latency above the ceiling", "at most 0.00", f2(worst), "us",
        worst <= 0)
    budget("erase slow-down under a 1 kHz waiting interrupt", "at most 15",
        f1(slower(b, 1000, "erase")), "%", slower(b, 1000, "erase") <= 15)
    budget("the same with one credit", "at most 15",
        f1(slower_by("credits", b, 1000, "erase")), "%",
        slower_by("credits", b, 1000, "erase") <= 15)
    worst = added(b, "typ", "credits", 100)
    budget("a rare interrupt (one in 10 ms) with one credit", "at most 110",
        f1(worst), "us", worst <= 110)
    k = of(b, "typ", "credits", "waits", 100, "erase")
    budget("the same, as the library declares it", "at most 110",
        cell[k, "sporadic_us"], "us", cell[k, "sporadic_us"] <= 110)
    for (i = 1; i <= parts; i++) {
        slice = slower_by("limited-2500", part[i], 1000, "erase")
        most = max(most, slice)
    }
    budget("erase slow-down at 1 kHz held within 2.5 ms, worst part", \
        "at most 20", f1(most), "%", most <= 20)
    budget("erase from RAM, 64 KB, against chip and bus time", "at least 98",
        f1(efficiency(b, "erase")), "%", efficiency(b, "erase") >= 98)
    budget("program from RAM, 64 KB, against chip and bus time",
        "at least 98", f1(efficiency(b, "program")), "%",
        efficiency(b, "program") >= 98)
    budget("simulator, code in the window, on this machine", "at least 40",
        f1(kips / 1000), "MIPS", kips >= 40000)
}

function put_latency(    i, p) {
    print "\n## How long an interrupt waits, in microseconds\n"
    print "| part | declared | worst added, typical times | maximum times |" \
        " mean in an erase at 1 kHz | above the ceiling, worst added |" \
        " then to the first statement in the flash |"
    print "| --- | --- | --- | --- | --- | --- | --- |"
    for (i = 1; i <= parts; i++) {
        p = part[i]
        printf "| %s | %d | %.1f | %.1f | %.1f | %.2f | %.1f |\n", p,
            cell[of(p, "typ", "xipsafe", "waits", 1000, "erase"),
                "declared_us"],
            worst_added(p, "typ", "xipsafe"), worst_added(p, "max", "xipsafe"),
            cell[of(p, "typ", "xipsafe", "waits", 1000, "erase"),
                "wait_mean_us"], added_above(p),
            cell[of(p, "typ", "xipsafe", "measures", 1000, "erase"), "first_us"]
    }
}

# One credit, config.credits 1: an interrupt in 10 ms, and a steady one.
function put_credits(    i, p, k) {
    print "\n## Rare interrupts with one credit, in microseconds\n"
    print "| part | declared, at most one in 8 ms | worst added, one in 10 ms |" \
        " early suspensions | erase at 1 kHz | the same without credit |"
    print "| --- | --- | --- | --- | --- | --- |"
    for (i = 1; i <= parts; i++) {
        p = part[i]
        k = of(p, "typ", "credits", "waits", 100, "erase")
        printf "| %s | %d | %.1f | %d | %+.1f %% | %+.1f %% |\n", p,
            cell[k, "sporadic_us"], added(p, "typ", "credits", 100),
            cell[k, "early"], slower_by("credits", p, 1000, "erase"),
            slower(p, 1000, "erase")
    }
}

function limited(part_, method,    k) {
    k = of(part_, "typ", method, "waits", 1000, "erase")
    return sprintf("%+.1f %% (%d)", slower_by(method, part_, 1000, "erase"),
        cell[k, "declared_us"])
}

function put_limited(    i, p) {
    print "\n## Erase of 64 KB at 1 kHz, slow-down held (declared us)\n"
    print "| part | lowest latency | 20 %, at most 2500 us |" \
        " a resume costs half of the estimate | twice the estimate |" \
        " 20 %, at most 1000 us |"
    print "| --- | --- | --- | --- | --- | --- |"
    for (i = 1; i <= parts; i++) {
        p = part[i]
        printf "| %s | %s | %s | %s | %s | %s |\n", p, limited(p, "xipsafe"),
            limited(p, "limited-2500"), limited(p, "limited-2500-50"),
            limited(p, "limited-2500-200"), limited(p, "limited-1000")
    }
}

function put_fence(    n, cost) {
    n = split(fence, cost, " ")
    if (n != 4) {
        return
    }
    print "\n## The fence of the MPU (XIP_CFG_FENCE)\n"
    print "| | without | with | more |"
    print "| --- | --- | --- | --- |"
    printf "| resident code, bytes | %d | %d | %d |\n", cost[1], cost[2],
        cost[2] - cost[1]
    printf "| shortest outage, cycles | %d | %d | %d |\n", cost[3], cost[4],
        cost[4] - cost[3]
}

function put_slow_down(phase, title,    i, p, k) {
    print "\n## " title "\n"
    print "| part | alone | 100 Hz | 1 kHz | 5 kHz | suspensions at 1 kHz |" \
        " served at 5 kHz |"
    print "| --- | --- | --- | --- | --- | --- | --- |"
    for (i = 1; i <= parts; i++) {
        p = part[i]
        k = of(p, "typ", "xipsafe", "waits", 5000, phase)
        printf "| %s | %.1f ms | %+.1f %% | %+.1f %% | %+.1f %% | %d | %.0f %% |\n",
            p, cell[of(p, "typ", "xipsafe", "waits", 0, phase), \
                "elapsed_us"] / 1000,
            slower(p, 100, phase), slower(p, 1000, phase),
            slower(p, 5000, phase),
            cell[of(p, "typ", "xipsafe", "waits", 1000, phase), \
                "suspensions"], served(k, 5000)
    }
}

function put_throughput(    i, p, e, g) {
    print "\n## Throughput from RAM, nobody waits, not read back\n"
    print "| part | erase 64 KB | against chip and bus time | program 64 KB |" \
        " against chip and bus time |"
    print "| --- | --- | --- | --- | --- |"
    for (i = 1; i <= parts; i++) {
        p = part[i]
        e = of(p, "typ", "unverified", "waits", 0, "erase")
        g = of(p, "typ", "unverified", "waits", 0, "program")
        printf "| %s | %.1f ms | %.1f %% | %.1f ms | %.1f %% |\n", p,
            cell[e, "elapsed_us"] / 1000, efficiency(p, "erase"),
            cell[g, "elapsed_us"] / 1000, efficiency(p, "program")
    }
}

function put_method(method, title,    e, g) {
    e = of(board_part, "typ", method, "waits", 1000, "erase")
    g = of(board_part, "typ", method, "waits", 1000, "program")
    printf "| %s | %.1f ms | %.1f ms | %.0f %% | %.2f ms | %.2f ms |\n", title,
        cell[e, "elapsed_us"] / 1000, cell[g, "elapsed_us"] / 1000,
        served(e, 1000), worst_added(board_part, "typ", method) / 1000,
        worst_added(board_part, "max", method) / 1000
}

function put_baselines() {
    print "\n## The same work done the usual ways, " board_part \
        ", 1 kHz interrupt\n"
    print "| way | erase 64 KB | program 16 KB | interrupts served in the" \
        " erase | longest wait, typical times | maximum times |"
    print "| --- | --- | --- | --- | --- | --- |"
    put_method("xipsafe", "xipsafe, reads back")
    put_method("by-unit", "masked for each 4 KB sector and page")
    put_method("masked", "masked for the call (64 KB erase)")
}

function lost(receive, baud, phase,    k) {
    k = board_part " typ xipsafe waits " receive " " baud " 1000 " phase
    if (!have[k]) {
        return "did not run"
    }
    if (cell[k, "rx_lost"] == 0) {
        return "none of " cell[k, "rx"]
    }
    return cell[k, "rx_lost"] " of " cell[k, "rx"]
}

function put_uart(    bauds, ways, titles, i, j) {
    print "\n## Bytes lost in a 64 KB erase, 1 kHz waiting tick\n"
    print "| received by | 115200 | 460800 | 921600 | 2000000 baud |"
    print "| --- | --- | --- | --- | --- |"
    split("115200 460800 921600 2000000", bauds, " ")
    split("waits above dma", ways, " ")
    titles["waits"] = "interrupt that waits, handler in the flash"
    titles["above"] = "resident interrupt above the ceiling"
    titles["dma"] = "circular DMA"
    for (i = 1; i <= 3; i++) {
        printf "| %s", titles[ways[i]]
        for (j = 1; j <= 4; j++) {
            printf " | %s", lost(ways[i], bauds[j], "erase")
        }
        print " |"
        printf "| the same without an erase"
        for (j = 1; j <= 4; j++) {
            printf " | %s", lost(ways[i], bauds[j], "idle")
        }
        print " |"
    }
}

function put_json(    i, j, values, line) {
    print "{\n  \"format\": 1,\n  \"budgets\": [" >json
    for (i = 1; i <= budgets; i++) {
        print text[i] (i < budgets ? "," : "") >json
    }
    print "  ],\n  \"phases\": [" >json
    for (i = 1; i <= rows; i++) {
        split(row[i], values, ",")
        line = ""
        for (j = 1; j <= columns; j++) {
            if (values[j] !~ /^-?[0-9]+(\.[0-9]+)?$/) {
                values[j] = "\"" values[j] "\""
            }
            line = line (j == 1 ? "" : ", ") "\"" name[j] "\": " values[j]
        }
        print "    {" line "}" (i < rows ? "," : "") >json
    }
    print "  ]\n}" >json
}

END {
    OFMT = "%.3f"
    CONVFMT = "%.3f"
    print "# Measured on the simulator\n"
    put_budgets()
    while ((getline line < bad) > 0) {
        printf "%s- did not run: %s\n", failures++ ? "" : "\n", line
    }
    put_latency()
    put_credits()
    put_limited()
    put_slow_down("erase", "Erase of 64 KB under an interrupt that waits")
    put_slow_down("program", "Program of 16 KB under an interrupt that waits")
    put_throughput()
    put_fence()
    put_baselines()
    put_uart()
    print "\nTimes are those of the machine's trace. \"Added\" is beyond what" \
        " the\nsame interrupt waits while nothing is erased. An interrupt" \
        " that comes\nagain before it was served is served once."
    put_json()
}
