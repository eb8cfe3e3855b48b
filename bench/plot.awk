# build/bench/bench.csv to a picture, SVG: how much slower an erase gets with
# the rate of an interrupt that waits, and how long such interrupts wait, next
# to the usual ways. scripts/bench.
#
# usage: awk -v board_part=.. -f plot.awk bench.csv >bench.svg

BEGIN { FS = "," }

NR == 1 {
    for (i = 1; i <= NF; i++) {
        column[$i] = i
    }
    next
}

$column["receive"] != "none" { next }

$column["method"] == "xipsafe" && $column["times"] == "typ" &&
        $column["interrupt"] == "waits" && $column["phase"] == "erase" {
    if (!seen[$1]++) {
        part[++parts] = $1
    }
    elapsed[$1, $column["rate_hz"]] = $column["elapsed_us"]
}

$1 == board_part && $column["phase"] != "idle" {
    way = $column["method"] " " $column["interrupt"] " " $column["times"]
    x = $column["interrupt"] == "above" ? $column["wait_in_outage_max_us"] : \
        $column["wait_max_us"]
    wait[way] = x > wait[way] ? x : wait[way]
}

function text(x, y, anchor, size, fill, what) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%s\" ",
        x, y, anchor, size
    printf "fill=\"%s\">%s</text>\n", fill, what
}

function line(x0, y0, x1, y1, stroke) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", x0, y0,
        x1, y1
    printf "stroke=\"%s\"/>\n", stroke
}

function log10(x) { return log(x) / log(10) }

function slower(p, rate) {
    return 100 * (elapsed[p, rate] / elapsed[p, 0] - 1)
}

# From 100 Hz to 5 kHz.
function rate_x(rate) { return 60 + 300 * log10(rate / 100) / log10(50) }

function put_slow_down(    top, step, i, j, y, path, rates, n, at) {
    top = 10
    n = split("100 1000 5000", rates, " ")
    for (i = 1; i <= parts; i++) {
        for (j = 1; j <= n; j++) {
            while (slower(part[i], rates[j]) > top) {
                top += top < 50 ? 10 : 20 - top % 20
            }
        }
    }
    text(24, 62, "start", 14, ink, "Erase of 64 KB, slower by")
    step = top > 50 ? 20 : 10
    for (y = 0; y <= top; y += step) {
        line(60, 320 - 230 * y / top, 366, 320 - 230 * y / top, grid)
        text(52, 324 - 230 * y / top, "end", 11, grey, y " %")
    }
    for (j = 1; j <= n; j++) {
        text(rate_x(rates[j]), 340, "middle", 11, grey,
            rates[j] < 1000 ? rates[j] " Hz" : rates[j] / 1000 " kHz")
    }
    text(210, 360, "middle", 11, grey, "rate of an interrupt that waits")
    for (i = 1; i <= parts; i++) {
        path = ""
        for (j = 1; j <= n; j++) {
            at = sprintf("%.1f %.1f", rate_x(rates[j]),
                320 - 230 * slower(part[i], rates[j]) / top)
            path = path (j == 1 ? "M" : "L") at
        }
        printf "<path class=\"part\" fill=\"none\" stroke=\"%s\" ", colour[i]
        printf "stroke-width=\"2\" d=\"%s\"/>\n", path
        y = 90 + 20 * i
        printf "<rect x=\"384\" y=\"%d\" width=\"12\" height=\"3\" ", y - 5
        printf "fill=\"%s\"/>\n", colour[i]
        text(402, y, "start", 11.5, ink, part[i])
    }
}

# From 0.1 us to 10 s.
function wait_x(us) { return 690 + 230 * (log10(us) + 1) / 8 }

function human(us) {
    if (us >= 1e6) {
        return sprintf(us >= 1e7 ? "%.0f s" : "%.1f s", us / 1e6)
    }
    if (us >= 1000) {
        return sprintf("%.0f ms", us / 1000)
    }
    return us >= 10 ? sprintf("%.0f us", us) : sprintf("%.1f us", us)
}

function bar(name, way, fill, y) {
    text(682, y + 11, "end", 11.5, ink, name)
    if (!(way in wait) || wait[way] <= 0) {
        text(692, y + 11, "start", 11, grey, "did not run")
        return
    }
    printf "<rect class=\"wait\" x=\"690\" y=\"%d\" width=\"%.1f\" ", y,
        wait_x(wait[way]) - 690
    printf "height=\"14\" fill=\"%s\"/>\n", fill
    if (wait[way] > 1e4) {
        text(wait_x(wait[way]) - 5, y + 11, "end", 11, "#ffffff",
            human(wait[way]))
    } else {
        text(wait_x(wait[way]) + 5, y + 11, "start", 11, ink, human(wait[way]))
    }
}

function put_waits(    decade, y, times, i) {
    text(520, 62, "start", 14, ink, "Longest wait of an interrupt, " board_part)
    for (decade = -1; decade <= 7; decade += 2) {
        line(wait_x(10 ^ decade), 78, wait_x(10 ^ decade), 320, grid)
        text(wait_x(10 ^ decade), 340, "middle", 11, grey, human(10 ^ decade))
    }
    split("typ max", times, " ")
    y = 84
    for (i = 1; i <= 2; i++) {
        text(682, y + 10, "end", 11, grey,
            i == 1 ? "typical times" : "maximum times")
        bar("masked for a 64 KB erase", "masked waits " times[i], red, y + 18)
        bar("masked for each sector", "by-unit waits " times[i], red, y + 38)
        bar("xipsafe, it may wait", "xipsafe waits " times[i], green, y + 58)
        if (i == 1) {
            bar("xipsafe, above the ceiling", "xipsafe above typ", green,
                y + 78)
        }
        y += 118
    }
}

END {
    ink = "#24292f"
    grey = "#57606a"
    grid = "#d8dee4"
    red = "#c93a4f"
    green = "#178a7c"
    n = split("#1f6aa5 #d9780a #6f4fc4 #178a7c #c93a4f #8a5a17 #57606a " \
        "#c2569b #4d7a35 #2aa198", colour, " ")
    for (i = n + 1; i <= parts; i++) {
        colour[i] = colour[i - n]
    }
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" " \
        "height=\"380\" viewBox=\"0 0 960 380\" font-family=\"Helvetica, " \
        "Arial, 'DejaVu Sans', sans-serif\" role=\"img\">"
    print "<title>Measured on the simulator</title>"
    print "<rect x=\"0.5\" y=\"0.5\" width=\"959\" height=\"379\" rx=\"8\" " \
        "fill=\"#ffffff\" stroke=\"#d0d7de\"/>"
    text(24, 34, "start", 17, ink, "What suspending costs, and what it saves")
    put_slow_down()
    put_waits()
    print "</svg>"
}
