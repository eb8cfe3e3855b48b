# plain - the section of docs/CHECK_WAYS.md about firmwares with one way
# usage: awk -f plain.awk results
#
# results is that of XIPSAFE_PLAIN=1 tests/check/agree_ways.sh.

$5 == "unsafe" {
    unsafe++
    wrong += $7 == "proved"
}
$5 == "safe" {
    if (!($3 in safe)) order[++ways] = $3
    safe[$3]++
    all++
    proved[$3] += $7 == "proved"
    proofs += $7 == "proved"
    accused += $7 == "violated"
    cured += $7 == "unknown" && $8 == "proved"
    unknown += $7 == "unknown"
    if ($10 > most) most = $10
    n = split($9, names, ",")
    for (i = 1; i <= n; i++) {
        if (!(($3, names[i]) in seen)) {
            rules[$3] = rules[$3] (rules[$3] ? ", " : "") "`" names[i] "`"
        }
        seen[$3, names[i]]
    }
}
END {
    for (i = 1; i <= ways; i++) whole += proved[order[i]] == safe[order[i]]
    printf "Of %d safe twins with one way, %d are proved without notes " \
        "(%.0f %%), %d accused;\nof %d unsafe ones, %d are proved. " \
        "%d of the %d ways are proved each time. Of the\n%d twins that are " \
        "unknown, %d are proved with the lines that the report proposes, " \
        "at\nmost %d each.\n\n", \
        all, proofs, 100 * proofs / all, accused, unsafe, wrong, whole, ways, \
        unknown, cured, most
    print "The other ways, and what stays unknown:\n"
    print "| way | proved | rules |"
    print "| --- | --- | --- |"
    for (i = 1; i <= ways; i++) {
        way = order[i]
        if (proved[way] < safe[way]) {
            printf "| `%s` | %d of %d | %s |\n", way, proved[way], safe[way], \
                rules[way]
        }
    }
}
