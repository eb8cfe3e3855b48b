# Turns one run's trace into lines of bench.csv, one per phase: scripts/bench.
#
# usage: awk -v part=.. -v times=.. -v method=.. -v interrupt=.. -v rates=".."
#            -v receive=.. -v baud=.. -f phases.awk CONSOLE TRACE
#
# CONSOLE is what the firmware printed ("bench: NAME VALUE"). Phases are marked
# by the LEDs: PB2 idle, PE8 erase and then program. All times come from the
# trace; the firmware's own figures are included for comparison.

function clear() {
    busy = ops = suspensions = stood = stood_max = 0
    served = wait_max = wait_sum = within_max = 0
    outages = outage_max = rx = lost = 0
}

function close_phase(now) {
    printf "%s,%s,%s,%s,%d,%s", part, times, method, interrupt, rate[index_],
        phase
    wait_mean = served ? wait_sum / served : 0
    printf ",%.3f,%.3f,%d,%d,%.3f,%.3f", 1e6 * (now - from), 1e6 * busy, ops,
        suspensions, 1e6 * stood, 1e6 * stood_max
    printf ",%d,%.3f,%.3f,%.3f", served, wait_max / 1000, wait_mean / 1000,
        within_max / 1000
    printf ",%d,%.3f,%d,%d", outages, outage_max * 1e6, rx, lost
    lanes = said["program_lanes"] > 1 ? said["program_lanes"] : 1
    printf ",%d,%.3f,%d,%d,%d,%d,%s,%d", said["declared_us"],
        said["wait_max_cycles"] / 80, said["erase_interval_us"],
        lanes, said["address_bytes"], said["page_bytes"], receive,
        baud
    printf ",%d,%.3f,%d\n", said["sporadic_us"], said["first_cycles"] / 80,
        said["early"]
    phase = ""
}

BEGIN {
    split(rates, rate, " ")
    timer = 16 + 28 # TIM2
}

FNR == NR {
    if ($1 == "bench:") {
        sub(/\r$/, "", $3)
        said[$2] = $3
    }
    next
}

$2 == "pin" && ($3 == "PB2" || $3 == "PE8") {
    if ($4 == 0) {
        if (phase != "") {
            close_phase($1)
        }
    } else {
        clear()
        from = $1
        if ($3 == "PB2") {
            index_++
            greens = 0
            phase = "idle"
        } else {
            phase = greens++ ? "program" : "erase"
        }
    }
    next
}

phase == "" { next }

$2 == "chip" && $3 != "status-write" {
    if ($5 == "begun" || $5 == "resumed") {
        if ($5 == "resumed") {
            stood += $1 - since
            stood_max = $1 - since > stood_max ? $1 - since : stood_max
        }
        running = 1
        since = $1
    } else {
        busy += running ? $1 - since : 0
        running = 0
        since = $1
        suspensions += $5 == "suspended"
        ops += $5 == "ended"
    }
    next
}

$2 == "window" {
    unreadable = $3 == "closed"
    if (unreadable) {
        closed = $1
    } else {
        outages++
        outage_max = $1 - closed > outage_max ? $1 - closed : outage_max
    }
    next
}

$2 == "exception" && $3 == timer && $4 == "enter" {
    served++
    wait_sum += $6
    wait_max = $6 > wait_max ? $6 : wait_max
    within_max = unreadable && $6 > within_max ? $6 : within_max
    next
}

$2 == "uart" && $3 == "rx" {
    rx++
    lost += $5 == "lost"
}
